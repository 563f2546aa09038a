# SPDX-License-Identifier: MIT
"""Dataset: samples, slices, lists, batches; and what happens when the network does not cooperate."""
import gc
import pickle

import numpy as np
import pandas
import PIL.Image
import pytest

import decode
from flaky import Flaky
from program import SAMPLES


@pytest.fixture(scope="module")
def cifar():
    return decode.sample("cifar100")["train"]


@pytest.fixture
def opened(samplecase, server):
    with samplecase.Dataset(server.url, "cifar100") as dataset:
        yield dataset


def same(batch, truth, indices):
    assert np.array_equal(batch["index"], indices)
    for name, whole in truth.items():
        assert batch[name].dtype == whole.dtype and np.array_equal(batch[name], whole[indices]), name


def test_what_it_is(opened, cifar):
    assert len(opened) == 1000 and opened.split == "train" and repr(opened)
    assert list(opened.features) == ["image", "fine_label", "coarse_label"]
    names = opened.class_names()
    assert len(names) == 100 and names[0] == "apple"


def test_samples(opened, cifar):
    for place in (0, 7, 999, -1, np.int64(3)):
        sample = opened[place]
        assert sample["index"] == place % 1000
        assert np.array_equal(sample["image"], cifar["image"][place])
        assert sample["fine_label"] == cifar["fine_label"][place]
    for place in (1000, -1001):
        with pytest.raises(IndexError, match=f"{place} of 1000"):
            opened[place]


def test_slices_and_lists(opened, cifar):
    everything = np.arange(1000)
    chance = np.random.default_rng(5)
    for key in (slice(10, 50), slice(None), slice(-5, None), slice(100, 10, -7), slice(0, 1000, 3), slice(5, 5)):
        same(opened[key], cifar, everything[key])
    for key in ([4, 2, 2, -1], chance.integers(-1000, 1000, 500), everything % 5 == 0, [], range(3),
                np.array([1, 2], np.uint8)):
        same(opened[key], cifar, everything[key if not isinstance(key, (range, list)) else np.array(key, int)])
    for key in ([1.5], [[1, 2]], "image"):
        with pytest.raises((TypeError, ValueError)):
            opened[key]
    with pytest.raises(IndexError, match="1000 of 1000"):
        opened[[3, 1000]]


def test_what_a_loader_fetches(opened, cifar):
    samples = opened.__getitems__([5, 900, 5])
    assert [int(one["index"]) for one in samples] == [5, 900, 5]
    assert all(np.array_equal(one["image"], cifar["image"][one["index"]]) for one in samples)


def test_iterates(samplecase, server):
    with samplecase.Dataset(server.url, "digits", features="label") as data:
        labels = [int(one["label"]) for one in data[:20]["label"].reshape(-1, 1).view([("label", "u1")]).ravel()]
        assert labels == decode.sample("digits")["all"]["label"][:20].tolist()


@pytest.mark.parametrize("prefetch", [0, 1, 3])
def test_batches(opened, cifar, prefetch):
    batches = list(opened.batches(64, prefetch=prefetch))
    assert [len(batch["index"]) for batch in batches] == [64] * 15 + [40]
    same({name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}, cifar, np.arange(1000))
    assert len(list(opened.batches(64, prefetch=prefetch, drop_last=True))) == 15
    late = [len(batch["index"]) for batch in opened.batches(64, prefetch=prefetch, drop_last=True, start=100)]
    assert late == [64] * 14
    assert list(opened.batches(64, prefetch=prefetch, drop_last=True, start=2000)) == []


def test_shuffled_batches(opened, cifar, server):
    page = server.json("/datasets/cifar100/samples?order=shuffle&seed=3&epoch=2&limit=1000&features=fine_label")
    order = [one["index"] for one in page["samples"]]
    batches = list(opened.batches(100, shuffle=True, seed=3, epoch=2))
    same({name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}, cifar, np.array(order))
    again = list(opened.batches(100, shuffle=True, seed=3, epoch=2, start=730))
    assert np.concatenate([batch["index"] for batch in again]).tolist() == order[730:]
    assert next(opened.batches(10, shuffle=True, seed=3, epoch=3))["index"].tolist() != order[:10]
    with opened.__class__(server.url, "cifar100", order="shuffle", seed=3, epoch=2) as data:
        assert next(data.batches(10))["index"].tolist() == order[:10] == data[:10]["index"].tolist()
        assert next(data.batches(10, epoch=3))["index"].tolist() == \
            next(opened.batches(10, shuffle=True, seed=3, epoch=3))["index"].tolist()


