"""Which sentences of its quotes a statement follows: with these it is compared, fact by fact, not with all.

Within a language shared words tell. Across languages the model's middle states do: it is the sentence in which the statement's tokens have
their nearest ones, with those that come as near and those that hold what is left of it, for a translation can cut sentences otherwise.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
import regex

from kb.embed.embedder import FloatMatrix
from kb.records import Citation
from kb.verify.entailment import TokenEncoder, cosines_of, reach
from lang.languages import Language, detect
from lang.normalise import search_form
from lang.sentences import sentence_spans
from lang.words.search_tokens import content_words

OWN_WORDS = 0.66
"""Share of the statement's words that the sentence must hold."""
SAME_EXTENT = 0.75
"""Share of the sentence's words that the statement must hold for the two to say the same and nothing else."""
_UNIT = regex.compile(r"[\p{Latin}\p{Devanagari}\p{M}]+|\p{N}+|[\p{Han}\p{Katakana}ー]|\p{Hiragana}")


def closest(statement: str, sentences: Sequence[str]) -> str | None:
    """The sentence that holds most of the statement's words; None where the best holds less than `OWN_WORDS` of them."""
    said = _units(statement)
    if not said:
        return None
    best = max(sentences, key=lambda sentence: (_held(said, _units(sentence)), _held(_units(sentence), said)), default=None)
    return best if best is not None and _held(said, _units(best)) >= OWN_WORDS else None


def exchanged_words(statement: str, sentence: str, evidence: Sequence[str], language: Language) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Content words (stems) of a statement that no quote has, and those that it left out of the sentence it follows.

    A word put in or exchanged makes another claim of the same words: *the secretariat of the committee meets twice a year*.
    """
    said, shown = content_words(statement, language), content_words(sentence, language)
    anywhere = {word for text in evidence for word in content_words(text, language)}
    return tuple(w for w in said if w not in anywhere), tuple(w for w in shown if w not in set(said))


def says_the_same(statement: str, sentence: str) -> bool:
    """Whether two sentences share most words of each."""
    said, shown = _units(statement), _units(sentence)
    return _held(said, shown) >= OWN_WORDS and _held(shown, said) >= SAME_EXTENT


def _held(part: Counter[str], whole: Counter[str]) -> float:
    return (part & whole).total() / max(1, part.total())


@lru_cache(maxsize=4096)
def _units(text: str) -> Counter[str]:
    """Words, and of Japanese the pairs of neighbouring characters, which tell more than single ones."""
    units: list[str] = _UNIT.findall(search_form(text).text)
    japanese = [unit for unit in units if regex.fullmatch(r"[\p{Han}\p{Hiragana}\p{Katakana}ー]", unit)]
    return Counter([u for u in units if u not in set(japanese)] + [a + b for a, b in itertools.pairwise(japanese)])


AS_NEAR = 0.03
"""How much less than the nearest, as a mean cosine, a sentence may hold of the statement's tokens and still count as near."""
WHAT_IS_LEFT = 0.05
"""How much nearer, as a mean cosine, the statement's tokens must come by one sentence more for it to count too.

Of 70 sentences of XQuAD beside the passage of their translation 1.1 of 5 sentences are chosen. From .00 to .08 for either, the denials
noticed by `eval.tasks.mutations` differ by two of 149.
"""

How: TypeAlias = Literal["words", "meaning", "unknown"]
_Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Followed:
    """A sentence of a statement, the sentences of the quotes that it follows, and what tells; where nothing does, they are all."""

    part: str
    sentences: tuple[str, ...]
    how: How


class Follower:
    """Finds them. ``tokens`` are the states of the embedding model; without them, or of a model that tells no places, only words tell."""

    def __init__(self, tokens: TokenEncoder | None = None) -> None:
        self._tokens = tokens

    def __call__(self, statement: str, citations: Sequence[Citation]) -> tuple[Followed, ...]:
        """Of each sentence of a statement the sentences that it follows of the verified quotes.

        Across languages sentences of the statement that follow the same one are one part.
        """
        quotes = [c.quote for c in citations if c.status == "verified"]
        spans = [sentence_spans(c.quote, c.language) for c in citations if c.status == "verified"]
        sentences = [quote[start:end] for quote, its in zip(quotes, spans, strict=True) for start, end in its]
        across = bool(quotes) and reach(statement, quotes) != "same"
        found: list[Followed] = []
        joined: list[tuple[str, frozenset[int]]] = []
        for start, end in sentence_spans(statement, detect(statement)) or ((0, len(statement)),):
            part = statement[start:end]
            own = closest(part, sentences)
            if own is not None:
                found.append(Followed(part, (own,), "words"))
            elif across and (near := self._nearest(statement, (start, end), quotes, spans)):
                same = [one for one in joined if one[1] & near]
                joined = [one for one in joined if one not in same]
                joined.append((" ".join([*(text for text, _ in same), part]), near.union(*(places for _, places in same))))
            else:
                found.append(Followed(part, tuple(sentences), "unknown"))
        return (*found, *(Followed(part, tuple(sentences[at] for at in sorted(places)), "meaning") for part, places in joined))

    def _nearest(self, statement: str, part: _Span, quotes: Sequence[str], spans: Sequence[Sequence[_Span]]) -> frozenset[int]:
        """The places among all sentences of those that a part of a statement follows; none where the model does not tell."""
        if self._tokens is None:
            return frozenset()
        said, *shown = self._tokens([statement, *quotes])
        own = said.rows(*part)
        if not own:
            return frozenset()
        cosines = cosines_of(said, shown, across=True)[own]
        columns, before = [], 0
        for text, its in zip(shown, spans, strict=True):
            columns += [[before + at for at in text.rows(*span)] for span in its]
            before += len(text.telling)
        # What lies beyond the model's window has no tokens: it is never chosen, and never left out either.
        unread = [at for at, its in enumerate(columns) if not its]
        read = [at for at, its in enumerate(columns) if its]
        if not read:
            return frozenset()
        best = np.array([cosines[:, columns[at]].max(axis=1) for at in read])
        chosen = _chosen(best, said.telling[own] / said.telling[own].sum())
        return frozenset([*unread, *(read[at] for at in chosen)])


def _chosen(best: FloatMatrix, weights: FloatMatrix) -> list[int]:
    """Of sentences whose nearest tokens ``best`` holds, shape ``(sentences, tokens)``, the nearest, and those that add to it."""
    held = best @ weights
    chosen = [at for at, its in enumerate(held) if its >= held.max() - AS_NEAR]
    while len(chosen) < len(best):
        covered = best[chosen].max(axis=0)
        more = (np.maximum(best, covered) - covered) @ weights
        if more.max() < WHAT_IS_LEFT:
            break
        chosen.append(int(more.argmax()))
    return chosen
