# SPDX-License-Identifier: MIT
"""The client's connections: TLS, threads, processes, and a network that does not cooperate."""
import ast
import concurrent.futures
import contextlib
import multiprocessing
import pathlib
import pickle
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import decode
from flaky import Flaky
from program import SAMPLES

WHOLE_ANSWER = 1 << 30  # hang up behind it


def labels(data, places):
    return [int(data[place]["label"]) for place in places]


@pytest.fixture(scope="module")
def digits():
    return decode.sample("digits")["all"]


def test_an_old_python_reads_it(samplecase):
    """Python 3.9 and numpy, nothing else."""
    source = pathlib.Path(samplecase.__file__).read_text()
    tree = ast.parse(source, feature_version=(3, 9))
    imported = {name.name.split(".")[0] for node in tree.body if isinstance(node, ast.Import)
                for name in node.names}
    assert imported == {"collections", "json", "os", "queue", "selectors", "socket", "ssl", "sys", "threading",
                        "time", "urllib", "numpy"}
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))


# TLS

@pytest.fixture
def secure(data, serve, certificate):
    return serve(data, "--tls-cert", certificate / "cert.pem", "--tls-key", certificate / "key.pem")


def test_tls(samplecase, secure, certificate, digits, monkeypatch):
    cafile = str(certificate / "cert.pem")
    with samplecase.Dataset(secure.url, "digits", cafile=cafile) as data:
        whole = np.concatenate([batch["image"] for batch in data.batches(100)])
        assert np.array_equal(whole, digits["image"])
        assert labels(data, range(5)) == digits["label"][:5].tolist()
        assert labels(pickle.loads(pickle.dumps(data)), range(5)) == digits["label"][:5].tolist()
    context = ssl.create_default_context(cafile=cafile)
    with samplecase.Dataset(secure.url, "digits", context=context) as data:
        assert labels(data, [3]) == [digits["label"][3]]
        with pytest.raises(TypeError, match="cafile"):
            pickle.dumps(data)
    assert samplecase.load_digits(secure.url, cafile=cafile).data.shape == (1797, 64)
    assert "digits" in samplecase.datasets(secure.url, cafile=cafile)
    (x, _), _ = samplecase.load_data("fashion_mnist", secure.url, cafile=cafile)
    assert np.array_equal(x, decode.sample("fashion_mnist")["train"]["image"])
    monkeypatch.setenv("SSL_CERT_FILE", cafile)  # what OpenSSL itself looks at
    assert samplecase.load_digits(secure.url).data.shape == (1797, 64)


def test_a_certificate_that_nobody_signed(samplecase, secure):
    """Is no case for trying again."""
    with pytest.raises(samplecase.Unavailable, match="(?i)certificate"):
        samplecase.Dataset(secure.url, "digits", retries=10 ** 6)


def test_plain_http_where_tls_is_spoken(samplecase, secure):
    with pytest.raises(samplecase.Unavailable):
        samplecase.Dataset(secure.url.replace("https", "http"), "digits", retries=1)


# Threads and processes

def test_threads_share_a_dataset(samplecase, server, digits):
    with samplecase.Dataset(server.url, "digits") as data:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            places = [list(range(first, 1797, 97)) for first in range(97)]
            for some, found in zip(places, pool.map(lambda some: labels(data, some), places)):
                assert found == digits["label"][some].tolist()


def first_images(data, place, results):
    batch = next(data.batches(10, start=place))
    results.put((place, batch["index"].tolist(), batch["image"].sum(), int(data[place]["label"])))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_share_a_dataset(samplecase, server, digits, method, monkeypatch):
    monkeypatch.syspath_prepend(str(pathlib.Path(samplecase.__file__).parent))  # spawn takes it along
    data = samplecase.Dataset(server.url, "digits")
    assert labels(data, [0]) == [0]
    assert len(list(data.batches(500))) == 4  # leaves a connection to go on with: in this process alone
    context = multiprocessing.get_context(method)
    results = context.Queue()
    workers = [context.Process(target=first_images, args=(data, place, results)) for place in (0, 500, 1000)]
    for worker in workers:
        worker.start()
    mine = labels(data, range(50))
    assert next(data.batches(50))["label"].tolist() == mine
    for place, index, total, label in (results.get(timeout=60) for _ in workers):
        assert index == list(range(place, place + 10))
        assert total == digits["image"][place:place + 10].sum() and label == digits["label"][place]
    assert mine == digits["label"][:50].tolist()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0


def in_a_fork(work):
    """Calls work() in a forked child; what it returned, or its error's text."""
    context = multiprocessing.get_context("fork")
    results = context.Queue()

    def run():
        try:
            results.put(work())
        except Exception as error:
            results.put(str(error))
    child = context.Process(target=run)
    child.start()
    result = results.get(timeout=60)
    child.join()
    return result


