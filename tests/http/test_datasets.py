# SPDX-License-Identifier: MIT
"""The list of datasets, one dataset, its classes."""
import datetime
import hashlib
import json
import re

import numpy as np
import pytest

import decode
import shapes
from program import SAMPLES, problem

NAMES = ["boston_housing", "cifar100", "digits", "fashion_mnist", "imdb", "reuters"]
WITHOUT_IMAGES = {"boston_housing", "imdb", "reuters"}
SUMMARY = {"name", "title", "revision", "task", "splits", "num_samples", "bytes", "url", "thumbnail_url"}
DETAIL = SUMMARY | {"description", "license", "citation", "homepage", "warnings", "features", "sources",
                    "set_aside", "created"}
ITEM_SIZE = {"uint8": 1, "int64": 8, "float64": 8, "uint16": 2, "int32": 4, "int16": 2, "int8": 1,
             "float32": 4, "uint32": 4, "uint64": 8, "bool": 1}


@pytest.mark.parametrize("name", NAMES)
def test_shape(server, name):
    shapes.dataset(server.json(f"/datasets/{name}"))


def test_list(server):
    page = server.json("/datasets")
    assert page.keys() == {"total", "datasets", "next", "prev"}
    assert page["total"] == len(NAMES) and page["next"] is page["prev"] is None
    assert [dataset["name"] for dataset in page["datasets"]] == NAMES
    for dataset in page["datasets"]:
        assert dataset.keys() == SUMMARY
        assert re.fullmatch("[0-9a-f]{64}", dataset["revision"])
        assert dataset["url"] == f"/datasets/{dataset['name']}"
        truth = decode.sample(dataset["name"])
        assert dataset["num_samples"] == sum(len(next(iter(split.values()))) for split in truth.values())


def test_thumbnails(server):
    for dataset in server.json("/datasets")["datasets"]:
        if dataset["name"] in WITHOUT_IMAGES:
            assert dataset["thumbnail_url"] is None
        else:
            answer = server.get(dataset["thumbnail_url"])
            assert answer.status == 200 and answer["Content-Type"] == "image/png"


def test_list_pages(server):
    first = server.get("/datasets?limit=3")
    page = first.json()
    assert [dataset["name"] for dataset in page["datasets"]] == NAMES[:3] and page["prev"] is None
    assert page["total"] == len(NAMES)
    second = server.json(page["next"])
    assert [dataset["name"] for dataset in second["datasets"]] == NAMES[3:] and second["next"] is None
    assert server.json(second["prev"])["datasets"] == page["datasets"]
    assert 'rel="next"' in first["Link"]


@pytest.mark.parametrize("name", NAMES)
def test_detail(server, name):
    detail = server.json(f"/datasets/{name}")
    assert detail.keys() == DETAIL
    listed = next(entry for entry in server.json("/datasets")["datasets"] if entry["name"] == name)
    for key in SUMMARY - {"splits"}:
        assert detail[key] == listed[key], key
    card = json.loads((SAMPLES / name / "dataset.json").read_text())
    for key in ("title", "description", "license", "citation", "homepage", "task"):
        assert detail[key] == card[key]
    for warning in card["warnings"]:
        assert detail["warnings"].count(warning) == 1
    created = datetime.datetime.fromisoformat(detail["created"].replace("Z", "+00:00"))
    age = datetime.datetime.now(datetime.timezone.utc) - created
    assert detail["set_aside"] == {"total": 0, "files": []}
    assert created.tzinfo and age < datetime.timedelta(days=1)


def value_bytes(described, values):
    """The bytes of a feature's values in a split; of a ragged one also those of where each begins."""
    if described["type"] in ("text", "tokens"):
        runs = [value.encode() if isinstance(value, str) else value for value in values]
        return sum(map(len, runs)) * ITEM_SIZE[described["dtype"]] + 8 * (len(runs) + 1)
    return len(values) * int(np.prod(described.get("shape", []))) * ITEM_SIZE[described["dtype"]]


