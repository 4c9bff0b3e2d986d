"""A run of ``python -m eval answers`` on the page: tables per language beside plots, and what differs from an older run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from eval.report_page import LANGUAGES, Cell, Html, beside, facts, in_language, language_name, note, section, table
from eval.report_pairs import Changed, Difference, became, changed, differences, paired
from eval.report_plots import differences as draw_differences
from eval.report_plots import shares

_KS = ("@1", "@2", "@4")
_JUDGES = {"verifier": "verifier", "llm": "language model"}
_MOST_OTHER = 100
"""Questions that came out alike with other quotes: no more are listed."""


def answers(name: str, run: Mapping[str, Any]) -> list[str]:
    """The sections of one run."""
    known = [*LANGUAGES, *sorted(run["by_language"].keys() - LANGUAGES)]
    rows = [("All", run), *((language_name(code), run["by_language"][code]) for code in known if code in run["by_language"])]
    return [
        _about(name, run),
        _found(name, rows),
        _citations(name, rows, run),
        _refusals(name, rows),
        _groups(name, run),
    ]


def against(name: str, run: Mapping[str, Any], old_name: str, old: Mapping[str, Any]) -> list[str]:
    """What differs from an older run.

    Raises:
        CompareError: see `eval.report_pairs.paired`.
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
    per_language = table("By language", head, [_difference(one, with_language=True) for one in found if one.language is not None])
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


def _difference(one: Difference, *, with_language: bool = False) -> list[Cell]:
    interval = one.interval
    kind = {"better": "good", "worse": "bad"}.get(interval.verdict)
    verdict = Html(f'<strong class="{kind}">{interval.verdict}</strong>') if kind else interval.verdict
    label = f"{language_name(one.language or '')}: {one.measure}" if with_language else one.measure
    between = f"{interval.low:+.3f} … {interval.high:+.3f}"
    return [label, one.questions, one.saved, one.new, f"{interval.difference:+.3f}", between, verdict]


def _changed(name: str, old_name: str, found: Sequence[Changed]) -> str:
    parts = []
    for fate, most in (("lost", len(found)), ("won", len(found)), ("other quotes", _MOST_OTHER)):
        some = [one for one in found if one.fate == fate]
        title = f"{fate.capitalize()}: {len(some)}" + (f", of which {most} are listed" if len(some) > most else "")
        rows = [_question(one) for one in some[:most]]
        inside = table(title, ["id", "question", old_name, name], rows, words=True) if rows else note("None.")
        parts.append(f"<details{' open' if fate != 'other quotes' and rows else ''}><summary>{escape(title)}</summary>{inside}</details>\n")
    return section(f"{name}: questions that changed", *parts)


def _question(one: Changed) -> list[Cell]:
    return [one.new["id"], in_language(one.new["text"], one.new["language"]), _became(one.saved), _became(one.new)]


def _became(row: Mapping[str, Any]) -> Html:
    quote = f'<br><span class="soft">{escape(row["quotes"][0])}</span>' if row["quotes"] else ""
    return Html(f"{escape(became(row))}{quote}")


def _zip(rows: Sequence[Any], values: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    return zip(rows, values, strict=True)
