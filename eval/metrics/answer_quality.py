"""Measures of answers: quotes that hold the answer, cited documents, refusals, ALCE citation recall and precision.

Each takes questions and what became of them, in the same order; a question that was not answered scores an explicit zero. The figures are
those that ``python -m eval answers`` writes: in all, for each language, and question by question.

ALCE is Gao, Yen, Yu & Chen, "Enabling Large Language Models to Generate Text with Citations" (EMNLP 2023). A statement has recall 1 when
it has citations and they, taken together, support it. A citation has precision 1 when its statement has recall 1 and the citation is not
irrelevant: it supports the statement alone, or the others do not support it without this one. Both are means over the statements and
citations of an answer, then over the answers. What supports what is said by our verifier or a language model; no gold data is needed.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from kb.records import Answer, Citation, Statement, Verdict


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


Supports: TypeAlias = Callable[[str, Sequence[Citation]], bool]
"""Whether citations together support all of a statement."""


@dataclass(frozen=True, slots=True)
class Cited:
    """One statement: whether its citations support it together, and for each of them whether it is needed or supports it alone."""

    supported: bool
    precise: tuple[bool, ...]


def by_verifier(judge: Callable[[str, Sequence[Citation]], Verdict]) -> Supports:
    """The judge that takes for supported what is verified (`kb.verify.verdict.judge`)."""
    return lambda statement, citations: judge(statement, citations).status == "verified"


def cited(statement: Statement, supports: Supports) -> Cited:
    """Judge one statement. Asks at most twice as often as it has citations, and once more."""
    citations = statement.citations
    if not citations or not supports(statement.text, citations):
        return Cited(False, (False,) * len(citations))
    if len(citations) == 1:
        return Cited(True, (True,))
    return Cited(True, tuple(_needed(statement.text, citations, at, supports) for at in range(len(citations))))


def _needed(text: str, citations: Sequence[Citation], at: int, supports: Supports) -> bool:
    return supports(text, [citations[at]]) or not supports(text, [*citations[:at], *citations[at + 1 :]])


def cited_of_answer(answer: Answer, supports: Supports) -> tuple[Cited, ...]:
    """Every statement of an answer, judged; empty for a refusal."""
    return tuple(cited(statement, supports) for statement in answer.statements)


def citation_recall(judged: Sequence[Cited]) -> float | None:
    """Of one answer, the share of its statements that their citations support; None without a statement."""
    return float(np.mean([one.supported for one in judged])) if judged else None


def citation_precision(judged: Sequence[Cited]) -> float | None:
    """Of one answer, the share of its citations that are needed or support by themselves; None without a statement.

    An answer whose statements cite nothing has precision 0, as in ALCE.
    """
    all_of_them = [precise for one in judged for precise in one.precise]
    return None if not judged else float(np.mean(all_of_them)) if all_of_them else 0.0


def alce_summary(answers: Sequence[Sequence[Cited]]) -> dict[str, Any]:
    """Means over the answers that have statements: refusals cite nothing and are left out, so their number stands beside.

    ``statements`` and ``supported`` are counts over all answers.
    """
    judged = [one for one in answers if one]
    statements = [statement for one in judged for statement in one]
    return {
        "precision": _mean([citation_precision(one) for one in judged]),
        "recall": _mean([citation_recall(one) for one in judged]),
        "answers": len(judged),
        "statements": len(statements),
        "supported": sum(statement.supported for statement in statements),
        "citations": sum(len(statement.precise) for statement in statements),
    }


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return round(float(np.mean(there)), 4) if there else None


KS = (1, 2, 4)
SHOWN_QUOTES = 2
SHOWN_CHARS = 300
"""Of a quote, so many stand in the report of each question."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, what became of it, and what each judge says of the statements."""

    question: Question
    outcome: Outcome
    judged: Mapping[str, tuple[Cited, ...]]


def whole(asked: Sequence[AskedQuestion], engine: str) -> dict[str, Any]:
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
        "per_question": [report_row(one) for one in asked],
    }


def measures(asked: Sequence[AskedQuestion]) -> dict[str, Any]:
    """Every measure over some questions; ``complete`` and ``marked`` where a question says what they are measured by."""
    questions, outcomes = [one.question for one in asked], [one.outcome for one in asked]
    judges = asked[0].judged if asked else {}
    return {
        "questions": len(questions),
        "answer_in_quote": {f"@{k}": answer_in_quote(questions, outcomes, k) for k in KS},
        **({"complete": {f"@{k}": complete(questions, outcomes, k) for k in KS}} if any(q.together for q in questions) else {}),
        **({"marked": marked(questions, outcomes, SHOWN_QUOTES)} if any(q.facts for q in questions) else {}),
        "citation": citation(questions, outcomes),
        "alce": {name: alce_summary([one.judged[name] for one in asked]) for name in judges},
        "statements": dict(Counter(status for outcome in outcomes for status in outcome.statuses)),
        "abstention": abstention(questions, outcomes),
        "language_match": language_match(questions, outcomes),
        "ms": milliseconds(outcomes),
    }


def report_row(asked: AskedQuestion) -> dict[str, Any]:
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
        "alce": {name: {"precision": citation_precision(one), "recall": citation_recall(one)} for name, one in asked.judged.items()},
        "language_match": question.language == outcome.language,
        "quotes": [quote[:SHOWN_CHARS] for quote in outcome.quotes[:SHOWN_QUOTES]],
        "ms": round(outcome.ms, 1),
    }


def _groups(asked: Sequence[AskedQuestion]) -> dict[str, dict[str, int]]:
    """Counts by the language of the question and whether an answer stands in that language: ``all``, ``same``, ``mr cross`` and so on."""
    members: dict[str, list[AskedQuestion]] = {"all": [], "same": [], "cross": []}
    for one in asked:
        reach = "cross" if one.question.cross else "same"
        for name in ("all", reach, f"{one.question.language} {reach}"):
            members.setdefault(name, []).append(one)
    return {name: counts([one.question for one in rows], [one.outcome for one in rows]) for name, rows in members.items()}
