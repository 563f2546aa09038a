# SPDX-License-Identifier: MIT
"""What each command does and prints."""
import gzip
import hashlib
import json
import os
import pty
import re
import shutil
import subprocess

import pytest

from library import arrays, leftovers, revision_folder
from program import PROGRAM, SAMPLES

DIGITS = SAMPLES / "digits/digits.csv.gz"


@pytest.fixture
def folder(tmp_path, run):
    """A data folder with two small datasets."""
    run("add", "digits", DIGITS, "--data", tmp_path / "data", "--quiet")
    (tmp_path / "t.csv").write_text("x,y\n1,2\n3,4\n")
    run("add", "table", tmp_path / "t.csv", "--data", tmp_path / "data", "--quiet")
    return tmp_path / "data"


def test_add_reports(run, run_json, tmp_path):
    done = run("add", "digits", DIGITS, "--data", tmp_path / "a")
    assert re.search(r"^digits: 1797 samples, .*revision [0-9a-f]{12}", done.stdout, re.MULTILINE)
    assert run("add", "digits", DIGITS, "--data", tmp_path / "b", "--quiet").stdout == ""
    document = run_json("add", "digits", DIGITS, "--data", tmp_path / "c")
    assert document["name"] == "digits" and document["num_samples"] == 1797
    assert document["revision"] == revision_folder(tmp_path / "c", "digits").name
    assert document["unchanged"] is False
    assert document["set_aside"] == 0 and document["warnings"] == []
    again = run_json("add", "digits", DIGITS, "--data", tmp_path / "c", "--replace")
    assert again == {**document, "unchanged": True}


def test_add_shows_warnings(run, run_json, tmp_path):
    (card,) = json.loads((SAMPLES / "boston_housing/dataset.json").read_text())["warnings"]
    done = run("add", "boston", SAMPLES / "boston_housing", "--data", tmp_path / "a")
    assert done.stdout.splitlines()[1:] == [f"warning: {card}"]
    assert run_json("add", "boston", SAMPLES / "boston_housing", "--data", tmp_path / "b")["warnings"] == [card]


def test_texts_of_strangers_move_no_cursor(run, run_json, tmp_path):
    (tmp_path / "t").mkdir()
    (tmp_path / "t/t.csv").write_text("x,y\n1,2\n")
    card = {name: f"{name} \x1b[2J\r\n\x7f" for name in ("title", "description", "license")}
    (tmp_path / "t/dataset.json").write_text(json.dumps({**card, "warnings": ["one\x1b[31m\ntwo"]}))
    added = run("add", "t", tmp_path / "t", "--data", tmp_path / "data").stdout
    assert added.splitlines()[1:] == ["warning: one?[31m?two"]
    for command in (["list"], ["info", "t"]):
        text = run(*command, "--data", tmp_path / "data").stdout
        assert "title ?[2J???" in text and not set(text) & set("\x1b\r\x7f")
    assert run_json("info", "t", "--data", tmp_path / "data")["warnings"] == ["one\x1b[31m\ntwo"]


def test_list_and_info(run, run_json, folder):
    document = run_json("list", "--data", folder)
    assert document["total"] == 2
    assert [dataset["name"] for dataset in document["datasets"]] == ["digits", "table"]
    text = run("list", "--data", folder).stdout
    assert len(text.splitlines()) == 2 and "1797" in text
    detail = run_json("info", "digits", "--data", folder)
    assert detail["splits"] == {"all": {"num_samples": 1797, "bytes": detail["bytes"]}}
    text = run("info", "digits", "--data", folder).stdout
    for part in ("1797", detail["revision"], "digits.csv.gz", "label", "image"):
        assert part in text


def test_json_is_what_the_server_says(run_json, folder, serve):
    server = serve(folder)
    listed = run_json("list", "--data", folder)
    page = server.json("/datasets")
    assert listed["datasets"] == page["datasets"] and listed["total"] == page["total"]
    assert run_json("info", "digits", "--data", folder) == server.json("/datasets/digits")


