# SPDX-License-Identifier: MIT
"""Trees of pictures, against Pillow: what becomes of folders, sizes, kinds of pixels, damaged files,
archives, and pictures that stay where they are."""
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import zipfile

import numpy as np
import pytest
import scipy.io
from PIL import Image, ImageOps

import decode
from library import leftovers

chance = np.random.default_rng(6)


def pixels(height, width, mode="RGB"):
    shape = (height, width) if mode in ("L", "I;16") else (height, width, len(mode))
    if mode == "I;16":
        return chance.integers(0, 65536, shape, dtype=np.uint16)
    small = chance.integers(0, 256, shape, dtype=np.uint8)
    return small


def encoded(image, kind="JPEG", **options):
    """The bytes of a picture given as an array or as Pillow's."""
    out = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(height=9, width=7, mode="RGB", **options):
    return encoded(Image.fromarray(pixels(height, width, mode), mode), **options)


def png(height=9, width=7, mode="RGB", **options):
    return encoded(pixels(height, width, mode), "PNG", **options)


def opened(data):
    """What Pillow makes of a picture, upright."""
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))


def write_tree(folder, files):
    """files: path -> bytes, or None for an empty folder."""
    for path, data in files.items():
        path = folder / path
        (path if data is None else path.parent).mkdir(parents=True, exist_ok=True)
        if data is not None:
            path.write_bytes(data)
    return folder


def tar_of(files, **kind):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", **kind) as archive:
        for path, data in files.items():
            entry = tarfile.TarInfo(path)
            if data is None:
                entry.type = tarfile.DIRTYPE
            entry.size = len(data or b"")
            archive.addfile(entry, io.BytesIO(data or b""))
    return out.getvalue()


class Added:
    """A dataset as it lies in the data folder."""

    def __init__(self, run, data, name, *paths, options=()):
        self.data, self.name = data, name
        self.done = run("add", name, *paths, "--data", data, "--replace", *options)
        self.info = json.loads(run("info", name, "--data", data, "--json").stdout)
        self.folder = data / "arrays" / name / self.info["revision"]
        self.features, self.splits = self.info["features"], self.info["splits"]
        self.aside = {entry["file"]: entry["reason"] for entry in self.info["set_aside"]["files"]}
        assert self.info["set_aside"]["total"] == len(self.aside)
        assert leftovers(data) == []

    def load(self, split, file):
        return np.load(self.folder / split / f"{file}.npy", mmap_mode="r")

    def runs(self, split):
        """The encoded pictures of a split."""
        values, offsets = self.load(split, "image.values"), self.load(split, "image.offsets")
        return [values[a:b].tobytes() for a, b in zip(offsets[:-1], offsets[1:])]

    def sizes(self, split):
        return self.load(split, "image.sizes").tolist()

    def files(self):
        values = np.load(self.folder / "image.files.values.npy").tobytes()
        offsets = np.load(self.folder / "image.files.offsets.npy")
        return [values[a:b].decode() for a, b in zip(offsets[:-1], offsets[1:])]

    def classes(self, feature="label"):
        """[(name, parent)]"""
        with sqlite3.connect(f"file:{self.data}/catalog.sqlite3?mode=ro", uri=True) as catalog:
            return catalog.execute(
                "SELECT class.name, class.parent FROM class JOIN feature ON feature.dataset = class.dataset AND "
                "feature.number = class.feature JOIN dataset ON dataset.id = class.dataset WHERE dataset.name = ? "
                "AND feature.name = ? ORDER BY class.number", (self.name, feature)).fetchall()

    def names(self, feature="label"):
        return [name for name, _ in self.classes(feature)]

    def labels(self, split, feature="label"):
        names = self.names(feature)
        return [names[i] for i in self.load(split, feature)]


@pytest.fixture
def add(tmp_path, run):
    def add(*paths, name="pets", options=()):
        return Added(run, tmp_path / "data", name, *paths, options=options)
    return add


# --- the real thing

def cifar10_folders(folder):
    """CIFAR-10 as JPEG files in an archive; made up where the real one is not at hand."""
    real = decode.SHARED / "cifar10-folders.tar.gz"
    if real.exists():
        return real
    path = folder / "cifar10-folders.tar.gz"
    path.write_bytes(gzip.compress(tar_of({
        f"cifar10-folders/{split}/{label}/{i:04}.jpg": jpeg(32, 32) for split in ("train", "test")
        for label in ("airplane automobile bird cat deer dog frog horse ship truck").split() for i in range(3)})))
    return path


