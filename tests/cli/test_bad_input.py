# SPDX-License-Identifier: MIT
"""Files that are wrong: one line that names file and reason, exit code 1, nothing left behind, and
what was there before is still there and served."""
import gzip
import io
import os
import random
import struct
import tarfile
import zipfile
import zlib

import pytest

import decode
from library import leftovers
from program import SAMPLES, runner

CIFAR = decode.read(SAMPLES / "cifar100/train.bin.gz")


def idx(*shape, code=8, data=None, rank=None):
    size = 1
    for axis in shape:
        size *= axis
    head = bytes([0, 0, code, len(shape) if rank is None else rank])
    return head + struct.pack(f">{len(shape)}I", *shape) + (bytes(size) if data is None else data)


def tar(*members, compress=False):
    """members: TarInfo or (name, bytes)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz" if compress else "w") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return out.getvalue()


def entry(name, kind, target="", **more):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    for key, value in more.items():
        setattr(info, key, value)
    return info


def zipped(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


TABLE = b"x,y\n1,2\n3,4\n"
DIGITS = (SAMPLES / "digits/digits.csv.gz").read_bytes()

# what: (file name, bytes, words that the message has)
FILES = {
    # IDX
    "truncated IDX": ("t-images-idx3-ubyte", idx(10, 28, 28)[:-1], ["t-images-idx3-ubyte"]),
    "IDX that claims more than it holds": ("t-idx3-ubyte", idx(10**6, 28, 28, data=bytes(784)), ["t-idx3-ubyte"]),
    "IDX header cut": ("t-idx3-ubyte", idx(10, 28, 28)[:9], ["t-idx3-ubyte"]),
    "IDX of nothing but a magic number": ("t-idx3-ubyte", bytes([0, 0, 8, 3]), ["t-idx3-ubyte"]),
    "IDX with bytes after its end": ("t-idx3-ubyte", idx(2, 28, 28) + b"x", ["t-idx3-ubyte"]),
    "IDX of rank 9": ("t-idx9-ubyte", idx(1, 1, 1, 1, 1, 1, 1, 1, 1, 1), ["t-idx9-ubyte", "axes"]),
    "IDX of rank 255": ("t-idx", idx(*[1] * 255), ["255 axes"]),
    "IDX of rank 0": ("t-idx0-ubyte", idx(data=b"\0"), ["t-idx0-ubyte"]),
    "IDX with dimensions that overflow": (
        "t-idx8-ubyte", idx(*[2**32 - 1] * 8, data=b"x"), ["t-idx8-ubyte"]),
    "IDX with dimensions that overflow to zero": (
        "t-idx3-ubyte", idx(2**31, 2**31, 2**2, data=b""), ["t-idx3-ubyte"]),
    "IDX with a zero after an overflow": (
        "t-idx4-ubyte", idx(2**32 - 1, 2**32 - 1, 2**32 - 1, 0, data=b""), ["t-idx4-ubyte"]),
    "IDX of an unknown type": ("t-idx3-ubyte", idx(2, 3, 3, code=10), ["t-idx3-ubyte", "0a"]),
    # gzip
    "gzip that ends early": ("digits.csv.gz", DIGITS[:-2000], ["digits.csv.gz"]),
    "gzip without its last 8 bytes": ("digits.csv.gz", DIGITS[:-8], ["digits.csv.gz"]),
    "gzip with a wrong checksum": (
        "digits.csv.gz", DIGITS[:-8] + b"\0\0\0\0" + DIGITS[-4:], ["digits.csv.gz"]),
    "gzip with a flipped byte": (
        "digits.csv.gz", DIGITS[:20000] + bytes([DIGITS[20000] ^ 255]) + DIGITS[20001:], ["digits.csv.gz"]),
    "gzip with noise after it": ("digits.csv.gz", DIGITS + b"noise", ["digits.csv.gz"]),
    "gzip IDX that ends early": (
        "t-images-idx3-ubyte.gz", gzip.compress(idx(500, 28, 28, data=random.Random(6).randbytes(392000)))[:-90000],
        ["t-images-idx3-ubyte"]),
    "only a gzip magic": ("digits.csv.gz", b"\x1f\x8b", ["digits.csv.gz"]),
    # tar and zip
    "tar with ../": ("t.tar", tar(("../evil.csv", TABLE)), ["t.tar", "../evil.csv"]),
    "tar with .. inside": ("t.tar", tar(("a/../../evil.csv", TABLE)), ["a/../../evil.csv"]),
    "tar with an absolute name": ("t.tar", tar(("/tmp/evil.csv", TABLE)), ["/tmp/evil.csv"]),
    "tar with a symlink": (
        "t.tar", tar(("t.csv", TABLE), entry("link.csv", tarfile.SYMTYPE, "/etc/passwd")), ["link.csv"]),
    "tar with a hard link": (
        "t.tar", tar(("t.csv", TABLE), entry("link.csv", tarfile.LNKTYPE, "t.csv")), ["link.csv"]),
    "tar with a device": ("t.tar", tar(("t.csv", TABLE), entry("zero", tarfile.CHRTYPE, devmajor=1, devminor=5)),
                          ["zero"]),
    "tar with a fifo": ("t.tar", tar(("t.csv", TABLE), entry("pipe", tarfile.FIFOTYPE)), ["pipe"]),
    "tar cut in a header": ("t.tar.gz", gzip.compress(tar(("t.csv", TABLE))[:300]), ["t.tar"]),
    "tar cut in a member": (
        "t.tar", tar(("cifar/train.bin", CIFAR))[:512 + 100_000], ["t.tar"]),
    "tar.gz that ends early": (
        "t.tar.gz", tar(("cifar/train.bin", CIFAR), compress=True)[:-100_000], ["t.tar.gz"]),
    "tar of nothing": ("t.tar", tar(), ["t.tar"]),
    "zip with ../": ("t.zip", zipped(("../evil.csv", TABLE)), ["../evil.csv"]),
    "zip with an absolute name": ("t.zip", zipped(("/evil.csv", TABLE)), ["/evil.csv"]),
    "zip cut": ("t.zip", zipped(("t.csv", TABLE * 1000))[:60], ["t.zip"]),
    "zip with a wrong checksum": (
        "t.zip", zipped(("t.csv", TABLE)).replace(struct.pack("<I", zlib.crc32(TABLE)), b"\1\2\3\4"), ["t.zip"]),
    # CSV
    "empty CSV": ("t.csv", b"", ["t.csv", "empty"]),
    "CSV of a header alone": ("t.csv", b"x,y\n", ["t.csv"]),
    "CSV of blank lines": ("t.csv", b"\n\n\n", ["t.csv"]),
    "CSV with ragged rows": ("t.csv", b"x,y\n1,2\n3\n5,6\n", ["t.csv", "3"]),
    "CSV with a row too long": ("t.csv", b"x,y\n1,2\n3,4,5\n", ["t.csv", "3"]),
    "CSV with a quote that never ends": ("t.csv", b'x,y\n1,"2\n3,4\n', ["t.csv"]),
    "CSV with NUL bytes": ("t.csv", b"x,y\n1,\x002\n", ["t.csv"]),
    "CSV with two columns of one name": ("t.csv", b"x,x\n1,2\n", ["t.csv", "x"]),
    # CIFAR
    "CIFAR record cut": ("train.bin", CIFAR[:3074 * 5 + 100], ["train.bin"]),
    # what is nothing
    "an empty file": ("data", b"", ["data"]),
    "noise": ("noise.dat", bytes(range(256)) * 40, ["noise.dat", "csv", "idx"]),
    "an HTML page in the place of a dataset": (
        "cifar-100-binary.tar.gz", b"<!DOCTYPE html><html><body>Not found</body></html>",
        ["cifar-100-binary.tar.gz"]),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory, session_reports):
    """A data folder with a dataset in it, which stays as it is through everything below."""
    folder = tmp_path_factory.mktemp("bad")
    runner(session_reports)("add", "digits", SAMPLES / "digits/digits.csv.gz", "--data", folder)
    return folder


@pytest.fixture
def refuse(run, run_json, home):
    """Adds what must not be added; the error line."""
    def check(name, *paths, code=1, **more):
        before = run_json("list", "--data", home)
        done = run("add", "--data", home, name, *paths, code=None, **more)
        if done.returncode == 0:
            run("remove", name, "--data", home)  # the next test shall find what this one found
        assert done.returncode == code and done.stdout == "", done
        lines = done.stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("samplecase add: "), done.stderr
        assert lines[0].isprintable(), lines[0]
        assert run_json("list", "--data", home) == before
        assert leftovers(home) == []
        run("verify", "--data", home, "--quiet")
        return lines[0]
    return check


@pytest.mark.parametrize("what", FILES)
def test_files(refuse, tmp_path, what):
    name, data, words = FILES[what]
    (tmp_path / name).write_bytes(data)
    line = refuse("bad", tmp_path / name)
    for word in words:
        assert word in line, line


def test_everything_is_still_served(home, serve, refuse, tmp_path):
    server = serve(home)
    before = server.get("/datasets").body
    for name, data, _ in list(FILES.values())[::4]:
        (tmp_path / name).write_bytes(data)
        refuse("bad", tmp_path / name)
        assert server.get("/datasets").body == before
        assert server.get("/datasets/digits/samples/5/image.png").status == 200


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/", "/etc", "A", "a b", "-x", "_x", "a\nb",
                                  "ä", "x" * 65, "a\\b", "a%2fb", ".x"])
def test_names(refuse, tmp_path, name):
    (tmp_path / "t.csv").write_bytes(TABLE)
    line = refuse("--", name, tmp_path / "t.csv") if name.startswith("-") else refuse(name, tmp_path / "t.csv")
    assert "a-z" in line  # it says what a name is


def test_columns_that_are_no_file_names(run, run_json, tmp_path):
    """A table's head names features, and so files: whatever it says, they stay in their folder."""
    (tmp_path / "t.csv").write_text("../x,/etc/passwd,.,..,a/b,a\\b,ä,,y\n" + "1,2,3,4,5,6,7,8,9\n" * 3)
    data = tmp_path / "data"
    run("add", "t", tmp_path / "t.csv", "--data", data)
    names = list(run_json("info", "t", "--data", data)["features"])
    assert len(names) == 9 and names[-1] == "y"
    files = [path for path in data.rglob("*.npy")]
    assert len(files) == 9 and {path.parent.name for path in files} == {"all"}
    assert sorted(path.stem for path in files) == sorted(names)