def test_shards_are_disjoint_and_complete(opened):
    seen = []
    for shard in range(7):
        batches = list(opened.batches(50, shuffle=True, seed=1, shard=shard, shards=7))
        assert sum(len(batch["index"]) for batch in batches) == len(range(shard, 1000, 7))
        seen += np.concatenate([batch["index"] for batch in batches]).tolist()
        whole = list(opened.batches(50, shuffle=True, seed=1, shard=shard, shards=7, drop_last=True))
        assert all(len(batch["index"]) == 50 for batch in whole) and len(whole) == 2
    assert sorted(seen) == list(range(1000))


def test_arrays_that_are_kept_stay_as_they_are(opened, cifar):
    kept = [batch["image"][3] for batch in opened.batches(20, features="image")]
    gc.collect()
    for number, image in enumerate(kept):
        assert np.array_equal(image, cifar["image"][20 * number + 3])
        image += 1  # and they are one's own


def test_memory_is_used_again(opened):
    places = set()
    for batch in opened.batches(100, prefetch=1):
        places.add(batch["image"].ctypes.data)
        del batch
    assert len(places) <= 4


def test_a_loop_that_is_left_early(opened):
    for batch in opened.batches(10):
        break
    stream = opened.batches(10, prefetch=4)
    next(stream)
    stream.close()


def test_filters_and_orders(samplecase, server, cifar):
    with samplecase.Dataset(server.url, "cifar100", coarse_label="fish", features=["fine_label"]) as data:
        places = np.flatnonzero(cifar["coarse_label"] == 1)
        assert len(data) == len(places)
        assert data[[3, 1, -1]]["index"].tolist() == places[[3, 1, -1]].tolist()
        assert data[4]["index"] == places[4]
        assert set(data[:]) == {"index", "fine_label"}
        assert sorted(np.concatenate([b["index"] for b in data.batches(7, shuffle=True)])) == places.tolist()
    with samplecase.Dataset(server.url, "cifar100", fine_label=["apple", "bear"]) as data:
        assert np.array_equal(data[:]["index"], np.flatnonzero(np.isin(cifar["fine_label"], (0, 3))))
    with samplecase.Dataset(server.url, "cifar100", fine_label=np.array([0, 3])) as data:
        assert np.array_equal(data[:]["index"], np.flatnonzero(np.isin(cifar["fine_label"], (0, 3))))
    for nothing in ([], (), "", np.array([])):
        with pytest.raises(ValueError, match="fine_label is empty"):
            samplecase.Dataset(server.url, "cifar100", fine_label=nothing)


def test_a_table_as_a_frame(samplecase, server):
    with samplecase.Dataset(server.url, "boston_housing") as data:
        frame = data.to_frame()
    truth = pandas.DataFrame(decode.boston())
    assert list(frame.columns) == list(truth.columns) and np.array_equal(frame, truth)
    with samplecase.Dataset(server.url, "cifar100") as data:
        assert data.to_frame()["fine_label"].iloc[0] in data.class_names("fine_label")
    with samplecase.Dataset(server.url, "boston_housing", features="RM,MEDV") as data:
        assert set(data.features) == {"RM", "MEDV"} and set(data[0]) == {"RM", "MEDV", "index"}
        assert np.array_equal(data.to_frame()[["RM", "MEDV"]], truth[["RM", "MEDV"]])


def test_tokens(samplecase, tokens_server, lists):
    with samplecase.Dataset(tokens_server.url, "imdb", "test") as data:
        batch = data[:]
        assert [one.tolist() for one in batch["tokens"]] == lists["test"]
        assert data[5]["tokens"].tolist() == lists["test"][5]
        assert [one.tolist() for one in data[[9, 2]]["tokens"][:]] == [lists["test"][9], lists["test"][2]]
    with samplecase.Dataset(tokens_server.url, "imdb", padding="post", max_tokens=12) as data:
        matrix = data[:20]["tokens"]
        assert matrix.shape == (20, 12)
        for row, ids in zip(matrix, lists["train"]):
            assert row.tolist() == (ids[-12:] + [0] * 12)[:12]
    with samplecase.Dataset(tokens_server.url, "imdb", compat="keras", num_words=20) as data:
        assert data[0]["tokens"][0] == 1
        with pytest.raises(TypeError, match="no lists"):
            data[[1, 2]]


# When things go wrong

def wrong(samplecase, server, plan, **options):
    """All batches through a proxy with that plan."""
    with Flaky(server.port, [None, None, *plan]) as proxy:
        with samplecase.Dataset(proxy.url, "cifar100", timeout=5, **options) as data:
            batches = list(data.batches(100, shuffle=True, seed=2))
        assert not proxy.plan, "the plan was not carried out"
    return batches


def test_dropped_connections_and_a_busy_server(samplecase, server, cifar):
    plan = ["refuse", None, 0, 100, None, "busy", "busy", None, 3000, 250_000, None]
    batches = wrong(samplecase, server, plan)
    order = [batch["index"] for batch in samplecase.Dataset(server.url, "cifar100").batches(100, shuffle=True, seed=2)]
    assert len(batches) == 10
    for batch, indices in zip(batches, order):
        same(batch, cifar, indices)


