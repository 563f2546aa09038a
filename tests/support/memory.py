# SPDX-License-Identifier: MIT
"""What of a process lies in memory."""
import pathlib
import re


def resident(pid, data):
    """MB of a process that are resident: without the stored arrays, and those alone."""
    own = arrays = 0
    for block in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", pathlib.Path(f"/proc/{pid}/smaps").read_text()):
        size = int(re.search(r"^Rss:\s+(\d+) kB", block, re.MULTILINE)[1]) / 1000
        if str(data) in block.splitlines()[0]:
            arrays += size
        else:
            own += size
    return own, arrays


def mapped_revisions(pid, data, name):
    """Revisions of a dataset that a process has arrays of in its memory, removed ones too."""
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text()
    return set(re.findall(rf"{re.escape(str(data))}/arrays/{name}/([0-9a-f]{{64}})/", maps))
