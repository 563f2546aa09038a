# SPDX-License-Identifier: MIT
"""A dataset of images: its grid, and choosing what the grid shows."""
import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

import decode

SPLIT = {"digits": "all", "fashion_mnist": "train", "cifar100": "train"}


def as_shown(name, pixels):
    """Stored pixels as a canvas gives them: RGBA, the digits' 16 being white."""
    levels = np.floor(pixels * 255 / 16 + 0.5) if name == "digits" else pixels
    if levels.ndim == 3:
        levels = np.repeat(levels[..., None], 3, axis=3)
    alpha = np.full(levels.shape[:3] + (1,), 255)
    return np.concatenate([levels, alpha], axis=3).astype(np.uint8)


@pytest.mark.parametrize("name", SPLIT)
def test_every_pixel_of_the_grid(window, name):
    window.open(f"/gallery/{name}?offset=50&limit=50")
    stored = decode.sample(name)[SPLIT[name]]
    assert window.indices() == list(range(50, 100))
    assert np.array_equal(window.pixels(".grid canvas"), as_shown(name, stored["image"][50:100]))
    label = "fine_label" if name == "cifar100" else "label"
    names = decode.class_names(name)[label]
    assert window.captions() == [names[i] for i in stored[label][50:100]]


def test_a_page_is_one_sheet(window):
    window.open("/gallery/fashion_mnist?limit=200")
    asked = window.script("return performance.getEntriesByType('resource').map(one => one.name)")
    pictures = [url for url in asked if ".png" in url]
    assert len(window.indices()) == 200
    assert len(pictures) == 1 and "/sheet.png?" in pictures[0]


def test_classes_filter(window):
    labels = decode.sample("fashion_mnist")["train"]["label"]
    window.open("/gallery/fashion_mnist?offset=100")
    window.tick("Sneaker")
    assert window.query == [("label", "Sneaker")]
    sneakers = np.flatnonzero(labels == 7)
    assert window.indices() == list(sneakers[:100])
    assert set(window.captions()) == {"Sneaker"}
    window.tick("T-shirt/top")
    both = np.flatnonzero((labels == 7) | (labels == 0))
    assert window.indices() == list(both[:100])
    assert window.range().endswith(f"{len(both):,}")
    assert [text.rstrip("×") for text in window.texts(".chip")] == ["T-shirt/top", "Sneaker"]
    window.click_text(".chip", "Sneaker\n×")
    assert window.query == [("label", "T-shirt/top")]
    window.back()
    assert window.indices() == list(both[:100])
    window.reload()
    assert window.indices() == list(both[:100])
    ticked = window.script("return [...document.querySelectorAll('.class-row:has(:checked)')]"
                           ".map(one => one.title)")
    assert ticked == ["T-shirt/top", "Sneaker"]
    window.click_text(".chips a", "show all")
    assert window.query == [] and window.indices() == list(range(100))


def test_a_superclass_is_all_its_classes(window):
    window.open("/gallery/cifar100")
    coarse = decode.sample("cifar100")["train"]["coarse_label"]
    fish = decode.class_names("cifar100")["coarse_label"].index("fish")
    window.tick("fish")
    assert len(window.query) == 5 and {name for name, _ in window.query} == {"fine_label"}
    assert window.indices() == list(np.flatnonzero(coarse == fish)[:100])
    assert [text.rstrip("×") for text in window.texts(".chip")] == ["all of fish"]
    window.tick("shark")
    assert len(window.query) == 4
    assert window.script('return document.querySelector(\'.class-row[title="fish"] input\')'
                         '.indeterminate')


def test_other_ways_to_write_a_filter(window):
    window.open("/gallery/cifar100?label=3&coarse_label=carnivores")
    window.expected_failures.append("/samples?")
    assert "Possible: " in window.text("[role=alert]")
    window.open("/gallery/cifar100?label=3")
    assert set(window.captions()) == {decode.class_names("cifar100")["fine_label"][3]}
    assert [text.rstrip("×") for text in window.texts(".chip")] == ["bear"]
    window.click(".chip")
    assert window.query == []


def test_classes_are_searched_and_sorted(window):
    window.open("/gallery/cifar100")
    window.one(".class-tools input").send_keys("BEAR")
    assert window.texts(".class-row:not(.group) .class-name") == ["bear"]
    window.one(".class-tools input").send_keys(Keys.BACKSPACE * 4, "trees")
    names, stored = decode.class_names("cifar100"), decode.sample("cifar100")["train"]
    trees = stored["coarse_label"] == names["coarse_label"].index("trees")
    assert window.texts(".class-row:not(.group) .class-name") == [
        names["fine_label"][i] for i in np.unique(stored["fine_label"][trees])]
    window.one(".class-tools input").send_keys(Keys.BACKSPACE * 5)
    window.click('.class-tools option[value="name"]')
    assert len(window.all(".class-row:not(.group)")) == 100


def test_bars_are_the_distribution(window):
    for name, split in (("digits", "all"), ("fashion_mnist", "train")):
        window.open(f"/gallery/{name}")
        counts = np.bincount(decode.sample(name)[split]["label"], minlength=10)
        assert window.texts(".class-count") == [f"{count:,}" for count in counts]
        shares = window.script("return [...document.querySelectorAll('.bar')]"
                               ".map(one => Number(one.style.getPropertyValue('--share')))")
        assert np.allclose(shares, counts / counts.max())


