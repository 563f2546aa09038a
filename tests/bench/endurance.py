# SPDX-License-Identifier: MIT
"""The long soak (support/soak.py): a release build, and its memory watched."""
import pathlib
import statistics
import sys
import tempfile
import time

import memory
import soak
from program import ROOT, Reports, Server, runner

GROWTH = 10  # MB that the last third may need more than the one before


def run(seconds):
    """Runs it, says what it saw; 0 when nothing was wrong."""
    with tempfile.TemporaryDirectory(dir=ROOT / "build-bench") as name:
        folder = pathlib.Path(name)
        (folder / "reports").mkdir()
        reports = Reports(folder / "reports")
        one = soak.Soak(runner(reports), folder, seconds=seconds)
        samples = []  # (part of the time, MB of its own, descriptors)
        with Server(reports, one.data) as server:
            pid, said = server.process.pid, 0

            def watch():
                nonlocal said
                if not samples or time.monotonic() - one.start > len(samples) * max(0.2, seconds / 600):
                    descriptors = sum(1 for _ in pathlib.Path(f"/proc/{pid}/fd").iterdir())
                    samples.append((one.part(), memory.resident(pid, one.data)[0], descriptors))
                if one.part() >= (said + 1) / 10:
                    said += 1
                    print(f"{one.part():4.0%}: {one.answers:,} answers, {one.bytes / 1e9:,.1f} GB, "
                          f"{samples[-1][1]:.0f} MB, {samples[-1][2]} descriptors, {one.replaced} replaced",
                          file=sys.stderr, flush=True)
            one.run(server, watch)
            left = left_over(server, one)
        return report(one, samples, left)


def left_over(server, one):
    """Revisions but the last one whose arrays are still in memory, some seconds after the end."""
    for _ in range(50):
        assert server.get("/datasets").status == 200
        old = memory.mapped_revisions(server.process.pid, one.data, soak.NAME) - {one.contents[-1].revision}
        if not old:
            break
        time.sleep(0.1)
    return old


def report(one, samples, left):
    third = [statistics.median([own for part, own, _ in samples if low <= part < low + 1 / 3] or [0])
             for low in (1 / 3, 2 / 3)]
    print(f"{one.answers:,} answers, {one.bytes / 1e9:,.1f} GB, every byte checked; {one.hang_ups:,} clients hung up; "
          f"answers by revision: {', '.join(f'{count:,}' for count in one.seen.values())}")
    print(f"resident beyond the stored arrays: {samples[0][1]:.0f} MB at first, {max(own for _, own, _ in samples):.0f} "
          f"MB at most, {third[0]:.0f} MB in the second third, {third[1]:.0f} MB in the last; "
          f"descriptors: {max(count for *_, count in samples)} at most")
    problems = list(one.problems)
    if third[1] > third[0] + GROWTH:
        problems.append(f"memory grew from {third[0]:.0f} to {third[1]:.0f} MB")
    if left:
        problems.append(f"{len(left)} replaced revisions are still in memory")
    for problem in problems[:20]:
        print(f"wrong: {problem}")
    print(f"{len(problems)} problems" if problems else "nothing was wrong")
    return 1 if problems else 0
