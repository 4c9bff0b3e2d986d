"""What of a question a sentence holds: its words and how telling they are, its names, its glossary terms, its tokens by meaning.

Words count where the two share a script, names where they do not; a glossary term may stand there under another name. The tokens are late
interaction without a model of its own: each token of the question looks for its nearest token in a sentence, in the states of the embedding
model (MaxSim: Khattab and Zaharia 2020, *ColBERT*). Averaged with the weight of what each token says, that is the recall of BERTScore
(Zhang et al. 2020). It works within a language and across.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import regex

from kb.answer.scoring.candidates import Candidate
from kb.embed.embedder import TokenStates
from kb.index.bm25 import idf, worth
from kb.ports import FloatMatrix, FloatVector
from kb.records import ExpandedTerm
from lang.languages import Language, detect
from lang.normalise import search_form
from lang.words.names import name_keys, names
from lang.words.search_tokens import analyse, content_words, is_function_word, script, word_parts

K1, B = 1.2, 0.5
PARTS = 0.3
"""What a shared part of a word counts for beside a shared stem."""
CARRIED = 0.4
"""The share of a sentence's words that counts for the next one, which often speaks of the same thing by a pronoun."""


def lexical_scores(question: str, candidates: Sequence[Candidate]) -> FloatVector:
    """Standardised BM25 of each candidate, shape ``(n,)``, with a share of the sentence before it.

    BM25 (Robertson and Zaragoza, 2009) takes the candidates themselves as the collection. A candidate in another script than the
    question has no say: it gets 0, the mean.
    """
    written = script(question)
    same = [i for i, c in enumerate(candidates) if script(c.text) == written]
    scores = np.zeros(len(candidates), dtype=np.float32)
    scores[same] = standardise(
        np.array(words_shared(question, [(candidates[i].text, candidates[i].hit.language) for i in same]), dtype=np.float32)
    )
    carried = np.array([c.follows for c in candidates], dtype=np.float32)
    carried[1:] *= scores[:-1]
    return scores + CARRIED * carried


def standardise(values: FloatVector) -> FloatVector:
    """Mean 0, standard deviation 1; all 0 when the values do not differ."""
    spread = float(values.std()) if values.size else 0.0
    return np.asarray((values - values.mean()) / spread, dtype=np.float32) if spread > 1e-9 else np.zeros_like(values)


def words_shared(question: str, texts: Sequence[tuple[str, Language]]) -> list[float]:
    """BM25 of the question's words, and with less weight of their parts, in each text of its language; the texts are the collection."""
    whole = _bm25([(content_words(question, language), content_words(text, language)) for text, language in texts])
    parts = _bm25([(word_parts(question, language), word_parts(text, language)) for text, language in texts])
    return [w + PARTS * p for w, p in zip(whole, parts, strict=True)]


