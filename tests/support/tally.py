#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sums up a folder of test reports in one line: "N passed, N failed". Exit code 1 if any failed.

usage: tally.py FOLDER

NAME.step holds "passed" or "failed". NAME.xml is a JUnit report, which then says how many tests the
step NAME had; a step that failed although no test of its report did counts as one failure more.
"""
import pathlib
import sys
import xml.etree.ElementTree as xml


def main():
    passed = failed = 0
    for step in sorted(pathlib.Path(sys.argv[1]).glob("*.step")):
        well = step.read_text().strip() == "passed"
        report = step.with_suffix(".xml")
        if not report.exists():
            passed, failed = passed + well, failed + (not well)
            continue
        bad = good = 0
        for case in xml.parse(report).iter("testcase"):
            if any(case.find(tag) is not None for tag in ("failure", "error", "skipped")):
                bad += 1
                print(f"failed: {case.get('classname')} {case.get('name')}")
            else:
                good += 1
        passed += good
        failed += bad + (not well and not bad) + (not good and not bad)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


main()
