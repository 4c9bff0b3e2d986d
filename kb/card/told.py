"""Duties by the lines that a model tells: what the readers of sentences found in these lines, and the lines in which they found nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from ingest.records import Block
from kb.card.deadlines import deadlines_in
from kb.card.obligations import operative
from kb.card.records import Duty, Force
from lang.labels import read_item
from lang.tokens import speaks_of

_FORBIDS = regex.compile(
    r"\b(?:shall|must|may|will|is|are)\s+not\b|\bno\s+\p{L}+\s+(?:shall|may)\b|नये|नयेत|(?:करणार|ठेवणार|देणार|राहणार)\s+नाही|नहीं\s+(?:कर|दे|रख|हो)"
    r"|(?:न करें|वर्जित|मनाई|निषिद्ध)|してはならない|しないものとする|禁ずる|禁止",
    regex.I,
)

_NOBODY = regex.compile(
    r"^[^\p{L}]*$|^\W*(?:n/?a|nil|none|tbd|tbc|undecided|open|not (?:yet )?(?:decided|fixed|assigned)|未定|協議中|調整中|なし"
    r"|अनिर्णीत|निश्चित (?:नाही|नहीं)|ठरलेले नाही|ठरायचे आहे|तय नहीं)\W*$",
    regex.I,
)
"""Who is responsible, in a table, where that is not settled."""
_GOES_ON = regex.compile(r";\s*(?:and|or|आणि|व|और|तथा|及び)?\s*$", regex.I)
"""How an item ends after which another follows."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that lays a duty on somebody, ``[start, end)`` of the text; ``who`` is "" where it names nobody."""

    who: str
    start: int
    end: int
    sure: bool = True


def with_told(
    read: Sequence[Duty], told: Sequence[Line], text: str, blocks: Sequence[Block], skip: Sequence[tuple[int, int]], *, agreed: bool
) -> tuple[Duty, ...]:
    """The duties of the lines that are told, in order.

    What the readers found is kept where the paper is ``agreed`` by its parties, where it names who, is a right (*may*) or a row of a
    table; in a told line it is as they read it. Nothing is told of the preamble, the signatures, what is to be ``skip``-ped, and the
    items of a list whose lead-in is itself a duty; nor anything of an agreement whose parties mostly *intend*: it lays down no more.
    """
    if agreed and sum(duty.force == "intends" for duty in read) > len(read) / 2:
        return tuple(read)
    rows = {block.start for block in blocks if block.role == "table_row"}
    kept = [duty for duty in read if agreed or duty.actor or duty.force == "may" or duty.start in rows]
    spoken = [(block.start, block.end) for block in operative(blocks)]
    skip = [*skip, *_items(read, text, blocks)]
    for line in told:
        said = text[line.start : line.end]
        inside_body = line.start in rows or any(start <= line.start < end for start, end in spoken)
        if not inside_body or speaks_of(said, "behalf", "sign") or (not line.sure and _GOES_ON.search(said)):
            continue
        inside = [duty for duty in read if duty.start < line.end and line.start < duty.end and duty.force != "may"]
        if inside:
            kept += [duty for duty in inside if duty not in kept]
        elif not any(start < line.end and line.start < end for start, end in [*skip, *((duty.start, duty.end) for duty in read)]):
            kept += _plain(line, text)
    sure = [(line.start, line.end) for line in told if line.sure]
    sure += [(duty.start, duty.end) for duty in read if agreed]
    return tuple(sorted((duty for duty in dict.fromkeys(kept) if _is_somebodys(duty, sure)), key=lambda duty: (duty.start, duty.end)))


def _is_somebodys(duty: Duty, sure: Sequence[tuple[int, int]]) -> bool:
    """Whether somebody owes it: it is named who, or by when, or it stands in what is surely a duty; in a table nobody may be named yet."""
    if duty.force == "may":
        return True
    if duty.actor:
        return _NOBODY.search(duty.actor) is None
    return duty.deadline is not None or any(start < duty.end and duty.start < end for start, end in sure)


def _items(read: Sequence[Duty], text: str, blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """The items of lists that a duty leads in."""
    leads = [duty for duty in read if text[duty.start : duty.end].rstrip().endswith((":", "："))]
    lead: Block | None = None
    going = False
    for block in blocks:
        listed = block.role == "list_item" or read_item(block.text) is not None or going or block.text.rstrip().endswith(";")
        if block.text.rstrip().endswith((":", "：")) and any(block.start < duty.end and duty.start < block.end for duty in leads):
            lead, going = block, False
        elif lead is not None and listed and (len(block.path) > len(lead.path) or lead.role == "paragraph"):
            yield block.start, block.end
            going = _GOES_ON.search(block.text) is not None
        else:
            lead, going = None, False


def _plain(line: Line, text: str) -> Iterator[Duty]:
    said = text[line.start : line.end]
    item = read_item(said)
    action = " ".join(said[len(item.printed) if item is not None else 0 :].split()).strip(" ,;:.。।")
    if action:
        force: Force = "must_not" if _FORBIDS.search(said) else "shall"
        yield Duty(line.who, action, force, line.start, line.end, next(deadlines_in(said, line.start), None))
