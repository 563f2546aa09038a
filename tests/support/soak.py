# SPDX-License-Identifier: MIT
"""Many clients ask one server for batches while the dataset is replaced under them, and check every
byte: the tensors against what numpy takes out of the arrays that were imported, by hash, and the
whole answer against the one before, since it is to be a function of address and revision.

The clients ask without `rev`; which revision an answer is of they read in its metadata, as a
training script would. Each keeps its connection, but hangs up in the middle now and then."""
import collections
import hashlib
import http.client
import json
import pathlib
import random
import threading
import time
import urllib.parse

import numpy as np

from permutation import permutation

SAMPLES = 2000
NAME = "soaked"


class Content:
    """What one import holds. Two of them have no sample in common."""

    def __init__(self, folder, seed):
        noise = np.random.default_rng(seed)
        self.arrays = {"image": noise.integers(0, 256, (SAMPLES, 32, 32, 3), np.uint8),
                       "weight": noise.random(SAMPLES),
                       "label": ((np.arange(SAMPLES) + seed) % 10).astype(np.uint8)}
        self.folder = pathlib.Path(folder) / f"content-{seed}"
        self.folder.mkdir()
        for name, array in self.arrays.items():
            np.save(self.folder / f"{name}_train.npy", array)
        self.revision = None  # known once it was imported anywhere

    def add(self, run, data, *more):
        run("add", NAME, self.folder, "--data", data, "--quiet", *more)

    def picked(self, query, feature):
        """What a batch has of a feature."""
        indices = query.indices(self.arrays["label"])
        if feature == "index":
            return indices.astype("<i8")
        return self.arrays[feature][indices]


class Query:
    """One address, and the samples that it asks for."""

    def __init__(self, pick):
        self.kind = pick.choice(["window", "window", "shuffle", "shuffle", "indices", "label", "large"])
        self.limit = pick.choice([1, 32, 256, 256, 600]) if self.kind != "large" else 1800
        self.offset = pick.randrange(0, SAMPLES - self.limit)
        self.seed, self.epoch = pick.randrange(3), pick.randrange(3)
        self.shards = pick.choice([1, 1, 3])
        self.listed = [pick.randrange(SAMPLES) for _ in range(60)]
        self.label = pick.randrange(10)
        window = {"offset": self.offset, "limit": self.limit}
        parameters = {"window": window, "large": window, "indices": {"indices": ",".join(map(str, self.listed))},
                      "label": {**window, "label": self.label, "offset": self.offset % 150},
                      "shuffle": {**window, "order": "shuffle", "seed": self.seed, "epoch": self.epoch,
                                  "shard": self.shards - 1, "shards": self.shards}}[self.kind]
        self.target = f"/datasets/{NAME}/batch?{urllib.parse.urlencode(parameters)}"

    def indices(self, labels):
        if self.kind == "indices":
            return np.array(self.listed)
        order = np.arange(SAMPLES)
        if self.kind == "shuffle":
            order = permutation(SAMPLES, self.seed, self.epoch)[self.shards - 1::self.shards]
        if self.kind == "label":
            return np.flatnonzero(labels == self.label)[self.offset % 150:][:self.limit]
        return order[self.offset:self.offset + self.limit]


def sha(data):
    return hashlib.sha256(data).digest()


