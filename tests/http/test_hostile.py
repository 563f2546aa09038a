# SPDX-License-Identifier: MIT
"""Requests that no honest client sends, byte by byte. Whatever comes: an answer that says what was
wrong, or a closed connection; never a hang, never a second request found in a body, and everyone
else is served."""
import os
import random
import re
import select
import socket
import time

import pytest

from program import Answers, message, problem

HOST = b"Host: localhost\r\n"


@pytest.fixture(autouse=True)
def still_serving(server):
    yield
    assert server.get("/healthz").status == 200


def refused(server, data, status=400, code="invalid_request"):
    """Sends bytes and expects one problem, then the end of the connection."""
    got = server.raw(data)
    answer = message(got)
    problem(answer, status, code)
    assert len(answer.body) == int(answer["Content-Length"]), "bytes after the answer"
    return answer


def turned_away(server, data):
    """The same for what the HTTP library itself does not let through: an error or just the end, and
    nothing that answers a second request. (libmicrohttpd 0.9.75 writes the head of its own errors
    twice.)"""
    got = server.raw(data)
    assert got == b"" or 400 <= message(got).status <= 505, got[:200]
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", got)
    assert len(set(statuses)) <= 1, got
    return got


def get(target, fields=HOST, version=b"HTTP/1.1"):
    return b"GET " + target + b" " + version + b"\r\n" + fields + b"\r\n"


# Targets

@pytest.mark.parametrize("target", [
    b"/datasets\x01", b"/data\x7fsets", b"/datasets/\xff", b"/datasets/\xc3\xa4", b"/datasets\x80?x",
    b"/datasets?x=\x1f", b"/%", b"/%4", b"/%zz", b"/datasets?x=%", b"/datasets?x=%g0", b"/%00", b"/datasets%00",
    b"/datasets/cifar100%00.png", b"/datasets?limit=%00", b"/datasets?limit=1%002", b"/datasets#x"])
def test_bad_bytes_in_the_target(server, target):
    refused(server, get(target))


@pytest.mark.parametrize("target", [b"datasets", b"", b"*", b"\\datasets", b"?x"])
def test_targets_that_are_no_path(server, target):
    turned_away(server, get(target))


@pytest.mark.parametrize("target", [b"/a b", b"/datasets HTTP/1.1 x", b"/\tdatasets"])
def test_white_space_in_the_request_line(server, target):
    turned_away(server, get(target))


@pytest.mark.parametrize("path", [
    b"/../../etc/passwd", b"/static/../../etc/passwd", b"/static/..%2f..%2fetc%2fpasswd",
    b"/datasets/..%2f..%2fcatalog.sqlite3", b"/datasets/cifar100/arrays/..%2f..%2f/image.npy",
    b"/datasets/cifar100/arrays/train/..%2f..%2f..%2f..%2f..%2fcatalog.sqlite3.npy",
    b"/gallery/..%2f..%2fetc%2fpasswd", b"/datasets/%2e%2e/%2e%2e/etc/passwd", b"//etc/passwd"])
def test_no_way_out_of_the_data(server, path):
    with server.socket() as sock:
        sock.sendall(get(path))
        answer = Answers(sock).next()
    assert answer.status == 404 or path.startswith(b"/gallery/")
    assert b"root:" not in answer.body and b"SQLite" not in answer.body


# Header fields

@pytest.mark.parametrize("fields", [
    HOST + HOST, HOST + b"Host: evil.example\r\n", b"Host:\r\n", b"Host: a b\r\n", b"Host: local@host\r\n",
    b"Host: localhost:x\r\n", b"Host: localhost/\r\n", b"Host: [::1\r\n", b"Host: localhost,evil\r\n",
    b"Host: localhost:80:90\r\n", b"Host: http://localhost\r\n"])
def test_exactly_one_good_host(server, fields):
    refused(server, get(b"/datasets", fields))


def test_no_host(server):
    turned_away(server, get(b"/datasets", b""))
    turned_away(server, get(b"/datasets", b"", b"HTTP/1.0"))


@pytest.mark.parametrize("field", [b"Bad Name: x", b"Bad(Name): x", b"B\xe4d: x", b"Bad@: x", b"Bad\x01: x",
                                   b'"Bad": x'])
