# SPDX-License-Identifier: MIT
"""Commands beside a running server: it sees each change and disturbs no answer under way."""
import collections
import http.client
import io
import json
import threading

import numpy as np
import pytest

from program import SAMPLES, Answers, problem

DIGITS = SAMPLES / "digits/digits.csv.gz"


def names(server):
    return [dataset["name"] for dataset in server.json("/datasets")["datasets"]]


def test_add_and_remove_show(tmp_path, run, serve, wait_until):
    data = tmp_path / "data"
    server = serve(data)  # the folder does not even exist yet
    assert names(server) == []
    run("add", "digits", DIGITS, "--data", data)
    wait_until(lambda: names(server) == ["digits"])
    assert server.get("/datasets/digits/samples/0/image.png").status == 200
    run("add", "again", DIGITS, "--data", data)
    wait_until(lambda: names(server) == ["again", "digits"])
    run("remove", "digits", "--data", data)
    wait_until(lambda: names(server) == ["again"])
    problem(server.get("/datasets/digits"), 404, "unknown_dataset")
    assert server.get("/datasets/again/samples/0/image.png").status == 200


def test_two_servers_and_a_second_folder(tmp_path, run, serve, wait_until):
    data = tmp_path / "data"
    servers = [serve(data), serve(data), serve(tmp_path / "other")]
    run("add", "digits", DIGITS, "--data", data)
    for server in servers[:2]:
        wait_until(lambda: names(server) == ["digits"])
    assert names(servers[2]) == []


def plain_idx(path, value, rows=6000):
    """Images and labels that all have one value."""
    path.mkdir()
    (path / "train-images-idx3-ubyte").write_bytes(
        bytes([0, 0, 8, 3]) + np.array([rows, 28, 28], ">u4").tobytes() + bytes([value]) * (rows * 784))
    (path / "train-labels-idx1-ubyte").write_bytes(
        bytes([0, 0, 8, 1]) + np.array([rows], ">u4").tobytes() + bytes([value]) * rows)
    return path


class Reader(threading.Thread):
    """Reads arrays, pages and pictures of a dataset, again and again, on one connection, and notes
    for each revision what values it has seen."""

    TARGETS = ["/datasets/set/arrays/train/image.npy", "/datasets/set/samples?offset=5000&limit=1000",
               "/datasets/set/arrays/train/label.npy", "/datasets/set/samples?label=1&limit=3",
               "/datasets/set/sheet.png?limit=1000"]

    def __init__(self, server, number, stop):
        super().__init__()
        self.server, self.number, self.stop = server, number, stop
        self.seen = collections.defaultdict(set)
        self.bodies, self.error = 0, None

    def run(self):
        try:
            connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
            while not self.stop.is_set():
                target = self.TARGETS[(self.number + self.bodies) % len(self.TARGETS)]
                connection.request("GET", target)
                answer = connection.getresponse()
                body = answer.read()
                self.bodies += 1
                assert answer.status == 200 or (answer.status == 400 and "label=1" in target), answer.status
                if answer.status == 200:
                    self.look(target, answer.headers["ETag"], body)
            connection.close()
        except Exception as error:  # told to the test, which fails with it
            self.error = error

    def look(self, target, tag, body):
        if target.endswith(".npy"):
            array = np.load(io.BytesIO(body))
            assert len(array) == 6000
            values = np.unique(array)
            assert len(values) == 1, f"an answer of two revisions: {values}"
            self.seen[target, tag].add(int(values[0]))
        elif target.endswith(".png?limit=1000"):
            assert body.endswith(b"IEND\xaeB`\x82")
            self.seen[target, tag].add(hash(body))
        else:
            page = json.loads(body)
            ids = {sample["label"]["id"] for sample in page["samples"]}
            assert len(ids) <= 1
            self.seen[target, tag].update(ids)
            self.seen["revision", page["revision"]].update(ids)


