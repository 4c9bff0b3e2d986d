"""The names in a paper that may be those of its parties, each with who told it: the taggers, a formula, or a word for a body in it.

Of a longer stretch (*Town Council, of the Guildhall, High Street*) each beginning that ends at a comma or a bracket is a name too; which
of them is the party is for the model to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import regex

from ingest.understand.opening import CHARS
from lang.normalise import bare
from lang.tokens import speaks_of

OPENING, PUBLISHER, SIGNED, FORMULA, BODY = "party", "publisher", "signed", "formula", "body"
"""Who tells a name: the tagger of beginnings (as a party, as the publisher), that of ends, a formula of openings, a word for a body."""
LEAST: Final = 0.05
"""How likely a name of a tagger has to be."""
WHOLE, BEGINNING, PART = "", "^", "~"
"""Whether a name is all of the stretch that told it, its beginning, or another part."""
LONGEST: Final = 140
MOST: Final = 300
"""Letters of a name, and names that are looked at: those that come first of the ones that are told first."""
_LONGEST_LINE = 900
_SEGMENT = range(4, 90)
_MOST_WORDS = 12
_SHORTEST = 3
_FEW = 4
_HONORIFIC = r"(?=(?:श्री|श्रीमती|सौ|डॉ|प्रा|प्रो|ॲड|सुश्री|Mr|Mrs|Ms|Dr|Prof)\b\.?\s)"
_LEAD = regex.compile(
    r"(?:(?:the|and|between)\s|と(?=\p{Han}|\p{Katakana})|(?:आणि|व|और|तथा|एवं)\s|[(（]?(?:\p{N}{1,2}|[a-zअ-ह]|[ivx]{1,3})[.)）]\s?"
    r"|(?:委託者|受託者|発注者|受注者|貸主|借主|賃貸人|賃借人|売主|買主|[甲乙丙丁])[\s:：]+|\p{P}|\s)+",
    regex.I,
)
_TRAIL = regex.compile(r"[\s,;:.、。(（\"“”'‘’]+$")
_PARTICLE = regex.compile(r"(?<=[\p{Han}\p{Katakana}ー])[はがとのを]$")
_LABEL = regex.compile(r"[:：]\s*")
_CUT = regex.compile(rf"\s*[,，、;(（“\"「\n\t:：]\s*|\s[·|]\s|\.\s|\s{_HONORIFIC}|\s(?:of|having|represented|through|acting)\s")
_SEPARATOR = regex.compile(
    r"[,，、;:：(（)）\"“”「」『』\t।。|]|\s·\s|\.\s|(?<=[市町村県社会所団院])と|及び|との間|\bbetween\s"
    r"|\s(?:and|between|आणि|व|और|तथा|एवं|ने|हा|यह|रोजी|को|यांच्यात|यांच्या|के)\s"
)
_EDGE = " ,(（.)0123456789०१२३४५६७८९"


@dataclass(frozen=True, slots=True)
class Told:
    """A stretch ``[start, end)`` that ``by`` tells to be a party, and how likely that is."""

    by: str
    start: int
    end: int
    chance: float = 1.0


@dataclass(slots=True)
class Name:
    """A name ``[start, end)`` of the text, where it is told first; ``told``: by whom (with the mark of its part), and how likely."""

    text: str
    start: int
    end: int
    told: dict[str, float] = field(default_factory=dict)


def overlap(one: str, other: str) -> bool:
    """Whether one of two keys is part of the other."""
    return one in other or other in one


def names(text: str, told: Iterable[Told], signed: int) -> dict[str, Name]:
    """The names that may be parties, by their keys.

    Args:
        text: of the paper.
        told: by formulas and taggers; a name keeps the place and the spelling that the first of them gives.
        signed: where the end begins, in which people sign.
    """
    found: dict[str, Name] = {}
    for one in (*(one for one in told if one.chance >= LEAST), *_with_bodies(text, signed)):
        whole = bare(text[one.start : one.end])
        for start, end in _parts(text, one.start, one.end):
            if len(own := bare(text[start:end])) < 2 or (len(found) >= MOST and own not in found):
                continue
            name = found.setdefault(own, Name(text[start:end], start, end))
            first = not text[one.start : start].strip(_EDGE) or start - one.start < _FEW
            by = one.by + (WHOLE if own == whole else BEGINNING if first else PART)
            name.told[by] = max(name.told.get(by, 0.0), one.chance)
    return found


def _parts(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The names that a stretch may stand for: from its beginning or behind a label, up to each mark that may end a name."""
    said = text[first:last]
    for lead in (0, *(label.end() for label in _LABEL.finditer(said))):
        for stop in (len(said), *(cut.start() for cut in _CUT.finditer(said) if cut.start() > lead)):
            start, end = first + lead, first + stop
            if begins := _LEAD.match(text, start, end):
                start = begins.end()
            for ends in (_TRAIL, _PARTICLE):
                if trail := ends.search(text[start:end]):
                    end = start + trail.start()
            han = start < end and regex.match(r"\p{Han}", text[start]) is not None
            if (2 if han else _SHORTEST) <= end - start <= LONGEST:
                yield start, end


def _with_bodies(text: str, signed: int) -> Iterator[Told]:
    """What stands between marks or joining words and has a word for a body or an honorific, at the beginning and where people sign."""
    at = 0
    for line in text.split("\n"):
        start = at
        at += len(line) + 1
        if CHARS < start < signed or len(line) > _LONGEST_LINE:
            continue
        first = 0
        for stop in (*_SEPARATOR.finditer(line), None):
            said = line[first : stop.start() if stop else len(line)]
            if len(said) in _SEGMENT and len(said.split()) <= _MOST_WORDS and speaks_of(said, "body", "honorific"):
                yield Told(BODY, start + first, start + first + len(said))
            first = stop.end() if stop else len(line)
