"""Two runs side by side: what differs, with intervals, and which questions came out otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from eval.compare import CompareError, Interval, Verdict, compare_set
from eval.report_page import Cell, Html, in_language, table, text
from eval.report_pairs import ANSWERED, FOUND, REFUSED, Changed, changed, differences, paired
from eval.report_plots import differences as draw_differences
from kb.printable import visible
from ui.evaluation.draw import MOST_FIGURES, Part, figures, language_label
from ui.evaluation.runs import Saved
from ui.i18n import Strings
from ui.markup import html

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
"""What `eval.report_pairs` measures → the string that names it."""
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
        return _answers(new, old, words, with_questions=with_questions)
    if new.kind == "retrieval":
        return _retrieval(new, old, words)
    return _figures(new, old, words)


def _answers(new: Saved, old: Saved, words: Strings, *, with_questions: bool) -> list[Part]:
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


def _retrieval(new: Saved, old: Saved, words: Strings) -> list[Part]:
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


def _figures(new: Saved, old: Saved, words: Strings) -> list[Part]:
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
        inside = table(title, head, rows, words=True) if rows else ""
        opened = " open" if rows and fate == "lost" else ""
        blocks.append(f"<details{opened}><summary>{html(title)}</summary>{inside}</details>" if rows else f"<p>{html(title)}</p>")
    return Part(words("evaluation.part.changed"), words("evaluation.note.changed"), "".join(blocks))


def _became(row: Mapping[str, Any], words: Strings) -> Html:
    quote = f'<br><span class="soft">{html(str(row["quotes"][0]))}</span>' if row["quotes"] else ""
    return Html(f"{html(words(f'evaluation.became.{_fate(row)}'))}{quote}")


def _fate(row: Mapping[str, Any]) -> str:
    if not row["answerable"]:
        return "rightly_refused" if row["refused"] else "wrongly_answered"
    if row["refused"]:
        return "refused"
    return next((name for k, name in (("@1", "first"), ("@2", "second"), ("@4", "fourth")) if row["found"][k]), "not_quoted")


def _measure(name: str, words: Strings) -> str:
    return words(f"evaluation.column.{MEASURES[name]}")


def _head(new: Saved, old: Saved, words: Strings) -> list[str]:
    columns = [words(f"evaluation.column.{name}") for name in ("difference", "interval", "verdict")]
    return ["", words("evaluation.column.questions"), visible(old.name), visible(new.name), *columns]


def _row(name: str, questions: int, saved: float, new: float, interval: Interval, words: Strings) -> list[Cell]:
    kind = {"better": "good", "worse": "bad"}.get(interval.verdict)
    word = words(f"evaluation.verdict.{_VERDICTS[interval.verdict]}")
    verdict = Html(f'<strong class="setu-{kind}">{text(word)}</strong>') if kind else word
    between = f"{interval.low:+.3f} … {interval.high:+.3f}"
    return [name, str(questions), saved, new, f"{interval.difference:+.3f}", between, verdict]


def _plot(title: str, rows: Sequence[tuple[str, Interval]], words: Strings) -> str:
    said = {verdict: words(f"evaluation.verdict.{name}") for verdict, name in _VERDICTS.items()}
    return draw_differences(title, rows, key=words("evaluation.marks"), verdicts=said)
