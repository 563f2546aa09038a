# SPDX-License-Identifier: MIT
"""Entity tags, conditions, revisions in the address, compression."""
import gzip
import re

import pytest

from program import SAMPLES, problem

PAGE = "/datasets/cifar100/samples"
ADDRESSES = [
    "/datasets", "/datasets/cifar100", "/datasets/cifar100/classes", PAGE, PAGE + "?fine_label=3", PAGE + "/7",
    PAGE + "/7/image.png", "/datasets/cifar100/sheet.png", "/datasets/cifar100/arrays/test/image.npy",
    "/openapi.json", "/", "/static/main.js",
]
OF_A_REVISION = ADDRESSES[1:9]
COMPRESSED = ["/datasets", "/datasets/cifar100", "/datasets/cifar100/classes", PAGE, "/openapi.json", "/"]


def tagged(server, target, **headers):
    answer = server.get(target, **headers)
    assert answer.status == 200
    assert re.fullmatch(r'"[\x21\x23-\x7e]+"', answer["ETag"]), answer["ETag"]  # strong
    return answer


@pytest.mark.parametrize("target", ADDRESSES)
def test_conditions(server, target):
    answer = tagged(server, target)
    tag = answer["ETag"]
    assert tagged(server, target)["ETag"] == tag
    for known in (tag, "W/" + tag, f'"x", {tag}', f'{tag}, "x"', f'"a,b" ,\t"c", W/"d", W/{tag}', "*",
                  f'"", {tag}'):
        again = server.get(target, If_None_Match=known)
        assert again.status == 304 and again.body == b"", known
        assert again["ETag"] == tag
        for name in ("Cache-Control", "Vary", "Content-Length"):
            assert again[name] == answer[name]
    for other in ('"x"', tag.strip('"'), tag[:-1], '"x" "y"', "", '"' + tag.strip('"') + 'x"', "x" + tag):
        assert server.get(target, If_None_Match=other).body == answer.body, other


@pytest.mark.parametrize("target", ADDRESSES)
def test_head_has_the_same_conditions(server, target):
    tag = tagged(server, target)["ETag"]
    assert server.request("HEAD", target, {"If-None-Match": tag}).status == 304


def test_missing_things_are_missing_under_a_condition(server):
    for target in (PAGE + "/1000", PAGE + "?split=none", PAGE + "/0/none.png", PAGE + "?indices=5000",
                   "/datasets/none", "/datasets/cifar100/arrays/none/image.npy"):
        assert server.get(target, If_None_Match="*").status == 404, target
    assert server.get(PAGE + "?shard=3&shards=2", If_None_Match="*").status == 400


def test_tags_tell_queries_apart(server):
    targets = [PAGE, PAGE + "?limit=10", PAGE + "?offset=10", PAGE + "?split=test", PAGE + "?fine_label=1",
               PAGE + "?coarse_label=1", PAGE + "?order=shuffle", PAGE + "?order=shuffle&seed=1",
               PAGE + "?order=shuffle&epoch=1", PAGE + "?features=image", PAGE + "?indices=1",
               PAGE + "?shards=2"]
    assert len({tagged(server, target)["ETag"] for target in targets}) == len(targets)


def test_tags_of_the_same_query_are_equal(server):
    """Strong tags follow the canonical query: the order of parameters and ways to name a class."""
    name = server.json("/datasets/cifar100/classes")["classes"][3]["name"]
    tags = {tagged(server, f"{PAGE}?{query}")["ETag"] for query in (
        "limit=10&fine_label=3&offset=5&fine_label=apple", f"fine_label={name}&fine_label=0&offset=5&limit=10",
        "offset=05&label=0&label=3&limit=010")}
    assert len(tags) == 1


# Revisions

@pytest.mark.parametrize("target", OF_A_REVISION)
def test_rev(server, target):
    plain = tagged(server, target)
    assert plain["Cache-Control"] == "no-cache"
    joint = "&" if "?" in target else "?"
    revision = server.json("/datasets/cifar100")["revision"]
    fixed = tagged(server, f"{target}{joint}rev={revision}")
    assert fixed["Cache-Control"] == "public, max-age=31536000, immutable"
    again = server.get(f"{target}{joint}rev={revision}", If_None_Match=fixed["ETag"])
    assert again.status == 304 and again["Cache-Control"] == fixed["Cache-Control"]
    for other in ("0" * 64, revision[:-1], revision.upper(), revision + "0", "x"):
        document = problem(server.get(f"{target}{joint}rev={other}"), 410, "gone", "rev")
        assert revision in document["detail"]
    problem(server.get(f"{target}{joint}rev="), 400, "invalid_parameter", "rev")


