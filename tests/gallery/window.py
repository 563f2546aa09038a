# SPDX-License-Identifier: MIT
"""A browser window as a person uses it: opens pages, clicks, types, looks."""
import base64
import time
import urllib.parse

import numpy as np
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

PATIENCE = 20  # seconds that something may take to come true; a bound, not a measure


class Window:
    def __init__(self, driver, url):
        self.driver = driver
        self.url = url.rstrip("/")
        self.expected_failures = []  # parts of addresses that are to answer with an error

    # Going somewhere

    def open(self, target="/"):
        """Opens an address of the gallery and waits until everything has come."""
        self.driver.get(self.url + target)
        self.settle()

    def settle(self):
        self.wait(lambda: self.script("""
            return document.readyState === "complete" && document.querySelector("main > *") !== null
                && document.querySelector("[aria-busy]") === null"""), "the page never settled")

    def back(self):
        self.driver.back()
        self.settle()

    def reload(self):
        self.driver.refresh()
        self.settle()

    def size(self, width, height, mobile=False, **features):
        """Window size in CSS pixels, and media features such as prefers_color_scheme="dark"."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()]})

    @property
    def path(self):
        """Where the address bar is, without scheme and host."""
        return self.driver.current_url[len(self.url):]

    @property
    def query(self):
        """The address's query: [(name, value), …]."""
        return urllib.parse.parse_qsl(urllib.parse.urlsplit(self.driver.current_url).query,
                                      keep_blank_values=True)

    # Looking

    def script(self, text, *args):
        return self.driver.execute_script(text, *args)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        """What stands in the matching elements, seen or not, in one exchange."""
        return self.script("return [...document.querySelectorAll(arguments[0])]"
                           ".map(one => one.textContent.trim())", selector)

    def text(self, selector):
        return self.texts(selector)[0]

    def raw_text(self, selector):
        """The text of the first matching element with all its blanks."""
        return self.script("return document.querySelector(arguments[0]).textContent", selector)

    def wait(self, condition, what="it never came true"):
        """Waits until the condition holds and returns what it gave."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                value = condition()
            except StaleElementReferenceException:
                value = None
            if value:
                return value
            assert time.monotonic() < end, f"{what}: {self.driver.current_url}"
            time.sleep(0.02)

    def wait_text(self, selector, text):
        self.wait(lambda: self.texts(selector) == [text],
                  f"{selector} was never {text!r}: {self.texts(selector)!r}")
        self.settle()

    # Doing

    def click(self, selector):
        self.one(selector).click()
        self.settle()

    def click_text(self, selector, text):
        """Clicks the one matching element that has this text."""
        found = [one for one in self.all(selector) if one.text.strip() == text]
        assert len(found) == 1, (selector, text, self.texts(selector))
        found[0].click()
        self.settle()

    def tick(self, name):
        """Ticks or unticks a class or a group of classes."""
        self.click(f'.class-row[title="{name}"] input')

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()
        self.settle()

    def hover(self, element, x, y):
        """Points at (x, y) from the middle of an element."""
        ActionChains(self.driver).move_to_element_with_offset(element, x, y).perform()

    # The parts of the gallery

    def indices(self):
        """Which samples the grid or the table shows, in order."""
        return [int(one) for one in self.script(
            "return [...document.querySelectorAll('.results [data-index]')]"
            ".map(one => one.dataset.index)")]

    def captions(self):
        return self.texts(".grid .caption")

    def passages(self):
        """What the list of texts shows: [(index, class names, text), …]."""
        return [(int(index), names, text) for index, names, text in self.script("""
            return [...document.querySelectorAll(".passage")].map(one => [
                one.querySelector("[data-index]").dataset.index,
                [...one.querySelectorAll(".tag")].map(tag => tag.textContent),
                one.querySelector(".passage-text").textContent])""")]

    def range(self):
        return self.text(".range")

    def sample(self):
        """What the dialog says of the sample shown large: heading and {feature: text}."""
        self.wait(lambda: self.all("dialog[open] dl"), "no sample is shown large")
        self.settle()
        names = self.script("return [...document.querySelectorAll('dialog dt')]"
                            ".map(one => one.firstChild.data)")
        return self.text("#sample-heading"), dict(zip(names, self.texts("dialog dd")))

    def wait_sample(self, heading):
        self.wait(lambda: self.texts("dialog[open] #sample-heading") == [heading],
                  f"{heading} was never shown")
        self.settle()

    def no_sample(self):
        self.wait(lambda: not self.all("dialog[open]"), "the sample was not closed")

    def pixels(self, selector):
        """The pixels of all matching canvases: uint8[count, height, width, 4]."""
        width, height, levels = self.script("""
            const all = [...document.querySelectorAll(arguments[0])];
            const {width, height} = all[0];
            let text = "";
            for (const one of all)
                for (const byte of one.getContext("2d").getImageData(0, 0, width, height).data)
                    text += String.fromCharCode(byte);
            return [width, height, btoa(text)];
            """, selector)
        data = np.frombuffer(base64.b64decode(levels), np.uint8)
        return data.reshape(-1, height, width, 4)

    # What the browser complained about

    def complaints(self):
        """Errors and warnings in the browser's log, without the expected failures."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("SEVERE", "WARNING")
                and not any(part in entry["message"] for part in self.expected_failures)]