def test_formats(run, run_json):
    formats = {entry["name"]: entry for entry in run_json("formats")["formats"]}
    assert {"idx", "csv"} <= formats.keys()
    assert any(name.startswith("cifar") for name in formats)
    text = run("formats").stdout
    for name, entry in formats.items():
        assert name in text and entry["about"] in text
        for example in entry["examples"]:
            assert example.startswith("samplecase add ")
    assert formats["idx"]["details"] and len(formats["idx"]["examples"]) == 2


def test_known(run, run_json):
    known = {entry["name"]: entry for entry in run_json("known")["datasets"]}
    assert {"mnist", "fashion_mnist", "cifar10", "cifar100", "digits", "imdb", "reuters", "boston_housing",
            "svhn", "cats_vs_dogs"} <= known.keys()
    text = run("known").stdout
    for name, entry in known.items():
        assert f"{name}: {entry['title']}" in text
        assert run_json("known", name) == entry
        alone = run("known", name).stdout
        for part in (entry["description"], entry["license"], entry["citation"], entry["homepage"]):
            assert part and part in alone
        for file in entry["files"]:
            assert file["file"] in text and (file["sha256"] or file["md5"]) in text
            assert file["bytes"] is None or file["bytes"] > 0
    assert known["boston_housing"]["warnings"] and known["boston_housing"]["splits"] == {"all": {"num_samples": 506}}


def test_what_is_known_is_true(run_json):
    """Against the files themselves."""
    known = run_json("known")["datasets"]
    digits = next(entry for entry in known if entry["name"] == "digits")
    (file,) = digits["files"]
    data = DIGITS.read_bytes()
    assert (file["bytes"], file["sha256"], file["payload_sha256"]) == (
        len(data), hashlib.sha256(data).hexdigest(), hashlib.sha256(gzip.decompress(data)).hexdigest())
    assert digits["features"]["image"] == {"type": "image", "dtype": "uint8", "shape": [8, 8], "classes": []}
    assert digits["features"]["label"]["classes"] == [str(digit) for digit in range(10)]


def test_unknown_names_of_known(run):
    line = run("known", "nope", code=1).stderr
    assert '"nope"' in line and "mnist, fashion_mnist" in line and len(line.splitlines()) == 1


def test_unknown_names(run, folder):
    for command in ("info", "verify", "remove"):
        line = run(command, "nope", "--data", folder, code=1).stderr
        assert '"nope"' in line and "digits, table" in line and len(line.splitlines()) == 1


def test_taken_name(run, folder):
    line = run("add", "digits", DIGITS, "--data", folder, code=1).stderr
    assert "digits" in line and "--replace" in line
    assert leftovers(folder) == []


def test_options_of_add(run, run_json, tmp_path):
    (tmp_path / "t.csv").write_text("a,b,c\n1,2,0\n3,4,1\n5,6,0\n")
    run("add", "t", tmp_path / "t.csv", "--data", tmp_path / "data", "--split", "train", "--title", "A title",
        "--target", "b", "--format", "csv")
    detail = run_json("info", "t", "--data", tmp_path / "data")
    assert list(detail["splits"]) == ["train"] and detail["title"] == "A title"
    assert [name for name, feature in detail["features"].items() if feature["target"]] == ["b"]
    line = run("add", "u", tmp_path / "t.csv", "--data", tmp_path / "data", "--format", "nope", code=1).stderr
    assert "nope" in line and "csv" in line and "idx" in line
    line = run("add", "u", tmp_path / "t.csv", "--data", tmp_path / "data", "--format", "idx", code=1).stderr
    assert "t.csv" in line
    line = run("add", "u", tmp_path / "t.csv", "--data", tmp_path / "data", "--target", "z", code=1).stderr
    assert '"z"' in line and "a" in line


def test_split_and_splits(run, tmp_path):
    """--split meets files that are splits themselves."""
    line = run("add", "x", SAMPLES / "cifar100", "--data", tmp_path / "data", "--split", "train", code=1).stderr
    assert "--split" in line and "test" in line


