"""Questions about two things that no paper has together: the boards of two towns, the leases of a hall and of a canteen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final, TypeAlias

import regex

from kb.answer.scoring.score import ACROSS
from kb.answer.understand.matter import CJK
from kb.answer.understand.paper_linking import Text
from kb.answer.understand.paper_mentions import Named, without
from kb.ports import Ports
from kb.records import DocumentInfo, Filters, Hit

Known: TypeAlias = Mapping[str, frozenset[Text]]
FETCHED: Final = 60
NEAR, FAR = 3, 16
"""Among how many texts that speak most of the matter one of them must be, and the other."""
ALIKE: Final = 3
"""How many places it is worth that both are known by another word of the question."""
LIKE: Final = 200.0
"""How many places in that order a cosine of 1 between the two texts is worth."""
OPENING: Final = 300
"""Characters of a text by which one like it is looked for."""
SHORT: Final = 2
"""Letters and digits of a word that tells no paper: *2 or worse*."""
PAIRS: Final = 4
"""Pairs of words for which is searched."""
BETWEEN, BETWEEN_CJK = 50, 14
"""Characters between two words that are joined."""
_JOINING = regex.compile(
    r"\b(?:and|or|vs\.?|versus|than|against|compared (?:to|with))\b"
    r"|(?<![\p{L}\p{M}])(?:और|व|तथा|या|बनाम|के मुकाबले|की तुलना में|आणि|किंवा|विरुद्ध|च्या तुलनेत|पेक्षा|aur|ani|va)(?![\p{L}\p{M}])"
    r"|(?<=[\p{Han}\p{Katakana}])(?:と|や|か)(?=[\p{Han}\p{Katakana}\p{Hiragana}])|対",
    regex.I,
)


def joined_words(question: str, named: Named) -> list[tuple[str, str]]:
    """The pairs of words that tell papers and that the question joins."""
    return [pair for pair in combinations((word for word in named.known if len(word) > SHORT), 2) if _joined(*pair, question)]


def two_sides(
    question: str, named: Named, papers: Sequence[DocumentInfo], texts: Collection[Text], filters: Filters, ports: Ports
) -> tuple[DocumentInfo, ...]:
    """The papers of two texts, each known by another of two words that are joined, and both by the matter; () where it is of one thing.

    Of the texts that are known by a word and not by the other it is the one that speaks most of the rest of the question and is most like
    the other side. A text that is known by both words and speaks more of it answers alone.
    """
    of = {paper.id: paper for paper in papers}
    kind = frozenset(paper.id for paper in named.of_kind) if len(named.genres) == 1 and named.of_kind else frozenset(of)
    known = {word: held for word, ids in named.known.items() if (held := frozenset(text for text in texts if text & ids & kind))}
    joined = [pair for pair in joined_words(question, named) if known.keys() >= set(pair) and _apart(*pair, known)][:PAIRS]
    found = [one for pair in joined for one in _chosen(pair, known, without(question, pair), of, filters, ports)]
    best = max(found, default=None, key=lambda one: one[0])
    return tuple(paper for text in best[1] for paper in papers if paper.id in text) if best is not None else ()


def most_like(
    paper: DocumentInfo, papers: Sequence[DocumentInfo], texts: Collection[Text], filters: Filters, ports: Ports
) -> tuple[DocumentInfo, ...]:
    """The papers of the text that is most like a paper, of those of some ``papers``."""
    of = {one.id: one for one in (paper, *papers)}
    others = {text for text in texts if text & {one.id for one in papers} and paper.id not in text}
    like = _likeness(frozenset((paper.id,)), others, of, filters, ports) if len(others) > 1 else dict.fromkeys(others, 1.0)
    best = max(like, key=lambda text: like[text], default=frozenset[int]())
    return tuple(one for one in papers if one.id in best)


def _joined(one: str, other: str, question: str) -> bool:
    """Whether what stands between two words joins them."""
    (start, first), (end, second) = sorted((question.find(word), word) for word in (one, other))
    between = question[start + len(first) : end]
    if start < 0 or len(between) > (BETWEEN_CJK if CJK.search(question) else BETWEEN):
        return False
    return _JOINING.search(f"{first[-1]}{between}{second[0]}") is not None


def _apart(one: str, other: str, known: Known) -> bool:
    return bool(known[one] - known[other]) and bool(known[other] - known[one])


def _chosen(
    pair: tuple[str, str], known: Known, matter: str, papers: Mapping[int, DocumentInfo], filters: Filters, ports: Ports
) -> Iterator[tuple[float, tuple[Text, Text]]]:
    """Two texts that may be the sides, and how well they suit each other and the matter."""
    sides = [known[pair[0]] - known[pair[1]], known[pair[1]] - known[pair[0]]]
    of = {at: text for side in (*sides, known[pair[0]] & known[pair[1]]) for text in side for at in text}
    places = {text: at for at, text in enumerate(_texts(ports.search(matter, FETCHED, filters).hits, of))}
    both = min((places[text] for text in known[pair[0]] & known[pair[1]] if text in places), default=FAR)
    near = [{text for text in side if places.get(text, FAR) < FAR} for side in sides]
    if not all(near) or min(places[text] for side in near for text in side) >= min(NEAR, both):
        return
    for one in near[0]:
        for other, cosine in _likeness(one, near[1], papers, filters, ports).items():
            shared = sum(one in held and other in held for word, held in known.items() if word not in pair)
            if min(places[one], places[other]) < min(NEAR, both):
                yield LIKE * cosine + ALIKE * shared - places[one] - places[other], (one, other)


def _likeness(one: Text, others: Collection[Text], papers: Mapping[int, DocumentInfo], filters: Filters, ports: Ports) -> dict[Text, float]:
    """How near the nearest passage of each of some texts is to the opening of one, languages made even."""
    paper = papers[min(one)]
    limited = replace(filters, documents=tuple(at for text in others for at in text))
    found: dict[Text, float] = {}
    for hit in ports.search(opening_of(paper, ports), FETCHED, limited).hits:
        text = next(text for text in others if hit.document_id in text)
        cosine = (hit.channels.get("dense") or 0.0) + ACROSS * (hit.language != paper.language)
        found[text] = max(found.get(text, 0.0), cosine)
    return found


def opening_of(paper: DocumentInfo, ports: Ports) -> str:
    """The title and the first lines of a paper, by which one on the same is looked for."""
    return f"{paper.title}\n{ports.text(paper.id, paper.version)[:OPENING]}"


def _texts(hits: Sequence[Hit], of: Mapping[int, Text]) -> list[Text]:
    """The texts whose passages were found, best first; those of no side are told apart by their papers."""
    return list(dict.fromkeys(of.get(hit.document_id, frozenset((hit.document_id,))) for hit in hits))


__all__ = ["most_like", "opening_of", "two_sides"]
