"""Saved runs as one page: ``python -m eval report RUN.json… [--against OLD.json] -o report.html``.

A run is a report of ``python -m eval answers`` (tables per language beside plots, and what differs from an older run) or
``verification``. The page is one file without scripts; it fetches nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import click

from eval import options
from eval.metrics.comparison import CompareError
from eval.report.html_page import LANGUAGES, Cell, beside, difference_row, facts, folded, in_language, note, page, quoted, section, table
from eval.report.paired_answers import BECAME, Changed, Difference, became, changed, differences, paired
from eval.report.plots import differences as draw_differences
from eval.report.plots import reliability, shares

_KS = ("@1", "@2", "@4")
_JUDGES = {"verifier": "verifier", "llm": "language model"}
_MOST_OTHER = 100
"""Questions that came out alike with other quotes: no more are listed."""


def answers_section(name: str, run: Mapping[str, Any]) -> list[str]:
    """The sections of one run."""
    known = [*LANGUAGES, *sorted(run["by_language"].keys() - LANGUAGES)]
    rows = [("All", run), *((LANGUAGES.get(code, code), run["by_language"][code]) for code in known if code in run["by_language"])]
    return [
        _about(name, run),
        _found(name, rows),
        _citations(name, rows, run),
        _refusals(name, rows),
        _groups(name, run),
    ]


def against_older(name: str, run: Mapping[str, Any], old_name: str, old: Mapping[str, Any]) -> list[str]:
    """What differs from an older run.

    Raises:
        CompareError: see `eval.report.paired_answers.paired`.
    """
    pairs = paired(run, old)
    found = differences(pairs)
    of_all = [one for one in found if one.language is None]
    only_one = len(run["per_question"]) + len(old["per_question"]) - 2 * len(pairs)
    words = (
        f"{len(pairs)} questions are in both runs, {only_one} in one only. More is better in every row. The interval is that of 95 % for "
        "the mean difference, by the paired bootstrap over questions; where it holds zero the verdict is “no difference”. Between two runs "
        "that are equally good, one verdict in twenty is “better” or “worse” by chance."
    )
    head = ["measure", "questions", old_name, name, "difference", "95 % interval", "verdict"]
    tables = table(f"{name} against {old_name}, all questions", head, [_difference(one) for one in of_all])
    per_language = table("By language", head, [_difference(one) for one in found if one.language is not None])
    plot = draw_differences(f"{name} less {old_name}", [(one.measure, one.interval) for one in of_all])
    return [
        section(f"{name}: better than {old_name}?", note(words), plot, tables, per_language),
        _changed(name, old_name, changed(pairs)),
    ]


def _about(name: str, run: Mapping[str, Any]) -> str:
    used = ", ".join(f"{engine} {count}" for engine, count in run["engines"].items())
    digests = ", ".join(f"{part} {digest[:12]}" for part, digest in run.get("data", {}).items())
    pairs: list[tuple[str, Cell]] = [
        ("Questions", run["questions"]),
        ("Engine asked for", run["engine_asked"]),
        ("Engine used (answers)", used),
        ("Language model", ", ".join(one["model"] for one in run["models"])),
        ("Prompts", ", ".join(one["prompt"] for one in run["models"])),
        ("Statements shown", ", ".join(f"{status} {count}" for status, count in sorted(run["statements"].items()))),
        ("Milliseconds an answer", f"{run['ms']['p50']} at the median, {run['ms']['p95']} at p95"),
        ("Data (digests)", digests),
    ]
    return section(f"{name}: answers", facts(pairs))


def _found(name: str, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    values = [(label, [of["answer_in_quote"][k] for k in _KS]) for label, of in rows]
    series = ["first quote", "first 2", "first 4"]
    return section(
        f"{name}: is the answer in the quotes?",
        note("Of the questions that the papers answer, the share for which a gold answer stands in the first quotes. A refusal is a miss."),
        beside(
            table(
                "Answer in the quotes",
                ["", "questions", *series],
                [[label, of["questions"], *v] for (label, of), (_, v) in _zip(rows, values)],
            ),
            shares("Answer in the quotes", values, series),
        ),
    )


def _citations(name: str, rows: Sequence[tuple[str, Mapping[str, Any]]], run: Mapping[str, Any]) -> str:
    judges = list(run["alce"])
    head = ["", "relevant: precision", "recall"]
    for judge in judges:
        head += [f"by {_JUDGES.get(judge, judge)}: precision", "recall", "statements"]
    made: list[list[Cell]] = []
    for label, of in rows:
        line: list[Cell] = [label, of["citation"]["precision"], of["citation"]["recall"]]
        for judge in judges:
            line += [of["alce"][judge]["precision"], of["alce"][judge]["recall"], of["alce"][judge]["statements"]]
        made.append(line)
    words = (
        "Relevant: against the documents that the gold names. By a judge: ALCE's definitions (Gao et al., 2023): recall is the share of "
        "statements that their citations support, precision the share of citations that are needed or support alone; refusals are left "
        "out. A statement that is itself a quote is supported by definition."
    )
    return section(f"{name}: citations", note(words), table("Citations", head, made), *_judge(run.get("judge")))


def _judge(judge: Mapping[str, Any] | None) -> Iterator[str]:
    if judge is None:
        return
    labels = judge["labels"]
    pairs: list[tuple[str, Cell]] = [
        ("Judge", judge["model"]),
        ("Prompts", judge["prompt"]),
        ("Asked, not readable", f"{judge['asked']}, {judge['unread']}"),
    ]
    if labels is not None:
        pairs += [("Labelled claims", labels["judged"]), ("Agreement with people", labels["agreement"]), ("Kappa", labels["kappa"])]
        pairs += [("Supported, corrected by its errors", judge["supported_corrected"])]
    yield facts(pairs)
    if labels is None:
        yield note("This judge was not compared with people (--judge-labels): its figures say little.")


def _refusals(name: str, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    values = [(label, [of["abstention"]["precision"], of["abstention"]["recall"], of["language_match"]]) for label, of in rows]
    made = [
        [label, *(of["abstention"][key] for key in ("precision", "recall", "f1", "false_refusal")), of["language_match"]]
        for label, of in rows
    ]
    return section(
        f"{name}: refusals and language",
        note("Precision: of the refusals, the share that is right. Recall: of what the papers do not answer, the share that is refused."),
        beside(
            table("Refusals and language", ["", "precision", "recall", "F1", "answerable refused", "language match"], made),
            shares("Refusals and language", values, ["precision", "recall", "language match"]),
        ),
    )


def _groups(name: str, run: Mapping[str, Any]) -> str:
    keys = ("answerable", "found@2", "answered", "unanswerable", "refused")
    head = ["language, and where the answer stands", "answerable", "found in first 2", "answered", "unanswerable", "refused"]
    rows = [[group, *(of[key] for key in keys)] for group, of in run["groups"].items()]
    return section(f"{name}: counts", table("Questions by language and reach: same or another language", head, rows))


def _difference(one: Difference) -> list[Cell]:
    label = one.measure if one.language is None else f"{LANGUAGES.get(one.language, one.language)}: {one.measure}"
    return difference_row(label, one.questions, one.saved, one.new, one.interval, one.interval.verdict)


def _changed(name: str, old_name: str, found: Sequence[Changed]) -> str:
    parts = []
    for fate, most in (("lost", len(found)), ("won", len(found)), ("other quotes", _MOST_OTHER)):
        some = [one for one in found if one.fate == fate]
        title = f"{fate.capitalize()}: {len(some)}" + (f", of which {most} are listed" if len(some) > most else "")
        rows: list[list[Cell]] = [
            [
                one.new["id"],
                in_language(one.new["text"], one.new["language"]),
                *(quoted(BECAME[became(row)], row["quotes"]) for row in (one.saved, one.new)),
            ]
            for one in some[:most]
        ]
        inside = table(title, ["id", "question", old_name, name], rows, words=True) if rows else ""
        parts.append(folded(title, inside, opened=fate != "other quotes"))
    return section(f"{name}: questions that changed", *parts)


def _zip(rows: Sequence[Any], values: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    return zip(rows, values, strict=True)


def verification_section(name: str, run: Mapping[str, Any], old: Mapping[str, Any] | None) -> list[str]:
    """The sections of one run; beside it the AUROC of an older one."""
    ms = run["ms_per_statement"]
    about = facts(
        [
            ("Claims", f"{run['claims']}, of which {run['supported']} are supported"),
            ("Scorer", run["scorer"]),
            ("Milliseconds a statement", f"{ms['p50']} at the median, {ms['p95']} at p95; budget {ms['budget']:g}"),
            ("Of a processor", f"{ms['processor']['p50']} at the median, {ms['processor']['p95']} at p95"),
            ("Where the quotes were read before", f"{ms['known_quotes']['p50']} at the median, {ms['known_quotes']['p95']} at p95"),
            ("Data (digest)", run["data"][:12]),
        ]
    )
    before = {} if old is None else old["systems"]
    head = ["", "AUROC", "95 % interval", "calibration error", *(["AUROC before"] if old is not None else [])]
    rows: list[list[Cell]] = [
        [
            system, row["auroc"], f"{row['low']:.3f} … {row['high']:.3f}", row.get("calibration_error"),
            *([before.get(system, {}).get("auroc")] if old is not None else []),
        ]
        for system, row in run["systems"].items()
    ]  # fmt: skip
    words = (
        "AUROC: how often a claim that people call supported scores above one that they do not; 0.5 is chance. Calibration error: how far "
        "the score lies from the share that is supported."
    )
    if run["scorer"] == "alignment":
        words += " The default scorer was fitted on these claims, so its row flatters it; the cross-validated row does not."
    parts = [section(f"{name}: verification", about, note(words), table("How well supported claims are told", head, rows))]
    for system, bins in run["reliability"].items():
        cells: list[list[Cell]] = [[f"{b['low']:.1f} … {b['high']:.1f}", b["count"], b["score"], b["supported"]] for b in bins]
        parts.append(
            section(
                f"{name}: reliability of the {system}",
                beside(
                    table(f"Reliability: {system}", ["score", "claims", "mean score", "supported"], cells),
                    reliability(f"Reliability: {system}", bins),
                ),
            )
        )
    return [*parts, _agreement(name, run)]


def _agreement(name: str, run: Mapping[str, Any]) -> str:
    keys = ("judged", "agreement", "kappa", "sensitivity", "specificity")
    judges = [("verifier", run["verdicts"]), *([(run["judge"]["model"], run["judge"])] if "judge" in run else [])]
    rows: list[list[Cell]] = [[who, *(of[key] for key in keys)] for who, of in judges]
    labels = run["verdicts"]["by_label"]
    statuses = ("verified", "partial", "unsupported")
    return section(
        f"{name}: agreement with people",
        note("Sensitivity: of the supported claims, the share called so. Specificity: of the others, the share not called so."),
        beside(
            table("Agreement with people", ["who judges", "claims", *keys[1:]], rows),
            table(
                "Verdicts", ["people say", *statuses], [[word, *(of.get(status, 0) for status in statuses)] for word, of in labels.items()]
            ),
        ),
    )


Run: TypeAlias = Mapping[str, Any]


class ReportError(Exception):
    """A run cannot be shown: which file, and why."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A run with the name of its file, and which command made it."""

    name: str
    kind: Literal["answers", "verification"]
    run: Run


