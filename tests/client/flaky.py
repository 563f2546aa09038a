# SPDX-License-Identifier: MIT
"""A proxy on a bad day: it passes bytes on, but now and then hangs up, answers 503, or falls
silent, as a script of its own says."""
import contextlib
import socket
import threading
import time


STATUSES = {
    "busy": b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
            b"Retry-After: 0\r\nContent-Length: 15\r\n\r\n{\"code\":\"busy\"}",
    "gateway": b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n<p>",
    "chunked": b"HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<p>\r\n0\r\n\r\n",
}


class Flaky:
    """`plan` has an entry for each request to come: None to pass it on, a number to hang up after so
    many bytes of the answer, "busy" for a 503, "gateway" for a proxy's 502, "chunked" for one without
    a length, "refuse" to hang up at once, "silent" never to answer, "close" to announce the end and
    hang up, "drip" to pass a head on byte by byte, "hint" to send a 103 before, "late" to take half a
    second, "unasked" to say 408 behind the answer. After its end all is well. Knows requests one after the other on each connection, and answers with a Content-Length."""

    def __init__(self, port, plan=()):
        self.upstream, self.plan, self.met, self.connections = port, list(plan), [], 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hang_up()

    def hang_up(self):
        """Listens no more."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, socket.create_connection(("127.0.0.1", self.upstream)) as server, \
                client.makefile("rb") as requests, server.makefile("rb") as answers, contextlib.suppress(OSError):
            while request := read_message(requests):
                with self.lock:
                    what = self.plan.pop(0) if self.plan else None
                    self.met.append(what)
                if what == "refuse":
                    return
                if what == "silent":
                    requests.read()  # until the other side hangs up
                    return
                if what in STATUSES:
                    client.sendall(STATUSES[what])
                    continue
                server.sendall(request)
                answer = read_message(answers)
                if not answer:
                    return  # the server hung up
                self.pass_on(client, answer, what)
                if what == "close" or isinstance(what, int):
                    return

    def pass_on(self, client, answer, what):
        head = answer.index(b"\r\n\r\n")
        if what == "hint":
            client.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")
        if what == "late":
            time.sleep(0.5)
        if what == "close":
            answer = answer[:head] + b"\r\nConnection: close" + answer[head:]
        if what == "drip":
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for i in range(head + 10):
                client.sendall(answer[i:i + 1])
            answer = answer[head + 10:]
        client.sendall(answer[:what] if isinstance(what, int) else answer)
        if what == "unasked":
            time.sleep(0.02)
            client.sendall(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def read_message(file):
    """One request or answer, by its Content-Length; b"" at the end."""
    head, length = b"", 0
    while not head.endswith(b"\r\n\r\n"):
        line = file.readline()
        if not line:
            return b""
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        head += line
    body = file.read(length)
    return head + body if len(body) == length else b""