def test_cifar10_folders(tmp_path, add):
    archive = cifar10_folders(tmp_path)
    truth = {}
    with tarfile.open(archive) as members:
        for member in members:
            if member.name.endswith(".jpg"):
                _, split, label, _ = member.name.split("/")
                data = members.extractfile(member).read()
                truth.setdefault(split, []).append((member.name, label, data))
        members.extractall(tmp_path / "tree")
    from_archive, from_tree = add(archive, name="cifar10"), add(tmp_path / "tree", name="cifar10")
    assert from_archive.info["title"] == "CIFAR-10"
    for added in (from_archive, from_tree):
        assert added.names() == sorted({label for rows in truth.values() for _, label, _ in rows})
        for split, rows in truth.items():
            rows = sorted(rows)
            assert np.array_equal(added.load(split, "image"), [opened(data) for _, _, data in rows])
            assert added.labels(split) == [label for _, label, _ in rows]


@pytest.mark.parametrize("heights", [1, 3])
def test_order_of_an_archive_says_nothing(tmp_path, add, heights):
    """Samples lie in the order of a walk through the tree ("a" before "a-b"), wherever they come from."""
    paths = [f"{split}/{label}/{i}.png" for split in ("train", "test") for label in ("a", "a-b", "ab")
             for i in range(4)]
    files = {path: png(9 + i % heights, 7) for i, path in enumerate(paths)}
    tree = add(write_tree(tmp_path / "tree", files))
    for i in range(3):
        mixed = {path: files[path] for path in chance.permutation(paths)}
        archive = tmp_path / "mixed.tar"
        archive.write_bytes(tar_of(mixed))
        assert add(archive).info["revision"] == tree.info["revision"]
    with zipfile.ZipFile(tmp_path / "mixed.zip", "w") as archive:
        for path in reversed(paths):
            archive.writestr(path, files[path])
    assert add(tmp_path / "mixed.zip").info["revision"] == tree.info["revision"]
    assert tree.labels("test") == [label for label in ("a", "a-b", "ab") for _ in range(4)]


# --- pixels

def test_one_size_becomes_rows(tmp_path, add):
    files = {f"{label}/{i}.{kind}": make(12, 10) for label in "ab" for i in range(3)
             for kind, make in (("jpg", jpeg), ("png", png))}
    pets = add(write_tree(tmp_path / "tree", files))
    assert pets.features["image"]["shape"] == [12, 10, 3] and pets.features["image"]["storage"] == "rows"
    assert np.array_equal(pets.load("all", "image"), [opened(files[path]) for path in sorted(files)])
    assert pets.labels("all") == [path[0] for path in sorted(files)]


def widened(data, channels, depth):
    array = np.asarray(Image.open(io.BytesIO(data)))
    if array.dtype != np.uint8:  # Pillow's mode I;16 or I
        array = array.astype(np.uint16)
    array = array[..., None] if array.ndim == 2 else array
    white = 65535 if array.dtype == np.uint16 else 255
    if array.shape[2] < channels:
        colour = np.repeat(array, 3, axis=2) if array.shape[2] == 1 else array
        alpha = np.full(array.shape[:2] + (1,), white, array.dtype)
        array = colour if channels == 3 else np.concatenate([colour, alpha], axis=2)
    if depth == 16 and array.dtype == np.uint8:
        array = array.astype(np.uint16) * 257
    return array


@pytest.mark.parametrize("modes", ["L", "RGB", "RGBA", "L RGB", "L RGBA", "RGB RGBA", "L RGB RGBA",
                                   "I;16", "L I;16", "RGB I;16", "RGBA I;16", "L RGBA I;16"])
def test_wider_pixels_widen_all(tmp_path, add, modes):
    """Whatever comes last, all are as wide as the widest."""
    kinds = modes.split()
    # The widest first, last, or alone in the end, past what is read at once.
    for order in (kinds, kinds[::-1], kinds[:1] * 700 + kinds):
        files = {f"{i:04}.png": png(5, 4, mode) for i, mode in enumerate(order)}
        shutil.rmtree(tmp_path / "tree", ignore_errors=True)
        pets = add(write_tree(tmp_path / "tree", files))
        channels = max({"L": 1, "I;16": 1, "RGB": 3, "RGBA": 4}[mode] for mode in kinds)
        depth = 16 if "I;16" in kinds else 8
        image = pets.features["image"]
        assert image["dtype"] == f"uint{depth}" and image["white"] == 2 ** depth - 1
        want = np.stack([widened(data, channels, depth) for data in files.values()])
        assert np.array_equal(pets.load("all", "image"), want[..., 0] if channels == 1 else want)


