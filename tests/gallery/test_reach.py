# SPDX-License-Identifier: MIT
"""The gallery for everyone: small and large windows, light and dark, keyboard, screen readers."""
import pytest
from selenium.webdriver.common.keys import Keys

PAGES = ["/", "/gallery/cifar100?fine_label=bear", "/gallery/boston_housing",
         "/gallery/digits#sample=3"]
CONTROLS = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "slider"}


@pytest.mark.parametrize("width", [320, 390, 768, 1600])
def test_nothing_sticks_out(window, width):
    window.size(width, 844, mobile=width < 500)
    for page in PAGES:
        window.open(page)
        inner = window.script("return [document.documentElement.scrollWidth, innerWidth]")
        assert inner[0] <= inner[1], (page, inner)


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name(window, page):
    window.open(page)
    for summary in window.all(".panel summary"):
        window.script("arguments[0].click()", summary)
    nodes = window.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    controls = [node for node in nodes
                if not node.get("ignored") and node["role"]["value"] in CONTROLS]
    assert len(controls) > 3
    for node in controls:
        assert node.get("name", {}).get("value", "").strip(), node


def luminance(colour):
    levels = [int(part) / 255 for part in colour[colour.index("(") + 1:-1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in levels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out(window, scheme, page="/gallery/cifar100?fine_label=bear"):
    window.size(1360, 900, prefers_color_scheme=scheme)
    window.open(page)
    body = window.script("return getComputedStyle(document.body).backgroundColor")
    assert (luminance(body) < 0.05) == (scheme == "dark")
    colours = window.script("""
        const seen = {};
        for (const one of document.querySelectorAll("main *")) {
            if (![...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
                continue;
            if (one.matches(":not([href]).step, :not([href]).step *"))
                continue;
            let behind = one;
            while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)")
                behind = behind.parentElement;
            seen[getComputedStyle(one).color + " on " + getComputedStyle(behind).backgroundColor]
                = one.outerHTML.slice(0, 80);
        }
        return seen;""")
    assert len(colours) > 4
    for pair, where in colours.items():
        darker, lighter = sorted(map(luminance, pair.split(" on ")))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (pair, where)


def test_the_keyboard_reaches_everything(window):
    window.open("/gallery/digits")
    window.press(Keys.TAB, Keys.ENTER)
    focused = lambda: window.driver.switch_to.active_element
    assert focused().get_attribute("id") == "main"
    for _ in range(40):
        window.press(Keys.TAB)
        if focused().get_attribute("data-index"):
            break
    assert focused().get_attribute("data-index") == "0"
    window.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert focused().get_attribute("data-index") == "2"
    window.press(Keys.ARROW_DOWN)
    assert int(focused().get_attribute("data-index")) > 4
    window.press(Keys.ARROW_UP, Keys.ENTER)
    window.wait_sample("Sample 2 of all")
    window.press(Keys.ESCAPE)
    window.no_sample()
    assert focused().get_attribute("data-index") == "2"
    assert window.range() == "1–100 of 1,797"


def test_steps_are_announced(window):
    window.open("/gallery/digits")
    window.click(".next")
    assert window.one("[role=status]").get_property("textContent") == "Samples 101–200 of 1,797"


def shifts(window):
    """Layout shifts of the browser's own count, from before the first script ran."""
    return window.script("""
        const found = [];
        const note = (list) => found.push(...list.map(one => one.value));
        const observer = new PerformanceObserver(list => note(list.getEntries()));
        observer.observe({type: "layout-shift", buffered: true});
        return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
            note(observer.takeRecords());
            done(found);
        })));""")


def test_nothing_moves_while_pages_load(window):
    window.open("/gallery/fashion_mnist")
    assert sum(shifts(window)) < 0.02
    place = "return document.querySelector('.grid').getBoundingClientRect().top + scrollY"
    before = window.script(place), window.one(".grid").rect["height"]
    window.script("""
        window.heights = new Set();
        new ResizeObserver(() => heights.add(document.querySelector('.grid').offsetHeight))
            .observe(document.querySelector('.grid'));""")
    window.click(".next")
    assert (window.script(place), window.one(".grid").rect["height"]) == before
    assert len(window.script("return [...heights]")) <= 1