def test_a_loop_that_was_forked_with_its_process(samplecase, server, digits):
    """The child asks over connections of its own, and the parent's loop goes on undisturbed."""
    data = samplecase.Dataset(server.url, "digits", features="label")
    assert labels(data, [0]) == [0]
    alone, ahead = data.batches(10, prefetch=0), data.batches(10)
    next(alone), next(ahead)

    def in_the_child():
        alone.close()
        return [batch["index"].tolist() for batch in data.batches(7, prefetch=0)] + [labels(data, range(9))]
    assert in_a_fork(in_the_child) == [list(range(i, min(i + 7, 1797))) for i in range(0, 1797, 7)] + \
        [digits["label"][:9].tolist()]
    assert "process that began it" in in_a_fork(lambda: next(ahead))
    in_a_fork(ahead.close)
    for stream in (alone, ahead):
        assert np.concatenate([batch["index"] for batch in stream]).tolist() == list(range(10, 1797))


def test_a_program_ends_with_a_loop_open(samplecase, server):
    program = f"import samplecase\nloop = samplecase.Dataset({server.url!r}, 'digits').batches(10)\nnext(loop)"
    subprocess.run([sys.executable, "-c", program], cwd=pathlib.Path(samplecase.__file__).parent, timeout=60, check=True)


def test_threads_that_cannot_start(samplecase, server, monkeypatch):
    """An interrupt at that moment leaves no connection behind that somebody uses."""
    data = samplecase.Dataset(server.url, "digits", features="label")
    start = threading.Thread.start

    def start_late(self):
        start(self)
        time.sleep(0.05)
        raise KeyboardInterrupt
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start_late)
        with pytest.raises(KeyboardInterrupt):
            next(data.batches(10))
    assert not [thread for thread in threading.enumerate() if thread.name == "samplecase"]
    assert np.concatenate([batch["index"] for batch in data.batches(10)]).tolist() == list(range(1797))


# A network that does not cooperate

def test_a_connection_that_lay_idle(samplecase, server, digits):
    """It may be closed by the server at any time, which counts as no failure."""
    with Flaky(server.port, [None, None, WHOLE_ANSWER, WHOLE_ANSWER, WHOLE_ANSWER]) as proxy:
        data = samplecase.Dataset(proxy.url, "digits", retries=0)
        assert labels(data, range(6)) == digits["label"][:6].tolist()
        assert len(proxy.met) == 8


def test_epochs_share_a_connection(samplecase, server, digits):
    with Flaky(server.port) as proxy:
        with samplecase.Dataset(proxy.url, "digits") as data:
            for _ in range(5):
                found = [batch["label"] for batch in data.batches(100)]
                assert np.concatenate(found).tolist() == digits["label"].tolist()
            assert proxy.connections == 2  # one more for what is asked beside them
            next(data.batches(100))  # is left with answers under way, and so is its connection
            assert len(next(data.batches(100))["index"]) == 100
            assert proxy.connections == 3


def test_small_answers(samplecase, server, digits):
    """Several of them may arrive at once."""
    with samplecase.Dataset(server.url, "digits", features="label") as data:
        assert [int(batch["label"][0]) for batch in data.batches(1, prefetch=9)] == digits["label"].tolist()


@pytest.mark.parametrize("habit", ["close", "drip", "hint", WHOLE_ANSWER])
def test_habits_of_other_servers(samplecase, server, digits, habit):
    with Flaky(server.port, [None, None] + [habit, None, habit, habit] * 4) as proxy:
        data = samplecase.Dataset(proxy.url, "digits", retries=0)
        found = [batch["label"] for batch in data.batches(100)]
        assert np.concatenate(found).tolist() == digits["label"].tolist()
        assert not proxy.plan


def test_a_connection_that_drops_has_one_more_try(samplecase, server):
    with Flaky(server.port, [None, None, 100, 100]) as proxy:
        data = samplecase.Dataset(proxy.url, "digits", retries=0)
        with pytest.raises(samplecase.Unavailable, match="tried 1 times"):
            data[0]
        assert len(proxy.met) == 4


def test_a_proxy_in_between(samplecase, server, digits):
    with Flaky(server.port, ["gateway", None, "busy", None, "gateway"]) as proxy:
        data = samplecase.Dataset(proxy.url, "digits")
        assert labels(data, range(3)) == digits["label"][:3].tolist()
        assert proxy.met == ["gateway", None, "busy", None, "gateway", None, None, None]
    for answer in ("gateway", "chunked"):
        with Flaky(server.port, [answer] * 2) as proxy:
            with pytest.raises(samplecase.Unavailable, match="502"):
                samplecase.Dataset(proxy.url, "digits", retries=1)


class Alarm(BaseException):
    """As of Ctrl-C: comes at any time, and is no Exception."""


@contextlib.contextmanager
def interrupted(seconds):
    """What is done here must take longer than that, and be interrupted."""
    def ring(*_):
        raise Alarm
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with pytest.raises(Alarm):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_an_interrupted_answer_is_no_other_ones(samplecase, server, digits):
    """What comes late is not taken for the answer to what is asked next."""
    with Flaky(server.port, [None, None, "late"]) as proxy:
        data = samplecase.Dataset(proxy.url, "digits", features="label")
        with interrupted(0.1):
            data[0]
        assert data[5] == {"index": 5, "label": digits["label"][5]}


