# SPDX-License-Identifier: MIT
"""Pages of samples and single samples against independent decodings."""
import math
import re
import struct
import urllib.parse

import numpy as np
import pytest

import decode
from program import problem

NAMES = ["boston_housing", "cifar100", "digits", "fashion_mnist", "imdb", "reuters"]
MAX_CHARS = 2000  # of a text on a page


def cut(text, most):
    """A text as the contract shortens it, and what the sample says besides."""
    return (text, {}) if most is None or len(text) <= most else (text[:most] + "…", {"truncated": True})


def expected(name, split, index, features=None, most=MAX_CHARS):
    """A sample as the contract writes it, on a page; most=None: alone."""
    document = {"index": index}
    names = decode.class_names(name)
    for feature, array in decode.sample(name)[split].items():
        value = array[index]
        if features and feature not in features:
            continue
        if feature == "image":
            document[feature] = {
                "url": f"/datasets/{name}/samples/{index}/image.png?split={split}",
                "width": value.shape[1], "height": value.shape[0],
                "channels": value.shape[2] if value.ndim == 3 else 1}
        elif feature == "text":
            document[feature], more = cut(value, most)
            document |= more
        elif feature == "tokens":
            words = decode.words(name)
            text, more = cut(" ".join(words[rank - 1] for rank in value), most)
            document[feature] = {"ids": value, "text": text, **more}
        elif feature in names:
            document[feature] = {"id": int(value), "name": names[feature][int(value)]}
        else:
            document[feature] = float(value)
    return document


def test_the_contracts_example(server):
    page = server.json("/datasets/cifar100/samples?offset=0")
    assert list(page) == ["dataset", "revision", "split", "offset", "limit", "total", "samples", "next",
                          "prev"]
    assert page["revision"] == server.json("/datasets/cifar100")["revision"]
    assert {key: page[key] for key in ("dataset", "split", "offset", "limit", "total", "prev")} == {
        "dataset": "cifar100", "split": "train", "offset": 0, "limit": 100, "total": 1000, "prev": None}
    assert page["next"] == "/datasets/cifar100/samples?split=train&offset=100&limit=100"
    assert page["samples"] == [expected("cifar100", "train", i) for i in range(100)]


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_on_pages(server, name):
    for split, features in decode.sample(name).items():
        total = len(next(iter(features.values())))
        target, seen = f"/datasets/{name}/samples?split={split}&limit=1000", 0
        while target:
            page = server.json(target)
            assert page["total"] == total and page["split"] == split and page["offset"] == seen
            assert page["samples"] == [expected(name, split, seen + i)
                                       for i in range(len(page["samples"]))]
            seen += len(page["samples"])
            target = page["next"]
        assert seen == total


