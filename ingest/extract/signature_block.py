"""The names, offices and sides of a signature block, put together, and the lines in it that say for whom each name stands.

The tagger says which words are a name, an office or a party; their order says what belongs together: under a name, above it, or, in
two columns that are read row by row, at the same rank. Lines that say it themselves have labels, fields, two columns in one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import regex

from ingest.extract.fitted_models import Span
from ingest.records import Block, Found, Signatory

NAME: Final = "name"
OFFICE: Final = "office"
PARTY: Final = "party"
SEAL: Final = regex.compile(r"\s*[(（]?[印㊞][)）]?$")
"""The place of a seal after a Japanese name."""
_REACH = 6
"""Lines or cells over which an office or a party may stand from its name."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A name with what belongs to it."""

    name: Span
    office: Span | None = None
    party: Span | None = None


def signers(spans: Sequence[Span]) -> list[Signer]:
    """The names in order, each with the office and the party that stand with it."""
    names = [one for one in spans if one.label == NAME]
    offices = _attached(spans, OFFICE)
    parties = _attached(spans, PARTY)
    return [Signer(name, offices.get(name.start), parties.get(name.start)) for name in names]


def _attached(spans: Sequence[Span], label: str) -> dict[int, Span]:
    """Of each name, by where it begins, the span of a label that belongs to it: before or after, whichever suits all names best."""
    run = [one for one in spans if one.label in (NAME, label)]
    ways = [_paired(run, label, first) for first in (NAME, label)]
    return max(ways, key=lambda way: (len(way), -sum(abs(span.start - at) for at, span in way.items())))


def _paired(run: Sequence[Span], label: str, first: str) -> dict[int, Span]:
    """Runs of names and of the label taken two by two, beginning with ``first``; of one length they pair by rank."""
    found: dict[int, Span] = {}
    groups = [(kind, list(members)) for kind, members in groupby(run, key=lambda one: one.label)]
    at = 0 if groups and groups[0][0] == first else 1
    while at + 1 < len(groups):
        one, two = groups[at][1], groups[at + 1][1]
        names, others = (one, two) if first == NAME else (two, one)
        if len(names) == len(others):
            pairs = list(zip(names, others, strict=True))
        elif first == NAME:
            pairs = [(names[-1], others[0])]
        else:
            pairs = [(names[0], others[-1])]
        found |= {name.start: other for name, other in pairs if abs(name.cell - other.cell) <= _REACH * len(pairs)}
        at += 2
    return found


def party_of(label: str, parties: Sequence[str]) -> str | None:
    """The party that a label means: the one that shares most of its words; Devanagari words match by their first letters."""
    words = set(_stems(label))
    shared = [(len(words & set(_stems(party))), party) for party in parties]
    best = max(shared, default=(0, ""))
    return best[1] if best[0] and sum(score == best[0] for score, _ in shared) == 1 else None


def _stems(name: str) -> list[str]:
    return [
        w[:5] if regex.match(r"\p{Devanagari}", w) else w
        for w in regex.findall(r"[\p{L}\p{M}]{2,}", name.casefold())
        if w not in ("the", "of", "and")
    ]


