"""What a document is: title, kind, parties, and the dates it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import dropwhile, takewhile
from pathlib import PurePath
from typing import Literal, TypeAlias

import regex

from ingest.records import Block, DatedFact, Facts, Hints, Kind, Language
from ingest.understand.dates import ReadDate, dates_in
from ingest.understand.kinds import find_kind
from ingest.understand.parties import find_parties
from ingest.understand.sentences import sentence_spans

DateRole: TypeAlias = Literal["signed", "in_force", "published", "mentioned"]

_MAX_TITLE = 300
_HEAD_CHARS = 1500
_DATE_LINE = 90
_NEAR = 90
_OPENING_BLOCKS = 12
_SHARED_WORDS = 0.75
_WORD = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}--\p{Han}]+", regex.V1)
_FILE_LIKE = regex.compile(
    r"\.\w{2,5}$|^microsoft \w+ -|^untitled|^document\d*$|^無題|^(?:english|marathi|hindi|japanese)$|^(?:home|index)$", regex.I
)
_ROLE_WORDS: tuple[tuple[DateRole, regex.Pattern[str]], ...] = (
    (
        "signed",
        regex.compile(
            r"\bsign(?:ed|ing|ature)\b|\bdone (?:at|in|on)\b|\bconcluded\b|स्वाक्षरी|स्वाक्षऱ्या|करार (?:करण्यात आला|केला|झाला)"
            r"|हस्ताक्षर|署名|締結|調印",
            regex.I,
        ),
    ),
    (
        "in_force",
        regex.compile(
            r"(?:enter|come|came)(?:s|ed)? into (?:force|effect|operation)|\beffective\b|takes? effect|with effect from"
            r"|अं?मलात|लागू|प्रभावी|प्रवृत्त|施行|発効|効力を(?:生|有)",
            regex.I,
        ),
    ),
    (
        "published",
        regex.compile(
            r"\bpublish|\bposted\b|\bissued\b|\breleased\b|\bupdated\b|press release|प्रकाशित|प्रसिद्ध|जारी|公表|発行|掲載|公開|公布|発表",
            regex.I,
        ),
    ),
)
_DATED = regex.compile(r"(?:\bdated?\b|दिनांक|दि\.|तारीख|तिथि|日付)\s*[:：]?\s*$", regex.I)
_CLAUSE_ENDS = regex.compile(r"[\n।。]|[.;](?=\s)")


def _dated_role(text: str, found: ReadDate) -> DateRole:
    """What the words of its own sentence nearest to a date say of it."""
    left, right = max(0, found.start - _NEAR), min(len(text), found.end + _NEAR)
    for end in _CLAUSE_ENDS.finditer(text, left, right):
        if end.end() <= found.start:
            left = end.end()
        elif end.start() >= found.end:
            right = end.start()
            break
    role: DateRole = "mentioned"
    nearest = _NEAR + 1
    for candidate, pattern in _ROLE_WORDS:
        for match in pattern.finditer(text, left, right):
            gap = found.start - match.end() if match.end() <= found.start else match.start() - found.end
            if 0 <= gap < nearest:
                nearest, role = gap, candidate
    return role


def dated_facts(text: str) -> tuple[DatedFact, ...]:
    """Every date of the text with its role."""
    whole = ((f, f.when.day_value) for f in dates_in(text))
    return tuple(DatedFact(_dated_role(text, f), day, f.text, f.start, f.end) for f, day in whole if day is not None)


def _speaks_of(blocks: Sequence[Block], title: str) -> bool:
    """Whether most words of a title stand in the opening of the text, as those of a running head or a template do not."""
    opening = set(_WORD.findall("\n".join(b.text for b in blocks[:_OPENING_BLOCKS]).casefold()))
    words = _WORD.findall(title.casefold())
    return sum(word in opening for word in words) >= _SHARED_WORDS * len(words)


def find_title(blocks: Sequence[Block], hints: Hints, uri: str) -> str:
    """The declared title unless it is a file name or strange to the text; else the title block, an early heading, or the first line."""
    titles = [b.text for b in takewhile(lambda b: b.role == "title", dropwhile(lambda b: b.role != "title", blocks))]
    lines = titles or [b.text for b in blocks[:5] if b.role == "heading"][:1]
    printed = " ".join(" ".join(lines).split())[:_MAX_TITLE]
    declared = " ".join((hints.title or "").split())[:_MAX_TITLE]
    if declared and not _FILE_LIKE.search(declared):
        strange = not _speaks_of(blocks, declared)
        return printed if printed and (strange or declared.startswith(printed)) else declared
    if printed:
        return printed
    if not blocks:
        return PurePath(uri).stem
    start, end = sentence_spans(blocks[0].text, blocks[0].language)[0]
    line = " ".join(blocks[0].text[start:end].split())
    return line if len(line) <= _MAX_TITLE else line[: _MAX_TITLE - 1].rstrip() + "…"


def _date_line(dates: Sequence[DatedFact], text: str) -> date | None:
    """The date that stands near the top in a line of its own kind, as in reports and newspapers: short, or led in by "dated"."""
    for fact in dates:
        start = text.rfind("\n", 0, fact.start) + 1
        end = text.find("\n", fact.end)
        short = (end if end >= 0 else len(text)) - start <= _DATE_LINE
        if fact.start <= _HEAD_CHARS and (short or _DATED.search(text, max(start, fact.start - 20), fact.start)):
            return fact.value
    return None


def find_facts(text: str, blocks: Sequence[Block], hints: Hints, *, kind: Kind | None, language: Language, uri: str) -> Facts:
    """The facts of a document; ``kind`` given by the caller wins over everything.

    The day an agreement speaks from is its (last) signature; for anything else the declared date of publication comes first,
    then a date line, then a date that the text itself calls that of publication.
    """
    title = find_title(blocks, hints, uri)
    settled = kind or find_kind(title, blocks, hints)
    dates = dated_facts(text)
    by_role = {role: [d.value for d in dates if d.role == role] for role in ("signed", "published")}
    published = next(iter(by_role["published"]), None)
    if settled == "agreement":
        day = by_role["signed"][-1] if by_role["signed"] else hints.published or _date_line(dates, text)
    else:
        day = hints.published or _date_line(dates, text) or published
    return Facts(
        kind=settled,
        title=title,
        language=language,
        publisher=hints.publisher,
        date=day,
        parties=find_parties(f"{text}\n{title}", language) if settled == "agreement" else (),
        dates=dates,
    )
