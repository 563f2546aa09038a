# SPDX-License-Identifier: MIT
"""How a row of the benchmark is measured: a ratio to a peer that does the same on the same machine
in the same run. Several pairs, one of each in turn, the median of the pairs' ratios and their
spread; absolute figures depend on the machine and on the minute."""
import collections
import http.client
import os
import pathlib
import shutil
import statistics
import subprocess

import numpy as np

import peers
import whole
from program import PROGRAM, SAMPLES

Row = collections.namedtuple("Row", "what ours peer ratios aim note")
ROWS = {}
FRAMES = 50_000  # images of 32x32x3, as many as CIFAR-100 has to train with


def row(function):
    ROWS[function.__name__] = function
    return function


class Bench:
    """What the rows share: data, servers, how long and how often."""

    def __init__(self, folder, quick):
        self.folder, self.quick, self.load = pathlib.Path(folder), quick, os.getloadavg()[0]
        self.pairs, self.seconds = (1, 1) if quick else (7, 3)
        self.data, self.root = self.folder / "data", self.folder / "root"
        self.root.mkdir()
        for name in ("fashion_mnist", "cifar100"):
            files = whole.HERE[name].files if name in whole.HERE else [SAMPLES / name]
            self.add(name, self.data, *files)
        self.add_frames()

    def add_frames(self):
        """A dataset of noise: no copy of CIFAR-100 is needed to measure what one costs."""
        folder, noise = self.folder / "frames", np.random.default_rng(3)
        folder.mkdir()
        np.save(folder / "x_train.npy", noise.integers(0, 256, (FRAMES, 32, 32, 3), np.uint8))
        np.save(folder / "y_train.npy", noise.integers(0, 100, FRAMES))
        self.add("frames", self.data, folder)
        shutil.rmtree(folder)

    def add(self, name, data, *files):
        subprocess.run([PROGRAM, "add", name, *files, "--data", data, "--quiet"], check=True)

    def get(self, target):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
        connection.request("GET", target)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (target, answer.status)
        connection.close()
        return body

    def publish(self, name, body):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_bytes(body)
        return "/" + name

    def compare(self, ours, peer):
        """Calls both in turn, as often as there are pairs, and each first in every other; the medians
        of both and all ratios, ours to peer."""
        ours(), peer()  # both warm
        results = []
        for pair in range(self.pairs):
            order = [ours, peer] if pair % 2 == 0 else [peer, ours]
            values = {function: function() for function in order}
            results.append((values[ours], values[peer]))
        return (statistics.median(a for a, _ in results), statistics.median(b for _, b in results),
                [a / b for a, b in results])

    def loads(self, target, other, connections=32, targets=None, others=None, rate=0):
        """The same load on both servers; rate 0 counts requests, 1 bytes."""
        def on(process, path, paths):
            return lambda: peers.load(process.url(path), self.seconds, connections, paths, self.folder)[rate]
        return self.compare(on(self.server, target, targets), on(self.nginx, other, others))