_TAIL_BLOCKS = 40
_MAX_LINE = 160
_LABEL = regex.compile(
    r"^(?:for and on behalf of|on behalf of|for)\s*:?\s*(?P<en>(?-i:(?:[Tt]he\s|THE\s)?\P{Ll}.*))?$|^(?P<dev>.{2,120}?)\s?(?:वतीने"
    r"|की ओर से|की तरफ से)\s*[:,]?$"
    r"|^(?P<ja_side>[甲乙丙丁])[\s:：]+(?P<ja>\S.{1,60})$|^(?P<ja_for>.{2,60}?)(?:を代表して|のために|側)\s*[:：]?$",
    regex.I,
)
_TWO_LABELS = regex.compile(r"^for\s(?:and on behalf of\s)?(?P<a>.*?)\s(?=for\s(?:and on behalf of\s)?the)(?P<b>.*)$", regex.I)
_FIELD = regex.compile(
    r"^(?:(?P<name>name|नाव|नाम|氏\s?名)|(?P<office>designation|title|position|office|पदनाम|हुद्दा|पद|職\s?名"
    r"|役\s?職))\s*[:：]\s*(?P<value>\S.*)$",
    regex.I,
)
_NOISE = regex.compile(
    r"^(?:[_.…\-–—\s]+|signature|signed|sd/-|\(?sd/?-?\)?|स्वाक्षरी|हस्ताक्षर|署名|印|seal|witness(?:es)?|date\b.*|place\b.*"
    r"|दिनांक.*)$",
    regex.I,
)
_OFFICE_EN = (
    r"(?:(?:Deputy|Vice|Additional|Joint|Assistant|Senior|Chief|Prime|Under|Permanent|Parliamentary|Executive|Managing|Municipal|Acting"
    r"|State)[\s-])*"
    r"(?:Minister|President|Commissioner|Secretary(?:-General)?|Director(?:-General)?|Ambassador|Mayor|Governor|Chair(?:man|person|woman)?"
    r"|Officer|Head|Representative|Manager|Engineer|Chancellor|Consul|Administrator|Counsell?or|Rector|Registrar|Superintendent"
    r"|Collector)\b"
)
_OFFICE = regex.compile(
    _OFFICE_EN + r"|मंत्री|आयुक्त|सचिव|संचालक|निदेशक|महापौर|अध्यक्ष|राजदूत|अभियंता|अधिकारी|प्रमुख|राष्ट्रपति|राज्यपाल|कुलगुरू|कुलपति"
    r"|व्यवस्थापक|प्रबंधक"
    r"|प्रतिनिधी|प्रतिनिधि|大臣|市長|知事|局長|部長|課長|大使|社長|理事長|長官|代表|次官|総裁|会長|学長|町長|村長|議長|所長|室長|領事"
)
_OFFICES_IN_ROW = regex.compile(_OFFICE_EN)
_JA_LINE = regex.compile(r"^(?P<office>\S*(?:大臣|市長|知事|長|大使|代表|次官|総裁|領事|役)(?:代理|補佐)?)[\s　]+(?P<name>\S.{1,20})$")
_NAME = regex.compile(
    r"^(?:\p{Lu}[\p{L}'’.-]*(?:\s\p{Lu}[\p{L}'’.-]*){1,5}|[(]?[\p{Devanagari}.]+(?:\s[\p{Devanagari}.]+){1,4}[)]?"
    r"|[\p{Han}\p{Katakana}\p{Hiragana}ー・]{2,10}(?:\s[\p{Han}\p{Katakana}\p{Hiragana}ー・]{1,10})?)$"
)
_HONORIFIC = regex.compile(r"^(?:h\.?e\.?|mr|mrs|ms|shri|smt|hon(?:ourable|'ble)?)\.?\s+", regex.I)


@dataclass(slots=True)
class _Signer:
    name: Block | None = None
    value: str = ""
    office: str | None = None


def read_labelled(text: str, blocks: Sequence[Block], parties: Sequence[str]) -> tuple[Found[Signatory], ...]:
    """The people of the signature block in order; empty where the block names nobody, or where it cannot be said who is who."""
    lines = [piece for block in blocks[-_TAIL_BLOCKS:] for piece in _cells(block)]
    first = next((at for at, line in enumerate(lines) if _label(line.text) or _TWO_LABELS.match(line.text)), None)
    if first is None:
        return ()
    if (two := _TWO_LABELS.match(lines[first].text)) is not None:
        return _columns(text, lines[first:], two, parties)
    labels: list[str] = []
    signers: list[_Signer] = []
    owners: list[int] = []
    waiting = False
    for line in lines[first:]:
        if len(line.text) > _MAX_LINE or _NOISE.match(line.text):
            continue
        label = _label(line.text)
        if label is not None:
            labels.append(label)
            waiting = not label
        elif waiting:
            labels[-1], waiting = line.text, False
        elif (
            labels
            and _continues(labels[-1], line.text, parties)
            and len(signers) == (owners[-1] + 1 if owners else 0)
            and not _is_last_office(signers, line)
        ):
            labels[-1] = f"{labels[-1]} {line.text}"
        else:
            _take(signers, line, owners, len(labels) - 1)
    return _assigned(text, labels, signers, owners, parties)


def _cells(block: Block) -> list[Block]:
    """The cells of a table row, else the block itself."""
    if "\t" not in block.text and not (block.role == "table_row" and " · " in block.text):
        return [block]
    cells, at = [], 0
    for cell in regex.split(r"\t| · ", block.text):
        start = block.text.index(cell, at)
        at = start + len(cell)
        if cell.strip():
            cells.append(replace(block, text=cell.strip(), start=block.start + start, end=block.start + at))
    return cells


def _label(line: str) -> str | None:
    """The side that a line speaks for; "" where the next line names it; None for any other line."""
    match = _LABEL.match(line)
    if match is None:
        return None
    found = match.group("en") or match.group("dev") or match.group("ja") or match.group("ja_for") or ""
    return regex.sub(r"^the\s", "", found.strip(" :,"), flags=regex.I)


