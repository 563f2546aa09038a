# SPDX-License-Identifier: MIT
"""A server that asks for a token, and one that speaks TLS."""
import http.client
import ssl

import pytest

from program import problem

TOKEN = "a-token-of-twenty-nine-characters"[:29]


@pytest.fixture
def token_file(tmp_path):
    (tmp_path / "token").write_text(TOKEN + "\n")
    return tmp_path / "token"


@pytest.fixture
def closed(data, serve, token_file):
    return serve(data, "--token-file", token_file)


DATA = ["/datasets", "/datasets/cifar100", "/datasets/cifar100/classes", "/datasets/cifar100/samples",
        "/datasets/cifar100/samples/0", "/datasets/cifar100/samples/0/image.png", "/datasets/cifar100/sheet.png",
        "/datasets/cifar100/arrays/train/image.npy"]


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", DATA)
def test_every_data_answer_wants_the_token(closed, path):
    answer = closed.get(path)
    problem(answer, 401, "unauthorized")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert closed.request("HEAD", path).status == 401
    assert closed.request("GET", path, bearer(TOKEN)).status == 200
    assert closed.request("GET", path, {"Authorization": f"bearer {TOKEN}"}).status == 200


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}",
                                   f"Bearer {TOKEN.upper()}", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN} {TOKEN}",
                                   f"Bearer\t{TOKEN}x"])
def test_other_credentials(closed, value):
    problem(closed.request("GET", "/datasets", {"Authorization": value}), 401, "unauthorized")


def test_nothing_leaks_without_the_token(closed):
    """Not what there is, not what there is not, not what changed."""
    tag = closed.request("GET", "/datasets", bearer(TOKEN))["ETag"]
    for path in ("/datasets/none", "/datasets/cifar100/samples?split=none", "/datasets/cifar100/samples?x=1"):
        document = problem(closed.get(path), 401, "unauthorized")
        assert "cifar100" not in document["detail"] and "allowed" not in document
    for condition in (tag, "*"):
        assert closed.get("/datasets", If_None_Match=condition).status == 401


def test_what_stays_open(closed):
    for path in ("/healthz", "/readyz", "/", "/gallery/cifar100"):
        answer = closed.get(path)
        assert answer.status == 200 and b"CIFAR" not in answer.body


def test_a_session(closed):
    answer = closed.request("POST", "/session", bearer(TOKEN))
    assert answer.status in (200, 204)
    cookie = answer["Set-Cookie"]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict"} <= attributes
    pair = cookie.split(";")[0]
    assert TOKEN not in pair
    assert closed.request("GET", "/datasets", {"Cookie": pair}).status == 200
    assert closed.request("GET", "/datasets", {"Cookie": f"other=1; {pair}; more=2"}).status == 200
    name, _, value = pair.partition("=")
    for wrong in (f"{name}=", f"{name}={value[:-1]}", f"{name}={value}x", f"x{pair}"):
        assert closed.request("GET", "/datasets", {"Cookie": wrong}).status == 401
    problem(closed.request("POST", "/session", bearer("wrong")), 401, "unauthorized")
    problem(closed.request("POST", "/session"), 401, "unauthorized")


def test_shared_caches_keep_nothing(closed):
    revision = closed.request("GET", "/datasets/cifar100", bearer(TOKEN)).json()["revision"]
    answer = closed.request("GET", f"/datasets/cifar100/samples?rev={revision}", bearer(TOKEN))
    assert "public" not in answer["Cache-Control"]


def test_no_warning_with_a_token(data, serve, token_file):
    server = serve(data, "--token-file", token_file, "--bind", "0.0.0.0")
    assert server.get("/datasets").status == 401
    assert server.stderr() == ""


@pytest.mark.parametrize("text", ["", "\n", "short\n", "a token with spaces in it\n", "x" * 600])
def test_bad_token_files(run, data, tmp_path, text):
    (tmp_path / "bad").write_text(text)
    done = run("serve", "--data", data, "--port", "0", "--token-file", tmp_path / "bad", code=None)
    assert done.returncode in (1, 2) and str(tmp_path / "bad") in done.stderr
    done = run("serve", "--data", data, "--port", "0", "--token-file", tmp_path / "none", code=None)
    assert done.returncode in (1, 2) and str(tmp_path / "none") in done.stderr


def test_tls(data, serve, certificate):
    server = serve(data, "--tls-cert", certificate / "cert.pem", "--tls-key", certificate / "key.pem")
    assert server.url.startswith("https://")
    context = ssl.create_default_context(cafile=certificate / "cert.pem")
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=30)
    for path in ("/datasets", "/datasets/cifar100/arrays/train/image.npy"):
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        assert len(answer.read()) == int(answer.headers["Content-Length"])
    connection.close()


def test_bad_certificates(run, data, tmp_path, certificate):
    (tmp_path / "noise").write_text("no certificate\n")
    for options in (["--tls-cert", certificate / "cert.pem"],
                    ["--tls-cert", tmp_path / "none", "--tls-key", certificate / "key.pem"],
                    ["--tls-cert", tmp_path / "noise", "--tls-key", certificate / "key.pem"]):
        done = run("serve", "--data", data, "--port", "0", *options, code=None)
        assert done.returncode in (1, 2) and len(done.stderr.splitlines()) == 1, done
