# SPDX-License-Identifier: MIT
"""What is the same for every address: liveness, methods, HEAD, hosts, CORS, base path, unknown paths."""
import urllib.parse

import pytest

from program import SAMPLES, problem

ADDRESSES = [
    "/", "/gallery/cifar100", "/healthz", "/readyz", "/openapi.json", "/datasets",
    "/datasets/cifar100", "/datasets/cifar100/classes", "/datasets/cifar100/samples",
    "/datasets/cifar100/samples/0", "/datasets/cifar100/samples/0/image.png",
    "/datasets/cifar100/sheet.png", "/datasets/cifar100/arrays/train/fine_label.npy",
]


def test_liveness(server):
    for path in ("/healthz", "/readyz"):
        answer = server.get(path)
        assert answer.status == 200 and answer.body


@pytest.mark.parametrize("path", ADDRESSES)
def test_head_answers_like_get(server, path):
    get, head = server.get(path), server.request("HEAD", path)
    assert get.status == head.status == 200
    assert head.body == b""
    fields = [{name.lower(): value for name, value in answer.headers.items() if name != "Date"}
              for answer in (get, head)]
    assert fields[0] == fields[1]
    assert int(get["Content-Length"]) == len(get.body) > 0


def test_head_of_a_problem(server):
    get, head = (server.request(method, "/datasets/none") for method in ("GET", "HEAD"))
    assert head.status == 404 and head.body == b""
    assert head["Content-Type"] == "application/problem+json"
    assert head["Content-Length"] == get["Content-Length"]


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW"])
def test_other_methods_are_refused(server, method, path):
    answer = server.request(method, path)
    problem(answer, 405, "method_not_allowed")
    assert {name.strip() for name in answer["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/nothing", "/datasets/", "/datasets/cifar100/", "/Datasets", "//",
                                  "/datasets/cifar100/samples/0/image.png/x",
                                  "/datasets/cifar100/arrays/train", "/gallery", "/static/../healthz"])
def test_unknown_paths(server, path):
    problem(server.get(path), 404, "not_found")


def test_security_headers(server):
    for path in ("/", "/datasets", "/datasets/cifar100/samples/0/image.png", "/datasets/none"):
        assert server.get(path)["X-Content-Type-Options"] == "nosniff"
    policy = server.get("/")["Content-Security-Policy"]
    assert "default-src" in policy and "unsafe-inline" not in policy and "http" not in policy


# Hosts: on loopback a name that is not loopback's is another site that rebinds its name to us.

@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LocalHost", "127.9.8.7",
                                  "127.0.0.1:80", "localhost:8080"])
def test_loopback_hosts(server, host):
    assert server.get("/datasets", Host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                                  "10.0.0.1", "evil.example:80", "localhostx", "xlocalhost"])
@pytest.mark.parametrize("path", ["/datasets", "/healthz", "/", "/nothing"])
def test_foreign_hosts(server, host, path):
    problem(server.get(path, Host=host), 421, "forbidden_host")


def test_allowed_host(data, serve):
    server = serve(data, "--allow-host", "data.example", "--allow-host", "other.example")
    for host in ("data.example", "Data.Example:1234", "other.example", "localhost"):
        assert server.get("/datasets", Host=host).status == 200
    problem(server.get("/datasets", Host="third.example"), 421, "forbidden_host")


def test_every_host_when_bound_elsewhere(data, serve):
    server = serve(data, "--bind", "0.0.0.0")
    assert server.get("/datasets", Host="anything.example").status == 200
    warning = server.stderr().strip()
    assert len(warning.splitlines()) == 1 and "token" in warning, warning


def test_host_list_when_bound_elsewhere(data, serve):
    server = serve(data, "--bind", "0.0.0.0", "--allow-host", "data.example")
    assert server.get("/datasets", Host="data.example").status == 200
    problem(server.get("/datasets", Host="anything.example"), 421, "forbidden_host")


def test_silent_on_loopback(data, serve):
    server = serve(data)
    assert server.get("/healthz").status == 200
    assert server.stderr() == ""


# CORS

ORIGIN = "https://notebook.example"


@pytest.fixture
def cors(data, serve):
    return serve(data, "--cors", ORIGIN, "--cors", "http://localhost:3000")


