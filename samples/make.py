#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the data files of samples/ again, byte for byte, from the published ones.

usage: samples/make.py [SOURCES]

SOURCES (default: ../shared/data beside the project) holds digits.csv.gz, boston_housing.csv and
cifar-100-binary.tar.gz; Fashion-MNIST comes from Debian's package dataset-fashion-mnist. Slices keep
the order of the original: of each class its first images, where they stand. numpy is all it needs.
"""
import gzip
import hashlib
import pathlib
import sys
import tarfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
FASHION_TRAIN, FASHION_TEST = 200, 50  # images a class
CIFAR_TRAIN, CIFAR_TEST = 10, 2


def write(folder, name, data):
    path = HERE / folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    print(f"{hashlib.sha256(data).hexdigest()}  {path.relative_to(HERE)}  {len(data)} bytes")


def packed(data):
    """gzip without a name or a time, so that equal data gives an equal file."""
    return gzip.compress(data, 9, mtime=0)


def first_of_each(labels, count):
    """The places of the first `count` samples of each label, ascending."""
    return np.sort(np.concatenate([np.flatnonzero(labels == label)[:count]
                                   for label in np.unique(labels)]))


def idx(array):
    """An IDX file of unsigned bytes: 0 0 8 rank, each axis as big-endian uint32, the values."""
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def fashion_mnist():
    for prefix, count in (("train", FASHION_TRAIN), ("t10k", FASHION_TEST)):
        images = gzip.decompress((FASHION / f"{prefix}-images-idx3-ubyte.gz").read_bytes())
        labels = gzip.decompress((FASHION / f"{prefix}-labels-idx1-ubyte.gz").read_bytes())
        images = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)
        labels = np.frombuffer(labels, np.uint8, offset=8)
        keep = first_of_each(labels, count)
        write("fashion_mnist", f"{prefix}-images-idx3-ubyte.gz", packed(idx(images[keep])))
        write("fashion_mnist", f"{prefix}-labels-idx1-ubyte.gz", packed(idx(labels[keep])))


def cifar100(sources):
    with tarfile.open(sources / "cifar-100-binary.tar.gz") as archive:
        members = {pathlib.PurePosixPath(member.name).name: archive.extractfile(member).read()
                   for member in archive if member.isfile()}
    for name, count in (("train", CIFAR_TRAIN), ("test", CIFAR_TEST)):
        records = np.frombuffer(members[f"{name}.bin"], np.uint8).reshape(-1, 2 + 3072)
        keep = first_of_each(records[:, 1], count)  # byte 0 is the coarse label, byte 1 the fine
        write("cifar100", f"{name}.bin.gz", packed(records[keep].tobytes()))
    for name in ("fine_label_names.txt", "coarse_label_names.txt"):
        write("cifar100", name, members[name])


def main():
    sources = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "shared/data"
    write("digits", "digits.csv.gz", (sources / "digits.csv.gz").read_bytes())
    write("boston_housing", "boston_housing.csv", (sources / "boston_housing.csv").read_bytes())
    fashion_mnist()
    cifar100(sources)


main()
