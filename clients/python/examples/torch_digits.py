#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains a small convolutional network with PyTorch, in three ways to read a dataset from a server.

usage: torch_digits.py [URL]      samplecase.py beside it, or in PYTHONPATH
"""
import sys

import torch
from torch.utils import data as torch_data

import samplecase

BATCH_SIZE = 64


class Stream(torch_data.IterableDataset):
    """Batches in the server's order, each worker with a shard of it. The fastest way: all of them are
    fetched ahead, and a run is the same wherever it runs."""

    def __init__(self, dataset, seed=0):
        self.dataset, self.seed, self.epoch = dataset, seed, 0

    def __iter__(self):
        worker = torch_data.get_worker_info()
        part = {"shard": worker.id, "shards": worker.num_workers} if worker else {}
        return self.dataset.batches(BATCH_SIZE, shuffle=True, seed=self.seed, epoch=self.epoch, **part)


def loaders(dataset, workers):
    """(what it is, its loader). A loader gives dicts of tensors."""
    stream = Stream(dataset, seed=1)
    yield "stream", torch_data.DataLoader(stream, batch_size=None, num_workers=workers)
    # A sampler that gives lists of places: one request a batch, with every version of PyTorch.
    sampler = torch_data.BatchSampler(torch_data.RandomSampler(dataset), BATCH_SIZE, drop_last=False)
    yield "sampler", torch_data.DataLoader(dataset, sampler=sampler, batch_size=None, num_workers=workers)
    # The ordinary one: one request a batch since PyTorch 2 (__getitems__), one a sample before.
    yield "loader", torch_data.DataLoader(dataset, batch_size=BATCH_SIZE, shuffle=True, num_workers=workers)


def main(url=None, workers=2):
    with samplecase.Dataset(url, "digits", features=["image", "label"]) as dataset:
        for name, loader in loaders(dataset, int(workers)):
            torch.manual_seed(1)
            network = torch.nn.Sequential(
                torch.nn.Conv2d(1, 16, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                torch.nn.Flatten(), torch.nn.Linear(16 * 4 * 4, 10))
            optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
            for epoch in range(3):
                right = seen = 0
                for batch in loader:
                    images, labels = batch["image"][:, None].float() / 16, batch["label"].long()
                    scores = network(images)
                    loss = torch.nn.functional.cross_entropy(scores, labels)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    right += (scores.argmax(1) == labels).sum().item()
                    seen += len(labels)
                if name == "stream":
                    loader.dataset.epoch += 1
            print(f"{name}: {right / seen:.1%} of {seen} samples")


if __name__ == "__main__":
    main(*sys.argv[1:])
