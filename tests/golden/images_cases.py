# SPDX-License-Identifier: MIT
"""Golden cases of trees of pictures, for make.py: written by Pillow."""
import hashlib
import io

import numpy as np
from PIL import Image

chance = np.random.default_rng(11)


def png(*shape, dtype=np.uint8, **options):
    """An array and the picture that holds it."""
    array = chance.integers(0, np.iinfo(dtype).max + 1, shape, dtype=dtype)
    out = io.BytesIO()
    Image.fromarray(array).save(out, "PNG", **options)
    return array, out.getvalue()


def jpeg(*shape, mode=None):
    out = io.BytesIO()
    Image.fromarray(chance.integers(0, 256, shape, dtype=np.uint8), mode).save(out, "JPEG")
    return np.asarray(Image.open(io.BytesIO(out.getvalue()))), out.getvalue()


def write(make):
    case, feature, tar, gz, zip_of = make.case, make.feature, make.tar, make.gz, make.zip_of

    def tree(name, files, classes=(), labels=None, *, channels=3, paths=None, more=None, aside=(),
             convert=lambda array: array, dtype="uint8", task=None, levels=None, extra=None, **options):
        """files: path -> (array, bytes) by split, in order; labels likewise."""
        first = convert(next(iter(next(iter(files.values())).values()))[0])
        features = [feature("image", "image", dtype, first.shape, white=65535 if dtype == "uint16" else 255)]
        columns = {split: {"image": np.stack([convert(array) for array, _ in members.values()])}
                   for split, members in files.items()}
        if classes:
            features.append(feature("label", "class", "uint8", target=True, classes=classes,
                                    parent=2 if extra else -1))
            for split in files:
                columns[split]["label"] = np.array(labels[split], np.uint8)
        if extra:
            features.append(feature("superclass", "class", "uint8", classes=extra[0]))
            for split in files:
                columns[split]["superclass"] = np.array(extra[1][split], np.uint8)
        expected = make.dataset(features, columns, task="image-classification" if classes else "other")
        if aside:
            expected["set_aside"] = [list(pair) for pair in aside]
        everything = {path: data for members in files.values() for path, (_, data) in members.items()} | (more or {})
        if paths is None:
            case(name, everything, expected, **options)
        for path, pack in (paths or {}).items():
            case(f"{name}-{pack.__name__}", {path: pack(everything)}, expected, paths=[path], **options)

    colour = {f"{label}/{i}.png": png(3, 2, 3) for label in ("B", "a", "ä") for i in range(2)}
    tree("images/classes", {"all": colour}, ["B", "a", "ä"], {"all": [0, 0, 1, 1, 2, 2]})

    def as_tar(files):
        return tar(sorted(files.items()))

    def as_tar_gz(files):
        return gz(as_tar(files))

    def as_zip(files):
        return zip_of(sorted(files.items()))

    def as_tar_of_tars(files):
        folders = sorted({path.split("/")[0] for path in files})
        return tar([(f"{folder}.tar", tar(sorted((path.split("/")[1], data) for path, data in files.items()
                                                 if path.startswith(folder + "/")))) for folder in folders])

    for path, pack in (("set.tar", as_tar), ("set.tar.gz", as_tar_gz), ("set.zip", as_zip), ("s.tar", as_tar_of_tars)):
        tree("images/classes", {"all": colour}, ["B", "a", "ä"], {"all": [0, 0, 1, 1, 2, 2]}, paths={path: pack})

    tree("images/splits", {"test": {"set/test/dog/1.png": png(2, 2), "set/test/emu/1.png": png(2, 2)},
                           "train": {"set/train/cat/1.png": png(2, 2), "set/train/dog/2.png": png(2, 2)}},
         ["cat", "dog", "emu"], {"test": [1, 2], "train": [0, 1]})
    tree("images/superclasses", {"all": {"a/x/1.png": png(2, 2), "a/y/1.png": png(2, 2), "b/y/1.png": png(2, 2),
                                         "b/z/1.png": png(2, 2)}},
         [("a/y", 0), ("b/y", 1), ("x", 0), ("z", 1)], {"all": [2, 0, 1, 3]}, extra=(["a", "b"], {"all": [0, 0, 1, 1]}))

    def to_rgba(array):
        array = np.repeat(array[..., None], 3, axis=2) if array.ndim == 2 else array
        alpha = np.full(array.shape[:2] + (1,), 255, np.uint8)
        return array if array.shape[2] == 4 else np.concatenate([array, alpha], axis=2)

    tree("images/wider", {"all": {"1.png": png(3, 4), "2.png": png(3, 4, 3), "3.png": png(3, 4, 4)}}, convert=to_rgba)

    def to_16(array):
        return array.astype(np.uint16) * (257 if array.dtype == np.uint8 else 1)

    tree("images/sixteen", {"all": {"1.png": png(3, 4), "2.png": png(3, 4, dtype=np.uint16)}}, convert=to_16,
         dtype="uint16")
    tree("images/jpeg", {"all": {"1.jpg": jpeg(9, 8, 3), "2.jpeg": jpeg(9, 8, 3)}})
    tree("images/aside", {"all": {"a/1.png": png(2, 2), "b/1.png": png(2, 2)}}, ["a", "b", "c"], {"all": [0, 1]},
         more={"a/2.png": b"", "b/3.gif": b"GIF89a", "b/notes.txt": b"x", "c/x.png": b"hello", "what.bin": b"\1",
               "0.png": png(5, 5)[1]},
         aside=[("0.png", "lies in no folder of a class, as the others do"), ("a/2.png", "is empty"),
                ("b/3.gif", "is a GIF picture; JPEG and PNG are read"),
                ("c/x.png", "does not begin as a JPEG or PNG picture does"), ("what.bin", "is no picture")])
    tree("images/synsets", {"all": {"n02012849/1.png": png(2, 2), "n03126707/1.png": png(2, 2),
                                    "n09999999/1.png": png(2, 2)}},
         ["crane (n02012849)", "crane (n03126707)", "n09999999"], {"all": [0, 1, 2]},
         more={"words.txt": b"n02012849\tcrane\nn03126707\tcrane\nn9\tx\n"})
    card = b'{"title": "Mine", "classes": {"label": ["one", "two"]}}'
    expected_title = {"a/1.png": png(2, 2), "b/1.png": png(2, 2)}
    names = [feature("image", "image", "uint8", (2, 2), white=255),
             feature("label", "class", "uint8", target=True, classes=["one", "two"])]
    case("images/card", {path: data for path, (_, data) in expected_title.items()} | {"dataset.json": card},
         make.dataset(names, {"all": {"image": np.stack([a for a, _ in expected_title.values()]),
                                      "label": np.array([0, 1], np.uint8)}}, title="Mine",
                      task="image-classification"))
    case("images/error-card", {path: data for path, (_, data) in expected_title.items()} |
         {"c/1.png": png(2, 2)[1], "dataset.json": card},
         error="the folders: class 2: the label is 2, but dataset.json has 2 classes for label (0 to 1)")

    # Of mixed sizes: the bytes one after the other.
    mixed = {"a/1.png": png(2, 3)[1], "a/2.jpg": jpeg(5, 9, 4, mode="CMYK")[1], "b/1.png": png(4, 4, 4)[1]}
    features = [feature("image", "image", "uint8", (), white=255),
                feature("label", "class", "uint8", target=True, classes=["a", "b"])]
    expected = make.dataset(features[1:], {"all": {"label": np.array([0, 0, 1], np.uint8)}},
                            task="image-classification")
    expected["features"] = features
    columns = expected["splits"]["all"]["columns"]
    columns["image"] = hashlib.sha256(b"".join(mixed.values())).hexdigest()
    columns.update(make.runs("image", list(mixed.values()), "", ".offsets", "u1"))
    case("images/mixed", mixed, expected)

    case("images/error-none", {"a/1.png": b"", "a/2.jpg": b"\xff\xd8\xff"}, format="images",
         error="none of 2 files can be used; the first is a/1.png: is empty")
    case("images/error-no-picture", {"a.csv": b"1,2\n"}, format="images", error="there is no JPEG or PNG picture")
    case("images/error-in-place-decoded", {"x.csv": b"a,b\n1,2\n"}, in_place=True,
         error="--in-place keeps images where they are; csv is decoded")
    case("images/error-in-place-packed", {"x.zip": as_zip({"a/1.png": png(2, 2)[1]})}, in_place=True, paths=["x.zip"],
         error="x.zip: a/1.png: lies packed (zip or gzip), so that it cannot stay where it is; unpack it, or leave "
               "--in-place out")
