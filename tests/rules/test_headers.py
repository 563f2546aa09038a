# SPDX-License-Identifier: MIT
"""Each header compiles alone, with both compilers, without a warning."""
import subprocess

import pytest

from program import ROOT

FLAGS = ["-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-x", "c", "-Wall", "-Wextra", "-Wshadow",
         "-Wconversion", "-Wstrict-prototypes", "-Werror", "-I", str(ROOT)]
FOLDERS = ["base", "encode", "formats", "store", "server"]
HEADERS = sorted(str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob("*.h"))


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("header", HEADERS)
def test_alone(compiler, header):
    # Included twice, so that a missing guard shows.
    text = f'#include "{header}"\n#include "{header}"\n'
    done = subprocess.run([compiler, *FLAGS, "-"], input=text, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("header", HEADERS)
def test_guard_is_named_after_the_file(header):
    guard = "SAMPLECASE_" + header.upper().replace("/", "_").replace(".", "_")
    text = (ROOT / header).read_text()
    assert f"#ifndef {guard}\n#define {guard}\n" in text
