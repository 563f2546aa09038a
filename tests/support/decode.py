# SPDX-License-Identifier: MIT
"""Decoders of the published files that owe nothing to the program: numpy, gzip, tarfile, csv."""
import csv
import functools
import gzip
import io
import json
import pathlib
import tarfile

import numpy as np

from program import ROOT, SAMPLES

FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")  # Debian's dataset-fashion-mnist
SHARED = ROOT.parent / "shared/data"

FASHION_CLASSES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
                   "Sneaker", "Bag", "Ankle boot"]

SENTIMENTS = ["neg", "pos"]
TOPICS = ("cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton "
          "carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock "
          "retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead").split()


def read(path):
    data = pathlib.Path(path).read_bytes()
    return gzip.decompress(data) if str(path).endswith(".gz") else data


IDX_DTYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def idx(data):
    """An IDX file as an array in the machine's byte order."""
    assert data[:2] == b"\0\0"
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, 4)
    array = np.frombuffer(data, IDX_DTYPES[data[2]], offset=4 + 4 * rank).reshape(shape)
    return array.astype(array.dtype.newbyteorder("="))


def idx_split(folder, prefix):
    folder = pathlib.Path(folder)
    return {"image": idx(read(folder / f"{prefix}-images-idx3-ubyte.gz")),
            "label": idx(read(folder / f"{prefix}-labels-idx1-ubyte.gz"))}


def cifar_records(data, labels):
    """Records of `labels` label bytes and 3 planes of 32 × 32: labels and interleaved pixels."""
    records = np.frombuffer(data, np.uint8).reshape(-1, labels + 3072)
    pixels = records[:, labels:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return records[:, :labels], np.ascontiguousarray(pixels)


def cifar100_split(data):
    labels, pixels = cifar_records(data, 2)
    return {"image": pixels, "coarse_label": labels[:, 0], "fine_label": labels[:, 1]}


def tar_members(path):
    with tarfile.open(path) as archive:
        return {pathlib.PurePosixPath(member.name).name: archive.extractfile(member).read()
                for member in archive if member.isfile()}


def digits(path=SAMPLES / "digits/digits.csv.gz"):
    table = np.loadtxt(io.BytesIO(read(path)), delimiter=",", dtype=np.int64)
    return {"image": table[:, :64].reshape(-1, 8, 8), "label": table[:, 64]}


def boston(path=SAMPLES / "boston_housing/boston_housing.csv"):
    rows = list(csv.reader(io.StringIO(read(path).decode())))
    table = np.array(rows[1:], np.float64)
    return {name: table[:, i] for i, name in enumerate(rows[0])}


def reviews(path):
    """Texts and labels of an archive laid out as aclImdb is, by split; samples by class and name."""
    with tarfile.open(path) as archive:
        texts = {tuple(member.name.split("/")[1:]): archive.extractfile(member).read().decode("utf-8", "replace")
                 for member in archive if member.isfile()}
    found = {}
    for split, label, name in sorted(texts):
        columns = found.setdefault(split, {"text": [], "label": []})
        columns["text"].append(texts[split, label, name])
        columns["label"].append(SENTIMENTS.index(label))
    return {split: {"text": columns["text"], "label": np.array(columns["label"])}
            for split, columns in sorted(found.items(), reverse=True)}


def newswires(path):
    with np.load(path, allow_pickle=True) as content:
        return {"tokens": content["x"].tolist(), "label": content["y"]}


@functools.cache
def words(name):
    """The words of a token dataset in samples/, by rank from 1 on."""
    index = json.loads(read(SAMPLES / name / f"{name}_word_index.json.gz"))
    assert sorted(index.values()) == list(range(1, len(index) + 1))
    return sorted(index, key=index.get)


@functools.cache
def sample(name):
    """{split: {feature: array}} of a dataset in samples/; texts and tokens are lists."""
    folder = SAMPLES / name
    if name == "imdb":
        return reviews(folder / "aclImdb-slice.tar.gz")
    if name == "reuters":
        return {"all": newswires(folder / "reuters.npz")}
    if name == "digits":
        return {"all": digits()}
    if name == "boston_housing":
        return {"all": boston()}
    if name == "fashion_mnist":
        return {"train": idx_split(folder, "train"), "test": idx_split(folder, "t10k")}
    assert name == "cifar100"
    return {split: cifar100_split(read(folder / f"{split}.bin.gz")) for split in ("train", "test")}


@functools.cache
def class_names(name):
    """{class feature: names} of a dataset in samples/."""
    if name == "cifar100":
        return {f"{level}_label": (SAMPLES / name / f"{level}_label_names.txt").read_text().split()
                for level in ("fine", "coarse")}
    if name == "fashion_mnist":
        return {"label": FASHION_CLASSES}
    if name == "imdb":
        return {"label": SENTIMENTS}
    if name == "reuters":
        return {"label": TOPICS}
    return {"label": [str(digit) for digit in range(10)]} if name == "digits" else {}
