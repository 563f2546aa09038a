# SPDX-License-Identifier: MIT
"""Batches for training: every format holds the very samples that were asked for."""
import csv
import io
import json
import re
import zipfile

import numpy as np
import pandas
import pytest

import decode
import safetensors
from program import problem

BATCH = "/datasets/cifar100/batch"


@pytest.fixture(scope="module")
def cifar():
    return decode.sample("cifar100")["train"]


def tensors(answer):
    assert answer.status == 200, answer.body[:300]
    assert answer["Content-Type"] == "application/octet-stream"
    assert int(answer["Content-Length"]) == len(answer.body)
    return safetensors.load(answer.body)


def npz(answer):
    assert answer.status == 200, answer.body[:300]
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None  # every checksum
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
    return dict(np.load(io.BytesIO(answer.body), allow_pickle=False))


def same(arrays, truth, indices):
    assert set(arrays) == {*truth, "index"}
    assert arrays["index"].dtype == np.int64 and np.array_equal(arrays["index"], indices)
    for name, whole in truth.items():
        assert arrays[name].dtype == whole.dtype and np.array_equal(arrays[name], whole[indices]), name


SELECTIONS = {
    "default": ("", lambda n: np.arange(256)),
    "window": ("?offset=17&limit=100", lambda n: np.arange(17, 117)),
    "one": ("?offset=3&limit=1", lambda n: np.arange(3, 4)),
    "end": ("?offset=990&limit=256", lambda n: np.arange(990, n)),
    "behind-the-end": ("?offset=5000", lambda n: np.arange(0)),
    "indices": ("?indices=9,3,500-520,9", lambda n: np.array([9, 3, *range(500, 521), 9])),
    "whole": ("?limit=65536", lambda n: np.arange(n)),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_selections(server, cifar, name):
    query, indices = SELECTIONS[name]
    same(tensors(server.get(BATCH + query))[0], cifar, indices(len(cifar["image"])))
    joined = BATCH + query + ("&" if query else "?") + "format=npz"
    same(npz(server.get(joined)), cifar, indices(len(cifar["image"])))


@pytest.mark.parametrize("query", [
    "order=shuffle&seed=5&epoch=2", "order=shuffle&seed=5&shard=1&shards=3",
    "coarse_label=fish&order=shuffle", "fine_label=apple&fine_label=bear&offset=5"])
def test_order_shards_and_filters_are_those_of_pages(server, cifar, query):
    page = server.json(f"/datasets/cifar100/samples?limit=200&features=fine_label&{query}")
    arrays, notes = tensors(server.get(f"{BATCH}?limit=200&{query}"))
    same(arrays, cifar, np.array([one["index"] for one in page["samples"]]))
    assert notes["total"] == str(page["total"])


@pytest.mark.parametrize("name", ["boston_housing", "digits", "fashion_mnist"])
def test_other_datasets(server, name):
    for split, truth in decode.sample(name).items():
        arrays, notes = tensors(server.get(f"/datasets/{name}/batch?split={split}&limit=50"))
        stored = {name: column.astype(arrays[name].dtype) for name, column in truth.items()}
        assert all(np.array_equal(stored[name], truth[name]) for name in truth)
        same(arrays, stored, np.arange(50))
        assert notes == {"dataset": name, "revision": server.json(f"/datasets/{name}")["revision"],
                         "split": split, "offset": "0", "seed": "0", "epoch": "0",
                         "total": str(len(next(iter(truth.values()))))}


def test_the_seed_of_a_shuffle_with_compat(server):
    arrays, notes = tensors(server.get(BATCH + "?compat=keras&order=shuffle"))
    assert notes["seed"] == "113"
    again, _ = tensors(server.get(BATCH + "?order=shuffle&seed=113"))
    assert np.array_equal(arrays["index"], again["index"])


def test_features(server, cifar):
    arrays, _ = tensors(server.get(BATCH + "?features=fine_label,coarse_label&limit=7"))
    assert set(arrays) == {"index", "fine_label", "coarse_label"}
    problem(server.get(BATCH + "?features=picture"), 404, "not_found", "features")


def test_npy(server, cifar):
    answer = server.get(BATCH + "?format=npy&features=image&offset=10&limit=20")
    assert np.array_equal(np.load(io.BytesIO(answer.body)), cifar["image"][10:30])
    answer = server.get(BATCH + "?format=npy&features=fine_label&indices=5,2")
    assert np.load(io.BytesIO(answer.body)).tolist() == cifar["fine_label"][[5, 2]].tolist()
    refused = problem(server.get(BATCH + "?format=npy"), 400, "invalid_parameter", "features")
    assert refused["allowed"] == ["image", "fine_label", "coarse_label"]


def test_ndjson(server, cifar):
    answer = server.get(BATCH + "?format=ndjson&indices=4,1,800")
    assert answer["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.body.decode().splitlines()]
    assert [one["index"] for one in lines] == [4, 1, 800]
    for one in lines:
        assert np.array_equal(one["image"], cifar["image"][one["index"]])
        assert one["fine_label"]["id"] == cifar["fine_label"][one["index"]]
        assert one["fine_label"]["name"]


def test_csv(server):
    truth = decode.boston()
    answer = server.get("/datasets/boston_housing/batch?format=csv&limit=506")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))
    assert list(rows[0]) == ["index", *truth] and len(rows) == 506
    for name, column in truth.items():
        assert [float(row[name]) for row in rows] == list(column)
    digits = decode.sample("digits")["all"]
    answer = server.get("/datasets/digits/batch?format=csv&limit=3")
    rows = list(csv.reader(io.StringIO(answer.body.decode())))
    assert rows[0] == ["index", *(f"image.{i}" for i in range(64)), "label", "label.name"]
    for i, row in enumerate(rows[1:]):
        assert [float(one) for one in row[1:65]] == digits["image"][i].ravel().tolist()
        assert row[65:] == [str(digits["label"][i])] * 2


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_numbers_that_json_does_not_have(run, serve, tmp_path, dtype):
    values = np.array([np.inf, -np.inf, np.nan, -0.0, 1.5], dtype)
    np.savez(tmp_path / "t.npz", x=values, pair=np.stack([values, values[::-1]], 1))
    run("add", "odd", tmp_path / "t.npz", "--data", tmp_path / "data")
    server = serve(tmp_path / "data")
    rows = list(csv.reader(io.StringIO(server.get("/datasets/odd/batch?format=csv").body.decode())))
    texts = ["inf", "-inf", "", "-0.0", "1.5"]
    assert rows[0] == ["index", "pair.0", "pair.1", "x"]
    assert rows[1:] == [[str(i), text, texts[4 - i], text] for i, text in enumerate(texts)]
    lines = server.get("/datasets/odd/batch?format=ndjson").body.decode().splitlines()
    assert [json.loads(line)["x"] for line in lines] == [None, None, None, 0.0, 1.5]


