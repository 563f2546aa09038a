# SPDX-License-Identifier: MIT
"""Folders of texts: every text and label as Python decodes them, whatever the files were packed in."""
import random
import tarfile
import zipfile

import numpy as np

import decode
from decode import SHARED
from library import revision_folder, texts_of

REVIEWS = SHARED / "aclImdb-subset.tar.gz"


def check(data, name, truth, classes):
    """truth: (split, class, file name) -> bytes"""
    folder = revision_folder(data, name)
    splits = {split for split, _, _ in truth}
    assert {path.name for path in folder.iterdir()} == splits
    for split in splits:
        samples = sorted((classes.index(label), name, text) for (own, label, name), text in truth.items()
                         if own == split)
        texts = [text.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace") for _, _, text in samples]
        assert texts_of(folder / split) == texts
        assert np.load(folder / split / "label.npy").tolist() == [label for label, _, _ in samples]


def reviews(folder):
    """The reviews of the archive that is there, or some made up in its layout."""
    truth = {}
    if REVIEWS.exists():
        with tarfile.open(REVIEWS) as archive:
            for member in archive:
                if member.isfile():
                    _, split, label, name = member.name.split("/")
                    truth[split, label, name] = archive.extractfile(member).read()
    else:
        for number in range(400):
            truth[("train", "test")[number % 2], ("neg", "pos")[number // 2 % 2], f"{number}_{number % 10}.txt"] = \
                f"Film {number} is {'größer' * (number % 50)}\n".encode()
    for (split, label, name), text in truth.items():
        path = folder / "aclImdb" / split / label / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return truth


def test_reviews_from_every_form(tmp_path, run):
    truth = reviews(tmp_path)
    names = sorted("/".join(key) for key in truth)
    random.Random(1).shuffle(names)
    with tarfile.open(tmp_path / "shuffled.tar.gz", "w:gz", compresslevel=1) as archive:
        for name in names:
            archive.add(tmp_path / "aclImdb" / name, f"aclImdb/{name}")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in reversed(names):
            archive.write(tmp_path / "aclImdb" / name, name)
    forms = [tmp_path / "aclImdb", tmp_path / "shuffled.tar.gz", tmp_path / "packed.zip"]
    revisions = set()
    for number, path in enumerate(forms + [REVIEWS] * REVIEWS.exists()):
        data = tmp_path / f"data{number}"
        run("add", "imdb", path, "--data", data)
        assert "IMDB reviews" in run("info", "imdb", "--data", data).stdout
        check(data, "imdb", truth, ["neg", "pos"])
        revisions.add(revision_folder(data, "imdb").name)
    assert len(revisions) == 1


def test_any_bytes_are_shown(tmp_path, run):
    """Whatever the bytes are, the text is what Python's decoder makes of them."""
    chance = random.Random(7)
    parts = [bytes([byte]) for byte in range(256)] + ["é".encode(), "€".encode(), "𝄞".encode(), b"plain "]
    truth = {}
    for number in range(500):
        text = b"".join(chance.choices(parts, k=chance.randrange(60)))
        truth["all", "ab"[number % 2], f"{number}.txt"] = text
        path = tmp_path / "set" / "ab"[number % 2] / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    bad = sum("\ufffd" in text.decode("utf-8", "replace") for text in truth.values())
    run("add", "set", tmp_path / "set", "--data", tmp_path / "data")
    check(tmp_path / "data", "set", truth, ["a", "b"])
    assert f"{bad} texts have bytes that are not UTF-8" in run("info", "set", "--data", tmp_path / "data").stdout



def test_the_reviews_that_ship(data):
    for split, columns in decode.sample("imdb").items():
        folder = revision_folder(data, "imdb") / split
        assert texts_of(folder) == columns["text"] and len(columns["text"]) == 100
        assert np.load(folder / "label.npy").tolist() == [0] * 50 + [1] * 50


def test_the_newswires_that_ship(data):
    columns = decode.sample("reuters")["all"]
    folder = revision_folder(data, "reuters")
    values, offsets = np.load(folder / "all/tokens.values.npy"), np.load(folder / "all/tokens.offsets.npy")
    assert [values[begin:end].tolist() for begin, end in zip(offsets[:-1], offsets[1:])] == columns["tokens"]
    assert np.bincount(np.load(folder / "all/label.npy")).tolist() == [10] * 46
    assert texts_of(folder, "tokens.words") == decode.words("reuters")
