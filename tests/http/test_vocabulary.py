# SPDX-License-Identifier: MIT
"""word_index.json and vocabulary: the words of a token feature by rank, with how often each occurs."""
import collections
import gzip
import json
import urllib.parse

import pytest

import keras
from program import Server, problem, runner

TRAIN, TEST = keras.small(50, 11), keras.small(30, 12)
COUNTS = collections.Counter(word for sample in TRAIN + TEST for word in sample)
EXPECTED = [{"word": word, "rank": rank, "count": COUNTS[rank]} for rank, word in enumerate(keras.WORDS, 1)]


@pytest.fixture(scope="module")
def words(tmp_path_factory, session_reports):
    folder = tmp_path_factory.mktemp("words")
    files, _ = keras.write_imdb(folder, TRAIN, TEST)
    run = runner(session_reports)
    run("add", "imdb", *files, "--data", folder / "data")
    run("add", "bare", files[0], "--data", folder / "data")
    with Server(session_reports, folder / "data") as server:
        yield server
        server.check()


def test_word_index(words):
    answer = words.get("/datasets/imdb/word_index.json")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {word: rank for rank, word in enumerate(keras.WORDS, 1)}
    packed = words.get("/datasets/imdb/word_index.json", Accept_Encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.body)) == answer.json()
    assert words.get("/datasets/imdb/word_index.json", If_None_Match=answer["ETag"]).status == 304


@pytest.mark.parametrize("limit", [1, 7, 70, 1000])
def test_pages(words, limit):
    target, found = f"/datasets/imdb/vocabulary?limit={limit}", []
    while target:
        page = words.json(target)
        assert page["total"] == 70 and len(page["words"]) <= limit
        found += page["words"]
        target = page["next"]
    assert found == EXPECTED


@pytest.mark.parametrize("prefix", ["w", "w1", "w11", "w111", "the", "th", "z", "W", "日", "na", "naï", "🎬", "<",
                                    "a", 'quo"', "back\\", "tab\t", "\U0010ffff"])
def test_prefix(words, prefix):
    expected = [word for word in EXPECTED if word["word"].startswith(prefix)]
    target, found = f"/datasets/imdb/vocabulary?limit=4&prefix={urllib.parse.quote(prefix)}", []
    while target:
        page = words.json(target)
        assert page["total"] == len(expected)
        found += page["words"]
        target = page["next"]
    assert found == expected


def test_links(words):
    answer = words.get("/datasets/imdb/vocabulary?prefix=w&limit=10&offset=20")
    page, link = answer.json(), answer["Link"]
    assert page["next"] == "/datasets/imdb/vocabulary?offset=30&limit=10&prefix=w"
    assert page["prev"] == "/datasets/imdb/vocabulary?offset=10&limit=10&prefix=w"
    assert [part.rpartition('rel="')[2].rstrip('"') for part in link.split(", ")] == ["first", "next", "prev", "last"]
    assert f"<{page['next']}>; rel=\"next\"" in link and 'offset=50&limit=10&prefix=w>; rel="last"' in link
    past = words.json("/datasets/imdb/vocabulary?offset=70")
    assert past["words"] == [] and past["total"] == 70 and past["next"] is None


def test_without_words(words, server):
    for name in ("word_index.json", "vocabulary"):
        detail = problem(server.get(f"/datasets/cifar100/{name}"), 404, "not_found")["detail"]
        assert "cifar100 has no vocabulary" in detail
        detail = problem(words.get(f"/datasets/bare/{name}"), 404, "not_found")["detail"]
        assert "word index" in detail
        problem(words.get(f"/datasets/imdb/{name}?feature=label"), 404, "not_found", "feature")
        assert problem(words.get(f"/datasets/imdb/{name}?feature=x"), 404, "not_found", "feature")["allowed"] == \
            [keras.tokens_of(words, "imdb")]


def test_text_without_words(words):
    feature = keras.tokens_of(words, "bare")
    for index, sample in enumerate(words.json("/datasets/bare/samples?split=test&limit=1000")["samples"]):
        assert sample[feature] == {"ids": TEST[index], "text": None}


def plain(sample, num_words=None, skip_top=0, maxlen=None, start_char=None, oov_char=0, index_from=0):
    """The reading without compat (store/token_reading.h)."""
    ids = [] if start_char is None else [start_char]
    for rank in sample:
        if skip_top < rank <= (num_words or 10**9):
            ids.append(rank + index_from)
        elif oov_char is not None:
            ids.append(oov_char)
    return ids[:maxlen or None]


@pytest.mark.parametrize("arguments", [
    {}, {"num_words": 10}, {"num_words": 0, "maxlen": 0}, {"skip_top": 3}, {"maxlen": 5}, {"maxlen": 1, "start_char": 1},
    {"num_words": 10, "skip_top": 2, "oov_char": None}, {"index_from": 3, "oov_char": 2, "start_char": 1},
    {"index_from": 3, "oov_char": 2, "num_words": 20, "maxlen": 12}, {"num_words": 30, "oov_char": 99},
], ids=keras.query)
def test_plain_reading(words, arguments):
    """Samples in the order of the file, none left out; the text says what the ids say."""
    names = dict(enumerate(keras.WORDS, 1))
    usual = {"index_from": 0, "oov_char": 0, "start_char": None}
    decoding = {name: arguments.get(name, value) for name, value in usual.items()}
    for split, samples in (("train", TRAIN), ("test", TEST)):
        found = keras.samples(words, "imdb", f"split={split}&{keras.query(arguments)}")
        assert [index for index, _ in found] == list(range(len(samples)))
        for (_, value), sample in zip(found, samples):
            ids = plain(sample, **arguments)
            assert value == {"ids": ids, "text": keras.decode(ids, names, **decoding)}


def test_index_from_brings_keras_reserved_ids(words):
    """oov_char is then 2 unless it is given."""
    given, usual = (keras.ids(words, "imdb", f"index_from=3&num_words=9{more}") for more in ("&oov_char=2", ""))
    assert given == usual


@pytest.mark.parametrize("most", [1, 5, 23, 100])
def test_texts_are_cut(words, most):
    feature = keras.tokens_of(words, "imdb")
    whole = [value["text"] for _, value in keras.samples(words, "imdb", "")]
    page = words.json(f"/datasets/imdb/samples?limit=1000&max_chars={most}")["samples"]
    for sample, text in zip(page, whole, strict=True):
        value = sample[feature]
        one = words.json(f"/datasets/imdb/samples/{sample['index']}?max_chars={most}")[feature]
        assert one == value and value["ids"] == TRAIN[sample["index"]]
        if len(text) <= most:
            assert value["text"] == text and "truncated" not in value
        else:
            assert value["text"] == text[:most] + "…" and value["truncated"] is True
    assert words.json("/datasets/imdb/samples/0")[feature]["text"] == whole[0]
