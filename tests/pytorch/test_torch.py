# SPDX-License-Identifier: MIT
"""PyTorch's DataLoader over the client's Dataset. Not part of an ordinary run, since PyTorch is large:
script/test pytorch installs it and runs this."""
import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import pytest
import torch
from torch.utils import data as torch_data

import decode
import recipes
from program import ROOT

EXAMPLE = ROOT / "clients/python/examples/torch_digits.py"


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)  # there, so that it can be pickled
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def samplecase(server, tmp_path_factory):
    path = tmp_path_factory.mktemp("client") / "samplecase.py"
    path.write_bytes(server.get("/client/samplecase.py").body)
    sys.path.insert(0, str(path.parent))  # for spawned workers as well
    yield load("samplecase", path)
    sys.path.remove(str(path.parent))


@pytest.fixture(scope="module")
def digits():
    whole = decode.sample("digits")["all"]
    return {"image": torch.as_tensor(whole["image"]), "label": torch.as_tensor(whole["label"])}


def check(loader, digits):
    """Every sample once, as it is."""
    seen = []
    for batch in loader:
        assert set(batch) == {"image", "label", "index"} and all(torch.is_tensor(one) for one in batch.values())
        assert batch["image"].dtype == torch.uint8 and batch["image"].shape[1:] == (8, 8)
        for name, whole in digits.items():
            assert torch.equal(batch[name].to(whole.dtype), whole[batch["index"]])
        seen += batch["index"].tolist()
    assert sorted(seen) == list(range(1797))
    return seen


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_loaders(samplecase, server, digits, workers):
    example = load("torch_digits", EXAMPLE)
    with samplecase.Dataset(server.url, "digits") as data:
        orders = {name: check(loader, digits) for name, loader in example.loaders(data, workers)}
        assert list(orders) == ["stream", "sampler", "loader"]
        if workers < 2:  # of several it depends on which is first
            order = [int(i) for batch in data.batches(100, shuffle=True, seed=1) for i in batch["index"]]
            assert orders["stream"] == order


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_every_kind(samplecase, server, digits, method):
    with samplecase.Dataset(server.url, "digits") as data:
        assert data[0]["index"] == 0  # a connection is open, which workers must not use
        sampler = torch_data.BatchSampler(torch_data.RandomSampler(data), 100, drop_last=False)
        check(torch_data.DataLoader(data, sampler=sampler, batch_size=None, num_workers=2,
                                    multiprocessing_context=method), digits)
        assert data[1]["index"] == 1


def test_one_request_a_batch(samplecase, server, monkeypatch):
    """What PyTorch 2 calls, and what a sampler of batches leads to, in every version."""
    with samplecase.Dataset(server.url, "digits") as data:
        asked, batch = [], data.batch
        monkeypatch.setattr(data, "batch", lambda places: asked.append(len(places)) or batch(places))
        sampler = torch_data.BatchSampler(torch_data.SequentialSampler(data), 500, drop_last=False)
        list(torch_data.DataLoader(data, sampler=sampler, batch_size=None))
        assert asked == [500, 500, 500, 297]
        collated = torch_data.default_collate(data.__getitems__(list(range(40))))
        assert asked[4:] == [40] and collated["image"].shape == (40, 8, 8) and torch.is_tensor(collated["label"])


def test_writing_into_a_batch(samplecase, server, digits):
    """Tensors share the batch's memory, which is one's own."""
    with samplecase.Dataset(server.url, "digits") as data:
        kept = []
        for batch in data.batches(100):
            images = torch.from_numpy(batch["image"])
            images += 1
            kept.append(images)
        assert torch.equal(torch.cat(kept).to(digits["image"].dtype), digits["image"] + 1)


def test_the_example(samplecase, server):
    environment = {**os.environ, "PYTHONPATH": str(pathlib.Path(samplecase.__file__).parent)}
    done = subprocess.run([sys.executable, EXAMPLE, server.url], env=environment, capture_output=True, text=True,
                          timeout=600)
    assert done.returncode == 0, done.stderr
    found = re.findall(r"(\w+): ([0-9.]+)% of 1797 samples", done.stdout)
    assert [name for name, _ in found] == ["stream", "sampler", "loader"]
    assert all(float(accuracy) > 90 for _, accuracy in found)


def test_the_recipes(samplecase, server, tmp_path):
    blocks = [block for block in recipes.blocks(ROOT / "docs/clients.md") if block.heading == "PyTorch"]
    assert len(blocks) == 1 and recipes.can_run(blocks[0])
    environment = {**os.environ, "PYTHONPATH": str(pathlib.Path(samplecase.__file__).parent)}
    recipes.run(blocks[0], tmp_path, server.url.rstrip("/"), environment)