@pytest.mark.parametrize("name", NAMES)
def test_single_samples(server, name):
    for split, features in decode.sample(name).items():
        total = len(next(iter(features.values())))
        for index in (0, 1, total // 2, total - 1):
            document = server.json(f"/datasets/{name}/samples/{index}?split={split}")
            for key, value in expected(name, split, index, most=None).items():
                assert document[key] == value


def test_numbers_are_exact(server):
    truth = decode.boston()
    for sample in server.json("/datasets/boston_housing/samples?limit=506")["samples"]:
        for feature, array in truth.items():
            assert sample[feature] == array[sample["index"]]


def test_default_split(server):
    assert server.json("/datasets/cifar100/samples?limit=1")["split"] == "train"
    assert server.json("/datasets/digits/samples?limit=1")["split"] == "all"
    document = problem(server.get("/datasets/cifar100/samples?split=valid"), 404, "unknown_split", "split")
    assert document["allowed"] == ["train", "test"] and "valid" in document["detail"]
    for path in ("samples/0?split=valid", "samples/0/image.png?split=valid", "sheet.png?split=valid",
                 "arrays/valid/image.npy"):
        problem(server.get(f"/datasets/cifar100/{path}"), 404, "unknown_split")


@pytest.mark.parametrize("index", ["1000", "18446744073709551615"])
def test_no_such_sample(server, index):
    document = problem(server.get(f"/datasets/cifar100/samples/{index}"), 404, "out_of_range")
    assert "1000" in document["detail"]
    problem(server.get(f"/datasets/cifar100/samples/{index}/image.png"), 404, "out_of_range")
    problem(server.get(f"/datasets/cifar100/samples?indices={index}"), 404, "out_of_range")


def test_no_such_feature(server):
    assert server.get("/datasets/cifar100/samples/0/nope.png").status == 404
    assert server.get("/datasets/cifar100/samples/0/fine_label.png").status == 404
    assert server.get("/datasets/cifar100/samples?features=nope").status == 404
    assert server.get("/datasets/cifar100/arrays/train/nope.npy").status == 404


def test_a_page_is_bounded(tmp_path, run, serve):
    """620 samples of 10,000 long numbers each are more than a page may have."""
    header = struct.pack(">HBBIII", 0, 0x0C, 3, 620, 100, 100)
    (tmp_path / "x-idx3-int").write_bytes(header + struct.pack(">i", -2000000000) * 6_200_000)
    run("add", "wide", tmp_path / "x-idx3-int", "--data", tmp_path / "data")
    server = serve(tmp_path / "data")
    document = problem(server.get("/datasets/wide/samples?limit=1000"), 400, "too_large", "limit")
    assert "64 MiB" in document["detail"]
    sample = server.json("/datasets/wide/samples?limit=2&offset=618")["samples"][1]
    (rows,) = (value for name, value in sample.items() if name != "index")
    assert rows == [[-2000000000] * 100] * 100


def test_features(server):
    page = server.json("/datasets/boston_housing/samples?features=MEDV,RM&limit=7&offset=3")
    assert page["samples"] == [expected("boston_housing", "all", i, {"MEDV", "RM"}) for i in range(3, 10)]
    page = server.json("/datasets/cifar100/samples?features=coarse_label&limit=1")
    assert page["samples"][0].keys() == {"index", "coarse_label"}
    assert "features=coarse_label" in page["next"]


def test_features_with_commas_in_their_names(tmp_path, run, serve):
    """In a list the longest name that fits is meant."""
    (tmp_path / "t.csv").write_text('"a,b","b,c",a,b,"c,"\n1,2,3,4,5\n')
    run("add", "t", tmp_path / "t.csv", "--data", tmp_path / "data")
    server = serve(tmp_path / "data")
    for query, names in (("a,b", ["a,b"]), ("a%2Cb", ["a,b"]), ("b,a", ["a", "b"]), ("b,c", ["b,c"]),
                         ("a,b,c", None), ("a,b,b,c,c,", ["a,b", "b,c", "c,"]), ("c,,a", ["a", "c,"]),
                         ("a,a,b", ["a,b", "a"]), ("a,", None), (",a", None)):
        answer = server.get(f"/datasets/t/samples?features={query}")
        if names is None:
            problem(answer, 404, "not_found", "features")
        else:
            assert list(answer.json()["samples"][0]) == ["index", *names], query



# Paging

def links(answer):
    return {rel: target for target, rel in
            re.findall(r'<([^>]*)>\s*;\s*rel="?([a-z]+)"?', answer["Link"] or "")}


def query(target):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))


@pytest.mark.parametrize("offset, limit, shown, following, before", [
    (0, 300, 300, 300, None), (300, 300, 300, 600, 0), (100, 300, 300, 400, 0), (900, 300, 100, None, 600),
    (700, 300, 300, None, 400), (999, 1, 1, None, 998), (1000, 100, 0, None, 900),
    (10**9, 100, 0, None, 900), (2**64 - 1, 1000, 0, None, 0)])
def test_windows(server, offset, limit, shown, following, before):
    answer = server.get(f"/datasets/cifar100/samples?offset={offset}&limit={limit}")
    page = answer.json()
    assert (page["offset"], page["limit"], page["total"]) == (offset, limit, 1000)
    assert [sample["index"] for sample in page["samples"]] == list(range(offset, offset + shown))
    for key, place in (("next", following), ("prev", before)):
        if place is None:
            assert page[key] is None and key not in links(answer)
        else:
            assert query(page[key])["offset"] == str(place), key
            assert query(page[key])["limit"] == str(limit)
            assert links(answer)[key] == page[key]
            assert server.get(page[key]).status == 200
    assert query(links(answer)["first"]).get("offset", "0") == "0"
    last = int(query(links(answer)["last"])["offset"])
    assert last < 1000 <= last + limit


def test_following_next_sees_everything_once(server):
    target, seen, back = "/datasets/cifar100/samples?split=test&limit=33", [], None
    while target:
        page = server.json(target)
        seen += [sample["index"] for sample in page["samples"]]
        back, target = page["prev"], page["next"]
    assert seen == list(range(200))
    pages = 1
    while back:
        back, pages = server.json(back)["prev"], pages + 1
    assert pages == math.ceil(200 / 33)


