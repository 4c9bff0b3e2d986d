"""Who signed a paper: the parts of it in which people may sign, and the names, offices and sides that the tagger finds there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

from ingest.extract.fitted_models import Span, Tagger, stored_tagger
from ingest.extract.signature_block import SEAL, party_of, read_labelled, signers
from ingest.records import Block, Confidence, Found, Kind, Signatory
from lang.token_features import speaks_of

HEAD: Final = 12
TAIL: Final = 30
"""Blocks at the beginning and at the end of a paper in which who signed is looked for; before them, where a line speaks of signing."""
BEFORE, AFTER = 3, 14
_LONGEST = 4000
_LABEL = 120
"""Letters of a line that says that somebody signs."""
_LABELLED = regex.compile(r":\s(?=\S)")


def stretches(blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """The parts of a text in which people may sign: around lines that speak of signing, and the end; of a Japanese letter the beginning."""
    wanted = set(range(max(0, len(blocks) - TAIL), len(blocks)))
    if blocks[0].language == "ja":
        wanted |= set(range(min(HEAD, len(blocks))))
    for at, block in enumerate(blocks):
        if len(block.text) <= _LABEL and speaks_of(block.text, "behalf", "sign"):
            wanted |= set(range(max(0, at - BEFORE), min(len(blocks), at + AFTER)))
    runs: list[list[int]] = []
    for at in sorted(wanted):
        if runs and runs[-1][-1] == at - 1 and blocks[at].end - blocks[runs[-1][0]].start <= _LONGEST:
            runs[-1].append(at)
        else:
            runs.append([at])
    for run in runs:
        first = blocks[run[0]]
        yield max(first.start, blocks[run[-1]].end - _LONGEST), blocks[run[-1]].end


def as_cells(text: str, blocks: Sequence[Block], start: int, end: int) -> str:
    """A stretch, letter for letter, in which the cells of a row are parted that were joined as a label and what it labels."""
    parts = []
    at = start
    for block in blocks:
        if block.role == "table_row" and start <= block.start and block.end <= end:
            parts += [text[at : block.start], _LABELLED.sub("\n ", block.text)]
            at = block.end
    return "".join([*parts, text[at:end]])


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
    tagger = stored_tagger("signatures")
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