def test_csv_as_a_frame(run, serve, server, tmp_path):
    """pandas reads the numbers that the file had, infinities and missing ones too."""
    frame = pandas.read_csv(io.BytesIO(server.get("/datasets/boston_housing/batch?format=csv&limit=506").body))
    assert np.array_equal(frame.drop(columns="index"), pandas.DataFrame(decode.boston()))
    values = np.array([1.5, np.nan, np.inf, -np.inf, 1e-300])
    np.savez(tmp_path / "odd.npz", a=values)
    run("add", "odd", tmp_path / "odd.npz", "--data", tmp_path / "data")
    body = serve(tmp_path / "data").get("/datasets/odd/batch?format=csv").body
    assert np.array_equal(pandas.read_csv(io.BytesIO(body))["a"], values, equal_nan=True)


def test_csv_headings_differ(run, serve, tmp_path):
    """Also where a feature is called what another one's second column would be."""
    (tmp_path / "t.csv").write_text("label,label.name,label.name_,x\na,1.5,1,3\nb,2.5,2,3\na,2,0,3\n")
    run("add", "odd", tmp_path / "t.csv", "--target", "label", "--data", tmp_path / "data")
    rows = list(csv.reader(io.StringIO(serve(tmp_path / "data").get("/datasets/odd/batch?format=csv").body.decode())))
    assert rows[0] == ["index", "label", "label.name__", "label.name", "label.name_", "x"]
    assert rows[1] == ["0", "0", "a", "1.5", "1", "3"]