# indices

@pytest.mark.parametrize("text, meant", [
    ("0", [0]), ("999,0", [999, 0]), ("1,5,9-20", [1, 5, *range(9, 21)]), ("7,7,7", [7, 7, 7]),
    ("5-5", [5]), ("0-999", list(range(1000)))])
def test_indices(server, text, meant):
    page = server.json(f"/datasets/cifar100/samples?indices={text}")
    assert [sample["index"] for sample in page["samples"]] == meant
    assert page["total"] == len(meant) and page["next"] is None
    assert page["samples"][-1] == expected("cifar100", "train", meant[-1])


@pytest.mark.parametrize("text", ["", "a", "1,", ",1", "1,,2", "5-3", "1-", "-1", "1-2-3", "1 ,2", "+1", "1e3",
                                  "0x10", "18446744073709551616", "1;2", "1.0"])
def test_bad_indices(server, text):
    target = "/datasets/cifar100/samples?indices=" + urllib.parse.quote(text)
    problem(server.get(target), 400, "invalid_parameter", "indices")


def test_too_many_indices(server):
    for text in ("0-1000", "0-18446744073709551615", "0-600,0-600"):
        document = problem(server.get(f"/datasets/cifar100/samples?indices={text}"), 400, "too_large")
        assert "1000" in document["detail"].replace(",", "")


@pytest.mark.parametrize("other", ["offset=1", "order=shuffle", "order=index", "fine_label=1", "label=apple",
                                   "shard=0&shards=2", "seed=1"])
def test_indices_stand_alone(server, other):
    answer = server.get(f"/datasets/cifar100/samples?indices=1,2&{other}")
    problem(answer, 400, "invalid_parameter")


# Shards

@pytest.mark.parametrize("shards", [1, 2, 3, 7, 1000, 1001, 2**64 - 1])
def test_shards(server, shards):
    for shard in sorted({0, 1 % shards, shards - 1}):
        page = server.json(f"/datasets/cifar100/samples?shard={shard}&shards={shards}&limit=1000")
        assert [sample["index"] for sample in page["samples"]] == list(range(shard, 1000, shards)) \
            if shard < 1000 else page["samples"] == []
        assert page["total"] == len(page["samples"])


def test_shards_of_a_class_and_a_shuffle(server):
    for common in ("fine_label=3&fine_label=5", "order=shuffle&seed=4", "order=shuffle&coarse_label=2"):
        whole = server.json(f"/datasets/cifar100/samples?{common}&limit=1000")["samples"]
        for shard in range(3):
            part = server.json(f"/datasets/cifar100/samples?{common}&limit=1000&shards=3&shard={shard}")
            assert part["samples"] == whole[shard::3]


def test_bad_shards(server):
    problem(server.get("/datasets/cifar100/samples?shard=2&shards=2"), 400, "invalid_parameter", "shard")
    problem(server.get("/datasets/cifar100/samples?shards=0"), 400, "invalid_parameter", "shards")
    problem(server.get("/datasets/cifar100/samples?shard=1"), 400, "invalid_parameter", "shard")


def test_nan_is_null(tmp_path, run, serve):
    (tmp_path / "t.csv").write_text("a,b\n1.5,2\n,3\nnan,4\n-0.0,5\n1e300,6\n")
    run("add", "holes", tmp_path / "t.csv", "--data", tmp_path / "data")
    samples = serve(tmp_path / "data").json("/datasets/holes/samples")["samples"]
    assert [sample["a"] for sample in samples] == [1.5, None, None, 0.0, 1e300]
    assert math.copysign(1, samples[3]["a"]) == -1


def test_arrays_are_nested_lists(tmp_path, run, serve):
    cube = (np.arange(2 * 2 * 3 * 2).reshape(2, 2, 3, 2) / 8 - 1).astype(">f4")
    header = bytes([0, 0, 13, 4]) + np.array(cube.shape, ">u4").tobytes()
    (tmp_path / "cube-idx4-float").write_bytes(header + cube.tobytes())
    run("add", "cube", tmp_path / "cube-idx4-float", "--data", tmp_path / "data")
    server = serve(tmp_path / "data")
    (feature,) = server.json("/datasets/cube")["features"]
    samples = server.json("/datasets/cube/samples")["samples"]
    assert [sample[feature] for sample in samples] == cube.tolist()
