# SPDX-License-Identifier: MIT
"""Help, exit codes, and the one line that says what is wrong."""
import re
import subprocess

import pytest

from program import PROGRAM

COMMANDS = ["serve", "add", "list", "info", "verify", "remove", "formats", "known", "health"]


def one_line(done):
    """The single line on stderr."""
    assert done.stdout == "", done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("samplecase"), done.stderr
    return lines[0]


def test_help(run):
    text = run("--help").stdout
    for command in COMMANDS:
        assert re.search(rf"^ +{command} ", text, re.MULTILINE)
    assert run(code=2).stdout == text  # no command at all


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(run, command):
    text = run(command, "--help").stdout
    assert text.startswith(f"usage: samplecase {command}")
    assert "--help" in text
    assert all(len(line) <= 110 for line in text.splitlines())
    assert run(command, "--nonsense", "--help").stdout == text


def test_version(run):
    assert re.fullmatch(r"samplecase \d+\.\d+\.\d+\n", run("--version").stdout)


@pytest.mark.parametrize("args", [
    ["nonsense"], ["--nonsense"], ["list", "extra"], ["info"], ["info", "a", "b"], ["add"], ["add", "name"],
    ["remove"], ["list", "--nonsense"], ["list", "--json=1"], ["list", "--json", "--json"], ["list", "--data"],
    ["serve", "--port", "65536"], ["serve", "--port", "x"], ["serve", "--port", "-1"], ["serve", "--port", ""],
    ["serve", "--threads", "0"], ["serve", "--base-path", "p"], ["serve", "--base-path", "/a//b"],
    ["serve", "--bind", "nowhere"], ["health", "--url", "ftp://x/"], ["health", "--url", "http://"]])
def test_wrong_usage(run, tmp_path, args):
    done = run(*args, code=2, env={"SAMPLECASE_DATA": tmp_path / "data"})
    line = one_line(done)
    assert "--help" in line
    assert not (tmp_path / "data").exists()


def test_the_data_folder(run, run_json, tmp_path):
    """--data, else SAMPLECASE_DATA, else XDG_DATA_HOME/samplecase, else ~/.local/share/samplecase."""
    table = tmp_path / "t.csv"
    table.write_text("x,y\n1,2\n")
    home = tmp_path / "home"
    places = [
        (["--data", tmp_path / "a"], {}, tmp_path / "a"),
        ([f"--data={tmp_path / 'b'}"], {"SAMPLECASE_DATA": tmp_path / "no"}, tmp_path / "b"),
        ([], {"SAMPLECASE_DATA": tmp_path / "c", "XDG_DATA_HOME": tmp_path / "no"}, tmp_path / "c"),
        ([], {"XDG_DATA_HOME": tmp_path / "xdg"}, tmp_path / "xdg/samplecase"),
        ([], {}, home / ".local/share/samplecase"),
    ]
    for options, env, folder in places:
        env = {"HOME": home, **env}
        run("add", "t", table, *options, env=env)
        assert (folder / "catalog.sqlite3").exists(), folder
        (dataset,) = run_json("list", *options, env=env)["datasets"]
        assert dataset["name"] == "t"
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("command", [["list"], ["info", "x"], ["verify"], ["verify", "x"], ["remove", "x"]])
def test_a_folder_that_is_none(run, tmp_path, command):
    (tmp_path / "file").write_text("")
    line = one_line(run(*command, "--data", tmp_path / "file", code=1))
    assert str(tmp_path / "file") in line


def test_looking_makes_nothing(run, tmp_path):
    """Commands that only read do not make a data folder."""
    for command in (["list"], ["verify"]):
        run(*command, "--data", tmp_path / "data")
    for command in (["info", "x"], ["verify", "x"]):
        line = one_line(run(*command, "--data", tmp_path / "data", code=1))
        assert '"x"' in line
    assert not (tmp_path / "data").exists()


def test_stdout_that_is_full(data, reports):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, "list", "--data", data], stdout=full, stderr=subprocess.PIPE,
                              env=reports.environment())
    assert done.returncode == 1 and b"standard output" in done.stderr