def test_good_names(run, tmp_path):
    (tmp_path / "t.csv").write_bytes(TABLE)
    for name in ("a", "0", "a.b", "a-b_c.d9", "x" * 64):
        run("add", name, tmp_path / "t.csv", "--data", tmp_path / "data", "--quiet")


def test_missing_files(refuse, tmp_path):
    assert "none.csv" in refuse("bad", tmp_path / "none.csv")
    (tmp_path / "t.csv").write_bytes(TABLE)
    assert "none.csv" in refuse("bad", tmp_path / "t.csv", tmp_path / "none.csv")
    (tmp_path / "empty").mkdir()
    assert "empty" in refuse("bad", tmp_path / "empty")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "pipe.csv" in refuse("bad", tmp_path / "pipe.csv")
    assert "/dev/zero" in refuse("bad", "/dev/zero")


def test_links_in_a_folder(refuse, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "t.csv").write_bytes(TABLE)
    (folder / "link.csv").symlink_to("/etc/passwd")
    assert "link.csv" in refuse("bad", folder)
    (folder / "link.csv").unlink()
    (folder / "loop").symlink_to(folder)
    assert "loop" in refuse("bad", folder)
    (folder / "loop").unlink()
    os.mkfifo(folder / "pipe")
    assert "pipe" in refuse("bad", folder)


