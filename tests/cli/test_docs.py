# SPDX-License-Identifier: MIT
"""The pages that are made from the program's tables."""
import subprocess
import sys

from program import PROGRAM, ROOT


def test_formats_page_is_what_the_program_says():
    made = subprocess.run([sys.executable, ROOT / "script/docs", "--print", PROGRAM], check=True,
                          capture_output=True).stdout
    assert (ROOT / "docs/formats.md").read_bytes() == made, "docs/formats.md is old; run script/docs"
