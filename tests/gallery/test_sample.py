# SPDX-License-Identifier: MIT
"""One sample large."""
import numpy as np
from selenium.webdriver.common.keys import Keys

import decode
from test_images import as_shown


def test_a_tile_opens_its_sample(window):
    window.open("/gallery/cifar100?split=test")
    stored = decode.sample("cifar100")["test"]
    names = decode.class_names("cifar100")
    window.click('.tile[data-index="7"]')
    heading, values = window.sample()
    assert heading == "Sample 7 of test" and window.path.endswith("?split=test#sample=7")
    for feature in ("fine_label", "coarse_label"):
        label = stored[feature][7]
        assert values[feature] == f"{names[feature][label]} id {label}"
    assert np.array_equal(window.pixels("dialog canvas"),
                          as_shown("cifar100", stored["image"][7:8]))
    window.press(Keys.ESCAPE)
    window.no_sample()
    assert window.path == "/gallery/cifar100?split=test"
    assert window.driver.switch_to.active_element.get_attribute("data-index") == "7"


def test_steps_reach_over_the_page(window):
    window.open("/gallery/digits?order=shuffle&seed=8&limit=25")
    page = window.indices()
    window.open("/gallery/digits?order=shuffle&seed=8&limit=25&offset=25")
    next_page = window.indices()
    window.open(f"/gallery/digits?order=shuffle&seed=8&limit=25#sample={page[23]}")
    for index in (page[24], next_page[0], next_page[1]):
        window.press(Keys.ARROW_RIGHT)
        window.wait_sample(f"Sample {index:,} of all")
    assert window.range() == "26–50 of 1,797"
    for index in (next_page[0], page[24]):
        window.click('dialog [aria-label="Previous sample"]')
        window.wait_sample(f"Sample {index:,} of all")
    assert window.range() == "1–25 of 1,797"
    window.click('dialog [aria-label="Close"]')
    window.no_sample()
    window.reload()
    assert window.indices() == page


def test_ends_of_the_split(window):
    window.open("/gallery/digits?offset=1790#sample=1796")
    window.press(Keys.ARROW_RIGHT)
    assert window.sample()[0] == "Sample 1,796 of all"
    window.press(Keys.ARROW_LEFT)
    window.wait_sample("Sample 1,795 of all")
    window.open("/gallery/digits#sample=0")
    window.press(Keys.ARROW_LEFT)
    assert window.sample()[0] == "Sample 0 of all"


def test_back_closes_and_reload_keeps(window):
    window.open("/gallery/digits")
    window.click('.tile[data-index="5"]')
    window.wait_sample("Sample 5 of all")
    window.press(Keys.ARROW_RIGHT)
    window.wait_sample("Sample 6 of all")
    window.reload()
    window.wait_sample("Sample 6 of all")
    window.back()
    window.no_sample()
    assert window.path == "/gallery/digits"


def test_pixels_under_the_pointer(window):
    window.open("/gallery/digits#sample=10")
    window.sample()
    canvas = window.one("dialog canvas")
    pixel = canvas.rect["width"] / 8
    image = decode.sample("digits")["all"]["image"][10]
    for row, column in ((0, 0), (3, 4), (7, 7)):
        window.hover(canvas, (column - 3.5) * pixel, (row - 3.5) * pixel)
        window.wait(lambda: window.text("dialog figcaption")
                    == f"row {row}, column {column}: {image[row, column]}")


def test_links(window, server):
    window.open("/gallery/fashion_mnist?split=test#sample=11")
    window.sample()
    links = {one.text: one.get_attribute("href") for one in window.all("dialog .links a")}
    assert server.get(links["JSON"].removeprefix(window.url)).json()["index"] == 11
    for text in ("PNG", "PNG, 8×"):
        answer = server.get(links[text].removeprefix(window.url))
        assert answer.status == 200 and answer["Content-Type"] == "image/png"


def test_a_sample_that_is_not_there(window):
    window.expected_failures.append("/samples/99999")
    window.open("/gallery/digits#sample=99999")
    window.wait(lambda: window.all("dialog [role=alert]"))
    assert "179" in window.text("dialog [role=alert]")
