#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures the rows that were asked for and writes the table."""
import argparse
import importlib.metadata
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import batches  # noqa: E402, F401
import endurance  # noqa: E402
import peers  # noqa: E402
import rows as others  # noqa: E402, F401
from measure import ROWS, Bench  # noqa: E402
from program import PROGRAM, ROOT  # noqa: E402


PAGE = ROOT / "docs/benchmarks.md"


def figure(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def line(entry):
    ratio = f"{statistics.median(entry.ratios):.2f} ({min(entry.ratios):.2f} … {max(entry.ratios):.2f})" \
        if entry.ratios else ""
    return (f"| {entry.what} | {figure(entry.ours)} | {figure(entry.peer)} | {ratio} | {entry.aim} | "
            f"{entry.note} |")


def table(lines):
    return "\n".join(["| what | ours | peer | ratio: median (least … most) | aim | unit |",
                      "|---|---|---|---|---|---|", *lines])


def joined(measured):
    """Lines of the table: those that are written already, with what was measured in their places."""
    def what(text):
        return text.split(" | ")[0]
    lines = {what(text): text for text in measured}
    old = [text for text in PAGE.read_text().splitlines() if re.match(r"\| (?!what \|)", text)] if PAGE.exists() else []
    return [lines.pop(what(text), text) for text in old] + list(lines.values())


def version(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).splitlines()[0].strip()


def document(lines, bench):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"""\
# Benchmarks

Made by `script/bench --write`. Each row is measured against a peer on the same machine in the same run, {bench.pairs}
pairs in turn, {bench.seconds} s each where it is a load; the ratio is the median over the pairs. The load is wrk on two
threads with 32 connections (arrays and batches: 4, deep pages: 1); server, nginx (two workers, `sendfile`,
`tcp_nopush`, `open_file_cache`, no log) and wrk share the machine, so figures are ratios first. Batches have the images
and their indices, as safetensors unless said otherwise. FastAPI runs under uvicorn with uvloop and httptools, two
workers, and reads the same arrays through `numpy.memmap`.

{table(lines)}

Machine: {os.cpu_count()} cores, {model[1] if model else platform.machine()}, Linux {platform.release()}, load average
{bench.load:.1f} before the first of the rows that were measured last (other work widens the spread);
{version(PROGRAM, "--version")}, {version("nginx", "-v")}, {version("wrk", "-v").split(" [")[0]},
FastAPI {importlib.metadata.version("fastapi")}.
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rows", default=",".join(ROWS), help=f"of: {','.join(ROWS)}")
    parser.add_argument("--soak", type=int, nargs="?", const=600, metavar="SECONDS")
    options = parser.parse_args()
    if options.soak is not None:
        if not 1 <= options.soak <= 86400:
            parser.error("--soak takes 1 to 86400 seconds")
        sys.exit(endurance.run(options.soak))
    names = options.rows.split(",")
    for name in names:
        if name not in ROWS:
            parser.error(f"no row {name}; there are: {', '.join(ROWS)}")
    rows = []
    with tempfile.TemporaryDirectory(dir=ROOT / "build-bench") as folder:
        bench = Bench(folder, options.quick)
        peer_folder = bench.folder / "nginx"
        peer_folder.mkdir()
        bench.publish("ready", b"ready")
        with peers.samplecase(PROGRAM, bench.data) as bench.server, \
                peers.nginx(peer_folder, bench.root, "/ready") as bench.nginx:
            bench.fashion = len(np.load(next((bench.data / "arrays/fashion_mnist").rglob("train/label.npy")),
                                        mmap_mode="r"))
            for name in names:
                print(f"measuring {name}", file=sys.stderr)
                entry = ROWS[name](bench)
                if entry:
                    rows.append(entry)
        measured = [line(entry) for entry in rows]
        print(table(measured))
        if options.write:
            PAGE.write_text(document(joined(measured), bench))


main()
