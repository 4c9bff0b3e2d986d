"""The best passages looked at again, now that their titles, headings, kinds and dates are at hand.

Channels see words and vectors; this step sees documents. It adds to a passage's score what its heading (`kb.search.headings`)
and its document (`kb.search.prior`) say, then spreads the list over documents (`kb.search.diversity`). What was added is shown
in ``Hit.channels``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection

from kb.search import diversity, headings, prior
from kb.search.fuse import Fused, shares_script
from kb.search.rerank import NOT_READ, Reranked
from kb.settings import Settings
from kb.store import keywords, namekeys, postings
from kb.store.passages import Passage
from lang.codes import Language
from lang.lexical.analyse import analyse

BEHIND = 20.0
"""What a passage loses of whose page much was read wrong, in units of the score: it stands behind all that was read well."""
LOOKED_AT = 50
"""Passages at the top of the list that are looked at again."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What counts besides the text, in standard deviations of the dense score; 0 turns a preference off."""

    heading: float = headings.WEIGHT
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
    visible: Mapping[Language, postings.Shown] = MappingProxyType({}),
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
            "authority": preferences.authority * prior.authority(passage.kind),
            "recency": preferences.recency * prior.recency(passage.date, newest),
            "badly_read": -BEHIND if passage.badly_read else 0.0,
        }
        added[passage.chunk] = {reason: points for reason, points in reasons.items() if points}
    rescored = [Fused(f.chunk, f.score + sum(added[f.chunk].values())) if added.get(f.chunk) else f for f in ranked]
    rescored.sort(key=lambda fused: (-fused.score, fused.chunk))
    owners = {passage.chunk: passage.document_id for passage in shown.values()}
    read = reread(rescored) if reread is not None else NOT_READ
    order = read.ranked if reread is not None else rescored
    return Refined(tuple(diversity.spread(order, owners, preferences.diversity, places)), added, read)


def _headings(
    conn: Connection, question: str, language: Language, near: Sequence[Passage], visible: Mapping[Language, postings.Shown]
) -> dict[int, float]:
    """How well the headings of each passage match, where question and passage share a script."""
    pools: dict[Language, dict[int, list[frozenset[str]]]] = defaultdict(dict)
    for passage in near:
        if shares_script(language, passage.language):
            lines = headings.headings(passage.title, passage.path)
            pools[passage.language][passage.chunk] = [headings.words(line, passage.language) for line in lines]
    found: dict[int, float] = {}
    for pool, passages in pools.items():
        asked = frozenset(analyse(question, pool).words[: keywords.MOST_WORDS])
        matching = {chunk: [line for line in lines if line & asked] for chunk, lines in passages.items()}
        if not any(matching.values()):
            continue
        terms = sorted(asked.union(*(line for lines in matching.values() for line in lines)))
        held = postings.holding(conn, pool, terms, visible.get(pool))
        size = max(postings.statistics(conn, pool, visible.get(pool)).size, 1)
        idf = {term: namekeys.idf(size, min(held[term], size)) if held.get(term) else 0.0 for term in terms}  # 0: no passage can tell
        found |= {chunk: headings.match(asked, lines, idf) for chunk, lines in matching.items() if lines}
    return found
