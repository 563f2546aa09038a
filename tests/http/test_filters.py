# SPDX-License-Identifier: MIT
"""Class filters against numpy."""
import random
import urllib.parse

import numpy as np
import pytest

import decode
from program import problem


def indices(server, name, query):
    """All sample indices of a selection, page by page; checks that pages agree on the total."""
    target, seen, totals = f"/datasets/{name}/samples?limit=1000&{query}", [], set()
    while target:
        page = server.json(target)
        seen += [sample["index"] for sample in page["samples"]]
        totals.add(page["total"])
        target = page["next"]
    assert totals == {len(seen)}
    return seen


def where(mask):
    return np.flatnonzero(mask).tolist()


@pytest.mark.parametrize("name, feature, split", [
    ("fashion_mnist", "label", "train"), ("fashion_mnist", "label", "test"), ("digits", "label", "all"),
    ("cifar100", "coarse_label", "train"), ("cifar100", "fine_label", "test")])
def test_each_class_by_id_and_by_name(server, name, feature, split):
    labels = decode.sample(name)[split][feature]
    for number, text in enumerate(decode.class_names(name)[feature]):
        truth = where(labels == number)
        for value in {str(number), text}:
            query = urllib.parse.urlencode({"split": split, feature: value})
            assert indices(server, name, query) == truth, value


def test_a_name_wins_over_an_id(tmp_path, run, serve):
    """Class names that look like numbers, and are the ids of other classes."""
    (tmp_path / "t.csv").write_text("x,label\n1,two\n2,2\n3,1\n4,two\n5,2\n")
    run("add", "numbers", tmp_path / "t.csv", "--data", tmp_path / "data", "--target", "label")
    server = serve(tmp_path / "data")
    classes = server.json("/datasets/numbers/classes")["classes"]
    assert any(entry["name"] != str(entry["id"]) and entry["name"].isdigit() for entry in classes)
    for entry in classes:
        page = server.json(f"/datasets/numbers/samples?label={entry['name']}")
        assert page["samples"] and {s["label"]["name"] for s in page["samples"]} == {entry["name"]}
    batch = server.json("/openapi.json")["paths"]["/datasets/{dataset}/batch"]
    (by_query,) = [one["description"] for one in batch["get"]["parameters"] if one["name"] == "class"]
    by_body = batch["post"]["requestBody"]["content"]["application/json"]["schema"]["additionalProperties"]["description"]
    assert "the name holds" in by_query and "the name holds" in by_body


def test_label_means_the_finest(server):
    assert indices(server, "cifar100", "label=apple") == indices(server, "cifar100", "fine_label=apple")
    page = server.json("/datasets/cifar100/samples?label=apple&limit=1")
    assert "fine_label=0" in page["next"]


def test_repeated_is_or(server):
    labels = decode.sample("cifar100")["train"]["fine_label"]
    assert indices(server, "cifar100", "fine_label=7&fine_label=99&fine_label=3") == \
        where(np.isin(labels, [3, 7, 99]))
    assert indices(server, "cifar100", "fine_label=7&label=7&fine_label=beetle") == where(labels == 7)


def test_two_features_are_and(server):
    train = decode.sample("cifar100")["train"]
    coarse, fine = train["coarse_label"], train["fine_label"]
    assert indices(server, "cifar100", "coarse_label=4&fine_label=0&fine_label=1&fine_label=51") == \
        where((coarse == 4) & np.isin(fine, [0, 1, 51]))
    assert indices(server, "cifar100", "coarse_label=0&coarse_label=4&fine_label=apple") == \
        where(np.isin(coarse, [0, 4]) & (fine == 0))
    assert indices(server, "cifar100", "coarse_label=1&fine_label=0") == where((coarse == 1) & (fine == 0))


def test_random_windows_of_random_classes(server):
    labels = decode.sample("fashion_mnist")["train"]["label"]
    chance = random.Random(1)
    for _ in range(150):
        wanted = chance.sample(range(10), chance.randint(1, 10))
        truth = where(np.isin(labels, wanted))
        offset, limit = chance.randrange(len(truth) + 50), chance.randint(1, 300)
        query = "&".join(f"label={number}" for number in wanted)
        page = server.json(f"/datasets/fashion_mnist/samples?{query}&offset={offset}&limit={limit}")
        assert [sample["index"] for sample in page["samples"]] == truth[offset:offset + limit]
        assert page["total"] == len(truth)


@pytest.mark.parametrize("value", ["", "100", "-1", "+1", "1.0", "01x", "Apple", "apple ", "nope", "1e1",
                                   "18446744073709551616"])
def test_no_such_class(server, value):
    target = "/datasets/cifar100/samples?" + urllib.parse.urlencode({"fine_label": value})
    document = problem(server.get(target), 400, "invalid_parameter", "fine_label")
    assert "apple" in document["allowed"]


def test_only_class_features_filter(server):
    for query in ("image=0", "index=0", "CRIM=1"):
        problem(server.get(f"/datasets/cifar100/samples?{query}"), 400, "unknown_parameter")
    problem(server.get("/datasets/boston_housing/samples?label=1"), 400, "unknown_parameter", "label")
    problem(server.get("/datasets/boston_housing/samples?MEDV=24"), 400, "unknown_parameter", "MEDV")


def test_names_are_decoded(server):
    for text in ("T-shirt%2Ftop", "T-shirt/top", "%54-shirt/top"):
        assert server.json(f"/datasets/fashion_mnist/samples?label={text}")["total"] == 200
    for text in ("Ankle%20boot", "Ankle+boot"):
        assert server.json(f"/datasets/fashion_mnist/samples?label={text}")["total"] == 200
