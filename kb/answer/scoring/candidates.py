"""The sentences of the best passages, the ones worth embedding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex

from kb.ports import FloatVector
from kb.records import Hit
from kb.verify.prompt_injection import addressed_from
from lang.sentences import sentence_spans
from lang.words.search_tokens import script

_ENDS = regex.compile(r"[.!?。！？।॥…|]['\"”’」』）)\]]*$")
_OPENS = (
    r"(?:(?:However|Later|Then|Today|Now|Also|Thus|Therefore|Moreover|Furthermore|Instead|As a result|In addition|Since then)"
    r"|(?:In|On|By|Since|After|Before|During|Until) (?:[\p{N}\p{Lu}][^,]{0,20}))"
)
"""What may stand before the pronoun that begins a sentence: *In 1993, he …*"""
_REFERS_BACK = regex.compile(
    rf"{_OPENS},? (?:it|he|she|they)\b"
    r"|(?:[\p{L}\p{M}]+ )?(?:इसे|उसे|इन्हें|उन्हें)(?![\p{L}\p{M}])"
    r"|(?:It|This|These|They|He|She|His|Her|Its|Their|Such|That|Those|There|Here)\b"
    r"|(?:यह|ये|वह|वे|इस|इन|उस|उन|इसके|इसका|इसकी|इनके|उनके|उनका|उनकी|उसके|उसका|उन्होंने|उसने|इसने|इसमें|उसमें|इनमें|उनमें|ऐसे|ऐसा"
    r"|हे|हा|ही|या|ते|तो|ती|त्या|यात|त्यात|त्यांनी|यांनी|याचे|त्याचे)(?![\p{L}\p{M}])"
    r"|これ|それ|この|その|彼|同"
)
_REFERS_INSIDE = regex.compile(
    r"\b(?:these|those|such) \p{Ll}{3,}|\bthe (?:latter|former)\b|\b(?:all|each|most|none|some|both) of (?:this|these|those|them)\b"
    r"|\bthis (?!(?:memorand|agreement|article|annex|report|paper|section|chapter|clause|policy|act)\p{Ll}*\b)"
    r"(?!(?:is|was|has|had|can|could|would|will|may|might|must|shall|should|does|did|means|makes|made|led|year|month|week|day|time|way)\b)"
    r"\p{Ll}{3,}"
    r"|(?<![\p{L}\p{M}])(?:इन|उन|ऐसे|ऐसी|त्या|अशा) [\p{L}\p{M}]{3,}|これら|こうした|そうした|当該|前者|後者"
    r"|(?<![\p{L}\p{M}])इस (?!(?:समझौत|करार|ज्ञापन|अनुच्छेद|रिपोर्ट|अधिनियम|वर्ष|साल|दिन|समय|लिए|बात)"
    r"|(?:प्रकार|तरह)(?! क[ािीे](?![\p{L}\p{M}])))[\p{L}\p{M}]{3,}"
    r"|(?<=[、，])この(?!覚書|協定|規程|規則|条例|要綱|法律|計画|報告|年|日|時|場合|ため)[\p{Han}\p{Katakana}]"
)
_THIS_PAPER = regex.compile(
    r"(?:This|These|हा|या|यह|इस) (?:Memorand|Agreement|Article|Annex|Participants|Report|करार|कलम|अहवाल|ज्ञापन|समझौत|अनुच्छेद|रिपोर्ट)", regex.I
)
_TEXT = regex.compile(r"[\p{L}\p{N}]")
MOST_CONTEXT = 500
"""Characters to which a quote is widened where the sentence before speaks of "it" as well."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of a hit: ``text`` equals the document text at ``[start, end)``.

    ``passage`` is how far the hit's score lies above the mean of the hits, in standard deviations. ``fragment`` marks what is no
    sentence: a heading, a caption, a lone label.
    """

    hit: Hit
    start: int
    end: int
    text: str
    passage: float
    fragment: bool
    follows: bool
    """Whether the candidate before it in the list is the sentence before it in the passage."""
    context: int
    """Where a quote of it begins: where it speaks of "it" or "this" (see ``refers_back``) at what that refers to, else at ``start``."""
    heading: bool = False
    """Whether it is the title of its paper or stands in the headings above it: it says of what is spoken, not what is said."""
    signed: bool = False
    """Whether it reaches to the names below a signing line (see `kb.answer.scoring.signatories`)."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is looked at: ``passages`` hits, and about so many tokens of their sentences, for embedding is what takes the time."""

    passages: int = 8
    tokens: int = 320
    tokens_across: int = 600


