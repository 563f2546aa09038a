# SPDX-License-Identifier: MIT
"""The start page: a card for each dataset."""
import re

import decode
from program import SAMPLES, SHIPPED

IMAGES = ["cifar100", "digits", "fashion_mnist"]


def cards(window):
    return {name: " ".join(text.split()) for name, text in zip(
        window.texts(".card code"), window.texts(".card-text"))}


def test_each_dataset_has_a_card(window):
    window.open()
    assert sorted(cards(window)) == SHIPPED
    assert "1,797 samples" in cards(window)["digits"]
    assert re.search(r"1,000 train · 200 test", cards(window)["cifar100"])
    assert "tabular regression" in cards(window)["boston_housing"]
    assert "text classification" in cards(window)["imdb"] and "460 samples" in cards(window)["reuters"]
    assert window.driver.title == "Samplecase"


def test_pictures_are_contact_sheets(window):
    window.open()
    sizes = {}
    for name in IMAGES:
        image = window.one(f'[data-dataset="{name}"] img')
        window.script("arguments[0].scrollIntoView()", image)
        window.wait(lambda: image.get_property("complete"), "a sheet never came")
        sizes[name] = image.get_property("naturalWidth")
    assert sizes == {"cifar100": 320, "digits": 80, "fashion_mnist": 280}


def test_a_table_shows_its_first_rows(window):
    window.open()
    window.wait(lambda: window.texts('[data-dataset="boston_housing"] td'))
    names = window.texts('[data-dataset="boston_housing"] th')
    assert names[0] == "CRIM" and names[-1] == "MEDV"
    first = [float(text) for text in window.texts('[data-dataset="boston_housing"] td')[:5]]
    boston = decode.boston()
    assert first == [boston[name][0] for name in names]


def test_a_card_leads_to_its_dataset_and_back(window):
    window.open()
    window.click('.card a[href$="/gallery/digits"]')
    window.wait_text("h1", window.text("h1"))
    assert window.path == "/gallery/digits"
    assert window.text("#crumb") == "digits"
    window.click(".brand")
    assert window.path == "/" and len(window.all(".card")) == len(SHIPPED)
    window.back()
    assert window.path == "/gallery/digits" and window.range() == "1–100 of 1,797"


def test_an_empty_server_says_what_to_do_and_shows_what_is_added(look, serve, run, tmp_path):
    window = look(serve(tmp_path))
    window.open()
    assert "samplecase add" in window.text("main")
    run("add", "numbers", SAMPLES / "digits", "--data", tmp_path, "--quiet")

    def come_back():
        window.script("document.dispatchEvent(new Event('visibilitychange'))")
        return window.texts(".card code") == ["numbers"]
    window.wait(come_back, "the new dataset was not shown")


def test_many_datasets_can_be_searched(look, serve, run, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("x,y\n1,2\n3,4\n")
    names = [f"table{i}" for i in range(8)] + ["flowers"]
    for name in names:
        run("add", name, table, "--data", tmp_path / "data", "--quiet")
    window = look(serve(tmp_path / "data"))
    window.open()
    window.one(".home-head input").send_keys("FLOW")
    window.wait(lambda: [one.text for one in window.all(".card code") if one.is_displayed()]
                == ["flowers"])
    window.one(".home-head input").send_keys("x")
    assert "No dataset" in window.one("main > p").text
