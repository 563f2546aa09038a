# SPDX-License-Identifier: MIT
"""Batches under the loads at which the HTTP library, or what stands on it, could break: answers in
many pieces, readers that stop, clients that hang up, the limit on connections, requests that do not
wait for the answer before."""
import hashlib
import os
import socket

import numpy as np
import pytest

import safetensors
from program import Answers, Server, problem, runner

COUNT = 2000  # samples; all of them are 6 MB, which is lent from the mapping rather than copied
BATCH = "/datasets/frames/batch"
ALL = f"{BATCH}?limit={COUNT}"
SHUFFLED = f"{BATCH}?limit={COUNT}&order=shuffle&seed=3"  # as large, but gathered
PART = f"{BATCH}?limit=700&order=shuffle&seed=4"


@pytest.fixture(scope="module")
def frames():
    noise = np.random.default_rng(11)
    return {"image": noise.integers(0, 256, (COUNT, 32, 32, 3), np.uint8),
            "label": np.arange(COUNT) % 10}


@pytest.fixture(scope="module")
def folder(frames, tmp_path_factory, session_reports):
    files, data = tmp_path_factory.mktemp("frames"), tmp_path_factory.mktemp("data")
    np.save(files / "x_train.npy", frames["image"])
    np.save(files / "y_train.npy", frames["label"])
    runner(session_reports)("add", "frames", files, "--data", data, "--quiet")
    return data


@pytest.fixture(scope="module")
def folder_server(folder, session_reports):
    with Server(session_reports, folder) as server:
        yield server
        server.check()


def ask(*targets, method="GET"):
    return b"".join(f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for target in targets)


