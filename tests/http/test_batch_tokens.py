# SPDX-License-Identifier: MIT
"""Batches of what differs in length: token ids (ragged, as matrices, as Keras reads them), texts,
encoded images."""
import csv
import io
import json
import urllib.parse

import numpy as np
import PIL.Image
import pytest

import keras
from program import Server, problem, runner
from test_batch import npz, tensors
from test_keras import COMMON, POOL, SPLITS

LENGTHS = [1, 3, 12, 40, 60]  # of matrices: shorter than most samples, as long, longer


@pytest.fixture(scope="module")
def lists():
    return {"train": keras.small(137, 1), "test": keras.small(61, 2, largest=90), "pool": keras.small(193, 3),
            "hollow": [[], [1, 2], [], [5], []], "none": [[], [], []]}


TEXTS = ["plain", "", "Grüße an alle – 😀\n" * 300, "a,b", "\"quoted\"\r\nlines", " spaces ", "\x01\x7f\u2028",
         "x" * 5000]


@pytest.fixture(scope="module")
def pictures():
    chance, found = np.random.default_rng(8), {}
    for i in range(30):
        image = PIL.Image.fromarray(chance.integers(0, 256, (5 + i, 31 - i, 3), np.uint8))
        out = io.BytesIO()
        image.save(out, "PNG" if i % 3 else "JPEG")
        found[f"{'ab'[i % 2]}/{i:02}.{'png' if i % 3 else 'jpg'}"] = out.getvalue()
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory, session_reports, lists, pictures):
    folder, run = tmp_path_factory.mktemp("ragged"), runner(session_reports)
    data = folder / "data"
    run("add", "imdb", *keras.write_imdb(folder, lists["train"], lists["test"])[0], "--data", data)
    run("add", "reuters", *keras.write_reuters(folder, lists["pool"])[0], "--data", data)
    for name in ("hollow", "none"):
        run("add", name, *keras.write_reuters(folder / name, lists[name], classes=2)[0], "--data", data)
    for i, text in enumerate(TEXTS):
        path = folder / "texts" / f"{i % 2}" / f"{i}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")
    for name, encoded in pictures.items():
        path = folder / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded)
    run("add", "texts", folder / "texts", "--data", data)
    run("add", "pictures", folder / "pictures", "--data", data)
    run("add", "there", folder / "pictures", "--in-place", "--data", data)
    return folder


@pytest.fixture(scope="module")
def small(session_reports, folder):
    with Server(session_reports, folder / "data") as server:
        yield server


@pytest.fixture(autouse=True)
def still_well(small):
    yield
    small.check()


def get(server, dataset, form, **parameters):
    """The tensors of a batch in either of the formats."""
    answer = server.get(f"/datasets/{dataset}/batch?{urllib.parse.urlencode({**parameters, 'format': form})}")
    return tensors(answer)[0] if form == "safetensors" else npz(answer)


def ragged(arrays, name="tokens"):
    """The samples of a ragged feature as lists."""
    values, offsets = arrays[f"{name}.values"], arrays[f"{name}.offsets"]
    assert offsets.dtype == np.int64 and offsets[0] == 0 and offsets[-1] == len(values)
    assert len(offsets) == len(arrays["index"]) + 1 and name not in arrays
    return [values[start:end] for start, end in zip(offsets, offsets[1:])]


def ids(arrays):
    assert arrays["tokens.values"].dtype == np.int32
    return [one.tolist() for one in ragged(arrays)]


def pad_sequences(sequences, maxlen=None, padding="pre", truncating="pre"):
    """keras.utils.pad_sequences(), written a second time after its documentation."""
    maxlen = max(map(len, sequences), default=0) if maxlen is None else maxlen
    rows = []
    for sequence in sequences:
        cut = sequence[max(0, len(sequence) - maxlen):] if truncating == "pre" else sequence[:maxlen]
        zeros = [0] * (maxlen - len(cut))
        rows.append(zeros + cut if padding == "pre" else cut + zeros)
    return np.array(rows, np.int32).reshape(len(sequences), maxlen)


FORMATS = ["safetensors", "npz"]


# Ragged

@pytest.mark.parametrize("form", FORMATS)
def test_ids_as_stored(small, lists, form):
    arrays = get(small, "imdb", form, limit=1000)
    assert ids(arrays) == lists["train"] and arrays["index"].tolist() == list(range(137))
    assert ids(get(small, "imdb", form, offset=130, limit=5)) == lists["train"][130:135]
    assert ids(get(small, "imdb", form, offset=500)) == []
    picked = [9, 2, 2, 130, 0]
    assert ids(get(small, "imdb", form, indices="9,2,2,130,0")) == [lists["train"][i] for i in picked]
    arrays = get(small, "imdb", form, order="shuffle", seed=3, split="test")
    assert ids(arrays) == [lists["test"][i] for i in arrays["index"]] and sorted(arrays["index"]) == list(range(61))
    arrays = get(small, "imdb", form, label=1)
    assert ids(arrays) == [lists["train"][i] for i in arrays["index"]] and set(arrays["label"]) == {1}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["hollow", "none"])
