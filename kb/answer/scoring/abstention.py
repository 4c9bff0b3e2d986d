"""When to say no, and what to offer instead."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import regex

from kb.answer.scoring.score import Scored
from kb.answer.scoring.signals import LOOKED_AT, Signals, covered, signals_of
from kb.ports import FloatVector
from kb.records import Hit, Refusal
from lang.codes import Language
from lang.lexical.content_words import script
from prompts.phrases import phrase

NEAREST = 3
SLACK = 2.5
"""How far below its threshold one lone passage may still speak; none at twelve. Where there is little to compare with, a wrong
refusal is likelier than a wrong answer: a single newspaper article has three passages, and all are near to a question about it."""

_WORD = regex.compile(r"[\p{L}\p{N}]")


def bad_question(question: str, language: Language, limit: int) -> Refusal | None:
    """A refusal for a question that cannot be searched for: empty, without a letter or digit, or longer than ``limit``; else None."""
    if not question.strip():
        return Refusal("bad_question", phrase("refusal.bad_question.empty", language))
    if not _WORD.search(question):
        return Refusal("bad_question", phrase("refusal.bad_question.no_words", language))
    if len(question) > limit:
        return Refusal("bad_question", phrase("refusal.bad_question.too_long", language, length=len(question), limit=limit))
    return None


def empty_knowledge_base(language: Language) -> Refusal:
    """The refusal for a knowledge base without documents."""
    return Refusal("empty_knowledge_base", phrase("refusal.empty_knowledge_base", language))


def not_in_documents(language: Language, hits: Sequence[Hit]) -> Refusal:
    """The refusal for a question on which the documents are silent, with the nearest hits."""
    key = "refusal.not_in_documents" if hits else "refusal.nothing_found"
    return Refusal("not_in_documents", phrase(key, language), tuple(hits[:NEAREST]))


def margin(
    question: str,
    language: Language,
    query: FloatVector,
    model: str,
    ranked: Sequence[Scored],
    hits: Sequence[Hit],
    *,
    across: bool,
    fetched: int,
) -> float:
    """How clearly the documents of one side speak to the question: from 0 on they do, below they are silent.

    Documents in the question's language are one side, all others the other (``across``): what tells an answer from a near miss differs.

    Args:
        question: as it was asked.
        language: that of the question.
        query: its vector.
        model: the embedder's name; the rule is calibrated for one model.
        ranked: sentences of the side, best first.
        hits: all hits of the side that were fetched, best first.
        across: whether the side is in other languages than the question.
        fetched: how many hits there are on both sides.
    """
    if not ranked:
        return -math.inf
    calibration = calibrated()
    if not model.startswith(calibration.model):
        # Cosines of another model mean something else; shared words mean the same.
        return 1.0 if across or covered(question, ranked[0].candidate.hit.language, hits) >= 1 / 3 else -1.0
    slack = SLACK * max(0.0, 1 - fetched / LOOKED_AT)
    signals = signals_of(question, query, ranked, hits, calibration.background)
    return calibration.rules[rule_for(question, ranked, across=across)].margin(signals, language) + slack


def rule_for(question: str, ranked: Sequence[Scored], *, across: bool) -> str:
    """Which rule weighs a side: ``across``, or ``same`` where the best sentence is in the question's script.

    Marathi and Hindi share words as well as script, and the cosines between them are like those within a language.
    """
    return "across" if across and script(ranked[0].candidate.text) != script(question) else "same"


@dataclass(frozen=True, slots=True)
class Rule:
    """Speaks when the weighted sum of the signals reaches the threshold of the question's language."""

    weights: Mapping[str, float]
    thresholds: Mapping[str, float]

    def margin(self, signals: Signals, language: Language) -> float:
        """How far the sum lies above the threshold."""
        total = sum(weight * float(getattr(signals, name)) for name, weight in self.weights.items())
        return total - self.thresholds.get(language, min(self.thresholds.values()))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The rules for one embedding model, and the mean sentence vector of each language under it."""

    model: str
    rules: Mapping[str, Rule]
    background: Mapping[Language, FloatVector]


@cache
def calibrated() -> Calibration:
    """The rules kept in ``abstention.json`` beside this module; ``docs/answers.md`` says what they were fitted on."""
    stored = json.loads(resources.files("kb.answer.scoring").joinpath("abstention.json").read_text(encoding="utf-8"))
    return Calibration(
        model=stored["model"],
        rules={name: Rule(rule["weights"], rule["thresholds"]) for name, rule in stored["rules"].items()},
        background={language: np.array(mean, dtype=np.float32) for language, mean in stored["background"].items()},
    )
