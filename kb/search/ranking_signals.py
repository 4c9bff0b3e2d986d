"""The best passages looked at again, now that their titles, headings, kinds and dates are at hand: heading match, authority, recency.

Channels see words and vectors; this step sees documents. What was added to a score is shown in ``Hit.channels``.

Of a heading it counts how much of it the question covers: one of which every word is asked for is what the asker means. Where that is true
by chance ("Japan") it counts in full only if it holds `TELLING` of what is asked. A title counts alike for every passage of its document.
Authority and recency decide between passages that answer equally well: with the default weights each moves one by at most a tenth of a
standard deviation of the dense score, never over a passage that answers clearly better. Then the list is spread over documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import regex
from sqlalchemy import Connection

from ingest.records import Kind
from kb.index import bm25, inverted_index
from kb.search import result_diversity
from kb.search.fusion import Fused, shares_script
from kb.search.rerank import NOT_READ, Reranked
from kb.settings import Settings
from kb.store.passages import Passage
from lang.languages import Language
from lang.words.search_tokens import analyse

TELLING = 0.4
"""Share of the question's idf from which a heading counts in full. Without it jsquad-ja loses 0.003 nDCG@10 to headings."""
_SENTENCE = regex.compile(r"[.।。！？!?…][\"'”’」』)）]*$")


def headings_of(title: str, path: Sequence[str]) -> tuple[str, ...]:
    """The headings above a passage and its document's title, unless that is a sentence: a paper without a title is called by its first."""
    return tuple(heading for heading in (() if _SENTENCE.search(title) else (title,)) + tuple(path) if heading)


def heading_words(heading: str, language: Language) -> frozenset[str]:
    """The search words of a heading."""
    return _words(heading, language)


def heading_match(asked: frozenset[str], lines: Sequence[frozenset[str]], idf: Callable[[str], float] | Mapping[str, float]) -> float:
    """From 0 to 1, of the best heading: the idf of its asked words as a share of that of all its words, times their say in the question."""
    weigh = idf if callable(idf) else idf.__getitem__
    enough = max(TELLING * sum(map(weigh, asked)), 1e-9)
    best = 0.0
    for line in lines:
        common = sum(map(weigh, line & asked))
        if common:
            best = max(best, common / max(sum(map(weigh, line)), 1e-9) * min(common / enough, 1.0))
    return best


@lru_cache(maxsize=20_000)
def _words(heading: str, language: Language) -> frozenset[str]:
    return frozenset(analyse(heading, language).words)


AUTHORITY: Mapping[Kind, float] = {"agreement": 1.0, "report": 0.6, "best_practice": 0.6, "other": 0.2, "news": 0.0}
"""A signed text speaks with more weight than an official report, and that with more than a newspaper."""
HALF_LIFE_YEARS = 5.0
_YEAR = 365.25


def authority(kind: Kind) -> float:
    """From 0 to 1: how weighty a document of this kind is."""
    return AUTHORITY[kind]


def recency(when: date | None, newest: date | None) -> float:
    """From 0 to 1: 1 for the newest passage found, half for one five years older; 0 without a date.

    Measured from the newest passage of the search, not from today, so that the same search gives the same list tomorrow.
    """
    if when is None or newest is None:
        return 0.0
    years = max((newest - when).days, 0) / _YEAR
    return float(0.5 ** (years / HALF_LIFE_YEARS))


BEHIND = 20.0
"""What a passage loses of whose page much was read wrong, in units of the score: it stands behind all that was read well."""
LOOKED_AT = 50
"""Passages at the top of the list that are looked at again."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What counts besides the text, in standard deviations of the dense score; 0 turns a preference off."""

    heading: float
    authority: float = 0.1
    recency: float = 0.1
    diversity: float = 0.1

    @classmethod
    def of(cls, settings: Settings) -> Preferences:
        """The preferences that the settings name."""
        return cls(settings.heading_weight, settings.authority_weight, settings.recency_weight, settings.diversity)


@dataclass(frozen=True, slots=True)
class Refined:
    """The list, what each of its first passages was given (``added[chunk][reason]``), and what came of reading them again."""

    ranked: tuple[Fused, ...]
    added: Mapping[int, Mapping[str, float]]
    reread: Reranked = NOT_READ


def refine(
    conn: Connection,
    question: str,
    language: Language,
    ranked: Sequence[Fused],
    shown: Mapping[int, Passage],
    preferences: Preferences,
    places: int,
    reread: Callable[[Sequence[Fused]], Reranked] | None = None,
    visible: Mapping[Language, inverted_index.Shown] = MappingProxyType({}),
) -> Refined:
    """``ranked`` in its final order: the first `LOOKED_AT` rescored, read again by ``reread``, the first ``places`` spread over documents.

    Args:
        conn: the snapshot of the search.
        question: its text.
        language: one that has the question's script.
        ranked: passages with their fused score, best first.
        shown: what is known of (at least the first `LOOKED_AT` of) them.
        preferences: the weights.
        places: how many hits are asked for.
        reread: what a reranker makes of the rescored list.
        visible: of each pool that the reader does not see whole, what they see.
    """
    near = [shown[fused.chunk] for fused in ranked[:LOOKED_AT] if fused.chunk in shown]
    matches = _headings(conn, question, language, near, visible) if preferences.heading > 0 else {}
    newest = max((passage.date for passage in near if passage.date is not None), default=None)
    added: dict[int, dict[str, float]] = {}
    for passage in near:
        reasons = {
            "heading": preferences.heading * matches.get(passage.chunk, 0.0),
            "authority": preferences.authority * authority(passage.kind),
            "recency": preferences.recency * recency(passage.date, newest),
            "badly_read": -BEHIND if passage.badly_read else 0.0,
        }
        added[passage.chunk] = {reason: points for reason, points in reasons.items() if points}
    rescored = [Fused(f.chunk, f.score + sum(added[f.chunk].values())) if added.get(f.chunk) else f for f in ranked]
    rescored.sort(key=lambda fused: (-fused.score, fused.chunk))
    owners = {passage.chunk: passage.document_id for passage in shown.values()}
    read = reread(rescored) if reread is not None else NOT_READ
    order = read.ranked if reread is not None else rescored
    return Refined(tuple(result_diversity.spread_documents(order, owners, preferences.diversity, places)), added, read)


def _headings(
    conn: Connection, question: str, language: Language, near: Sequence[Passage], visible: Mapping[Language, inverted_index.Shown]
) -> dict[int, float]:
    """How well the headings of each passage match, where question and passage share a script."""
    pools: dict[Language, dict[int, list[frozenset[str]]]] = defaultdict(dict)
    for passage in near:
        if shares_script(language, passage.language):
            lines = headings_of(passage.title, passage.path)
            pools[passage.language][passage.chunk] = [heading_words(line, passage.language) for line in lines]
    found: dict[int, float] = {}
    for pool, passages in pools.items():
        asked = frozenset(analyse(question, pool).words[: bm25.MOST_WORDS])
        matching = {chunk: [line for line in lines if line & asked] for chunk, lines in passages.items()}
        if not any(matching.values()):
            continue
        terms = sorted(asked.union(*(line for lines in matching.values() for line in lines)))
        held = inverted_index.holding(conn, pool, terms, visible.get(pool))
        size = max(inverted_index.statistics(conn, pool, visible.get(pool)).size, 1)
        idf = {term: bm25.idf(size, min(held[term], size)) if held.get(term) else 0.0 for term in terms}  # 0: no passage can tell
        found |= {chunk: heading_match(asked, lines, idf) for chunk, lines in matching.items() if lines}
    return found
