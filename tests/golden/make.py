#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the golden cases beside this file: input, and what must come of it, by numpy and the standard
library alone. The results are committed; run it again after changing a case."""
import gzip
import hashlib
import io
import json
import shutil
import struct
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

import images_cases
import npy_cases
import zip_cases

HERE = Path(__file__).resolve().parent
FORMATS = "idx, npy, cifar, csv, mat, jsonl, text, images"  # as formats.c lists them
rng = np.random.default_rng(2024)


# --- writing cases

def case(name, files, expected=None, /, *, error=None, **options):
    """files: path below input -> bytes, or ("link", target)."""
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    for path, content in files.items():
        path = folder / "input" / path
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, tuple):
            path.symlink_to(content[1])
        else:
            path.write_bytes(content)
    if "paths" in options:
        options["paths"] = ["input/" + path for path in options["paths"]]
    if options:
        (folder / "options.json").write_text(json.dumps(options, indent=1) + "\n")
    if error is not None:
        (folder / "error").write_text(error + "\n")
    else:
        used = options.get("paths", ["input"])
        sources = [{"file": path, "bytes": len(content),
                    "sha256": hashlib.sha256(content).hexdigest()}
                   for path, content in sorted(files.items())
                   if not any(part.startswith(".") or part == "__MACOSX"
                              for part in path.split("/"))
                   and (used == ["input"] or "input/" + path in used)]
        if used != ["input"]:
            sources.sort(key=lambda s: used.index("input/" + s["file"]))
            for source in sources:
                source["file"] = source["file"].split("/")[-1]
        (folder / "expected.json").write_text(
            json.dumps(dict(expected, sources=sources), indent=1, ensure_ascii=False) + "\n")


def feature(name, kind, dtype, shape=(), white=0.0, target=False, parent=-1, classes=()):
    classes = [list(c) if isinstance(c, tuple) else [c, -1] for c in classes]
    return {"name": name, "kind": kind, "dtype": dtype, "shape": list(shape), "white": float(white),
            "target": target, "parent": parent, "classes": classes}


def runs(name, values, suffix, offsets, dtype):
    """The hashes of all runs one after the other, and of where they begin."""
    arrays = {suffix: np.array([value for run in values for value in run], dtype),
              offsets: np.cumsum([0] + [len(run) for run in values]).astype("<i8")}
    return {name + key: hashlib.sha256(array.tobytes()).hexdigest() for key, array in arrays.items()}


def dataset(features, splits, title="golden", task="other", warnings=()):
    """splits: name -> {feature: array, or texts as a list of bytes or str}"""
    out = {}
    for split, columns in splits.items():
        arrays = {}
        for f in features:
            if f["kind"] == "tokens":
                array, words = columns[f["name"]]
                arrays.update(runs(f["name"], array, "", ".offsets", "<i4"))
                if words:
                    words = [word.encode() for word in words]
                    arrays.update(runs(f["name"], words, ".words", ".word_offsets", "u1"))
                continue
            if f["kind"] == "text":
                texts = [t.encode() if isinstance(t, str) else t for t in columns[f["name"]]]
                arrays.update(runs(f["name"], texts, "", ".offsets", "u1"))
                array = texts
                continue
            array = np.ascontiguousarray(columns[f["name"]]).astype(
                np.dtype(f["dtype"]).newbyteorder("<"))
            assert list(array.shape[1:]) == f["shape"], (f["name"], array.shape)
            arrays[f["name"]] = hashlib.sha256(array.tobytes()).hexdigest()
        out[split] = {"samples": len(array), "columns": arrays}
    return {"title": title, "task": task, "warnings": list(warnings), "features": features,
            "splits": out}


def gz(data, level=9):
    return gzip.compress(data, level, mtime=0)


def tar(members, **kind):
    """members: list of (name, bytes) or TarInfo; USTAR unless told otherwise."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind.get("format", tarfile.USTAR_FORMAT)) as t:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                t.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            t.addfile(info, io.BytesIO(member[1]))
    return out.getvalue()


def tar_entry(name, kind, link=""):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    return info


def zip_of(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            z.writestr(info, data)
    return out.getvalue()


# --- IDX

CODES = {"uint8": 8, "int8": 9, "int16": 0x0b, "int32": 0x0c, "float32": 0x0d, "float64": 0x0e}


def idx(array, shape=None):
    shape = array.shape if shape is None else shape
    return (bytes([0, 0, CODES[array.dtype.name], len(shape)]) + struct.pack(">%dI" % len(shape), *shape)
            + array.astype(array.dtype.newbyteorder(">")).tobytes())


def idx_cases():
    images = {"train": rng.integers(0, 256, (6, 4, 5), dtype=np.uint8),
              "test": rng.integers(0, 256, (3, 4, 5), dtype=np.uint8)}
    labels = {"train": np.array([2, 0, 1, 1, 0, 3], np.uint8), "test": np.array([3, 1, 0], np.uint8)}
    columns = {s: {"image": images[s], "label": labels[s]} for s in images}
    image = feature("image", "image", "uint8", (4, 5), white=255)
    label = feature("label", "class", "uint8", target=True)
    whole = dataset([image, label], columns, task="image-classification")
    files = {"train-images-idx3-ubyte": idx(images["train"]), "train-labels-idx1-ubyte": idx(labels["train"]),
             "t10k-images-idx3-ubyte": idx(images["test"]), "t10k-labels-idx1-ubyte": idx(labels["test"])}
    zipped = {name + ".gz": gz(data) for name, data in files.items()}
    case("idx/plain", files, whole)
    case("idx/gzip", zipped, whole)
    case("idx/dotted", {name.replace("-idx", ".idx"): data for name, data in files.items()}, whole)
    case("idx/emnist", {"gzip/emnist-letters-" + name.replace("t10k", "test"): data
                        for name, data in zipped.items()}, whole)
    case("idx/tar-gz", {"data.tar.gz": gz(tar([("data/" + n, d) for n, d in sorted(files.items())]))},
         whole, paths=["data.tar.gz"])
    case("idx/another-order", {"data.tar": tar([("data/" + n, d) for n, d in sorted(files.items(), reverse=True)])},
         whole)
    case("idx/tar-of-gz", {"data.tar": tar([("./" + n, d) for n, d in sorted(zipped.items())])}, whole,
         paths=["data.tar"])
    case("idx/zip-stored", {"data.zip": zip_of(sorted(files.items()), zipfile.ZIP_STORED)}, whole,
         paths=["data.zip"])
    case("idx/zip-deflate", {"data.zip": zip_of(sorted(files.items()))}, whole, paths=["data.zip"])
    case("idx/archive-in-folder", {"all.tgz": gz(tar(sorted(files.items()))), "README.md": b"about\n",
                                   ".hidden": b"x", "__MACOSX/a": b"x"}, whole)
    case("idx/name-lies", {"data.bin": zip_of(sorted(files.items()))}, whole, paths=["data.bin"])
    case("idx/gzip-members", {"labels-idx1-ubyte.gz": gz(idx(labels["train"])[:9]) + gz(idx(labels["train"])[9:])},
         dataset([label], {"all": {"label": labels["train"]}}))
    case("idx/several-paths", zipped, whole, paths=sorted(zipped))
    case("idx/split-chosen", {n: d for n, d in files.items() if n.startswith("train")},
         dataset([image, label], {"mine": columns["train"]}, task="image-classification"), split="mine")

    card = {"title": "My pictures", "license": "CC0", "homepage": "https://example.org/", "warnings": ["Small."],
            "classes": {"label": ["a", "b", "c", "ä"]}}
    named = feature("label", "class", "uint8", target=True, classes=["a", "b", "c", "ä"])
    case("idx/card", dict(files, **{"dataset.json": json.dumps(card).encode()}),
         dataset([image, named], columns, title="My pictures", task="image-classification",
                 warnings=["Small."]))
    case("idx/card-title-chosen", dict(files, **{"dataset.json": json.dumps(card).encode()}),
         dataset([image, named], columns, title="Mine", task="image-classification",
                 warnings=["Small."]), title="Mine")
    archive = tar([("d/" + n, d) for n, d in sorted(files.items())] + [("d/dataset.json", json.dumps(card).encode())])
    case("idx/card-in-archive", {"d.tar": archive},
         dataset([image, named], columns, title="My pictures", task="image-classification",
                 warnings=["Small."]), paths=["d.tar"])
    case("idx/card-names-too-few", dict(files, **{"dataset.json": b'{"classes": {"label": ["a", "b", "c"]}}'}),
         error="t10k-labels-idx1-ubyte: byte 8: the label is 3, but dataset.json has 3 classes for label "
               "(0 to 2)")
    case("idx/card-unknown-key", dict(files, **{"dataset.json": b'{"licence": "MIT"}'}),
         error='dataset.json: "licence" is none of the keys that a card can have: title, description, license, '
               'citation, homepage, task, warnings, classes')
    case("idx/card-duplicate-key", dict(files, **{"dataset.json": b'{"title": "a", "title": "b"}'}),
         error='dataset.json: line 1, column 22: duplicate object key near \'"title"\'')
    case("idx/card-script-homepage", dict(files, **{"dataset.json": b'{"homepage": "javascript:alert(1)"}'}),
         error='dataset.json: "homepage" must begin with http:// or https://, not "javascript:alert(1)"')
    case("idx/card-unknown-feature", dict(files, **{"dataset.json": b'{"classes": {"labels": ["a"]}}'}),
         error='dataset.json: "classes" names "labels", which is no feature whose classes can be named; there '
               'are: label')

    for dtype in CODES:
        values = (rng.standard_normal((5, 2, 3)) * 50).astype(dtype)
        kind = ("image", 255) if dtype == "uint8" else ("array", 0)
        name = "values" if dtype != "uint8" else "pixels"
        case("idx/dtype-" + dtype, {name + "-idx3": idx(values)},
             dataset([feature(name, kind[0], dtype, (2, 3), white=kind[1])], {"all": {name: values}}))
    scalars = (rng.standard_normal(7) * 1e6).astype(np.int32)
    case("idx/rank-1", {"weights.idx": idx(scalars)},
         dataset([feature("weights", "scalar", "int32")], {"all": {"weights": scalars}}))
    wide = np.array([1, 1000, 0, 70000, 1], np.int32)
    case("idx/labels-int32", {"labels.idx": idx(wide)},
         dataset([feature("label", "class", "int32", target=True)], {"all": {"label": wide}}))
    deep = rng.integers(0, 256, (2, 1, 2, 1, 2, 1, 2, 1, 3), dtype=np.uint8)
    case("idx/rank-9", {"deep.idx": idx(deep)},
         dataset([feature("deep", "array", "uint8", deep.shape[1:])], {"all": {"deep": deep}}))
    for last, kind in ((1, "image"), (2, "array"), (3, "image"), (4, "image")):
        pixels = rng.integers(0, 256, (2, 3, 4, last), dtype=np.uint8)
        case("idx/channels-%d" % last, {"images.idx": idx(pixels)},
             dataset([feature("image", kind, "uint8", (3, 4, last), white=255 * (kind == "image"))],
                     {"all": {"image": pixels}}))

    case("idx/long-name", {"ä" * 60 + ".idx": idx(scalars)},
         dataset([feature("ä" * 50, "scalar", "int32")], {"all": {"ä" * 50: scalars}}))

    one = idx(images["train"])
    case("idx/error-truncated", {"train-images-idx3-ubyte": one[:-1]},
         error="train-images-idx3-ubyte: ends at byte 135, but its header (6 × 4 × 5 uint8) promises 136 bytes")
    case("idx/error-truncated-gzip-payload", {"train-images-idx3-ubyte.gz": gz(one[:-7])},
         error="train-images-idx3-ubyte.gz: ends at byte 129, but its header (6 × 4 × 5 uint8) promises 136 "
               "bytes")
    case("idx/error-too-long", {"train-images-idx3-ubyte": one + b"x"},
         error="train-images-idx3-ubyte: goes on after byte 136, where its header says that it ends")
    case("idx/error-header-only", {"a-idx3-ubyte": one[:13]},
         error="a-idx3-ubyte: ends at byte 13 within its header, which for 3 axes has 16 bytes")
    case("idx/error-huge-claim", {"a-idx3-ubyte": idx(images["train"], (4000000000, 28, 28))},
         error="a-idx3-ubyte: ends at byte 136, but its header (4000000000 × 28 × 28 uint8) promises "
               "3136000000016 bytes")
    case("idx/error-huge-row", {"a-idx3-ubyte": idx(images["train"], (1, 2000000000, 2000000000))},
         error='a-idx3-ubyte: feature "a": one sample has more than 2^40 bytes')
    case("idx/error-large-row", {"a-idx3-ubyte": idx(images["train"], (1, 1 << 19, 1 << 19))},
         error="a-idx3-ubyte: ends at byte 136, but its header (1 × 524288 × 524288 uint8) promises "
               "274877906960 bytes")
    case("idx/error-overflow", {"a-idx3-ubyte": idx(images["train"], (4294967295,) * 4)},
         error="a-idx3-ubyte: the axes in its header multiply to more bytes than any file can have")
    case("idx/error-rank-10", {"a-idx": idx(images["train"], (1,) * 10)},
         error="a-idx: byte 3: 10 axes; 1 to 9 are read, the first of which counts samples")
    case("idx/error-rank-0", {"a-idx": bytes([0, 0, 8, 0])},
         error="a-idx: byte 3: 0 axes; 1 to 9 are read, the first of which counts samples")
    case("idx/error-type", {"a-idx1": bytes([0, 0, 10, 1, 0, 0, 0, 1, 0])},
         error="a-idx1: byte 2: 0a is no IDX type; there are 08 uint8, 09 int8, 0b int16, 0c int32, 0d float32, "
               "0e float64")
    case("idx/error-magic", {"a-idx1": b"\x1f\x00\x08\x01aaaa"},
         error="a-idx1: byte 0: an IDX file begins with two zero bytes, not 1f 00")
    case("idx/error-empty-axis", {"a-idx3": idx(np.zeros((5, 0, 3), np.uint8))},
         error="a-idx3: byte 8: axis 1 has length 0, so that a sample holds nothing")
    case("idx/error-no-samples", {"a-idx3": idx(np.zeros((0, 2, 3), np.uint8))},
         error="a-idx3: its header says that there are no samples")
    case("idx/error-counts", {"train-images.idx": one, "train-labels.idx": idx(labels["train"][:5])},
         error="train-images.idx is 6 × 4 × 5 uint8, train-labels.idx is 5 uint8: files of one split must have "
               "as many samples each")
    case("idx/error-shapes", {"train-images.idx": one, "test-images.idx": idx(images["test"][:, :3])},
         error="test-images.idx is 3 × 3 × 5 uint8, train-images.idx is 6 × 4 × 5 uint8: the samples of all "
               "splits must be alike")
    case("idx/error-missing-labels", {n: d for n, d in files.items() if n != "t10k-labels-idx1-ubyte"},
         error='the split "test" has no "label", which train-labels-idx1-ubyte gives for "train"')
    case("idx/error-twice", {"emnist-letters-train-images.idx": one, "emnist-digits-train-images.idx": one},
         error='emnist-digits-train-images.idx and emnist-letters-train-images.idx would both be "image" of the '
               'split "train"; add one dataset at a time')
    case("idx/error-negative-label", {"labels.idx": idx(np.array([1, -3], np.int16))},
         error="labels.idx: byte 10: the label is -3; labels count from 0")
    case("idx/error-label-huge", {"labels.idx": idx(np.array([1, 2000000000], np.int32))},
         error="labels.idx: byte 12: 2000000000 is no label; labels count from 0 to 1048575 at most")
    case("idx/error-stranger", dict(files, **{"picture.png": b"\x89PNG\r\n\x1a\n"}),
         error="picture.png: byte 0: an IDX file begins with two zero bytes, not 89 50")
    case("idx/error-target", files, target="size",
         error='no feature "size" to predict; there are: image, label')
    case("idx/error-format", files, format="pickle",
         error='no format "pickle"; there are: ' + FORMATS)

    # Known by name, since these are not the published files.
    shaped = {"train": rng.integers(0, 256, (4, 28, 28), dtype=np.uint8)}
    shaped_labels = np.array([9, 0, 1, 9], np.uint8)
    fashion = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
               "Ankle boot"]
    known = {"train-images-idx3-ubyte.gz": gz(idx(shaped["train"])),
             "train-labels-idx1-ubyte.gz": gz(idx(shaped_labels))}
    case("idx/known-by-name", known,
         dataset([feature("image", "image", "uint8", (28, 28), white=255),
                  feature("label", "class", "uint8", target=True, classes=fashion)],
                 {"train": {"image": shaped["train"], "label": shaped_labels}}, title="Fashion-MNIST",
                 task="image-classification",
                 warnings=["Not the whole of Fashion-MNIST: train has 4 of 60,000, test has 0 of 10,000. The "
                           "published files have all: train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
                           "t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz "
                           "(https://github.com/zalandoresearch/fashion-mnist)."]),
         name="fashion_mnist")
    case("idx/error-label-255", dict(known, **{"train-labels-idx1-ubyte.gz": gz(idx(np.array([1, 2, 255, 3],
                                                                                            np.uint8)))}),
         error="train-labels-idx1-ubyte.gz: byte 10: the label is 255, but MNIST has 10 classes for label "
               "(0 to 9)", name="mnist")
    case("idx/named-but-shaped-otherwise", files, dict(whole, title="mnist"), name="mnist")


