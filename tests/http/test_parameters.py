# SPDX-License-Identifier: MIT
"""Query parameters: garbage is a 400 that names the parameter, never a default."""
import pytest

from program import problem

PAGE = "/datasets/cifar100/samples"
PNG = "/datasets/cifar100/samples/0/image.png"
SHEET = "/datasets/cifar100/sheet.png"

# address, parameter, smallest, largest
NUMBERS = [
    ("/datasets", "offset", 0, 2**64 - 1), ("/datasets", "limit", 1, 1000),
    (PAGE, "offset", 0, 2**64 - 1), (PAGE, "limit", 1, 1000),
    (SHEET, "limit", 1, 1000), (SHEET, "columns", 1, None), (SHEET, "scale", 1, 16),
    (PNG, "scale", 1, 16), (PNG, "size", 1, None), (SHEET, "size", 1, None),
]
GARBAGE = ["", "-1", "+1", "%2B1", "%201", "1%20", "1e3", "0x1", "1.0", "1,0", "one", "18446744073709551616",
           "99999999999999999999999999999999", "%00", "1%00", "NaN", "%D9%A1", "1_0"]


@pytest.mark.parametrize("address, parameter, least, most", NUMBERS)
def test_numbers(server, address, parameter, least, most):
    for text in GARBAGE:
        answer = server.get(f"{address}?{parameter}={text}")
        assert answer.status == 400, (text, answer.status)
        if "%00" not in text:
            problem(answer, 400, "invalid_parameter", parameter)
    assert server.get(f"{address}?{parameter}={least}").status == 200
    if least:
        problem(server.get(f"{address}?{parameter}={least - 1}"), 400, "invalid_parameter", parameter)
    if most:
        document = problem(server.get(f"{address}?{parameter}={most + 1}"), 400, "invalid_parameter",
                           parameter)
        assert str(most) in document["detail"].replace(",", "")


@pytest.mark.parametrize("parameter, value", [("seed", 2**64 - 1), ("epoch", 2**64 - 1)])
def test_numbers_of_a_shuffle(server, parameter, value):
    assert server.get(f"{PAGE}?order=shuffle&{parameter}={value}").status == 200
    for text in GARBAGE:
        assert server.get(f"{PAGE}?order=shuffle&{parameter}={text}").status == 400
    problem(server.get(f"{PAGE}?{parameter}=1"), 400, "invalid_parameter", parameter)


@pytest.mark.parametrize("address", [
    "/datasets", "/datasets/cifar100", "/datasets/cifar100/classes", PAGE, PAGE + "/0", PNG, SHEET,
    "/datasets/cifar100/arrays/train/image.npy", "/healthz", "/readyz", "/openapi.json"])
def test_unknown(server, address):
    document = problem(server.get(f"{address}?colour=red"), 400, "unknown_parameter", "colour")
    for name in document.get("allowed", []):
        assert "?" not in name
    problem(server.get(f"{address}?Limit=1"), 400, "unknown_parameter", "Limit")
    problem(server.get(f"{address}?limit%20=1"), 400, "unknown_parameter", "limit ")


def test_unknown_says_what_there_is(server):
    allowed = problem(server.get(f"{PAGE}?ofset=1"), 400, "unknown_parameter", "ofset")["allowed"]
    assert {"split", "offset", "limit", "order", "seed", "epoch", "indices", "features", "rev",
            "fine_label", "coarse_label"} <= set(allowed)


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=1&limit=1", "split=train&split=test",
                                   "order=index&order=shuffle", "indices=1&indices=2",
                                   "features=image&features=image"])
def test_repeated(server, query):
    problem(server.get(f"{PAGE}?{query}"), 400, "invalid_parameter", query.partition("=")[0])


@pytest.mark.parametrize("order", ["", "Shuffle", "random", "-index", "index%20", "shuffle,index"])
def test_order(server, order):
    document = problem(server.get(f"{PAGE}?order={order}"), 400, "invalid_parameter", "order")
    assert {"index", "shuffle"} <= set(document["allowed"])


@pytest.mark.parametrize("query", ["split=%", "split=%1", "split=%zz", "split=%ff", "split=%c0%80",
                                   "%ff=1", "split=%ed%a0%80", "split=train%00"])
def test_bad_escapes(server, query):
    answer = server.get(f"{PAGE}?{query}")
    assert answer.status == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["", "&", "&&", "limit=2&", "&limit=2"])
def test_empty_parts(server, query):
    assert server.get(f"{PAGE}?{query}").status == 200


@pytest.mark.parametrize("query", ["=", "=1", "limit"])
def test_parts_without_name_or_value(server, query):
    assert server.get(f"{PAGE}?{query}").status == 400


def test_very_many_parameters(server):
    answer = server.get(f"{PAGE}?" + "&".join(["label=1"] * 1000))
    assert answer.status == 200 and answer.json()["total"] == 10
    answer = server.get(f"{PAGE}?" + "&" * 5000)
    assert answer.status in (200, 400, 414)


@pytest.mark.parametrize("index", ["-1", "+1", "1e0", "0x0", "00x", "%201", "18446744073709551616"])
def test_sample_index_in_the_path(server, index):
    for ending in ("", "/image.png"):
        answer = server.get(f"{PAGE}/{index}{ending}")
        assert answer.status in (400, 404), answer.status
        assert answer["Content-Type"] == "application/problem+json"


def test_problems_are_not_cached_as_answers(server):
    for target in (f"{PAGE}?limit=x", "/datasets/none"):
        answer = server.get(target)
        assert "ETag" not in answer.headers
        assert "immutable" not in (answer["Cache-Control"] or "")


def test_markup_in_a_parameter_is_data(server):
    answer = server.get(f"{PAGE}?split=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>" in problem(answer, 404, "unknown_split", "split")["detail"]
    assert answer["X-Content-Type-Options"] == "nosniff"
