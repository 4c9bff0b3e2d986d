"""Do the citations of an answer bear out its statements? Citation recall and precision of ALCE.

Gao, Yen, Yu & Chen, "Enabling Large Language Models to Generate Text with Citations" (EMNLP 2023). A statement has recall 1
when it has citations and they, taken together, support it. A citation has precision 1 when its statement has recall 1 and the citation
is not irrelevant: it supports the statement alone, or the others do not support it without this one. Both are means over the statements
and citations of an answer first, then over the answers. Who says what supports what is a *judge*: our verifier, or a language model.
These figures need no gold data, and say nothing of whether a statement answers the question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from kb.records import Answer, Citation, Statement, Verdict

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


def of_answer(answer: Answer, supports: Supports) -> tuple[Cited, ...]:
    """Every statement of an answer, judged; empty for a refusal."""
    return tuple(cited(statement, supports) for statement in answer.statements)


def recall(judged: Sequence[Cited]) -> float | None:
    """Of one answer, the share of its statements that their citations support; None without a statement."""
    return float(np.mean([one.supported for one in judged])) if judged else None


def precision(judged: Sequence[Cited]) -> float | None:
    """Of one answer, the share of its citations that are needed or support by themselves; None without a statement.

    An answer whose statements cite nothing has precision 0, as in ALCE.
    """
    all_of_them = [precise for one in judged for precise in one.precise]
    return None if not judged else float(np.mean(all_of_them)) if all_of_them else 0.0


def summary(answers: Sequence[Sequence[Cited]]) -> dict[str, Any]:
    """Means over the answers that have statements: refusals cite nothing and are left out, so their number stands beside.

    ``statements`` and ``supported`` are counts over all answers.
    """
    judged = [one for one in answers if one]
    statements = [statement for one in judged for statement in one]
    return {
        "precision": _mean([precision(one) for one in judged]),
        "recall": _mean([recall(one) for one in judged]),
        "answers": len(judged),
        "statements": len(statements),
        "supported": sum(statement.supported for statement in statements),
        "citations": sum(len(statement.precise) for statement in statements),
    }


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return round(float(np.mean(there)), 4) if there else None