def test_paging(window):
    window.open("/gallery/digits")
    assert window.range() == "1–100 of 1,797"
    window.click(".next")
    assert window.path == "/gallery/digits?offset=100"
    assert window.indices() == list(range(100, 200))
    window.click(".last")
    assert window.indices() == list(range(1700, 1797))
    assert not window.one(".next").get_attribute("href")
    window.press(Keys.ARROW_LEFT)
    assert window.range() == "1,601–1,700 of 1,797"
    number = window.one(".page-number")
    number.send_keys(Keys.CONTROL + "a" + Keys.NULL, "3", Keys.ENTER)
    window.settle()
    assert window.path == "/gallery/digits?offset=200" and window.indices()[0] == 200
    window.press(Keys.ESCAPE)
    window.click(".first")
    assert window.path == "/gallery/digits"
    window.back()
    assert window.indices()[0] == 200
    window.open("/gallery/digits?offset=5000")
    assert "Past the end" in window.text(".results")
    window.click_text(".results a", "Last page")
    assert window.indices() == list(range(1700, 1797))


def test_arrow_keys_turn_pages(window):
    window.open("/gallery/digits")
    for page in range(1, 4):
        window.press(Keys.ARROW_RIGHT)
        assert window.indices()[0] == page * 100


def test_the_last_of_many_quick_steps_is_shown(window):
    window.open("/gallery/digits")
    window.driver.execute_cdp_cmd("Network.enable", {})
    slow = {"offline": False, "latency": 150, "downloadThroughput": -1, "uploadThroughput": -1}
    window.driver.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    try:
        window.press(*[Keys.ARROW_RIGHT] * 8)
    finally:
        window.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {**slow, "latency": 0})
        window.driver.execute_cdp_cmd("Network.disable", {})
    assert window.indices() == list(range(800, 900))
    stored = decode.sample("digits")["all"]["image"][800:900]
    assert np.array_equal(window.pixels(".grid canvas"), as_shown("digits", stored))


def test_a_random_draw_is_shared_by_its_seed(window, server):
    window.open("/gallery/digits")
    window.click_text(".segment", "Random")
    first = window.indices()
    query = dict(window.query)
    assert query.keys() == {"order", "seed"} and query["order"] == "shuffle"
    assert window.one(".seed").get_property("value") == query["seed"]
    assert sorted(first) != first
    page = server.get(f"/datasets/digits/samples?order=shuffle&seed={query['seed']}").json()
    assert first == [sample["index"] for sample in page["samples"]]
    labels = decode.sample("digits")["all"]["label"]
    assert window.captions() == [str(labels[i]) for i in first]
    window.reload()
    assert window.indices() == first
    window.click(".draw")
    assert dict(window.query)["seed"] != query["seed"] and window.indices() != first
    window.press("r")
    window.one(".seed").send_keys(Keys.CONTROL + "a" + Keys.NULL, query["seed"], Keys.ENTER)
    window.settle()
    assert window.indices() == first
    window.click_text(".segment", "In order")
    assert window.query == [] and window.indices() == list(range(100))


def test_splits(window):
    window.open("/gallery/cifar100?offset=500&fine_label=apple&fine_label=bear")
    window.click('.segment[data-split="test"]')
    assert window.query == [("fine_label", "apple"), ("fine_label", "bear"), ("split", "test")]
    labels = decode.sample("cifar100")["test"]["fine_label"]
    names = decode.class_names("cifar100")["fine_label"]
    wanted = [names.index("apple"), names.index("bear")]
    assert window.indices() == list(np.flatnonzero(np.isin(labels, wanted)))
    assert set(window.texts(".class-row:not(.group) .class-count")) == {"2"}


def test_exactly_these_samples(window):
    window.open("/gallery/digits?indices=9,3,20-22")
    assert window.indices() == [9, 3, 20, 21, 22]
    assert window.range() == "all 5"


def test_page_size_and_zoom(window):
    window.open("/gallery/digits?offset=100")
    window.click('.page-size option[value="25"]')
    assert window.query == [("limit", "25")] and len(window.indices()) == 25
    width = window.one(".tile").rect["width"]
    assert width % 8 == 0
    window.one(".zoom").send_keys(Keys.ARROW_RIGHT * 2)
    window.wait(lambda: window.one(".tile").rect["width"] == width + 16, "no zoom")
    assert window.path.endswith("?limit=25#zoom=" + str(int(width / 8) + 2))
    window.reload()
    assert window.one(".tile").rect["width"] == width + 16


def test_use_it(window, server):
    window.open("/gallery/cifar100?split=test&fine_label=bear&order=shuffle&seed=5")
    window.click_text(".panel summary", "Use it")
    here, curl, sheet, code = window.texts(".snippet code")
    assert here == window.driver.current_url
    url = curl.removeprefix("curl '").removesuffix("'")
    page = server.get(url.removeprefix(window.url)).json()
    assert [sample["index"] for sample in page["samples"]] == window.indices()
    assert sheet.startswith("curl -o sheet.png '" + window.url)
    names = {}
    exec(code, names)  # what the panel offers to be run
    for feature, stored in decode.sample("cifar100")["test"].items():
        assert np.array_equal(names["data"][feature], stored)


def test_about(window):
    window.open("/gallery/cifar100")
    assert "This is a slice" in window.text(".warning")
    window.click_text(".panel summary", "About")
    window.wait(lambda: window.all(".panel[open] dl"), "the panel stayed empty")
    about = window.text(".panel[open]")
    for part in ("32 × 32 × 3", "coarse_label", "SHA-256", "Krizhevsky"):
        assert part in about
    links = window.script("return [...document.querySelectorAll('.head a, .panel[open] a')]"
                          ".map(one => one.href)")
    assert "https://www.cs.toronto.edu/~kriz/cifar.html" in links
