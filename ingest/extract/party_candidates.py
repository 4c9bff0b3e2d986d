"""The names in a paper that may be those of its parties, each with who told it and what is seen of it.

The taggers, a formula, or a word for a body in it tell a name. Of a longer stretch (*Town Council, of the Guildhall, High Street*) each
beginning that ends at a comma or a bracket is a name too; which of them is the party is for the model to say. Seen are its words,
what stands around it, and where it stands again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import regex

from ingest.extract.title_tagger import CHARS
from lang.languages import Language
from lang.normalise import bare
from lang.token_features import speaks_of

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


def candidate_names(text: str, told: Iterable[Told], signed: int) -> dict[str, Name]:
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


_CLASSES = ("body", "role", "office", "date", "heading", "honorific")
_TOP = 200
_AROUND, _BEHIND = 40, 160
"""Letters on both sides of a name that are seen, and behind it, where it may be given a short name."""
_PLACES = 60
_SEEN = 12
"""Places of a name that are counted, and around which is looked."""
_LIKELY = 0.5
_FAR = 5
_ADDRESS = regex.compile(
    r"\b(?:street|road|lane|avenue|square|quay|house|hall|building|floor|p\.?o\.?|row|way|parade|drive|depot|centre|at)\b"
    r"|चौक|मार्ग|गल्ली|रस्ता|पथ|इमारत|भवन|मुख्यालय|पत्ता|पता|तालुका|ता\.|जि\.|तहसील|ग्राम|मौजे|मौजा|मु\.|पो\.|वार्ड|वय|आयु|番地|丁目|番\d|\d番|住所|所在",
    regex.I,
)
_DESCRIBED = regex.compile(
    r",\s(?:an?|having|represented|incorporated|registered|established|whose|of|acting|with|through|the)\b"
    r"|जिसका|जिसे|ज्याचा|ज्यांचा|यापुढे|यानंतर|इसके|तर्फे|की ओर|以下|という",
    regex.I,
)
_ROLE = regex.compile(r"(?:first|second|third)\sparty|प्रथम|द्वितीय|पक्ष|委託者|受託者|甲|乙", regex.I)
_ALIAS = r"(?:hereinafter|hereafter|referred|called|以下|यापुढे|यानंतर|ह्यापुढे|जिसे|इसके|आगे|[“”\"「『])"
_CALLED = regex.compile(_ALIAS, regex.I)
_CALLED_NEXT = regex.compile(rf",?\s*[(（]?\s*{_ALIAS}", regex.I)
_SHORT = regex.compile(r"[“\"「『‘']([^“”\"」』’'\n]{1,40})[”\"」』’']")
_BEFORE: Final = {
    "and": regex.compile(r"(?:\band|&|आणि|व|और|तथा|एवं|と|及び|、)\s*(?:the\s)?$", regex.I),
    "between": regex.compile(r"(?:between|among|दरम्यान|बीच|part)\s*:?\s*(?:the\s)?$", regex.I),
    "number": regex.compile(r"(?:^|\n)\s*[(（]?(?:\p{N}{1,2}|[a-zअ-हivx]{1,3})[.)）]\s*(?:the\s|m/s\.?\s)?$", regex.I),
    "label": regex.compile(r"[:：]\s*$"),
    "edge": regex.compile(r"(?:^|\n|\t|\s[·|]\s)\s*$"),
}
_AFTER: Final = {
    "and": regex.compile(r"^,?\s*(?:and\b|&|आणि\b|व\b|और\b|तथा\b|एवं\b|と|及び|、)", regex.I),
    "bracket": regex.compile(r"^,?\s*[(（]"),
    "comma": regex.compile(r"^\s*[,，、]"),
    "of": regex.compile(r"^,?\s(?:of|having|represented|through|acting|a|an|the)\s"),
    "edge": regex.compile(r"^\s*(?:$|\n|\t|[·|])"),
    "between": regex.compile(r"^\s*(?:यांच्यात|यांच्या|यांच्यामध्ये|के बीच|के मध्य|との間|の間)"),
}


def candidate_features(text: str, name: Name, others: Mapping[str, Name], title: str, language: Language, signed: int) -> dict[str, float]:
    """What the model sees of a name; ``signed`` is where the part begins in which people sign."""
    places = [match.start() for match in regex.finditer(regex.escape(name.text), text)][:_PLACES]
    return {
        **_told(name),
        **_words(name.text, language),
        **_standing(text, name.text, places, title, signed),
        **_around(text, name.text, places[:_SEEN]),
        **_beside(name, others),
        **_again(text, name.text, places, language),
    }


def _told(name: Name) -> dict[str, float]:
    seen: dict[str, float] = {}
    for by in (OPENING, PUBLISHER, SIGNED):
        for part in (WHOLE, BEGINNING, PART):
            seen[by + part] = name.told.get(by + part, 0.0)
    for by in (FORMULA, BODY):
        seen[by] = float(by in name.told)
        seen[f"{by} in part"] = float(by + BEGINNING in name.told or by + PART in name.told)
    opened, ended = (max(seen[by], seen[by + BEGINNING]) for by in (OPENING, SIGNED))
    body = float(speaks_of(name.text, "body"))
    return seen | {"opened": opened, "both": opened * ended, "body and opened": body * opened, "body and signed": body * ended}


def _words(name: str, language: Language) -> dict[str, float]:
    words = name.split()
    first, last = (name[:6], name[-4:]) if language == "ja" else (words[0], words[-1])
    return {
        **{f"word of {one}": float(speaks_of(name, one)) for one in _CLASSES},
        "begins with body": float(speaks_of(first, "body")),
        "ends with body": float(speaks_of(last, "body")),
        "address": float(_ADDRESS.search(name) is not None),
        "described": float(_DESCRIBED.search(name) is not None),
        "small after comma": float(regex.search(r",\s\p{Ll}", name) is not None),
        "hiragana": float(len(regex.findall(r"\p{Hiragana}", name))),
        "quoted": float(regex.search('[“”"「」]', name) is not None),
        "names a role": float(_ROLE.search(name) is not None),
        "digits": float(any(map(str.isdigit, name))),
        "commas": float(len(regex.findall("[,，、]", name))),
        "stops": float(regex.search("[:：।。]", name) is not None),
        "letters": math.log(len(name)),
        "words": float(len(words)),
        "capital": float(name[0].isupper()),
        "small": float(name[0].islower()),
    }


def _standing(text: str, name: str, places: Sequence[int], title: str, signed: int) -> dict[str, float]:
    return {
        "times": math.log1p(len(places)),
        "again": float(len(places) > 1),
        "at the top": float(any(at < _TOP for at in places)),
        "where signed": float(any(at >= signed for at in places)),
        "no end": float(signed >= len(text)),
        "in the title": float(name in title),
        "from": math.log1p(places[0] if places else 0),
    }


def _around(text: str, name: str, places: Sequence[int]) -> dict[str, float]:
    before = [text[max(0, at - _AROUND) : at] for at in places]
    after = [text[at + len(name) : at + len(name) + _AROUND] for at in places]
    behind = [text[at + len(name) : at + len(name) + _BEHIND].split("\n", maxsplit=1)[0] for at in places]
    short = [text.count(called.group(1)) for line in behind if (called := _SHORT.search(line))]
    whole = any(_BEFORE["edge"].search(b) and _AFTER["edge"].search(a) for b, a in zip(before, after, strict=True))
    return {
        **{f"after {what}": float(any(pattern.search(part) for part in before)) for what, pattern in _BEFORE.items()},
        **{f"before {what}": float(any(pattern.search(part) for part in after)) for what, pattern in _AFTER.items()},
        "a cell of its own": float(whole),
        "called": float(any(map(_CALLED.search, behind))),
        "called next": float(any(map(_CALLED_NEXT.match, behind))),
        "short name's times": math.log1p(max(short, default=0)),
    }


def _again(text: str, name: str, places: Sequence[int], language: Language) -> dict[str, float]:
    """How often its last word stands without it: *the Council shall*."""
    last = name[-2:] if language == "ja" else name.rsplit(maxsplit=1)[-1]
    alone = text.count(last) - len(places) if len(last) > 1 else 0
    return {"last word alone": math.log1p(max(0, alone))}


def _beside(name: Name, others: Mapping[str, Name]) -> dict[str, float]:
    """How it stands to the other names: inside a longer one, around shorter ones, behind how many that are likely."""
    own = bare(name.text)
    larger = [other for known, other in others.items() if known != own and own in known]
    smaller = [other for known, other in others.items() if known != own and known in own]
    before = [
        other
        for known, other in others.items()
        if other.start < name.start and max(other.told.values()) > _LIKELY and not overlap(known, own)
    ]
    return {
        "inside": float(bool(larger)),
        "around": float(bool(smaller)),
        "around a body": float(any(speaks_of(other.text, "body") for other in smaller)),
        "inside a likely": max((_chance(other) for other in larger), default=0.0),
        "around a likely": max((_chance(other) for other in smaller), default=0.0),
        "rank": float(min(_FAR, len(before))),
    }


def _chance(name: Name) -> float:
    return max(name.told.get(OPENING, 0.0), name.told.get(SIGNED, 0.0))