def read_run(path: Path) -> Saved:
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
            parts += verification_section(one.name, one.run, compared.run if compared else None)
            continue
        parts += answers_section(one.name, one.run)
        if compared is not None:
            parts += against_older(one.name, one.run, compared.name, compared.run)
    parts.append(section("What the figures mean", note("docs/evaluation.md of Setu says how each is measured.")))
    return page(f"Setu: evaluation of {', '.join(one.name for one in runs)}", parts)


@click.command(epilog="Example: python -m eval report samples.json verification.json --against old.json -o report.html")
@click.argument("runs", nargs=-1, required=True, type=options.PATH)
@click.option("--against", type=options.PATH, metavar="OLD", help="an older run, with which the new one of its kind is compared")
@click.option("-o", "--output", type=options.PATH, default=Path("report.html"), metavar="FILE", help="default: report.html")
def command(runs: tuple[Path, ...], against: Path | None, output: Path) -> None:
    """Make one HTML page of RUNS, saved by `eval answers` and `eval verification` with `--json`.

    Exit status 2: a run cannot be shown or compared.
    """
    with options.failing(2, ReportError, CompareError, OSError):
        found = [read_run(path) for path in runs]
        old = read_run(against) if against is not None else None
        text = made(found, old)
        output.write_text(text, encoding="utf-8")
    click.echo(f"{output}: {len(text.encode()) // 1024 + 1} kB, {len(found)} runs.")
    if old is not None and old.kind == "answers":
        for line in (line for one in found for line in _lines(one, old)):
            click.echo(line)


def _lines(new: Saved, old: Saved) -> Iterator[str]:
    """What differs, for the terminal."""
    for one in differences(paired(new.run, old.run)) if new.kind == old.kind else ():
        if one.language is None and one.interval.verdict != "no difference":
            between = f"{one.interval.low:+.3f} … {one.interval.high:+.3f}"
            yield f"{new.name}, {one.measure}: {one.saved:.3f} → {one.new:.3f} ({between} of {one.questions}), {one.interval.verdict}"