def test_posted_indices(server, cifar):
    picked = np.random.default_rng(1).integers(0, len(cifar["image"]), 60_000)
    body = json.dumps({"indices": picked.tolist(), "features": ["image", "fine_label"]})
    answer = server.request("POST", BATCH, body=body)
    arrays, _ = tensors(answer)
    assert np.array_equal(arrays["index"], picked)
    assert np.array_equal(arrays["image"], cifar["image"][picked])
    assert answer["ETag"] is None and answer["Cache-Control"] == "no-cache"


def test_posted_parameters(server, cifar):
    body = json.dumps({"split": "train", "offset": 5, "limit": 10, "order": "shuffle", "seed": 3,
                       "format": "npz", "fine_label": ["apple", "bear"]})
    posted = server.request("POST", BATCH, body=body)
    got = server.get(BATCH + "?offset=5&limit=10&order=shuffle&seed=3&format=npz"
                             "&fine_label=apple&fine_label=bear")
    assert posted.status == got.status == 200 and posted.body == got.body
    mixed = server.request("POST", BATCH + "?offset=5&limit=10", body=b'{"order": "shuffle"}')
    assert mixed.body == server.get(BATCH + "?offset=5&limit=10&order=shuffle").body
    assert server.request("POST", BATCH, body=b"").body == server.get(BATCH).body


@pytest.mark.parametrize("body, code, parameter", [
    (b"[1]", "invalid_request", None),
    (b"{", "invalid_request", None),
    (b'{"limit": 1, "limit": 2}', "invalid_request", None),
    (b'{"limit": -1}', "invalid_parameter", "limit"),
    (b'{"limit": 1.5}', "invalid_parameter", "limit"),
    (b'{"limit": null}', "invalid_parameter", "limit"),
    (b'{"limit": {}}', "invalid_parameter", "limit"),
    (b'{"limit": [1, 2]}', "invalid_parameter", "limit"),
    (b'{"indices": []}', "invalid_parameter", "indices"),
    (b'{"indices": [[1]]}', "invalid_parameter", "indices"),
    (b'{"indices": [1.5]}', "invalid_parameter", "indices"),
    (b'{"indices": ["1&limit=7"]}', "invalid_parameter", "indices"),
    (b'{"nonsense": 1}', "unknown_parameter", None),
    ('{"split": "tr\\u0000ain"}'.encode(), "invalid_request", None),
])
def test_posted_nonsense(server, body, code, parameter):
    problem(server.request("POST", BATCH, body=body), 400, code, parameter)


@pytest.mark.parametrize("name", ["label", "fine_label", "nope", "limit", "split", "indices", "features", "num_words"])
def test_posted_empty_lists(server, name):
    """A list without values is not a parameter that was left out."""
    refused = problem(server.request("POST", BATCH, body=json.dumps({name: []})), 400, "invalid_parameter", name)
    assert f"{name} is an empty list; give at least one value, or leave it out" in refused["detail"]


def test_posted_null(server):
    """It is "none" where there is such a value, and nowhere else."""
    for name in ("limit", "split", "fine_label", "indices", "format", "index_from", "test_split"):
        for value in (None, [None]):
            refused = problem(server.request("POST", BATCH, body=json.dumps({name: value})), 400,
                              "invalid_parameter", name)
            assert f"null is no value for {name}" in refused["detail"] and "none" not in refused["detail"]
    target = "/datasets/reuters/batch"
    posted = server.request("POST", target, body=b'{"oov_char": null, "num_words": 50}')
    assert posted.status == 200 and posted.body == server.get(target + "?oov_char=none&num_words=50").body


@pytest.mark.parametrize("body", ['{"order": "shuffle",\n "seed": 9223372036854775808}',
                                  '{"limit": 123456789012345678901234567890,\n\n"seed": 3}',
                                  '{"indices": [1, -9223372036854775809]}', '{"test_split": 1e999}'])
def test_posted_numbers_that_are_too_large(server, body):
    """JSON has no bounds on numbers, its readers have; the message says what is right instead."""
    detail = problem(server.request("POST", BATCH, body=body), 400, "invalid_request")["detail"]
    assert re.match(r"line [12], column \d+: ", detail) and '"seed":"9223372036854775808"' in detail
    assert "no JSON" not in detail


def test_posted_texts_of_large_numbers(server):
    for seed in (2**63 - 1, str(2**63), str(2**64 - 1)):
        posted = server.request("POST", BATCH, body=json.dumps({"order": "shuffle", "seed": seed, "epoch": seed}))
        got = server.get(f"{BATCH}?order=shuffle&seed={seed}&epoch={seed}")
        assert posted.status == 200 and posted.body == got.body


