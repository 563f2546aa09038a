#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the data files of samples/ again, byte for byte, from the published ones.

usage: samples/make.py [SOURCES]

SOURCES (default: ../shared/data beside the project) holds digits.csv.gz, boston_housing.csv,
cifar-100-binary.tar.gz, aclImdb-subset.tar.gz (or the published aclImdb_v1.tar.gz), reuters.npz and
reuters_word_index.json; Fashion-MNIST comes from Debian's package dataset-fashion-mnist. Slices keep
the order of the original: of each class its first images, where they stand. numpy is all it needs.
"""
import gzip
import hashlib
import io
import pathlib
import sys
import tarfile
import zipfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
FASHION_TRAIN, FASHION_TEST = 200, 50  # images a class
CIFAR_TRAIN, CIFAR_TEST = 10, 2
IMDB = 50     # reviews of each split and class
REUTERS = 10  # newswires a topic


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


# Texts about telephone programs, which are no reviews of films and not in the published archive: in the
# one that the slice was cut from they stand in the place of two reviews.
FOREIGN = ("train/pos/0_9.txt", "test/pos/0_10.txt")


def imdb(sources):
    """The first reviews of each folder by name, in an archive without times and owners."""
    (source,) = [path for path in (sources / "aclImdb-subset.tar.gz", sources / "aclImdb_v1.tar.gz") if path.exists()][:1]
    with tarfile.open(source) as archive:
        reviews = {member.name: archive.extractfile(member).read() for member in archive
                   if member.isfile() and pathlib.PurePosixPath(member.name).parent.name in ("neg", "pos")
                   and not member.name.endswith(FOREIGN)}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for folder in sorted({str(pathlib.PurePosixPath(name).parent) for name in reviews}):
            for name in sorted(name for name in reviews if name.startswith(folder + "/"))[:IMDB]:
                info = tarfile.TarInfo(name)
                info.size = len(reviews[name])
                archive.addfile(info, io.BytesIO(reviews[name]))
    write("imdb", "aclImdb-slice.tar.gz", packed(out.getvalue()))


def reuters(sources):
    """The first newswires of each topic, in Keras's file format, with the whole index of words."""
    with np.load(sources / "reuters.npz", allow_pickle=True) as content:
        keep = first_of_each(content["y"], REUTERS)
        arrays = {name: content[name][keep] for name in ("x", "y")}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, version=(1, 0), allow_pickle=True)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue(), zipfile.ZIP_DEFLATED, 9)
    write("reuters", "reuters.npz", out.getvalue())
    write("reuters", "reuters_word_index.json.gz", packed((sources / "reuters_word_index.json").read_bytes()))


def main():
    sources = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "shared/data"
    write("digits", "digits.csv.gz", (sources / "digits.csv.gz").read_bytes())
    write("boston_housing", "boston_housing.csv", (sources / "boston_housing.csv").read_bytes())
    fashion_mnist()
    cifar100(sources)
    imdb(sources)
    reuters(sources)


main()