def _continues(label: str, line: str, parties: Sequence[str]) -> bool:
    """Whether a wrapped label goes on in this line: together they begin the name of a party."""
    whole = " ".join(f"{label} {line}".split()).rstrip(":, ").casefold()
    return any(party.casefold().startswith(whole) for party in parties)


def _is_last_office(signers: Sequence[_Signer], line: Block) -> bool:
    return bool(signers) and signers[-1].office is None and _OFFICE.search(line.text) is not None


def _take(signers: list[_Signer], line: Block, owners: list[int], owner: int) -> None:
    """Read one line as a name, an office, both, or the rest of a wrapped office."""
    shown = line.text.strip()
    if field := _FIELD.match(shown):
        if field.group("name"):
            signers.append(_Signer(line, field.group("value")))
            owners.append(owner)
        elif signers:
            signers[-1].office = field.group("value")
        return
    if both := _JA_LINE.match(shown):
        signers.append(_Signer(line, both.group("name"), both.group("office")))
        owners.append(owner)
        return
    if _OFFICE.search(shown):
        unnamed = next((s for s in signers if s.office is None), None)
        if unnamed is not None:
            unnamed.office = shown.rstrip(",")
    elif _NAME.match(_HONORIFIC.sub("", shown)):
        signers.append(_Signer(line, shown.strip("()")))
        owners.append(owner)
    elif signers and (office := signers[-1].office) is not None and len(shown) <= 60:
        signers[-1].office = f"{office} {shown}"


def _assigned(
    text: str, labels: Sequence[str], signers: Sequence[_Signer], owners: Sequence[int], parties: Sequence[str]
) -> tuple[Found[Signatory], ...]:
    """Signers with their side: the label they stand under, or, where all labels come first, the label of the same rank."""
    grouped = len(labels) > 1 and len(set(owners)) == 1
    found = []
    for rank, signer in enumerate(signers):
        owner = rank if grouped and len(signers) == len(labels) else None if grouped else owners[rank]
        label = labels[owner] if owner is not None and 0 <= owner < len(labels) else None
        side = (party_of(label, parties) or (None if parties else label)) if label else None
        if signer.name is not None:
            start, end = signer.name.start, signer.name.end
            value = Signatory(SEAL.sub("", " ".join(signer.value.split())), signer.office, side)
            found.append(Found(value, text[start:end], start, end, "sure" if side else "likely"))
    return tuple(found)


def _columns(text: str, lines: Sequence[Block], two: regex.Match[str], parties: Sequence[str]) -> tuple[Found[Signatory], ...]:
    """A block of two columns that were read line by line: sides, names and offices stand in pairs.

    A line of two names can be parted only where an initial shows the end of the first name, or both have two words.
    """
    if len(parties) != 2:
        return ()
    rest = iter(lines[1:])
    name, names, offices = None, [], []
    for line in rest:
        found = _OFFICES_IN_ROW.findall(line.text)
        if name is not None and len(found) >= 2:
            offices = found
            break
        if len(found) == 0 and (split := _two_names(line.text)) and not line.text.rstrip().endswith(":"):
            name, names = line, split
    if name is None or len(offices) != 2:
        return ()
    sides = _sides(two, parties)
    return tuple(
        Found(Signatory(person, office, side), text[name.start : name.end], name.start, name.end, "likely")
        for person, office, side in zip(names, offices, sides, strict=True)
    )


def _two_names(line: str) -> list[str]:
    words = line.split()
    initials = [at for at, word in enumerate(words) if regex.fullmatch(r"\p{Lu}\.", word)]
    cut = initials[0] + 2 if len(initials) == 1 and initials[0] > 0 else 2 if len(words) == 4 and not initials else 0
    parts = [" ".join(words[:cut]), " ".join(words[cut:])]
    return parts if cut and all(_NAME.match(part) for part in parts) else []


def _sides(two: regex.Match[str], parties: Sequence[str]) -> list[str | None]:
    """The parties of the two columns: a label that is whole names its party, the other column has the other one."""
    named = [next((p for p in parties if _tail(p) in label.casefold()), None) for label in (two.group("a"), two.group("b"))]
    if named[0] and not named[1]:
        named[1] = next(p for p in parties if p != named[0])
    elif named[1] and not named[0]:
        named[0] = next(p for p in parties if p != named[1])
    return named if all(named) else list(parties)


def _tail(party: str) -> str:
    return regex.sub(r"^(?:government|republic|kingdom|ministry)\sof\s(?:the\s)?", "", party.casefold())