def test_gives_up_in_the_end(samplecase, server):
    with pytest.raises(samplecase.Unavailable, match="tried 3 times"):
        wrong(samplecase, server, ["refuse"] * 3, retries=2)
    with pytest.raises(samplecase.Unavailable, match="busy"):
        wrong(samplecase, server, ["busy"] * 6, retries=2)  # each attempt asks for two
    with pytest.raises(samplecase.Unavailable):
        samplecase.Dataset("http://127.0.0.1:9", "cifar100", retries=1)
    for url in ("ftp://x", "http://"):
        with pytest.raises(ValueError):
            samplecase.Dataset(url, "cifar100")


def test_refusals(samplecase, server):
    with pytest.raises(samplecase.NotFound) as caught:
        samplecase.Dataset(server.url, "cifar")
    assert caught.value.status == 404 and caught.value.code == "unknown_dataset"
    assert "cifar100" in str(caught.value) and "cifar100" in caught.value.allowed
    with pytest.raises(samplecase.RequestError, match="nonsense"):
        samplecase.Dataset(server.url, "cifar100", nonsense=1)
    with samplecase.Dataset(server.url, "cifar100") as data:
        for arguments in ({"batch_size": 0}, {"batch_size": 70000}, {"start": -1}, {"shard": 1},
                          {"shard": 3, "shards": 3}):
            with pytest.raises(ValueError):
                data.batches(**arguments)


def test_a_dataset_that_is_replaced(samplecase, serve, run, tmp_path):
    run("add", "digits", SAMPLES / "digits", "--data", tmp_path)
    server = serve(tmp_path)
    data = samplecase.Dataset(server.url, "digits")
    stream = data.batches(100, prefetch=0)
    next(stream)
    other = tmp_path / "other.csv"
    other.write_text("\n".join(",".join(["1"] * 64 + [str(i % 10)]) for i in range(50)))
    run("add", "digits", other, "--replace", "--data", tmp_path)
    with pytest.raises(samplecase.RevisionChanged, match="is now at revision"):
        for _ in range(10_000):
            data[0]
    with pytest.raises(samplecase.RevisionChanged):
        next(stream)
    assert len(samplecase.Dataset(server.url, "digits")) == 50


def test_a_changed_file_is_no_busy_server(samplecase, serve, run, tmp_path):
    """It does not mend itself: no time is lost with trying again."""
    for name in "ab":
        (tmp_path / "pics" / name).mkdir(parents=True)
        PIL.Image.new("L", (5, 4), ord(name)).save(tmp_path / "pics" / name / "1.png")
    run("add", "pics", tmp_path / "pics", "--in-place", "--data", tmp_path / "data")
    with (tmp_path / "pics/b/1.png").open("ab") as file:
        file.write(b"more")
    server = serve(tmp_path / "data")
    with samplecase.Dataset(server.url, "pics", retries=10 ** 6) as data:
        assert len(data[0]["image"]) > 0
        with pytest.raises(samplecase.RequestError, match=r"^b/1\.png has changed since it was added"):
            list(data.batches(5))


def test_errors_survive_the_way_out_of_a_worker(samplecase, server):
    with pytest.raises(samplecase.RequestError) as caught:
        samplecase.Dataset(server.url, "digits", colour="red")
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(caught.value) and str(again) == str(caught.value)
    assert again.parameter == "colour" and again.allowed == caught.value.allowed
    assert "label" in str(again)  # what it can be instead


def test_tokens_for_access(samplecase, data_folder, serve, tmp_path, monkeypatch):
    (tmp_path / "token").write_text("a-secret-of-some-length\n")
    server = serve(data_folder, "--token-file", tmp_path / "token")
    with pytest.raises(samplecase.Unauthorized):
        samplecase.Dataset(server.url, "digits")
    assert len(samplecase.Dataset(server.url, "digits", token="a-secret-of-some-length")) == 1797
    monkeypatch.setenv("SAMPLECASE_TOKEN", "a-secret-of-some-length")
    monkeypatch.setenv("SAMPLECASE_URL", server.url)
    with samplecase.Dataset(None, "digits") as data:
        assert len(data[list(range(300))]["index"]) == 300  # a POST
        assert samplecase.load_digits().target.shape == (1797,)


@pytest.fixture
def data_folder(run, tmp_path):
    run("add", "digits", SAMPLES / "digits", "--data", tmp_path / "data")
    return tmp_path / "data"


def test_base_path(samplecase, data_folder, serve):
    server = serve(data_folder, "--base-path", "/lab/data")
    assert samplecase.datasets(url=server.url) == ["digits"]
    assert len(samplecase.Dataset(server.url, "digits")[:]["index"]) == 1797
