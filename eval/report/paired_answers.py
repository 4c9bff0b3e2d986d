"""Two runs of ``python -m eval answers`` on the same questions: what differs, with intervals, and which questions changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from eval.metrics.comparison import CompareError, Interval, paired_bootstrap

Row: TypeAlias = Mapping[str, Any]
Fate: TypeAlias = Literal["lost", "won", "other quotes"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure over the questions for which both runs have it; ``language`` is None for all of them."""

    measure: str
    language: str | None
    questions: int
    saved: float
    new: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that came out otherwise: its row in the saved and in the new run."""

    fate: Fate
    saved: Row
    new: Row


def _found(k: int) -> Callable[[Row], float | None]:
    return lambda row: None if row["found"] is None else float(row["found"][f"@{k}"])


def _alce(judge: str, what: str) -> Callable[[Row], float | None]:
    return lambda row: row["alce"].get(judge, {}).get(what)


ANSWERED, REFUSED, FOUND = "answerable, answered", "unanswerable, refused", "answer in first 2 quotes"
MEASURES: Mapping[str, Callable[[Row], float | None]] = {
    "answer in first quote": _found(1),
    FOUND: _found(2),
    "answer in first 4 quotes": _found(4),
    ANSWERED: lambda row: float(not row["refused"]) if row["answerable"] else None,
    REFUSED: lambda row: None if row["answerable"] else float(row["refused"]),
    "cited documents relevant": lambda row: row["citation"]["precision"],
    "citation precision (verifier)": _alce("verifier", "precision"),
    "citation recall (verifier)": _alce("verifier", "recall"),
    "citation precision (model)": _alce("llm", "precision"),
    "citation recall (model)": _alce("llm", "recall"),
    "language match": lambda row: float(row["language_match"]),
}
"""Of one question, from 0 to 1, more is better; None where it does not apply."""
_BY_LANGUAGE = (FOUND, ANSWERED, REFUSED)


def paired(new: Row, saved: Row) -> list[tuple[Row, Row]]:
    """The rows ``(new, saved)`` of the questions that both runs asked.

    Raises:
        CompareError: a run has no rows, the documents differ, or no question is in both.
    """
    digests = [run.get("data", {}).get("corpus") for run in (new, saved)]
    if None not in digests and digests[0] != digests[1]:
        raise CompareError("The runs answered from different documents. Measure both on the same.")
    rows = []
    for run, which in ((new, "new"), (saved, "saved")):
        if not run.get("per_question"):
            raise CompareError(f"The {which} run has no `per_question`. Measure it again with `python -m eval answers … --json`.")
        rows.append({row["id"]: row for row in run["per_question"]})
    both = [(row, rows[1][key]) for key, row in rows[0].items() if key in rows[1] and row["text"] == rows[1][key]["text"]]
    if not both:
        raise CompareError("No question is in both runs.")
    return both


def differences(pairs: Sequence[tuple[Row, Row]]) -> list[Difference]:
    """Every measure over all questions, then a few for each language."""
    languages = sorted({new["language"] for new, _ in pairs})
    wanted = [(name, None) for name in MEASURES] + [(name, language) for language in languages for name in _BY_LANGUAGE]
    made = (_difference(pairs, name, language) for name, language in wanted)
    return [one for one in made if one is not None]


def changed(pairs: Sequence[tuple[Row, Row]]) -> list[Changed]:
    """The questions that lost, those that won, and those that came out alike with other quotes."""
    found = []
    for new, saved in pairs:
        before, after = _standing(saved), _standing(new)
        if before != after:
            found.append(Changed("won" if after > before else "lost", saved, new))
        elif new["quotes"] != saved["quotes"]:
            found.append(Changed("other quotes", saved, new))
    order: tuple[Fate, ...] = ("lost", "won", "other quotes")
    return sorted(found, key=lambda one: order.index(one.fate))


BECAME: Mapping[str, str] = {
    "rightly_refused": "rightly refused",
    "wrongly_answered": "answered, though no paper does",
    "refused": "refused",
    "first": "answer in the first quote",
    "second": "answer in the second quote",
    "fourth": "answer in the third or fourth quote",
    "not_quoted": "answer not quoted",
}


def became(row: Row) -> str:
    """What became of a question: one of `BECAME`."""
    if not row["answerable"]:
        return "rightly_refused" if row["refused"] else "wrongly_answered"
    if row["refused"]:
        return "refused"
    return next((name for k, name in (("@1", "first"), ("@2", "second"), ("@4", "fourth")) if row["found"][k]), "not_quoted")


def _standing(row: Row) -> float:
    """How well it came out: refusals of what can be answered last, the answer in the first quote first."""
    if not row["answerable"]:
        return float(row["refused"])
    return -1.0 if row["refused"] else float(sum(row["found"].values()))


def _difference(pairs: Sequence[tuple[Row, Row]], name: str, language: str | None) -> Difference | None:
    measure = MEASURES[name]
    values = [(measure(new), measure(saved)) for new, saved in pairs if language in (None, new["language"])]
    a = [(x, y) for x, y in values if x is not None and y is not None]
    if not a:
        return None
    new, saved = [x for x, _ in a], [y for _, y in a]
    return Difference(name, language, len(a), float(np.mean(saved)), float(np.mean(new)), paired_bootstrap(new, saved))