class Soak:
    """So many answers for each client, or as many as fit into some seconds; after each third the
    dataset is replaced. `problems` says what was wrong. run(*args) runs a command of the program."""

    def __init__(self, run, folder, clients=16, requests=None, seconds=None):
        self.run_command, self.data = run, pathlib.Path(folder) / "data"
        self.clients, self.requests, self.seconds = clients, requests, seconds
        self.contents = [Content(folder, seed) for seed in (1, 2, 3)]
        pick = random.Random(1)
        self.queries = [Query(pick) for _ in range(200)]
        self.expected = {}  # (revision, target): {tensor: hash}
        self.bodies = {}    # (revision, target): hash of the first whole answer
        self.problems, self.seen = [], collections.Counter()
        self.answers = self.bytes = self.hang_ups = self.replaced = 0
        self.lock, self.start = threading.Lock(), 0.0
        for content in reversed(self.contents):  # so that the first one stays
            content.add(run, self.data, "--replace")
            self.know(content)

    def know(self, content):
        """Called when a content is current: its revision, and what its batches are."""
        document = json.loads(self.run_command("info", NAME, "--data", self.data, "--json").stdout)
        content.revision = document["revision"]
        for query in self.queries:
            self.expected[content.revision, query.target] = {
                feature: sha(np.ascontiguousarray(content.picked(query, feature)))
                for feature in (*content.arrays, "index")}

    def part(self):
        """How much of the whole is done, 0 to 1."""
        if self.seconds:
            return (time.monotonic() - self.start) / self.seconds
        return self.answers / (self.clients * self.requests)

    def wrong(self, text):
        with self.lock:
            self.problems.append(text)

    def check(self, query, body):
        length = int.from_bytes(body[:8], "little")
        head = json.loads(body[8:8 + length])
        notes = head.pop("__metadata__")
        key = notes["revision"], query.target
        want = self.expected.get(key)
        if want is None:
            return self.wrong(f"{query.target}: revision {notes['revision']} that was never imported")
        tensors = {}
        view = memoryview(body)[8 + length:]
        for name, entry in head.items():
            tensors[name] = sha(view[slice(*entry["data_offsets"])])
        if tensors != want:
            bad = sorted(name for name in {*tensors, *want} if tensors.get(name) != want.get(name))
            self.wrong(f"{query.target}: wrong bytes in {', '.join(bad)} of revision {notes['revision'][:8]}")
        with self.lock:
            if self.bodies.setdefault(key, sha(body)) != sha(body):
                self.problems.append(f"{query.target}: other bytes than before")
            self.seen[notes["revision"]] += 1
            self.answers += 1
            self.bytes += len(body)
        return None

    def done(self):
        """Whether clients may stop: enough was asked, and every revision was seen; or too much is wrong."""
        return len(self.problems) > 100 or self.part() >= 1 and (len(self.seen) == len(self.contents) or self.problems)

    def client(self, server, number):
        pick, connection = random.Random(number), None
        try:
            while not self.done():
                if connection is None:
                    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
                query = pick.choice(self.queries)
                connection.request("GET", query.target)
                answer = connection.getresponse()
                if answer.status != 200:
                    self.wrong(f"{query.target}: {answer.status} {answer.read(300)!r}")
                elif pick.random() < 0.02:  # hangs up in the middle
                    answer.read(pick.randrange(1, 5000))
                    connection.close()
                    connection = None
                    with self.lock:
                        self.hang_ups += 1
                else:
                    self.check(query, answer.read())
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            self.wrong(f"client {number}: {type(error).__name__}: {error}")
        finally:
            if connection:
                connection.close()

    def run(self, server, watch=lambda: None):
        """Runs it all; watch() is called now and then."""
        self.start = time.monotonic()
        threads = [threading.Thread(target=self.client, args=(server, i), daemon=True)
                   for i in range(self.clients)]
        for thread in threads:
            thread.start()
        late = None
        while any(thread.is_alive() for thread in threads):
            thirds = len(self.contents)
            if self.replaced < thirds - 1 and self.part() >= (self.replaced + 1) / thirds:
                self.replaced += 1
                self.contents[self.replaced].add(self.run_command, self.data, "--replace")
            if self.part() >= 1:
                late = late or time.monotonic() + 60
                if time.monotonic() > late:
                    self.wrong(f"a minute after the end: {len(self.seen)} revisions were seen, and "
                               f"{sum(thread.is_alive() for thread in threads)} clients wait")
                    return
            watch()
            time.sleep(0.05)