def _bm25(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[float]:
    counts = [Counter(text) for _, text in pairs]
    mean = sum(c.total() for c in counts) / max(len(counts), 1) or 1.0
    frequency = Counter(word for count in counts for word in count)
    scores = []
    for (asked, _), count in zip(pairs, counts, strict=True):
        norm = K1 * (1 - B + B * count.total() / mean)
        scores.append(
            sum(
                math.log(1 + (len(counts) - frequency[w] + 0.5) / (frequency[w] + 0.5)) * count[w] * (K1 + 1) / (count[w] + norm)
                for w in set(asked)
                if w in count
            )
        )
    return scores


BESIDE = 0.5
"""What a name counts that stands in the title or the headings of a sentence, or in the sentence before it."""


def name_scores(question: str, candidates: Sequence[Candidate]) -> FloatVector:
    """The share of the question's names in each candidate, from 0 to 1, shape ``(n,)``.

    A name weighs by its idf among the candidates of other scripts; one that none of them holds has no say. Candidates in the
    question's own script get 0: their words are compared as they are.
    """
    scores = np.zeros(len(candidates), dtype=np.float32)
    written = script(question)
    across = [i for i, c in enumerate(candidates) if script(c.text) != written]
    asked = names(question, candidates[across[0]].hit.language) if across else ()
    if not asked:
        return scores
    inside = {i: frozenset(name_keys(candidates[i].text, candidates[i].hit.language)) for i in across}
    beside = {i: _place(candidates[i]) | (inside.get(i - 1, frozenset()) if candidates[i].follows else frozenset()) for i in across}
    total = 0.0
    for name in asked:
        held = np.zeros(len(candidates), dtype=np.float32)
        for i in across:
            held[i] = max(_best(name.keys, inside[i]), BESIDE * _best(name.keys, beside[i]))
        weight = idf(len(across), int(np.count_nonzero(held)))
        total += weight * float(held.max())
        scores += np.float32(weight) * held
    return np.asarray(scores / total, dtype=np.float32) if total > 0 else scores


def _place(candidate: Candidate) -> frozenset[str]:
    """The names in the title of a sentence's document and in its headings."""
    return frozenset(name_keys(" ".join((candidate.hit.document, *candidate.hit.path)), candidate.hit.language))


def _best(keys: Sequence[str], there: frozenset[str]) -> float:
    return max((worth(key) for key in keys if key in there), default=0.0)


LEAST_STEM = 3
"""Characters of a surface that must stand in the question where its inflected form does not."""


def bridged(question: str, sentence: str, language: Language, terms: Sequence[ExpandedTerm]) -> tuple[tuple[int, int], ...]:
    """The spans of the question whose term the sentence names otherwise.

    In one script only a second name in the question's own language counts: the word itself, and that of a sister language, are compared
    as they stand.
    """
    if not terms:
        return ()
    beside = script(question) == script(sentence)
    return tuple(
        span
        for term in terms
        if (span := _span(question, term.surface)) is not None
        and not (beside and (term.surface not in term.names.get(language, ()) or _names(sentence, term.surface, language)))
        and any(_names(sentence, name, language) for name in term.names.get(language, ()))
    )


def _names(sentence: str, name: str, language: Language) -> bool:
    if language == "ja":
        return search_form(name).text in search_form(sentence).text
    wanted = _words(name, language)
    words = _words(sentence, language)
    return bool(wanted) and any(words[i : i + len(wanted)] == wanted for i in range(len(words) - len(wanted) + 1))


@lru_cache(maxsize=4096)
def _words(text: str, language: Language) -> tuple[str, ...]:
    return tuple(analyse(text, language).words)


def _span(question: str, surface: str) -> tuple[int, int] | None:
    form, wanted = search_form(question), search_form(surface).text
    for size in range(len(wanted), min(LEAST_STEM, len(wanted)) - 1, -1):
        at = form.text.find(wanted[:size])
        if at >= 0:
            return form.span(at, at + size)
        if size <= max(LEAST_STEM, len(wanted) - 4):
            break
    return None


CARRIED_TOKENS = 0.6
"""How much of what the sentence before says better counts for a sentence, which often speaks of the same thing by a pronoun."""
BRIDGED = 0.93
"""The cosine of a question's token with a term of the glossary that names the same thing in another script."""
LIKE_LAST = (0.45, 0.6)
"""What brings cosines of middle states to the mean and spread of those of last states, across scripts (150 sentences of SIB-200)."""
LOOSEST = 5
"""One in so many of the question's telling tokens is looked at by `Aligned.loosest` and `Aligned.nowhere`: those that fit worst."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_TELLS = regex.compile(r"[\p{L}\p{N}]")
_JAPANESE_FUNCTION = regex.compile(r"\p{Hiragana}{1,5}|(?:何|誰)\p{Hiragana}*")
_JAPANESE = regex.compile(r"[\p{Hiragana}\p{Katakana}]")


@dataclass(frozen=True, slots=True)
class Aligned:
    """How a question fits one sentence; cosines from about 0.7 (unrelated) to 1.

    ``recall`` is the weighted mean of its tokens' nearest cosines, ``passage`` that in all looked-at sentences of the passage together,
    ``nowhere`` the mean of the tokens that fit worst in all that were looked at: by the model's last states, which tell whether two texts
    speak of the same. ``carried`` is the recall with a share of the sentence before, ``loosest`` the mean of the tokens that fit worst,
    ``around`` the recall in the passage: for a sentence in another script by the middle states, which tell where a word stands.
    """

    recall: float = 0.0
    carried: float = 0.0
    loosest: float = 0.0
    passage: float = 0.0
    around: float = 0.0
    nowhere: float = 0.0


UNALIGNED = Aligned()
"""Of a sentence whose tokens were not looked at."""


def align(
    question: str,
    asked: TokenStates,
    candidates: Sequence[Candidate],
    states: Sequence[TokenStates],
    bridges: Sequence[Sequence[tuple[int, int]]] = (),
) -> list[Aligned]:
    """How the question fits each candidate, in their order.

    Args:
        question: as it was asked.
        asked: its tokens.
        candidates: n sentences in the order of their passages.
        states: the tokens of each.
        bridges: the spans of the question whose term each candidate names in its own script (see `glossary_overlap`): they stand
            there, whatever the states say.
    """
    weights = weights_of(question, asked)
    if not len(weights) or not candidates:
        return [UNALIGNED for _ in candidates]
    last = np.array([_nearest(asked.states, each.states) for each in states], dtype=np.float32)
    nearest = last.copy()
    for i, (candidate, each) in enumerate(zip(candidates, states, strict=True)):
        if asked.middle is not None and each.middle is not None and script(candidate.text) != script(question):
            nearest[i] = LIKE_LAST[0] + LIKE_LAST[1] * _nearest(asked.middle, each.middle)
    for i, spans in enumerate(bridges):
        for start, end in spans:
            there = asked.rows(start, end)
            last[i, there] = np.maximum(last[i, there], BRIDGED)
            nearest[i, there] = np.maximum(nearest[i, there], BRIDGED)
    carried = nearest.copy()
    for i in range(1, len(candidates)):
        if _follows(candidates[i - 1], candidates[i]):
            carried[i] = np.maximum(nearest[i], nearest[i] + CARRIED_TOKENS * (nearest[i - 1] - nearest[i]))
    telling = np.flatnonzero(weights > 0)
    few = max(1, len(telling) // LOOSEST)
    loosest = np.sort(carried[:, telling], axis=1)[:, :few].mean(axis=1)
    passage, around = (_in_passages(candidates, cosines, weights) for cosines in (last, nearest))
    nowhere = float(np.sort(last.max(axis=0)[telling])[:few].mean())
    return [
        Aligned(
            recall=float(last[i] @ weights),
            carried=float(carried[i] @ weights),
            loosest=float(loosest[i]),
            passage=passage[candidate.hit.chunk],
            around=around[candidate.hit.chunk],
            nowhere=nowhere,
        )
        for i, candidate in enumerate(candidates)
    ]


def _in_passages(candidates: Sequence[Candidate], cosines: FloatMatrix, weights: FloatVector) -> dict[int, float]:
    """The recall in each passage, by the number of its chunk."""
    rows: dict[int, list[int]] = {}
    for i, candidate in enumerate(candidates):
        rows.setdefault(candidate.hit.chunk, []).append(i)
    return {chunk: float(cosines[of_chunk].max(axis=0) @ weights) for chunk, of_chunk in rows.items()}


def weights_of(question: str, asked: TokenStates) -> FloatVector:
    """What each token of the question counts for, summing to 1: its rarity; nothing for function words and punctuation."""
    telling = np.asarray(asked.telling, dtype=np.float32)
    kept = telling.copy()
    silent = _silent(question)
    for i, (start, end) in enumerate(asked.spans):
        piece = question[start:end].strip()
        japanese = _JAPANESE.search(question) is not None and _JAPANESE_FUNCTION.fullmatch(piece) is not None
        if japanese or not _TELLS.search(piece) or any(start < last and first < end for first, last in silent):
            kept[i] = 0.0
    weights = kept if float(kept.sum()) > 0 else telling
    return np.asarray(weights / max(float(weights.sum()), 1e-9), dtype=np.float32)


def _silent(question: str) -> list[tuple[int, int]]:
    """The spans of the function words of a question that separates its words by spaces."""
    language = detect(question[:2000])
    return [] if language == "ja" else [m.span() for m in _WORD.finditer(question) if is_function_word(m[0].casefold(), language)]


def _nearest(asked: FloatMatrix, said: FloatMatrix) -> FloatVector:
    return np.asarray((asked @ said.T).max(axis=1), dtype=np.float32) if len(said) else np.zeros(len(asked), dtype=np.float32)


def _follows(first: Candidate, second: Candidate) -> bool:
    """Whether the second is the next sentence of the same passage; what lies between is white space."""
    return second.follows and first.hit.chunk == second.hit.chunk and first.end <= second.start <= first.end + 4
