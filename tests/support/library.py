# SPDX-License-Identifier: MIT
"""A data folder seen from outside: its files, without the program."""
import pathlib

import numpy as np


def revision_folder(data, name):
    """The one folder of the dataset's current revision."""
    (folder,) = (pathlib.Path(data) / "arrays" / name).iterdir()
    return folder


def arrays(data, name):
    """{split: {feature: array}} as mapped by numpy, class indices left out; what is one for all splits
    is in "". What lies in runs has two arrays, feature.values and feature.offsets."""
    found = {}
    folder = revision_folder(data, name)
    for path in sorted(folder.rglob("*.npy")):
        if not path.name.endswith(".by_class.npy"):
            split = "" if path.parent == folder else path.parent.name
            found.setdefault(split, {})[path.stem] = np.load(path, mmap_mode="r")
    return found


def texts_of(folder, feature="text"):
    """A text feature's values, as its files have them."""
    values = (np.load(folder / f"{feature}.values.npy")).tobytes()
    offsets = np.load(folder / f"{feature}.offsets.npy")
    assert offsets.dtype == np.int64 and offsets[0] == 0 and offsets[-1] == len(values)
    return [values[begin:end].decode() for begin, end in zip(offsets[:-1], offsets[1:])]


def leftovers(data):
    """What is in the folder beside catalog, lock and published arrays."""
    data = pathlib.Path(data)
    temporary = data / "tmp"
    inside = list(temporary.iterdir()) if temporary.exists() else []
    known = {"catalog.sqlite3", "catalog.sqlite3-wal", "catalog.sqlite3-shm", "lock", "arrays", "tmp"}
    return [path for path in data.iterdir() if path.name not in known] + inside


def check_arrays(data, name, truth):
    """Every file of a dataset is an .npy file of version 1.0, little-endian, C order, its rows on a
    64-byte boundary, and holds the true values; class indices group the samples by class."""
    stored = arrays(data, name)
    assert stored.keys() == truth.keys()
    for split, features in truth.items():
        assert stored[split].keys() == features.keys()
        for feature, values in features.items():
            path = revision_folder(data, name) / split / f"{feature}.npy"
            with open(path, "rb") as file:
                head = file.read(10)
            assert head[:8] == b"\x93NUMPY\x01\x00"
            assert (10 + int.from_bytes(head[8:], "little")) % 64 == 0
            array = stored[split][feature]
            assert array.flags.c_contiguous and array.dtype.byteorder in "<|="
            assert array.shape == values.shape, (split, feature)
            assert np.array_equal(array, values, equal_nan=values.dtype.kind == "f"), (split, feature)
            index = path.with_name(f"{feature}.by_class.npy")
            if index.exists():
                grouped = np.load(index, mmap_mode="r")
                assert grouped.dtype == np.int64
                assert np.array_equal(grouped, np.argsort(values, kind="stable"))
