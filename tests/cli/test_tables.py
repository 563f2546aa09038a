# SPDX-License-Identifier: MIT
"""Tables with texts, CSV and JSON Lines: every value as Python's own readers have it."""
import csv
import gzip
import io
import json
import random

import numpy as np

from library import revision_folder, texts_of

WORDS = "the film was größer than life, 𝄞 \"really\"\nnew line\ttab , ; ' \u2028 end".split(" ")


def sentence(chance):
    return " ".join(chance.choices(WORDS, k=chance.randrange(1, 40)))


def check(folder, columns):
    """columns: name -> ("text", texts) or ("class", texts) or ("numbers", array)"""
    classes = {}
    for name, (kind, values) in columns.items():
        if kind == "text":
            assert texts_of(folder, name) == values, name
        elif kind == "class":
            classes[name] = sorted({value or "(missing)" for value in values})
            ids = [classes[name].index(value or "(missing)") for value in values]
            assert np.load(folder / f"{name}.npy").tolist() == ids, name
        else:
            assert np.array_equal(np.load(folder / f"{name}.npy"), values, equal_nan=True), name


def test_csv_with_texts(tmp_path, run):
    chance = random.Random(11)
    rows = [[str(number), sentence(chance), chance.choice(["sport", "arts", "größe", ""]),
             repr(chance.gauss(0, 1e5)), sentence(chance) if number % 3 else ""] for number in range(3000)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([["id", "review", "topic", "score", "answer"], *rows])
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(out.getvalue().encode()))
    run("add", "t", tmp_path / "t.csv.gz", "--target", "topic", "--data", tmp_path / "data")
    read = list(csv.reader(io.StringIO(out.getvalue(), newline="")))[1:]
    assert read == rows
    ids, reviews, topics, scores, answers = map(list, zip(*read))
    check(revision_folder(tmp_path / "data", "t") / "all", {
        "id": ("numbers", np.array([int(i) for i in ids])), "review": ("text", reviews), "topic": ("class", topics),
        "score": ("numbers", np.array([float(s) for s in scores])), "answer": ("text", answers)})


def test_csv_in_another_encoding(tmp_path, run):
    lines = ["n,text"] + [f"{number},naïve {'é' * (number % 4)} {number}" for number in range(200)]
    raw = "\n".join(lines).encode("latin-1")
    (tmp_path / "t.csv").write_bytes(raw)
    run("add", "t", tmp_path / "t.csv", "--data", tmp_path / "data")
    read = list(csv.reader(io.StringIO(raw.decode("utf-8", "replace"))))[1:]
    check(revision_folder(tmp_path / "data", "t") / "all",
          {"n": ("numbers", np.arange(200)), "text": ("text", [text for _, text in read])})
    assert "200 texts have bytes that are not UTF-8" in run("info", "t", "--data", tmp_path / "data").stdout


def value(chance, depth=0):
    return {"text": sentence(chance), "kind": chance.choice(["a", "b", "c"]), "n": chance.randrange(-2**62, 2**62),
            "x": chance.choice([chance.gauss(0, 1) * 10.0 ** chance.randrange(-200, 200), chance.randrange(10)]),
            "ok": chance.random() < .5, "v": [chance.gauss(0, 1) for _ in range(5)],
            **({"in": value(chance, depth + 1)} if depth < 2 else {})}


def flat(row, prefix=""):
    for key, inner in row.items():
        if isinstance(inner, dict):
            yield from flat(inner, f"{prefix}{key}.")
        else:
            yield prefix + key, inner


def test_json_lines(tmp_path, run):
    chance = random.Random(12)
    rows = [value(chance) for _ in range(1500)]
    for row in rows[::7]:
        del row["in"]["kind"], row["in"]["in"]
    text = "".join(json.dumps(row, ensure_ascii=chance.random() < .5) + "\n" for row in rows)
    (tmp_path / "t.jsonl").write_text(text, encoding="utf-8")
    run("add", "t", tmp_path / "t.jsonl", "--data", tmp_path / "data")
    read = [dict(flat(json.loads(line))) for line in text.split("\n")[:-1]]
    nan, columns = float("nan"), {}
    for name in max(read, key=len):
        values = [row.get(name) for row in read]
        kind = name.rsplit(".", 1)[-1]
        if kind == "text":
            columns[name] = ("text", [v or "" for v in values])
        elif kind == "kind":
            columns[name] = ("class", values)
        elif kind == "ok":
            columns[name] = ("class", [None if v is None else str(v).lower() for v in values])
        elif kind == "v":
            columns[name] = ("numbers", np.array([[nan] * 5 if v is None else v for v in values]))
        else:
            whole = kind == "n" and None not in values
            columns[name] = ("numbers", np.array(values, "int64") if whole else
                             np.array([nan if v is None else v for v in values], "float64"))
    check(revision_folder(tmp_path / "data", "t") / "all", columns)


def test_json_lines_mended(tmp_path, run):
    """Bytes that are not UTF-8 and halves of surrogate pairs become U+FFFD, as many as in Python."""
    chance = random.Random(13)
    parts = [bytes([byte]) for byte in range(0x80, 0x100)] + ["é€𝄞".encode(), b"plain ", b"\\n", b"\\\\", b"\\ud83d",
                                                             b"\\ude00", b"\\ud83d\\ude00", b"\\u00e9", b"\\\""]
    lines = [b'{"t": "' + b"".join(chance.choices(parts, k=chance.randrange(30))) + b'"}' for _ in range(400)]
    (tmp_path / "t.jsonl").write_bytes(b"\n".join(lines))
    run("add", "t", tmp_path / "t.jsonl", "--data", tmp_path / "data")
    truth = [json.loads(line.decode("utf-8", "replace"))["t"].encode("utf-16-le", "surrogatepass")
             .decode("utf-16-le", "replace") for line in lines]
    assert texts_of(revision_folder(tmp_path / "data", "t") / "all", "t") == truth


def test_a_line_of_too_many_values(tmp_path, run):
    """A line that would become a hundred times its size in memory is refused before it does."""
    numbers = random.Random(14).choices("0123456789", k=5_000_000)
    (tmp_path / "t.jsonl").write_text('{"a": [' + ",".join(numbers) + "]}\n")
    done = run("add", "t", tmp_path / "t.jsonl", "--data", tmp_path / "data", code=1)
    assert "line 1 has more than 4194304 values" in done.stderr