def test_mixed_sizes_stay_encoded(tmp_path, add):
    turned = Image.Exif()
    turned[0x0112] = 6
    files = {"cat/0.jpg": jpeg(30, 40), "cat/1.jpg": jpeg(25, 25, "L"), "cat/2.png": png(3, 2, "RGBA"),
             "dog/0.jpg": encoded(Image.fromarray(pixels(8, 12, "CMYK"), "CMYK")),
             "dog/1.jpg": jpeg(10, 20, exif=turned), "dog/2.png": png(6, 6, "I;16")}
    pets = add(write_tree(tmp_path / "tree", files))
    assert pets.features["image"]["storage"] == "encoded"
    assert pets.runs("all") == [files[path] for path in sorted(files)]
    assert pets.sizes("all") == [[30, 40, 3], [25, 25, 1], [3, 2, 4], [8, 12, 3], [20, 10, 3], [6, 6, 1]]
    assert pets.labels("all") == ["cat"] * 3 + ["dog"] * 3


def test_upright_pictures_of_one_size(tmp_path, add):
    """One size, once turned as EXIF says; the pixels are those that Pillow turns."""
    files = {}
    for i in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = i
        files[f"{i}.png"] = encoded(pixels(*((4, 6) if i >= 5 else (6, 4))), "PNG", exif=exif)
    pets = add(write_tree(tmp_path / "tree", files))
    assert np.array_equal(pets.load("all", "image"), [opened(data) for data in files.values()])


def test_another_size_at_the_end(tmp_path, add):
    files = {f"{i:04}.png": png(2, 2) for i in range(900)} | {"last.png": png(2, 3)}
    pets = add(write_tree(tmp_path / "tree", files))
    assert pets.runs("all") == list(files.values())


def test_large_pictures_stay_encoded(tmp_path, add):
    files = {f"{i}.png": encoded(np.full((1025, 1024), i, np.uint8), "PNG") for i in range(2)}
    pets = add(write_tree(tmp_path / "tree", files))
    assert pets.runs("all") == list(files.values()) and "label" not in pets.features
    files = {f"{i}.png": encoded(np.full((1024, 1024), i, np.uint8), "PNG") for i in range(2)}
    pets = add(write_tree(tmp_path / "small", files))
    assert pets.load("all", "image").shape == (2, 1024, 1024)


# --- files that cannot be used

DAMAGED = {
    "Cat/666.jpg": (b"", "is empty"),
    "Cat/cut.jpg": (jpeg(40, 40)[:-300], None),
    "Cat/text.jpg": (b"<html>", "does not begin as a JPEG or PNG picture does"),
    "Cat/a.gif": (encoded(pixels(3, 3, "L"), "GIF"), "is a GIF picture; JPEG and PNG are read"),
    "Cat/really_gif.jpg": (encoded(pixels(3, 3, "L"), "GIF"), "is a GIF picture; JPEG and PNG are read"),
    "Dog/11702.jpg": (b"", "is empty"),
    "Dog/b.bmp": (encoded(pixels(3, 3), "BMP"), "is a BMP picture; JPEG and PNG are read"),
    "Dog/c.webp": (encoded(pixels(3, 3), "WEBP"), "is a WebP picture; JPEG and PNG are read"),
    "Dog/d.tiff": (encoded(pixels(3, 3), "TIFF"), "is a TIFF picture; JPEG and PNG are read"),
    "Dog/cut.png": (png(30, 30)[:-40], None),
    "Dog/flipped.png": (png(30, 30)[:100] + b"\1\2\3" + png(30, 30)[103:], None),
    "MSR-LA - 3467.docx": (b"PK\5\6" + bytes(18), None),
    "strange.bin": (b"\1\2\3", "is no picture"),
}


