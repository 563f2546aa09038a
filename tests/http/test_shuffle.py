# SPDX-License-Identifier: MIT
"""order=shuffle: the documented permutation."""
import numpy as np
import pytest

import decode
from permutation import permutation


def shuffled(server, name, query):
    target, seen = f"/datasets/{name}/samples?order=shuffle&limit=1000&{query}", []
    while target:
        page = server.json(target)
        seen += [sample["index"] for sample in page["samples"]]
        target = page["next"]
    assert len(seen) == page["total"]
    return seen


CASES = [(0, 0), (1, 0), (0, 1), (42, 7), (2**32, 2**33), (2**64 - 1, 2**64 - 1)]


@pytest.mark.parametrize("seed, epoch", CASES)
@pytest.mark.parametrize("name, split", [("cifar100", "train"), ("digits", "all"), ("fashion_mnist", "test")])
def test_the_permutation(server, name, split, seed, epoch):
    total = len(decode.sample(name)[split]["image"])
    got = shuffled(server, name, f"split={split}&seed={seed}&epoch={epoch}")
    assert sorted(got) == list(range(total))
    assert got == permutation(total, seed, epoch).tolist()


def test_defaults_are_zero(server):
    assert shuffled(server, "digits", "") == shuffled(server, "digits", "seed=0&epoch=0")


def test_seeds_and_epochs_differ(server):
    orders = [tuple(shuffled(server, "digits", f"seed={seed}&epoch={epoch}")) for seed, epoch in CASES]
    assert len(set(orders)) == len(CASES)


def test_a_shuffled_selection(server):
    """The selection is ordered as ever, then permuted as a whole."""
    labels = decode.sample("fashion_mnist")["train"]["label"]
    places = np.flatnonzero(np.isin(labels, [2, 5, 9]))
    got = shuffled(server, "fashion_mnist", "label=2&label=5&label=9&seed=3&epoch=1")
    assert got == places[permutation(len(places), 3, 1)].tolist()


def test_windows_of_a_shuffle(server):
    whole = shuffled(server, "cifar100", "seed=5")
    for offset, limit in ((0, 1), (13, 29), (950, 100), (999, 1)):
        page = server.json(f"/datasets/cifar100/samples?order=shuffle&seed=5&offset={offset}&limit={limit}")
        assert [sample["index"] for sample in page["samples"]] == whole[offset:offset + limit]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_tiny_selections(tmp_path, run, serve, count):
    (tmp_path / "t.csv").write_text("x,label\n" + "1,a\n" * count + "2,b\n" * 5)
    run("add", "tiny", tmp_path / "t.csv", "--data", tmp_path / "data", "--target", "label")
    server = serve(tmp_path / "data")
    if count:
        got = shuffled(server, "tiny", "label=a")
        assert got == permutation(count, 0, 0).tolist()
    assert sorted(shuffled(server, "tiny", "")) == list(range(count + 5))
