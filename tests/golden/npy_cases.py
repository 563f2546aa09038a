# SPDX-License-Identifier: MIT
"""Golden cases of numpy's arrays and of pickles, for make.py: written by numpy and pickle."""
import io
import json
import pickle
import struct
import zipfile

import numpy as np

ONLY = "what can be read: bool, whole numbers of 8 to 64 bits, floats of 16 to 64 bits"


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version, allow_pickle=True)
    return out.getvalue()


def header(text, version=1, body=b""):
    """A header of any text."""
    text = text.encode() + b"\n"
    size = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + size + text + body


def objects(lists):
    array = np.empty(len(lists), object)
    for i, one in enumerate(lists):
        array[i] = one
    return array


def npz(arrays, method=zipfile.ZIP_STORED):
    """As numpy.savez writes it, but always at the same time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, array in arrays.items():
            info = zipfile.ZipInfo(name + ".npy")
            info.compress_type = method
            with z.open(info, "w", force_zip64=True) as member:
                member.write(array if isinstance(array, bytes) else npy(array))
    return out.getvalue()


def write(make):
    make.rng = np.random.default_rng(77)
    images(make)
    tables(make)
    types(make)
    headers(make)
    naming(make)
    tokens(make)
    cifar(make)


def images(make):
    rng = make.rng
    x = {"train": rng.integers(0, 256, (7, 4, 5), dtype=np.uint8),
         "test": rng.integers(0, 256, (4, 4, 5), dtype=np.uint8)}
    y = {"train": np.array([2, 0, 1, 1, 0, 2, 2], np.uint8), "test": np.array([1, 0, 2, 2], np.uint8)}
    columns = {split: {"image": x[split], "label": y[split]} for split in x}
    features = [make.feature("image", "image", "uint8", (4, 5), white=255),
                make.feature("label", "class", "uint8", target=True)]
    whole = make.dataset(features, columns, task="image-classification")
    arrays = {"x_train": x["train"], "y_train": y["train"], "x_test": x["test"], "y_test": y["test"]}
    stored = npz(arrays)
    make.case("npy/npz", {"mine.npz": stored}, whole, paths=["mine.npz"])
    make.case("npy/npz-deflated", {"mine.npz": npz(arrays, zipfile.ZIP_DEFLATED)}, whole)
    make.case("npy/another-order", {"mine.npz": npz(dict(sorted(arrays.items())))}, whole)
    make.case("npy/names", {"train_images.npy": npy(x["train"]), "train_labels.npy": npy(y["train"]),
                            "test_images.npy": npy(x["test"]), "test_labels.npy.gz": make.gz(npy(y["test"]))}, whole)
    make.case("npy/folders", {"train/x.npy": npy(x["train"]), "train/y.npy": npy(y["train"]),
                              "t10k/x.npy": npy(x["test"]), "t10k/y.npy": npy(y["test"]), "README.md": b"x"}, whole)
    make.case("npy/two-npz", {"mine_train.npz": npz({"X": x["train"], "y": y["train"]}),
                              "mine_test.npz": npz({"X": x["test"], "y": y["test"]})}, whole,
              paths=["mine_train.npz", "mine_test.npz"])
    make.case("npy/labels-in-columns", {"mine.npz": npz(dict(arrays, y_train=y["train"][:, None].astype(">i8"),
                                                             y_test=y["test"][:, None].astype("<i4")))}, whole)
    make.case("npy/tar-gz", {"all.tgz": make.gz(make.tar([(n + ".npy", npy(a)) for n, a in arrays.items()]))}, whole)
    # Labels beside images are classes even with gaps.
    gaps = np.array([7, 0, 9, 0], np.int64)
    make.case("npy/labels-with-gaps", {"d.npz": npz({"images": x["test"], "labels": gaps})},
              make.dataset(features, {"all": {"image": x["test"], "label": gaps}}, task="image-classification"))
    for channels in (1, 3, 4):
        a = rng.integers(0, 256, (3, 2, 2, channels), dtype=np.uint8)
        make.case(f"npy/channels-{channels}", {"x.npy": npy(a)}, make.dataset(
            [make.feature("image", "image", "uint8", a.shape[1:], white=255)], {"all": {"image": a}}))
    a = rng.integers(0, 256, (3, 2, 2, 2), dtype=np.uint8)
    make.case("npy/channels-2", {"x.npy": npy(a)}, make.dataset(
        [make.feature("x", "array", "uint8", (2, 2, 2))], {"all": {"x": a}}))
    for name, scale, white in (("1", 1, 1), ("16", 16, 16), ("255", 255, 255), ("1000", 1000, 1000)):
        side = 8 if white == 16 else 9
        a = (rng.random((3, side, side, 1)) * scale).astype(np.float32)
        a[0, 0, 0] = scale
        make.case(f"npy/float-images-{name}", {"x.npy": npy(a)}, make.dataset(
            [make.feature("image", "image", "float32", a.shape[1:], white=white)], {"all": {"image": a}}))
    grey = rng.random((3, 9, 8))
    make.case("npy/float-grey", {"x.npy": npy(grey)}, make.dataset(
        [make.feature("image", "image", "float64", (9, 8), white=1)], {"all": {"image": grey}}))
    for name, a in (("negative", grey - 0.5), ("small", grey[:, :7]), ("large", grey * 300)):
        make.case(f"npy/no-images-{name}", {"x.npy": npy(a)}, make.dataset(
            [make.feature("x", "array", "float64", a.shape[1:])], {"all": {"x": a}}))
    nan = rng.random((2, 9, 9, 3))
    nan[0, 0, 0, 0] = np.nan
    make.case("npy/no-images-nan", {"x.npy": npy(nan)}, make.dataset(
        [make.feature("x", "array", "float64", (9, 9, 3))], {"all": {"x": nan}}))
    digits = rng.integers(0, 17, (3, 8, 8), dtype=np.uint8)
    digits[0, 0, 0] = 16
    make.case("npy/digits", {"images.npy": npy(digits)}, make.dataset(
        [make.feature("image", "image", "uint8", (8, 8), white=16)], {"all": {"image": digits}}))


def tables(make):
    rng = make.rng
    x = rng.random((6, 3))
    y = np.array([0, 1, 2, 2, 1, 0])
    make.case("npy/table", {"d.npz": npz({"X": x, "y": y})}, make.dataset(
        [make.feature("X", "array", "float64", (3,)), make.feature("label", "class", "uint8", target=True)],
        {"all": {"X": x, "label": y}}, task="tabular-classification"))
    make.case("npy/table-from-1", {"d.npz": npz({"data": x, "target": y + 1})}, make.dataset(
        [make.feature("data", "array", "float64", (3,)), make.feature("label", "class", "uint8", target=True)],
        {"all": {"data": x, "label": y + 1}}, task="tabular-classification"))
    for name, values in (("gaps", y * 2), ("many", np.arange(6)), ("negative", y - 1), ("large", y * 1000),
                         ("float", y / 2)):
        make.case(f"npy/no-classes-{name}", {"d.npz": npz({"x": x, "y": values})}, make.dataset(
            [make.feature("x", "array", "float64", (3,)),
             make.feature("y", "scalar", values.dtype.name, target=True)],
            {"all": {"x": x, "y": values}}, task="tabular-regression"))
    several = {"age": rng.integers(0, 99, 6), "height": rng.random(6).astype(np.float32), "passed": y == 1}
    make.case("npy/several", {"d.npz": npz(several)}, make.dataset(
        [make.feature(n, "scalar", a.dtype.name) for n, a in several.items()], {"all": several}))
    # The houses of Boston by their name: columns, and the same warning as from the table.
    houses = rng.random((4, 13))
    names = "CRIM ZN INDUS CHAS NOX RM AGE DIS RAD TAX PTRATIO B LSTAT MEDV".split()
    prices = rng.random(4)
    columns = dict(zip(names, list(houses.T) + [prices]))
    expected = make.dataset([make.feature(n, "scalar", "float64", target=n == "MEDV") for n in names],
                            {"all": columns}, title="Boston housing", task="tabular-regression", warnings=[
        "Not the whole of Boston housing: all has 4 of 506. The published files have all: boston_housing.npz "
        "(http://lib.stat.cmu.edu/datasets/boston).",
        "The variable B is computed from the share of Black residents, on the assumption that segregation raises "
        "the prices of houses; scikit-learn withdrew the dataset for that reason. Use it to study that problem, "
        "not as a neutral benchmark."])
    make.case("npy/boston", {"d.npz": npz({"x": houses, "y": prices})}, expected, name="boston_housing")
    make.case("npy/boston-fortran", {"d.npz": npz({"y": prices[:, None], "x": np.asfortranarray(houses).astype(">f8")})},
              expected, name="boston_housing")


def types(make):
    rng = make.rng
    for dtype in "?", "<u1", "<i1", "<u2", ">u2", "<i2", "<u4", ">i4", "<u8", ">i8", "<f4", ">f4", "<f8", ">f8":
        dtype = np.dtype(dtype)
        a = (rng.random((4, 2, 3)) * 200 - (dtype.kind != "u") * 100).astype(dtype)
        for order in "C", "F":
            file = npy(np.asarray(a, order=order))
            assert (b"True" in file[:100]) == (order == "F")
            make.case(f"npy/type-{dtype.str[1:]}-{'big' if dtype.byteorder == '>' else 'little'}-{order}",
                      {"left.npy": file}, make.dataset([make.feature("left", "array" if dtype.name != "uint8"
                                                                     else "image", dtype.name, (2, 3),
                                                                     white=255 if dtype.name == "uint8" else 0)],
                                                       {"all": {"left": a}}))
    # Every exponent, with the smallest and the largest fractions: subnormal numbers, infinities.
    halves = np.array([sign << 15 | exponent << 10 | fraction for sign in (0, 1) for exponent in range(32)
                       for fraction in (0, 1, 2, 511, 512, 1023)], np.uint16).view("<f2")
    halves = halves[~np.isnan(halves)]
    packed = {"little": halves, "big": halves.astype(">f2")}
    for name, a in packed.items():
        make.case(f"npy/type-f2-{name}", {"v.npy.gz": make.gz(npy(a))}, make.dataset(
            [make.feature("v", "scalar", "float32")], {"all": {"v": halves.astype(np.float32)}}))
    for version in (1, 0), (2, 0), (3, 0):
        make.case(f"npy/version-{version[0]}", {"v.npy": npy(np.arange(3.0), version)}, make.dataset(
            [make.feature("v", "scalar", "float64")], {"all": {"v": np.arange(3.0)}}))
    for name, a, word, what in (
            ("complex", np.zeros(2, "<c8"), "<c8", "complex numbers"), ("text", np.array(["a"]), "<U1", "texts"),
            ("bytes", np.array([b"a"]), "|S1", "texts"), ("date", np.zeros(1, "<M8[s]"), "<M8[s]", "dates and times"),
            ("void", np.zeros(1, "V3"), "|V3", "raw bytes or records"),
            ("long-double", np.zeros(1, "<f16"), "<f16", "floats of an odd size")):
        make.case(f"npy/error-type-{name}", {"v.npy": npy(a)},
                  error=f'v.npy: the values are of type "{word}", {what}; {ONLY}')
    make.case("npy/error-type-records", {"v.npy": npy(np.zeros(1, [("a", "<i4")]))},
              error="v.npy: holds records of named fields (a structured dtype); save each field as an array of its own")


def headers(make):
    good = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }"
    one = struct.pack("<d", 1)
    whole = make.dataset([make.feature("v", "scalar", "float64")], {"all": {"v": np.ones(1)}})
    for name, text in (("plain", good), ("tight", good.replace(" ", "").replace(",}", "}")),
                       ("double-quotes", good.replace("'", '"')), ("another-order",
                        "{'shape': (1,), 'descr': '<f8', 'fortran_order': False}"), ("python2", good.replace("1,", "1L,"))):
        make.case(f"npy/header-{name}", {"v.npy": header(text, body=one)}, whole)
    tail = "; the header must be like {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }"
    for name, text, error in (
            ("call", "{'descr': str('<f8'), 'fortran_order': False, 'shape': (1,)}", "byte 20: 'descr' is no text"),
            ("import", "__import__('os').system('true')", "byte 10: no '{'"),
            ("name", "{'descr': '<f8', 'fortran_order': false, 'shape': (1,)}",
             "byte 44: 'fortran_order' is neither True nor False"),
            ("fourth", good[:-1] + "'x': 1}", "byte 69: an unknown key"),
            ("twice", good[:-1] + "'shape': (1,)}", "byte 73: a key for the second time"),
            ("missing", "{'descr': '<f8', 'shape': (1,)}", "byte 42: a key is missing"),
            ("more", good + " 1", "byte 68: something after the dict"),
            ("sum", good.replace("(1,)", "(1+1,)"), "byte 62: 'shape' does not end"),
            ("negative", good.replace("(1,)", "(-1,)"), "byte 61: 'shape' holds what is no length"),
            ("list", good.replace("(1,)", "[1]"), "byte 60: 'shape' is no tuple"),
            ("escape", good.replace("<f8", "\\x3cf8"), "byte 21: 'descr' is no text"),
            ("no-comma", good.replace(", 'fortran", " 'fortran"), "byte 26: no ',' after a value")):
        make.case(f"npy/error-header-{name}", {"v.npy": header(text, body=one)}, error="v.npy: " + error + tail)
    make.case("npy/error-header-long", {"v.npy": header(good + " " * 10000, 2, one)},
              error="v.npy: has a header of 10058 bytes; at most 10000 are read")
    make.case("npy/header-9000", {"v.npy": header(good + " " * 9000, 1, one)}, whole)
    make.case("npy/error-header-claim", {"v.npy": b"\x93NUMPY\x03\0\xff\xff\xff\xff{}"},
              error="v.npy: has a header of 4294967295 bytes; at most 10000 are read")
    make.case("npy/error-header-cut", {"v.npy": header(good)[:40]},
              error="v.npy: ends after 40 bytes, within the header of 68")
    make.case("npy/error-version", {"v.npy": header(good, 4, one)},
              error="v.npy: is of version 4.0; versions 1.0 to 3.0 are read")
    make.case("npy/error-name-only", {"v.npy": b"hello, this is no array\n"},
              error='v.npy: does not begin with "\\x93NUMPY", as .npy files do')
    make.case("npy/error-single-value", {"v.npy": header(good.replace("(1,)", "()"), body=one)},
              error="v.npy: is a single value (its shape is ()); an array with an axis of samples is needed")
    make.case("npy/error-axes", {"v.npy": npy(np.zeros((1,) * 10))}, error="v.npy: has more than 9 axes")
    make.case("npy/error-too-short", {"v.npy": npy(np.zeros(3))[:-1]},
              error="v.npy: has 151 bytes, but its header (3 float64) promises 152")
    make.case("npy/error-too-short-gzip", {"v.npy.gz": make.gz(npy(np.zeros(3))[:-1])},
              error="v.npy.gz: ends at byte 151, but its header (3 float64) promises 152 bytes")
    make.case("npy/error-too-long-gzip", {"v.npy.gz": make.gz(npy(np.zeros(3)) + b"x")},
              error="v.npy.gz: goes on after byte 152, where its header says that it ends")
    make.case("npy/error-overflow", {"v.npy": header(good.replace("(1,)", "(4294967296, 4294967296)"), body=one)},
              error="v.npy: claims a shape that is too large for any file")
    make.case("npy/error-immense", {"v.npy.gz": make.gz(header(good.replace("(1,)", "(1099511627776,)"), body=one))},
              error="v.npy.gz: ends at byte 88, but its header (1099511627776 float64) promises 8796093022288 bytes")
    make.case("npy/error-immense-fortran",
              {"v.npy.gz": make.gz(header(good.replace("(1,)", "(1099511627776, 2)").replace("False", "True"), body=one))},
              error="v.npy: the array lies in Fortran order and is too large to be turned (more than 64 times 128 "
                    "MiB); save numpy.ascontiguousarray of it")
    make.case("npy/error-no-samples", {"v.npy": npy(np.zeros(0))}, error="v.npy: its header says that there are no samples")
    make.case("npy/error-empty-axis", {"v.npy": npy(np.zeros((3, 0)))},
              error='v.npy: feature "v": axis 1 has length 0')


def naming(make):
    a, b = np.arange(3.0), np.arange(6.0).reshape(3, 2)
    make.case("npy/single", {"heights.npy": npy(a)},
              make.dataset([make.feature("heights", "scalar", "float64")], {"all": {"heights": a}}),
              paths=["heights.npy"])
    make.case("npy/split-within", {"crash_test_results.npy": npy(a)}, make.dataset(
        [make.feature("crash_test_results", "scalar", "float64")], {"all": {"crash_test_results": a}}))
    make.case("npy/split-alone", {"train.npy": npy(b), "test.npy": npy(b[:1])}, make.dataset(
        [make.feature("value", "array", "float64", (2,))], {"train": {"value": b}, "test": {"value": b[:1]}}))
    make.case("npy/split-chosen", {"a.npy": npy(a)}, make.dataset(
        [make.feature("a", "scalar", "float64")], {"mine": {"a": a}}), split="mine")
    both = np.zeros((2, 3, 3), np.uint8)
    make.case("npy/same-usual-name", {"d.npz": npz({"image": both, "images": both + 1})}, make.dataset(
        [make.feature(n, "image", "uint8", (3, 3), white=255) for n in ("image", "images")],
        {"all": {"image": both, "images": both + 1}}))
    make.case("npy/error-counts", {"d.npz": npz({"a": a, "b": b[:2]})},
              error="a.npy is 3 float64, b.npy is 2 × 2 float64: arrays of one split must have as many samples each",
              paths=["d.npz"])
    make.case("npy/error-shapes", {"d.npz": npz({"x_train": b, "x_test": b[:, :1]})},
              error="x_train.npy is 3 × 2 float64, x_test.npy is 3 × 1 float64: the samples of all splits must be alike",
              paths=["d.npz"])
    make.case("npy/error-missing", {"d.npz": npz({"x_train": b, "x_test": b, "y_train": a})}, paths=["d.npz"],
              error='the split "test" has no "y", which y_train.npy gives for "train"')
    make.case("npy/error-twice", {"x_train.npy": npy(a), "train_x.npy": npy(a)},
              error='train_x.npy and x_train.npy would both be "x" of the split "train"; add one dataset at a time')
    make.case("npy/error-stranger", {"d.zip": make.zip_of([("a.npy", npy(a)), ("b.txt", b"hello, hello, hello")])},
              error='d.zip: b.txt: does not begin with "\\x93NUMPY", as .npy files do')
    make.case("npy/error-target", {"a.npy": npy(a)}, target="z", error='no feature "z" to predict; there are: a')


def tokens(make):
    train, test = [[1, 5, 2], [], [7, 2147483647, 0, 3]], [[2], [4, 4]]
    y = {"train": np.array([0, 1, 1]), "test": np.array([1, 0])}
    arrays = {"x_train": objects(train), "y_train": y["train"], "x_test": objects(test), "y_test": y["test"]}
    index = {"the": 1, "häuser": 4, "and": 2, "<br />": 5}
    words = ["the", "and", "", "häuser", "<br />"]

    def expected(words, title, classes=(), **more):
        return make.dataset([make.feature("tokens", "tokens", "int32"),
                             make.feature("label", "class", "uint8", target=True, classes=classes)],
                            {"train": {"tokens": (train, words), "label": y["train"]},
                             "test": {"tokens": (test, words), "label": y["test"]}},
                            title=title, task="text-classification", **more)

    part = ["Not the whole of IMDB reviews: train has 3 of 25,000, test has 2 of 25,000. The published files have "
            "all: imdb.npz, imdb_word_index.json, aclImdb_v1.tar.gz (https://ai.stanford.edu/~amaas/data/sentiment/)."]
    archive, text = npz(arrays, zipfile.ZIP_DEFLATED), json.dumps(index).encode()
    names = ["neg", "pos"]
    whole = expected(words, "IMDB reviews", names, warnings=part)
    make.case("npy/tokens-imdb", {"d.npz": archive, "words.json": text}, whole, name="imdb")
    make.case("npy/tokens-imdb-by-file", {"imdb.npz": archive, "imdb_word_index.json": text}, whole,
              paths=["imdb_word_index.json", "imdb.npz"])
    make.case("npy/tokens-imdb-folder", {"some/imdb.npz": archive, "some/imdb_word_index.json": text}, whole)
    make.case("npy/tokens", {"d.npz": archive}, expected([], "golden"))
    make.case("npy/tokens-words", {"d.npz": archive, "index.json.gz": make.gz(text)}, expected(words, "golden"))
    arrays["x_train"] = objects([np.array(run, ">i8") for run in train])
    arrays["x_test"] = objects([tuple(run) for run in test])
    make.case("npy/tokens-arrays-and-tuples", {"d.npz": npz(arrays)}, expected([], "golden"))
    pool = [[i, 1] for i in range(100)]
    topics = [i % 46 for i in range(100)]
    make.case("npy/tokens-reuters", {"reuters.npz": npz({"x": objects(pool), "y": np.array(topics)})}, make.dataset(
        [make.feature("tokens", "tokens", "int32"), make.feature("label", "class", "uint8", target=True, classes=TOPICS)],
        {"all": {"tokens": (pool, []), "label": topics}}, title="Reuters newswire", task="text-classification",
        warnings=["Not the whole of Reuters newswire: all has 100 of 11,228. The published files have all: "
                  "reuters.npz, reuters_word_index.json (https://archive.ics.uci.edu/"
                  "dataset/137/reuters+21578+text+categorization+collection)."]))

    for name, content, error in (
            ("key-twice", b'{"a": 1, "a": 2}', "line 1: duplicate object key near '\"a\"'"),
            ("rank-twice", b'{"a": 1, "b": 1}', '"a" and "b" have the rank 1'),
            ("rank-zero", b'{"a": 0}', 'the rank of "a" is no whole number from 1 to 1, the number of words'),
            ("rank-huge", b'{"a": 123456789}', 'the rank of "a" is no whole number from 1 to 1, the number of words'),
            ("rank-text", b'{"a": "1"}', 'the rank of "a" is no whole number from 1 to 1, the number of words'),
            ("rank-float", b'{"a": 1.0}', 'the rank of "a" is no whole number from 1 to 1, the number of words'),
            ("list", b'["a"]', "is no word index, which is an object of words and ranks"),
            ("not-json", b"words", "line 1: '[' or '{' expected near 'words'")):
        make.case(f"npy/error-words-{name}", {"d.npz": archive, "w.json": content}, error="w.json: " + error)
    make.case("npy/error-words-two", {"d.npz": archive, "a.json": text, "b.json": text},
              error="b.json: is a second word index beside a.json; leave out what is none (names of classes go into dataset.json)")
    make.case("npy/error-words-alone", {"x.npy": npy(np.arange(3)), "a.json": text},
              error="a.json: there is no array of tokens (lists of whole numbers) that the word index could be for")
    kind = "; arrays of objects are read as tokens, a list of whole numbers for each sample"
    for name, lists, error in (
            ("number", [[1], 2], "sample 1 is a whole number" + kind),
            ("text", ["abc"], "sample 0 is a text" + kind), ("none", [None], "sample 0 is None" + kind),
            ("dict", [{}], "sample 0 is a dict" + kind), ("floats", [np.zeros(2)], "sample 0 is an array" + kind),
            ("negative", [[1], [3, -1]],
             "sample 1, value 1: -1 is no token; tokens are whole numbers from 0 to 2^31 - 1"),
            ("large", [[2 ** 31]],
             "sample 0, value 0: 2147483648 is no token; tokens are whole numbers from 0 to 2^31 - 1"),
            ("float", [[1.5]], "sample 0, value 0: is a float; tokens are whole numbers"),
            ("nested", [[[1]]], "sample 0, value 0: is a list; tokens are whole numbers")):
        make.case(f"npy/error-tokens-{name}", {"x.npy": npy(objects(lists))}, error="x.npy: " + error)
    make.case("npy/error-tokens-axes", {"x.npy": npy(objects([[1], [2]]).reshape(1, 2))},
              error="x.npy: an array of objects with 2 axes; those with one, of lists of whole numbers, are read")
    two = npy(objects([[1], [2]]))
    make.case("npy/error-tokens-count", {"x.npy": two.replace(b"(2,)", b"(3,)")},
              error="x.npy: byte 128: the pickle holds an array that does not fit the header (3 objects)")
    make.case("npy/error-tokens-cut", {"x.npy": two[:-1]},
              error="x.npy: byte %d: the pickle ends without its last opcode: it was cut short" % (len(two) - 1))
    make.case("npy/error-tokens-more", {"x.npy": two + b"abc"},
              error="x.npy: byte %d: the pickle ends here, but 3 bytes follow" % (len(two) - 1))
    run = [5] * 200
    make.case("npy/error-tokens-shared", {"x.npy": npy(objects([run] * 50))},
              error="x.npy: sample 3: the samples up to here have more tokens than the pickle has bytes, as no honest "
                    "data does")
    system = two[:128] + b"cos\nsystem\n(S'true'\ntR."
    make.case("npy/error-tokens-system", {"x.npy": system},
              error="x.npy: byte 128: this pickle would run os.system; only plain data and numpy arrays are read")


TOPICS = ("cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton "
          "carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock "
          "retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead").split()


def python2(value):
    """As Python 2 writes it in protocol 2, memo left out."""
    if isinstance(value, dict):
        return b"}(" + b"".join(python2(v) for pair in value.items() for v in pair) + b"u"
    if isinstance(value, list):
        return b"](" + b"".join(map(python2, value)) + b"e"
    if isinstance(value, int):
        return b"J" + struct.pack("<i", value)
    if isinstance(value, str):
        return b"U" + bytes([len(value)]) + value.encode()
    return (b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tU\1btR(K\1(" +
            b"".join(map(python2, value.shape)) + b"tcnumpy\ndtype\n(U\2u1K\0K\1tR(K\3U\1|NNN" +
            python2(-1) * 2 + b"K\0tb\x89T" + struct.pack("<i", value.size) + value.tobytes() + b"tb")


def cifar(make):
    images, labels = make.cifar_images(12), np.arange(12) % 10
    image = make.feature("image", "image", "uint8", (32, 32, 3), white=255)
    features = [image, make.feature("label", "class", "uint8", target=True, classes=make.CIFAR10)]
    columns = {"train": {"image": images[:10], "label": labels[:10]},
               "test": {"image": images[10:], "label": labels[10:]}}
    whole = make.dataset(features, columns, title="CIFAR-10", task="image-classification",
                         warnings=[make.PART10 % "train has 10 of 50,000, test has 2 of 10,000"])
    planes = images.transpose(0, 3, 1, 2).reshape(-1, 3072)
    parts = ["data_batch_%d" % i for i in range(1, 6)] + ["test_batch"]
    batches = {name: {"batch_label": "a batch", "labels": labels[2 * i:2 * i + 2].tolist(),
                      "data": planes[2 * i:2 * i + 2], "filenames": ["a.png", "b.png"]}
               for i, name in enumerate(parts)}
    batches["batches.meta"] = {"num_cases_per_batch": 2, "label_names": make.CIFAR10, "num_vis": 3072}
    order = ["data_batch_4", "test_batch", "data_batch_3", "batches.meta", "data_batch_2", "data_batch_5",
             "data_batch_1"]
    old = {name: b"\x80\x02" + python2(batches[name]) + b"." for name in order}
    folder = "cifar-10-batches-py/"
    members = [(folder + name, old[name]) for name in order] + [(folder + "readme.html", b"<html>")]
    make.case("cifar/python-ten", {"cifar-10-python.tar.gz": make.gz(make.tar(members))}, whole,
              paths=["cifar-10-python.tar.gz"])
    make.case("cifar/python-ten-folder", old, whole)
    for protocol in range(6):
        files = {name: make.gz(pickle.dumps(batches[name], protocol)) for name in order}
        make.case(f"cifar/python-ten-protocol-{protocol}", {name + ".gz": data for name, data in files.items()}, whole)
    turned = dict(batches["data_batch_1"], data=np.asfortranarray(planes[:2]))
    make.case("cifar/python-ten-fortran", {"data_batch_1.gz": make.gz(pickle.dumps(turned, 4))}, make.dataset(
        features, {"train": {"image": images[:2], "label": labels[:2]}}, title="CIFAR-10",
        task="image-classification", warnings=[make.PART10 % "train has 2 of 50,000, test has 0 of 10,000"]))
    one = batches["data_batch_1"]
    for name, batch, error in (
            ("no-labels", {"data": planes[:2]}, 'the pickle has no "labels"'),
            ("no-data", {"labels": [1]}, 'the pickle has no "data"'),
            ("list", [one], "the pickle holds a list, where CIFAR has a dict"),
            ("shape", dict(one, data=planes[:2, :3000]), '"data" is no array of uint8 of the shape (N, 3072)'),
            ("floats", dict(one, data=np.zeros((2, 3072), "f4")), '"data" is no array of uint8 of the shape (N, 3072)'),
            ("count", dict(one, labels=[1]), '"labels" is no list of 2 whole numbers, one for each picture'),
            ("label", dict(one, labels=[1, 10]), '"labels": sample 1 is 10, but CIFAR-10 has 10 of them (0 to 9)'),
            ("negative", dict(one, labels=[-1, 1]), '"labels": sample 0 is -1, but CIFAR-10 has 10 of them (0 to 9)'),
            ("text", dict(one, labels=[1, "1"]), '"labels": sample 1 is a text, not a whole number')):
        make.case(f"cifar/error-python-{name}", {"data_batch_1.gz": make.gz(pickle.dumps(batch, 2))},
                  error="data_batch_1.gz: " + error)
    make.case("cifar/error-python-names", {"data_batch_1": old["data_batch_1"], "batches.meta": pickle.dumps(
        {"label_names": ["a"] * 9}, 2)}, error='batches.meta: "label_names" is no list of 10 names')
    make.case("cifar/error-python-system", {"data_batch_1": b"\x80\x02cposix\nsystem\nU\4true\x85R."},
              error="data_batch_1: byte 2: this pickle would run posix.system; only plain data and numpy arrays are read")
    make.case("cifar/error-python-twice", {"a/test_batch": old["test_batch"], "b/data_batch_1": old["data_batch_1"],
                                           "c/data_batch_1": old["data_batch_1"]},
              error="c/data_batch_1: there is another batch 1")

    fine, coarse = np.array([3, 99, 0, 3]), np.array([8, 13, 4, 8])
    pixels = planes[:4]
    hundred = [(name, {"filenames": ["x.png"] * 2, "batch_label": "a batch", "fine_labels": fine[rows].tolist(),
                       "coarse_labels": coarse[rows].tolist(), "data": pixels[rows]})
               for name, rows in (("train", slice(0, 2)), ("test", slice(2, 4)))]
    binary = [(name + ".bin", b"".join(bytes([coarse[i], fine[i]]) + pixels[i].tobytes() for i in rows))
              for name, rows in (("train", (0, 1)), ("test", (2, 3)))]
    # What the records say of the classes that they have.
    parents = {int(f): int(c) for f, c in zip(fine, coarse)}
    names = [make.FINE.split(), make.COARSE.split()]
    features = [image, make.feature("fine_label", "class", "uint8", target=True, parent=2,
                                    classes=[(n, parents.get(i, -1)) for i, n in enumerate(names[0])]),
                make.feature("coarse_label", "class", "uint8", classes=names[1])]
    split = {"train": slice(0, 2), "test": slice(2, 4)}
    whole = make.dataset(features, {s: {"image": images[:4][r], "fine_label": fine[r], "coarse_label": coarse[r]}
                                    for s, r in split.items()}, title="CIFAR-100", task="image-classification",
                         warnings=[make.PART100 % "train has 2 of 50,000, test has 2 of 10,000"])
    meta = {"fine_label_names": names[0], "coarse_label_names": names[1]}
    files = [("cifar-100-python/" + n, b"\x80\x02" + python2(b) + b".") for n, b in hundred + [("meta", meta)]]
    archive = make.gz(make.tar([("cifar-100-python/file.txt~", b"")] + files[::-1]))
    make.case("cifar/python-hundred", {"cifar-100-python.tar.gz": archive}, whole)
    make.case("cifar/python-hundred-binary", dict(binary), whole)
    make.case("cifar/error-python-parent", {"train.gz": make.gz(pickle.dumps(dict(
        hundred[0][1], fine_labels=[3, 3], coarse_labels=[8, 9]), 2))},
              error="train.gz: sample 1: fine_label 3 comes with coarse_label 9 here, but with 8 before")