def test_servers_that_close_after_each_answer(samplecase, serve, run, tmp_path):
    """A second request would meet a closed socket, whose reset costs the first one's answer its end."""
    images = np.random.default_rng(8).integers(0, 256, (300, 100, 100), np.uint8)
    np.save(tmp_path / "images.npy", images)
    run("add", "noise", tmp_path / "images.npy", "--data", tmp_path / "data")
    server = serve(tmp_path / "data")
    with Flaky(server.port, ["close"] * 1000) as proxy:
        data = samplecase.Dataset(proxy.url, "noise", retries=0)
        found = [batch["image"] for batch in data.batches(50)]
        assert np.array_equal(np.concatenate(found), images)
        assert len(proxy.met) == 2 + 6


def test_what_nobody_asked_for_is_no_answer(samplecase, server, digits):
    """As when a proxy says that it has waited long enough."""
    with Flaky(server.port, [None, None, "unasked", "unasked", None, "unasked"]) as proxy:
        data = samplecase.Dataset(proxy.url, "digits", features="label", retries=0)
        for place in range(5):
            assert data[place] == {"index": place, "label": digits["label"][place]}
            time.sleep(0.05)


def test_connecting_can_be_interrupted(samplecase, server):
    """Even where nothing ever answers, since the queue is full."""
    with Flaky(server.port) as proxy, socket.socket() as full, socket.socket() as one, socket.socket() as two:
        data = samplecase.Dataset(proxy.url, "digits", timeout=1000)
        address = proxy.listener.getsockname()
        proxy.hang_up()
        full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        full.bind(address)
        full.listen(0)
        for waiting in (one, two):
            waiting.setblocking(False)
            waiting.connect_ex(address)
        with interrupted(0.3):
            next(data.batches(10))


def test_addresses(samplecase, server):
    with samplecase.Dataset(f"localhost:{server.port}", "digits") as data:
        assert len(data) == 1797
    for url, reason in (("http://me:hunter2@localhost", "token="), ("http://me:hunter2@a..b", "token="), ("http://localhost?x=1", "no address"),
                        ("http://a..b", "no address"), ("http://localhost:x", "no address")):
        with pytest.raises(ValueError, match=reason) as caught:
            samplecase.Dataset(url, "digits")
        assert "hunter2" not in str(caught.value)
    with pytest.raises(FileNotFoundError, match="absent.pem"):
        samplecase.Dataset("https://localhost", "digits", cafile="absent.pem")


def test_silence_ends(samplecase, server, digits):
    with Flaky(server.port, [None, None, "silent"]) as proxy:
        data = samplecase.Dataset(proxy.url, "digits", timeout=0.5)
        assert labels(data, range(3)) == digits["label"][:3].tolist()
        assert proxy.met.count("silent") == 1


@pytest.mark.parametrize("trouble", ["silent", "busy", "refuse"])
def test_a_loop_can_be_left_while_nothing_comes(samplecase, server, trouble):
    """Leaving waits neither for an answer nor for the next attempt."""
    with Flaky(server.port, [None, None, None] + [trouble] * 50) as proxy:
        data = samplecase.Dataset(proxy.url, "digits", timeout=1000, retries=10 ** 6)
        stream = data.batches(100, prefetch=4)
        assert len(next(stream)["index"]) == 100
        while trouble not in proxy.met:
            time.sleep(0.01)
        stream.close()
        assert not [thread for thread in threading.enumerate() if thread.name == "samplecase"]


def test_an_error_comes_after_the_batches_before_it(samplecase, server):
    with Flaky(server.port, [None, None, None, None, "refuse", "refuse"]) as proxy:
        stream = samplecase.Dataset(proxy.url, "digits", retries=0).batches(100)
        assert [len(next(stream)["index"]) for _ in range(2)] == [100, 100]
        with pytest.raises(samplecase.Unavailable):
            next(stream)
        with pytest.raises(StopIteration):
            next(stream)


def test_a_server_that_starts_again(samplecase, serve, run, tmp_path, digits):
    """The loop goes on where it was, on the same port."""
    run("add", "digits", SAMPLES / "digits", "--data", tmp_path)
    server = serve(tmp_path)
    data = samplecase.Dataset(server.url, "digits", retries=1000)
    seen = []
    for number, batch in enumerate(data.batches(100, shuffle=True, seed=4)):
        seen += batch["index"].tolist()
        if number == 3:
            server.stop()
            server.command[server.command.index("0")] = str(server.port)
            server.start()
    order = np.concatenate([batch["index"] for batch in data.batches(1000, shuffle=True, seed=4)])
    assert seen == order.tolist() and sorted(seen) == list(range(1797))


def test_a_token_as_it_stands_in_a_file(samplecase, serve, run, tmp_path):
    run("add", "digits", SAMPLES / "digits", "--data", tmp_path / "data")
    (tmp_path / "token").write_text("a-secret-of-some-length\n")
    server = serve(tmp_path / "data", "--token-file", tmp_path / "token")
    token = (tmp_path / "token").read_text()
    assert samplecase.datasets(server.url, token) == ["digits"]
    assert samplecase.load_digits(server.url, token).target.shape == (1797,)
