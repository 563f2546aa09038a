# SPDX-License-Identifier: MIT
"""Texts in pages and in single samples: whole, cut, hostile, damaged."""
import io
import json

import numpy as np
import pytest

import shapes
from library import revision_folder
from program import problem

LONG = "Grüße an alle – 😀\n" * 300  # 5,400 characters
TEXTS = {
    "pos": ["plain", LONG, "a" * 2000, "a" * 2001, "😀" * 2000, "é" * 2001,
            "</script><script>alert(1)</script> & <b>\"quoted\" \\ 'single'</b>",
            "tab\tand\rreturn and \x01\x1b[31m\x7f and \u2028\u2029\ufeff\ufffe"],
    "neg": ["no", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🏳️‍🌈 مرحبا \u202e", " leading and trailing ", "{\"truncated\":true}"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reviews")
    for split in ("train", "test"):
        for label, texts in TEXTS.items():
            (folder / split / label).mkdir(parents=True)
            for i, text in enumerate(texts if split == "train" else texts[:2]):
                (folder / split / label / f"{i}.txt").write_text(text, newline="")
    return folder


@pytest.fixture
def stored(tmp_path, run, folder):
    run("add", "reviews", folder, "--data", tmp_path / "data", "--quiet")
    return tmp_path / "data"


@pytest.fixture
def reviews(serve, stored):
    return serve(stored)


def cut(text, characters):
    return text if len(text) <= characters else text[:characters] + "…"


def check(samples, characters, count=sum(map(len, TEXTS.values()))):
    """Every text once, under its label, cut where it must be, and marked so."""
    found = {label: [] for label in TEXTS}
    for sample in samples:
        found[sample["label"]["name"]].append(sample["text"])
        was_cut = sample["text"].endswith("…")
        assert sample.get("truncated", False) is was_cut
        assert list(sample) == ["index", *(name for name in sample if name in ("text", "label")),
                                *(["truncated"] if was_cut else [])]
    for label, texts in TEXTS.items():
        assert sorted(found[label]) == sorted(cut(text, characters) for text in texts)
    assert len(samples) == count


def test_pages(reviews):
    check(reviews.json("/datasets/reviews/samples")["samples"], 2000)
    for characters in (1, 5, 1999, 2000, 2001, 5399, 5400, 10_000_000):
        check(reviews.json(f"/datasets/reviews/samples?max_chars={characters}")["samples"], characters)
    for text in ("0", "10000001", "-1", "1e3", ""):
        problem(reviews.get(f"/datasets/reviews/samples?max_chars={text}"), 400, "invalid_parameter", "max_chars")


def test_links_keep_the_limit(reviews):
    page = reviews.json("/datasets/reviews/samples?limit=2&max_chars=3")
    assert "max_chars=3" in page["next"]
    while page["next"]:
        page = reviews.json(page["next"])
        assert all(len(sample["text"]) <= 4 for sample in page["samples"])


def test_one_sample_is_whole(reviews):
    total = reviews.json("/datasets/reviews/samples?limit=1")["total"]
    one = [reviews.json(f"/datasets/reviews/samples/{i}") for i in range(total)]
    check(one, 10_000_000)
    some = [reviews.json(f"/datasets/reviews/samples/{i}?max_chars=10") for i in range(total)]
    check(some, 10)


def test_tags_tell_limits_apart(reviews):
    tags = {reviews.get("/datasets/reviews/samples" + query)["ETag"]
            for query in ("", "?max_chars=1", "?max_chars=2")}
    assert len(tags) == 3


def test_only_cut_texts_are_marked(reviews):
    page = reviews.json("/datasets/reviews/samples?max_chars=1&features=label")
    assert all(sample.keys() == {"index", "label"} for sample in page["samples"])


def test_the_description(reviews):
    shapes.dataset(reviews.json("/datasets/reviews"))
    features = reviews.json("/datasets/reviews")["features"]
    assert features["text"] == {"type": "text", "dtype": "uint8", "shape": [], "target": False}
    assert features["label"]["num_classes"] == 2 and features["label"]["target"]


def array(server, name, split="train"):
    answer = server.get(f"/datasets/reviews/arrays/{split}/{name}.npy")
    assert answer.status == 200
    return np.load(io.BytesIO(answer.body))


def test_arrays(reviews):
    for split in ("train", "test"):
        values, offsets = array(reviews, "text.values", split), array(reviews, "text.offsets", split)
        assert values.dtype == np.uint8 and offsets.dtype == np.int64 and offsets[0] == 0
        texts = [values[start:end].tobytes().decode() for start, end in zip(offsets, offsets[1:])]
        assert texts == [reviews.json(f"/datasets/reviews/samples/{i}?split={split}")["text"]
                         for i in range(len(texts))]
    part = reviews.get("/datasets/reviews/arrays/train/text.offsets.npy", Range="bytes=128-135")
    assert part.status == 206 and part.body == bytes(8)


def test_a_ragged_feature_has_no_array_of_its_own(reviews):
    document = problem(reviews.get("/datasets/reviews/arrays/train/text.npy"), 404, "not_found", "feature")
    assert document["allowed"] == ["text.values", "text.offsets"]
    assert "text.values.npy" in document["detail"] and "text.offsets.npy" in document["detail"]
    document = problem(reviews.get("/datasets/reviews/arrays/train/nothing.npy"), 404, "not_found", "feature")
    assert sorted(document["allowed"]) == ["label", "label.by_class", "text.offsets", "text.values"]


def damage(data, name, place, values):
    path = revision_folder(data, "reviews") / "train" / name
    path.chmod(0o644)
    with open(path, "r+b") as file:
        file.seek(128 + place)
        file.write(values)


@pytest.mark.parametrize("value", [-1, 2**62, -2**63, 2**63 - 1, 100_000])
def test_damaged_offsets(stored, serve, value):
    """An offset that makes no sense: the dataset is damaged, the server is well."""
    damage(stored, "text.offsets.npy", 8, np.array([value], "<i8").tobytes())
    server = serve(stored)
    answer = server.get("/datasets/reviews/samples")
    assert answer.status >= 500 and answer["Retry-After"] is None
    document = answer.json()
    assert document["code"] and "text" in document["detail"]
    assert server.get("/readyz").status == 200


def test_damaged_bytes(stored, serve):
    """Bytes that are no UTF-8 are replaced, so that the page stays JSON."""
    damage(stored, "text.values.npy", 0, bytes([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf5]))
    server = serve(stored)
    body = server.get("/datasets/reviews/samples").body
    assert len(json.loads(body.decode())["samples"]) == 12
    assert "\ufffd" in body.decode()
