# SPDX-License-Identifier: MIT
"""compat=keras: sample by sample and id by id what keras.datasets gives (tests/support/keras.py)."""
import csv
import functools

import numpy as np
import pytest

import keras
from program import ROOT, SAMPLES, problem
from test_shuffle import permutation

SHARED = ROOT.parent / "shared/data"
SPLITS = ("train", "test")

COMMON = [
    {},
    {"num_words": 20},
    {"num_words": 0},
    {"num_words": None, "maxlen": 0},
    {"skip_top": 5, "num_words": 30},
    {"skip_top": 100},
    {"maxlen": 15},
    {"maxlen": 15, "num_words": 25, "skip_top": 3, "seed": 7},
    {"start_char": None},
    {"start_char": None, "oov_char": None, "num_words": 12},
    {"start_char": None, "index_from": 0},
    {"start_char": 0, "index_from": 0, "oov_char": 0, "skip_top": 2},
    {"oov_char": None, "num_words": 20, "skip_top": 2},
    {"index_from": 10, "start_char": 7, "oov_char": 5, "num_words": 40},
    {"start_char": 2147483647},
    {"index_from": 2147483647, "num_words": 2147483647},
    {"seed": 0}, {"seed": 4294967295, "maxlen": 20, "start_char": None},
]
POOL = [{"test_split": 0.5}, {"test_split": 0}, {"test_split": 1}, {"test_split": 0.37, "maxlen": 9}]

REAL = [
    {}, {"num_words": 10000}, {"num_words": 5000, "skip_top": 20, "maxlen": 200},
    {"maxlen": 100}, {"start_char": None}, {"oov_char": None, "num_words": 1000, "skip_top": 50},
    {"index_from": 0, "start_char": None, "oov_char": None, "num_words": 500}, {"seed": 2024, "num_words": 20000},
    {"index_from": 10, "start_char": 7, "oov_char": 5, "skip_top": 3, "maxlen": 150},
]


@pytest.fixture(scope="module")
def lists():
    return {"train": keras.small(137, 1), "test": keras.small(61, 2, largest=90), "pool": keras.small(193, 3)}


@pytest.fixture(scope="module")
def small(tmp_path_factory, session_reports, lists):
    """A server of small datasets with the shapes of imdb, reuters and boston_housing, and others."""
    from program import Server, runner
    folder, run = tmp_path_factory.mktemp("keras"), runner(session_reports)
    data = folder / "data"
    run("add", "imdb", *keras.write_imdb(folder, lists["train"], lists["test"])[0], "--data", data)
    run("add", "reuters", *keras.write_reuters(folder, lists["pool"])[0], "--data", data)
    run("add", "hollow", *keras.write_reuters(folder / "hollow", [[], [1, 2], [5]])[0], "--data", data)
    run("add", "boston_housing", SAMPLES / "boston_housing", "--data", data)
    run("add", "digits", SAMPLES / "digits", "--data", data)
    with Server(session_reports, data) as server:
        yield server
        server.check()


def check_tokens(server, dataset, arguments, expected):
    for split in SPLITS:
        found = keras.ids(server, dataset, f"compat=keras&split={split}&{keras.query(arguments)}")
        assert found == expected[split], (arguments, split)


@pytest.mark.parametrize("arguments", COMMON, ids=keras.query)
def test_two_splits(small, lists, arguments):
    check_tokens(small, "imdb", arguments, keras.imdb(lists["train"], lists["test"], **arguments))


@pytest.mark.parametrize("arguments", COMMON + POOL, ids=keras.query)
def test_a_pool(small, lists, arguments):
    check_tokens(small, "reuters", arguments, keras.reuters(lists["pool"], **arguments))


@pytest.mark.parametrize("arguments", [{}, {"seed": 1}, {"test_split": 0}, {"test_split": 0.999},
                                       {"test_split": "0.30000000000000000000001"}, {"test_split": "0.50"}],
                         ids=keras.query)
def test_numbers(small, arguments):
    numbers = {name: float(value) if name == "test_split" else value for name, value in arguments.items()}
    expected = keras.boston(506, **numbers)
    with open(SAMPLES / "boston_housing/boston_housing.csv", newline="") as file:
        prices = [float(row["MEDV"]) for row in csv.DictReader(file)]
    for split in SPLITS:
        found = keras.samples(small, "boston_housing", f"compat=keras&split={split}&{keras.query(arguments)}", "MEDV")
        assert found == [(i, prices[i]) for i in expected[split]]


def test_golden_orders(small):
    """Known from Keras itself: RandomState(113) over 506 samples, and cut at 404."""
    page = small.json("/datasets/boston_housing/samples?compat=keras&limit=3")
    assert (page["split"], page["total"]) == ("train", 404)
    assert [sample["index"] for sample in page["samples"]] == [22, 202, 368]
    assert small.json("/datasets/boston_housing/samples?compat=keras&split=test")["total"] == 102