def test_cats_and_dogs(tmp_path, add):
    """The published tree, with the files that are damaged in it, and more of them."""
    good = {f"PetImages/{label}/{i}.jpg": jpeg(20 + i, 30) for label in ("Cat", "Dog") for i in range(8)}
    others = {"PetImages/Cat/Thumbs.db": b"\xd0\xcf", "readme[1].txt": b"hello", "PetImages/.DS_Store": b"x"}
    damaged = {f"PetImages/{path}" if "/" in path else path: data for path, (data, _) in DAMAGED.items()
               if not path.endswith(".docx")}
    pets = add(write_tree(tmp_path / "tree", good | others | damaged), name="cats_vs_dogs")
    assert pets.info["title"] == "Cats vs. dogs" and pets.names() == ["cat", "dog"]
    assert pets.runs("all") == [good[path] for path in sorted(good)]
    assert pets.aside.keys() == damaged.keys()
    for path, (_, reason) in DAMAGED.items():
        path = f"PetImages/{path}" if "/" in path else path
        if path in damaged:
            assert pets.aside[path] and (reason is None or pets.aside[path] == reason), pets.aside[path]


def test_only_damaged_files(tmp_path, run):
    files = {"a/1.jpg": jpeg(20, 20)[:100], "b/2.jpg": b""}
    done = run("add", "x", write_tree(tmp_path / "tree", files), "--data", tmp_path / "data", code=1)
    assert "none of 2 files can be used; the first is a/1.jpg: " in done.stderr
    assert leftovers(tmp_path / "data") == []


def test_a_damaged_file_says_nothing_of_the_form(tmp_path, add):
    """Neither its size nor its channels count."""
    files = {f"{i}.png": png(6, 6, "L") for i in range(5)}
    cut = {"9.png": png(300, 300, "RGBA")[:-100], "0.jpg": jpeg(40, 40)[:400]}
    pets = add(write_tree(tmp_path / "tree", files | cut))
    assert pets.features["image"]["shape"] == [6, 6] and pets.aside.keys() == cut.keys()


# --- folders

TREES = {
    "flat": (["1", "2"], {"all": [None, None]}),
    "classes": (["b/1", "a/1", "B/1"], {"all": ["B", "a", "b"]}),
    "splits": (["train/cat/1", "train/dog/1", "test/dog/1"], {"train": ["cat", "dog"], "test": ["dog"]}),
    "split words": (["valid/x/1", "training/x/1", "training/y/1", "Testing/y/1"],
                    {"train": ["x", "y"], "test": ["y"], "val": ["x"]}),
    "top": (["set/train/a/1", "set/train/b/1", "set/dev/b/1"], {"train": ["a", "b"], "val": ["b"]}),
    "two tops": (["x/y/a/1", "x/y/b/1"], {"all": ["a", "b"]}),
    "flat splits": (["train/1", "test/1"], {"train": [None], "test": [None]}),
    "in words": (["seg_train/a/1", "seg_test/a/1", "seg_test/b/1"], {"train": ["a"], "test": ["a", "b"]}),
    "class train": (["car/1", "plane/1", "train/1"], {"all": ["car", "plane", "train"]}),
    "split and class train": (["train/bus/1", "train/train/1", "test/train/1"],
                              {"train": ["bus", "train"], "test": ["train"]}),
    "superclasses": (["animal/cat/1", "animal/dog/1", "thing/cup/1"], {"all": ["cat", "dog", "cup"]}),
    "one name twice": (["cup/good/1", "cup/bad/1", "nut/good/1"], {"all": ["bad", "cup/good", "nut/good"]}),
    "split below": (["cup/train/good/1", "cup/test/bad/1", "nut/train/good/1"],
                    {"train": ["cup/good", "nut/good"], "test": ["bad"]}),
    "uneven": (["bird/1", "dog/husky/1", "dog/2"], {"all": ["bird", "dog", "husky"]}),
    "images": (["train/n1/images/1", "train/n2/images/1", "val/n1/images/2"],
               {"train": ["n1", "n2"], "val": ["n1"]}),
}


@pytest.mark.parametrize("case", TREES)
@pytest.mark.parametrize("form", ["folder", "tar backwards", "tar.gz", "zip"])
def test_what_folders_mean(tmp_path, add, case, form):
    names, want = TREES[case]
    files = {f"{name}.png": png(3, 3) for name in names}
    path = tmp_path / "tree"
    if form == "folder":
        write_tree(path, files)
    elif form == "zip":
        path = tmp_path / "tree.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in sorted(files):
                archive.writestr(name, files[name])
    else:
        path = tmp_path / "tree.tar"
        order = sorted(files, reverse=form == "tar backwards")
        data = tar_of({name: files[name] for name in order})
        path.write_bytes(data if form == "tar backwards" else gzip.compress(data))
    pets = add(path)
    assert pets.aside == {}
    for split, labels in want.items():
        got = pets.labels(split) if labels[0] else [None] * len(pets.load(split, "image"))
        assert sorted(got, key=str) == sorted(labels, key=str)
    assert pets.splits.keys() == want.keys()
    # Each picture still has its own label.
    truth = {files[f"{name}.png"]: name for name in names}
    stored = {opened(data).tobytes(): name for data, name in truth.items()}
    for split, labels in want.items():
        for i, image in enumerate(pets.load(split, "image")):
            name = stored[image.tobytes()]
            if labels[0]:
                label = pets.labels(split)[i]
                assert name.replace("/images", "").rsplit("/", 1)[0].endswith(label.split("/")[-1])


