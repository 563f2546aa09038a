# SPDX-License-Identifier: MIT
"""Whole published datasets through the client: those whose files this machine has."""
import numpy as np
import pytest

import keras
import whole
from decode import SHARED
from program import Server, runner

NAMES = [name for name in ("imdb", "reuters") if (SHARED / f"{name}.npz").exists()]
ARGUMENTS = [{}, {"num_words": 10000}, {"num_words": 5000, "skip_top": 20, "maxlen": 200}, {"oov_char": None},
             {"start_char": None, "index_from": 0, "seed": 2024}]


@pytest.fixture(scope="module")
def published(tmp_path_factory, session_reports):
    data = tmp_path_factory.mktemp("published") / "data"
    for name in NAMES:
        runner(session_reports)("add", name, SHARED / f"{name}.npz", SHARED / f"{name}_word_index.json", "--data", data)
    with Server(session_reports, data) as server:
        yield server
        server.check()


@pytest.fixture(scope="module")
def files():
    return {name: dict(np.load(SHARED / f"{name}.npz", allow_pickle=True)) for name in NAMES}


if NAMES:  # an empty list of names would be a test that is passed over
    @pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
    @pytest.mark.parametrize("name", NAMES)
    def test_token_ids(samplecase, published, files, name, arguments):
        file = files[name]
        if name == "imdb":
            truth = keras.imdb(file["x_train"], file["x_test"], **arguments)
            labels = {"train": file["y_train"], "test": file["y_test"]}
        else:
            truth, labels = keras.reuters(file["x"], **arguments), dict.fromkeys(("train", "test"), file["y"])
        loaded = samplecase.load_data(name, url=published.url, **arguments)
        for (x, y), (split, pairs) in zip(loaded, truth.items(), strict=True):
            assert x.dtype == object and x.tolist() == [ids for _, ids in pairs], split
            assert np.array_equal(y, labels[split][[place for place, _ in pairs]])

    @pytest.mark.parametrize("name", NAMES)
    def test_a_shuffled_epoch_of_token_ids(samplecase, published, files, name):
        stored = files[name]["x_train" if name == "imdb" else "x"]
        with samplecase.Dataset(published.url, name) as data:
            seen = np.zeros(len(data), bool)
            for batch in data.batches(1000, shuffle=True, seed=3):
                assert batch["tokens"].offsets[-1] == sum(len(stored[i]) for i in batch["index"])
                for ids, place in zip(batch["tokens"], batch["index"]):
                    assert ids.tolist() == stored[place]
                seen[batch["index"]] = True
            assert seen.all()


@pytest.mark.parametrize("name", list(whole.HERE))
def test_everything(samplecase, whole_server, name):
    truth = whole.HERE[name].truth()
    for split, features in truth.items():
        with samplecase.Dataset(whole_server.url, name, split) as data:
            batch = data.everything()
            assert set(batch) == {*features, "index"} and np.array_equal(batch["index"], np.arange(len(data)))
            for feature, values in features.items():
                assert np.array_equal(batch[feature], values), (split, feature)
            places = np.random.default_rng(2).integers(0, len(data), 3000)
            picked = data[places]
            assert all(np.array_equal(picked[feature], values[places]) for feature, values in features.items())


@pytest.mark.parametrize("name", [name for name in whole.HERE if name != "boston_housing"])
def test_an_epoch_of_images(samplecase, whole_server, name):
    for split, features in whole.HERE[name].truth().items():
        with samplecase.Dataset(whole_server.url, name, split) as data:
            seen = np.zeros(len(data), int)
            for batch in data.batches(256, shuffle=True, seed=1, epoch=2):
                assert np.array_equal(batch["image"], features["image"][batch["index"]])
                seen[batch["index"]] += 1
            assert (seen == 1).all()