def test_remove_frees_the_space(run, run_json, folder):
    assert run_json("remove", "digits", "--data", folder)["freed"] > 1797 * 64
    assert not (folder / "arrays/digits").exists()
    assert [dataset["name"] for dataset in run_json("list", "--data", folder)["datasets"]] == ["table"]
    assert "table" in run("remove", "table", "--data", folder).stdout
    assert run_json("list", "--data", folder)["total"] == 0
    assert list((folder / "arrays").iterdir()) == []


def test_replace_frees_the_old(run, folder, tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n9,9\n")
    run("add", "table", tmp_path / "t.csv", "--data", folder, "--replace")
    assert arrays(folder, "table")["all"]["x"].tolist() == [9]  # revision_folder finds exactly one


# verify

def test_verify(run, run_json, folder):
    text = run("verify", "--data", folder).stdout
    assert "digits" in text and "table" in text
    assert "table" not in run("verify", "digits", "--data", folder).stdout
    assert run("verify", "--quiet", "--data", folder).stdout == ""
    document = run_json("verify", "--data", folder)
    files = [path for path in (folder / "arrays").rglob("*.npy")]
    assert document["damaged"] == [] and document["files"] == len(files)
    assert document["bytes"] == sum(path.stat().st_size for path in files)


def flip(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


DAMAGES = {
    "a flipped bit": flip,
    "cut": lambda path: os.truncate(path, path.stat().st_size - 1),
    "grown": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "empty": lambda path: os.truncate(path, 0),
    "gone": os.unlink,
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "another header": lambda path: path.write_bytes(path.read_bytes().replace(b"False", b"True ")),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", ["image.npy", "label.npy", "label.by_class.npy"])
def test_verify_names_what_is_damaged(run, folder, damage, file):
    path = revision_folder(folder, "digits") / "all" / file
    path.chmod(0o644)
    DAMAGES[damage](path)
    done = run("verify", "--data", folder, code=1)
    assert str(path.relative_to(folder)) in done.stderr
    assert len(set(re.findall(r"\S+\.npy", done.stderr))) == 1, "one file is damaged, others are named"
    assert "table" in done.stdout and "digits:" not in done.stdout
    done = run("verify", "--data", folder, "--json", code=1)
    (entry,) = json.loads(done.stdout)["damaged"]
    assert entry["file"] == str(path.relative_to(folder)) and entry["reason"]
    run("verify", "table", "--data", folder)


def test_replace_mends(run, folder):
    path = revision_folder(folder, "digits") / "all/image.npy"
    path.chmod(0o644)
    flip(path)
    run("verify", "digits", "--data", folder, code=1)
    run("add", "digits", DIGITS, "--data", folder, "--replace")
    run("verify", "digits", "--data", folder)


# health

def test_health(run, run_json, folder, serve):
    server = serve(folder)
    assert run("health", "--url", server.url).stdout == "ok\n"
    assert run_json("health", "--url", server.url) == {"status": "ok"}
    server.stop()
    line = run("health", "--url", server.url, code=1).stderr
    assert str(server.port) in line and len(line.splitlines()) == 1


def test_health_below_a_base_path(run, folder, serve):
    server = serve(folder, "--base-path", "/p")
    run("health", "--url", server.url)
    run("health", "--url", f"http://127.0.0.1:{server.port}/", code=1)


# Progress

def test_progress_on_a_terminal(tmp_path, reports):
    """A bar on a terminal, which is wiped at the end; lines without control characters elsewhere."""
    shutil.copy(DIGITS, tmp_path / "digits.csv.gz")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fdatasync,fsync:delay_enter=300000",
         PROGRAM, "add", "digits", tmp_path / "digits.csv.gz", "--data", tmp_path / "data"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
        env=reports.environment(ASAN_OPTIONS="detect_leaks=0"))
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    process.stdout.close()
    assert process.wait() == 0
    assert b"\r" in shown and b"%" in shown and b"digits" in shown
    assert shown.endswith(b"\r\x1b[K")
    assert b"\n" not in shown.replace(b"\r\n", b"")


def test_no_control_characters_in_a_log(run, tmp_path):
    done = run("add", "digits", DIGITS, "--data", tmp_path / "data")
    assert "\r" not in done.stderr + done.stdout and "\x1b" not in done.stderr + done.stdout
