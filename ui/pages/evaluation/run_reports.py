"""Runs as tables and plots in the language of the page: one run part by part, or two side by side.

Of two runs: what differs, with intervals, and which questions came out otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eval.metrics.comparison import CompareError, Interval, Verdict, compare_set
from eval.report.html_page import Cell, difference_row, facts, folded, in_language, quoted, table
from eval.report.paired_answers import ANSWERED, FOUND, REFUSED, Changed, became, changed, differences, paired
from eval.report.plots import amounts, reliability, shares
from eval.report.plots import differences as draw_differences
from kb.sanitize import visible
from lang.languages import LANGUAGES
from ui.components.i18n import Strings
from ui.jobs.evaluation_runs import Run, Saved

KS: Final = ("@1", "@2", "@4")
MOST_FIGURES: Final = 400
"""Of a run of another command: no more figures are listed."""
_METRICS: Final = ("ndcg@10", "hit@5", "mrr@10", "recall@100")
_SERIES: Final = 3
"""What a plot can tell apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: its heading, a sentence on what the figures mean, its tables as HTML, and its plots as SVG in a figure.

    The plots stand beside the tables or, where these are ``wide``, under them.
    """

    heading: str
    note: str
    tables: str
    plots: tuple[str, ...] = ()
    wide: bool = False


def parts(saved: Saved, words: Strings) -> list[Part]:
    """A run, part by part.

    Raises:
        ValueError, TypeError, LookupError, AttributeError: the run does not hold what one of its command holds.
    """
    drawn = {"answers": _answers, "verification": _verification, "retrieval": _retrieval, "other": _other}[saved.kind]
    return [_about(saved, words), *drawn(saved.run, words)]


def headline(saved: Saved) -> tuple[Cell, Cell, Cell]:
    """Of a run of answers: the answer in the first two quotes, right refusals, and milliseconds at the median; nothing of another."""
    run = saved.run
    if saved.kind != "answers":
        return None, None, None
    return _share(run["answer_in_quote"]["@2"]), _share(run["abstention"]["recall"]), _count(run["ms"]["p50"])


def language_label(code: str, words: Strings) -> str:
    """The name of a language; its code where it is none of ours."""
    return words(f"language.{code}") if code in (*LANGUAGES, "und") else visible(code)


def _number(value: Any) -> float | None:
    """A figure of a file that anybody may have made: a number or nothing."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no figure.")
    return float(value)


def _share(value: Any) -> float | None:
    found = _number(value)
    if found is not None and not 0 <= found <= 1:
        raise ValueError(f"{found} is no share.")
    return found


def _count(value: Any) -> str:
    found = _number(value)
    return "–" if found is None else f"{found:g}"


def _about(saved: Saved, words: Strings) -> Part:
    run = saved.run
    made = run.get("made")
    settings = made.get("settings") if isinstance(made, Mapping) else None
    pairs: list[tuple[str, Cell]] = [
        (words("evaluation.command"), words(f"evaluation.kind.{saved.kind}")),
        (words("evaluation.version"), saved.version or None),
        (words("evaluation.asked"), _count(run["questions"]) if saved.kind == "answers" else None),
        (words("evaluation.engine"), ", ".join(f"{name} {_count(n)}" for name, n in run.get("engines", {}).items()) or None),
        (words("evaluation.model"), ", ".join(visible(str(one["model"])) for one in run.get("models", ())) or None),
    ]
    data = run.get("data")
    if isinstance(data, Mapping):
        pairs.append((words("evaluation.data"), ", ".join(f"{name} {str(digest)[:12]}" for name, digest in data.items())))
    if isinstance(settings, Mapping):
        pairs.append((words("evaluation.settings"), ", ".join(f"{name} = {value}" for name, value in settings.items())))
    return Part(words("evaluation.about_run"), "", facts(pairs))


def _answers(run: Run, words: Strings) -> list[Part]:
    whole = words("evaluation.all")
    known = [code for code in LANGUAGES if code in run["by_language"]] + sorted(run["by_language"].keys() - set(LANGUAGES))
    rows = [(whole, run), *((language_label(code, words), run["by_language"][code]) for code in known)]

    def part(name: str, columns: Sequence[str], values: Sequence[Sequence[float | None]], plotted: Sequence[int]) -> Part:
        heads = [words(f"evaluation.column.{column}") for column in columns]
        title = words(f"evaluation.part.{name}")
        cells: list[list[Cell]] = [[label, _count(of["questions"]), *row] for (label, of), row in zip(rows, values, strict=True)]
        grid = table(title, ["", words("evaluation.column.questions"), *heads], cells, whole=[whole])
        plot = shares(
            title, [(label, [row[i] for i in plotted]) for (label, _), row in zip(rows, values, strict=True)], [heads[i] for i in plotted]
        )
        return Part(title, words(f"evaluation.note.{name}"), grid, (plot,))

    found = [[_share(of["answer_in_quote"][k]) for k in KS] for _, of in rows]
    cited = [[_share(of["citation"][key]) for key in ("precision", "recall")] for _, of in rows]
    refused = [
        [*(_share(of["abstention"][k]) for k in ("precision", "recall", "false_refusal")), _share(of["language_match"])] for _, of in rows
    ]
    times = [[_number(of["ms"][key]) for key in ("p50", "p95")] for _, of in rows]
    heads = [words("evaluation.column.p50"), words("evaluation.column.p95")]
    spent = words("evaluation.part.ms")
    return [
        part("found", ("first", "two", "four"), found, (0, 1, 2)),
        part("cited", ("precision", "recall"), cited, (0, 1)),
        part("refused", ("refusals_right", "refusals_made", "refusals_wrong", "language"), refused, (0, 1, 3)),
        Part(
            spent, words("evaluation.note.ms"),
            table(spent, ["", *heads], [[label, *map(_count, row)] for (label, _), row in zip(rows, times, strict=True)], whole=[whole]),
            (amounts(spent, [(label, row) for (label, _), row in zip(rows, times, strict=True)], heads),),
        ),
    ]  # fmt: skip


