# SPDX-License-Identifier: MIT
"""Whole datasets served: random pictures, deep pages, deep pages of a class."""
import io
import random

import numpy as np
import PIL.Image
import pytest

import decode
import whole

PICTURES = [name for name in whole.HERE if name != "boston_housing"]


@pytest.fixture(scope="module", params=PICTURES)
def dataset(request):
    return request.param, whole.HERE[request.param].truth(), whole.HERE[request.param].names()


def test_a_thousand_random_pictures(whole_server, dataset):
    name, truth, _ = dataset
    chance = random.Random(4)
    for _ in range(1000):
        split = chance.choice(list(truth))
        index = chance.randrange(len(truth[split]["image"]))
        answer = whole_server.get(f"/datasets/{name}/samples/{index}/image.png?split={split}")
        with PIL.Image.open(io.BytesIO(answer.body)) as image:
            got = np.asarray(image)
        stored = truth[split]["image"][index]
        if name == "digits":
            stored = np.floor(stored * 255 / 16 + 0.5)
        assert np.array_equal(got, stored), (split, index)


def test_deep_pages(whole_server, dataset):
    name, truth, names = dataset
    for split, features in truth.items():
        total = len(features["image"])
        for offset in (0, total // 2, total - 100, total - 1):
            page = whole_server.json(f"/datasets/{name}/samples?split={split}&offset={offset}")
            assert page["total"] == total
            assert [sample["index"] for sample in page["samples"]] == list(range(total))[offset:offset + 100]
            for feature in names:
                assert [sample[feature]["id"] for sample in page["samples"]] == \
                    features[feature][offset:offset + 100].tolist()


def test_deep_pages_of_classes(whole_server, dataset):
    name, truth, names = dataset
    chance = random.Random(5)
    for split, features in truth.items():
        for feature in names:
            labels = features[feature]
            for _ in range(20):
                wanted = sorted(chance.sample(range(len(names[feature])), chance.randint(1, 5)))
                places = np.flatnonzero(np.isin(labels, wanted))
                offset = max(0, len(places) - chance.randint(1, 150))
                query = "&".join(f"{feature}={number}" for number in wanted)
                page = whole_server.json(f"/datasets/{name}/samples?split={split}&{query}&offset={offset}")
                assert page["total"] == len(places)
                assert [sample["index"] for sample in page["samples"]] == \
                    places[offset:offset + 100].tolist()


def test_class_counts(whole_server, dataset):
    name, truth, names = dataset
    for feature, texts in names.items():
        classes = whole_server.json(f"/datasets/{name}/classes?feature={feature}")["classes"]
        assert [entry["name"] for entry in classes] == texts
        for split, features in truth.items():
            assert [entry["counts"][split] for entry in classes] == \
                np.bincount(features[feature], minlength=len(texts)).tolist()


def test_fashion_mnist_is_recognised_by_content(tmp_path, run, serve):
    """MNIST's files and Fashion-MNIST's have the same names."""
    run("add", "clothes", *whole.HERE["fashion_mnist"].files, "--data", tmp_path, "--quiet")
    server = serve(tmp_path)
    assert "Fashion" in server.json("/datasets/clothes")["title"]
    names = [entry["name"] for entry in server.json("/datasets/clothes/classes")["classes"]]
    assert names == decode.FASHION_CLASSES
