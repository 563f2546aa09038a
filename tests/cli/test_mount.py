# SPDX-License-Identifier: MIT
"""Disks that are really full and file systems that are really read-only. These tests mount, which not
every machine allows: conftest.py leaves them out there, and test_disk.py covers the same ground with
injected failures."""
import json
import subprocess

import pytest

from program import MOUNT, PROGRAM, SAMPLES

DIGITS = SAMPLES / "digits/digits.csv.gz"
ON_A_SMALL_DISK = 'mount -t tmpfs -o size="$1" none "$2" && cd "$2" && exec sh -c "$3"'


def small_disk(run_command, folder, size, script):
    return run_command([*MOUNT, "sh", "-c", ON_A_SMALL_DISK, "sh", size, folder, script])


@pytest.fixture
def shell(reports):
    """Runs a command that is not the program itself."""
    def run(command, **env):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
                              env=reports.environment(PROGRAM=PROGRAM, SAMPLES=SAMPLES, **env))
        reports.check()
        assert done.returncode == 0, (done.stdout, done.stderr)
        return done
    return run


def test_a_full_disk(tmp_path, shell):
    done = small_disk(shell, tmp_path, "2m", """
        "$PROGRAM" add digits "$SAMPLES/digits/digits.csv.gz" --data data --quiet || exit
        "$PROGRAM" add cifar100 "$SAMPLES/cifar100" --data data --quiet; echo "code $?"
        "$PROGRAM" add fashion "$SAMPLES/fashion_mnist" --data data --quiet; echo "code $?"
        "$PROGRAM" list --data data --json | tr -d '\\n'; echo
        "$PROGRAM" verify --data data --quiet; echo "code $?"
        ls data/tmp 2>/dev/null
        ls data/arrays
        """)
    first, second, listed, verified, *left = done.stdout.splitlines()
    assert first == second == "code 1" and verified == "code 0"
    assert [dataset["name"] for dataset in json.loads(listed)["datasets"]] == ["digits"]
    assert left == ["digits"], "something of the failed import was left behind"
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith("samplecase add: ") and "No space left on device" in line and "data" in line


def test_a_disk_that_was_full_and_is_not_any_more(tmp_path, shell):
    small_disk(shell, tmp_path, "3m", """
        "$PROGRAM" add digits "$SAMPLES/digits/digits.csv.gz" --data data --quiet || exit
        dd if=/dev/zero of=filler bs=1k >/dev/null 2>&1
        ! "$PROGRAM" add boston "$SAMPLES/boston_housing" --data data --quiet || exit
        "$PROGRAM" list --data data --json >/dev/null || exit
        rm filler
        "$PROGRAM" add boston "$SAMPLES/boston_housing" --data data --quiet || exit
        "$PROGRAM" verify --data data --quiet
        """)


def test_remove_on_a_full_disk(tmp_path, shell):
    """The way out of a full disk works on a full disk."""
    small_disk(shell, tmp_path, "3m", """
        "$PROGRAM" add digits "$SAMPLES/digits/digits.csv.gz" --data data --quiet || exit
        dd if=/dev/zero of=filler bs=4k count=100000 >/dev/null 2>&1
        truncate -s -65536 filler
        "$PROGRAM" remove digits --data data --quiet || exit
        [ ! -e data/arrays/digits ]
        """)


def test_a_read_only_file_system(tmp_path, shell, run):
    run("add", "digits", DIGITS, "--data", tmp_path / "data", "--quiet")
    done = shell([*MOUNT, "sh", "-c", """
        mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit
        "$PROGRAM" add other "$SAMPLES/boston_housing" --data "$1"; echo "code $?"
        "$PROGRAM" remove digits --data "$1"; echo "code $?"
        "$PROGRAM" verify --data "$1" --quiet; echo "code $?"
        """, "sh", tmp_path / "data"])
    assert done.stdout.splitlines() == ["code 1", "code 1", "code 0"]
    assert done.stderr.count("Read-only file system") == 2
