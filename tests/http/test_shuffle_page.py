# SPDX-License-Identifier: MIT
"""The shuffle as docs/shuffle.md describes it: its Python, run from the page, is what the server does,
whichever way one asks; and it is as even as chance."""
import io

import numpy as np
import pytest
from scipy import stats

import decode
import recipes
import safetensors
from program import ROOT
from test_shuffle import CASES, shuffled

PAGE = ROOT / "docs/shuffle.md"


@pytest.fixture(scope="module")
def permutation():
    """The function that stands on the page, and prints what the page says it prints."""
    (block,) = [block for block in recipes.blocks(PAGE) if block.language == "python"]
    names = {}
    exec(block.text.replace("print(", "printed = ("), names)  # what it prints, test_recipes.py sees
    return names["permutation"]


def indices_of(server, target):
    answer = server.get(target)
    assert answer.status == 200, answer.body
    return safetensors.load(answer.body)[0]["index"].tolist()


# The same in every way

@pytest.mark.parametrize("seed, epoch", CASES)
def test_the_page_is_right(server, permutation, seed, epoch):
    assert shuffled(server, "digits", f"seed={seed}&epoch={epoch}") == permutation(1797, seed, epoch).tolist()


@pytest.mark.parametrize("size", [1, 7, 100, 256, 998, 999, 1000, 5000, 65536])
def test_batches_of_any_size(server, permutation, size):
    count = 1000 if size > 1 else 20
    seen = []
    for offset in range(0, count, size):
        seen += indices_of(server, f"/datasets/cifar100/batch?order=shuffle&seed=6&epoch=1&features=fine_label"
                                   f"&offset={offset}&limit={size}")
    assert seen == permutation(1000, 6, 1)[:count].tolist()


@pytest.mark.parametrize("form", ["npz", "npy", "ndjson", "csv"])
def test_every_format(server, permutation, form):
    labels = decode.sample("digits")["all"]["label"]
    order = permutation(1797, 2**63, 5)[40:140]
    answer = server.get(f"/datasets/digits/batch?order=shuffle&seed={2**63}&epoch=5&offset=40&limit=100"
                        f"&features=label&format={form}")
    if form in ("npz", "npy"):
        found = np.load(io.BytesIO(answer.body))
        found = found["label"] if form == "npz" else found
    else:
        lines = answer.body.decode().splitlines()[form == "csv":]
        found = [int(line.split(":")[3].split(",")[0] if form == "ndjson" else line.split(",")[1]) for line in lines]
    assert np.array_equal(found, labels[order])


@pytest.mark.parametrize("threads", [1, 8])
def test_threads(data, serve, permutation, threads):
    server = serve(data, "--threads", str(threads))
    for seed in range(20):
        assert indices_of(server, f"/datasets/digits/batch?order=shuffle&seed={seed}&limit=2000&features=label") == \
            permutation(1797, seed).tolist()


@pytest.mark.parametrize("shards", [1, 2, 3, 8, 100, 999, 1000, 1001])
def test_shards(server, permutation, shards):
    """Disjoint, complete, of sizes that differ by one at most, and the parts that the page says."""
    order, seen, sizes = permutation(1000, 3, 9), [], set()
    for shard in range(shards):
        if shards > 8 and 5 < shard < shards - 5:  # of many the first and the last
            seen += order[shard::shards].tolist()
            continue
        part = indices_of(server, f"/datasets/cifar100/batch?order=shuffle&seed=3&epoch=9&limit=1000"
                                  f"&features=fine_label&shard={shard}&shards={shards}")
        assert part == order[shard::shards].tolist()
        sizes.add(len(part))
        seen += part
    assert sorted(seen) == list(range(1000)) and max(sizes) - min(sizes) <= 1


def test_a_window_of_a_shard_of_a_filtered_selection(server, permutation):
    selected = np.flatnonzero(np.isin(decode.sample("digits")["all"]["label"], [3, 4, 7]))
    order = selected[permutation(len(selected), 12, 34)][2::5][10:40]
    query = "label=3&label=4&label=7&order=shuffle&seed=12&epoch=34&shard=2&shards=5&offset=10&limit=30"
    assert indices_of(server, f"/datasets/digits/batch?{query}") == order.tolist()
    page = server.json(f"/datasets/digits/samples?{query}")
    assert [one["index"] for one in page["samples"]] == order.tolist() and page["total"] == len(selected[2::5])


