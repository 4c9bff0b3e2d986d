"""For which clause of a paper something was set: found again where the paper is read anew, and never given to another clause.

It is placed only where one clause is surely the one meant; else it is told as set for a clause that is no longer found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

import regex

from kb.agreements.card_records import Duty, Obligation
from kb.user_records import Anchor, Kept
from lang.labels import read_item

OVERLAP: Final = 0.5
"""The share of both spans together that the same words of a version must have, where it is cut into clauses otherwise than before."""
CONTAINED: Final = 0.5
"""The share of the longer clause that the shorter one must be, where one stands whole in the other."""
ALIKE: Final = 0.9
"""How alike (`difflib`) the letters of two readings of a scanned clause must be, and by how much more than those of any other."""
AHEAD: Final = 0.02
_SHORTEST: Final = 12
"""Letters that a clause must have to be known by a part of it."""
_LETTERS = regex.compile(r"[^\p{L}\p{M}\p{Nd}]+")
_NUMBER = regex.compile(r"\p{Nd}+")


@dataclass(frozen=True, slots=True)
class Placed:
    """What was set, by the key of the obligation that it holds for, and what is set for clauses that are no longer found."""

    by_key: Mapping[str, Kept]
    lost: tuple[Kept, ...] = ()


def anchor_of(one: Obligation, among: Sequence[Obligation]) -> Anchor:
    """By what an obligation is found again, one of those that are read of a paper, before corrections."""
    alike = [other for other in among if letters(other.citation.quote) == letters(one.citation.quote)]
    cited = one.citation
    return Anchor(
        one.key, cited.quote, one.actor, one.force, cited.path, cited.version, cited.start, cited.end, alike.index(one) + 1, len(alike),
        cited.ocr is not None,
    )  # fmt: skip


def placed(kept: Sequence[Kept], owed: Sequence[Obligation], before: Callable[[int], Sequence[Duty] | None]) -> Placed:
    """Find the obligations for which something was set; of two settings for one, the later holds.

    Args:
        kept: what was set for the obligations of a document.
        owed: those of its version in force, as they are read now, before corrections.
        before: the duties that are read in an older version, with the words of each as its ``action``; None where it is not kept.
    """
    where = {one.id: found for one in kept if (found := _of_the_words(one.anchor, owed)) is not None}
    taken = {one.key for one in where.values()}
    for one in kept:
        if one.id not in where and (found := _of_the_scan(one.anchor, [o for o in owed if o.key not in taken], before)) is not None:
            where[one.id] = found
    by_key: dict[str, Kept] = {}
    for one in sorted(kept, key=lambda one: (one.handling.at, one.id)):
        if one.id in where:
            by_key[where[one.id].key] = one
    holding = {one.id for one in by_key.values()}
    return Placed(by_key, tuple(one for one in kept if one.id not in holding))


def letters(text: str) -> str:
    """Letters and digits of a clause alone, without its number, by which two readings of the same words are compared."""
    return _LETTERS.sub("", unicodedata.normalize("NFKC", _unnumbered(text))).casefold()


def _of_the_words(anchor: Anchor, owed: Sequence[Obligation]) -> Obligation | None:
    if owed and owed[0].citation.version == anchor.version:
        return _in_place(anchor, owed)
    said = letters(anchor.clause)
    same = [one for one in owed if letters(one.citation.quote) == said]
    if same:
        return _of_twins(anchor, same)
    return _only([one for one in owed if _is_cut_otherwise(anchor, said, one)])


def _in_place(anchor: Anchor, owed: Sequence[Obligation]) -> Obligation | None:
    """In the version for which it was set: by the place, which no reading changes."""
    same = [one for one in owed if (one.citation.start, one.citation.end) == (anchor.start, anchor.end)]
    if same:
        return _only(same) or _only([one for one in same if _alike_owed(anchor, one)])
    near = [one for one in owed if _shared(anchor, one) >= OVERLAP and one.force == anchor.force]
    return _only(near) or _only([one for one in near if _alike_owed(anchor, one)])


def _of_twins(anchor: Anchor, same: Sequence[Obligation]) -> Obligation | None:
    """Of clauses of the same words the one that was meant: the only one, that in the same turn, or that of the same party and place."""
    if len(same) == anchor.of and (len(same) == 1 or _alike_owed(anchor, same[anchor.nth - 1])):
        return same[anchor.nth - 1]
    theirs = [one for one in same if _alike_owed(anchor, one)]
    return _only([one for one in theirs if one.citation.path == anchor.path]) or (_only(theirs) if anchor.of == 1 else None)


def _is_cut_otherwise(anchor: Anchor, said: str, one: Obligation) -> bool:
    """Whether a clause is the same with more or fewer of the words around it, of the same party, force and figures."""
    now = letters(one.citation.quote)
    short, long = sorted((said, now), key=len)
    return (
        short in long
        and len(short) >= max(_SHORTEST, CONTAINED * len(long))
        and _alike_owed(anchor, one)
        and _figures(one.citation.quote) == _figures(anchor.clause)
    )


def _of_the_scan(anchor: Anchor, owed: Sequence[Obligation], before: Callable[[int], Sequence[Duty] | None]) -> Obligation | None:
    """The clause that is spelled almost alike, where one of the two was read by OCR, and no other clause then or now is nearly as like."""
    if not owed or owed[0].citation.version == anchor.version:
        return None
    said, figures = letters(anchor.clause), _figures(anchor.clause)
    shares = sorted(((_alike(said, letters(one.citation.quote)), at) for at, one in enumerate(owed)), reverse=True)
    share, at = shares[0]
    one = owed[at]
    others = before(anchor.version)
    if others is None or share < ALIKE or (len(shares) > 1 and share - shares[1][0] < AHEAD):
        return None
    if not (anchor.scanned or one.citation.ocr is not None) or one.force != anchor.force or _figures(one.citation.quote) != figures:
        return None
    now = letters(one.citation.quote)
    rivals = [_alike(letters(duty.action), now) for duty in others if duty.end <= anchor.start or anchor.end <= duty.start]
    return one if share - max(rivals, default=0.0) >= AHEAD else None


def duty_words(duties: Sequence[Duty], text: str) -> tuple[Duty, ...]:
    """Duties with the words of their clauses as their ``action``."""
    return tuple(replace(duty, action=text[duty.start : duty.end]) for duty in duties)


def _shared(anchor: Anchor, one: Obligation) -> float:
    start, end = max(anchor.start, one.citation.start), min(anchor.end, one.citation.end)
    both = max(anchor.end, one.citation.end) - min(anchor.start, one.citation.start)
    return max(end - start, 0) / both if both else 0.0


def _alike(one: str, other: str) -> float:
    if not one or not other or min(len(one), len(other)) < ALIKE * max(len(one), len(other)) / (2 - ALIKE):
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _figures(text: str) -> list[str]:
    return sorted(unicodedata.normalize("NFKC", number) for number in _NUMBER.findall(_unnumbered(text)))


def _unnumbered(text: str) -> str:
    item = read_item(text)
    return text[len(item.printed) :] if item is not None else text


def _alike_owed(anchor: Anchor, one: Obligation) -> bool:
    """Whether it is of the same party, with the same force."""
    return letters(one.actor) == letters(anchor.actor) and one.force == anchor.force


def _only(those: Sequence[Obligation]) -> Obligation | None:
    return those[0] if len(those) == 1 else None