def test_images_stay_as_they_are(server):
    for split in SPLITS:
        plain, compat = (server.json(f"/datasets/cifar100/samples?split={split}&limit=20{more}")
                         for more in ("", "&compat=keras"))
        assert plain["samples"] == compat["samples"] and plain["total"] == compat["total"]
    assert server.get("/datasets/cifar100/sheet.png?compat=keras").body == \
        server.get("/datasets/cifar100/sheet.png").body
    problem(server.get("/datasets/cifar100/samples?compat=keras&seed=1"), 400, "invalid_parameter", "seed")
    assert server.get("/datasets/cifar100/samples?compat=keras&order=shuffle&seed=1").status == 200


def test_pages_lead_on(small, lists):
    """next, prev and Link keep what was asked for, the part of a pool included."""
    expected = [i for i, _ in keras.reuters(lists["pool"], maxlen=30, test_split=0.5)["test"]]
    target, seen = "/datasets/reuters/samples?compat=keras&split=test&maxlen=30&test_split=0.50&limit=7", []
    while target:
        page = small.json(target)
        assert page["split"] == "test"
        for sample in page["samples"]:
            one = small.json(f"/datasets/reuters/samples/{sample['index']}?split=all")
            assert one["label"] == sample["label"]
        seen += [sample["index"] for sample in page["samples"]]
        target = page["next"]
    assert seen == expected


def test_links_have_fractions_without_exponents(server):
    page = server.json("/datasets/boston_housing/samples?compat=keras&test_split=0.0000001&limit=10")
    assert "test_split=0.0000001" in page["next"]
    assert server.json(page["next"])["offset"] == 10


def test_filters_shards_and_shuffles_are_over_the_order(small, lists):
    order = [i for i, _ in keras.imdb(lists["train"], lists["test"])["train"]]
    labels = np.arange(137) * 7 % 3 % 2
    page = "/datasets/imdb/samples?compat=keras&limit=1000&"

    def found(text):
        return [sample["index"] for sample in small.json(page + text)["samples"]]
    assert found("label=1") == [i for i in order if labels[i] == 1]
    assert found("label=0&shards=3&shard=1") == [i for i in order if labels[i] == 0][1::3]
    assert found("order=shuffle&epoch=2") == [order[i] for i in permutation(137, 113, 2)]
    again = [i for i, _ in keras.imdb(lists["train"], lists["test"], seed=5)["train"]]
    assert found("order=shuffle&seed=5") == [again[i] for i in permutation(137, 5, 0)]
    assert found("offset=130") == order[130:] and found("offset=137") == []


def test_text(small, lists):
    words = dict(enumerate(keras.WORDS, 1))
    for arguments in ({}, {"num_words": 30}, {"index_from": 20, "start_char": 9, "oov_char": 8},
                      {"start_char": None, "index_from": 0, "oov_char": None, "num_words": 50}):
        expected = keras.imdb(lists["train"], lists["test"], **arguments)["train"]
        keep = {name: value for name, value in arguments.items() if name != "num_words"}
        found = keras.samples(small, "imdb", f"compat=keras&{keras.query(arguments)}")
        for (index, value), (place, ids) in zip(found, expected, strict=True):
            assert index == place
            assert value == {"ids": ids, "text": keras.decode(ids, words, **keep)}


def test_nothing_left(small):
    """As Keras: with two splits an error, with a pool only where the largest id is looked for."""
    for split in SPLITS:
        for more in ("", "&num_words=10"):
            document = problem(small.get(f"/datasets/imdb/samples?compat=keras&split={split}&maxlen=1{more}"),
                               400, "invalid_parameter", "maxlen")
            assert "no sequence was kept" in document["detail"] and "maxlen=1" in document["detail"]
    problem(small.get("/datasets/reuters/samples?compat=keras&maxlen=1"), 400, "invalid_parameter", "maxlen")
    for split in SPLITS:
        page = small.json(f"/datasets/reuters/samples?compat=keras&split={split}&maxlen=1&num_words=9")
        assert page["total"] == 0 and page["samples"] == []


def test_samples_without_ids(small):
    """max() of nothing: Keras fails where it has to look for the largest id."""
    problem(small.get("/datasets/hollow/samples?compat=keras&start_char=none"), 400, "invalid_parameter",
            "num_words")
    pool = [[], [1, 2], [5]]
    for arguments in ({}, {"start_char": None, "num_words": 4}, {"oov_char": None, "skip_top": 2}):
        check_tokens(small, "hollow", arguments, keras.reuters(pool, **arguments))


