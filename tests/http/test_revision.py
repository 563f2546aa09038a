# SPDX-License-Identifier: MIT
"""A revision, computed again from what the server says and from the arrays' files, as
store/writer.h describes it."""
import hashlib

import pytest


RAGGED = {kind: [".values", ".offsets"] for kind in ("text", "tokens")}  # endings of the files


def name(text):
    return f" {len(text.encode())}:{text}"


def array(path):
    return f"array {hashlib.sha256(path.read_bytes()).hexdigest()}"


def revision(server, data, dataset):
    detail = server.json(f"/datasets/{dataset}")
    folder = data / "arrays" / dataset / detail["revision"]
    order = list(detail["features"])
    lines = ["samplecase revision 1"]
    for feature, described in detail["features"].items():
        shape = ",".join(map(str, filter(None, described["shape"]))) or "-"
        white = format(described.get("white", 0), ".17g")
        parent = order.index(described["parent"]) if described.get("parent") else -1
        lines.append(f"feature{name(feature)} {described['type']} {described['dtype']} {shape} {white} "
                     f"{int(described['target'])} {parent}" + (" ragged" if described["type"] in RAGGED else ""))
        if described["type"] == "class":
            for entry in server.json(f"/datasets/{dataset}/classes?feature={feature}")["classes"]:
                lines.append(f"class{name(entry['name'])} {entry['parent']['id'] if entry['parent'] else -1}")
    for split, described in detail["splits"].items():
        lines.append(f"split{name(split)} {described['num_samples']}")
        for feature in order:
            for ending in RAGGED.get(detail["features"][feature]["type"], [""]):
                lines.append(array(folder / split / f"{feature}{ending}.npy"))
    for feature in order:
        if detail["features"][feature]["type"] == "tokens":
            lines.append(f"shared{name(feature)}")
            lines += [array(folder / f"{feature}.words{ending}.npy") for ending in RAGGED["tokens"]]
    text = "\n".join(lines) + "\n"
    return detail["revision"], hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("dataset", ["boston_housing", "cifar100", "digits", "fashion_mnist", "imdb", "reuters"])
def test_revision(server, data, dataset):
    stored, computed = revision(server, data, dataset)
    assert stored == computed
