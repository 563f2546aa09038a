# SPDX-License-Identifier: MIT
"""The gallery in a real browser: Debian's Chromium, without a screen."""
import shutil
import tempfile

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from window import Window


@pytest.fixture(scope="session")
def driver():
    """One browser for all tests, with a profile of its own."""
    profile = tempfile.mkdtemp(prefix="gallery-")
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.set_capability("unhandledPromptBehavior", "ignore")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--no-first-run", "--disable-background-networking",
                     "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
def look(driver, serve):
    """look(server): a window on a server, which outlives it (hence `serve`). The browser must have
    nothing to complain about at the end: no error of a script, nothing that the
    Content-Security-Policy had to stop."""
    windows = []

    def start(server):
        driver.get_log("browser")
        window = Window(driver, server.url)
        window.size(1360, 900)
        windows.append(window)
        return window
    yield start
    for window in windows:
        assert window.complaints() == []
    driver.get("about:blank")


@pytest.fixture
def window(look, server):
    """A window on the server of the samples."""
    return look(server)
