"""Who signed a paper: the names, offices and sides of its signature block, as the tagger finds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

from ingest.found import Confidence, Found, Signatory
from ingest.records import Block, Kind
from ingest.understand.signatures.labelled import read_labelled
from ingest.understand.signatures.pairing import SEAL, party_of, signers
from ingest.understand.signatures.stretches import as_cells, stretches
from ingest.understand.tagger import Span, Tagger, stored
from lang.tokens import speaks_of

LEAN: Final = 0.5
LEAST: Final = 0.5
SURE: Final = 0.85
"""What is taken off the score of words that are in no name, and how likely a name is that is told as sure."""
_AROUND = 200
"""Letters on both sides of a name without an office in which something says that it is signed."""
_A_NAME = regex.compile(r"(?!.*\p{Nd})[(（]?\p{L}[\p{L}\p{M}\p{Join_Control}.'’‘()（）・ー&\s-]{1,60}")
_MOST_WORDS = 8
_TWO_PARTS = regex.compile(r"[\p{Han}\p{Hiragana}々]{1,4}[ \u3000][\p{Han}\p{Hiragana}\p{Katakana}々]{1,5}")
"""A Japanese name; a family's may end in the word for a village."""
_ATTESTS = regex.compile(r"\b(?:attest|approved as to)\b", regex.I)
_CELLS = regex.compile(r"\t| · ")
_LEAST_CELLS = 3
_EDGES = " ,;:：、()（）"
_PARTICLE = regex.compile(r"(?<=[\p{Han}\p{Katakana}])(?:の|を|は|が|において|に|で|と)(?=[\p{Han}\p{Katakana}]|$)")
_SPACED = regex.compile(r"(?<=[\p{Han}\p{Hiragana}\p{Katakana}])\s+(?=[\p{Han}\p{Hiragana}\p{Katakana}](?:\s|$))")


def find_signatories(text: str, blocks: Sequence[Block], parties: Sequence[str], kind: Kind) -> tuple[Found[Signatory], ...]:
    """The people who signed, in order, each with the office and the party that stand with the name; empty where nobody is told.

    Nobody signs news or a report on what others did. Of an agreement whose lines say for whom each name stands, those names are told,
    where the tagger tells the same ones or none.
    """
    if kind in ("news", "best_practice") or not blocks:
        return ()
    tagger = stored("signatures")
    told: list[Found[Signatory]] = []
    if tagger is not None:
        read = [one for start, end in stretches(blocks) for one in _read(tagger, as_cells(text, blocks, start, end), start, parties)]
        listed = [(block.start, block.end) for block in blocks if block.role == "table_row" and _lists(block.text)]
        bodies = [party for party in parties if speaks_of(party, "body")]
        told = [
            one
            for one in read
            if not any(start <= (one.start or 0) < end for start, end in listed) and not any(one.value.name in body for body in bodies)
        ]
    once = _once(sorted(told, key=lambda one: one.start or 0))
    labelled = read_labelled(text, blocks, parties) if kind == "agreement" else ()
    return labelled if len(labelled) >= len(once) and (not once or all(_among(one, once) for one in labelled)) else once


def _among(one: Found[Signatory], told: Sequence[Found[Signatory]]) -> bool:
    start, end = one.start or 0, one.end or 0
    return any((other.start or 0) < end and start < (other.end or 0) for other in told)


def _once(found: Sequence[Found[Signatory]]) -> tuple[Found[Signatory], ...]:
    """Each person once, where the name stands last with an office: below the clauses that speak of them."""
    kept: list[Found[Signatory]] = []
    for one in found:
        same = [other for other in kept if other.value.name in one.value.name or one.value.name in other.value.name]
        if any(other.value.office and not one.value.office for other in same):
            continue
        kept = [other for other in kept if other not in same] + [one]
    return tuple(kept)


def _lists(row: str) -> bool:
    """Whether a row is one of a table of things to be done or of people, not of two or three columns in which people sign."""
    return len(_CELLS.split(row)) >= _LEAST_CELLS and any(map(str.isdigit, row))


def _read(tagger: Tagger, stretch: str, start: int, parties: Sequence[str]) -> Iterator[Found[Signatory]]:
    for signer in signers(tagger.spans(stretch, LEAN)):
        if signer.name.chance < LEAST:
            continue
        name = _cut(stretch, signer.name)
        office = _cut(stretch, signer.office) if signer.office is not None else None
        around = stretch[max(0, signer.name.start - _AROUND) : signer.name.end + _AROUND]
        held = signer.office is not None and signer.office.chance >= SURE
        signs = held or speaks_of(office or "", "office", "role") or speaks_of(around, "behalf", "sign", "field", "role")
        line = stretch[stretch.rfind("\n", 0, signer.name.start) + 1 : signer.name.start]
        if not signs or not _could_be(name) or speaks_of(line, "witness") or _ATTESTS.search(line):
            continue
        side = _cut(stretch, signer.party) if signer.party is not None else None
        value = Signatory(_SPACED.sub("", SEAL.sub("", name)), office, (party_of(side, parties) or side) if side else None)
        first, last = start + signer.name.start, start + signer.name.end
        confidence: Confidence = "sure" if signer.name.chance >= SURE else "likely"
        yield Found(value, stretch[signer.name.start : signer.name.end], first, last, confidence)


def _could_be(name: str) -> bool:
    """Whether words can be the name of a person: letters, of two parts or in kanji, and no body or sentence."""
    words = name.split()
    whole = len(words) > 1 or regex.search(r"[\p{Han}\p{Katakana}・]", name) is not None
    return (
        whole and _A_NAME.fullmatch(name) is not None and len(words) <= _MOST_WORDS and not name.islower()
        and _PARTICLE.search(name) is None and (_TWO_PARTS.fullmatch(name) is not None or not speaks_of(name, "body"))
    )  # fmt: skip


def _cut(stretch: str, span: Span) -> str:
    return " ".join(stretch[span.start : span.end].split()).strip(_EDGES)