def test_field_names_are_tokens(server, field):
    turned_away(server, get(b"/datasets", HOST + field + b"\r\n"))


@pytest.mark.parametrize("fields", [b"Host : localhost\r\n", b" Host: localhost\r\n", HOST + b" folded\r\n",
                                    b"Host\r\n", HOST + b"X: a\x00b\r\n", HOST + b"NoColon\r\n"])
def test_malformed_fields(server, fields):
    with server.socket() as sock:
        sock.sendall(get(b"/datasets", fields) + get(b"/nothing", HOST + b"Connection: close\r\n"))
        sock.shutdown(socket.SHUT_WR)
        got = b""
        while part := sock.recv(65536):
            got += part
    statuses = [line for line in got.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    assert len(statuses) <= 2


@pytest.mark.parametrize("fields", [
    b"Content-Length: 5\r\nContent-Length: 6\r\n", b"Content-Length: 0\r\nContent-Length: 0\r\n",
    b"Content-Length: -1\r\n", b"Content-Length: 5x\r\n", b"Content-Length: 99999999999999999999999\r\n",
    b"Content-Length: +5\r\n", b"Content-Length: 0x5\r\n", b"Content-Length: 5, 5\r\n"])
def test_content_length(server, fields):
    turned_away(server, get(b"/datasets", HOST + fields) + b"hello" + get(b"/healthz"))
    turned_away(server, b"POST /session HTTP/1.1\r\n" + HOST + fields + b"\r\nhello" + get(b"/healthz"))


@pytest.mark.parametrize("fields", [
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: identity\r\n", b"Transfer-Encoding: \x0bchunked\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-encoding: cow\r\nTransfer-Encoding: chunked\r\n"])
@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_no_transfer_encoding(server, method, fields):
    path = b"/datasets" if method == b"GET" else b"/session"
    data = method + b" " + path + b" HTTP/1.1\r\n" + HOST + fields + b"\r\n0\r\n\r\n" + get(b"/healthz")
    got = turned_away(server, data)
    assert b'"ok"' not in got, "the smuggled request was answered"


def test_no_body_on_get(server):
    inner = get(b"/healthz")
    for method in (b"GET", b"HEAD", b"OPTIONS", b"DELETE"):
        data = method + b" /datasets HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(inner) + inner
        got = turned_away(server, data)
        assert got.startswith(b"HTTP/1.1 40") and b'"ok"' not in got


@pytest.mark.parametrize("method", [b"PUT", b"PATCH", b"DELETE", b"BREW"])
def test_a_body_of_a_method_that_nothing_takes(server, method):
    data = method + b" /datasets HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello"
    assert "GET" in refused(server, data, 405, "method_not_allowed")["Allow"]


def test_a_refused_post_leaves_no_request_behind(server):
    inner = get(b"/healthz")
    data = b"POST /datasets HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(inner) + inner
    with server.socket() as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        got = b""
        while part := sock.recv(65536):
            got += part
    assert got.startswith(b"HTTP/1.1 405") and b'"ok"' not in got


def test_too_large_a_body(server):
    data = b"POST /session HTTP/1.1\r\n" + HOST + b"Content-Length: 1099511627776\r\n\r\n" + b"x" * 1000
    answer = message(server.raw(data))
    assert answer.status in (404, 413)


# Sizes

TOO_MUCH = {
    "a long path": get(b"/" + b"a" * 100_000),
    "a long query": get(b"/datasets?" + b"x=1&" * 30_000),
    "a long field": get(b"/datasets", HOST + b"X: " + b"a" * 100_000 + b"\r\n"),
    "many fields": get(b"/datasets", HOST + b"".join(b"X-%d: a\r\n" % i for i in range(20_000))),
    "a long field name": get(b"/datasets", HOST + b"a" * 100_000 + b": x\r\n"),
    "a long method": b"A" * 100_000,
    "empty lines": b"\r\n" * 50_000,
    "words": b"GET " * 25_000,
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_too_much(server, what):
    data = TOO_MUCH[what]
    try:
        got = server.raw(data, shut=True)
    except ConnectionError:  # it hung up before we had sent everything
        return
    assert got == b"" or 400 <= message(got).status < 600


@pytest.mark.parametrize("name", [b"X", b"Cookie"])
def test_a_head_of_any_size_is_answered(server, name):
    """Up to what the library's memory holds of a head there is room for an answer, the largest Link
    field included; beyond it comes a 431."""
    target = b"/datasets/cifar100/samples?limit=1&" + b"&".join(b"label=%d" % i for i in range(45))
    statuses = []
    for size in range(0, 15_500 if name == b"X" else 7_000, 250):
        got = server.raw(get(target, HOST + b"Connection: close\r\n" + name + b": " + b"a" * size + b"\r\n"))
        statuses.append(message(got).status)
        assert statuses[-1] == 431 or b"\r\nLink: " in got
    assert set(statuses) == {200, 431} and statuses == sorted(statuses)


def test_a_long_query_that_fits(server):
    answer = server.get("/datasets/cifar100/samples?" + "&".join(["fine_label=1"] * 500))
    assert answer.status == 200


# Versions and other protocols

OTHER_PROTOCOLS = {
    "a version that is none": get(b"/datasets", version=b"HTTP/1.9x"),
    "HTTP/2.0": get(b"/datasets", version=b"HTTP/2.0"),
    "HTTP/0.9 with a version": get(b"/datasets", version=b"HTTP/0.9"),
    "HTTP/0.9": b"GET /datasets\r\n\r\n",
    "http in small letters": get(b"/datasets", version=b"http/1.1"),
    "an empty version": get(b"/datasets", version=b""),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "zeros": b"\x00" * 64,
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "SMTP": b"EHLO localhost\r\n\r\n",
    "empty lines": b"\r\n\r\n\r\n",
    "a method alone": b"GET\r\n\r\n",
    "a colon": b":\r\n\r\n",
}


@pytest.mark.parametrize("what", OTHER_PROTOCOLS)
def test_other_protocols(server, what):
    got = server.raw(OTHER_PROTOCOLS[what], shut=True)
    assert got == b"" or got.startswith(b"HTTP/1.")


def test_http_1_0(server):
    got = server.raw(get(b"/datasets", version=b"HTTP/1.0"))
    assert got.split(b" ")[1] == b"200" and b"cifar100" in got


@pytest.mark.parametrize("seed", range(8))
def test_noise(server, seed):
    chance = random.Random(seed)
    good = get(b"/datasets/cifar100/samples?limit=3&fine_label=4", HOST + b"Accept-Encoding: gzip\r\n"
               b"If-None-Match: \"x\"\r\nRange: bytes=0-5\r\n")
    for _ in range(60):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(data))
            action = chance.randrange(3)
            if action == 0:
                data[place] = chance.randrange(256)
            elif action == 1:
                del data[place:place + chance.randint(1, 9)]
            else:
                data[place:place] = chance.randbytes(chance.randint(1, 9))
        # Whatever is left of it ends with a request that asks for the end.
        last = b"\r\n\r\n" + get(b"/healthz", HOST + b"Connection: close\r\n")
        got = server.raw(bytes(data) + last, shut=True)
        assert got == b"" or got.startswith(b"HTTP/1.")


# Connections

def test_pipelining(server):
    targets = [b"/datasets/cifar100/samples/%d" % i for i in range(60)]
    with server.socket() as sock:
        sock.sendall(b"".join(get(target) for target in targets))
        answers = Answers(sock)
        for i in range(60):
            answer = answers.next()
            assert answer.status == 200 and answer.json()["index"] == i


def test_a_request_in_single_bytes(server):
    with server.socket() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in get(b"/datasets/cifar100/samples/5"):
            sock.send(bytes([byte]))
        assert Answers(sock).next().json()["index"] == 5


def test_half_closed(server):
    target = b"/datasets/cifar100/arrays/train/image.npy"
    answer = message(server.raw(get(target), shut=True))
    assert answer.status == 200
    assert len(answer.body) == int(answer["Content-Length"]) == 128 + 1000 * 3072


def test_hang_up_in_the_middle(server):
    """Clients that go away while a large answer is under way."""
    for reset in (False, True) * 20:
        sock = server.socket()
        sock.sendall(get(b"/datasets/cifar100/arrays/train/image.npy") * 3)
        sock.recv(1000)
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        sock.close()


def open_descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def test_connections_are_given_back(server, wait_until):
    server.get("/healthz")
    before = open_descriptors(server)
    for _ in range(10):
        socks = [server.socket() for _ in range(50)]
        for i, sock in enumerate(socks):
            sock.sendall([get(b"/healthz"), b"GET /he", get(b"/%zz"), b""][i % 4])
        for sock in socks:
            sock.close()
    wait_until(lambda: open_descriptors(server) <= before, 40)  # a head cut off by its sender counts as slow


def test_one_address_cannot_take_all(data, serve):
    """A flood from one address at a small descriptor limit; another address is served."""
    server = serve(data, prefix=["prlimit", "--nofile=600:600"])
    flood = []
    for _ in range(700):
        sock = socket.socket()
        sock.settimeout(2)
        try:
            sock.bind(("127.0.0.2", 0))
            sock.connect(("127.0.0.1", server.port))
        except OSError:
            sock.close()
            break
        flood.append(sock)
    for _ in range(5):
        assert server.get("/datasets").status == 200
        server.close()
    for sock in flood:
        sock.close()


def closed(sock):
    """Whether the other side has closed the connection."""
    readable, _, _ = select.select([sock], [], [], 0)
    if not readable:
        return False
    try:
        return sock.recv(65536) == b""
    except ConnectionError:
        return True


def test_the_slow_are_cut(data, serve):
    """Headers and bodies that never end, a byte at a time, and connections that say nothing. A first
    header has 15 seconds; a body, silence, and the wait for another request with that request's
    header have 30. Others are served all the while."""
    server = serve(data)
    kept = server.socket()
    kept.sendall(get(b"/healthz"))
    assert Answers(kept).next().status == 200
    dripping = [server.socket() for _ in range(30)]
    second = [server.socket() for _ in range(10)]
    silent = [server.socket() for _ in range(5)]
    body = server.socket()
    body.sendall(b"POST /session HTTP/1.1\r\n" + HOST + b"Content-Length: 100000\r\n\r\n")
    for i, sock in enumerate(dripping):
        sock.sendall([b"GET /datasets HTTP/1.1\r\nX: ", b"GET /", b"G"][i % 3])
    for sock in second:
        sock.sendall(get(b"/healthz") + b"GET /")
        assert Answers(sock).next().status == 200
    start = time.monotonic()
    cut = {}
    everyone = {"header": dripping, "second header": second, "silent": silent, "kept": [kept],
                "body": [body]}
    while len(cut) < sum(map(len, everyone.values())) and time.monotonic() - start < 60:
        for kind, socks in everyone.items():
            for sock in socks:
                if sock in cut:
                    continue
                try:
                    if kind in ("header", "second header", "body"):
                        sock.send(b"x")
                    if closed(sock):
                        cut[sock] = time.monotonic() - start
                except ConnectionError:
                    cut[sock] = time.monotonic() - start
        assert server.get("/datasets").status == 200
        time.sleep(0.5)
    for kind, socks in everyone.items():
        for sock in socks:
            assert sock in cut, f"{kind}: never cut"
            assert cut[sock] < (25 if kind == "header" else 45), (kind, cut[sock])
            sock.close()
    assert all(cut[sock] > 10 for sock in dripping), "cut too early"


def test_a_reader_that_stops(data, serve):
    """Someone asks for much and reads nothing; everyone else is served meanwhile."""
    server = serve(data)
    stuck = []
    for _ in range(30):
        sock = server.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(get(b"/datasets/cifar100/arrays/train/image.npy") * 20)
        stuck.append(sock)
    for _ in range(20):
        assert len(server.get("/datasets/cifar100/arrays/test/image.npy").body) > 200 * 3072
    for sock in stuck:
        sock.close()


def test_ends_while_connections_are_open(data, serve):
    """SIGTERM with idle, half-sent and unread connections about: exit code 0, soon."""
    server = serve(data)
    socks = [server.socket() for _ in range(30)]
    for i, sock in enumerate(socks):
        sock.sendall([b"", b"GET /da", get(b"/datasets/cifar100/arrays/train/image.npy") * 10][i % 3])
    time.sleep(0.2)
    server.stop(timeout=12)
    for sock in socks:
        sock.close()