@pytest.mark.parametrize("address, text, status, parameter", [
    ("imdb", "compat=Keras", 400, "compat"), ("imdb", "compat=", 400, "compat"),
    ("imdb", "compat=keras&indices=1", 400, "indices"), ("imdb", "compat=keras&epoch=1", 400, "epoch"),
    ("imdb", "compat=keras&seed=4294967296", 400, "seed"), ("imdb", "compat=keras&test_split=0.2", 400, "test_split"),
    ("imdb", "compat=keras&split=all", 404, "split"), ("reuters", "compat=keras&split=all", 404, "split"),
    ("reuters", "test_split=0.2", 400, "test_split"), ("imdb", "seed=113", 400, "seed"),
    ("boston_housing", "compat=keras&test_split=1", 400, "test_split"),
    ("boston_housing", "compat=keras&maxlen=3", 400, "maxlen"), ("boston_housing", "num_words=3", 400, "num_words"),
    ("digits", "compat=keras", 400, "compat"), ("digits", "index_from=3", 400, "index_from"),
])
def test_refused(small, address, text, status, parameter):
    problem(small.get(f"/datasets/{address}/samples?{text}"), status,
            "unknown_split" if status == 404 else "invalid_parameter", parameter)


def test_refusal_says_what_is_there(small):
    detail = problem(small.get("/datasets/digits/samples?compat=keras"), 400, "invalid_parameter")["detail"]
    assert "image" in detail and '"all"' in detail


@pytest.mark.parametrize("name, good, bad", [
    ("num_words", ["0", "1", "2147483647", "none"], ["2147483648", "-1", "1.0", "None", "", "none "]),
    ("skip_top", ["0", "2147483647"], ["none", "2147483648", "1e3"]),
    ("maxlen", ["0", "90", "none"], ["-1", "NONE", "4294967297"]),
    ("start_char", ["0", "none"], ["2147483648", "x"]),
    ("oov_char", ["0", "none"], ["2147483648", "x"]),
    ("index_from", ["0", "2147483647"], ["none", "2147483648"]),
    ("test_split", ["0", "1", "0.2", "1.000", "00.5", "0." + "3" * 300],
     ["", "1.1", "2", "-0.1", ".5", "0.", "1e-1", "0,2", "nan", "inf", "0x1", "0.2 ", "none"]),
])
def test_values(small, name, good, bad):
    for text in good:
        assert small.get(f"/datasets/reuters/samples?compat=keras&{name}={text}").status == 200, text
    for text in bad:
        problem(small.get(f"/datasets/reuters/samples?compat=keras&{name}={text.replace(' ', '%20')}"), 400,
                "invalid_parameter", name)


@functools.lru_cache
def real(name):
    """The arrays of a published file, lists where they are lists; None without it."""
    path = SHARED / f"{name}.npz"
    return dict(np.load(path, allow_pickle=True)) if path.exists() else None


@pytest.fixture(scope="module")
def published(tmp_path_factory, session_reports):
    """A server of the published files, as far as they are on this machine."""
    from program import Server, runner
    data = tmp_path_factory.mktemp("published") / "data"
    for name in ("imdb", "reuters", "boston_housing"):
        files = [path for path in (SHARED / f"{name}.npz", SHARED / f"{name}_word_index.json") if path.exists()]
        if files:
            runner(session_reports)("add", name, *files, "--data", data)
    with Server(session_reports, data) as server:
        yield server
        server.check()


@pytest.mark.parametrize("arguments", REAL, ids=keras.query)
def test_published_imdb(published, arguments):
    if file := real("imdb"):
        check_tokens(published, "imdb", arguments, keras.imdb(file["x_train"], file["x_test"], **arguments))


@pytest.mark.parametrize("arguments", REAL + [{"test_split": 0.35}], ids=keras.query)
def test_published_reuters(published, arguments):
    if file := real("reuters"):
        check_tokens(published, "reuters", arguments, keras.reuters(file["x"], **arguments))


def test_published_labels_and_orders(published):
    if file := real("imdb"):
        for split, first in (("train", [7798, 13226, 18078, 793]), ("test", [22748, 4083, 8015])):
            found = keras.samples(published, "imdb", f"compat=keras&split={split}&features=label", "label")
            assert [i for i, _ in found[:len(first)]] == first
            assert [label["id"] for _, label in found] == file["y_" + split][[i for i, _ in found]].tolist()
    if file := real("reuters"):
        for split, part in keras.reuters(file["x"]).items():
            found = keras.samples(published, "reuters", f"compat=keras&split={split}&features=label", "label")
            assert [i for i, _ in found] == [i for i, _ in part]
            assert [label["id"] for _, label in found] == file["y"][[i for i, _ in found]].tolist()


def test_published_boston_housing(published):
    if file := real("boston_housing"):
        for split, part in keras.boston(506).items():
            target = [name for name, feature in published.json("/datasets/boston_housing")["features"].items()
                      if feature["target"]][0]
            found = keras.samples(published, "boston_housing", f"compat=keras&split={split}", target)
            assert found == [(i, file["y"][i]) for i in part]