def test_superclasses(tmp_path, add):
    files = {f"{name}/1.png": png(3, 3) for name in ("b/y", "b/x", "a/z", "a/x/q", "a/x/p")}
    pets = add(write_tree(tmp_path / "tree", files))
    assert pets.classes("label") == [("p", 0), ("q", 0), ("x", 1), ("y", 2), ("z", 3)]
    assert [name for name, _ in pets.classes("superclass")] == ["a/x", "b/x", "y", "z"]
    assert pets.classes("superclass_2") == [("a", None), ("b", None)]
    label, above = pets.load("all", "label"), pets.load("all", "superclass")
    parents = [parent for _, parent in pets.classes("label")]
    assert [parents[i] for i in label] == above.tolist()


def test_classes_are_those_of_all_splits(tmp_path, add):
    files = {"train/b/1.png": png(2, 2), "test/c/1.png": png(2, 2), "train/a": None, "test/Z": None,
             "train/b/2.png": png(2, 2)}
    for path in (write_tree(tmp_path / "tree", files), tmp_path / "set.tar"):
        if path.suffix:
            path.write_bytes(tar_of({"set": None} | {f"set/{name}": data for name, data in files.items()}))
        pets = add(path)
        assert pets.names() == ["Z", "a", "b", "c"]
        assert pets.load("train", "label").tolist() == [2, 2] and pets.load("test", "label").tolist() == [3]


def test_a_class_of_damaged_files_only(tmp_path, add):
    pets = add(write_tree(tmp_path / "tree", {"a/1.png": png(2, 2), "b/1.png": png(2, 2), "c/1.png": b"",
                                              "d/1.gif": b"GIF89a", "e/Thumbs.db": b"x"}))
    assert pets.names() == ["a", "b", "c", "d"] and len(pets.load("all", "label")) == 2


def test_pictures_without_a_class(tmp_path, add):
    """They have no place among those that have one, wherever they come in the order."""
    labelled = {f"train/{label}/{i}.png": png(2, 2) for label in "ab" for i in range(200)}
    loose = {f"test/{i}.png": png(2, 2) for i in range(300)} | {"cover.png": png(50, 40)}
    pets = add(write_tree(tmp_path / "tree", labelled | loose))
    assert pets.splits.keys() == {"train"} and len(pets.load("train", "image")) == 400
    assert pets.aside == {path: "lies outside of the folders of the splits" if path == "cover.png" else
                          "lies in no folder of a class, as the others do" for path in loose}


def test_more_classes_than_a_byte_holds(tmp_path, add):
    files = {f"{i:03}/x.png": png(2, 2) for i in range(300)}
    pets = add(write_tree(tmp_path / "tree", files))
    assert pets.features["label"]["dtype"] == "uint16"
    assert pets.load("all", "label").tolist() == list(range(300))


def test_a_tree_that_misleads(tmp_path, add):
    """Each other folder makes it look as if the second level were splits, and the next one not."""
    names = [f"{top}/{below}1" for top in "abcdef" for below in ("", "train/")] + ["g/1"]
    files = {f"{name}.png": png(3, 3) for name in names}
    (tmp_path / "set.tar").write_bytes(tar_of(files))
    pets = add(tmp_path / "set.tar")
    assert pets.splits.keys() == {"all"} and pets.aside == {}
    assert pets.labels("all") == [name[0] if "train" not in name else f"{name[0]}/train" for name in names]
    assert [name for name, _ in pets.classes("superclass")] == list("abcdefg")
    assert np.array_equal(pets.load("all", "image"), [opened(data) for data in files.values()])


