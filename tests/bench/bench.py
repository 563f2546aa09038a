#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The rows of the benchmark. Each is a ratio to a peer that does the same on the same machine in the
same run: several pairs, one of each in turn, the median of the pairs' ratios and their spread.
Absolute figures depend on the machine and on the minute."""
import argparse
import collections
import http.client
import io
import os
import pathlib
import platform
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import PIL.Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import peers  # noqa: E402
import whole  # noqa: E402
from program import PROGRAM, ROOT, SAMPLES  # noqa: E402

Row = collections.namedtuple("Row", "what ours peer ratios aim note")
ROWS = {}


def row(function):
    ROWS[function.__name__] = function
    return function


class Bench:
    """What the rows share: data, servers, how long and how often."""

    def __init__(self, folder, quick):
        self.folder, self.quick = pathlib.Path(folder), quick
        self.pairs, self.seconds = (1, 1) if quick else (7, 3)
        self.data, self.root = self.folder / "data", self.folder / "root"
        self.root.mkdir()
        for name in ("fashion_mnist", "cifar100"):
            files = whole.HERE[name].files if name in whole.HERE else [SAMPLES / name]
            self.add(name, self.data, *files)

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


@row
def hello(bench):
    target = bench.publish("healthz", bench.get("/healthz"))
    return Row("hello: `/healthz`", *bench.loads("/healthz", target), "≥ 0.95", "requests/s")


@row
def page(bench):
    """A hundred different pages, and the same bytes in files."""
    targets = [f"/datasets/fashion_mnist/samples?split=train&offset={offset}&limit=100"
               for offset in range(0, 100 * min(100, bench.fashion // 100), 100)]
    others = [bench.publish(f"pages/{i}.json", bench.get(target)) for i, target in enumerate(targets)]
    return Row("JSON page of 100 samples", *bench.loads("/", "/", 32, targets, others), "≥ 0.85", "requests/s")


def pictures(bench, name, title):
    """A thousand different pictures, made for each request, and libpng's of the same in files."""
    split = "train"
    images = np.load(next((bench.data / "arrays" / name).rglob(f"{split}/image.npy")), mmap_mode="r")
    chosen = random.Random(7).sample(range(len(images)), 1000)
    targets = [f"/datasets/{name}/samples/{index}/image.png" for index in chosen]
    others, ours, theirs = [], 0, 0
    for index, target in zip(chosen, targets):
        body = bench.get(target)
        assert np.array_equal(np.asarray(PIL.Image.open(io.BytesIO(body))), images[index])
        out = io.BytesIO()
        PIL.Image.fromarray(images[index]).save(out, "PNG")
        ours, theirs = ours + len(body), theirs + len(out.getvalue())
        others.append(bench.publish(f"{name}/{index}.png", out.getvalue()))
    return Row(f"PNG, {title}", *bench.loads("/", "/", 32, targets, others), "≥ 0.8",
               f"requests/s; {ours / theirs:.2f} times libpng's bytes ({ours / 1000:.0f} : {theirs / 1000:.0f})")


@row
def png_grey(bench):
    return pictures(bench, "fashion_mnist", "28×28 grey")


@row
def png_rgb(bench):
    return pictures(bench, "cifar100", "32×32 RGB")


@row
def array(bench):
    target = "/datasets/fashion_mnist/arrays/train/image.npy"
    body = bench.get(target)
    other = bench.publish("image.npy", body)
    return Row(f"whole array, {len(body) / 1e6:.0f} MB", *bench.loads(target, other, 4, rate=1), "≥ 0.85", "bytes/s")


def deep(bench, what, query, total):
    """The last page against the first, of the same server, one connection."""
    first, last = (f"/datasets/fashion_mnist/samples?{query}limit=100&offset={offset}" for offset in (0, total - 100))

    def on(target):
        return lambda: peers.load(bench.server.url(target), bench.seconds, 1)[0]
    return Row(f"last page against first, {what}", *bench.compare(on(last), on(first)), "≥ 0.9", "requests/s")


@row
def deep_plain(bench):
    return deep(bench, "plain", "", bench.fashion)