@pytest.mark.parametrize("name", NAMES)
def test_splits_and_features(server, name):
    detail = server.json(f"/datasets/{name}")
    truth = decode.sample(name)
    assert list(detail["splits"]) == list(truth)
    for split, features in truth.items():
        assert detail["features"].keys() == features.keys()
        rows = len(next(iter(features.values())))
        assert detail["splits"][split]["num_samples"] == rows
        size = sum(value_bytes(detail["features"][feature], values) for feature, values in features.items())
        assert detail["splits"][split]["bytes"] == size
    for feature, values in features.items():
        described = detail["features"][feature]
        shape = {"text": [], "tokens": [None]}.get(feature)
        assert described["shape"] == (list(values.shape[1:]) if shape is None else shape)
        assert described.get("storage") == ("rows" if feature == "image" else None)
        kind = "class" if "label" in feature else feature if feature in ("image", "text", "tokens") else "scalar"
        assert described["type"] == kind
    assert detail["bytes"] == sum(split["bytes"] for split in detail["splits"].values())


def test_sources_have_the_files_hashes(server):
    for name in NAMES:
        sources = {source["file"]: source for source in server.json(f"/datasets/{name}")["sources"]}
        data_files = [path for path in (SAMPLES / name).iterdir()
                      if path.suffix in (".gz", ".csv", ".npz", ".txt")]
        for path in data_files:
            found = next(source for file, source in sources.items() if file.endswith(path.name))
            assert found["bytes"] == path.stat().st_size
            assert found["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def counts(labels, number):
    return np.bincount(labels, minlength=number).tolist()


@pytest.mark.parametrize("name, feature", [("cifar100", "fine_label"), ("cifar100", "coarse_label"),
                                           ("fashion_mnist", "label"), ("digits", "label"), ("imdb", "label"),
                                           ("reuters", "label")])
def test_classes(server, name, feature):
    document = server.json(f"/datasets/{name}/classes?feature={feature}")
    assert document.keys() == {"feature", "classes"} and document["feature"] == feature
    names = decode.class_names(name)[feature]
    assert [entry["name"] for entry in document["classes"]] == names
    assert [entry["id"] for entry in document["classes"]] == list(range(len(names)))
    for split, features in decode.sample(name).items():
        assert [entry["counts"][split] for entry in document["classes"]] == \
            counts(features[feature], len(names))


def test_superclasses(server):
    train = decode.sample("cifar100")["train"]
    parents = dict(zip(train["fine_label"].tolist(), train["coarse_label"].tolist()))
    coarse = decode.class_names("cifar100")["coarse_label"]
    for entry in server.json("/datasets/cifar100/classes?feature=fine_label")["classes"]:
        assert entry["parent"] == {"id": parents[entry["id"]], "name": coarse[parents[entry["id"]]]}
    for entry in server.json("/datasets/cifar100/classes?feature=coarse_label")["classes"]:
        assert entry["parent"] is None


def test_the_finest_classes_are_the_default(server):
    assert server.json("/datasets/cifar100/classes")["feature"] == "fine_label"
    assert server.json("/datasets/cifar100/classes?feature=label")["feature"] == "fine_label"
    assert server.json("/datasets/digits/classes")["feature"] == "label"


def test_no_such_dataset(server):
    document = problem(server.get("/datasets/cifar"), 404, "unknown_dataset")
    assert 'no dataset "cifar"' in document["detail"]
    assert all(name in document["detail"] for name in NAMES)
    assert document["allowed"] == NAMES
    for path in ("/classes", "/samples", "/samples/0", "/samples/0/image.png", "/sheet.png",
                 "/arrays/train/image.npy"):
        problem(server.get("/datasets/cifar" + path), 404, "unknown_dataset")


@pytest.mark.parametrize("name", ["..", "%2e%2e", "CIFAR100", "cifar100%20", "x" * 1000, "%F0%9F%98%80",
                                  "cifar100%2Fsamples"])
def test_odd_dataset_names(server, name):
    answer = server.get(f"/datasets/{name}")
    assert answer.status == 404
    assert answer.json()["code"] in ("unknown_dataset", "not_found")


def test_no_such_class_feature(server):
    assert server.get("/datasets/cifar100/classes?feature=nope").status == 404
    problem(server.get("/datasets/cifar100/classes?feature=image"), 400, "invalid_parameter", "feature")
    assert server.get("/datasets/boston_housing/classes").status == 404
