"""The figures of answers, as ``python -m eval answers`` writes them: in all, for each language, and question by question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval import alce
from eval.answer_measures import (
    Outcome,
    Question,
    abstention,
    answer_in_quote,
    citation,
    complete,
    counts,
    language_match,
    marked,
    milliseconds,
)

KS = (1, 2, 4)
SHOWN_QUOTES = 2
SHOWN_CHARS = 300
"""Of a quote, so many stand in the report of each question."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what became of it, and what each judge says of the statements."""

    question: Question
    outcome: Outcome
    judged: Mapping[str, tuple[alce.Cited, ...]]


def whole(asked: Sequence[Asked], engine: str) -> dict[str, Any]:
    """The report: figures in all, ``by_language``, ``groups`` and ``per_question``.

    ``engine`` is the one that was asked for. The report names the one that was used, ``mixed`` where a model wrote some answers only, and
    counts answers of each in ``engines``, and refusals, which need no model: where a model is down, or what it writes is not borne out,
    the answer is one of quotes.
    """
    used = Counter(one.outcome.engine for one in asked if not one.outcome.refused)
    refused = {"refused": len(asked) - used.total()} if used.total() < len(asked) else {}
    return {
        **measures(asked),
        "engine": "mixed" if len(used) > 1 else next(iter(used), engine),
        "engine_asked": engine,
        "engines": {**used, **refused},
        "by_language": {
            language: measures([one for one in asked if one.question.language == language])
            for language in sorted({one.question.language for one in asked})
        },
        "groups": _groups(asked),
        "per_question": [row(one) for one in asked],
    }


def measures(asked: Sequence[Asked]) -> dict[str, Any]:
    """Every measure over some questions; ``complete`` and ``marked`` where a question says what they are measured by."""
    questions, outcomes = [one.question for one in asked], [one.outcome for one in asked]
    judges = asked[0].judged if asked else {}
    return {
        "questions": len(questions),
        "answer_in_quote": {f"@{k}": answer_in_quote(questions, outcomes, k) for k in KS},
        **({"complete": {f"@{k}": complete(questions, outcomes, k) for k in KS}} if any(q.together for q in questions) else {}),
        **({"marked": marked(questions, outcomes, SHOWN_QUOTES)} if any(q.facts for q in questions) else {}),
        "citation": citation(questions, outcomes),
        "alce": {name: alce.summary([one.judged[name] for one in asked]) for name in judges},
        "statements": dict(Counter(status for outcome in outcomes for status in outcome.statuses)),
        "abstention": abstention(questions, outcomes),
        "language_match": language_match(questions, outcomes),
        "ms": milliseconds(outcomes),
    }


def row(asked: Asked) -> dict[str, Any]:
    """One question: what two runs are compared by, and what a person needs to see why.

    ``found``: whether an answer stands in the first k quotes; None where there is none to be found.
    """
    question, outcome = asked.question, asked.outcome
    return {
        "id": question.id,
        "text": question.text,
        "language": question.language,
        "answerable": question.answerable,
        "refused": outcome.refused,
        "engine": outcome.engine,
        "found": {f"@{k}": answer_in_quote([question], [outcome], k) == 1.0 for k in KS} if question.answerable else None,
        "citation": citation([question], [outcome]),
        "alce": {name: {"precision": alce.precision(one), "recall": alce.recall(one)} for name, one in asked.judged.items()},
        "language_match": question.language == outcome.language,
        "quotes": [quote[:SHOWN_CHARS] for quote in outcome.quotes[:SHOWN_QUOTES]],
        "ms": round(outcome.ms, 1),
    }


def _groups(asked: Sequence[Asked]) -> dict[str, dict[str, int]]:
    """Counts by the language of the question and whether an answer stands in that language: ``all``, ``same``, ``mr cross`` and so on."""
    members: dict[str, list[Asked]] = {"all": [], "same": [], "cross": []}
    for one in asked:
        reach = "cross" if one.question.cross else "same"
        for name in ("all", reach, f"{one.question.language} {reach}"):
            members.setdefault(name, []).append(one)
    return {name: counts([one.question for one in rows], [one.outcome for one in rows]) for name, rows in members.items()}
