# SPDX-License-Identifier: MIT
"""Whole datasets by their published files: what to import, and the independent decoding. Only those
whose files this machine has."""
import collections

import scipy.io

import decode
from decode import FASHION, SHARED
from program import SAMPLES

Whole = collections.namedtuple("Whole", "name files truth names")

IDX_NAMES = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
             "t10k-labels-idx1-ubyte.gz"]
CIFAR100 = SHARED / "cifar-100-binary.tar.gz"
SVHN = {split: SHARED / f"svhn_{split}_32x32.mat" for split in ("train", "test")}


def fashion_mnist():
    return {"train": decode.idx_split(FASHION, "train"), "test": decode.idx_split(FASHION, "t10k")}


def cifar100():
    members = decode.tar_members(CIFAR100)
    return {split: decode.cifar100_split(members[f"{split}.bin"]) for split in ("train", "test")}


def cifar100_names():
    members = decode.tar_members(CIFAR100)
    return {f"{level}_label": members[f"{level}_label_names.txt"].decode().split()
            for level in ("fine", "coarse")}


def svhn():
    """10 means the digit 0; pixels lie as height, width, channel, sample."""
    files = {split: scipy.io.loadmat(SVHN[split]) for split in SVHN}
    return {split: {"image": content["X"].transpose(3, 0, 1, 2), "label": content["y"].ravel() % 10}
            for split, content in files.items()}


DIGIT_NAMES = {"label": [str(digit) for digit in range(10)]}

ALL = [
    Whole("fashion_mnist", [FASHION / name for name in IDX_NAMES], fashion_mnist,
          lambda: {"label": decode.FASHION_CLASSES}),
    Whole("mnist", [SHARED / name for name in IDX_NAMES[2:]],
          lambda: {"test": decode.idx_split(SHARED, "t10k")}, lambda: DIGIT_NAMES),
    Whole("cifar100", [CIFAR100], cifar100, cifar100_names),
    Whole("digits", [SAMPLES / "digits/digits.csv.gz"], lambda: {"all": decode.digits()},
          lambda: DIGIT_NAMES),
    Whole("boston_housing", [SAMPLES / "boston_housing/boston_housing.csv"],
          lambda: {"all": decode.boston()}, dict),
    Whole("svhn", list(SVHN.values()), svhn, lambda: DIGIT_NAMES),
]
HERE = {whole.name: whole for whole in ALL if all(file.exists() for file in whole.files)}
