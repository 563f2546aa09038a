# SPDX-License-Identifier: MIT
"""The recipes of the documentation and the examples, as they stand there, against a real server."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

import recipes
from program import ROOT

PAGES = {page: recipes.blocks(ROOT / page, only) for page, only in (
    ("docs/clients.md", None), ("docs/shuffle.md", None), ("README.md", "Training from batches"))}
HEADINGS = [(page, heading) for page, blocks in PAGES.items() for heading in dict.fromkeys(
    block.heading for block in blocks if recipes.can_run(block))]


@pytest.fixture(scope="module")
def environment(samplecase):
    """Where a Python program finds the client."""
    return {**os.environ, "PYTHONPATH": str(pathlib.Path(samplecase.__file__).parent)}


@pytest.mark.parametrize("page, heading", HEADINGS, ids=[heading for _, heading in HEADINGS])
def test_recipes(server, tmp_path, environment, page, heading):
    """All blocks under one heading, one after the other."""
    for block in PAGES[page]:
        if block.heading == heading and recipes.can_run(block):
            recipes.run(block, tmp_path, server.url.rstrip("/"), environment)


def test_there_are_recipes():
    languages = {block.language for blocks in PAGES.values() for block in blocks}
    assert languages == set(recipes.LANGUAGES) and all(PAGES.values())
    text = (ROOT / "docs/clients.md").read_text()
    anchors = {heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.*)", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]*)\)", text)) == anchors
    for target in re.findall(r"\]\((?!#|http)([^)]*)\)", text):
        assert (ROOT / "docs" / target).resolve().exists(), target


def test_a_classifier_learns_from_streamed_batches(server, environment):
    done = subprocess.run([sys.executable, ROOT / "clients/python/examples/softmax_digits.py", server.url],
                          env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    accuracy, count = re.fullmatch(r"test accuracy ([0-9.]+)% of (\d+) samples\n", done.stdout).groups()
    assert float(accuracy) >= 90 and int(count) == 360


def test_the_shell_example(server, tmp_path):
    done = subprocess.run(["sh", ROOT / "clients/shell/digits.sh", server.url], cwd=tmp_path, capture_output=True,
                          text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "digits: 1797 samples, licence CC BY 4.0" in lines and "  7 179" in lines
    assert "sevens, page by page: 179" in lines
    assert sum(int(count) for count in re.findall(r"(\d+)×\d", done.stdout)) == 100
    assert f"digits.npz: {(tmp_path / 'digits.npz').stat().st_size} bytes" in lines
    done = subprocess.run(["sh", ROOT / "clients/shell/digits.sh", "http://127.0.0.1:9"], cwd=tmp_path,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode != 0