def test_samples_without_ids(small, lists, form, name):
    assert ids(get(small, name, form)) == lists[name]
    assert ids(get(small, name, form, indices="0,2")) == [[], []]
    assert ids(get(small, name, form, oov_char="none", num_words=1)) == [[i for i in x if i <= 1] for x in lists[name]]
    assert ids(get(small, name, form, start_char=7)) == [[7] + x for x in lists[name]]
    for more in ({}, {"max_tokens": 3}, {"truncating": "post", "max_tokens": 1}):
        matrix = get(small, name, form, padding="pre", **more)["tokens"]
        truth = pad_sequences(lists[name], more.get("max_tokens"), truncating=more.get("truncating", "pre"))
        assert matrix.dtype == np.int32 and matrix.shape == truth.shape and np.array_equal(matrix, truth)
    assert get(small, name, form, offset=99, padding="pre")["tokens"].shape[0] == 0
    assert get(small, name, form, offset=99, max_tokens=5)["tokens"].shape == (0, 5)


@pytest.mark.parametrize("arguments", [
    {"num_words": 20}, {"skip_top": 3, "oov_char": 1}, {"index_from": 3, "start_char": 1}, {"maxlen": 5},
    {"num_words": 9, "oov_char": "none"}, {"start_char": 2147483647}, {"index_from": 2147483567}], ids=str)
def test_ids_as_pages_read_them(small, arguments):
    """Pages have JSON, whose reading of ids other tests know."""
    page = keras.ids(small, "imdb", urllib.parse.urlencode(arguments))
    for form in FORMATS:
        assert ids(get(small, "imdb", form, limit=1000, **arguments)) == [x for _, x in page]


# Matrices

@pytest.mark.parametrize("padding", ["pre", "post", None])
@pytest.mark.parametrize("truncating", ["pre", "post", None])
@pytest.mark.parametrize("most", [*LENGTHS, None])
def test_matrices(small, lists, padding, truncating, most):
    asked = {"padding": padding, "truncating": truncating, "max_tokens": most}
    asked = {name: value for name, value in asked.items() if value is not None}
    if not asked:
        return
    for more, part in (({"limit": 1000}, lists["train"]), ({"offset": 100, "limit": 7}, lists["train"][100:107]),
                       ({"indices": "5,1"}, [lists["train"][5], lists["train"][1]])):
        truth = pad_sequences(part, most, padding or "pre", truncating or "pre")
        query = urllib.parse.urlencode({**asked, **more, "features": "tokens", "format": "npy"})
        answer = small.get(f"/datasets/imdb/batch?{query}")
        matrix = np.load(io.BytesIO(answer.body))
        assert matrix.dtype == np.int32 and matrix.shape == truth.shape and np.array_equal(matrix, truth)
        for form in FORMATS:
            arrays = get(small, "imdb", form, **asked, **more)
            assert set(arrays) == {"tokens", "label", "index"} and np.array_equal(arrays["tokens"], truth)


# Keras

@pytest.mark.parametrize("arguments", COMMON, ids=keras.query)
def test_two_splits(small, lists, arguments):
    check_keras(small, "imdb", arguments, keras.imdb(lists["train"], lists["test"], **arguments))


@pytest.mark.parametrize("arguments", COMMON + POOL, ids=keras.query)
def test_a_pool(small, lists, arguments):
    check_keras(small, "reuters", arguments, keras.reuters(lists["pool"], **arguments))


def check_keras(server, dataset, arguments, truth):
    asked = {name: "none" if value is None else value for name, value in arguments.items()}
    for split in SPLITS:
        places, sequences = [place for place, _ in truth[split]], [x for _, x in truth[split]]
        if any(i > 2**31 - 1 for x in sequences for i in x):
            refused = problem(server.get(f"/datasets/{dataset}/batch?" + urllib.parse.urlencode(
                {**asked, "compat": "keras", "split": split})), 400, "invalid_parameter", "index_from")
            assert "int32" in refused["detail"]
            continue
        for form in FORMATS:
            arrays = get(server, dataset, form, compat="keras", split=split, limit=1000, **asked)
            assert arrays["index"].tolist() == places and ids(arrays) == sequences
        arrays = get(server, dataset, "npz", compat="keras", split=split, offset=7, limit=9, padding="post",
                     max_tokens=11, **asked)
        assert arrays["index"].tolist() == places[7:16]
        assert np.array_equal(arrays["tokens"], pad_sequences(sequences[7:16], 11, "post"))