def sentences_of(hits: Sequence[Hit]) -> list[Candidate]:
    """Every sentence of the hits, in order of rank, a span that two hits share only once; none that speaks to a program."""
    scores = [hit.score for hit in hits]
    mean = sum(scores) / len(scores) if scores else 0.0
    spread = (sum((s - mean) ** 2 for s in scores) / len(scores)) ** 0.5 if scores else 0.0
    seen: set[tuple[int, int, int]] = set()
    found: list[Candidate] = []
    for hit in hits:
        passage = (hit.score - mean) / spread if spread > 1e-9 else 0.0
        follows = False
        program = addressed_from(hit.text)
        for start, end in sentence_spans(hit.text, hit.language):
            if program is not None and end > program:
                break
            place = (hit.document_id, hit.start + start, hit.start + end)
            text = hit.text[start:end]
            if place in seen or not _TEXT.search(text):
                follows = False
                continue
            seen.add(place)
            joined = follows and not found[-1].fragment and "\n" not in hit.text[found[-1].end - hit.start : start]
            context = place[1]
            if joined and refers_back(text):
                earlier = found[-1]
                context = earlier.context if place[2] - earlier.context <= MOST_CONTEXT else earlier.start
            # A paper without a heading is called by its first sentence, which answers as well as another.
            label = is_fragment(text) or (not _ENDS.search(text) and (text == hit.document or text in hit.path))
            heading = label and not _ENDS.search(text) and _heads(text, hit)
            found.append(Candidate(hit, place[1], place[2], text, passage, label, follows, context, heading))
            follows = True
    return found


def _heads(text: str, hit: Hit) -> bool:
    """Whether a text is the title of a hit's paper, or begins or ends one of its headings ("Article 2", "Areas of Cooperation")."""
    said = " ".join(text.split())
    return said == " ".join(hit.document.split()) or any(
        joined.startswith(said) or joined.endswith(said) for joined in (" ".join(heading.split()) for heading in hit.path)
    )


def is_fragment(text: str) -> bool:
    """Whether a run of text is too short, or too little of a sentence, to answer by itself."""
    japanese = script(text) == "japanese"
    if _ENDS.search(text):
        return len(text) < (6 if japanese else 12)
    return len(text) < (20 if japanese else 60)


def refers_back(text: str) -> bool:
    """Whether a sentence has a word that means something only after the sentence before it ("It", "या", "इस", "その", "these devices").

    "This Memorandum" is the paper itself.
    """
    return (_REFERS_BACK.match(text) is not None and _THIS_PAPER.match(text) is None) or _REFERS_INSIDE.search(text) is not None


def preselect(candidates: Sequence[Candidate], lexical: FloatVector, budget: Budget, named: Sequence[int]) -> list[int]:
    """Positions of the candidates worth embedding, most promising first.

    Promise is the passage's score and the sentence's words (``lexical``, standardised, 0 across scripts). Where words say nothing,
    because the question is in another script, more sentences are embedded. ``named`` counts the terms of the question that each
    candidate names in its own script. Signatures that are asked for come first.
    """
    promise = [c.passage + float(x) + n - 2.0 * c.fragment + 9.0 * c.signed for c, x, n in zip(candidates, lexical, named, strict=True)]
    tokens = budget.tokens if np.any(lexical) else budget.tokens_across
    chosen: list[int] = []
    spent = 0.0
    for i in sorted(range(len(candidates)), key=lambda i: (-promise[i], candidates[i].hit.rank, i)):
        cost = len(candidates[i].text) / (1.6 if script(candidates[i].text) == "japanese" else 4.2)
        if chosen and spent + cost > tokens:
            break
        chosen.append(i)
        spent += cost
    return chosen
