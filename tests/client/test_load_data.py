# SPDX-License-Identifier: MIT
"""load_data() and load_digits() against what Keras and scikit-learn give."""
import numpy as np
import pytest
from sklearn import datasets

import decode
import keras

TOKENS = [{}, {"num_words": 20}, {"skip_top": 5, "num_words": 30}, {"maxlen": 15}, {"start_char": None},
          {"oov_char": None, "num_words": 20}, {"index_from": 10, "start_char": 7, "oov_char": 5}, {"seed": 4}]
POOL = [{"test_split": 0.5}, {"test_split": 0.37, "maxlen": 9}, {"test_split": 1e-05}]


def check_tokens(loaded, truth, labels):
    for (x, y), split in zip(loaded, ("train", "test")):
        assert x.dtype == object and y.dtype == np.int64
        assert [list(one) for one in x] == [ids for _, ids in truth[split]]
        assert y.tolist() == [labels[split][i] for i, _ in truth[split]]


@pytest.mark.parametrize("arguments", TOKENS, ids=str)
def test_imdb(samplecase, tokens_server, lists, arguments):
    truth = keras.imdb(lists["train"], lists["test"], **arguments)
    labels = {split: np.arange(len(lists[split])) * 7 % 3 % 2 for split in ("train", "test")}
    check_tokens(samplecase.load_data("imdb", url=tokens_server.url, **arguments), truth, labels)


@pytest.mark.parametrize("arguments", TOKENS + POOL, ids=str)
def test_reuters(samplecase, tokens_server, lists, arguments):
    truth = keras.reuters(lists["pool"], **arguments)
    labels = np.arange(len(lists["pool"])) * 5 % 46
    check_tokens(samplecase.load_data("reuters", url=tokens_server.url, **arguments), truth,
                 {"train": labels, "test": labels})


@pytest.mark.parametrize("arguments", [{}, {"test_split": 0.5, "seed": 1}], ids=str)
def test_boston_housing(samplecase, tokens_server, arguments):
    columns = list(decode.boston().values())
    loaded = samplecase.load_data("boston_housing", url=tokens_server.url, **arguments)
    for (x, y), (split, order) in zip(loaded, keras.boston(506, **arguments).items()):
        assert x.dtype == y.dtype == np.float64
        assert np.array_equal(x, np.array(columns[:13]).T[order]), split
        assert np.array_equal(y, columns[13][order])


def test_images(samplecase, server):
    for name, label in (("fashion_mnist", "label"), ("cifar100", "fine_label")):
        truth = decode.sample(name)
        for (x, y), split in zip(samplecase.load_data(name, url=server.url), ("train", "test")):
            assert x.dtype == np.uint8 and np.array_equal(x, truth[split]["image"])
            assert np.array_equal(y.ravel(), truth[split][label])
            assert y.shape == ((len(x), 1) if name == "cifar100" else (len(x),))
            assert y.dtype == (np.int64 if name == "cifar100" else np.uint8)
    (_, coarse), _ = samplecase.load_data("cifar100", url=server.url, label_mode="coarse")
    assert np.array_equal(coarse.ravel(), decode.sample("cifar100")["train"]["coarse_label"])


def test_digits(samplecase, server):
    ours, theirs = samplecase.load_digits(url=server.url), datasets.load_digits()
    assert set(ours) == set(theirs)
    for name in ("data", "images", "target", "target_names"):
        assert ours[name].dtype == theirs[name].dtype and np.array_equal(ours[name], theirs[name])
    assert ours.feature_names == theirs.feature_names and ours.DESCR and "data" in dir(ours)


def test_word_index(samplecase, tokens_server):
    assert samplecase.word_index("imdb", url=tokens_server.url) == {
        word: rank for rank, word in enumerate(keras.WORDS, 1)}


def test_what_is_not_there(samplecase, server, tokens_server):
    with pytest.raises(TypeError, match="takes no num_words; it takes: nothing"):
        samplecase.load_data("fashion_mnist", url=server.url, num_words=3)
    with pytest.raises(samplecase.NotFound, match="no dataset \"imagenet\"; there are: "):
        samplecase.load_data("imagenet", url=server.url)
    with pytest.raises(samplecase.RequestError, match="maxlen"):
        samplecase.load_data("imdb", url=tokens_server.url, maxlen=1)
    with pytest.raises(ValueError, match="fine or coarse"):
        samplecase.load_data("cifar100", url=server.url, label_mode="medium")
    with pytest.raises(samplecase.SamplecaseError, match="num_words"):
        samplecase.load_data("imdb", url=tokens_server.url, num_words=-3)


def test_datasets(samplecase, server):
    assert samplecase.datasets(url=server.url) == [one["name"] for one in server.json("/datasets")["datasets"]]
