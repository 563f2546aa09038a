# SPDX-License-Identifier: MIT
"""Datasets whose samples differ in length, that have none, or more than one answer may hold."""
import io
import pickle

import numpy as np
import PIL.Image
import pytest

import decode

TEXTS = ["plain", "", "Grüße an alle – 😀\n" * 50, "two", "three"]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory, session_reports):
    """Texts of all lengths, pictures of all sizes, a table with names that look like parts."""
    from program import Server, runner
    folder, run = tmp_path_factory.mktemp("mixed"), runner(session_reports)
    for i, text in enumerate(TEXTS):
        path = folder / "texts" / ("odd" if i % 2 else "even") / f"{i}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")
    chance = np.random.default_rng(3)
    for i in range(12):
        path = folder / "pictures" / "abc"[i % 3] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(chance.integers(0, 256, (9 + i, 7, 3), np.uint8)).save(path)
    table = ["x.values,x.offsets,index,label"] + [f"{i}.5,{i},{10 * i},{'ab'[i % 2]}" for i in range(20)]
    (folder / "table.csv").write_text("\n".join(table))
    data = folder / "data"
    run("add", "texts", folder / "texts", "--data", data)
    run("add", "pictures", folder / "pictures", "--data", data)
    run("add", "table", folder / "table.csv", "--data", data)
    with Server(session_reports, data) as server:
        server.folder = folder
        yield server
        server.check()


def test_texts(samplecase, mixed):
    with samplecase.Dataset(mixed.url, "texts") as data:
        truth = [TEXTS[i] for i in (0, 2, 4, 1, 3)]
        assert [sample["text"] for sample in data] == truth
        texts = data[:]["text"]
        assert isinstance(texts, samplecase.Texts) and list(texts) == truth
        assert list(data[[4, 1, -5]]["text"]) == [truth[4], truth[1], truth[0]]
        frame = data.to_frame()
        assert frame["text"].tolist() == truth and frame["label"].tolist() == ["even"] * 3 + ["odd"] * 2
        for key in (slice(None), slice(1, 3), slice(3, 1), slice(5, 5), slice(None, None, -2), slice(-2, None)):
            part = texts[key]
            assert isinstance(part, samplecase.Texts) and list(part) == truth[key] and part.offsets[0] == 0
        assert texts[-1] == truth[-1] and "5 samples" in repr(texts)
        assert list(pickle.loads(pickle.dumps(texts))) == truth
        for place in (5, -6):
            with pytest.raises(IndexError, match=f"{place} of 5"):
                texts[place]
        assert list(data[1:1]["text"]) == [] and list(data[[]]["text"]) == []


def test_encoded_images(samplecase, mixed):
    with samplecase.Dataset(mixed.url, "pictures", features="image") as data:
        assert isinstance(data[:]["image"], samplecase.EncodedImages)
        files = {path.read_bytes() for path in (mixed.folder / "pictures").rglob("*.png")}
        images = [batch["image"][i] for batch in data.batches(5, shuffle=True) for i in range(len(batch["index"]))]
        assert set(images) == files and len(images) == 12
        assert PIL.Image.open(io.BytesIO(data[0]["image"])).size[0] == 7


def test_names_that_look_like_parts(samplecase, mixed):
    with samplecase.Dataset(mixed.url, "table") as data:
        batch = data[:]
        assert list(batch["x.values"]) == [i + 0.5 for i in range(20)]
        assert list(batch["x.offsets"]) == list(range(20))
        assert list(batch["index_"]) == [10 * i for i in range(20)]
        assert list(batch["index"]) == list(range(20))


def test_nothing(samplecase, mixed):
    """A selection that is empty."""
    with samplecase.Dataset(mixed.url, "texts", shard=9, shards=10) as data:
        assert len(data) == 0 and list(data) == [] and list(data.batches(2)) == []
        assert list(data[:]["text"]) == [] and data[:]["index"].shape == (0,)
        assert list(data.everything()["label"]) == [] and len(data.to_frame()) == 0
        with pytest.raises(IndexError):
            data[0]


def test_a_shard_as_a_dataset(samplecase, server):
    digits = decode.sample("digits")["all"]
    with samplecase.Dataset(server.url, "digits", order="shuffle", seed=7, shard=1, shards=3) as data:
        assert len(data) == 599
        whole = data[:]
        assert np.array_equal(whole["image"], digits["image"][whole["index"]])
        assert np.array_equal(data[[5, -1, 7]]["index"], whole["index"][[5, -1, 7]])
        assert np.array_equal(np.concatenate([batch["index"] for batch in data.batches(50)]), whole["index"])
        with pytest.raises(ValueError, match="shard already"):
            data.batches(shard=0, shards=2)


