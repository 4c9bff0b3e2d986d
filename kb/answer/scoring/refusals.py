"""When to say no (abstention), and what to offer instead: the rule, the signs it weighs, and the kinds of refusal.

The weights of the rule lie in ``refusals.json`` (`calibrated`), which ``python -m eval calibrate`` fitted. Names in a question that the
found passages hold nowhere make an answer unsure: who asks for the mayor of Osaka is not answered with another mayor. A refusal is for
silence, an opinion in law, other languages only, or nothing for such papers; each comes with what serves the asker: the nearest passages,
or those in the other language.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np
import regex

from kb.answer.query_understanding.intent import out_of_scope
from kb.answer.scoring.sentence_ranking import Scored
from kb.ports import FloatVector, SentenceEmbedder
from kb.records import Filters, Hit, Refusal, SearchResult, Statement
from kb.verify.name_check import NameChecker
from lang.languages import Language
from lang.words.search_tokens import content_words, script
from prompts.phrases import phrase, spoken

LOOKED_IN = 20
"""Hits in which a name is looked for."""
SURE = 0.5
"""Probability of being a name from which a word counts as one."""


def unknown_names(question: str, hits: Sequence[Hit], embedder: SentenceEmbedder) -> tuple[str, ...]:
    """The names of a question that stand in none of the hits, their titles and headings, in whatever script or spelling."""
    texts = list(dict.fromkeys(text for hit in hits[:LOOKED_IN] for text in (hit.text, hit.document, *hit.path) if text))
    return NameChecker(embedder.tokens, embedder.name).strangers(question, texts, SURE) if texts else ()


LOOKED_AT = 12
"""Hits after these are taken for the background: what the documents hold that has little to do with the question."""
ENOUGH = 24
COVERED_IN = 8
"""The hits in which `covered` looks for the question's words."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Of one question and the sentences on one side: those in its own language, or those in others.

    Cosines are counted in twentieths from where the two kinds of questions part, so that weights are near 1. ``passage`` and
    ``sentence`` are the best recall of the question's tokens in a passage and in a sentence (see `token_alignment`), ``nowhere`` how
    well its loosest tokens stand anywhere in what was read, ``names`` the share of its names in the best sentence (0 in its own
    script), ``brief`` 1 / its content words. ``rise`` is how far the nearest passage's cosine lies above the mean of its language,
    ``stands_out`` above that of the background hits; ``few`` says that there are too few of these; both are 0 then.
    ``japanese`` says that one of question and best sentence is Japanese and the other is not: all such cosines are lower.
    """

    passage: float
    sentence: float
    nowhere: float
    names: float
    brief: float
    rise: float
    stands_out: float
    few: float
    japanese: float


def signals_of(
    question: str,
    query: FloatVector,
    ranked: Sequence[Scored],
    hits: Sequence[Hit],
    background: Mapping[Language, FloatVector],
) -> Signals:
    """The signals of one side.

    Args:
        question: as it was asked.
        query: its vector.
        ranked: sentences of one side, best first, at least one.
        hits: all hits of that side, best first.
        background: the mean vector of sentences in general, by language.
    """
    first = ranked[0].candidate
    language = first.hit.language
    far = [d for d in (h.channels.get("dense") for h in hits[LOOKED_AT:]) if d is not None]
    near = [d for d in (h.channels.get("dense") for h in hits[:LOOKED_AT]) if d is not None]
    nearest = max(near, default=max(s.dense for s in ranked))
    mean = float(query @ background[language]) if language in background else 0.77
    enough = len(far) >= ENOUGH
    return Signals(
        passage=20 * (max(s.aligned.passage for s in ranked) - 0.85),
        sentence=20 * (max(s.aligned.recall for s in ranked) - 0.85),
        nowhere=20 * (ranked[0].aligned.nowhere - 0.8),
        names=ranked[0].names,
        brief=1 / max(1, len(set(content_words(question, language)))),
        rise=20 * (nearest - mean) if enough else 0.0,
        stands_out=20 * (nearest - float(np.mean(far))) if enough else 0.0,
        few=float(not enough),
        japanese=float((script(question) == "japanese") != (script(first.text) == "japanese")),
    )


def covered(question: str, language: Language, hits: Sequence[Hit]) -> float:
    """The share of the question's content words that stand in the first hits, analysed in ``language``."""
    asked = set(content_words(question, language))
    there = {w for hit in hits[:COVERED_IN] for w in content_words(hit.text, language)}
    return len(asked & there) / len(asked) if asked else 0.0


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
    """The rules kept in ``refusals.json`` beside this module; ``docs/measurements/refusals.md`` says what they were fitted on."""
    stored = json.loads(resources.files("kb.answer.scoring").joinpath("refusals.json").read_text(encoding="utf-8"))
    return Calibration(
        model=stored["model"],
        rules={name: Rule(rule["weights"], rule["thresholds"]) for name, rule in stored["rules"].items()},
        background={language: np.array(mean, dtype=np.float32) for language, mean in stored["background"].items()},
    )


def no_legal_opinion(language: Language, hits: Sequence[Hit]) -> Refusal:
    """The refusal of a question for law or advice on which the papers say nothing, with the nearest passages."""
    return Refusal("legal_opinion", phrase("refusal.legal_opinion", language), tuple(hits[:NEAREST]))


def papers_silent(
    question: str,
    language: Language,
    hits: Sequence[Hit],
    filters: Filters,
    search: Callable[[Filters], SearchResult],
    speaks: Callable[[Sequence[Hit]], Sequence[Statement]],
    *,
    outside: bool = False,
) -> Refusal:
    """The refusal for a question on which the papers are silent.

    Where the asker limited the languages and papers in others speak, these are offered.

    Args:
        question: as it was asked.
        language: that of the question.
        hits: what was found.
        filters: the limits of the search.
        search: searches again under other limits.
        speaks: the statements that hits give.
        outside: whether the question is about something that no papers hold.
    """
    if outside or out_of_scope(question, language):
        return Refusal("out_of_scope", phrase("refusal.out_of_scope", language), tuple(hits[:NEAREST]))
    if filters.languages:
        wider = search(replace(filters, languages=())).hits
        cited = {c.document_id for s in speaks(wider) for c in s.citations}
        offered = [h for h in wider if h.document_id in cited and h.language not in filters.languages]
        if offered:
            names = dict.fromkeys(phrase(f"language.{h.language}", language) for h in offered)
            message = phrase("refusal.only_in_other_language", language, languages=phrase("refusal.and", spoken(language)).join(names))
            return Refusal("only_in_other_language", message, tuple(offered[:NEAREST]))
    return not_in_documents(language, hits)