def test_keras_in_another_order(small, lists):
    """Shuffled: the same samples as without, read the same way."""
    for split, truth in keras.reuters(lists["pool"], num_words=30).items():
        truth = dict(truth)
        seen = {}
        for shard in range(3):
            arrays = get(small, "reuters", "npz", compat="keras", split=split, num_words=30, order="shuffle", epoch=4,
                         shard=shard, shards=3, limit=1000)
            seen.update(zip(arrays["index"].tolist(), ids(arrays)))
        assert seen == truth


# Lines

def test_ids_in_lines(small, lists):
    answer = small.get("/datasets/imdb/batch?format=ndjson&limit=30&num_words=20&start_char=1")
    lines = [json.loads(line) for line in answer.body.decode().splitlines()]
    truth = [[1] + [i if i <= 20 else 0 for i in x] for x in lists["train"][:30]]
    assert [one["tokens"]["ids"] for one in lines] == truth and [one["index"] for one in lines] == list(range(30))
    answer = small.get("/datasets/imdb/batch?format=csv&limit=30&num_words=20&start_char=1")
    rows = list(csv.reader(io.StringIO(answer.body.decode(), newline="")))
    assert rows[0] == ["index", "tokens", "label", "label.name"]
    assert [[int(i) for i in row[1].split()] for row in rows[1:]] == truth
    answer = small.get("/datasets/imdb/batch?format=csv&compat=keras&split=test&limit=1000&features=tokens")
    rows = list(csv.reader(io.StringIO(answer.body.decode(), newline="")))[1:]
    assert [(int(row[0]), [int(i) for i in row[1].split()]) for row in rows] == \
        keras.imdb(lists["train"], lists["test"])["test"]
    answer = small.get("/datasets/none/batch?format=csv&features=tokens")
    assert [row[1] for row in csv.reader(io.StringIO(answer.body.decode()))] == ["tokens", "", "", ""]


def test_ids_past_int32_in_lines(small, lists):
    """Lines have room for them."""
    truth = [[i + 2147483647 for i in x] for x in lists["train"][:5]]
    answer = small.get("/datasets/imdb/batch?format=ndjson&limit=5&index_from=2147483647")
    assert [json.loads(line)["tokens"]["ids"] for line in answer.body.splitlines()] == truth
    answer = small.get("/datasets/imdb/batch?format=csv&limit=5&index_from=2147483647&features=tokens")
    rows = list(csv.reader(io.StringIO(answer.body.decode(), newline="")))[1:]
    assert [[int(i) for i in row[1].split()] for row in rows] == truth


# Texts

def texts_in_order():
    return [TEXTS[i] for i in sorted(range(len(TEXTS)), key=lambda i: (i % 2, str(i)))]


@pytest.mark.parametrize("form", FORMATS)
def test_texts(small, form):
    truth = texts_in_order()
    arrays = get(small, "texts", form)
    assert arrays["text.values"].dtype == np.uint8
    assert [one.tobytes().decode() for one in ragged(arrays, "text")] == truth
    arrays = get(small, "texts", form, indices="7,1,1,0")
    assert [one.tobytes().decode() for one in ragged(arrays, "text")] == [truth[i] for i in (7, 1, 1, 0)]
    arrays = get(small, "texts", form, order="shuffle", seed=9)
    assert [one.tobytes().decode() for one in ragged(arrays, "text")] == [truth[i] for i in arrays["index"]]


def test_texts_in_lines(small):
    truth = texts_in_order()
    answer = small.get("/datasets/texts/batch?format=ndjson")
    lines = [json.loads(line) for line in answer.body.decode().split("\n")[:-1]]
    assert [one["text"] for one in lines] == truth and not any("truncated" in one for one in lines)
    answer = small.get("/datasets/texts/batch?format=csv")
    rows = list(csv.reader(io.StringIO(answer.body.decode(), newline="")))
    assert rows[0] == ["index", "text", "label", "label.name"] and [row[1] for row in rows[1:]] == truth


# Encoded images

@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["pictures", "there"])
def test_encoded_images(small, pictures, form, name):
    truth = [pictures[name] for name in sorted(pictures)]
    for more, places in (({}, range(30)), ({"offset": 4, "limit": 9}, range(4, 13)),
                         ({"indices": "20,3,3"}, [20, 3, 3])):
        arrays = get(small, name, form, **more)
        assert arrays["image.values"].dtype == np.uint8 and arrays["index"].tolist() == list(places)
        assert [one.tobytes() for one in ragged(arrays, "image")] == [truth[i] for i in places]
    arrays = get(small, name, form, order="shuffle", seed=5, shard=1, shards=2)
    assert [one.tobytes() for one in ragged(arrays, "image")] == [truth[i] for i in arrays["index"]]
    assert "image.values" not in get(small, name, form, features="label")