def test_more_than_one_answer_holds(samplecase, server, monkeypatch):
    """The client asks for smaller parts until they fit; what comes is one batch."""
    whole = decode.sample("fashion_mnist")["train"]["image"]
    monkeypatch.setattr(samplecase, "AT_ONCE", 50_000)
    with samplecase.Dataset(server.url, "fashion_mnist") as data:
        assert np.array_equal(data.everything(["image"])["image"], whole)
        asked = []
        window = data._window

        def small(offset, limit, *args, **more):
            asked.append(limit)
            if limit > 300:
                raise samplecase.RequestError(400, {"code": "too_large", "detail": "too large"})
            return window(offset, limit, *args, **more)
        data._window = small
        assert np.array_equal(data[:]["image"], whole) and asked[0] == len(whole) and max(asked[-2:]) <= 300
    (x, _), _ = samplecase.load_data("fashion_mnist", url=server.url)
    assert np.array_equal(x, whole)


def test_what_a_dataset_sees_to_itself(samplecase, server):
    for key in ("offset", "limit", "indices", "rev", "format"):
        with pytest.raises(TypeError, match=f"takes no {key}: "):
            samplecase.Dataset(server.url, "digits", **{key: 1})
    with samplecase.Dataset(server.url, "digits") as data:
        with pytest.raises(TypeError, match="label"):
            data.batches(label=3)
        with pytest.raises(TypeError, match="mask"):
            data[np.ones(5, bool)]
        assert len(data[np.ones(1797, bool)]["index"]) == 1797


def test_a_revision_is_kept_to(samplecase, server):
    with samplecase.Dataset(server.url, "digits") as data:
        again = samplecase.Dataset(server.url, "digits", revision=data.revision)
        assert len(again) == len(data)
    with pytest.raises(samplecase.RevisionChanged) as caught:
        samplecase.Dataset(server.url, "digits", revision="0" * 64)
    assert caught.value.status == 410


def test_keras_and_the_shuffle_share_a_seed(samplecase, tokens_server):
    """With a seed of its own the shuffle would draw test samples from another cut of the pool."""
    with samplecase.Dataset(tokens_server.url, "reuters", "test", compat="keras") as data:
        test = set(data[:]["index"].tolist())
        orders = []
        for epoch in range(3):
            order = np.concatenate([b["index"] for b in data.batches(10, shuffle=True, epoch=epoch, padding="pre")])
            assert set(order.tolist()) == test and len(order) == len(test)
            orders.append(order.tolist())
        assert orders[0] != orders[1] != orders[2]
        with pytest.raises(ValueError, match="seed is an argument of the Dataset"):
            data.batches(shuffle=True, seed=1)
    with samplecase.Dataset(tokens_server.url, "reuters", "test", compat="keras", seed=5) as data:
        assert set(data[:]["index"].tolist()) != test


def test_batches_say_how_they_want_tokens(samplecase, tokens_server, lists):
    with samplecase.Dataset(tokens_server.url, "imdb", num_words=np.int64(20)) as data:
        batch = next(data.batches(8, features=["tokens"], padding="post", max_tokens=6, truncating="post"))
        assert set(batch) == {"tokens", "index"} and batch["tokens"].dtype == np.int32
        kept = [[i if i <= 20 else 0 for i in ids] for ids in lists["train"][:8]]
        assert batch["tokens"].tolist() == [(ids + [0] * 6)[:6] for ids in kept]
        many = data[[0, 1] * 150]["tokens"]  # by POST
        assert isinstance(many, samplecase.Ragged) and many[299].tolist() == kept[1]
        frame = data.to_frame()
        assert frame["tokens"][3].tolist() == kept[3]


def test_digits_as_scikit_learn_cuts_them(samplecase, server):
    from sklearn import datasets
    for arguments in ({"n_class": 3}, {"return_X_y": True}, {"n_class": 5, "return_X_y": True}):
        ours, theirs = (load(**arguments) for load in (
            lambda **more: samplecase.load_digits(server.url, **more), datasets.load_digits))
        if not isinstance(ours, tuple):
            ours, theirs = (ours.data, ours.images, ours.target), (theirs.data, theirs.images, theirs.target)
        for mine, true in zip(ours, theirs, strict=True):
            assert mine.dtype == true.dtype and np.array_equal(mine, true)


@pytest.mark.parametrize("test_split", [0, 1, 0.0, 1.0, np.float64(0.2)])
def test_an_empty_part_of_a_pool(samplecase, tokens_server, lists, test_split):
    (x, y), (x_test, y_test) = samplecase.load_data("reuters", url=tokens_server.url, test_split=test_split)
    count = int(len(lists["pool"]) * (1 - test_split))
    assert len(x) == len(y) == count and len(x_test) == len(y_test) == len(lists["pool"]) - count
    assert x.dtype == x_test.dtype == object and y.dtype == y_test.dtype == np.int64