def test_control_characters_in_names(refuse, tmp_path):
    """What a file is called does not steer the terminal."""
    path = tmp_path / "bad\x1b[31m\nname.csv"
    path.write_bytes(b"")
    refuse("bad", path)


def test_labels_and_images_of_different_number(refuse, tmp_path):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(5, 4, 4))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(6))
    line = refuse("bad", tmp_path / "train-images-idx3-ubyte", tmp_path / "train-labels-idx1-ubyte")
    assert "5" in line and "6" in line


def test_label_255_in_a_set_of_ten(refuse, tmp_path):
    """The card names ten classes; a label is none of them."""
    (tmp_path / "set").mkdir()
    (tmp_path / "set/train-images-idx3-ubyte").write_bytes(idx(5, 4, 4))
    (tmp_path / "set/train-labels-idx1-ubyte").write_bytes(idx(5, data=bytes([0, 1, 255, 3, 9])))
    (tmp_path / "set/dataset.json").write_text(
        '{"title": "Ten", "classes": {"label": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]}}')
    assert "255" in refuse("bad", tmp_path / "set")


def test_label_255_in_cifar10(refuse, tmp_path):
    (tmp_path / "cifar-10").mkdir()
    record = bytes(3072)
    (tmp_path / "cifar-10/batches.meta.txt").write_text("\n".join("abcdefghij") + "\n")
    (tmp_path / "cifar-10/data_batch_1.bin").write_bytes(b"\1" + record + b"\xff" + record)
    (tmp_path / "cifar-10/test_batch.bin").write_bytes(b"\2" + record)
    line = refuse("bad", tmp_path / "cifar-10")
    assert "255" in line and "data_batch_1.bin" in line


