# SPDX-License-Identifier: MIT
"""What goes wrong is said in words, and what comes from strangers is never run."""
import gzip
import json

import decode
import pytest
from program import SAMPLES, SHIPPED

HOSTILE = '<img src=x onerror="window.ran=1;alert(1)">\'"><script>alert(2)</script>'


def test_unknown_dataset(window):
    window.expected_failures.append("/datasets/nothing")
    window.open("/gallery/nothing")
    text = window.text("[role=alert]")
    assert 'no dataset "nothing"' in text and "cifar100" in text
    window.click_text("main a", "All datasets")
    assert len(window.all(".card")) == len(SHIPPED)


@pytest.mark.parametrize("query, words", [
    ("split=validation", ["validation", "train"]),
    ("label=Gloves", ["Gloves", "Sneaker"]),
    ("colour=red", ["colour", "split"]),
    ("limit=5000", ["limit", "1000"]),
    ("offset=-1", ["offset"]),
])
def test_a_query_that_the_server_refuses(window, query, words):
    window.expected_failures.append("/samples?")
    window.open(f"/gallery/fashion_mnist?{query}")
    text = window.text(".results [role=alert]")
    assert all(word in text for word in words), text
    window.click_text(".results a", "Show all samples")
    assert window.path == "/gallery/fashion_mnist" and len(window.indices()) == 100


def test_no_page_of_the_gallery(window):
    window.open("/gallery/digits#sample=x&zoom=999")
    assert len(window.indices()) == 100 and not window.all("dialog[open]")


def test_a_server_that_stopped(look, serve, data):
    server = serve(data)
    window = look(server)
    window.open("/gallery/digits")
    server.stop()
    window.expected_failures.append("net::ERR_CONNECTION_REFUSED")
    window.click(".next")
    assert "does not answer" in window.text(".results [role=alert]")


def test_a_new_revision_is_taken_up(look, serve, run, tmp_path):
    run("add", "pictures", SAMPLES / "digits", "--data", tmp_path, "--quiet")
    window = look(serve(tmp_path))
    window.open("/gallery/pictures")
    assert window.range() == "1–100 of 1,797"
    run("add", "pictures", SAMPLES / "fashion_mnist", "--replace", "--data", tmp_path, "--quiet")
    window.expected_failures.append("status of 410")
    total = len(decode.sample("fashion_mnist")["train"]["label"])

    def turn():
        window.script("document.querySelector('.next').click()")
        window.settle()
        return window.range().endswith(f" of {total:,}")
    window.wait(turn, "the new revision was not shown")
    assert window.texts(".segment[data-split]")[0].startswith("train")


def test_a_token_is_asked_for_once(look, serve, data, tmp_path):
    (tmp_path / "token").write_text("open-sesame-and-let-me-in\n")
    window = look(serve(data, "--token-file", tmp_path / "token"))
    window.driver.delete_all_cookies()
    window.expected_failures.append("status of 401")
    window.open()
    field = window.one("input[type=password]")
    field.send_keys("wrong\n")
    window.wait(lambda: "not the token" in window.text("main"))
    field.clear()
    field.send_keys("open-sesame-and-let-me-in\n")
    window.wait(lambda: len(window.all(".card")) == len(SHIPPED))
    window.open("/gallery/digits")
    assert len(window.indices()) == 100
    window.driver.delete_all_cookies()


def test_under_a_base_path(look, serve, data):
    window = look(serve(data, "--base-path", "/my/data"))
    assert window.url.endswith("/my/data")
    window.open()
    image = window.one('[data-dataset="digits"] img')
    window.wait(lambda: image.get_property("naturalWidth") == 80)
    window.click('.card a[href$="/my/data/gallery/digits"]')
    assert len(window.indices()) == 100
    window.click(".next")
    assert window.path == "/gallery/digits?offset=100"
    window.reload()
    assert window.indices()[0] == 100
    window.click(".brand")
    assert window.path == "/" and len(window.all(".card")) == len(SHIPPED)


@pytest.fixture
def hostile(serve, run, tmp_path):
    """CIFAR-100's first samples with markup in every name and text."""
    folder = tmp_path / "source"
    folder.mkdir()
    records = gzip.decompress((SAMPLES / "cifar100/train.bin.gz").read_bytes())
    (folder / "train.bin").write_bytes(records[:3074 * 60])
    for level, number in (("fine", 100), ("coarse", 20)):
        names = [f"{HOSTILE}{i}" for i in range(number - 1)] + ["javascript:alert(3)"]
        (folder / f"{level}_label_names.txt").write_text("\n".join(names) + "\n")
    card = {name: HOSTILE for name in ("title", "description", "license", "citation")}
    (folder / "dataset.json").write_text(json.dumps({
        **card, "task": "image-classification", "warnings": [HOSTILE],
        "homepage": "https://example.org/\"onfocus=\"window.ran=1"}))
    run("add", "hostile", folder, "--data", tmp_path / "data", "--quiet")
    (tmp_path / "t.csv").write_text('"<b onclick=alert(4)>x",y\n1,2\n3,4\n')
    run("add", "table", tmp_path / "t.csv", "--data", tmp_path / "data", "--quiet")
    return serve(tmp_path / "data")


def test_names_are_shown_and_never_run(look, hostile):
    window = look(hostile)
    window.open()
    window.wait(lambda: window.texts('[data-dataset="table"] th'))
    assert HOSTILE in window.texts(".card-title")
    window.open("/gallery/hostile")
    assert window.text("h1") == HOSTILE and window.driver.title.startswith(HOSTILE)
    for summary in window.all(".panel summary"):
        summary.click()
    assert any(caption.startswith(HOSTILE) for caption in window.captions())
    assert window.script("""
        return [...document.querySelectorAll("a[href]")]
            .filter(one => !/^https?:$/.test(one.protocol)).length""") == 0
    window.one(".class-row:not(.group) input").click()
    window.settle()
    assert window.texts(".chip span")[0].startswith(HOSTILE[:10])
    window.open("/gallery/hostile#sample=0")
    assert HOSTILE in window.sample()[1]["fine_label"]
    window.expected_failures.append("/samples?")
    window.open("/gallery/hostile?fine_label=%3Cimg%20src%3Dx%20onerror%3Dalert(5)%3E")
    assert "<img src=x" in window.text("[role=alert]")
    window.open("/gallery/table")
    assert "<b onclick=alert(4)>x" in window.texts(".samples th")
    assert window.all("main img, main script, main b") == []
    assert window.script("return window.ran ?? 0") == 0


@pytest.mark.parametrize("homepage, leads", [
    ("https://example.org/a", True), ("http://example.org", True), ("javascript:alert(1)", False),
    (" javascript:alert(1)", False), ("data:text/html,x", False), ("//example.org", False),
    ("not an address", False), ("", False)])
def test_only_web_addresses_become_links(window, homepage, leads):
    window.open()
    made = window.driver.execute_async_script("""
        const [homepage, done] = arguments;
        import(new URL("static/dom.js", document.baseURI))
            .then(dom => done(dom.outgoing(homepage, "text").outerHTML));""", homepage)
    assert made.startswith("<a href=\"http") == leads and made.count("<") == 2


def test_the_policy_lets_nothing_else_run(window, server):
    policy = server.get("/")["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'",
                 "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    window.open()
    window.expected_failures.append("Content Security Policy")
    window.script("""
        const script = document.createElement("script");
        script.textContent = "window.ran = 1";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = 1'>");""")
    window.expected_failures.append("/x")
    window.wait(lambda: window.script("return [...document.images].at(-1).complete"))
    assert window.script("return window.ran ?? 0") == 0