def test_no_cors_without_the_option(server):
    answer = server.get("/datasets", Origin=ORIGIN)
    assert answer.status == 200
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_cors_answers(cors):
    for path in ("/datasets", "/datasets/none", "/nothing", "/datasets?x=1",
                 "/datasets/cifar100/samples/0/image.png",
                 "/datasets/cifar100/arrays/train/image.npy"):
        answer = cors.get(path, Origin=ORIGIN)
        assert answer["Access-Control-Allow-Origin"] == ORIGIN, path
        assert "origin" in answer["Vary"].lower()
        assert "Access-Control-Allow-Credentials" not in answer.headers
    assert cors.get("/datasets", Origin="http://localhost:3000")["Access-Control-Allow-Origin"] == \
        "http://localhost:3000"
    for other in ("https://evil.example", ORIGIN + ".evil.example", "null", ORIGIN + "/"):
        answer = cors.get("/datasets", Origin=other)
        assert answer.status == 200 and "Access-Control-Allow-Origin" not in answer.headers
    exposed = cors.get("/datasets", Origin=ORIGIN)["Access-Control-Expose-Headers"].lower()
    assert "etag" in exposed and "link" in exposed


def test_preflight(cors):
    answer = cors.request("OPTIONS", "/datasets/cifar100/arrays/train/image.npy", {
        "Origin": ORIGIN, "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization, range"})
    assert answer.status in (200, 204) and answer.body == b""
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert "GET" in answer["Access-Control-Allow-Methods"]
    allowed = answer["Access-Control-Allow-Headers"].lower()
    assert "authorization" in allowed and "range" in allowed


def test_options_without_cors(server):
    answer = server.request("OPTIONS", "/datasets")
    assert answer.status in (200, 204)
    assert "GET" in answer["Allow"] and "OPTIONS" in answer["Allow"]
    problem(server.request("OPTIONS", "/nothing"), 404, "not_found")
    assert server.request("OPTIONS", "*").status == 204


# A prefix behind a proxy

def test_base_path(data, serve):
    server = serve(data, "--base-path", "/data/sets")
    assert server.url.endswith("/data/sets/")
    problem(server.get("/datasets"), 404, "not_found")
    problem(server.get("/data/setsx/datasets"), 404, "not_found")
    for target in ("nothing", "datasets/cifar100?rev=x", "datasets/cifar100/samples?label=x"):
        assert "/data/sets/datasets" in server.get("/data/sets/" + target).json()["detail"]
    page = server.json("/data/sets/datasets/cifar100/samples?limit=2")
    assert page["next"].startswith("/data/sets/datasets/cifar100/samples?")
    picture = server.get(page["samples"][0]["image"]["url"])
    assert picture.status == 200 and picture["Content-Type"] == "image/png"
    listed = server.json("/data/sets/datasets")["datasets"]
    for dataset in listed:
        assert dataset["url"].startswith("/data/sets/")
        assert server.get(dataset["url"]).status == 200
    link = server.get("/data/sets/datasets/cifar100/samples?limit=2")["Link"]
    assert "</data/sets/datasets/cifar100/samples?" in link
    html = server.get("/data/sets/").body.decode()
    assert "/data/sets/" in html
    assert server.get("/data/sets/gallery/cifar100").status == 200


def test_an_empty_folder_serves(tmp_path, serve):
    server = serve(tmp_path / "nothing-yet")
    assert server.json("/datasets") == {"total": 0, "datasets": [], "next": None, "prev": None}
    detail = problem(server.get("/datasets/mnist"), 404, "unknown_dataset")["detail"]
    assert "add" in detail


def test_ipv6(data, serve):
    server = serve(data, "--bind", "::1")
    assert urllib.parse.urlsplit(server.url).hostname == "::1"
    assert server.get("/datasets").status == 200


def test_markup_in_texts_is_data(tmp_path, run, serve):
    title = "</script><script>alert(1)</script>"
    run("add", "evil", SAMPLES / "digits/digits.csv.gz", "--data", tmp_path, "--title", title)
    server = serve(tmp_path)
    assert server.json("/datasets/evil")["title"] == title
    assert title not in server.get("/gallery/evil").body.decode()
