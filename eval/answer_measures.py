"""Measures of answers: does a quote hold the answer, are the right documents cited, is it right to refuse.

Each takes questions and what became of them, in the same order. A question that was not answered scores an explicit zero.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is known of it: ``answers`` are strings that answer it, ``relevant`` the documents in which they stand.

    ``cross`` says that none of them is in the language of the question. ``before`` are the questions of the conversation up to it, oldest
    first. Of each group in ``together`` one answer is needed for a complete one; ``facts`` are what should be marked in the quote.
    """

    id: str
    text: str
    language: str
    answers: tuple[str, ...]
    relevant: frozenset[str]
    answerable: bool
    cross: bool = False
    before: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question got: quotes and cited documents in the order shown, and whether it was refused.

    ``language`` is that of the labels, of what a model wrote, or of the words of the refusal; ``ms`` the milliseconds in all. ``engine``
    is the one that made the answer, whichever was asked for; ``statuses`` are those of its statements. ``marks`` are the marked words of
    each quote, in the order of ``quotes``. ``unsure`` says that it shows only the nearest that was found, and says so.
    """

    quotes: tuple[str, ...]
    cited: tuple[str, ...]
    refused: bool
    language: str
    ms: float
    engine: str = "extractive"
    statuses: tuple[str, ...] = ()
    marks: tuple[tuple[str, ...], ...] = ()
    unsure: bool = False


def folded(text: str) -> str:
    """The form in which an answer is looked for in a quote: NFKC, case-folded, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def answer_in_quote(questions: Sequence[Question], outcomes: Sequence[Outcome], k: int) -> float | None:
    """The share of answerable questions with a gold answer inside one of the first ``k`` quotes; None when none is answerable."""
    found = [
        _holds(outcome.quotes[:k], question.answers) for question, outcome in zip(questions, outcomes, strict=True) if question.answerable
    ]
    return _share(sum(found), len(found))


def complete(questions: Sequence[Question], outcomes: Sequence[Outcome], k: int) -> float | None:
    """Of the questions that need several facts together, the share with all of them in the first ``k`` quotes; None where there is none."""
    pairs = [(question, outcome) for question, outcome in zip(questions, outcomes, strict=True) if question.together]
    return _share(sum(all(_holds(o.quotes[:k], group) for group in q.together) for q, o in pairs), len(pairs))


def marked(questions: Sequence[Question], outcomes: Sequence[Outcome], k: int) -> float | None:
    """Of the questions with ``facts`` and an answer in the first ``k`` quotes, the share whose first such quote has a fact marked."""
    right = found = 0
    for question, outcome in zip(questions, outcomes, strict=True):
        quotes = zip(outcome.quotes[:k], outcome.marks[:k], strict=True)
        marks = next((marks for quote, marks in quotes if _holds((quote,), question.answers)), None)
        if question.facts and marks is not None:
            found += 1
            right += _holds(marks, question.facts)
    return _share(right, found)


def _holds(texts: Sequence[str], answers: Sequence[str]) -> bool:
    return any(folded(answer) in folded(text) for text in texts for answer in answers if answer.strip())


def citation(questions: Sequence[Question], outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """Precision over all citations, recall over the relevant documents of answerable questions.

    A citation is right when the question is answerable and the cited document relevant to it: what is quoted for a question that the
    documents do not answer is wrong, whatever it is.
    """
    given = right = wanted = found = 0
    for question, outcome in zip(questions, outcomes, strict=True):
        given += len(outcome.cited)
        if question.answerable:
            right += sum(document in question.relevant for document in outcome.cited)
            wanted += len(question.relevant)
            found += len(question.relevant & set(outcome.cited))
    return {"precision": _share(right, given), "recall": _share(found, wanted)}


def abstention(questions: Sequence[Question], outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """Precision, recall and F1 of refusals, where an unanswerable question should be refused, and the share of false refusals.

    An answer that says that it is not sure counts as a refusal where there is no answer, and as an answer where there is one.
    """
    given = zip(questions, outcomes, strict=True)
    pairs = [(question.answerable, o.refused or (o.unsure and not question.answerable)) for question, o in given]
    right = sum(refused and not answerable for answerable, refused in pairs)
    wrong = sum(refused and answerable for answerable, refused in pairs)
    silent = sum(not answerable for answerable, _ in pairs)
    return {
        "precision": _share(right, right + wrong),
        "recall": _share(right, silent),
        "f1": _share(2 * right, 2 * right + wrong + (silent - right)) if silent else None,
        "false_refusal": _share(wrong, len(pairs) - silent),
    }


def counts(questions: Sequence[Question], outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Questions, and how many came out right: for small groups, where a share would hide that one question is much.

    ``found@2`` are the answerable questions with a gold answer in one of the first two quotes, ``answered`` the answerable ones that were
    not refused, ``refused`` the unanswerable ones that were, or whose answer says that it is not sure.
    """
    pairs = list(zip(questions, outcomes, strict=True))
    answerable = [(question, outcome) for question, outcome in pairs if question.answerable]
    return {
        "answerable": len(answerable),
        "unanswerable": len(pairs) - len(answerable),
        "found@2": sum(answer_in_quote([question], [outcome], 2) == 1.0 for question, outcome in answerable),
        "answered": sum(not outcome.refused for _, outcome in answerable),
        "refused": sum(outcome.refused or outcome.unsure for question, outcome in pairs if not question.answerable),
    }


def language_match(questions: Sequence[Question], outcomes: Sequence[Outcome]) -> float | None:
    """The share of answers and refusals that speak the language of the question."""
    return _share(sum(q.language == o.language for q, o in zip(questions, outcomes, strict=True)), len(questions))


def milliseconds(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Median and 95th percentile of the time to the whole answer."""
    p50, p95 = np.percentile([o.ms for o in outcomes], [50, 95]) if outcomes else (0.0, 0.0)
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
