# SPDX-License-Identifier: MIT
"""Drives the real program from outside: commands, servers, requests."""
import collections
import contextlib
import email.message
import http.client
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
SHIPPED = sorted(path.parent.name for path in SAMPLES.glob("*/dataset.json"))
PROGRAM = pathlib.Path(os.environ.get("SAMPLECASE", ROOT / "build-test/server/samplecase")).resolve()

# Run as root, but without what lets root ignore permissions. (Another user has no such rights.)
UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []

# Runs a command that may mount; what it mounts is gone with it.
MOUNT = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]


def may_mount():
    """Whether this machine allows that: a container often does not."""
    return subprocess.run([*MOUNT, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0


class Reports:
    """A folder that sanitizers write into; nothing may ever be in it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def environment(self, **more):
        env = {name: value for name, value in os.environ.items()
               if not name.startswith(("SAMPLECASE", "XDG_"))}
        env["ASAN_OPTIONS"] = (os.environ.get("ASAN_OPTIONS", "detect_leaks=1")
                               + f":log_path={self.folder}/asan:log_exe_name=1")
        env["UBSAN_OPTIONS"] = (os.environ.get("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1")
                                + f":log_path={self.folder}/ubsan")
        env.update({name: str(value) for name, value in more.items()})
        return env

    def check(self):
        found = sorted(self.folder.iterdir())
        texts = [path.read_text(errors="replace") for path in found]
        for path in found:
            path.unlink()
        assert not texts, "a sanitizer spoke up:\n" + "\n".join(texts)


def runner(reports):
    def run(*args, code=0, prefix=(), timeout=300, env=None, **more):
        """Runs a command to its end, checks its exit code (None: any), returns the
        CompletedProcess with texts."""
        done = subprocess.run([*prefix, PROGRAM, *args], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=timeout,
                              env=reports.environment(**(env or {})), **more)
        done.stdout, done.stderr = (text.decode(errors="replace")
                                    for text in (done.stdout, done.stderr))
        reports.check()
        assert code is None or done.returncode == code, (args, done.returncode, done.stdout, done.stderr)
        return done
    return run


class Answer(collections.namedtuple("Answer", "status headers body")):
    """An HTTP answer as it came: headers is an email.message.Message, body undecoded bytes."""

    __slots__ = ()

    def json(self):
        return json.loads(self.body)

    def __getitem__(self, name):
        return self.headers[name]


class Server:
    """`samplecase serve` on a free port. Ends by SIGTERM, and then must exit with 0."""

    def __init__(self, reports, data, *args, prefix=(), env=None):
        self.reports, self.connection = reports, None
        self.command = [*prefix, PROGRAM, "serve", "--data", data, "--port", "0", *args]
        self.env = reports.environment(**(env or {}))
        self.start()

    def start(self):
        self.stderr_path = pathlib.Path(self.reports.folder).parent / f"serve-{time.monotonic_ns()}.stderr"
        with open(self.stderr_path, "wb") as stderr:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=stderr, env=self.env)
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        line = self.process.stdout.readline().decode() if ready else ""
        found = re.fullmatch(r"listening on (https?://(\[[0-9a-f:]+\]|[^/:]+):(\d+)(/[^ ]*)?)\n", line)
        if not found:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            raise AssertionError(f"no address in {line!r}; stderr: {self.stderr()}")
        self.url, self.port = found[1], int(found[3])
        self.host = found[2].strip("[]")
        if self.host in ("0.0.0.0", "::"):
            self.host = "127.0.0.1"

    def check(self):
        """Fails when the server has ended by itself, or a sanitizer spoke; it is started again for
        the tests that follow."""
        code, stderr = self.process.poll(), self.stderr()
        if code is not None:
            self.close()
            self.process.stdout.close()
            self.start()
        self.reports.check()
        assert code is None, f"the server ended with {code}: {stderr}"

    def stderr(self):
        return self.stderr_path.read_text(errors="replace")

    def request(self, method, target, headers=None, body=None):
        """One exchange on a connection that is kept."""
        for attempt in (1, 2):
            fresh = self.connection is None
            if fresh:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
            try:
                self.connection.request(method, target, body=body, headers=headers or {})
                response = self.connection.getresponse()
                data = response.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
                if fresh:
                    raise
                continue
            if response.will_close:
                self.close()
            return Answer(response.status, response.msg, data)
        raise AssertionError(f"the server hung up twice: {method} {target} ({attempt})")

    def get(self, target, **headers):
        return self.request("GET", target, {name.replace("_", "-"): value
                                            for name, value in headers.items()})

    def json(self, target):
        answer = self.get(target)
        assert answer.status == 200, (target, answer.status, answer.body)
        assert answer["Content-Type"] == "application/json", answer["Content-Type"]
        return answer.json()

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def socket(self, timeout=30):
        return socket.create_connection((self.host, self.port), timeout=timeout)

    def raw(self, data, timeout=30, shut=False):
        """Sends bytes as they are; everything that came back until the server closed the connection
        (shut: after our side was closed for writing), or an AssertionError when it does not."""
        with self.socket(timeout) as sock:
            sock.sendall(data)
            if shut:
                with contextlib.suppress(OSError):  # it may have hung up already
                    sock.shutdown(socket.SHUT_WR)
            return read_until_close(sock)

    def stop(self, sig=signal.SIGTERM, timeout=20):
        self.close()
        if self.process.poll() is None:
            self.process.send_signal(sig)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not end; stderr: {self.stderr()}") from None
        finally:
            self.process.stdout.close()
        self.reports.check()
        assert code == 0, f"exit code {code}; stderr: {self.stderr()}"

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind and self.process.poll() is None:  # the test's own failure is the one to show
            self.close()
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
        else:
            self.stop()


def read_until_close(sock):
    parts = []
    try:
        while part := sock.recv(65536):
            parts.append(part)
    except socket.timeout:
        raise AssertionError(f"the connection stays open after {b''.join(parts)[:500]!r}") from None
    except ConnectionResetError:
        pass
    return b"".join(parts)


class Answers:
    """The answers that arrive on one socket, one after the other, as http.client parses them."""

    def __init__(self, sock):
        self.file = sock.makefile("rb")

    def next(self, method="GET"):
        response = http.client.HTTPResponse(self, method=method)
        response.begin()
        return Answer(response.status, response.msg, response.read())

    def makefile(self, _mode):  # what HTTPResponse asks a socket for; it must not close it
        return self

    def __getattr__(self, name):
        return getattr(self.file, name)

    def close(self):
        pass


def problem(answer, status, code, parameter=None):
    """Checks that an answer is problem+json (RFC 9457) of that status and code; returns it."""
    assert answer.status == status, (answer.status, answer.body[:500])
    assert answer["Content-Type"] == "application/problem+json"
    document = json.loads(answer.body)
    assert {"type", "title", "status", "detail", "code"} <= document.keys()
    assert document["status"] == status
    assert document["code"] == code, document
    assert document["title"] and document["detail"]
    if parameter is not None:
        assert document["parameter"] == parameter, document
    return document


def message(answer_bytes):
    """Status, headers and body of raw bytes that hold one answer."""
    head, _, body = answer_bytes.partition(b"\r\n\r\n")
    status_line, _, fields = head.partition(b"\r\n")
    assert status_line.startswith(b"HTTP/1.1 "), answer_bytes[:200]
    headers = email.message.Message()
    for field in fields.split(b"\r\n"):
        name, _, value = field.decode("latin-1").partition(":")
        headers[name] = value.strip()
    return Answer(int(status_line[9:12]), headers, body)
