# SPDX-License-Identifier: MIT
"""Texts among other features: several to a sample, and in tables."""
import json

import pytest


@pytest.fixture
def lines(look, serve, run, tmp_path):
    """lines(name, objects): a window on a dataset made from JSON Lines."""
    def make(name, objects):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("\n".join(json.dumps(one) for one in objects) + "\n")
        run("add", name, path, "--data", tmp_path / "data", "--quiet")
        return look(serve(tmp_path / "data"))
    return make


def test_several_texts(lines):
    mails = [{"subject": f"Number {i}", "body": "" if i == 3 else f"Dear {i},\n\n  come!",
              "stars": i / 2} for i in range(30)]
    window = lines("mails", mails)
    window.open("/gallery/mails")
    assert window.texts(".passage:nth-child(2) .passage-name") == ["subject", "body"]
    assert window.texts(".passage:nth-child(2) .passage-text") == ["Number 1", "Dear 1,\n\n  come!"]
    assert "stars 0.5" in window.text(".passage:nth-child(2)")
    assert window.texts(".passage:nth-child(4) .passage-text")[1] == "empty"
    window.open("/gallery/mails#sample=1")
    assert window.sample()[1]["stars"] == "0.5"
    assert window.texts("dialog .text h3") == ["subject", "body"]
    assert window.texts("dialog .whole") == ["Number 1", "Dear 1,\n\n  come!"]


def test_texts_among_numbers_are_a_table(lines):
    rows = [{"name": f"Name {i} " + "of many words " * (i % 2 * 40),
             **{f"n{j}": i * 10 + j + 0.5 for j in range(6)}} for i in range(25)]
    window = lines("people", rows)
    window.open("/gallery/people")
    cells = window.texts("td.text .cut")
    assert len(cells) == 25
    for row, cell in zip(rows, cells):
        assert row["name"].strip().startswith(cell.removesuffix("…"))
    heights = window.script("return [...document.querySelectorAll('tbody tr')]"
                            ".map(one => one.getBoundingClientRect().height)")
    assert max(heights) <= 3 * min(heights)
    window.click("tbody tr:nth-child(2) td.text")
    assert window.sample()[0] == "Sample 1 of all"
    assert window.raw_text("dialog .whole") == rows[1]["name"]
    window.open("/gallery/people#view=read")
    assert len(window.passages()) == 25


HOSTILE = "<img src=x onerror=\"window.ran=1;alert(1)\">'\"><script>alert(2)</script>"


def test_classes_and_texts_are_shown_and_never_run(lines):
    window = lines("hostile", [
        {"text": f"{HOSTILE} {i}\n<br /><b onclick=alert(3)>bold</b>", "label": f"{HOSTILE}{i % 2}"}
        for i in range(12)])
    window.open()
    window.wait(lambda: window.texts(".quote-text"))
    assert sorted(window.texts(".quote-by")) == [f"{HOSTILE}0", f"{HOSTILE}1"]
    for page in ("/gallery/hostile", "/gallery/hostile#view=table"):
        window.open(page)
        assert set(window.texts(".tag, td:not(.text)")) == {f"{HOSTILE}0", f"{HOSTILE}1"}
    window.open("/gallery/hostile")
    window.one(".class-row input").click()
    window.settle()
    assert window.text(".chip span") == f"{HOSTILE}0" and len(window.passages()) == 6
    window.open("/gallery/hostile#sample=1")
    assert window.sample()[1]["label"].startswith(f"{HOSTILE}1")
    assert window.all("main img, main script, main b, main br") == []
    assert window.script("return window.ran ?? 0") == 0
