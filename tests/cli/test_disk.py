# SPDX-License-Identifier: MIT
"""Folders that are read-only, system calls that fail for want of space or with an I/O error,
processes that are killed: a clear error, and everything that was there before is still there."""
import re
import shutil

import pytest

import decode
from library import arrays, check_arrays, leftovers
from program import SAMPLES, UNPRIVILEGED

DIGITS = SAMPLES / "digits/digits.csv.gz"

# Read-only

@pytest.fixture
def read_only(tmp_path, run):
    """A data folder without a writable place in it."""
    data = tmp_path / "data"
    run("add", "digits", DIGITS, "--data", data, "--quiet")
    for path in [data, *data.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield data
    for path in [data, *data.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)


def test_a_read_only_folder(read_only, run, run_json):
    for command in (["add", "other", DIGITS], ["add", "digits", DIGITS, "--replace"], ["remove", "digits"]):
        done = run(*command, "--data", read_only, code=1, prefix=UNPRIVILEGED)
        (line,) = done.stderr.splitlines()
        assert str(read_only) in line and "Permission denied" in line
    assert run_json("list", "--data", read_only, prefix=UNPRIVILEGED)["total"] == 1
    run("info", "digits", "--data", read_only, prefix=UNPRIVILEGED)
    run("verify", "--data", read_only, prefix=UNPRIVILEGED)


def test_serving_a_read_only_folder(read_only, serve):
    server = serve(read_only, prefix=UNPRIVILEGED)
    assert server.json("/datasets")["total"] == 1
    assert server.get("/datasets/digits/samples/7/image.png").status == 200


def test_no_place_for_a_folder(run, tmp_path):
    (tmp_path / "file").write_text("")
    done = run("add", "digits", DIGITS, "--data", tmp_path / "file/data", code=1)
    assert str(tmp_path / "file") in done.stderr


# Each system call in turn. strace injects, and counts each kind of call by itself; a leak check
# cannot run under it.

TRACED = {"ASAN_OPTIONS": "detect_leaks=0"}
CALLS = ["write", "pwrite64", "fdatasync", "fsync", "ftruncate", "fallocate", "rename", "renameat", "renameat2",
         "mkdir", "mkdirat", "unlink", "unlinkat", "openat"]


@pytest.fixture
def adding(tmp_path, run, run_json):
    """adding(calls): the points of an import, each with what runs it and fails there. What is imported
    lies in rows and in runs: texts with their labels."""
    texts = {"a": ["one", "", "größer"], "b": ["four", "5"]}
    for label, inside in texts.items():
        (tmp_path / "texts" / label).mkdir(parents=True)
        for i, text in enumerate(inside):
            (tmp_path / "texts" / label / f"{i}.txt").write_text(text)
    first, data = tmp_path / "first", tmp_path / "data"
    run("add", "digits", DIGITS, "--data", first, "--quiet")

    def add(*strace, code=None):
        prefix = ["strace", "-f", "-qq", *strace] if strace else []
        return run("add", "texts", tmp_path / "texts", "--data", data, "--quiet", *([] if strace else ["--replace"]),
                   code=code, env=TRACED, prefix=prefix)

    def check():
        """The first dataset is there, the second wholly or not at all, which is the answer."""
        present = [dataset["name"] for dataset in run_json("list", "--data", data)["datasets"]]
        assert present in (["digits"], ["digits", "texts"])
        run("verify", "--data", data, "--quiet")
        return "texts" in present

    def check_texts():
        stored = arrays(data, "texts")["all"]
        values, offsets = stored["text.values"].tobytes(), stored["text.offsets"]
        runs = [values[begin:end].decode() for begin, end in zip(offsets, offsets[1:])]
        assert sorted(zip(stored["label"].tolist(), runs)) == sorted(
            (id, text) for id, inside in enumerate(texts.values()) for text in inside)

    def points(calls, action):
        shutil.copytree(first, data)
        add("-o", tmp_path / "log", "-e", f"trace=?{',?'.join(calls)}", code=0)
        shutil.rmtree(data)
        log = (tmp_path / "log").read_text()
        loading = log[:max(log.find(str(data)), 0)]  # before the program opens the folder
        for call in calls:
            before, all_of_them = (len(re.findall(rf"\b{call}\(", text)) for text in (loading, log))
            for number in range(before + 1, all_of_them + 1):
                shutil.copytree(first, data)
                done = add("-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{action}:when={number}")
                yield f"{call} {number}", done, check()
                add(code=0)
                assert leftovers(data) == []
                check_texts()
                check_arrays(data, "digits", {"all": decode.digits()})
                shutil.rmtree(data)
    return points


def test_killed_at_every_step(adding):
    """An import killed at any of its writing system calls; the next one clears away what it left."""
    points = [there for _, _, there in adding(CALLS[:-1], "signal=SIGKILL")]
    assert len(points) > 10 and not all(points)


@pytest.mark.parametrize("calls, error", [(CALLS, "ENOSPC"), (["fsync", "fdatasync", "pwrite64"], "EIO")])
def test_every_step_fails_once(adding, calls, error):
    """Refused with one line, or done in spite of it."""
    refused = 0
    for point, done, there in adding(calls, f"error={error}"):
        assert done.returncode in (0, 1), (point, done.returncode, done.stderr)
        assert there or done.returncode == 1, f"{point}: said done, and is not there"
        if done.returncode == 1:
            refused += 1
            if not point.startswith("write "):  # the error itself is written, too
                (line,) = done.stderr.splitlines()
                assert {"ENOSPC": "No space left on device", "EIO": "Input/output error"}[error] in line, line
    assert refused > 3
