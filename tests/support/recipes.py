# SPDX-License-Identifier: MIT
"""The commands that stand on pages of the documentation, as they can be run.

A block of code in one of LANGUAGES is run as it stands, with a server's address in the place of
http://localhost:8080, in a folder that it shares with the other blocks under the same heading. What
it prints is the ```text block right behind it, if there is one; … stands there for anything. A block
with a comment <!-- not run: ... --> before it is only shown."""
import ast
import collections
import importlib.machinery
import pathlib
import re
import shutil
import subprocess
import sys

from program import ROOT

Block = collections.namedtuple("Block", "heading language text prints line")

LANGUAGES = {"sh": ["sh", "-eu"], "python": [sys.executable], "js": ["node"], "r": ["Rscript"], "julia": ["julia"]}
ENDINGS = {"js": ".mjs"}
ADDRESS = "http://localhost:8080"


def blocks(path, only=None):
    """All blocks of a page that are to be run (of the heading `only`)."""
    found, heading, language, quiet, behind = [], "", None, False, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fence = re.fullmatch(r"```(\w*)", line)
        if language is None and fence:
            language, lines, start = fence[1], [], number
        elif fence:
            if language == "text" and found and found[-1].prints is None and behind == found[-1].line:
                found[-1] = found[-1]._replace(prints="\n".join(lines))
            elif language in LANGUAGES and not quiet and only in (None, heading):
                found.append(Block(heading, language, "\n".join(lines) + "\n", None, start))
                behind = start
            else:
                behind = None
            language, quiet = None, False
        elif language is not None:
            lines.append(line)
        elif line.startswith("#"):
            heading, behind = line.lstrip("# "), None
        elif line.strip():
            quiet, behind = line.startswith("<!-- not run: "), None
    return found


def can_run(block):
    """Whether this machine has the tool, and what a Python block imports."""
    if not shutil.which(LANGUAGES[block.language][0]):
        return False
    if block.language != "python":
        return True
    names = [name.name for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.Import)
             for name in node.names]
    names += [node.module for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.ImportFrom)]
    places = [path for path in sys.path if not pathlib.Path(path).is_relative_to(ROOT)]  # tests are no packages
    return all(name == "samplecase" or importlib.machinery.PathFinder.find_spec(name.split(".")[0], places)
               for name in names)


def run(block, folder, address, environment):
    """Runs a block and checks its exit code and what it printed."""
    script = folder / f"line{block.line}{ENDINGS.get(block.language, '.' + block.language)}"
    script.write_text(block.text.replace(ADDRESS, address))
    done = subprocess.run([*LANGUAGES[block.language], script], cwd=folder, capture_output=True, timeout=300,
                          env=environment)
    output = done.stdout.decode()
    assert done.returncode == 0, (block.line, output, done.stderr.decode())
    if block.prints is not None:
        pattern = ".*".join(re.escape(part) for part in block.prints.split("…"))
        assert re.fullmatch(pattern, output.rstrip("\n"), re.DOTALL), (block.line, output, block.prints)
