# SPDX-License-Identifier: MIT
"""A proxy on a bad day: it passes bytes on, but now and then hangs up, answers 503, or falls
silent, as a script of its own says."""
import contextlib
import socket
import threading


STATUSES = {
    "busy": b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
            b"Retry-After: 0\r\nContent-Length: 15\r\n\r\n{\"code\":\"busy\"}",
    "gateway": b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n<p>",
}


class Flaky:
    """`plan` has an entry for each request to come: None to pass it on, a number to hang up after so
    many bytes of the answer, "busy" for a 503, "gateway" for a proxy's 502, "refuse" to hang up at
    once, "silent" never to answer. After its end all is well. Knows one request at a time on each
    connection, and answers with a Content-Length."""

    def __init__(self, port, plan=()):
        self.upstream, self.plan, self.met = port, list(plan), []
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, socket.create_connection(("127.0.0.1", self.upstream)) as server, \
                contextlib.suppress(OSError):
            while request := read_message(client):
                with self.lock:
                    what = self.plan.pop(0) if self.plan else None
                    self.met.append(what)
                if what == "refuse":
                    return
                if what == "silent":
                    client.recv(1)  # until the other side hangs up
                    return
                if what in STATUSES:
                    client.sendall(STATUSES[what])
                    continue
                server.sendall(request)
                answer = read_message(server)
                client.sendall(answer[:what])
                if what is not None:
                    return


def read_message(sock):
    """One request or answer, by its Content-Length; b"" at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = sock.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for field in head.split(b"\r\n")[1:]:
        name, _, value = field.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        part = sock.recv(min(65536, length - len(body)))
        if not part:
            return b""
        body += part
    return head + b"\r\n\r\n" + body