def _verification(run: Run, words: Strings) -> list[Part]:
    title = words("evaluation.part.auroc")
    heads = ["", *(words(f"evaluation.column.{name}") for name in ("auroc", "low", "high", "calibration"))]
    rows = [
        [visible(name), *(_share(of[key]) for key in ("auroc", "low", "high")), _share(of.get("calibration_error"))]
        for name, of in run["systems"].items()
    ]
    made = [Part(title, words("evaluation.note.auroc"), table(title, heads, rows))]
    across, up = words("evaluation.column.score"), words("evaluation.column.supported")
    for name, bins in run["reliability"].items():
        title = words("evaluation.part.reliability", system=visible(name))
        clean = [
            {key: _share(one[key]) or 0.0 for key in ("score", "supported")} | {"count": int(_number(one["count"]) or 0)} for one in bins
        ]
        cells: list[list[Cell]] = [[f"{one['score']:.3f}", one["supported"], _count(one["count"])] for one in clean]
        grid = table(title, [across, up, words("evaluation.column.claims")], cells)
        made.append(Part(title, words("evaluation.note.reliability"), grid, (reliability(title, clean, across=across, up=up),)))
    return made


def _retrieval(run: Run, words: Strings) -> list[Part]:
    made = []
    for one in run["sets"]:
        name, systems = visible(str(one["name"])), one["systems"]
        heads = ["", *(visible(metric) for metric in _METRICS)]
        rows: list[list[Cell]] = [[visible(system), *(_share(of.get(metric)) for metric in _METRICS)] for system, of in systems.items()]
        facts_of = words("evaluation.set_facts", documents=_count(one["documents"]), queries=_count(one["queries"]))
        shown = [(visible(system), [_share(of.get(metric)) for metric in _METRICS[:_SERIES]]) for system, of in systems.items()]
        made.append(Part(name, facts_of, table(name, heads, rows, whole=["fused"]), (shares(name, shown, _METRICS[:_SERIES]),)))
    return made


def _other(run: Run, words: Strings) -> list[Part]:
    """Every figure of a run of another command, under the names that stand in its file."""
    title = words("evaluation.part.figures")
    rows = figures(run)
    grid = table(title, ["", words("evaluation.column.value")], [[visible(name), f"{value:g}"] for name, value in rows[:MOST_FIGURES]])
    return [Part(title, words("evaluation.note.figures"), grid if rows else "")]


def figures(run: Run) -> list[tuple[str, float]]:
    """The numbers of a run by their way through it; those of single questions are left out."""
    return list(_figures(run, ""))