def test_label_255_in_cifar100(refuse, tmp_path):
    (tmp_path / "train.bin").write_bytes(CIFAR[:3074] + bytes([3, 255]) + CIFAR[3076:3074 * 3])
    assert "train.bin" in refuse("bad", tmp_path / "train.bin")
    line = refuse("bad", tmp_path / "train.bin", "--format", "cifar")
    assert "train.bin" in line


@pytest.mark.parametrize("card", ["", "[]", "{", '{"title": 5}', '{"title": "a", "title": "b"}', '{"nonsense": 1}',
                                  '{"classes": {"label": "x"}}', '{"classes": {"none": ["x"]}}',
                                  '{"warnings": "x"}', '{"title": "\\ud800"}', "[" * 5000])
def test_bad_cards(refuse, tmp_path, card):
    (tmp_path / "set").mkdir()
    (tmp_path / "set/t.csv").write_bytes(TABLE)
    (tmp_path / "set/dataset.json").write_text(card)
    assert "dataset.json" in refuse("bad", tmp_path / "set")


# Bombs: little that unpacks to much

def test_gzip_bomb(refuse, tmp_path):
    """256 MiB of zeros in a quarter of one: refused by its ratio, without writing them out."""
    path = tmp_path / "t-images-idx3-ubyte.gz"
    with gzip.open(path, "wb") as file:
        file.write(idx(2**18, 32, 32, data=b""))
        for _ in range(256):
            file.write(bytes(2**20))
    assert path.stat().st_size < 2**19
    limit = ["prlimit", f"--fsize={64 * 2**20}:{64 * 2**20}"]  # disk that it may use on the way
    line = refuse("bad", path, prefix=limit)
    assert "t-images-idx3-ubyte.gz" in line


def test_headers_that_announce_much(refuse, tmp_path):
    """Rows that are not there cost nothing before they are missed."""
    path = tmp_path / "t-images-idx3-ubyte"
    path.write_bytes(idx(2**31 - 1, 1000, 1000, data=b"x"))
    refuse("bad", path, prefix=["prlimit", f"--fsize={2**20}:{2**20}"])