def test_several_paths(tmp_path, add):
    write_tree(tmp_path / "train", {"a/1.png": png(2, 2), "b/1.png": png(2, 2)})
    (tmp_path / "val.tar").write_bytes(tar_of({"b/2.png": png(2, 2)}))
    pets = add(tmp_path / "train", tmp_path / "val.tar")
    assert pets.labels("train") == ["a", "b"] and pets.labels("val") == ["b"]


def test_chosen_split(tmp_path, add):
    pets = add(write_tree(tmp_path / "tree", {"a/1.png": png(2, 2), "b/1.png": png(2, 2)}),
               options=["--split", "holdout"])
    assert pets.splits.keys() == {"holdout"}


# --- ImageNet

SYNSETS = {"n01440764": "tench, Tinca tinca", "n02012849": "crane", "n03126707": "crane",
           "n03710637": "maillot", "n03710721": "maillot, tank suit", "n15075141": "toilet tissue, toilet paper"}
SYNSET_NAMES = ["tench", "crane (n02012849)", "crane (n03126707)", "maillot (n03710637)",
                "maillot (n03710721)", "toilet tissue"]
LISTS = {
    "LOC_synset_mapping.txt": "".join(f"{wnid} {words}\n" for wnid, words in SYNSETS.items()),
    "words.txt": "n00001740\tentity\n" + "".join(f"{wnid}\t{words}\r\n" for wnid, words in SYNSETS.items()),
    "imagenet_class_index.json": json.dumps({str(i): [wnid, words.split(",")[0].replace(" ", "_")]
                                             for i, (wnid, words) in enumerate(SYNSETS.items())}),
}


@pytest.mark.parametrize("file", LISTS)
def test_synsets_have_names(tmp_path, add, file):
    files = {f"{wnid}/{wnid}_1.JPEG": jpeg(9, 9 + i) for i, wnid in enumerate(SYNSETS)}
    tree = write_tree(tmp_path / "tree", files | {file: LISTS[file].encode()})
    assert add(tree).names() == SYNSET_NAMES
    (tree / file).write_text("nothing\nof n01440764 use {")
    assert add(tree).names() == list(SYNSETS)


def test_tar_of_tars(tmp_path, add):
    """ILSVRC2012_img_train.tar: a tar for each synset, without folders."""
    pictures = {f"{wnid}/{wnid}_{i}.JPEG": jpeg(9 + i, 9) for wnid in SYNSETS for i in range(3)}
    inner = {f"{wnid}.tar": tar_of({path.split("/")[1]: data for path, data in pictures.items()
                                    if path.startswith(wnid)}) for wnid in SYNSETS}
    (tmp_path / "ILSVRC2012_img_train.tar").write_bytes(tar_of(inner))
    (tmp_path / "words.txt").write_text(LISTS["words.txt"])
    paths = [tmp_path / "ILSVRC2012_img_train.tar", tmp_path / "words.txt"]
    copied, kept = add(*paths, name="copied"), add(*paths, name="kept", options=["--in-place"])
    for added in (copied, kept):
        assert added.names() == SYNSET_NAMES
        assert added.labels("train") == [name for name in SYNSET_NAMES for _ in range(3)]
    assert copied.runs("train") == list(pictures.values())
    assert_places(kept, "train", list(pictures.values()))


def devkit(truth):
    """ILSVRC2012_devkit_t12.tar.gz: synsets in an order of their own, the classes of the validation pictures."""
    ids = sorted(SYNSETS, key=lambda wnid: SYNSETS[wnid])
    synsets = np.zeros(len(ids), dtype=[(name, object) for name in ("ILSVRC2012_ID", "WNID", "words", "gloss")])
    for i, wnid in enumerate(ids):
        synsets[i] = (float(i + 1), wnid, SYNSETS[wnid], "something")
    meta = io.BytesIO()
    scipy.io.savemat(meta, {"synsets": synsets[:, None]}, do_compression=True)
    folder = "ILSVRC2012_devkit_t12"
    return gzip.compress(tar_of({
        f"{folder}/COPYING": b"terms", f"{folder}/data/meta.mat": meta.getvalue(),
        f"{folder}/data/ILSVRC2012_validation_ground_truth.txt":
            "".join(f"{ids.index(wnid) + 1}\n" for wnid in truth).encode(),
        f"{folder}/evaluation/eval_flat.m": b"% nothing"}))


