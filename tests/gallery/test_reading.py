# SPDX-License-Identifier: MIT
"""Datasets of texts: reading a page, and one text at full length."""
import re

import pytest
from selenium.webdriver.common.keys import Keys

import test_reach
from program import runner

LONG = ("It was long, and nobody left.<br /><br />Then it went on, \"quoted\" & all;\n"
        "a second line, a\ttab,   three blanks, an Ω, a 漢 and a 🎈.\n") * 12
SHORT = "Short and good."


def review(split, label, number):
    """The text of one file: its own first words, then a long or a short text."""
    return f"{split} {label} {number}. " + (LONG if number % 3 else SHORT)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Reviews as published: split/class/number.txt."""
    root = tmp_path_factory.mktemp("reviews")
    for split, number in (("train", 30), ("test", 4)):
        for label in ("neg", "pos"):
            (root / split / label).mkdir(parents=True)
            for i in range(number):
                (root / split / label / f"{i:03}.txt").write_text(review(split, label, i))
    return root


@pytest.fixture(scope="session")
def reviews_data(tmp_path_factory, session_reports, folder):
    data = tmp_path_factory.mktemp("reviews-data")
    runner(session_reports)("add", "reviews", folder, "--data", data, "--quiet")
    return data


@pytest.fixture
def reviews(look, serve, reviews_data):
    """A window on a server of these reviews."""
    return look(serve(reviews_data))


def own_words(text):
    """Split, class and number that a review begins with."""
    split, label, number = re.match(r"(\w+) (\w+) (\d+)\. ", text).groups()
    return split, label, int(number)


def test_a_page_of_texts(reviews):
    reviews.open("/gallery/reviews")
    shown = reviews.passages()
    assert [index for index, _, _ in shown] == list(range(20)) == reviews.indices()
    assert reviews.range() == "1–20 of 60"
    for _, tags, text in shown:
        split, label, number = own_words(text)
        whole = review(split, label, number)
        assert split == "train" and tags == [label]
        assert text == whole if number % 3 == 0 else whole.startswith(text.removesuffix("…"))
    assert "<br />" in shown[1][2] and "\n" in shown[1][2]
    assert not reviews.all(".passage br")
    line = reviews.script("return getComputedStyle(document.querySelector('.passage-text'))"
                          ".whiteSpaceCollapse")
    assert line == "preserve"


def test_what_is_cut_says_that_there_is_more(reviews):
    reviews.open("/gallery/reviews")

    def more():
        return reviews.script("return [...document.querySelectorAll('.more')]"
                              ".map(one => one.checkVisibility())")
    expected = [own_words(text)[2] % 3 != 0 for _, _, text in reviews.passages()]
    reviews.wait(lambda: more() == expected, "the wrong texts have more")
    reviews.all(".more")[expected.index(True)].click()
    assert reviews.sample()[0] == f"Sample {expected.index(True)} of train"


def test_pages_of_few_samples(reviews):
    reviews.open("/gallery/reviews")
    asked = reviews.script("return performance.getEntriesByType('resource').map(one => one.name)")
    (page,) = [url for url in asked if "/samples?" in url]
    assert "limit=20" in page and "max_chars=" in page
    reviews.click(".next")
    assert reviews.path == "/gallery/reviews?offset=20"
    assert reviews.indices() == list(range(20, 40))
    reviews.press(Keys.ARROW_RIGHT)
    assert reviews.indices() == list(range(40, 60))
    reviews.click('.page-size option[value="50"]')
    assert reviews.query == [("limit", "50")] and len(reviews.indices()) == 50
    reviews.click('.page-size option[value="20"]')
    assert reviews.query == []


def test_classes_splits_and_random_draws(reviews):
    reviews.open("/gallery/reviews")
    reviews.tick("pos")
    assert reviews.query == [("label", "pos")] and reviews.range() == "1–20 of 30"
    assert {own_words(text)[1] for _, _, text in reviews.passages()} == {"pos"}
    reviews.click('.segment[data-split="test"]')
    assert {own_words(text)[:2] for _, _, text in reviews.passages()} == {("test", "pos")}
    assert reviews.range() == "all 4"
    reviews.open("/gallery/reviews")
    reviews.click_text(".segment", "Random")
    first = reviews.indices()
    assert sorted(first) != first and len(set(first)) == 20
    reviews.reload()
    assert reviews.indices() == first


def test_a_text_at_full_length(reviews, folder):
    reviews.open("/gallery/reviews?split=test")
    for i, (index, tags, _) in enumerate(reviews.passages()[:4]):
        reviews.open(f"/gallery/reviews?split=test#sample={index}")
        heading, values = reviews.sample()
        text = reviews.raw_text("dialog .whole")
        split, label, number = own_words(text)
        assert heading == f"Sample {index} of test" and values["label"].startswith(label)
        assert text == (folder / split / label / f"{number:03}.txt").read_text()
        words, characters = len(text.split()), len(text)
        assert reviews.text("dialog .lengths") == f"{words:,} words · {characters:,} characters"


def test_copying(reviews):
    reviews.open("/gallery/reviews#sample=1")
    reviews.sample()
    reviews.script("navigator.clipboard.writeText = async text => { window.copied = text; }")
    reviews.click(".text .copy")
    reviews.wait(lambda: reviews.script("return window.copied"))
    assert reviews.script("return window.copied") == reviews.raw_text("dialog .whole")
    assert reviews.one("[role=status]").get_property("textContent") == "Copied"


def test_steps_begin_at_the_top(reviews):
    reviews.size(1360, 500)
    reviews.open("/gallery/reviews#sample=1")
    reviews.sample()
    reviews.script("document.querySelector('dialog').scrollTop = 200")
    assert reviews.script("return document.querySelector('dialog').scrollTop") == 200
    before = own_words(reviews.raw_text("dialog .whole"))
    reviews.press(Keys.ARROW_RIGHT)
    reviews.wait_sample("Sample 2 of train")
    assert own_words(reviews.raw_text("dialog .whole")) != before
    assert reviews.script("return document.querySelector('dialog').scrollTop") == 0
    reviews.press(Keys.ARROW_LEFT)
    reviews.wait_sample("Sample 1 of train")
    assert own_words(reviews.raw_text("dialog .whole")) == before
    reviews.press(Keys.ESCAPE)
    reviews.no_sample()
    assert reviews.driver.switch_to.active_element.get_attribute("data-index") == "1"


def test_steps_reach_over_the_page(reviews):
    reviews.open("/gallery/reviews#sample=19")
    reviews.press(Keys.ARROW_RIGHT)
    reviews.wait_sample("Sample 20 of train")
    assert reviews.range() == "21–40 of 60"


def test_read_or_table(reviews):
    reviews.open("/gallery/reviews?label=neg")
    reviews.click('[data-view="table"]')
    assert reviews.path.endswith("?label=neg#view=table")
    cells = reviews.texts("table.samples td.text .cut")
    assert len(cells) == len(reviews.indices()) == 20
    assert reviews.all(".passage") == []
    assert {own_words(text)[1] for text in cells} == {"neg"}
    reviews.reload()
    assert len(reviews.texts("table.samples td.text")) == 20
    reviews.click('[data-view="read"]')
    assert reviews.path == "/gallery/reviews?label=neg" and len(reviews.passages()) == 20


def test_the_start_page_quotes(reviews):
    reviews.open()
    quotes = reviews.wait(lambda: reviews.texts(".quote-text"))
    assert len(quotes) == 2
    assert [own_words(text)[1] for text in quotes] == reviews.texts(".quote-by")
    assert sorted(reviews.texts(".quote-by")) == ["neg", "pos"]
    assert not reviews.all(".card-picture img, .card-picture table, .quote br")


def test_use_it(reviews, folder):
    reviews.open("/gallery/reviews?split=test")
    reviews.click_text(".panel summary", "Use it")
    code = reviews.texts(".snippet code")[-1]
    names = {}
    exec(code, names)  # what the panel offers to be run
    data = names["data"]
    assert sorted(data["text"]) == sorted(path.read_text()
                                          for path in (folder / "test").rglob("*.txt"))
    labels = [own_words(text)[1] for text in data["text"]]
    assert [["neg", "pos"][label] for label in data["label"]] == labels


@pytest.mark.parametrize("width", [320, 390, 768, 1600])
def test_nothing_sticks_out(reviews, width):
    reviews.size(width, 844, mobile=width < 500)
    for page in ("/", "/gallery/reviews", "/gallery/reviews#view=table",
                 "/gallery/reviews#sample=1"):
        reviews.open(page)
        inner = reviews.script("return [document.documentElement.scrollWidth, innerWidth]")
        assert inner[0] <= inner[1], (page, inner)


def test_nothing_moves_while_pages_load(reviews):
    for page in ("/", "/gallery/reviews", "/gallery/reviews#view=table",
                 "/gallery/reviews#sample=1"):
        reviews.driver.get("about:blank")  # not from one view of a page to the next
        reviews.open(page)
        assert sum(test_reach.shifts(reviews)) < 0.02, page


@pytest.mark.parametrize("page", ["/gallery/reviews", "/gallery/reviews#sample=1"])
def test_every_control_has_a_name(reviews, page):
    test_reach.test_every_control_has_a_name(reviews, page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out(reviews, scheme):
    test_reach.test_texts_stand_out(reviews, scheme, "/gallery/reviews")


def test_lines_are_of_a_length_to_read(reviews):
    reviews.size(2400, 900)
    for page, selector in (("/gallery/reviews", ".passage-text"),
                           ("/gallery/reviews#sample=1", "dialog .whole")):
        reviews.open(page)
        width, size = reviews.script("""
            const one = document.querySelector(arguments[0]);
            return [one.clientWidth, parseFloat(getComputedStyle(one).fontSize)]""", selector)
        assert 30 <= width / size <= 45, (page, width, size)


HOSTILE = "<img src=x onerror=\"window.ran=1;alert(1)\">'\"><script>alert(2)</script>"


def test_texts_are_shown_and_never_run(look, serve, run, tmp_path):
    for name in ("<img src=x onerror=\"window.ran=1\">", "<b onclick=alert(4)>x"):
        (tmp_path / "source" / name).mkdir(parents=True)
        for i in range(6):
            (tmp_path / "source" / name / f"{i}.txt").write_text(
                f"{HOSTILE} {i}\n<br /><b onclick=alert(3)>bold</b> &lt;i&gt; javascript:alert(5)")
    run("add", "hostile", tmp_path / "source", "--data", tmp_path / "data", "--quiet")
    window = look(serve(tmp_path / "data"))
    window.open()
    window.wait(lambda: window.texts(".quote-text"))
    assert window.text(".quote-text").startswith(HOSTILE)
    assert sorted(text[:2] for text in window.texts(".quote-by")) == ["<b", "<i"]
    for page in ("/gallery/hostile", "/gallery/hostile#view=table"):
        window.open(page)
        assert window.text(".passage-text, .cut").startswith(HOSTILE)
        assert {text[:2] for text in window.texts(".tag, td:not(.text)")} == {"<b", "<i"}
    window.open("/gallery/hostile#sample=1")
    window.sample()
    assert window.text("dialog .whole").startswith(f"{HOSTILE} 1\n<br /><b onclick")
    assert "&lt;i&gt;" in window.text("dialog .whole")
    assert window.all("main img, main script, main b, main br") == []
    assert window.script("return window.ran ?? 0") == 0
