# SPDX-License-Identifier: MIT
"""The rows about batches for training: over the wire, into Python, and against what a Python
programmer would serve them with."""
import contextlib
import importlib.util
import io
import json
import multiprocessing
import random
import socket
import time

import numpy as np
import PIL.Image
import requests

import peers
from measure import FRAMES, Row, row
from program import ROOT

ROOM = FRAMES * 3072 // 2  # bytes of the large batches' files, which are to stay in memory


def targets(name, rows, total, count, more=""):
    """Addresses of batches at random places."""
    places = random.Random(rows).sample(range(total - rows), count)
    return [f"/datasets/{name}/batch?features=image&offset={place}&limit={rows}{more}" for place in places]


def contiguous(bench, rows, aim, count=195):
    """As many batches of rows that lie one after the other, and the same bytes in files."""
    ours = targets("frames", rows, FRAMES, count)
    theirs = [bench.publish(f"batches/{rows}-{i}.bin", bench.get(target)) for i, target in enumerate(ours)]
    measured = bench.loads("/", "/", 4, ours, theirs)
    for path in theirs:
        (bench.root / path[1:]).unlink()
    return Row(f"batch of {rows:,}×3,072 B in a row, {count} places", *measured, aim, "requests/s")


@row
def batch(bench):
    return contiguous(bench, 256, "≥ 0.95")


@row
def batch_small(bench):
    return contiguous(bench, 32, "≥ 1.0")


@row
def batch_large(bench):
    return contiguous(bench, 4096, "≥ 0.9", ROOM // (4096 * 3072))


def shuffled(bench, name, total, size):
    """Batches of a shuffled epoch against batches of rows in a row, of the same server."""
    count = min(195, total // 256)
    ours = targets(name, 256, total, count, "&order=shuffle&seed=1&epoch=1")
    others = targets(name, 256, total, count)

    def on(paths):
        return lambda: peers.load(bench.server.url("/"), bench.seconds, 4, paths, bench.folder)[0]
    return Row(f"shuffled batch of 256×{size} B against one in a row", *bench.compare(on(ours), on(others)),
               "≥ 0.9", "requests/s")


@row
def batch_shuffled(bench):
    return shuffled(bench, "frames", FRAMES, "3,072")


@row
def batch_shuffled_grey(bench):
    return shuffled(bench, "fashion_mnist", bench.fashion, "784")


# --- Python ---------------------------------------------------------------------------------------

def client():
    spec = importlib.util.spec_from_file_location("samplecase", ROOT / "clients/python/samplecase.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rate(bench, batches):
    """Samples a second out of batches(), which goes once through the dataset, again and again."""
    def measure():
        seen, start = 0, time.perf_counter()
        while True:
            for images in batches():
                seen += len(images)
                took = time.perf_counter() - start
                if took >= bench.seconds:
                    return seen / took
    return measure


def loop(bench):
    """The client's loop over the images."""
    data = client().Dataset(bench.server.url(""), "frames", features="image")
    return rate(bench, lambda: (one["image"] for one in data.batches(256)))


def stored_path(bench):
    return next((bench.data / "arrays" / "frames").rglob("train/image.npy"))


def stored(bench):
    return np.load(stored_path(bench), mmap_mode="r")


@row
def client_local(bench):
    ours, images = loop(bench), stored(bench)
    peer = rate(bench, lambda: (images[at:at + 256].copy() for at in range(0, FRAMES, 256)))
    return Row("Python client, batches of 256×3,072 B, against copies out of a local `numpy.memmap`",
               *bench.compare(ours, peer), "≥ 0.35", "samples/s")


def send_rows(path, sock):
    """Sends the stored images again and again, 256 at a time, until the other side hangs up."""
    images = np.load(path, mmap_mode="r")
    with contextlib.suppress(OSError):
        while True:
            for at in range(0, FRAMES, 256):
                sock.sendall(images[at:at + 256])


@row
def client_wire(bench):
    """What HTTP and our Python cost: two processes that know the bytes' number and nothing else."""
    size = 256 * 3072

    def peer():
        with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(
                listener.getsockname()) as sock:
            sender = multiprocessing.get_context("fork").Process(
                target=lambda path: (sock.close(), send_rows(path, listener.accept()[0])), args=(stored_path(bench),))
            sender.start()
            buffer, got, start = memoryview(bytearray(size)), 0, time.perf_counter()
            while (took := time.perf_counter() - start) < bench.seconds:
                got += sock.recv_into(buffer[got % size:])
        sender.join()
        return got / 3072 / took
    return Row("Python client, batches of 256×3,072 B, against two bare sockets in Python",
               *bench.compare(loop(bench), peer), "", "samples/s")


def requested(bench, kind, load):
    """The client's loop against requests and numpy.load."""
    ours, images = loop(bench), stored(bench)
    session = requests.Session()
    url = bench.server.url(f"/datasets/frames/batch?features=image&format={kind}&limit=256&offset=")

    def batches():
        for at in range(0, FRAMES, 256):
            yield load(io.BytesIO(session.get(url + str(at)).content))
    assert np.array_equal(next(batches()), images[:256])
    measured = bench.compare(ours, rate(bench, batches))
    session.close()
    return Row(f"Python client against `requests` and `numpy.load`, {kind}", *measured, "≥ 10", "samples/s")


@row
def client_requests_npz(bench):
    return requested(bench, "npz", lambda file: np.load(file)["image"])


@row
def client_requests_npy(bench):
    return requested(bench, "npy", np.load)


# --- FastAPI --------------------------------------------------------------------------------------

def against_fastapi(bench, what, connections, pairs, same):
    """Both servers' answers, addresses by pairs; same(a, b) says whether two mean the same."""
    ours, theirs = zip(*pairs)
    with peers.fastapi(bench.data, "frames", "/ready") as fastapi:
        for one, other in (pairs[0], pairs[-1]):
            assert same(bench.get(one), requests.get(fastapi.url(other)).content), other

        def on(process, paths):
            return lambda: peers.load(process.url("/"), bench.seconds, connections, paths, bench.folder)[0]
        return Row(f"{what}, against FastAPI", *bench.compare(on(bench.server, ours), on(fastapi, theirs)), "",
                   "requests/s")


@row
def fastapi_batch(bench):
    places = random.Random(5).sample(range(FRAMES - 256), 195)
    return against_fastapi(
        bench, "batch of 256×3,072 B as npy", 4,
        [(f"/datasets/frames/batch?features=image&format=npy&offset={place}", f"/batch?offset={place}")
         for place in places], lambda a, b: a == b)


@row
def fastapi_page(bench):
    def samples(body):
        return json.loads(body)["samples"]
    return against_fastapi(
        bench, "JSON page of 100 samples", 32,
        [(f"/datasets/fashion_mnist/samples?offset={at}", f"/samples?offset={at}")
         for at in range(0, 100 * min(100, bench.fashion // 100), 100)],
        lambda a, b: samples(a) == samples(b))


@row
def fastapi_png(bench):
    def pixels(body):
        return np.asarray(PIL.Image.open(io.BytesIO(body)))
    return against_fastapi(
        bench, "PNG, 28×28 grey", 32,
        [(f"/datasets/fashion_mnist/samples/{i}/image.png", f"/samples/{i}/image.png")
         for i in random.Random(7).sample(range(bench.fashion), 500)],
        lambda a, b: np.array_equal(pixels(a), pixels(b)))
