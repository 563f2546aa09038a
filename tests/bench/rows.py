# SPDX-License-Identifier: MIT
"""The rows about pages, pictures, arrays, imports and what the server costs when it stands still."""
import http.client
import io
import pathlib
import random
import shutil
import subprocess
import sys
import time

import numpy as np
import PIL.Image

import peers
import whole
from measure import Row, row
from memory import resident
from program import PROGRAM, SAMPLES


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