def test_replace_under_sixteen_readers(tmp_path, run, serve, wait_until):
    """Every body is wholly the old or wholly the new, and its entity tag says which."""
    data = tmp_path / "data"
    versions = [plain_idx(tmp_path / "one", 1), plain_idx(tmp_path / "two", 2)]
    run("add", "set", versions[0], "--data", data)
    server = serve(data)
    stop = threading.Event()
    readers = [Reader(server, number, stop) for number in range(16)]
    for reader in readers:
        reader.start()
    for turn in range(1, 13):
        run("add", "set", versions[turn % 2], "--data", data, "--replace", "--quiet")
        reached = sum(reader.bodies for reader in readers) + 32
        wait_until(lambda: sum(reader.bodies for reader in readers) >= reached
                   or any(reader.error for reader in readers), 60)
    stop.set()
    for reader in readers:
        reader.join()
        assert reader.error is None, repr(reader.error)
    seen = collections.defaultdict(set)
    for reader in readers:
        for key, values in reader.seen.items():
            seen[key] |= values
    mixed = {key: values for key, values in seen.items() if len(values) > 1}
    assert not mixed, "one entity tag, two contents"
    assert len([key for key in seen if key[0] == Reader.TARGETS[0]]) == 2, "both versions were seen"


@pytest.mark.parametrize("change", ["remove", "replace"])
def test_an_answer_under_way_is_finished(tmp_path, run, serve, wait_until, change):
    """A slow reader gets the whole array, although its dataset is gone by then."""
    data = tmp_path / "data"
    run("add", "set", plain_idx(tmp_path / "one", 7, rows=40000), "--data", data)
    server = serve(data)
    whole = server.get("/datasets/set/arrays/train/image.npy").body
    with server.socket() as sock:
        sock.sendall(b"GET /datasets/set/arrays/train/image.npy HTTP/1.1\r\nHost: localhost\r\n\r\n")
        first = sock.recv(1)
        if change == "remove":
            run("remove", "set", "--data", data)
            wait_until(lambda: names(server) == [])
        else:
            old = server.json("/datasets/set")["revision"]
            run("add", "set", plain_idx(tmp_path / "two", 8), "--data", data, "--replace")
            wait_until(lambda: server.json("/datasets/set")["revision"] != old)
        answer = Answers(Joined(first, sock)).next()
    assert answer.status == 200 and answer.body == whole


class Joined(io.RawIOBase):
    """A socket of which some bytes were read already."""

    def __init__(self, first, sock):
        self.first, self.sock = first, sock

    def makefile(self, _mode):
        return io.BufferedReader(self)

    def readable(self):
        return True

    def readinto(self, view):
        data = self.first or self.sock.recv(len(view))
        self.first = b""
        view[:len(data)] = data
        return len(data)


def test_two_imports_at_once(tmp_path, run, run_json):
    """Both work; of two with one name, one is told that the name is taken."""
    data, errors = tmp_path / "data", []

    def add(name, code):
        try:
            codes.append(run("add", name, DIGITS, "--data", data, "--quiet", code=code).returncode)
        except AssertionError as error:
            errors.append(error)
    codes = []
    threads = [threading.Thread(target=add, args=(f"set-{i}", 0)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [] and codes == [0] * 6
    assert run_json("list", "--data", data)["total"] == 6
    run("verify", "--data", data)


def test_shorter_files_under_a_server(tmp_path, run, serve, wait_until):
    """A file that someone cuts: that dataset answers 503 and says why, the server and the others go
    on."""
    data = tmp_path / "data"
    run("add", "set", plain_idx(tmp_path / "one", 1), "--data", data)
    run("add", "digits", DIGITS, "--data", data)
    server = serve(data)
    assert server.get("/datasets/set/samples/5999/image.png").status == 200
    (path,) = (data / "arrays/set").rglob("image.npy")
    path.chmod(0o644)
    with open(path, "r+b") as file:
        file.truncate(4096)
    for target in ("/datasets/set/samples/5999/image.png", "/datasets/set/samples/0/image.png",
                   "/datasets/set/sheet.png?limit=1000", "/datasets/set/arrays/train/image.npy"):
        try:
            answer = server.get(target)
        except (http.client.IncompleteRead, ConnectionError):
            server.close()  # it was under way when the damage showed: cut, and seen to be cut
            continue
        if answer.status != 200:
            problem(answer, 503, "internal")
            assert "image.npy" in answer.json()["detail"]
    wait_until(lambda: server.get("/datasets/set/samples/5999/image.png").status == 503)
    assert server.get("/datasets/digits/samples/0/image.png").status == 200
    assert server.get("/healthz").status == 200