@row
def deep_class(bench):
    return deep(bench, "one class", "label=3&", bench.fashion // 10)


@row
def deep_classes(bench):
    return deep(bench, "three classes", "label=1&label=5&label=8&", bench.fashion * 3 // 10)


def timed(command, **more):
    start = time.perf_counter()
    subprocess.run(command, check=True, **more)
    return time.perf_counter() - start


def importing(bench, name, files, peer):
    """Seconds of an import into an empty folder: decoded, indexed, hashed, synced; and of the peer."""
    def ours():
        shutil.rmtree(bench.folder / "import", ignore_errors=True)
        return timed([PROGRAM, "add", name, *files, "--data", bench.folder / "import", "--quiet"])
    return bench.compare(ours, peer)


@row
def import_cifar100(bench):
    if "cifar100" not in whole.HERE:
        return None

    def peer():
        folder = bench.folder / "unpacked"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return timed(["tar", "xzf", whole.CIFAR100, "-C", folder])
    return Row("import of CIFAR-100 (20,000 images) against `tar xzf`",
               *importing(bench, "cifar100", [whole.CIFAR100], peer), "≤ 1", "seconds")


@row
def import_fashion(bench):
    files = whole.HERE["fashion_mnist"].files

    def peer():
        return sum(timed(["gzip", "-dc", file], stdout=subprocess.DEVNULL) for file in files)
    return Row("import of Fashion-MNIST (70,000 images) against `gzip -dc >/dev/null`",
               *importing(bench, "fashion_mnist", files, peer), "", "seconds")


def ten_datasets(bench):
    data = bench.folder / "ten"
    if not data.exists():
        for name, dataset in whole.HERE.items():
            bench.add(name, data, *dataset.files)
        for number in range(10 - len(whole.HERE)):
            bench.add(f"slice-{number}", data, SAMPLES / ("digits", "cifar100", "fashion_mnist")[number % 3])
    return data


@row
def cold_start(bench):
    """Milliseconds from starting the process to the first answer."""
    data = ten_datasets(bench)

    def milliseconds(start):
        begin = time.perf_counter()
        process = start()
        took = time.perf_counter() - begin
        process.stop()
        return 1000 * took

    def ours():
        return milliseconds(lambda: peers.samplecase(PROGRAM, data, target="/datasets"))

    def peer():
        return milliseconds(lambda: peers.nginx(bench.folder, bench.root, "/index.json"))
    bench.publish("index.json", bench.get("/datasets"))
    return Row("cold start to the first answer, ten datasets (nginx: one file)", *bench.compare(ours, peer),
               "≤ 10 ms", "milliseconds")


def resident(pid, data):
    """MB of a process that are resident: without the stored arrays, and those alone."""
    own = arrays = 0
    for block in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", pathlib.Path(f"/proc/{pid}/smaps").read_text()):
        size = int(re.search(r"^Rss:\s+(\d+) kB", block, re.MULTILINE)[1]) / 1000
        if str(data) in block.splitlines()[0]:
            arrays += size
        else:
            own += size
    return own, arrays


@row
def memory(bench):
    data = ten_datasets(bench)
    with peers.samplecase(PROGRAM, data, target="/datasets") as server:
        own, arrays = resident(server.pid, data)
        print(f"  idle: {own:.1f} MB and {arrays:.1f} MB of stored arrays", file=sys.stderr)
        names = [path.name for path in (data / "arrays").iterdir()]
        for name in names:
            for target in (f"/datasets/{name}/samples", f"/datasets/{name}/sheet.png"):
                connection = http.client.HTTPConnection("127.0.0.1", server.port)
                connection.request("GET", target)
                connection.getresponse().read()
                connection.close()
        used, _ = resident(server.pid, data)
    return Row("resident memory beyond the stored arrays, ten datasets", own, None, [], "≤ 20 MB",
               f"MB, idle; {used:.1f} MB after a page and a sheet of each")


def figure(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def table(rows):
    lines = ["| what | ours | peer | ratio: median (least … most) | aim | unit |",
             "|---|---|---|---|---|---|"]
    for entry in rows:
        ratio = f"{statistics.median(entry.ratios):.2f} ({min(entry.ratios):.2f} … {max(entry.ratios):.2f})" \
            if entry.ratios else ""
        lines.append(f"| {entry.what} | {figure(entry.ours)} | {figure(entry.peer)} | {ratio} | {entry.aim} | "
                     f"{entry.note} |")
    return "\n".join(lines)


def version(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).splitlines()[0].strip()


def document(rows, bench):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"""\
# Benchmarks

Made by `script/bench --write`. Each row is measured against a peer on the same machine in the same run, {bench.pairs}
pairs in turn, {bench.seconds} s each where it is a load; the ratio is the median over the pairs. The load is wrk on two
threads with 32 connections (arrays: 4, deep pages: 1); server, nginx (two workers, `sendfile`, `tcp_nopush`,
`open_file_cache`, no log) and wrk share the machine, so figures are ratios first.

{table(rows)}

Machine: {os.cpu_count()} cores, {model[1] if model else platform.machine()}, Linux {platform.release()};
{version(PROGRAM, "--version")}, {version("nginx", "-v")}, {version("wrk", "-v").split(" [")[0]}.
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rows", default=",".join(ROWS), help=f"of: {','.join(ROWS)}")
    options = parser.parse_args()
    names = options.rows.split(",")
    for name in names:
        if name not in ROWS:
            parser.error(f"no row {name}; there are: {', '.join(ROWS)}")
    rows = []
    with tempfile.TemporaryDirectory(dir=ROOT / "build-bench") as folder:
        bench = Bench(folder, options.quick)
        peer_folder = bench.folder / "nginx"
        peer_folder.mkdir()
        bench.publish("ready", b"ready")
        with peers.samplecase(PROGRAM, bench.data) as bench.server, \
                peers.nginx(peer_folder, bench.root, "/ready") as bench.nginx:
            bench.fashion = len(np.load(next((bench.data / "arrays/fashion_mnist").rglob("train/label.npy")),
                                        mmap_mode="r"))
            for name in names:
                print(f"measuring {name}", file=sys.stderr)
                entry = ROWS[name](bench)
                if entry:
                    rows.append(entry)
        print(table(rows))
        if options.write:
            (ROOT / "docs").mkdir(exist_ok=True)
            (ROOT / "docs/benchmarks.md").write_text(document(rows, bench))


main()
