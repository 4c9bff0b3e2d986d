"""Which of the names in an agreement are its parties: boosted trees over what is seen of each, and the likeliest that do not overlap.

The trees lie in ``model.json``, which ``python -m eval parties --write`` fitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ingest.found import Found
from ingest.records import Block
from ingest.understand.opening import stretch_of
from ingest.understand.parties.features import features
from ingest.understand.parties.names import BEGINNING, FORMULA, OPENING, PUBLISHER, SIGNED, Name, Told, names, overlap
from ingest.understand.signatures.stretches import TAIL, as_cells, stretches
from ingest.understand.tagger import Tagger, stored
from ingest.understand.trees import stored as stored_trees
from lang.codes import Language
from lang.normalise import bare

FIRST: Final = 0.25
SECOND: Final = 0.1
THIRD: Final = 0.7
BESIDE: Final = 0.5
AS_LIKELY: Final = 0.4
"""How likely the likeliest name has to be; the next, as an agreement has two; any other; and one that no formula gives where one
gives some. The spelling of a formula has this share of the chance of the likeliest."""
SURE: Final = 0.85
"""How likely a party is that is told as sure; so is one that a formula names in just these words."""
OPEN, END = 3.0, 0.5
"""What is taken off the score of words that are in no name, at the beginning and at the end."""
_SIGNED_FROM = 0.6
"""The part of a paper from its beginning within which nobody signs, whatever few blocks it has."""


def likely_parties(
    text: str, blocks: Sequence[Block], margins: Sequence[str], title: str, language: Language, formal: Sequence[Found[str]]
) -> tuple[Found[str], ...]:
    """The parties of an agreement, in order; empty where nothing is likely enough.

    Args:
        text: of the paper.
        blocks: of it.
        margins: running heads and feet, which stand above the beginning for the tagger.
        title: of the paper.
        language: of the paper.
        formal: the parties that a formula of openings gives.
    """
    model, opening, ending = stored_trees("parties"), stored("openings"), stored("signatures")
    if model is None or opening is None or ending is None or not blocks:
        return ()
    seen = seen_names(text, blocks, margins, title, language, formal, opening, ending)
    scored = [(model.chance(features), name) for name, features in seen]
    return tuple(
        Found(" ".join(name.text.split()), name.text, name.start, name.end, "sure" if chance >= SURE or FORMULA in name.told else "likely")
        for chance, name in chosen(scored)
    )


def seen_names(
    text: str,
    blocks: Sequence[Block],
    margins: Sequence[str],
    title: str,
    language: Language,
    formal: Sequence[Found[str]],
    opening: Tagger,
    ending: Tagger | None,
) -> Iterator[tuple[Name, dict[str, float]]]:
    """The names that may be parties, each with what the model sees of it; without the tagger ``ending`` the text is a beginning only."""
    signed = max(blocks[-min(TAIL, len(blocks))].start, int(len(text) * _SIGNED_FROM)) if ending is not None else len(text)
    told = [
        *(Told(FORMULA, one.start, one.end) for one in formal if one.start is not None and one.end is not None),
        *_opened(text, blocks, margins, opening),
        *(_signed(text, blocks, ending) if ending is not None else ()),
    ]
    found = names(text, told, signed)
    for name in found.values():
        yield name, features(text, name, found, title, language, signed)


def _opened(text: str, blocks: Sequence[Block], margins: Sequence[str], tagger: Tagger) -> Iterator[Told]:
    off = blocks[0].start - sum(len(line) + 1 for line in margins)
    for span in tagger.spans(stretch_of(text, blocks, margins), OPEN):
        if span.label in (OPENING, PUBLISHER) and span.start + off >= 0:
            yield Told(span.label, span.start + off, span.end + off, span.chance)


def _signed(text: str, blocks: Sequence[Block], tagger: Tagger) -> Iterator[Told]:
    for start, end in stretches(blocks):
        for span in tagger.spans(as_cells(text, blocks, start, end), END):
            if span.label == "party":
                yield Told(SIGNED, start + span.start, start + span.end, span.chance)


def chosen(scored: Sequence[tuple[float, Name]]) -> list[tuple[float, Name]]:
    """The parties with their chances: of names that overlap the one that a formula gives or the likeliest, with the chances of all."""
    rest = sorted(scored, key=lambda one: -one[0])
    groups = []
    while rest:
        best = bare(rest[0][1].text)
        same: list[tuple[float, Name]] = []
        others: list[tuple[float, Name]] = []
        for one in rest:
            (same if overlap(bare(one[1].text), best) else others).append(one)
        given = (name for chance, name in same if chance >= rest[0][0] * AS_LIKELY and {FORMULA, FORMULA + BEGINNING} & name.told.keys())
        spelt = next(given, rest[0][1])
        groups.append((min(1.0, sum(chance for chance, _ in same)), spelt))
        rest = others
    groups.sort(key=lambda one: -one[0])
    formal = any(FORMULA in name.told for _, name in groups)
    kept: list[tuple[float, Name]] = []
    for chance, name in groups:
        least = (FIRST, SECOND, THIRD)[min(len(kept), 2)]
        if chance >= (max(least, BESIDE) if formal and FORMULA not in name.told else least):
            kept.append((chance, name))
    return sorted(kept, key=lambda one: one[1].start)
