# SPDX-License-Identifier: MIT
"""A revision, computed again from what the server says and from the arrays' files, as
store/writer.h describes it."""
import hashlib

import pytest


def name(text):
    return f" {len(text.encode())}:{text}"


def revision(server, data, dataset):
    detail = server.json(f"/datasets/{dataset}")
    folder = data / "arrays" / dataset / detail["revision"]
    order = list(detail["features"])
    lines = ["samplecase revision 1"]
    for feature, described in detail["features"].items():
        shape = ",".join(map(str, described["shape"])) or "-"
        white = format(described.get("white", 0), ".17g")
        parent = order.index(described["parent"]) if described.get("parent") else -1
        lines.append(f"feature{name(feature)} {described['type']} {described['dtype']} {shape} {white} "
                     f"{int(described['target'])} {parent}")
        if described["type"] == "class":
            for entry in server.json(f"/datasets/{dataset}/classes?feature={feature}")["classes"]:
                lines.append(f"class{name(entry['name'])} {entry['parent']['id'] if entry['parent'] else -1}")
    for split, described in detail["splits"].items():
        lines.append(f"split{name(split)} {described['num_samples']}")
        for feature in order:
            digest = hashlib.sha256((folder / split / f"{feature}.npy").read_bytes()).hexdigest()
            lines.append(f"array {digest}")
    text = "\n".join(lines) + "\n"
    return detail["revision"], hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("dataset", ["boston_housing", "cifar100", "digits", "fashion_mnist"])
def test_revision(server, data, dataset):
    stored, computed = revision(server, data, dataset)
    assert stored == computed
