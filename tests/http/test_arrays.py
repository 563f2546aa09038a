# SPDX-License-Identifier: MIT
"""Whole arrays, and parts of them by Range."""
import io
import random

import numpy as np
import pytest

import decode
from program import problem

NAMES = ["boston_housing", "cifar100", "digits", "fashion_mnist", "imdb", "reuters"]
ARRAY = "/datasets/cifar100/arrays/train/image.npy"


@pytest.fixture(scope="module")
def whole(server):
    return server.get(ARRAY).body


def files(name):
    """(split, file without its ending, array) of all that a dataset's features are stored in."""
    for split, features in decode.sample(name).items():
        for feature, truth in features.items():
            if feature not in ("text", "tokens"):
                yield split, feature, truth
                continue
            runs = [np.frombuffer(run.encode(), "u1") if feature == "text" else np.array(run, "i4") for run in truth]
            yield split, f"{feature}.values", np.concatenate(runs)
            yield split, f"{feature}.offsets", np.cumsum([0] + [len(run) for run in runs])


@pytest.mark.parametrize("name", NAMES)
def test_whole_arrays(server, name):
    for split, feature, truth in files(name):
        answer = server.get(f"/datasets/{name}/arrays/{split}/{feature}.npy")
        assert answer.status == 200 and answer["Accept-Ranges"] == "bytes"
        assert answer["Content-Type"] == "application/octet-stream"
        assert int(answer["Content-Length"]) == len(answer.body)
        array = np.load(io.BytesIO(answer.body))
        assert array.shape == truth.shape and np.array_equal(array, truth)


def test_the_file_itself(server, data, whole):
    revision = server.json("/datasets/cifar100")["revision"]
    path = data / "arrays/cifar100" / revision / "train/image.npy"
    assert path.read_bytes() == whole


def test_indices_by_class(server):
    labels = decode.sample("cifar100")["train"]["fine_label"]
    answer = server.get("/datasets/cifar100/arrays/train/fine_label.by_class.npy")
    assert np.array_equal(np.load(io.BytesIO(answer.body)), np.argsort(labels, kind="stable"))


def ranges(size):
    chance = random.Random(3)
    yield from [(0, 0), (0, 127), (128, 128), (0, size - 1), (size - 1, size - 1), (5, size - 1)]
    for _ in range(40):
        first = chance.randrange(size)
        yield first, chance.randrange(first, size)


def test_ranges(server, whole):
    size = len(whole)
    for first, last in ranges(size):
        answer = server.get(ARRAY, Range=f"bytes={first}-{last}")
        assert answer.status == 206, (first, last)
        assert answer["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert int(answer["Content-Length"]) == last - first + 1
        assert answer.body == whole[first:last + 1]


@pytest.mark.parametrize("text, first, last", [
    ("bytes=100-", 100, None), ("bytes=-1", -1, None), ("bytes=-500", -500, None), ("bytes=0-999999999999", 0, None),
    ("bytes=-999999999999", 0, None), ("bytes=0-18446744073709551615", 0, None),
    ("BYTES=3-5", 3, 6),
    ("bytes=3-5 ", 3, 6)])
def test_open_ranges(server, whole, text, first, last):
    answer = server.get(ARRAY, Range=text)
    assert answer.status == 206 and answer.body == whole[first:last]


@pytest.mark.parametrize("text", ["bytes={size}-", "bytes={size}-{size}", "bytes=999999999999-", "bytes=-0",
                                  "bytes=18446744073709551615-", "bytes=18446744073709551616-"])
def test_unsatisfiable(server, whole, text):
    answer = server.get(ARRAY, Range=text.format(size=len(whole)))
    problem(answer, 416, "out_of_range")
    assert answer["Content-Range"] == f"bytes */{len(whole)}"


@pytest.mark.parametrize("text", ["bytes=5-3", "bytes=", "bytes", "bytes=a-b", "bytes=1-2-3", "items=0-5", "bytes=-",
                                  "bytes=+1-5", "bytes=0-1,5-9", "", "bytes=0x0-1", "bytes=--5"])
def test_other_ranges_are_ignored(server, whole, text):
    answer = server.get(ARRAY, Range=text)
    assert answer.status == 200 and answer.body == whole
    assert "Content-Range" not in answer.headers


def test_if_range(server, whole):
    tag = server.get(ARRAY)["ETag"]
    for condition, status in ((tag, 206), ('"other"', 200), ("W/" + tag, 200),
                              ("Sat, 01 Jan 2000 00:00:00 GMT", 200)):
        answer = server.get(ARRAY, Range="bytes=10-19", If_Range=condition)
        assert answer.status == status, condition
        assert answer.body == (whole[10:20] if status == 206 else whole)


def test_if_none_match_comes_before_range(server):
    tag = server.get(ARRAY)["ETag"]
    for text in ("bytes=10-19", "bytes=999999999999-"):
        answer = server.get(ARRAY, Range=text, If_None_Match=tag)
        assert answer.status == 304 and answer.body == b""


def test_the_tag_is_the_same_for_parts(server):
    assert server.get(ARRAY, Range="bytes=0-1")["ETag"] == server.get(ARRAY)["ETag"]


def test_head_of_a_range(server):
    answer = server.request("HEAD", ARRAY, {"Range": "bytes=10-19"})
    assert answer.status in (200, 206) and answer.body == b""


def test_rows_by_range(server, whole):
    """What a client does that wants some rows: the header says where they start."""
    start = 10 + int.from_bytes(whole[8:10], "little")
    assert start % 64 == 0
    images = decode.sample("cifar100")["train"]["image"]
    for first, last in ((0, 1), (10, 20), (990, 1000)):
        answer = server.get(ARRAY, Range=f"bytes={start + first * 3072}-{start + last * 3072 - 1}")
        rows = np.frombuffer(answer.body, np.uint8).reshape(-1, 32, 32, 3)
        assert np.array_equal(rows, images[first:last])


def test_ranges_only_of_files(server):
    for target in ("/datasets", "/datasets/cifar100/samples", "/datasets/cifar100/samples/0/image.png"):
        answer = server.get(target, Range="bytes=0-1")
        assert answer.status == 200 and len(answer.body) > 2


def test_not_compressed(server, whole):
    answer = server.get(ARRAY, Accept_Encoding="gzip, deflate, br")
    assert "Content-Encoding" not in answer.headers and answer.body == whole
