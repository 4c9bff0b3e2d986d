"""Write tests/slow.txt: the tests that a run reported as longer than some seconds, which the fast run leaves out.

PYTEST_ADDOPTS=--durations=400 make test SLOW=1 > run.log; .venv/bin/python tools/slow_tests.py run.log
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "tests" / "slow.txt"
LONG = 4.0
"""Seconds, of what it sets up and of the test itself on two cores, from which a test is slow."""
_LINE = re.compile(r"([0-9.]+)s (?:call|setup|teardown)\s+(\S.*)")


def slow(report: str, long: float = LONG) -> list[str]:
    """The tests of a report of durations that took long, in order."""
    seconds: Counter[str] = Counter()
    for line in report.splitlines():
        if match := _LINE.match(line):
            seconds[match[2].strip()] += float(match[1])
    return sorted(test for test, took in seconds.items() if took > long)


def main() -> None:
    """Read a report, write the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path, help="what pytest printed with --durations")
    found = slow(parser.parse_args().report.read_text(encoding="utf-8"))
    head = f"# Tests of more than {LONG:g} s, which `make test` leaves out and CI runs; tools/slow_tests.py wrote this.\n"
    TARGET.write_text(head + "".join(f"{test}\n" for test in found), encoding="utf-8")


if __name__ == "__main__":
    main()