def test_a_picture_that_is_gone(folder, serve):
    """What lies in place may change: an error says so, and names the file."""
    server = serve(folder / "data")
    path = folder / "pictures/a/04.png"
    kept = path.read_bytes()
    try:
        path.unlink()
        for form in ("safetensors", "npz"):
            answer = server.get(f"/datasets/there/batch?format={form}")
            assert answer.status in (404, 410, 500, 503) and "04.png" in answer.json()["detail"], answer.body
            assert server.get(f"/datasets/there/batch?format={form}&limit=2").status == 200
        path.write_bytes(kept[:-1])
        answer = server.get("/datasets/there/batch")
        assert answer.status != 200 and "04.png" in answer.json()["detail"], answer.body
    finally:
        path.write_bytes(kept)
    server.check()


def test_the_seed_of_the_notes_is_the_one_that_held(small):
    for dataset in ("imdb", "reuters"):
        for query, seed in (("compat=keras", "113"), ("compat=keras&order=shuffle&epoch=2", "113"),
                            ("compat=keras&seed=0", "0"), ("compat=keras&order=shuffle&seed=7", "7"),
                            ("order=shuffle", "0"), ("order=shuffle&seed=7", "7")):
            target = f"/datasets/{dataset}/batch?limit=50&{query}"
            arrays, notes = tensors(small.get(target))
            assert notes["seed"] == seed, query
            if "seed" not in query:  # asked for by name, it is the same batch
                again, _ = tensors(small.get(f"{target}&seed={seed}"))
                assert np.array_equal(again["index"], arrays["index"])


# Errors

def test_formats_without_room(small):
    for query, parameter, word in (
            ("imdb/batch?format=npy&features=tokens", "format", "padding=pre"),
            ("imdb/batch?format=npy&padding=pre", "features", "one feature"),
            ("texts/batch?format=npy&features=text", "format", "npz"),
            ("pictures/batch?format=npy&features=image", "format", "npz"),
            ("pictures/batch?format=csv", "format", "encoded images"),
            ("there/batch?format=csv&features=image", "format", "encoded images"),
            ("texts/batch?padding=pre", "padding", "no token feature"),
            ("imdb/batch?format=csv&padding=pre", "padding", "matrix"),
            ("imdb/batch?format=ndjson&max_tokens=3", "max_tokens", "matrix"),
            ("imdb/batch?padding=both", "padding", "post"), ("imdb/batch?truncating=", "truncating", "post"),
            ("imdb/batch?max_tokens=0", "max_tokens", "1"), ("imdb/batch?max_tokens=1000001", "max_tokens", "1000000"),
            ("imdb/batch?max_tokens=x", "max_tokens", "1"),
            ("imdb/batch?compat=keras&indices=1", "indices", "Keras"),
            ("imdb/batch?compat=keras&maxlen=1", "maxlen", ""),
            ("imdb/batch?index_from=2147483647", "index_from", "int32"),
            ("imdb/batch?index_from=2147483647&padding=pre", "index_from", "int32"),
            ("imdb/batch?index_from=2147483648", "index_from", "2147483647")):
        refused = problem(small.get("/datasets/" + query), 400, "invalid_parameter", parameter)
        assert word in refused["detail"], refused
    assert small.get("/datasets/pictures/batch?format=csv&features=label&limit=2").body.count(b"\n") == 3


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_lines_that_are_too_large(small, form):
    """The longest of the texts, as often as an answer has samples."""
    lines = small.get("/datasets/texts/batch?format=ndjson").body.splitlines()
    longest = max(map(json.loads, lines), key=lambda line: len(line["text"]))["index"]
    body = json.dumps({"format": form, "indices": [longest] * 65536})
    detail = problem(small.request("POST", "/datasets/texts/batch", body=body), 400, "too_large", "indices")["detail"]
    assert "65536" in detail and "256 MiB" in detail


def test_matrices_that_are_too_large(small):
    """256 MiB are an answer's most: 2^28 bytes, of which the indices take 8 a sample."""
    most = (2**28 - 8 * 137) // 137 // 4
    query = "/datasets/imdb/batch?features=tokens&limit=137&max_tokens="
    answer = small.get(f"{query}{most}")
    assert answer.status == 200 and 2**28 - 1000 < len(answer.body) < 2**28 + 1000
    indices = ",".join(["0-136"] * 477)
    for target, parameter in ((f"{query}{most + 1}", "limit"), (f"{query}1000000", "limit"),
                              (f"/datasets/imdb/batch?max_tokens=1100&indices={indices}", "indices"),
                              (f"/datasets/imdb/batch?max_tokens=1000000&indices={indices}", "indices")):
        refused = problem(small.get(target), 400, "too_large", parameter)
        assert "65536" in refused["detail"] and "256 MiB" in refused["detail"]