@pytest.mark.parametrize("written, text", [
    ("1e-7", "0.0000001"), ("0.1", "0.1"), ("0.30000000000000004", "0.30000000000000004"), ("5e-324", f"0.{'0' * 323}5"),
    ("1.0", "1"), ("2.5E-1", "0.25"), ("1.2345678901234567e-10", "0.00000000012345678901234567")])
def test_posted_fractions(server, written, text):
    target = "/datasets/boston_housing/batch"
    posted = server.request("POST", target, body=f'{{"compat": "keras", "test_split": {written}, "split": "test"}}')
    got = server.get(f"{target}?compat=keras&split=test&test_split={text}")
    assert posted.status == got.status and posted.body == got.body


@pytest.mark.parametrize("written, quoted", [
    ("1.5", "1.5"), ("1e-7", "0.0000001"), ("-2.5e-9", "-0.0000000025"), ("1e20", "100000000000000000000.0"),
    ("9007199254740993.0", "9007199254740992.0"), ("-1.0", "-1"), ("1.7e300", "17" + "0" * 98)])
def test_posted_reals_are_quoted_in_plain_decimal(server, written, quoted):
    detail = problem(server.request("POST", BATCH, body=f'{{"limit": {written}}}'), 400, "invalid_parameter",
                     "limit")["detail"]
    assert detail.startswith(f"limit={quoted}: must be a whole number")


def test_posted_whole_reals(server):
    expected = server.get(BATCH + "?limit=100").body
    assert server.request("POST", BATCH, body=b'{"limit": 1e2}').body == expected
    assert server.request("POST", BATCH, body=b'{"limit": 100.0, "offset": 0.0}').body == expected


def test_limits(server):
    for query, parameter in (("limit=65537", "limit"), ("limit=0", "limit"), ("limit=1e3", "limit"),
                             ("format=parquet", "format"), ("padding=pre", "padding"),
                             ("shard=3&shards=3", "shard")):
        problem(server.get(f"{BATCH}?{query}"), 400, "invalid_parameter", parameter)
    for query in ("format=ndjson&max_tokens=4", "format=csv&truncating=post"):
        problem(server.get(f"{BATCH}?{query}"), 400, "invalid_parameter")
    detail = problem(server.get(f"{BATCH}?limit=65537"), 400, "invalid_parameter")["detail"]
    assert "65536" in detail and "256 MiB" in detail
    detail = problem(server.get(f"{BATCH}?indices=" + ",".join(["0-999"] * 66)), 400, "too_large",
                     "indices")["detail"]
    assert "65536" in detail
    for answer in (server.get(f"{BATCH}?indices=0-65536"),
                   server.request("POST", BATCH, body=json.dumps({"indices": [1] * 65537}))):
        detail = problem(answer, 400, "too_large", "indices")["detail"]
        assert "65536 samples" in detail and "256 MiB" in detail


def test_indices_past_the_end(server):
    for target in ("/datasets/digits/batch", "/datasets/digits/samples", "/datasets/digits/sheet.png"):
        assert server.get(f"{target}?indices=1796").status == 200
        assert "1797" in problem(server.get(f"{target}?indices=3,1797"), 404, "out_of_range", "indices")["detail"]
    problem(server.request("POST", "/datasets/digits/batch", body=b'{"indices": [1797]}'), 404, "out_of_range",
            "indices")


def test_the_same_bytes_again(server):
    query = "?order=shuffle&seed=8&offset=64&limit=64"
    first, again = server.get(BATCH + query), server.get(BATCH + query)
    assert first.body == again.body and first["ETag"] == again["ETag"]
    assert server.get(BATCH + query, If_None_Match=first["ETag"]).status == 304
    revision = server.json("/datasets/cifar100")["revision"]
    pinned = server.get(f"{BATCH}{query}&rev={revision}")
    assert pinned.body == first.body and "immutable" in pinned["Cache-Control"]
    problem(server.get(f"{BATCH}{query}&rev={'0' * 64}"), 410, "gone", "rev")
    head = server.request("HEAD", BATCH + query)
    assert head.body == b"" and int(head["Content-Length"]) == len(first.body)