def slow_socket(server):
    """One that takes in little unless it is read from."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(60)
    sock.connect((server.host, server.port))
    return sock


def begin(server, target):
    """A client that has read the beginning of an answer."""
    sock = slow_socket(server)
    sock.sendall(ask(target))
    assert sock.recv(12) == b"HTTP/1.1 200"
    return sock


def check(answer, frames, order=slice(None)):
    assert answer.status == 200
    arrays, _ = safetensors.load(answer.body)
    assert np.array_equal(arrays["image"], frames["image"][order])
    assert np.array_equal(arrays["label"], frames["label"][order])


def test_many_large_features(tmp_path, run, serve):
    """More pieces than a parcel has, each large enough to be lent."""
    arrays = {f"f{i:02}": np.full((16, 65_600), i, np.uint8) for i in range(70)}
    for i, array in enumerate(arrays.values()):
        array[:, ::7] = np.arange(16)[:, None] + i
    np.savez(tmp_path / "wide.npz", **arrays)
    run("add", "wide", tmp_path / "wide.npz", "--data", tmp_path / "data", "--quiet")
    server = serve(tmp_path / "data")
    for query in ("", "?order=shuffle"):
        got, _ = safetensors.load(server.get("/datasets/wide/batch" + query).body)
        assert set(got) == {*arrays, "index"}
        for name, array in arrays.items():
            assert np.array_equal(got[name], array[got["index"]]), name
    whole = server.get("/datasets/wide/batch?format=npz")
    (tmp_path / "got.npz").write_bytes(whole.body)
    with np.load(tmp_path / "got.npz") as got:
        assert all(np.array_equal(got[name], array) for name, array in arrays.items())


def test_thousands_of_features(tmp_path, run, serve):
    names = [f"c{i}" for i in range(2500)]
    table = np.random.default_rng(2).integers(0, 1000, (5, len(names))) + 0.5
    np.savetxt(tmp_path / "t.csv", table, fmt="%.1f", delimiter=",", header=",".join(names), comments="")
    run("add", "columns", tmp_path / "t.csv", "--data", tmp_path / "data", "--quiet")
    server = serve(tmp_path / "data")
    arrays, _ = safetensors.load(server.get("/datasets/columns/batch?indices=4,0,2").body)
    assert set(arrays) == {*names, "index"}
    for i, name in enumerate(names):
        assert arrays[name].tolist() == table[[4, 0, 2], i].tolist()
    assert len(os.listdir(f"/proc/{server.process.pid}/fd")) < 100  # a mapping needs none


def test_readers_that_stop_and_go_on(folder, frames, serve):
    """They stop in the middle; others are served meanwhile; then they get the rest, byte by byte right."""
    server = serve(folder)
    whole = {target: server.get(target) for target in (ALL, SHUFFLED)}
    check(whole[ALL], frames)
    stopped = [(target, begin(server, target)) for target in (ALL, SHUFFLED) * 10]
    for offset in range(0, COUNT, 100):
        check(server.get(f"{BATCH}?offset={offset}&limit=100"), frames, slice(offset, offset + 100))
    for target, sock in stopped:
        with sock:
            hashed, head, left = hashlib.sha256(), b"", len(whole[target].body)
            while b"\r\n\r\n" not in head:  # the rest of the head, of which a part was read before
                head += sock.recv(1)
            while left and (part := sock.recv(min(left, 1 << 20))):
                hashed.update(part)
                left -= len(part)
            assert left == 0 and hashed.digest() == hashlib.sha256(whole[target].body).digest(), target


def resident(server):
    with open(f"/proc/{server.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def test_hang_ups_give_memory_back(folder, serve, wait_until):
    """Eight times a hundred clients go away in the middle of 2 MB. Were their blocks lost, the server
    would have reached its bound on them and answer 503."""
    server = serve(folder)
    first = server.get(PART).body
    before = resident(server)
    for turn in range(8):
        socks = [begin(server, PART) for _ in range(100)]
        for i, sock in enumerate(socks):
            if (i + turn) % 2:  # a reset instead of an end
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            sock.close()
        assert server.get(PART).body == first
    wait_until(lambda: resident(server) - before < 600_000_000)  # a sanitizer keeps freed memory a while
    assert server.get(PART).body == first


def test_at_the_limit_on_connections(folder, frames, serve, wait_until):
    """Who comes while all connections are taken by stopped readers is told so at once."""
    server = serve(folder, "--max-connections", "16")
    stopped = [begin(server, ALL) for _ in range(16)]
    for _ in range(3):
        answer = server.get(BATCH)
        problem(answer, 503, "busy")
        assert answer["Retry-After"] == "1"
        server.close()
    for sock in stopped[:4]:
        sock.close()

    def served():
        answer = server.get(BATCH + "?limit=100")
        if answer.status == 503:
            return False
        check(answer, frames, slice(0, 100))
        return True
    wait_until(served)
    for sock in stopped[4:]:
        sock.close()


@pytest.mark.parametrize("more", ["", "&order=shuffle", "&format=npz", "&format=npy&features=image"])
@pytest.mark.parametrize("limit", [0, 1, 64, COUNT])
def test_head(folder_server, limit, more):
    """The same head as GET's, no body, and the connection goes on."""
    offset = 0 if limit else COUNT
    target = f"{BATCH}?offset={offset}&limit={limit or 5}{more}"
    with folder_server.socket() as sock:
        sock.sendall(ask(target, method="HEAD") + ask(target) + ask(target, method="HEAD"))
        answers = Answers(sock)
        head, got, again = answers.next("HEAD"), answers.next(), answers.next("HEAD")
    assert got.status == 200 and len(got.body) == int(got["Content-Length"])
    for one in (head, again):
        assert one.status == 200 and one.body == b""
        for name in ("Content-Length", "Content-Type", "ETag", "Cache-Control"):
            assert one[name] == got[name], name


def test_pipelining(folder_server, frames):
    """Forty batches asked for before the first is read: small ones, and some that are lent."""
    places = [(i * 37 % 1500, 500 if i % 8 == 0 else 1 + i) for i in range(40)]
    with slow_socket(folder_server) as sock:
        sock.sendall(ask(*(f"{BATCH}?offset={offset}&limit={limit}" for offset, limit in places)))
        answers = Answers(sock)
        for offset, limit in places:
            check(answers.next(), frames, slice(offset, offset + limit))