def test_rev_stays_in_links(server):
    revision = server.json("/datasets/cifar100")["revision"]
    page = server.json(f"{PAGE}?rev={revision}&limit=3")
    assert f"rev={revision}" in page["next"]
    assert server.get(page["samples"][0]["image"]["url"]).status == 200


def test_a_replaced_dataset_has_another_revision(tmp_path, run, serve, wait_until):
    data = tmp_path / "data"
    (tmp_path / "a.csv").write_text("x,y\n1,2\n3,4\n")
    run("add", "table", tmp_path / "a.csv", "--data", data)
    server = serve(data)
    old = server.json("/datasets/table")["revision"]
    target = f"/datasets/table/samples?rev={old}"
    tag = tagged(server, "/datasets/table/samples")["ETag"]
    (tmp_path / "a.csv").write_text("x,y\n1,2\n3,5\n")
    run("add", "table", tmp_path / "a.csv", "--data", data, "--replace")
    wait_until(lambda: server.get(target).status == 410)
    answer = server.get("/datasets/table/samples", If_None_Match=tag)
    assert answer.status == 200 and answer["ETag"] != tag
    assert [sample["y"] for sample in answer.json()["samples"]] == [2, 5]
    (tmp_path / "a.csv").write_text("x,y\n1,2\n3,4\n")
    run("add", "table", tmp_path / "a.csv", "--data", data, "--replace")
    wait_until(lambda: server.get(target).status == 200)  # equal samples, equal revision


# Compression

@pytest.mark.parametrize("target", COMPRESSED)
def test_gzip(server, target):
    plain = tagged(server, target)
    assert "Content-Encoding" not in plain.headers and len(plain.body) > 1024
    packed = tagged(server, target, Accept_Encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body)
    assert packed["ETag"] != plain["ETag"]
    for answer in (plain, packed):
        assert "accept-encoding" in answer["Vary"].lower()
        assert int(answer["Content-Length"]) == len(answer.body)
    again = server.get(target, Accept_Encoding="gzip", If_None_Match=packed["ETag"])
    assert again.status == 304 and again["ETag"] == packed["ETag"]
    head = server.request("HEAD", target, {"Accept-Encoding": "gzip"})
    assert head["Content-Length"] == packed["Content-Length"] and head["ETag"] == packed["ETag"]


@pytest.mark.parametrize("accept, packed", [
    ("gzip", True), ("GZIP", True), ("x-gzip", True), ("deflate, gzip;q=0.5", True), ("*", True),
    ("gzip;q=1.0, identity; q=0.5, *;q=0", True), ("br, gzip", True), ("gzip;q=0.001", True),
    ("gzip;q=0", False), ("gzip;q=0.000", False), ("identity", False), ("", False), ("br", False),
    ("*;q=0", False), ("gzip;q=0, *", False), ("gzipped", False), ("deflate", False)])
def test_accept_encoding(server, accept, packed):
    answer = server.get(PAGE, Accept_Encoding=accept)
    assert ("Content-Encoding" in answer.headers) == packed


def test_small_answers_stay_plain(server):
    for target in ("/healthz", PAGE + "/0", PAGE + "?limit=1"):
        answer = server.get(target, Accept_Encoding="gzip")
        assert len(answer.body) <= 1024 and "Content-Encoding" not in answer.headers


def test_pictures_stay_as_they_are(server):
    answer = server.get("/datasets/cifar100/sheet.png", Accept_Encoding="gzip")
    assert "Content-Encoding" not in answer.headers and answer.body[:8] == b"\x89PNG\r\n\x1a\n"


def test_large_problems_are_compressed_right(tmp_path, run, serve):
    server = serve(tmp_path / "data")
    for i in range(30):
        run("add", f"a-dataset-with-a-long-name-{i:02d}", SAMPLES / "digits/digits.csv.gz",
            "--data", tmp_path / "data", "--quiet")
    server.get("/datasets")
    answer = server.get("/datasets/none", Accept_Encoding="gzip")
    assert answer.status == 404
    body = gzip.decompress(answer.body) if answer["Content-Encoding"] == "gzip" else answer.body
    assert b'"unknown_dataset"' in body