@pytest.mark.parametrize("devkit_first", [True, False])
def test_imagenet_as_published(tmp_path, add, devkit_first):
    wnids = list(SYNSETS)
    train = {wnid: {f"{wnid}_{i}.JPEG": jpeg(9 + i, 9) for i in range(2)} for wnid in wnids}
    truth = [wnids[i * 5 % 6] for i in range(20)]
    val = {f"ILSVRC2012_val_{i + 1:08}.JPEG": jpeg(10, 8 + i) for i in range(20)}
    (tmp_path / "ILSVRC2012_img_train.tar").write_bytes(
        tar_of({f"{wnid}.tar": tar_of(files) for wnid, files in train.items()}))
    (tmp_path / "ILSVRC2012_img_val.tar").write_bytes(tar_of(val))
    (tmp_path / "ILSVRC2012_devkit_t12.tar.gz").write_bytes(devkit(truth))
    names = ["ILSVRC2012_img_train.tar", "ILSVRC2012_img_val.tar"]
    names.insert(0 if devkit_first else 2, "ILSVRC2012_devkit_t12.tar.gz")
    imagenet = add(*(tmp_path / name for name in names), name="imagenet", options=["--in-place"])
    assert imagenet.names() == SYNSET_NAMES and imagenet.splits.keys() == {"train", "val"}
    assert imagenet.labels("val") == [SYNSET_NAMES[wnids.index(wnid)] for wnid in truth]
    assert_places(imagenet, "val", list(val.values()))
    assert [path.split("/")[-1] for path in imagenet.aside] == ["eval_flat.m"]
    # Without the kit they have no class.
    paths = [tmp_path / name for name in names if "devkit" not in name]
    assert len(add(*paths, name="without").aside) == 20
    assert "label" not in add(paths[1], name="val").features


def test_imagenet_as_kaggle_has_it(tmp_path, add):
    wnids = list(SYNSETS)
    truth = [wnids[i * 5 % 6] for i in range(20)]
    base = "ILSVRC/Data/CLS-LOC"
    files = {f"{base}/train/{wnid}/{wnid}_1.JPEG": jpeg(9, 9) for wnid in wnids}
    files |= {f"{base}/val/ILSVRC2012_val_{i + 1:08}.JPEG": jpeg(9, 9) for i in range(20)}
    files |= {f"{base}/test/ILSVRC2012_test_00000001.JPEG": jpeg(9, 9)}
    files |= {"LOC_synset_mapping.txt": LISTS["LOC_synset_mapping.txt"].encode(),
              "ILSVRC/Annotations/CLS-LOC/val/ILSVRC2012_val_00000001.xml": b"<x/>",
              "LOC_val_solution.csv": ("ImageId,PredictionString\n" + "".join(
                  f"ILSVRC2012_val_{i + 1:08},{truth[i]} 85 1 499 272 \n" for i in reversed(range(20)))).encode()}
    imagenet = add(write_tree(tmp_path / "tree", files), name="imagenet")
    assert imagenet.names() == SYNSET_NAMES and imagenet.splits.keys() == {"train", "val"}
    assert imagenet.labels("val") == [SYNSET_NAMES[wnids.index(wnid)] for wnid in truth]
    assert list(imagenet.aside) == [f"{base}/test/ILSVRC2012_test_00000001.JPEG"]


# --- in place

def assert_places(added, split, pictures):
    """The pictures lie where the places say, with their hashes."""
    files = added.files()
    places, digests = added.load(split, "image.places"), added.load(split, "image.digests")
    assert len(places) == len(pictures) and len(set(files)) == len(files)
    for (file, offset, size, file_size, modified), digest, data in zip(places.tolist(), digests, pictures):
        info = os.stat(files[file])
        assert (file_size, modified) == (info.st_size, info.st_mtime_ns)
        with open(files[file], "rb") as opened_file:
            opened_file.seek(offset)
            assert opened_file.read(size) == data
        assert digest.tobytes() == hashlib.sha256(data).digest()


