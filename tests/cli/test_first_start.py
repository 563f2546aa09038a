# SPDX-License-Identifier: MIT
"""script/first-start: the samples are there after the first start, and only ever added once."""
import json
import subprocess

import pytest

from program import PROGRAM, ROOT, SAMPLES

NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/dataset.json"))


@pytest.fixture
def first_start(tmp_path, reports):
    def run(data):
        done = subprocess.run([ROOT / "script/first-start", PROGRAM, SAMPLES, data], capture_output=True,
                              text=True, env=reports.environment())
        reports.check()
        assert done.returncode == 0 and done.stdout == "", done
        return done.stderr
    return run


@pytest.fixture
def names(run_json, tmp_path):
    return lambda: [entry["name"] for entry in run_json("list", "--data", tmp_path / "data")["datasets"]]


def test_the_samples_are_added_once(tmp_path, first_start, run, names):
    said = first_start(tmp_path / "data")
    assert names() == NAMES and all(name in said for name in NAMES)
    assert first_start(tmp_path / "data") == ""
    run("remove", "digits", "--data", tmp_path / "data")
    assert first_start(tmp_path / "data") == ""
    assert "digits" not in names()


def test_a_start_that_died_is_resumed(tmp_path, first_start, run, names):
    run("add", "digits", SAMPLES / "digits", "--data", tmp_path / "data")
    (tmp_path / "data/first-start").write_text("")
    first_start(tmp_path / "data")
    assert names() == NAMES
    assert first_start(tmp_path / "data") == ""


def test_a_folder_with_data_is_left_alone(tmp_path, first_start, run, names):
    run("add", "digits", SAMPLES / "digits", "--data", tmp_path / "data")
    assert first_start(tmp_path / "data") == ""
    assert names() == ["digits"]


@pytest.mark.parametrize("name", NAMES)
def test_cards(name):
    """Each sample says what it is, where it comes from, and whether it is a slice."""
    card = json.loads((SAMPLES / name / "dataset.json").read_text())
    note = (SAMPLES / name / "README.md").read_text()
    assert all(card[key] for key in ("title", "description", "license", "citation", "homepage", "task"))
    assert "Origin" in note and "Licence" in note and "Made by" in note
    if "slice" in card["title"]:
        assert any("slice" in warning and f"samplecase add {name}" in warning for warning in card["warnings"])
