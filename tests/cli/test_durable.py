# SPDX-License-Identifier: MIT
"""What a replacement and a removal make durable, in which order, and what is there when they are
killed in between. (test_disk.py does the same for a first import.)"""
import collections
import itertools
import re
import shutil

import pytest

from library import leftovers
from program import SAMPLES

TRACED = {"ASAN_OPTIONS": "detect_leaks=0"}  # a leak check cannot run under strace


@pytest.fixture
def filled(tmp_path, run):
    """A data folder with a table, and a second table to replace it by."""
    (tmp_path / "old.csv").write_text("x,label\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(50)))
    (tmp_path / "new.csv").write_text("x,label\n" + "".join(f"{i},{'abc'[i % 3]}\n" for i in range(60)))
    data = tmp_path / "data"
    run("add", "table", tmp_path / "old.csv", "--data", data, "--quiet")
    run("add", "digits", SAMPLES / "digits/digits.csv.gz", "--data", data, "--quiet")
    return data


def commands(data):
    return {"replace": ["add", "table", data.parent / "new.csv", "--replace", "--quiet"],
            "remove": ["remove", "table", "--quiet"]}


# Order

Call = collections.namedtuple("Call", "number name path arguments")


def calls(log, data):
    """The system calls in the order of their ends, with paths below the data folder."""
    begun, found = {}, []
    for number, line in enumerate(log.read_text().splitlines()):
        pid, text = line.split(maxsplit=1)
        if text.endswith("<unfinished ...>"):
            begun[pid] = text
            continue
        if text.startswith("<..."):
            text = begun.pop(pid) + text
        match = re.match(r"(\w+)\((.*)", text)
        if match:
            path = re.search(r"<([^>]*)>", match[2])
            name = path[1].removeprefix(f"{data}").lstrip("/") if path else ""
            found.append(Call(number, match[1], name, match[2]))
    return found


def test_the_order_of_publishing(filled, tmp_path, run):
    """Files, then folders, then the rename, then the folder it went to, then the commit, then the old
    revision's end."""
    log = tmp_path / "log"
    run(*commands(filled)["replace"], "--data", filled, env=TRACED, prefix=[
        "strace", "-f", "-y", "-qq", "-o", log, "-e",
        "trace=?write,pwrite64,fdatasync,fsync,?rename,?renameat,renameat2,?mkdir,mkdirat,unlinkat"])
    seen = calls(log, filled)
    renamed = [call for call in seen if call.name.startswith("rename") and "arrays/table/" in call.arguments]
    (rename,) = renamed[-1:]
    written, synced, folders = {}, {}, set()
    for call in seen:
        inside = re.fullmatch(r"tmp/[0-9a-f]+/arrays(/.*)?", call.path)
        if call.name == "mkdirat" and inside:
            folders.add(call.path)
        elif call.name in ("write", "pwrite64") and inside:
            written[call.path] = call.number
        elif call.name in ("fsync", "fdatasync"):
            synced.setdefault(call.path, []).append(call.number)
    assert len(written) == 3 and len(folders) == 1  # x, label and its class index, in one split's folder
    for path, last in written.items():
        assert any(last < number < rename.number for number in synced[path]), f"{path} is not durable"
        for folder in (path.rsplit("/", 1)[0], path.rsplit("/", 2)[0]):
            assert any(last < number < rename.number for number in synced[folder]), f"{folder} is not durable"

    commit = min(call.number for call in seen
                 if call.path == "catalog.sqlite3-wal" and call.name == "pwrite64" and call.number > rename.number)
    for folder in ("arrays/table", "arrays", ""):
        assert any(rename.number < number < commit for number in synced[folder]), f"{folder} is not durable"
    deletions = [call.number for call in seen if call.name == "unlinkat" and call.path.startswith("arrays/table/")]
    durable = min(number for number in synced["catalog.sqlite3-wal"] if number > commit)
    assert deletions and durable < min(deletions)


# Kills

@pytest.mark.parametrize("command", ["replace", "remove"])
def test_killed_on_the_way(filled, tmp_path, run, run_json, command):
    """Killed at each call that makes something durable or gone: the dataset is the old one or what was
    asked for, whole, and the next import clears away the rest."""
    states = collections.Counter()
    for call in ("fdatasync", "fsync", "renameat2", "unlinkat"):
        for number in itertools.count(1):
            data = tmp_path / f"{call}-{number}"
            shutil.copytree(filled, data)
            killed = run(*commands(filled)[command], "--data", data, code=None, env=TRACED, prefix=[
                "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
                "-e", f"inject={call}:signal=SIGKILL:when={number}"])
            if killed.returncode == 0:
                break
            present = {entry["name"]: entry["num_samples"]
                       for entry in run_json("list", "--data", data)["datasets"]}
            assert present.pop("digits") == 1797
            states[present.get("table")] += 1
            run("verify", "--data", data, "--quiet")
            run("add", "other", tmp_path / "old.csv", "--data", data, "--quiet")
            assert leftovers(data) == []
            revisions = {entry["name"]: entry["revision"]
                         for entry in run_json("list", "--data", data)["datasets"]}
            assert {(folder.parent.name, folder.name) for folder in data.glob("arrays/*/*")} == set(revisions.items())
            run("verify", "--data", data, "--quiet")
    assert states.keys() == {50, 60 if command == "replace" else None}  # some before, some after the commit