# --- archives and folders, by way of IDX

def source_cases():
    labels = np.array([1, 0, 2], np.uint8)
    data = idx(labels)
    good = dataset([feature("label", "class", "uint8", target=True)], {"all": {"label": labels}})
    case("source/pax-name", {"a.tar": tar([("größe-" + "x" * 120 + "/labels.idx", data)],
                                          format=tarfile.PAX_FORMAT)}, good, paths=["a.tar"])
    case("source/gnu-name", {"a.tar": tar([("x" * 120 + "/labels.idx", data)], format=tarfile.GNU_FORMAT)},
         good, paths=["a.tar"])
    case("source/tar-folders-and-hidden", {"a.tar": tar([tar_entry("d", tarfile.DIRTYPE), ("d/._labels.idx", b"x"),
                                                         ("__MACOSX/d/x", b"x"), ("d/labels.idx", data)])},
         good, paths=["a.tar"])
    for name, entry, why in (
            ("symlink", tar_entry("labels.idx", tarfile.SYMTYPE, "/etc/passwd"), "is a symbolic link"),
            ("hardlink", tar_entry("labels.idx", tarfile.LNKTYPE, "a"), "is a hard link"),
            ("device", tar_entry("labels.idx", tarfile.CHRTYPE), "is a device or another special file"),
            ("fifo", tar_entry("labels.idx", tarfile.FIFOTYPE), "is a device or another special file")):
        case("source/error-tar-" + name, {"a.tar": tar([("a", data), entry])}, paths=["a.tar"],
             error="a.tar: labels.idx: the entry %s; only plain files are read" % why)
    case("source/error-tar-parent", {"a.tar": tar([("../labels.idx", data)])}, paths=["a.tar"],
         error='a.tar: ../labels.idx: an entry with ".." in its name is refused')
    case("source/error-tar-parent-within", {"a.tar.gz": gz(tar([("a/../../labels.idx", data)]))},
         paths=["a.tar.gz"],
         error='a.tar.gz: a/../../labels.idx: an entry with ".." in its name is refused')
    case("source/error-tar-absolute", {"a.tar": tar([("/labels.idx", data)])}, paths=["a.tar"],
         error="a.tar: /labels.idx: an entry with an absolute name is refused")
    case("source/error-tar-duplicate", {"a.tar": tar([("labels.idx", data), ("./labels.idx", data)])},
         paths=["a.tar"], error='a.tar: labels.idx: there are two members of the name "labels.idx"')
    latin1 = tarfile.TarInfo("l\udce4bels.idx")
    latin1.size = 0
    case("source/error-tar-latin1-name", {"a.tar": tar([latin1])}, paths=["a.tar"],
         error='a.tar: an entry has a name that is not UTF-8 after "l"')
    whole = tar([("labels.idx", data)])
    case("source/error-tar-cut-in-member", {"a.tar": whole[:515]}, paths=["a.tar"],
         error="a.tar: labels.idx: the archive is damaged (Truncated tar archive)")
    case("source/error-tar-no-end", {"a.tar": tar([("a.idx", data), ("labels.idx", data + b"y" * 501)])[:2048]},
         paths=["a.tar"], error="a.tar: the tar archive has no end mark: it was cut short")
    case("source/error-zip-parent", {"a.zip": zip_of([("../labels.idx", data)])}, paths=["a.zip"],
         error='a.zip: ../labels.idx: an entry with ".." in its name is refused')
    case("source/error-zip-absolute", {"a.zip": zip_of([("/labels.idx", data)])}, paths=["a.zip"],
         error="a.zip: /labels.idx: an entry with an absolute name is refused")
    case("source/error-zip-duplicate", {"a.zip": zip_of([("x/labels.idx", data), ("x/./../x/labels.idx", data)])},
         paths=["a.zip"], error='a.zip: x/./../x/labels.idx: an entry with ".." in its name is refused')
    case("source/error-zip-bzip2", {"a.zip": zip_of([("labels.idx", data)], zipfile.ZIP_BZIP2)}, paths=["a.zip"],
         error="a.zip: labels.idx: the entry is packed as ZIP 4.6 (bzip); only deflate and stored entries are "
               "read")
    stored = bytearray(zip_of([("labels.idx", data)], zipfile.ZIP_STORED))
    stored[30 + len("labels.idx") + 9] ^= 1
    case("source/error-zip-crc", {"a.zip": bytes(stored)}, paths=["a.zip"],
         error="a.zip: labels.idx: the archive is damaged (ZIP bad CRC: 0xf89786de should be 0xe18cb79f)")
    encrypted = bytearray(zip_of([("labels.idx", data)]))
    encrypted[6] |= 1
    encrypted[encrypted.index(b"PK\1\2") + 8] |= 1
    case("source/error-zip-encrypted", {"a.zip": bytes(encrypted)}, paths=["a.zip"],
         error="a.zip: labels.idx: the entry is encrypted; only plain files are read")
    link = zipfile.ZipInfo("labels.idx")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr(link, "/etc/passwd")
    case("source/error-zip-symlink", {"a.zip": out.getvalue()}, paths=["a.zip"],
         error="a.zip: labels.idx: the entry is a symbolic link; only plain files are read")
    case("source/error-zip-cut", {"a.zip": zip_of([("labels.idx", data)])[:-30]}, paths=["a.zip"],
         error="a.zip: the zip archive is damaged or made to deceive: it has no list of its entries at its end, as if "
               "it were cut short")

    packed = gz(data)
    case("source/error-gzip-cut", {"labels.idx.gz": packed[:-9]},
         error="labels.idx.gz: the gzip stream ends early, after %d bytes (11 unpacked)" % (len(packed) - 9))
    case("source/error-gzip-no-trailer", {"labels.idx.gz": packed[:-3]},
         error="labels.idx.gz: the gzip stream ends early, after %d bytes (11 unpacked)" % (len(packed) - 3))
    case("source/error-gzip-crc", {"labels.idx.gz": packed[:-8] + b"\0\0\0\0" + packed[-4:]},
         error="labels.idx.gz: byte %d: the gzip stream is damaged (incorrect data check)" % (len(packed) - 4))
    case("source/error-gzip-garbage", {"labels.idx.gz": packed + b"\0\0"},
         error="labels.idx.gz: byte %d: something that is not gzip follows the gzip stream" % len(packed))
    case("source/error-gzip-garbage-1f", {"labels.idx.gz": packed + b"\x1fjunk"},
         error="labels.idx.gz: byte %d: the gzip stream is damaged (incorrect header check)" % (len(packed) + 2))
    case("source/error-gzip-bomb", {"labels.idx.gz": gz(bytes([0, 0, 8, 1]) + struct.pack(">I", 3 << 20)
                                                        + bytes(3 << 20))},
         error="labels.idx.gz: unpacks to more than 200 times its size, as no honest data does")
    case("source/error-zip-bomb", {"a.zip": zip_of([("labels.idx", idx(np.zeros(3 << 20, np.uint8)))])},
         paths=["a.zip"],
         error="a.zip: labels.idx: the entries up to here have more than 200 times the archive's size, as no "
               "honest data does")
    case("source/error-gzip-in-gzip", {"labels.idx.gz": gz(packed)},
         error="labels.idx.gz: is gzip inside gzip, nested deeper than is read; unpack it first")
    case("source/error-zip-in-gzip", {"a.gz": gz(zip_of([("labels.idx", data)]))},
         error="a.gz: is zip inside gzip, nested deeper than is read; unpack it first")
    case("source/tar-in-tar", {"a.tar": tar([("b.tar", whole)])}, good, paths=["a.tar"])
    case("source/tar-gz-in-tar-gz", {"a.tgz": gz(tar([("x/b.tar.gz", gz(whole))]))}, good, paths=["a.tgz"])
    case("source/tar-gz-in-zip", {"a.zip": zip_of([("b.tgz", gz(whole))])}, good, paths=["a.zip"])
    parts = [bytes([0, 0, 8, 1]) + struct.pack(">I", n) + bytes(i % 3 for i in range(n))
             for n in (0, 1, 505, 508, 509, 2000)]
    inner = tar([("%d.idx" % i, part) for i, part in enumerate(parts)], format=tarfile.PAX_FORMAT)
    case("source/places", {"a.tar": tar([("x" * 130 + "/a.idx", parts[3]), tar_entry("d", tarfile.DIRTYPE),
                                         ("d/b.tar", inner), ("ü/c.idx", parts[5]),
                                         ("d/" + "y" * 120 + ".tar", inner)], format=tarfile.PAX_FORMAT)},
         paths=["a.tar"],
         error="%s/a.idx is 508 uint8, d/b/0.idx is 0 uint8: files of one split must have as many samples each"
               % ("x" * 130))
    case("source/error-tar-in-tar-in-tar", {"a.tar": tar([("b.tar", tar([("c.tar", whole)]))])}, paths=["a.tar"],
         error="a.tar: b.tar: c.tar: is tar inside an archive inside an archive, nested deeper than is read; "
               "unpack it first")
    case("source/error-tar-gz-in-tar-in-tar", {"a.tar": tar([("b.tar", tar([("c.tgz", gz(whole))]))])},
         paths=["a.tar"],
         error="a.tar: b.tar: c.tgz: is tar inside an archive inside an archive, nested deeper than is read; "
               "unpack it first")
    case("source/error-zip-in-tar", {"a.tar": tar([("b.zip", zip_of([("labels.idx", data)]))])}, paths=["a.tar"],
         error="a.tar: b.zip: is zip inside an archive, nested deeper than is read; unpack it first")
    case("source/error-same-name-in-tars", {"a.tar": tar([("b/labels.idx", data), ("b.tar", whole)])},
         paths=["a.tar"],
         error='a.tar: b.tar: labels.idx: there are two members of the name "b/labels.idx"')
    case("source/error-folder-link", {"labels.idx": data, "more": ("link", "labels.idx")},
         error="input: more: is a symbolic link; only regular files are read")
    case("source/error-same-name", {"labels.idx": data, "labels.idx.gz": packed},
         error='labels.idx.gz: there are two members of the name "labels.idx"')
    case("source/error-only-hidden", {".labels.idx": data}, error="input: the folder holds no files")
    case("source/error-missing", {"labels.idx": data}, paths=["nothing.idx"],
         error="input/nothing.idx: there is no such file or folder")
    case("source/error-unrecognised", {"a.xyz": b"hello\n", "b.xyz": b"hello\n"},
         error="no format is recognised in a.xyz, b.xyz; what can be read: %s (samplecase formats says by what "
               "each is recognised)" % FORMATS)
    html = b"\n<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n"
    fetch = "is an HTML page, as servers send it instead of a file that is not there; fetch the file again"
    case("source/error-html", {"mnist.npz": html}, paths=["mnist.npz"], error=f"mnist.npz: {fetch}")
    case("source/error-html-table", {"table.csv": html}, paths=["table.csv"], error=f"table.csv: {fetch}")
    case("source/error-html-among-others", {"train-images-idx3-ubyte": html, "train-labels-idx1-ubyte": data},
         error=f"train-images-idx3-ubyte: {fetch}")
    case("source/error-git-lfs", {"mnist.npz": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"},
         error="mnist.npz: is a pointer of Git LFS, not the file itself; git lfs pull fetches it")
    case("source/error-hdf5", {"model.h5": b"\x89HDF\r\n\x1a\n" + bytes(8)},
         error="model.h5: is an HDF5 file; save its arrays by numpy.savez")
    case("source/error-pickle", {"data.pkl": b"cposix\nsystem\n(S'true'\ntR."},
         error="data.pkl: is a pickle of Python; of these only CIFAR's are read: save its arrays by numpy.savez")
    case("source/error-json", {"rows.json": b'[{"a": 1}]'},
         error="rows.json: is a list in JSON; JSON Lines are read, an object a line (jq -c '.[]' writes them), in a "
               "file called .jsonl")
    case("source/error-two-cards", {"labels.idx": data, "dataset.json": b"{}", "more/dataset.json": b"{}"},
         error="there are two cards: dataset.json and more/dataset.json")


# --- CIFAR

def cifar_images(count):
    """Different, and small when packed."""
    rows = np.arange(count)[:, None, None, None]
    y, x, c = np.meshgrid(np.arange(32), np.arange(32), np.arange(3), indexing="ij")
    return ((rows * 7 + y * 3 + x * 5 + c * 60) % 256).astype(np.uint8)


def cifar_records(images, *labels):
    planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    return np.concatenate([np.stack(labels, 1).astype(np.uint8), planes], 1).tobytes()


CIFAR10 = "airplane automobile bird cat deer dog frog horse ship truck".split()
PART10 = ("Not the whole of CIFAR-10: %s. The published files have all: cifar-10-binary.tar.gz, "
          "cifar-10-python.tar.gz (https://www.cs.toronto.edu/~kriz/cifar.html).")
PART100 = ("Not the whole of CIFAR-100: %s. The published files have all: cifar-100-binary.tar.gz, "
           "cifar-100-python.tar.gz (https://www.cs.toronto.edu/~kriz/cifar.html).")


def cifar10_cases():
    images, labels = cifar_images(12), np.arange(12) % 10
    image = feature("image", "image", "uint8", (32, 32, 3), white=255)
    label = feature("label", "class", "uint8", target=True, classes=CIFAR10)
    batch = [cifar_records(images[2 * i:2 * i + 2], labels[2 * i:2 * i + 2]) for i in range(6)]
    meta = ("\n".join(CIFAR10) + "\n\n").encode()
    columns = {"train": {"image": images[:10], "label": labels[:10]},
               "test": {"image": images[10:], "label": labels[10:]}}
    whole = dataset([image, label], columns, title="CIFAR-10", task="image-classification",
                    warnings=[PART10 % "train has 10 of 50,000, test has 2 of 10,000"])
    folder = "cifar-10-batches-bin/"
    published = [("data_batch_1.bin", batch[0]), ("batches.meta.txt", meta), ("data_batch_3.bin", batch[2]),
                 ("data_batch_4.bin", batch[3]), ("test_batch.bin", batch[5]), ("readme.html", b"<html>"),
                 ("data_batch_5.bin", batch[4]), ("data_batch_2.bin", batch[1])]
    # In another order of the splits, since the test batch comes before the last of training.
    archive = gz(tar([(folder + n, d) for n, d in published]))
    case("cifar/ten-archive", {"cifar-10-binary.tar.gz": archive}, whole, paths=["cifar-10-binary.tar.gz"])
    case("cifar/ten-folder", {folder + n: d for n, d in published}, whole)
    case("cifar/ten-gzipped-batches", {n + ".gz": gz(d) for n, d in published if n.endswith("bin")}, whole)
    late = [("data_batch_10.bin", batch[1]), ("data_batch_9.bin", batch[0])]
    case("cifar/ten-late-batches", dict(late),
         dataset([image, label], {"train": {"image": images[:4], "label": labels[:4]}}, title="CIFAR-10",
                 task="image-classification",
                 warnings=[PART10 % "train has 4 of 50,000, test has 0 of 10,000"]))
    case("cifar/ten-bare", {"some.bin": batch[0]},
         dataset([image, label], {"all": {"image": images[:2], "label": labels[:2]}}, title="CIFAR-10",
                 task="image-classification"))
    case("cifar/ten-bare-gzip", {"some.bin.gz": gz(batch[5])},
         dataset([image, label], {"all": {"image": images[10:], "label": labels[10:]}}, title="CIFAR-10",
                 task="image-classification"))
    other = "zero one two three four five six seven eight nine".split()
    case("cifar/ten-other-names", {"data_batch_1.bin": batch[0], "batches.meta.txt": "\r\n".join(other).encode()},
         dataset([image, feature("label", "class", "uint8", target=True, classes=other)],
                 {"train": {"image": images[:2], "label": labels[:2]}}, task="image-classification"))
    wrong = bytearray(batch[1])
    wrong[3073] = 255
    case("cifar/error-label-255", {"data_batch_1.bin": batch[0], "data_batch_2.bin": bytes(wrong)},
         error="data_batch_2.bin: record 1, byte 3073: label is 255, but CIFAR-10 has 10 of them (0 to 9)")
    case("cifar/error-cut", {"data_batch_1.bin": batch[0][:-1]},
         error="data_batch_1.bin: has 6145 bytes, which is 1 records of 3073 (CIFAR-10) and 3072 bytes more")
    case("cifar/error-cut-gzip", {"data_batch_1.bin.gz": gz(batch[0][:-1])},
         error="data_batch_1.bin.gz: has 6145 bytes, which is 1 records of 3073 (CIFAR-10) and 3072 bytes more")
    case("cifar/error-names", {"data_batch_1.bin": batch[0], "batches.meta.txt": b"a\nb\n"},
         error="batches.meta.txt: has 2 names, but CIFAR-10 has 10 classes of label")
    case("cifar/error-batch-twice", {"a/data_batch_1.bin": batch[0], "b/data_batch_1.bin": batch[0]},
         error="b/data_batch_1.bin: there is another batch 1")
    case("cifar/error-stranger", {"data_batch_1.bin": batch[0], "notes.txt": b"x"},
         error="notes.txt: is no part of CIFAR-10, which has .bin files and lists of names, or pickles")
    case("cifar/error-label-of-bare", {"train.bin": b"\xff" * 3074},
         error="train.bin: record 0, byte 0: coarse_label is 255, but CIFAR-100 has 20 of them (0 to 19)")
    case("cifar/error-neither", {"test.bin": b"\0" * 3000}, format="cifar",
         error="test.bin: holds neither CIFAR-10's records (3073 bytes, the first a label from 0 to 9) nor "
               "CIFAR-100's (3074 bytes, a label from 0 to 19, one from 0 to 99)")
    case("cifar/error-empty", {"data_batch_1.bin": b""}, error="there is no record")


def cifar100_cases():
    images = cifar_images(5)
    fine, coarse = np.array([19, 29, 0, 11, 19]), np.array([11, 15, 4, 14, 11])
    names = [line.strip() for line in FINE.split()]
    parents = dict(zip(fine.tolist(), coarse.tolist()))
    image = feature("image", "image", "uint8", (32, 32, 3), white=255)

    def features(names):
        return [image,
                feature("fine_label", "class", "uint8", target=True, parent=2,
                        classes=[(n, parents.get(i, -1)) for i, n in enumerate(names)]),
                feature("coarse_label", "class", "uint8", classes=COARSE.split())]
    columns = {"test": {"image": images[:2], "fine_label": fine[:2], "coarse_label": coarse[:2]},
               "train": {"image": images[2:], "fine_label": fine[2:], "coarse_label": coarse[2:]}}
    records = {s: cifar_records(c["image"], c["coarse_label"], c["fine_label"]) for s, c in columns.items()}
    warning = [PART100 % "train has 3 of 50,000, test has 2 of 10,000"]
    whole = dataset(features(names), columns, title="CIFAR-100", task="image-classification", warnings=warning)
    texts = {"fine_label_names.txt": "\n".join(names).encode() + b"\n",
             "coarse_label_names.txt": COARSE.replace(" ", "\n").encode() + b"\n"}
    bins = {"test.bin": records["test"], "train.bin": records["train"]}
    folder = "cifar-100-binary/"
    case("cifar/hundred-archive", {"c.tar.gz": gz(tar([(folder + n, d) for n, d in {**texts, **bins}.items()]))},
         whole, paths=["c.tar.gz"])
    case("cifar/hundred-names-last", {"c.tar": tar([(folder + n, d) for n, d in {**bins, **texts}.items()])},
         whole, paths=["c.tar"])
    case("cifar/hundred-zip", {"c.zip": zip_of([(folder + n, d) for n, d in {**texts, **bins}.items()])},
         whole, paths=["c.zip"])
    mirror = [n.replace("_tree", "") for n in names]
    case("cifar/hundred-mirror-names", dict(bins, **{"fine_label_names.txt": "\n".join(mirror).encode()}),
         dataset(features(mirror), columns, title="CIFAR-100", task="image-classification", warnings=warning))
    case("cifar/hundred-bare", bins, whole)
    case("cifar/hundred-bare-gzip", {n + ".gz": gz(d) for n, d in bins.items()}, whole)
    clash = cifar_records(images, np.array([11, 15, 4, 14, 12]), fine)
    case("cifar/error-parents", {"train.bin": clash},
         error="train.bin: record 4, byte 12296: fine_label 19 comes with coarse_label 12 here, but with 11 "
               "before")
    wrong = bytearray(records["train"])
    wrong[3074 + 1] = 100
    case("cifar/error-fine-100", dict(texts, **{"train.bin": bytes(wrong)}),
         error="train.bin: record 1, byte 3075: fine_label is 100, but CIFAR-100 has 100 of them (0 to 99)")
    case("cifar/error-names-101", dict(bins, **{"fine_label_names.txt": ("x\n" * 101).encode()}),
         error="fine_label_names.txt: has 101 names, but CIFAR-100 has 100 classes of fine_label")
    case("cifar/error-both", {"data_batch_1.bin": cifar_records(images, fine % 10), **texts},
         error="holds files of CIFAR-10 and of CIFAR-100; add one dataset at a time")


COARSE = ("aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices "
          "household_furniture insects large_carnivores large_man-made_outdoor_things "
          "large_natural_outdoor_scenes large_omnivores_and_herbivores medium_mammals non-insect_invertebrates "
          "people reptiles small_mammals trees vehicles_1 vehicles_2")
FINE = """apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel
can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin
elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man
maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail
snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout
tulip turtle wardrobe whale willow_tree wolf woman worm"""


# --- CSV

def csv_cases():
    def scalar(name, dtype, target=False):
        return feature(name, "scalar", dtype, target=target)

    def classes(name, names, target=False, dtype="uint8"):
        return feature(name, "class", dtype, target=target, classes=names)
    regression, classification = "tabular-regression", "tabular-classification"
    nan = float("nan")

    table = b"a,b,kind,y\n1,2.5,red,0.5\n-2,,blue,1e3\n3,NA,red,-.25\n9223372036854775807,?,,+7.\n"
    f = [scalar("a", "int64"), scalar("b", "float64"), classes("kind", ["(missing)", "blue", "red"]),
         scalar("y", "float64", True)]
    columns = {"a": np.array([1, -2, 3, 9223372036854775807]), "b": np.array([2.5, nan, nan, nan]),
               "kind": np.array([2, 1, 2, 0]), "y": np.array([0.5, 1000, -0.25, 7])}
    good = dataset(f, {"all": columns}, task=regression)
    case("csv/header", {"t.csv": table}, good)
    case("csv/gzip", {"t.csv.gz": gz(table)}, good)
    case("csv/zip", {"t.zip": zip_of([("t.csv", table)])}, good, paths=["t.zip"])
    case("csv/semicolon", {"t.csv": table.replace(b",", b";")}, good)
    case("csv/tab", {"t.tsv": table.replace(b",", b"\t")}, good)
    case("csv/crlf-bom", {"t.csv": b"\xef\xbb\xbf" + table.replace(b"\n", b"\r\n")}, good)
    case("csv/cr-only", {"t.csv": table.replace(b"\n", b"\r")}, good)
    case("csv/no-last-newline-and-blank-lines", {"t.csv": b"\n" + table.replace(b"\n", b"\n\n").rstrip()}, good)
    case("csv/quoted-numbers", {"t.csv": table.replace(b"2.5", b'"2.5"').replace(b"1,", b'"1" , ', 1)}, good)
    case("csv/target", {"t.csv": table},
         dataset([f[0], f[1], classes("kind", ["(missing)", "blue", "red"], True), scalar("y", "float64")],
                 {"all": columns}, task=classification), target="kind")
    case("csv/notes", {"t.csv": table, "README.txt": b"x", "dataset.json": b'{"task": "other", "title": "T"}'},
         dataset(f, {"all": columns}, title="T", task="other"))
    case("csv/split-of-one", {"test.csv": table}, dataset(f, {"test": columns}, task=regression))
    case("csv/not-a-split", {"crash_test_results.csv": table}, good)
    case("csv/split-chosen", {"t.csv": table}, dataset(f, {"dev": columns}, task=regression), split="dev")

    quoted = b'name,note,n\n"a ""b"" c","two\nlines",1\n  plain  ," x ",0\n"a ""b"" c",",;",1\nplain,,0\n'
    case("csv/quotes", {"t.csv": quoted},
         dataset([classes("name", ['a "b" c', "plain"]), feature("note", "text", "uint8"),
                  feature("n", "class", "uint8", target=True)],
                 {"all": {"name": np.array([0, 1, 0, 1]), "note": ["two\nlines", " x ", ",;", ""],
                          "n": np.array([1, 0, 1, 0])}}, task="text-classification"))
    case("csv/quoted-classes", {"t.csv": quoted + quoted.split(b"\n", 1)[1]},
         dataset([classes("name", ['a "b" c', "plain"]), classes("note", [" x ", "(missing)", ",;", "two\nlines"]),
                  feature("n", "class", "uint8", target=True)],
                 {"all": {"name": np.array([0, 1, 0, 1] * 2), "note": np.array([3, 0, 2, 1] * 2),
                          "n": np.array([1, 0, 1, 0] * 2)}}, task=classification))
    iris = b"5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,versicolor\n6.3,3.3,virginica\n"
    case("csv/no-header", {"iris.csv": iris},
         dataset([scalar("column_1", "float64"), scalar("column_2", "float64"),
                  classes("column_3", ["setosa", "versicolor", "virginica"], True)],
                 {"all": {"column_1": np.array([5.1, 4.9, 7.0, 6.3]), "column_2": np.array([3.5, 3.0, 3.2, 3.3]),
                          "column_3": np.array([0, 0, 1, 2])}}, task=classification))
    case("csv/no-header-texts", {"m.csv": b"p,x,s,p\ne,x,y,n\n" * 2},
         dataset([classes("column_1", ["e", "p"]), classes("column_2", ["x"]), classes("column_3", ["s", "y"]),
                  classes("column_4", ["n", "p"], True)],
                 {"all": {"column_1": np.array([1, 0] * 2), "column_2": np.array([0, 0] * 2),
                          "column_3": np.array([0, 1] * 2), "column_4": np.array([1, 0] * 2)}}, task=classification))
    case("csv/one-column", {"x.csv": b"x\n3\n5\n8\n"},
         dataset([scalar("x", "int64", True)], {"all": {"x": np.array([3, 5, 8])}}, task=regression))
    case("csv/order-of-code-points", {"x.csv": ("k,n\n" + "z,1.5\né,2\n𝄞,2\nZ,2\n￮,2\n" * 2).encode()},
         dataset([classes("k", ["Z", "z", "é", "￮", "𝄞"]), scalar("n", "float64", True)],
                 {"all": {"k": np.array([1, 2, 4, 0, 3] * 2), "n": np.array([1.5, 2, 2, 2, 2] * 2)}}, task=regression))
    case("csv/odd-names", {"x.csv": ("a/b,,.c,index," + "é" * 60 + ",y\n1.5,1.5,1.5,1.5,1.5,1.5\n").encode()},
         dataset([scalar(n, "float64", n == "y") for n in ("a_b", "column_2", "_c", "index_", "é" * 50, "y")],
                 {"all": {n: np.array([1.5]) for n in ("a_b", "column_2", "_c", "index_", "é" * 50, "y")}},
                 task=regression))
    case("csv/splits", {"d/train.csv": b"x,y\n1,a\n2,b\n", "d/test.csv": b"x,y\n3.5,b\n", "d/val.csv": b"x,y\n,c\n"},
         dataset([scalar("x", "float64"), classes("y", ["a", "b", "c"], True)],
                 {"train": {"x": np.array([1, 2.]), "y": np.array([0, 1])},
                  "test": {"x": np.array([3.5]), "y": np.array([1])},
                  "val": {"x": np.array([nan]), "y": np.array([2])}}, task=classification))
    case("csv/classes-not-all-there", {"x.csv": b"x,y\n1,0\n2,2\n3,0\n4,2\n5,0\n6,2\n"},
         dataset([scalar("x", "int64"), scalar("y", "int64", True)],
                 {"all": {"x": np.arange(1, 7), "y": np.array([0, 2] * 3)}}, task=regression))
    case("csv/classes-too-many", {"x.csv": b"x,y\n1,0\n2,1\n3,2\n"},
         dataset([scalar("x", "int64"), scalar("y", "int64", True)],
                 {"all": {"x": np.arange(1, 4), "y": np.arange(3)}}, task=regression))
    case("csv/class-names", {"x.csv": b"x,y\n1,0\n2,1\n3,1\n4,0\n", "dataset.json": b'{"classes":{"y":["no","yes"]}}'},
         dataset([scalar("x", "int64"), classes("y", ["no", "yes"], True)],
                 {"all": {"x": np.arange(1, 5), "y": np.array([0, 1, 1, 0])}}, task=classification))
    case("csv/error-class-names", {"x.csv": b"x,y\n1,0\n2,1\n3,1\n4,0\n", "dataset.json": b'{"classes":{"y":["no"]}}'},
         error="x.csv: line 3: the label is 1, but dataset.json has 1 classes for y (0 to 0)")

    hard = ["0.1", "1e308", "1.7976931348623157e308", "5e-324", "2.2250738585072011e-308", "9007199254740993",
            "9007199254740993.0", "123456789012345678901234567890", "0.30000000000000004", "1e23", "8.5e22",
            "-0.0", "1e400", "1e-400", "inf", "-Infinity", "4.35", "179769313486231580793e289", "1e22", "1e-22",
            "6.0221409e+23", "0.000001", "00012.500", "3.14159265358979323846264338327950288", "1E5", ".5", "5."]
    hard += [repr(float(x)) for x in rng.standard_normal(200) * 10.0 ** rng.integers(-300, 300, 200)]
    case("csv/numbers-exact", {"x.csv": ("x\n" + "\n".join(hard) + "\n").encode()},
         dataset([scalar("x", "float64", True)], {"all": {"x": np.array([float(h) for h in hard])}},
                 task=regression))
    wholes = ["0", "-0", "+5", "007", "9223372036854775807", "-9223372036854775808"]
    case("csv/wholes-exact", {"x.csv": ("x\n" + "\n".join(wholes) + "\n").encode()},
         dataset([scalar("x", "int64", True)], {"all": {"x": np.array([int(w) for w in wholes])}},
                 task=regression))
    case("csv/whole-too-large", {"x.csv": b"x\n1\n9223372036854775808\n"},
         dataset([scalar("x", "float64", True)], {"all": {"x": np.array([1.0, 9223372036854775808.0])}},
                 task=regression))

    digits = rng.integers(0, 17, (20, 64))
    label = np.arange(20) % 10
    lines = "\n".join(",".join(map(str, [*row, k])) for row, k in zip(digits, label)).encode() + b"\n"
    case("csv/digits", {"digits.csv.gz": gz(lines)},
         dataset([feature("image", "image", "uint8", (8, 8), white=16),
                  classes("label", [str(i) for i in range(10)], True)],
                 {"all": {"image": digits.reshape(-1, 8, 8), "label": label}}, title="Digits",
                 task="image-classification",
                 warnings=["Not the whole of Digits: all has 20 of 1,797. The published files have all: "
                           "digits.csv.gz (https://archive.ics.uci.edu/dataset/80/"
                           "optical+recognition+of+handwritten+digits)."]))
    boston = "CRIM ZN INDUS CHAS NOX RM AGE DIS RAD TAX PTRATIO B LSTAT MEDV".split()
    values = np.round(rng.random((4, 14)) * 100, 3)
    values[:, 3] = [0, 1, 0, 1]
    lines = ",".join(boston) + "\n" + "\n".join(",".join("%g" % v for v in row) for row in values) + "\n"
    b_warning = ("The variable B is computed from the share of Black residents, on the assumption that segregation "
                 "raises the prices of houses; scikit-learn withdrew the dataset for that reason. Use it to study "
                 "that problem, not as a neutral benchmark.")
    case("csv/boston", {"houses.csv": lines.encode()},
         dataset([scalar(n, "float64", n == "MEDV") for n in boston],
                 {"all": {n: values[:, i] for i, n in enumerate(boston)}}, title="Boston housing", task=regression,
                 warnings=["Not the whole of Boston housing: all has 4 of 506. The published files have all: "
                           "boston_housing.npz (http://lib.stat.cmu.edu/datasets/boston).", b_warning]))

    case("csv/error-empty", {"t.csv": b""}, error="t.csv: is empty")
    case("csv/error-blank", {"t.csv": b"\n\r\n\n"}, error="t.csv: is empty")
    case("csv/error-header-only", {"t.csv": b"a,b\n"}, error="t.csv: has a header and no rows")
    case("csv/error-ragged-short", {"t.csv": b"a,b,c\n1,2,3\n4,5\n"},
         error="t.csv: line 3 has 2 columns, the first has 3")
    case("csv/error-ragged-long", {"t.csv": b'a,b\n"x\ny",2\n4,5,6\n'},
         error="t.csv: line 4 has 3 columns, the first has 2")
    case("csv/error-ragged-second", {"t.csv": b"a,b\n1\n"}, error="t.csv: line 2 has 1 columns, the first has 2")
    case("csv/error-open-quote", {"t.csv": b'a,b\n1,"2\n3,4\n'},
         error='t.csv: line 2: a quote (") is opened and never closed')
    case("csv/error-after-quote", {"t.csv": b'a,b\n1,"2"3\n'},
         error='t.csv: line 2: something other than a delimiter follows a closing quote ("); a quote within quotes '
               'is written twice')
    case("csv/error-nul", {"t.csv": b"a,b\n1,2\n3,\x004\n"},
         error="t.csv: line 3: a NUL byte; this is no text")
    case("csv/error-nul-quoted", {"t.csv": b'a,b\n1,2\n"3\n\x00",4\n'},
         error="t.csv: line 4: a NUL byte; this is no text")
    case("csv/error-utf16", {"t.csv": "a,b\n1,2\n".encode("utf-16")},
         error="t.csv: line 1: this is UTF-16; convert it with iconv -f utf-16 -t utf-8")
    text = feature("b", "text", "uint8")
    case("csv/latin1", {"t.csv": b"a,b\n1,caf\xe9\n2,\xe9t\xe9\n3,ok\n"},
         dataset([scalar("a", "int64", True), text],
                 {"all": {"a": np.array([1, 2, 3]), "b": ["caf\ufffd", "\ufffdt\ufffd", "ok"]}}, task=regression,
                 warnings=["2 texts have bytes that are not UTF-8; these are shown as U+FFFD."]))
    case("csv/latin1-class", {"t.csv": b"a,b\n" + b"1.5,caf\xe9\n2,the\n" * 2},
         dataset([scalar("a", "float64"), classes("b", ["caf\ufffd", "the"], True)],
                 {"all": {"a": np.array([1.5, 2] * 2), "b": np.array([0, 1] * 2)}}, task=classification,
                 warnings=["2 texts have bytes that are not UTF-8; these are shown as U+FFFD."]))
    case("csv/error-latin1-name", {"t.csv": b"a,caf\xe9\n1,2\n"},
         error="t.csv: the name of column 2 is not UTF-8; convert the file, for example with iconv -f latin1 -t "
               "utf-8")
    case("csv/error-name-twice", {"t.csv": b"a,b,a\n1,2,3\n"},
         error='t.csv: two columns are called "a"; the second is column 3')
    case("csv/error-columns", {"t.csv.gz": gz(b",".join([b"1"] * 5000) + b"\n")},
         error="t.csv.gz: line 1: more than 4096 columns")
    long = "x" * 300
    case("csv/long-text", {"t.csv": ("a,b\n" + ("1,short\n2," + long + "\n") * 2).encode()},
         dataset([scalar("a", "int64", True), text],
                 {"all": {"a": np.array([1, 2] * 2), "b": ["short", long] * 2}}, task=regression))
    case("csv/label-before-text", {"t.csv": b"id,label,n,text\n" + b"".join(
        b"%d,%s,%d,%s %d\n" % (i + 5, (b"ham", b"spam")[i % 2], i, b"word" * (i + 1), i) for i in range(6))},
         dataset([scalar("id", "int64"), classes("label", ["ham", "spam"], True), scalar("n", "int64"),
                  feature("text", "text", "uint8")],
                 {"all": {"id": np.arange(5, 11), "label": np.arange(6) % 2, "n": np.arange(6),
                          "text": ["%s %d" % ("word" * (i + 1), i) for i in range(6)]}}, task="text-classification"))
    case("csv/only-texts", {"t.csv": b"text\none two\nthree\nfour\n"},
         dataset([feature("text", "text", "uint8")], {"all": {"text": ["one two", "three", "four"]}}))
    case("csv/target-that-differs", {"t.csv": b"n,text\n1,one\n2,two\n"},
         dataset([scalar("n", "int64"), classes("text", ["one", "two"], True)],
                 {"all": {"n": np.array([1, 2]), "text": np.array([0, 1])}}, task=classification), target="text")
    case("csv/error-target-text", {"t.csv": ("a,b\n1,short\n2," + long + "\n").encode()}, target="b",
         error='the column "b" cannot be predicted: its texts are longer than 256 bytes or more than 65536 different '
               'ones, no classes')
    many = ["t%d" % i for i in range(65537)]
    case("csv/many-texts", {"t.csv.gz": gz(("b,a\n" + "".join("%s,%d\n" % (t, i % 7) for i, t in enumerate(many))
                                            ).encode())},
         dataset([text, feature("a", "class", "uint8", target=True)],
                 {"all": {"b": many, "a": np.arange(65537) % 7}}, task="text-classification"))
    case("csv/error-target", {"t.csv": table}, target="z",
         error='no column "z" to predict; there are: a, b, kind, y')
    case("csv/error-two-tables", {"a.csv": table, "b.csv": table},
         error="a.csv is one of 2 tables, but its name does not say which split it is; call it train, test or val, "
               "put all into one with --split, or add one table at a time")
    case("csv/error-other-columns", {"train.csv": b"a,b\n1,2\n", "test.csv": b"a,c\n1,2\n"},
         error='column 2 is "c" in test.csv and "b" in train.csv')
    case("csv/error-other-width", {"train.csv": b"a,b\n1,2\n", "test.csv": b"a\n1\n"},
         error="test.csv has 1 columns and train.csv has 2")
    case("csv/error-other-header", {"train.csv": b"a,b\n1,2\n", "test.csv": b"1,2\n"},
         error="test.csv has no header and train.csv has one")


# --- MAT (the format's description: "MAT-File Format", chapter 1, level 5)

MAT_TYPES = {"int8": 1, "uint8": 2, "int16": 3, "uint16": 4, "int32": 5, "uint32": 6, "float32": 7, "float64": 9,
             "int64": 12, "uint64": 13}
MAT_CLASSES = {"float64": 6, "float32": 7, "int8": 8, "uint8": 9, "int16": 10, "uint16": 11, "int32": 12,
               "uint32": 13, "int64": 14, "uint64": 15}


class Mat:
    """Writes MAT files of one byte order."""

    def __init__(self, order="<"):
        self.order = order

    def element(self, kind, data):
        """A data element; up to four bytes stand in the tag itself."""
        if 0 < len(data) <= 4:
            return struct.pack(self.order + "I", len(data) << 16 | kind) + data.ljust(4, b"\0")
        return struct.pack(self.order + "II", kind, len(data)) + data + bytes(-len(data) % 8)

    def numbers(self, array):
        return self.element(MAT_TYPES[array.dtype.name],
                            array.astype(array.dtype.newbyteorder(self.order)).tobytes("F"))

    def matrix(self, name, klass, shape, *rest, flags=0):
        body = (self.element(6, struct.pack(self.order + "II", klass | flags << 8, 0))
                + self.element(5, struct.pack(self.order + "%di" % len(shape), *shape))
                + self.element(1, name.encode()) + b"".join(rest))
        return struct.pack(self.order + "II", 14, len(body)) + body

    def array(self, name, array, stored=None, **more):
        """An array of its dtype's class, its values stored as `stored`."""
        return self.matrix(name, MAT_CLASSES[array.dtype.name], array.shape,
                           self.numbers(array.astype(stored or array.dtype)), **more)

    def text(self, name, text):
        data = text.encode("utf-16-" + ("le" if self.order == "<" else "be"))
        return self.matrix(name, 4, (1, len(text)), self.element(4, data))

    def packed(self, element):
        data = zlib.compress(element)
        return struct.pack(self.order + "II", 15, len(data)) + data

    def file(self, *elements, version=0x0100, mark=None):
        mark = mark or struct.pack(self.order + "H", 0x4d49)
        return (b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack(self.order + "H", version) + mark
                + b"".join(elements))


def mat_cases():
    rng = np.random.default_rng(5)
    mat, big = Mat("<"), Mat(">")
    image = feature("image", "image", "uint8", (32, 32, 3), white=255)
    digits = feature("label", "class", "uint8", target=True, classes=[str(i) for i in range(10)])
    pixels = {"train": cifar_images(4), "test": cifar_images(2) // 2}
    labels = {"train": np.array([10, 1, 9, 10]), "test": np.array([3, 10])}
    columns = {s: {"image": pixels[s], "label": labels[s] % 10} for s in pixels}
    warning = ("Not the whole of Street View House Numbers: train has 4 of 73,257, test has 2 of 26,032, extra has "
               "0 of 531,131. The published files have all: train_32x32.mat, test_32x32.mat, extra_32x32.mat "
               "(http://ufldl.stanford.edu/housenumbers/).")
    svhn = dataset([image, digits], columns, title="Street View House Numbers", task="image-classification",
                   warnings=[warning])

    def x(split):
        return np.asfortranarray(pixels[split].transpose(1, 2, 3, 0))

    def y(split, dtype="uint8"):
        return labels[split].astype(dtype)[:, None]

    def house(m, split, pack=lambda e: e, dtype="uint8", stored=None, reverse=False):
        parts = [pack(m.array("X", x(split))), pack(m.array("y", y(split, dtype), stored))]
        return m.file(*parts[::-1 if reverse else 1])
    case("mat/svhn", {s + "_32x32.mat": house(mat, s) for s in pixels}, svhn)
    case("mat/svhn-packed", {s + "_32x32.mat": house(mat, s, mat.packed) for s in pixels}, svhn)
    case("mat/svhn-big-endian", {s + "_32x32.mat": house(big, s, big.packed, "float64") for s in pixels}, svhn)
    case("mat/svhn-doubles-as-bytes", {s + "_32x32.mat": house(mat, s, mat.packed, "float64", "uint8")
                                       for s in pixels}, svhn)
    case("mat/svhn-labels-first", {s + "_32x32.mat": house(mat, s, reverse=True) for s in pixels}, svhn)
    case("mat/svhn-archive", {"h.tar.gz": gz(tar([(s + "_32x32.mat", house(mat, s, mat.packed)) for s in pixels]))},
         svhn, paths=["h.tar.gz"])
    case("mat/svhn-by-name", {s + ".mat": house(mat, s) for s in pixels}, svhn, name="svhn")
    counted = feature("label", "class", "uint8", target=True, classes=[str(i) for i in range(1, 11)])
    ten = np.arange(20) % 10 + 1
    many = cifar_images(20)
    case("mat/not-svhn", {"x.mat": mat.file(mat.packed(mat.array("X", np.asfortranarray(many.transpose(1, 2, 3, 0)))),
                                            mat.array("y", ten.astype("uint8")[None]))},
         dataset([image, counted], {"all": {"image": many, "label": ten - 1}}, task="image-classification"))
    extra = dict(columns, extra=columns["test"])
    case("mat/svhn-extra", {"train_32x32.mat": house(mat, "train"), "test_32x32.mat": house(mat, "test"),
                            "extra_32x32.mat": house(mat, "test")},
         dataset([image, digits], {s: extra[s] for s in ("extra", "test", "train")},
                 title="Street View House Numbers", task="image-classification",
                 warnings=[warning.replace("extra has 0", "extra has 2")]))

    for dtype in MAT_TYPES:
        values = (rng.standard_normal((5, 2, 3)) * 50).astype(dtype)
        axis_last = np.asfortranarray(values.transpose(1, 2, 0))
        for m, order in ((mat, "little"), (big, "big")):
            kind = ("image", "image", 255) if dtype == "uint8" else ("data", "array", 0)
            case("mat/dtype-%s-%s" % (dtype, order), {"v.mat": m.file(m.array("data", axis_last))},
                 dataset([feature(kind[0], kind[1], dtype, (2, 3), white=kind[2])], {"all": {kind[0]: values}}))
    table = rng.standard_normal((7, 4)).astype("float32")
    whole = np.array([1, 2, 1, 3, 2, 3, 1])
    case("mat/rows", {"t.mat": mat.file(mat.array("table", table), mat.array("labels", whole.astype("float64")[None],
                                                                            "int16"))},
         dataset([feature("table", "array", "float32", (4,)),
                  feature("label", "class", "uint8", target=True, classes=["1", "2", "3"])],
                 {"all": {"table": table, "label": whole - 1}}))
    flags = np.array([1, 0, 0, 1, 1, 0, 1], "uint8")
    real = rng.standard_normal(7)
    case("mat/left-out", {"t.mat": mat.file(
        mat.text("about", "größe"), mat.array("table", table), mat.array("scale", np.array([[2.5]])),
        mat.packed(mat.array("flag", flags[:, None], flags=2)), mat.array("y", real[:, None]),
        mat.matrix("names", 1, (1, 1), mat.text("", "a")),
        mat.matrix("z", 6, (7, 1), mat.numbers(real), mat.numbers(real), flags=8))},
         dataset([feature("table", "array", "float32", (4,)), feature("flag", "scalar", "bool"),
                  feature("y", "scalar", "float64", target=True)],
                 {"all": {"table": table, "flag": flags, "y": real}},
                 warnings=["Left out, since they hold no number for each sample: about (char [1 × 5]), names (cell "
                           "[1 × 1]), z (double [7 × 1]), scale (double [1 × 1])."]))
    case("mat/label-zero-based", {"t.mat": mat.file(mat.array("y", np.array([[0, 1, 0, 2, 2, 1]], "int32")))},
         dataset([feature("label", "class", "uint8", target=True)], {"all": {"label": np.array([0, 1, 0, 2, 2, 1])}}))
    case("mat/card", {"t.mat": mat.file(mat.array("labels", whole.astype("uint8")[None])),
                      "dataset.json": b'{"classes": {"label": ["a", "b", "c"]}}'},
         dataset([feature("label", "class", "uint8", target=True, classes=["a", "b", "c"])],
                 {"all": {"label": whole - 1}}))

    good = mat.array("X", x("train"))
    packed = mat.packed(good)

    def bad(name, content, error, **options):
        case("mat/error-" + name, {"t.mat": content}, error="t.mat: " + error, **options)
    bad("v73", mat.file(version=0x0200).ljust(512) + b"\x89HDF\r\n\x1a\n",
        "is a MAT file of version 7.3 (HDF5); version 5 is read: save it in MATLAB by save(…, '-v7'), or in Python by "
        "scipy.io.savemat")
    bad("hdf5", b"\x89HDF\r\n\x1a\n" + bytes(200),
        "is a MAT file of version 7.3 (HDF5); version 5 is read: save it in MATLAB by save(…, '-v7'), or in Python by "
        "scipy.io.savemat")
    bad("v4", struct.pack("<5I", 0, 2, 1, 0, 2) + b"x\0" + bytes(16),
        "is a MAT file of version 4; version 5 is read: save it in MATLAB by save(…, '-v7'), or in Python by "
        "scipy.io.savemat")
    bad("header", b"hello", "does not begin with the header of a MAT file (128 bytes, the last two \"IM\" or \"MI\")")
    bad("empty", mat.file(), "holds no array of numbers that could be samples")
    bad("cut-tag", mat.file(good)[:132], "byte 132: the file ends within the tag of an element")
    bad("cut", mat.file(good)[:1000], "byte 1000: the file ends within a variable")
    bad("cut-packed", mat.file(packed)[:200], "byte 200: a compressed element ends before its data does")
    damaged = bytearray(mat.file(packed))
    damaged[-1] ^= 1
    bad("checksum", bytes(damaged), "byte %d: a compressed element is damaged (incorrect data check)" % len(damaged))
    bad("bomb", mat.file(mat.packed(mat.array("X", np.zeros((1024, 1024, 3), "uint8")))),
        "byte %d: a compressed element unpacks to more than 200 times its size, as no honest data does"
        % len(mat.file(mat.packed(mat.array("X", np.zeros((1024, 1024, 3), "uint8"))))))
    bad("shape", mat.file(mat.matrix("X", 9, (32, 32, 3, 2 ** 31 - 1), mat.numbers(x("train")))), 'byte 192: the variable "X" has 6597069763584 values of 1 bytes by its shape, '
                                        'and 12288 bytes of them')
    bad("huge-shape", mat.file(mat.matrix("X", 9, (2 ** 31 - 1,) * 4, mat.numbers(x("train")))),
        "byte 176: the axes of a variable multiply to more than 2^64")
    bad("negative-shape", mat.file(mat.matrix("X", 9, (-1, 2))), "byte 168: a variable has an axis of negative length")
    bad("rank", mat.file(mat.matrix("X", 9, (1,) * 10)), "byte 160: an element of 40 bytes; at most 36 are read here")
    bad("inner", mat.file(struct.pack("<II", 14, 20) + good[8:]),
        "byte 152: an element claims to be longer than the one around it")
    bad("no-flags", mat.file(struct.pack("<II", 14, 16) + mat.element(1, b"12345678")),
        "byte 152: a variable does not begin with its flags")
    bad("value", mat.file(mat.matrix("v", 9, (1, 3), mat.numbers(np.array([1.0, 2.5, 3.0])))),
        'value 1 of the variable "v" is 2.5, which its class uint8 does not hold')
    bad("axis", mat.file(mat.array("X", x("train")), mat.array("y", y("test"))),
        'the variable "X" is uint8 [32 × 32 × 3 × 4]: neither its first nor its last axis counts the 2 samples of the '
        'others')
    bad("twice", mat.file(mat.array("y", y("test")), mat.array("y", y("test"))), 'two variables are called "y"')
    bad("junk-in-packed", mat.file(mat.packed(mat.array("y", y("train")) + bytes(8))),
        "byte %d: a compressed element holds more than its variable"
        % len(mat.file(mat.packed(mat.array("y", y("train")) + bytes(8)))))
    case("mat/error-splits-differ", {"train.mat": mat.file(mat.array("v", table)),
                                     "test.mat": mat.file(mat.array("v", table[:, :3]))},
         error='the samples of all splits must be alike, but "v" differs between test.mat and train.mat')
    case("mat/error-splits-lack", {"train.mat": mat.file(mat.array("v", table)),
                                   "test.mat": mat.file(mat.array("w", table))},
         error='train.mat has no "w", which test.mat has')
    case("mat/error-same-split", {"a.mat": mat.file(mat.array("v", table)), "b.mat": mat.file(mat.array("v", table))},
         error='a.mat and b.mat would both be the split "all"; add one dataset at a time')


# --- folders of texts

IMDB_PART = ("Not the whole of IMDB reviews: %s. The published files have all: imdb.npz, imdb_word_index.json, "
             "aclImdb_v1.tar.gz (https://ai.stanford.edu/~amaas/data/sentiment/).")


def text_cases():
    text = feature("text", "text", "uint8")

    def label(*names):
        return feature("label", "class", "uint8", target=True, classes=names)
    reviews = {"train/neg/0_1.txt": "Dull.", "train/neg/10_2.txt": "So dull.", "train/neg/1_2.txt": "",
               "train/pos/0_9.txt": "Größe & <b>strength</b>", "test/neg/0_3.txt": "no", "test/pos/5_10.txt": "yes\nyes",
               "test/pos/10_8.txt": "𝄞"}
    folder = {"aclImdb/" + name: content.encode() for name, content in reviews.items()}
    beside = {"aclImdb/README": b"Large Movie Review Dataset v1.0\n", "aclImdb/imdb.vocab": b"the\nand\n",
              "aclImdb/imdbEr.txt": b"0.1\n0.2\n", "aclImdb/train/labeledBow.feat": b"9 0:9\n",
              "aclImdb/train/unsupBow.feat": b"0 0:9\n", "aclImdb/train/urls_pos.txt": b"http://x\n",
              "aclImdb/test/urls_neg.txt": b"http://x\n"}
    splits = {"test": {"text": ["no", "𝄞", "yes\nyes"], "label": np.array([0, 1, 1])},
              "train": {"text": ["Dull.", "So dull.", "", reviews["train/pos/0_9.txt"]], "label": np.array([0, 0, 0, 1])}}
    order = sorted(name for name in reviews if name.startswith("train/neg"))
    splits["train"]["text"][:3] = [reviews[name] for name in order]
    warning = IMDB_PART % "train has 4 of 25,000, test has 3 of 25,000"
    imdb = dataset([text, label("neg", "pos")], splits, title="IMDB reviews", task="text-classification",
                   warnings=[warning])
    case("text/imdb-folder", {**folder, **beside}, imdb)
    case("text/imdb-inner-folder", {name.removeprefix("aclImdb/"): content for name, content in folder.items()}, imdb)
    members = [*beside.items(), *folder.items()]
    case("text/imdb-archive", {"a.tar.gz": gz(tar(members))}, imdb, paths=["a.tar.gz"])
    case("text/imdb-archive-backwards", {"a.tar.gz": gz(tar(members[::-1]))}, imdb, paths=["a.tar.gz"])
    case("text/imdb-zip", {"a.zip": zip_of(members[::2] + members[1::2])}, imdb, paths=["a.zip"])
    unsup = {**folder, "aclImdb/train/unsup/0_0.txt": b"What?", "aclImdb/train/unsup/1_0.txt": b"How?"}
    case("text/imdb-unsup", {"a.tar": tar(list(unsup.items()))},
         dataset([text, label("neg", "pos")], splits, title="IMDB reviews", task="text-classification",
                 warnings=[warning, "The 2 reviews in the folder unsup have no label and were left out."]),
         paths=["a.tar"])

    case("text/classes", {"sport/b.txt": b"goal", "sport/a.txt": b"match", "arts/x.txt": b"paint",
                          "Zoo/1.txt": b"lion", "notes.txt": b"beside"},
         dataset([text, label("Zoo", "arts", "sport")],
                 {"all": {"text": ["lion", "paint", "match", "goal"], "label": np.array([0, 1, 2, 2])}},
                 task="text-classification"))
    case("text/flat", {"b.txt": b"two", "a.TXT": b"one", "README.txt": b"about"},
         dataset([text], {"all": {"text": ["one", "two"]}}))
    case("text/flat-in-archive", {"a.zip": zip_of([("texts/b.txt", b"two"), ("texts/a.txt", b"one")])},
         dataset([text], {"all": {"text": ["one", "two"]}}), paths=["a.zip"])
    case("text/split-above-classes", {"a.tar": tar([("x/train/pos/1.txt", b"a"), ("x/train/neg/1.txt", b"b")])},
         dataset([text, label("neg", "pos")], {"train": {"text": ["b", "a"], "label": np.array([0, 1])}},
                 task="text-classification"), paths=["a.tar"])
    case("text/splits-without-classes", {"train/1.txt": b"a", "valid/1.txt": b"b", "about.txt": b"x"},
         dataset([text], {"train": {"text": ["a"]}, "val": {"text": ["b"]}}))
    nested = [("a-b/1.txt", b"3"), ("a/c/1.txt", b"2"), ("a/b/1.txt", b"1")]
    case("text/nested-classes", {"a.zip": zip_of(nested)},
         dataset([text, label("a/b", "a/c", "a-b")], {"all": {"text": ["1", "2", "3"], "label": np.arange(3)}},
                 task="text-classification"), paths=["a.zip"])
    case("text/empty-class", {"a.tar": tar([("d/pos/1.txt", b"a"), tar_entry("d/neg", tarfile.DIRTYPE),
                                            tar_entry("d/else/deep", tarfile.DIRTYPE)])},
         dataset([text, label("neg", "pos")], {"all": {"text": ["a"], "label": np.array([1])}},
                 task="text-classification"), paths=["a.tar"])
    raw = [b"caf\xe9", b"\xef\xbb\xbfmark", b"nul\0byte", b"\xed\xa0\x80\xf0\x9f\x98x", "ä€𝄞".encode(), b""]
    mended = [t.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace") for t in raw]
    case("text/not-utf-8", {"%d.txt" % i: t for i, t in enumerate(raw)},
         dataset([text], {"all": {"text": mended}},
                 warnings=["2 texts have bytes that are not UTF-8; these are shown as U+FFFD."]))
    case("text/one-not-utf-8", {"a.txt": b"\xff"},
         dataset([text], {"all": {"text": ["\ufffd"]}},
                 warnings=["1 text has bytes that are not UTF-8; these are shown as U+FFFD."]))
    card = {"title": "Mine", "classes": {"label": ["bad", "good"]}}
    case("text/card", {"neg/1.txt": b"a", "pos/1.txt": b"b", "dataset.json": json.dumps(card).encode()},
         dataset([text, label("bad", "good")], {"all": {"text": ["a", "b"], "label": np.arange(2)}}, title="Mine",
                 task="text-classification"))
    many = {"c%03d/x.txt" % i: b"%d" % i for i in range(300)}
    case("text/many-classes", {"a.zip": zip_of(list(many.items()))},
         dataset([text, feature("label", "class", "uint16", target=True, classes=["c%03d" % i for i in range(300)])],
                 {"all": {"text": [b"%d" % i for i in range(300)], "label": np.arange(300)}},
                 task="text-classification"), paths=["a.zip"])
    case("text/error-card", {"neg/1.txt": b"a", "dataset.json": b'{"classes": {"label": ["a"]}}', "pos/1.txt": b"b"},
         error='dataset.json: "classes" has 1 names for label, but there are 2 folders')
    case("text/error-none", {"a.md": b"x", "b.xyz": b"x"}, format="text",
         error="there is no text: no file's name ends in .txt")
    case("text/error-only-notes", {"README.txt": b"x"}, format="text", error="there is no text, only notes beside")


# --- JSON Lines

def jsonl_cases():
    def scalar(name, dtype, target=False):
        return feature(name, "scalar", dtype, target=target)

    def classes(name, *names, target=False):
        return feature(name, "class", "uint8", target=target, classes=names)

    def text(name):
        return feature(name, "text", "uint8")

    def lines(*rows):
        return "".join(json.dumps(row, ensure_ascii=number % 2 == 0) + "\n" for number, row in enumerate(rows)).encode()
    nan = float("nan")
    rows = [{"text": "Größe 𝄞 \u0000 \"q\"", "n": 1, "x": 0.5, "ok": True, "kind": "a", "v": [1, 2, 3],
             "user": {"name": "Ann", "age": None}},
            {"text": "", "n": -7, "x": 2, "ok": False, "kind": "b", "v": [4, 5, 6], "user": {"name": "Bob", "age": 41}},
            {"text": "two\nlines", "n": 2 ** 63 - 1, "x": -1e300, "ok": True, "kind": "a", "v": [7, 8, 9],
             "user": {"age": 7, "name": "Cy"}},
            {"text": "x" * 300, "n": 0, "x": 1e-300, "ok": True, "kind": "b", "v": [0, -1, 2 ** 40], "user": {"name": "Di"}}]
    f = [text("text"), scalar("n", "int64"), scalar("x", "float64"), classes("ok", "false", "true"),
         classes("kind", "a", "b"), feature("v", "array", "int64", (3,)), text("user.name"),
         scalar("user.age", "float64", True)]
    columns = {"text": [row["text"] for row in rows], "n": np.array([1, -7, 2 ** 63 - 1, 0]),
               "x": np.array([0.5, 2, -1e300, 1e-300]), "ok": np.array([1, 0, 1, 1]), "kind": np.array([0, 1, 0, 1]),
               "v": np.array([row["v"] for row in rows]), "user.name": ["Ann", "Bob", "Cy", "Di"],
               "user.age": np.array([nan, 41, 7, nan])}
    good = dataset(f, {"all": columns}, task="tabular-regression")
    case("jsonl/kinds", {"t.jsonl": lines(*rows)}, good)
    case("jsonl/gzip", {"t.ndjson.gz": gz(lines(*rows))}, good)
    case("jsonl/crlf-blank-bom", {"t.jsonl": b"\xef\xbb\xbf" + lines(*rows).replace(b"\n", b"\r\n\r\n \r\n").rstrip()},
         good)
    case("jsonl/target", {"t.jsonl": lines(*rows)},
         dataset([dict(g, target=g["name"] == "kind") for g in f], {"all": columns}, task="text-classification"),
         target="kind")
    order = [{"b": 1, "label": 0}, {"c": 2.5, "label": 1, "b": 2}, {"a": 3, "label": 1, "b": None}, {"label": 0, "c": None}]
    case("jsonl/missing", {"t.jsonl": lines(*order)},
         dataset([scalar("b", "float64"), classes("label", target=True), scalar("c", "float64"), scalar("a", "float64")],
                 {"all": {"b": np.array([1, 2, nan, nan]), "label": np.array([0, 1, 1, 0]),
                          "c": np.array([nan, 2.5, nan, nan]), "a": np.array([nan, nan, 3, nan])}},
                 task="tabular-classification"))
    case("jsonl/label-names", {"t.jsonl": lines(*order[:2] * 2), "dataset.json": b'{"classes": {"label": ["no", "yes"]}}'},
         dataset([scalar("b", "int64"), classes("label", "no", "yes", target=True), scalar("c", "float64")],
                 {"all": {"b": np.array([1, 2] * 2), "label": np.array([0, 1] * 2), "c": np.array([nan, 2.5] * 2)}},
                 task="tabular-classification"))
    case("jsonl/missing-text", {"t.jsonl": lines({"k": "a"}, {"t": "one"}, {"k": "a", "t": "two"}, {"k": None, "t": "three"})},
         dataset([classes("k", "(missing)", "a", target=True), text("t")],
                 {"all": {"k": np.array([1, 0, 1, 0]), "t": ["", "one", "two", "three"]}}, task="text-classification"))
    case("jsonl/missing-bool", {"t.jsonl": lines({"k": True}, {}, {"k": False})},
         dataset([classes("k", "(missing)", "false", "true", target=True)], {"all": {"k": np.array([2, 0, 1])}},
                 task="tabular-classification"))
    matrix = [[[1, 2.5], [3, None]], [[5, 6], [7, 8]]]
    case("jsonl/matrix", {"t.jsonl": lines({"m": matrix[0]}, {"m": matrix[1]}, {"n": 1})},
         dataset([feature("m", "array", "float64", (2, 2)), scalar("n", "float64", True)],
                 {"all": {"m": np.array([[[1, 2.5], [3, nan]], [[5, 6], [7, 8]], np.full((2, 2), nan)]),
                          "n": np.array([nan, nan, 1])}}, task="tabular-regression"))
    odd = [{"a": 1, "b": "x", "words": ["p"], "long": [1, 2], "e": [], "d": {"x": {}, "y": 2}, "z": None},
           {"a": "two", "b": "y", "words": ["q"], "long": [1], "e": [], "d": {"y": 3}, "z": None}]
    case("jsonl/left-out", {"t.jsonl": lines(*odd)},
         dataset([text("b"), scalar("d.y", "int64", True)], {"all": {"b": ["x", "y"], "d.y": np.array([2, 3])}},
                 task="tabular-regression",
                 warnings=['Left out: "a": a number in line 1 and a text in line 2.'] + [
                     'Left out: "%s": line %d holds a list that is none of numbers, or not as long as the first.' % line
                     for line in (("words", 1), ("long", 2), ("e", 1))] + [
                     'Left out: "%s": there is only null, or objects without keys.' % key for key in ("d.x", "z")]))
    case("jsonl/splits", {"d/train.jsonl": lines({"n": 1, "k": "a"}, {"n": 2, "k": "a"}), "d/test.jsonl": lines({"k": "b"}),
                          "d/val.jsonl": lines({"n": 3, "k": "b"})},
         dataset([classes("k", "a", "b"), scalar("n", "float64", True)],
                 {"test": {"n": np.array([nan]), "k": np.array([1])}, "train": {"n": np.array([1, 2]), "k": np.array([0, 0])},
                  "val": {"n": np.array([3]), "k": np.array([1])}}, task="tabular-regression"))
    case("jsonl/names", {"t.jsonl": lines({"a/b": 1, "index": 2, ".c": 3, "": 4, "é" * 60: 5})},
         dataset([scalar("a_b", "int64"), scalar("index_", "int64"), scalar("_c", "int64"), scalar("column_4", "int64"),
                  scalar("é" * 50, "int64", True)],
                 {"all": {n: np.array([i + 1]) for i, n in enumerate(("a_b", "index_", "_c", "column_4", "é" * 50))}},
                 task="tabular-regression"))
    raw = b'{"t": "caf\xe9"}\n{"t": "half \\ud83d end"}\n{"t": "\\udc00\\\\ud800 \\ud83d\\ude00"}\n{"t": "\xed\xa0\x80"}\n{"t": "ok"}\n'
    case("jsonl/not-utf-8", {"t.jsonl": raw},
         dataset([text("t")], {"all": {"t": ["caf\ufffd", "half \ufffd end", "\ufffd\\ud800 😀", "\ufffd" * 3, "ok"]}},
                 warnings=["4 lines have texts that are not UTF-8; what is not is shown as U+FFFD."]))
    case("jsonl/numbers", {"t.jsonl": b"".join(b'{"x": %s}\n' % n for n in (
        b"0.1", b"1e308", b"5e-324", b"9007199254740993.0", b"-0.0", b"1E5", b"123456789012345678", b"1.7976931348623157e308"))},
         dataset([scalar("x", "float64", True)], {"all": {"x": np.array(
             [0.1, 1e308, 5e-324, 9007199254740993.0, -0.0, 1e5, 123456789012345678, 1.7976931348623157e308])}},
                 task="tabular-regression"))

    def bad(name, content, error, **options):
        case("jsonl/error-" + name, {"t.jsonl": content}, error="t.jsonl: " + error, **options)
    case("jsonl/error-empty", {"t.jsonl": b"\n\n"}, error="there is no line that holds an object")
    bad("syntax", b'{"a": 1}\n{"a": }\n', "line 2, byte 16: unexpected token near '}'")
    bad("cut", b'{"a": 1}\n{"a": "x', "line 2, byte 17: premature end of input near '\"x'")
    bad("list", b'{"a": 1}\n[1, 2]\n', "line 2, byte 9: a line must be an object ({…}), not a list")
    bad("scalar", b'7\n', "line 1, byte 1: '[' or '{' expected near '7'")
    bad("duplicate", b'{"a": 1, "a": 2}\n', "line 1, byte 12: duplicate object key near '\"a\"'")
    bad("clash", b'{"a.b": 1, "a": {"b": 2}}\n', 'line 1: there are two values for "a.b"')
    bad("same-name", b'{"a/b": 1, "a_b": 2}\n', 'line 1: another key has the name of "a_b"')
    bad("two-objects", b'{"a": 1} {"a": 2}\n', "line 1, byte 10: end of file expected near '{'")
    no_json = "NaN and Infinity are no JSON; null is how a missing number is written"
    bad("nan", b'{"a": NaN}\n', f"line 1, byte 9: {no_json}")
    bad("infinity", b'{"a": Infinity}\n', f"line 1, byte 14: {no_json}")
    bad("integer", b'{"a": 9223372036854775808}\n', "line 1, byte 25: too big integer near '9223372036854775808'")
    bad("utf-16", '{"a": 1}\n'.encode("utf-16"), "line 1, byte 0: this is UTF-16; convert it with iconv -f utf-16 -t utf-8")
    bad("deep", b'{"a":' * 40 + b"1" + b"}" * 40, "line 1: objects lie more than 32 deep")
    bad("nothing", b'{"a": null}\n', 'no key holds values that can be stored: "a": there is only null, or objects without '
                                     'keys')
    case("jsonl/error-target", {"t.jsonl": lines({"t": "x" * 300}, {"t": "y"})}, target="t",
         error='the key "t" cannot be predicted: its texts are longer than 256 bytes or more than 65536 different ones, no '
               'classes')
    case("jsonl/error-two", {"a.jsonl": lines({"a": 1}), "b.jsonl": lines({"a": 1})},
         error="a.jsonl is one of 2 tables, but its name does not say which split it is; call it train, test or val, put "
               "all into one with --split, or add one table at a time")


def main():
    for folder in HERE.iterdir():
        if folder.is_dir() and not folder.name.startswith("."):
            shutil.rmtree(folder)
    idx_cases()
    source_cases()
    cifar10_cases()
    cifar100_cases()
    csv_cases()
    mat_cases()
    text_cases()
    jsonl_cases()
    npy_cases.write(sys.modules[__name__])
    zip_cases.write(sys.modules[__name__])
    images_cases.write(sys.modules[__name__])


main()