@pytest.mark.parametrize("mixed", [False, True])
def test_folder_in_place(tmp_path, add, mixed):
    files = {f"{label}/{i}.jpg": jpeg(9 + i * mixed, 9) for label in "ab" for i in range(100)}
    damaged = {"a/x.jpg": jpeg()[:50]}
    tree = write_tree(tmp_path / "tree", files | damaged)
    pets = add(tree, options=["--in-place"])
    assert pets.features["image"]["storage"] == "in_place" and pets.aside.keys() == damaged.keys()
    assert pets.files() == [str(tree / path) for path in sorted(files)]
    assert_places(pets, "all", [files[path] for path in sorted(files)])
    assert pets.sizes("all") == [list(opened(files[path]).shape) for path in sorted(files)]
    assert pets.labels("all") == [path[0] for path in sorted(files)]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_in_place(tmp_path, add, form):
    """Offsets are those that Python's tarfile finds, whatever headers lie between."""
    long = 20 if form == tarfile.USTAR_FORMAT else 200
    files = {f"{'ü' if i % 3 == 0 else 'u'}/{i:03}{'y' * (i * 7 % long)}.jpg": jpeg(9, 9 + i % 5)
             for i in range(60)}
    path = tmp_path / "set.tar"
    path.write_bytes(tar_of(files, format=form))
    pets = add(path, options=["--in-place"])
    with tarfile.open(path) as archive:
        members = {member.name: member for member in archive}
    assert pets.files() == [str(path)]
    assert pets.load("all", "image.places")[:, 1].tolist() == [members[name].offset_data for name in sorted(files)]
    assert_places(pets, "all", [files[name] for name in sorted(files)])


def test_in_place_through_a_link(tmp_path, add, monkeypatch):
    tree = write_tree(tmp_path / "tree", {"a.jpg": jpeg()})
    (tmp_path / "link").symlink_to(tree)
    monkeypatch.chdir(tmp_path)
    assert add("link", options=["--in-place"]).files() == [str(tree / "a.jpg")]


def test_in_place_of_any_time(tmp_path, add, run):
    """A clock that was wrong: times before 1970, and those that 64 bits of nanoseconds do not hold."""
    tree = write_tree(tmp_path / "tree", {f"a/{i}.jpg": jpeg() for i in range(3)})
    for i, seconds in enumerate((-10**9, 0, 13_569_465_600)):
        os.utime(tree / f"a/{i}.jpg", (seconds, seconds))
    pets = add(tree, options=["--in-place"])
    assert pets.load("all", "image.places")[:, 4].tolist() == [-10**18, 0, 2**63 - 1]
    assert run("verify", "pets", "--data", tmp_path / "data").returncode == 0
    (tree / "a/1.jpg").unlink()
    done = run("verify", "pets", "--data", tmp_path / "data", code=1)
    assert f"{tree}/a/1.jpg: 1.jpg is gone since it was added" in done.stderr


def test_in_place_is_refused(tmp_path, run):
    files = {"a/1.jpg": jpeg(), "b/1.jpg": jpeg()}
    with zipfile.ZipFile(tmp_path / "set.zip", "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    (tmp_path / "set.tar.gz").write_bytes(gzip.compress(tar_of(files)))
    for name in ("set.zip", "set.tar.gz"):
        done = run("add", "x", tmp_path / name, "--in-place", "--data", tmp_path / "data", code=1)
        assert f"{name}: a/1.jpg: lies packed (zip or gzip), so that it cannot stay where it is" in done.stderr
    done = run("add", "x", decode.SAMPLES / "digits", "--in-place", "--data", tmp_path / "data", code=1)
    assert "--in-place keeps images where they are; csv is decoded" in done.stderr


def test_served_in_place(tmp_path, add, serve):
    """What is served are the bytes of the user's file, as long as that is as it was."""
    files = {f"{label}/{i}.jpg": jpeg(20 + i, 30) for label in "ab" for i in range(5)}
    tree = write_tree(tmp_path / "tree", files)
    add(tree, options=["--in-place"])
    server = serve(tmp_path / "data")
    for i, path in enumerate(sorted(files)):
        answer = server.get(f"/datasets/pets/samples/{i}/image")
        assert answer.status == 200 and answer.body == files[path] and answer["Content-Type"] == "image/jpeg"
    page = server.get("/datasets/pets/samples?label=b").json()
    assert [sample["index"] for sample in page["samples"]] == [5, 6, 7, 8, 9]
    assert [sample["image"]["height"] for sample in page["samples"]] == [20, 21, 22, 23, 24]
    sheet = server.get("/datasets/pets/sheet.png?label=b")
    assert Image.open(io.BytesIO(sheet.body)).size == (5 * 64, 64)
    (tree / "a/1.jpg").write_bytes(jpeg())
    (tree / "a/2.jpg").unlink()
    for i in (1, 2):
        answer = server.get(f"/datasets/pets/samples/{i}/image")
        assert answer.status >= 500 and f"{i}.jpg" in answer.json()["detail"]
    assert server.get("/datasets/pets/samples/3/image").body == files["a/3.jpg"]
