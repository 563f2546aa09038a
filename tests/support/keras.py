# SPDX-License-Identifier: MIT
"""What keras.datasets' load_data() does, written a second time after its documentation and source,
with the places that samples came from; and small datasets to do it with."""
import json

import numpy as np

TRAIN, TEST = "train", "test"


def shuffled(rng, samples):
    indices = np.arange(len(samples))
    rng.shuffle(indices)
    return [(int(i), samples[i]) for i in indices]


def shift(pairs, start_char, index_from):
    if start_char is not None:
        return [(i, [start_char] + [w + index_from for w in x]) for i, x in pairs]
    return [(i, [w + index_from for w in x]) for i, x in pairs]


def replace(pairs, num_words, skip_top, oov_char):
    if oov_char is not None:
        return [(i, [w if skip_top <= w < num_words else oov_char for w in x]) for i, x in pairs]
    return [(i, [w for w in x if skip_top <= w < num_words]) for i, x in pairs]


def imdb(train, test, num_words=None, skip_top=0, maxlen=None, seed=113, start_char=1, oov_char=2, index_from=3):
    """{split: [(place, ids), ...]} in Keras's order."""
    rng = np.random.RandomState(seed)
    parts = [shift(shuffled(rng, part), start_char, index_from) for part in (train, test)]
    if maxlen:
        parts = [[pair for pair in part if len(pair[1]) < maxlen] for part in parts]
        if not all(parts):
            raise ValueError("maxlen")
    if not num_words:
        num_words = max(max(x) for part in parts for _, x in part)
    train, test = (replace(part, num_words, skip_top, oov_char) for part in parts)
    return {TRAIN: train, TEST: test}


def reuters(pool, num_words=None, skip_top=0, maxlen=None, test_split=0.2, seed=113, start_char=1, oov_char=2,
            index_from=3):
    rng = np.random.RandomState(seed)
    pairs = shift(shuffled(rng, pool), start_char, index_from)
    if maxlen:
        pairs = [pair for pair in pairs if len(pair[1]) < maxlen]
    if not num_words:
        num_words = max(max(x) for _, x in pairs)
    pairs = replace(pairs, num_words, skip_top, oov_char)
    cut = int(len(pairs) * (1 - test_split))
    return {TRAIN: pairs[:cut], TEST: pairs[cut:]}


def boston(count, test_split=0.2, seed=113):
    rng = np.random.RandomState(seed)
    indices = np.arange(count)
    rng.shuffle(indices)
    cut = int(count * (1 - test_split))
    return {TRAIN: indices[:cut].tolist(), TEST: indices[cut:].tolist()}


def decode(ids, words, index_from=3, start_char=1, oov_char=2):
    """words: {rank: word}. With the usual arguments: 0 <PAD>, 1 <START>, 2 <UNK>, 3 <UNUSED>."""
    names = {i: name for i, name in enumerate(("<PAD>", "<START>", "<UNK>", "<UNUSED>")) if i <= index_from}
    names.update({oov_char: "<UNK>"} if oov_char is not None else {})
    names.update({start_char: "<START>"} if start_char is not None else {})
    return " ".join(names.get(i) or words.get(i - index_from, "<UNK>") for i in ids)


def query(arguments):
    return "&".join(f"{name}={'none' if value is None else value}" for name, value in arguments.items())


def samples(server, dataset, text, feature=None):
    """All samples of a query, page by page: [(index, ids), ...], or with another feature its values."""
    target, found = f"/datasets/{dataset}/samples?limit=1000&{text}", []
    feature = feature or tokens_of(server, dataset)
    while target:
        page = server.json(target)
        found += [(sample["index"], sample[feature]) for sample in page["samples"]]
        target = page["next"]
    assert len(found) == page["total"]
    return found


def ids(server, dataset, text):
    feature = tokens_of(server, dataset)
    return [(index, value["ids"]) for index, value in
            samples(server, dataset, f"features={feature}&max_chars=1&{text}", feature)]


def tokens_of(server, dataset):
    features = server.json(f"/datasets/{dataset}")["features"]
    (name,) = (name for name, feature in features.items() if feature["type"] == "tokens")
    return name


def objects(lists):
    array = np.empty(len(lists), object)
    array[:] = [list(map(int, x)) for x in lists]
    return array


# Words that JSON and UTF-8 make something of; more ranks than words are in use.
WORDS = ["the", "and", 'quo"te', "back\\slash", "<br", "naïve", "日本", "🎬", "a'b", "tab\tbed"]
WORDS += [f"w{i}_of_many" for i in range(len(WORDS) + 1, 71)]


def small(count, seed, longest=40, largest=80):
    """Lists of ids, most of them small, at least one of them large."""
    rng = np.random.default_rng(seed)
    lists = [np.minimum(rng.zipf(1.3, rng.integers(1, longest)), largest).tolist() for _ in range(count)]
    lists[0][0] = largest
    return lists


def write_index(path):
    path.write_text(json.dumps({word: rank for rank, word in enumerate(WORDS, 1)}, ensure_ascii=False))
    return path


def write_imdb(folder, train, test):
    """imdb.npz and its word index, and the labels of both splits."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = [np.arange(len(part)) * 7 % 3 % 2 for part in (train, test)]
    np.savez(folder / "imdb.npz", x_train=objects(train), y_train=labels[0], x_test=objects(test), y_test=labels[1])
    return [folder / "imdb.npz", write_index(folder / "imdb_word_index.json")], labels


def write_reuters(folder, pool, classes=46):
    folder.mkdir(parents=True, exist_ok=True)
    labels = np.arange(len(pool)) * 5 % classes
    np.savez(folder / "reuters.npz", x=objects(pool), y=labels)
    return [folder / "reuters.npz", write_index(folder / "reuters_word_index.json")], labels
