"""Saved runs as one page: ``python -m eval report RUN.json… [--against OLD.json] -o report.html``.

A run is a report of ``python -m eval answers`` or ``verification``. The page is one file without scripts; it fetches nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from eval.compare import CompareError
from eval.report_answers import against, answers
from eval.report_page import note, page, section
from eval.report_pairs import differences, paired
from eval.report_verification import verification

Run: TypeAlias = Mapping[str, Any]


class ReportError(Exception):
    """A run cannot be shown: which file, and why."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A run with the name of its file, and which command made it."""

    name: str
    kind: Literal["answers", "verification"]
    run: Run


def read(path: Path) -> Saved:
    """A saved run.

    Raises:
        ReportError: the file cannot be read, or is of neither command.
    """
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReportError(f"{path} cannot be read: {error}. Make it with `python -m eval answers … --json {path.name}`.") from error
    if isinstance(run, dict) and "answer_in_quote" in run and "by_language" in run:
        if "alce" not in run:
            raise ReportError(f"{path} is of an older Setu. Measure it again with `python -m eval answers … --json {path.name}`.")
        return Saved(path.stem, "answers", run)
    if isinstance(run, dict) and "reliability" in run and "systems" in run:
        return Saved(path.stem, "verification", run)
    raise ReportError(f"{path} is a report of neither `eval answers` nor `eval verification`.")


def made(runs: Sequence[Saved], old: Saved | None) -> str:
    """The page.

    Raises:
        CompareError: the old run cannot be compared with the new one of its kind.
        ReportError: none of the runs is of its kind.
    """
    if old is not None and not any(one.kind == old.kind for one in runs):
        raise ReportError(f"{old.name} is a run of {old.kind}; none of the others is, so there is nothing to compare it with.")
    parts: list[str] = []
    for one in runs:
        compared = old if old is not None and old.kind == one.kind else None
        if one.kind == "verification":
            parts += verification(one.name, one.run, compared.run if compared else None)
            continue
        parts += answers(one.name, one.run)
        if compared is not None:
            parts += against(one.name, one.run, compared.name, compared.run)
    parts.append(section("What the figures mean", note("docs/evaluation.md of Setu says how each is measured.")))
    return page(f"Setu: evaluation of {', '.join(one.name for one in runs)}", parts)


def run_cli(argv: Sequence[str]) -> int:
    """Run the command; exit status 2 when a run cannot be shown or compared."""
    parser = argparse.ArgumentParser(
        prog="python -m eval report",
        description="Saved runs of `eval answers` and `eval verification` as one HTML page.",
        epilog="Example: python -m eval report samples.json verification.json --against old.json -o report.html",
    )
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="saved with --json")
    parser.add_argument("--against", type=Path, metavar="OLD", help="an older run, with which the new one of its kind is compared")
    parser.add_argument("-o", "--output", type=Path, default=Path("report.html"), metavar="FILE", help="default: report.html")
    arguments = parser.parse_args(argv)
    try:
        runs = [read(path) for path in arguments.runs]
        old = read(arguments.against) if arguments.against is not None else None
        text = made(runs, old)
        arguments.output.write_text(text, encoding="utf-8")
    except (ReportError, CompareError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{arguments.output}: {len(text.encode()) // 1024 + 1} kB, {len(runs)} runs.\n")
    if old is not None and old.kind == "answers":
        sys.stdout.writelines(f"{line}\n" for one in runs for line in _lines(one, old))
    return 0


def _lines(new: Saved, old: Saved) -> Iterator[str]:
    """What differs, for the terminal."""
    for one in differences(paired(new.run, old.run)) if new.kind == old.kind else ():
        if one.language is None and one.interval.verdict != "no difference":
            between = f"{one.interval.low:+.3f} … {one.interval.high:+.3f}"
            yield f"{new.name}, {one.measure}: {one.saved:.3f} → {one.new:.3f} ({between} of {one.questions}), {one.interval.verdict}"