# As even as chance: fixed seeds, so that each figure is the same in every run

def even(counts, degrees):
    """Whether counts of equal expectation differ as much as chance lets them, neither more nor less."""
    expected = counts.sum() / counts.size
    chi2 = ((counts - expected) ** 2 / expected).sum()
    assert 1e-4 < stats.chi2.sf(chi2, degrees) < 1 - 1e-4, (chi2, degrees)


RUNS = {
    "seeds": [(seed, 0) for seed in range(4000)],
    "epochs": [(0, epoch) for epoch in range(4000)],
    "both": [(seed, epoch) for seed in range(63) for epoch in range(63)],
    "large": [(2**64 - 1 - seed, 2**32 * seed) for seed in range(4000)],
    "powers": [(2**(i % 64), i // 64) for i in range(4032)],
}


@pytest.fixture(scope="module", params=RUNS)
def orders(request, permutation):
    """For each run the permutations of 12 places, a row each."""
    return np.array([permutation(12, seed, epoch) for seed, epoch in RUNS[request.param]])


def test_places(orders):
    """Each sample comes to each place equally often."""
    n = orders.shape[1]
    counts = np.array([np.bincount(orders[:, place], minlength=n) for place in range(n)])
    even(counts, (n - 1) ** 2)


def test_successive_pairs(orders):
    """Each sample follows on each other one equally often."""
    n = orders.shape[1]
    counts = np.bincount((orders[:, :-1] * n + orders[:, 1:]).ravel(), minlength=n * n).reshape(n, n)
    assert not counts.diagonal().any()
    even(counts[~np.eye(n, dtype=bool)], n * (n - 1) - 1)


def test_pairs_of_places(orders):
    """The first two, the first and the last, two in the middle: every pair of samples equally often."""
    n = orders.shape[1]
    for one, other in ((0, 1), (0, n - 1), (5, 7)):
        counts = np.bincount(orders[:, one] * n + orders[:, other], minlength=n * n).reshape(n, n)
        even(counts[~np.eye(n, dtype=bool)], n * (n - 1) - 1)


def test_all_orders_of_a_few(permutation):
    """Of 4 places each of the 24 orders."""
    runs = [permutation(4, seed, epoch) for seed in range(100) for epoch in range(60)]
    even(np.bincount(np.array(runs) @ [64, 16, 4, 1], minlength=256)[
        [a * 64 + b * 16 + c * 4 + d for a in range(4) for b in range(4) for c in range(4) for d in range(4)
         if len({a, b, c, d}) == 4]], 23)


@pytest.mark.parametrize("n", [100, 1797])
@pytest.mark.parametrize("step", [(0, 1), (1, 0), (1, 1), (2**32, 0), (0, 2**63)])
def test_neighbours_are_strangers(permutation, n, step):
    """Rank correlation of orders of neighbouring seeds or epochs is that of chance."""
    runs = [(permutation(n, seed, 3), permutation(n, seed + step[0], 3 + step[1])) for seed in range(400)]
    scores = [np.corrcoef(one, other)[0, 1] * np.sqrt(n - 1) for one, other in runs]
    assert stats.kstest(scores, "norm").pvalue > 1e-4
    with_order = [np.corrcoef(one, np.arange(n))[0, 1] * np.sqrt(n - 1) for one, _ in runs]
    assert stats.kstest(with_order, "norm").pvalue > 1e-4


def test_the_server_itself_is_even(server):
    """Not the page's function alone: the first samples that it gives."""
    labels = decode.sample("digits")["all"]["label"]
    firsts = []
    for seed in range(600):
        firsts += indices_of(server, f"/datasets/digits/batch?order=shuffle&seed={seed}&limit=10&features=label")
    even(np.bincount(np.array(firsts) * 20 // len(labels), minlength=20), 19)
