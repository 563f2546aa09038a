# SPDX-License-Identifier: MIT
"""What the sources may not contain, and what each begins with."""
import re
import subprocess

import pytest

from program import ROOT

FOLDERS = ["base", "clients", "encode", "formats", "store", "server", "static", "migrations", "samples", "script", "tests"]
ENDINGS = {".c", ".h", ".py", ".js", ".css", ".sql", ".sh", ""}
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*")
               if path.is_file() and path.suffix in ENDINGS and "corpus" not in path.parts
               and "golden" not in path.parts and "__pycache__" not in path.parts)
SCRIPTS = sorted(path for path in (ROOT / "script").iterdir() if path.is_file())

MARKS = "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "not imple" + "mented"])
SKIPS = r"pytest\.(skip|xfail|mark\.(skip|xfail))|\bskip" + r"\(\);"


def named(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def test_there_is_something_to_look_at():
    assert len(FILES) > 60 and len(SCRIPTS) >= 4


def test_licence_line():
    assert named(path for path in FILES if "SPDX-License-Identifier: MIT" not in
                 "\n".join(path.read_text().splitlines()[:3])) == []


def test_no_marks_left():
    assert named(path for path in FILES if re.search(rf"\b({MARKS})\b", path.read_text())) == []


def test_no_skipped_tests():
    assert named(path for path in FILES if "tests" in path.parts
                 and re.search(SKIPS, path.read_text())) == []


def test_c_lines_are_short_and_without_tabs():
    assert [f"{path.relative_to(ROOT)}:{number}" for path in FILES if path.suffix in (".c", ".h")
            for number, line in enumerate(path.read_text().splitlines(), 1)
            if len(line) > 110 or "\t" in line or line != line.rstrip()] == []


def test_files_do_one_thing():
    long = {path: len(path.read_text().splitlines()) for path in FILES
            if path.suffix in (".c", ".h", ".js", ".py") and not {"tests", "clients"} & set(path.parts)}
    assert named(path for path, lines in long.items() if lines > 600) == []


@pytest.mark.parametrize("script", named(SCRIPTS))
def test_scripts_are_sound(script):
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    first = path.read_text().splitlines()[0]
    if first == "#!/bin/sh":
        assert subprocess.run(["sh", "-n", path]).returncode == 0
    else:
        assert first == "#!/usr/bin/python3"


def test_migrations_are_numbered_without_gaps():
    names = sorted(path.name for path in (ROOT / "migrations").glob("*.sql"))
    assert names and [int(name[:3]) for name in names] == list(range(1, len(names) + 1))


def test_samples_stay_small():
    sizes = [path.stat().st_size for path in (ROOT / "samples").rglob("*") if path.is_file()]
    assert sum(sizes) <= 6_000_000


def test_names_of_tests_differ():
    """They are modules side by side, whatever folder they lie in."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)
