# SPDX-License-Identifier: MIT
"""Datasets of tokens: read as words, with their ids where one asks for them."""
import json

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

WORDS = ["the", "said", "of", "mln", "grain", "<b>bold</b>", "profit"]


@pytest.fixture
def tokens(look, serve, run, tmp_path):
    """A window on token datasets: `wires` with a word index, `ids` without."""
    rows = [[1 + (i + j) % 7 for j in range(3 + 40 * (i % 2))] for i in range(30)]
    for name in ("wires", "ids"):
        (tmp_path / name).mkdir()
        array = np.empty(len(rows), dtype=object)
        array[:] = rows
        np.savez(tmp_path / name / "reuters.npz", x=array, y=np.arange(30) % 2)
    (tmp_path / "wires" / "reuters_word_index.json").write_text(
        json.dumps({word: rank for rank, word in enumerate(WORDS, 1)}))
    for name in ("wires", "ids"):
        run("add", name, tmp_path / name, "--data", tmp_path / "data", "--quiet")
    window = look(serve(tmp_path / "data"))
    window.rows = rows
    return window


def decoded(ids):
    return " ".join(WORDS[i - 1] for i in ids)


def test_tokens_are_read_as_words(tokens):
    tokens.open("/gallery/wires")
    shown = tokens.passages()
    assert len(shown) == 20
    for index, _, text in shown:
        assert text == decoded(tokens.rows[index])
    assert not tokens.all(".passage b")


def test_tokens_with_their_ids(tokens):
    tokens.open("/gallery/wires#sample=0")
    tokens.sample()
    assert tokens.raw_text("dialog .whole") == decoded(tokens.rows[0])
    assert tokens.text("dialog .lengths").startswith("3 tokens · ")
    assert [one.get_attribute("aria-pressed") for one in tokens.all(".text .segment")] \
        == ["true", "false"]
    tokens.click_text(".text .segment", "Ids")
    for index in (0, 1):
        assert tokens.texts("dialog rt") == [str(i) for i in tokens.rows[index]]
        pairs = tokens.script("return [...document.querySelectorAll('dialog ruby')]"
                              ".map(one => one.firstChild.data)")
        assert pairs == [WORDS[i - 1] for i in tokens.rows[index]]
        tokens.press(Keys.ARROW_RIGHT)
        tokens.wait_sample(f"Sample {index + 1} of all")
    tokens.script("navigator.clipboard.writeText = async text => { window.copied = text; }")
    tokens.click(".text .copy")
    copied = tokens.wait(lambda: tokens.script("return window.copied"))
    assert json.loads(copied) == tokens.rows[2]
    tokens.click_text(".text .segment", "Text")
    assert tokens.raw_text("dialog .whole") == decoded(tokens.rows[2])


def test_tokens_without_words(tokens):
    tokens.open("/gallery/ids")
    for index, _, text in tokens.passages():
        assert text.split() == [str(i) for i in tokens.rows[index]]
    tokens.open("/gallery/ids#sample=1")
    tokens.sample()
    assert tokens.text("dialog .lengths") == "43 tokens"
    assert tokens.raw_text("dialog .whole").split() == [str(i) for i in tokens.rows[1]]
    assert tokens.all(".text .segment") == []


def test_use_it(tokens):
    tokens.open("/gallery/wires")
    tokens.click_text(".panel summary", "Use it")
    names = {}
    exec(tokens.texts(".snippet code")[-1], names)  # what the panel offers to be run
    assert [list(ids) for ids in names["data"]["tokens"]] == tokens.rows


def test_the_start_page_quotes_words(tokens):
    tokens.open()
    quotes = '[data-dataset="wires"] .quote-text'
    tokens.wait(lambda: tokens.texts(quotes))
    assert all(set(text.split()) <= {*WORDS, "…"} for text in tokens.texts(quotes))