def _figures(node: Any, way: str) -> Iterable[tuple[str, float]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key not in ("per_question", "per_query", "first", "query_text", "made", "data"):
                yield from _figures(value, f"{way} › {key}" if way else str(key))
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield way, float(node)


MEASURES: Final[Mapping[str, str]] = {
    "answer in first quote": "first",
    FOUND: "two",
    "answer in first 4 quotes": "four",
    ANSWERED: "answered",
    REFUSED: "refusals_made",
    "cited documents relevant": "precision",
    "citation precision (verifier)": "needed",
    "citation recall (verifier)": "borne_out",
    "citation precision (model)": "needed_llm",
    "citation recall (model)": "borne_out_llm",
    "language match": "language",
}
"""What `eval.report.paired_answers` measures → the string that names it."""
_VERDICTS: Final[Mapping[Verdict, str]] = {"better": "better", "worse": "worse", "no difference": "same"}
_MOST_QUESTIONS: Final = 100


def against(new: Saved, old: Saved, words: Strings, *, with_questions: bool) -> list[Part]:
    """What differs between two runs of one kind; the questions only where whoever looks may see every document.

    Raises:
        CompareError: they are of different kinds, over different documents, or have no question in common.
        ValueError, TypeError, LookupError, AttributeError: one does not hold what a run of its command holds.
    """
    if new.kind != old.kind:
        raise CompareError(words("evaluation.other_kind"))
    if new.kind == "answers":
        return _answers_compared(new, old, words, with_questions=with_questions)
    if new.kind == "retrieval":
        return _retrieval_compared(new, old, words)
    return _figures_compared(new, old, words)


def _answers_compared(new: Saved, old: Saved, words: Strings, *, with_questions: bool) -> list[Part]:
    pairs = paired(new.run, old.run)
    found = differences(pairs)
    whole = [(_measure(one.measure, words), one) for one in found if one.language is None]
    each = [(f"{language_label(one.language, words)}: {_measure(one.measure, words)}", one) for one in found if one.language is not None]
    only_one = len(new.run["per_question"]) + len(old.run["per_question"]) - 2 * len(pairs)
    title = words("evaluation.part.against")
    rows = [_row(name, one.questions, one.saved, one.new, one.interval, words) for name, one in whole]
    by_language = [_row(name, one.questions, one.saved, one.new, one.interval, words) for name, one in each]
    plot = _plot(title, [(name, one.interval) for name, one in whole], words)
    note = words("evaluation.note.against", both=len(pairs), one=only_one)
    made = [
        Part(title, note, table(title, _head(new, old, words), rows), (plot,), wide=True),
        Part(words("evaluation.part.by_language"), "", table(words("evaluation.part.by_language"), _head(new, old, words), by_language)),
    ]
    return [*made, _questions(new, old, changed(pairs), words)] if with_questions else made


def _retrieval_compared(new: Saved, old: Saved, words: Strings) -> list[Part]:
    by_name = [{str(one["name"]): one for one in saved.run["sets"]} for saved in (new, old)]
    common = [name for name in by_name[0] if name in by_name[1]]
    if not common:
        raise CompareError(words("evaluation.no_set"))
    rows = [row for name in common for row in compare_set(by_name[0][name], by_name[1][name])]
    named = [(f"{visible(row.name)}, {visible(row.system)}", row) for row in rows]
    title = words("evaluation.part.against_ndcg")
    cells = [_row(name, row.queries, row.saved, row.new, row.interval, words) for name, row in named]
    plot = _plot(title, [(name, row.interval) for name, row in named], words)
    return [Part(title, words("evaluation.note.interval"), table(title, _head(new, old, words), cells), (plot,), wide=True)]


def _figures_compared(new: Saved, old: Saved, words: Strings) -> list[Part]:
    now, before = dict(figures(new.run)), dict(figures(old.run))
    common = [name for name in now if name in before][:MOST_FIGURES]
    if not common:
        raise CompareError(words("evaluation.no_figure"))
    title = words("evaluation.part.against")
    head = ["", visible(old.name), visible(new.name), words("evaluation.column.difference")]
    rows: list[list[Cell]] = [
        [visible(name), f"{before[name]:g}", f"{now[name]:g}", f"{now[name] - before[name]:+g}" if now[name] != before[name] else "0"]
        for name in common
    ]
    return [Part(title, words("evaluation.note.figures"), table(title, head, rows))]


def _questions(new: Saved, old: Saved, found: Sequence[Changed], words: Strings) -> Part:
    blocks = []
    for fate, name in (("lost", "lost"), ("won", "won"), ("other quotes", "other")):
        some = [one for one in found if one.fate == fate]
        title = words.count(f"evaluation.{name}", len(some))
        head = [words("evaluation.column.question"), visible(old.name), visible(new.name)]
        rows: list[list[Cell]] = [
            [in_language(str(one.new["text"]), str(one.new["language"])), _became(one.saved, words), _became(one.new, words)]
            for one in some[:_MOST_QUESTIONS]
        ]
        blocks.append(folded(title, table(title, head, rows, words=True) if rows else "", opened=fate == "lost"))
    return Part(words("evaluation.part.changed"), words("evaluation.note.changed"), "".join(blocks))


def _became(row: Mapping[str, Any], words: Strings) -> str:
    return quoted(words(f"evaluation.became.{became(row)}"), [visible(str(quote)) for quote in row["quotes"][:1]])


def _measure(name: str, words: Strings) -> str:
    return words(f"evaluation.column.{MEASURES[name]}")


def _head(new: Saved, old: Saved, words: Strings) -> list[str]:
    columns = [words(f"evaluation.column.{name}") for name in ("difference", "interval", "verdict")]
    return ["", words("evaluation.column.questions"), visible(old.name), visible(new.name), *columns]


def _row(name: str, questions: int, saved: float, new: float, interval: Interval, words: Strings) -> list[Cell]:
    return difference_row(name, questions, saved, new, interval, words(f"evaluation.verdict.{_VERDICTS[interval.verdict]}"))


def _plot(title: str, rows: Sequence[tuple[str, Interval]], words: Strings) -> str:
    said = {verdict: words(f"evaluation.verdict.{name}") for verdict, name in _VERDICTS.items()}
    return draw_differences(title, rows, key=words("evaluation.marks"), verdicts=said)
