# SPDX-License-Identifier: MIT
"""Where two rules meet: revisions and other parameters, exact indices, the bare base path, HEAD and
Range, options that could never be met."""
import pytest

from program import problem

OLD = "0" * 64


@pytest.mark.parametrize("query", [f"rev={OLD}&nothing=1", f"nothing=1&rev={OLD}", f"limit=x&rev={OLD}",
                                   f"rev={OLD}&fine_label=gone", f"rev={OLD}&split=gone"])
def test_an_old_revision_is_gone_whatever_else_is_wrong(server, query):
    document = problem(server.get(f"/datasets/cifar100/samples?{query}"), 410, "gone")
    assert document["parameter"] == "rev"


def test_rev_is_given_once(server):
    revision = server.json("/datasets/cifar100")["revision"]
    answer = server.get(f"/datasets/cifar100/samples?rev={revision}&rev={revision}")
    problem(answer, 400, "invalid_parameter")


def test_indices_are_exact(server):
    page = server.json("/datasets/cifar100/samples?indices=7,3,3,900-902")
    assert [sample["index"] for sample in page["samples"]] == [7, 3, 3, 900, 901, 902]
    assert page["total"] == 6 and page["next"] is None and page["prev"] is None
    document = problem(server.get("/datasets/cifar100/samples?indices=1,2&limit=1"), 400, "invalid_parameter")
    assert document["parameter"] == "limit"


def test_the_bare_base_path_leads_to_the_gallery(data, serve):
    server = serve(data, "--base-path", "/p")
    answer = server.get("/p")
    assert answer.status == 308 and answer["Location"] == "/p/"
    assert server.get("/p/").status == 200
    assert server.get("/px").status == 404


def test_head_has_no_ranges(server):
    path = "/datasets/digits/arrays/all/image.npy"
    part, head = (server.request(method, path, {"Range": "bytes=0-9"}) for method in ("GET", "HEAD"))
    assert part.status == 206 and len(part.body) == 10
    assert head.status == 200 and head["Content-Length"] == part["Content-Range"].rpartition("/")[2]


@pytest.mark.parametrize("option", [("--allow-host", "data.example:8080"), ("--allow-host", "http://data.example"),
                                    ("--cors", "https://a.example/"), ("--cors", "a.example")])
def test_names_that_no_request_could_have(run, tmp_path, option):
    done = run("serve", "--data", str(tmp_path), "--port", "0", *option, code=2)
    assert option[0] in done.stderr and "right would be" in done.stderr
