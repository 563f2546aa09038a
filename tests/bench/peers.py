# SPDX-License-Identifier: MIT
"""What is measured and what it is measured against: our server, nginx over static files,
FastAPI, the load."""
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

NGINX = """\
{user}
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 600;
    keepalive_requests 1000000000;
    open_file_cache max=20000 inactive=600s;
    open_file_cache_valid 600s;
    client_body_temp_path {folder}/t1;
    proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
    types {{ application/json json; image/png png; application/octet-stream npy; }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        root {root};
    }}
}}
"""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Process:
    """A server on a port of 127.0.0.1, ended by SIGTERM. Made when it has answered; spawned in the
    way that costs least, since a row measures how long that takes."""

    def __init__(self, command, port, target):
        self.port = port
        command = [os.fspath(part) for part in command]
        quiet = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
        self.pid = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
        try:
            self.wait_for_answer(target, 30)
        except BaseException:
            self.stop()
            raise

    def wait_for_answer(self, target, seconds):
        request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", self.port)) == 0:
                    sock.sendall(request)
                    if sock.recv(64).startswith(b"HTTP/1.1 200"):
                        return
            time.sleep(0.0001)
        raise SystemExit(f"bench: nothing answers {target} on port {self.port}")

    def url(self, target):
        return f"http://127.0.0.1:{self.port}{target}"

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def samplecase(program, data, *args, target="/healthz"):
    port = free_port()
    return Process([program, "serve", "--data", data, "--port", str(port), *args], port, target)


def nginx(folder, root, target):
    """nginx over static files; folder is for its own files."""
    port, folder = free_port(), pathlib.Path(folder)
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(NGINX.format(user=user, folder=folder, port=port, root=root))
    return Process(["nginx", "-c", config, "-p", folder, "-e", folder / "error.log"], port, target)


def fastapi(data, frames, target):
    """The peer in fastapi_peer.py, with as many workers as nginx has."""
    port = free_port()
    os.environ.update(ARRAYS=str(data / "arrays"), FRAMES=frames)
    return Process(["/usr/bin/python3", "-m", "uvicorn", "--app-dir", pathlib.Path(__file__).parent, "--workers", "2",
                    "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
                    "--port", str(port), "fastapi_peer:app"], port, target)


UNITS = {"": 1, "K": 1e3, "M": 1e6, "G": 1e9}


def load(url, seconds, connections, targets=None, folder=None):
    """Requests a second and bytes a second that wrk gets out of a server; with targets it asks for
    these in turn."""
    command = ["wrk", "-t2" if connections > 1 else "-t1", f"-c{connections}", f"-d{seconds}s"]
    if targets:
        script = pathlib.Path(folder) / "targets.lua"
        quoted = ",\n".join(f'"{target}"' for target in targets)
        script.write_text(f"""\
local targets, requests, place = {{{quoted}}}, {{}}, 0
function init(args)
   for i, target in ipairs(targets) do requests[i] = wrk.format("GET", target) end
   place = math.random(#requests)
end
function request()
   place = place % #requests + 1
   return requests[place]
end
""")
        command += ["-s", script]
    for _ in range(3):
        done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
        if not re.search(r"connect 0, read 0, write 0, timeout [1-9]", done.stdout):
            break  # else a machine that stood still for a while: that measures nobody, once more
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(f"bench: not every answer was right:\n{done.stdout}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])
    size = re.search(r"Transfer/sec:\s+([\d.]+)([KMG]?)B", done.stdout)
    return rate, float(size[1]) * UNITS[size[2]]
