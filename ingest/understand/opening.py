"""What the beginning of a paper says it is: the likeliest title, publisher and parties, as the tagger finds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import regex

from ingest.found import Found
from ingest.records import Block
from ingest.understand.dates import dates_in
from ingest.understand.tagger import Span, stored
from ingest.understand.titles import is_letterhead

BLOCKS: Final = 40
CHARS: Final = 3500
LEAN: Final = 0.5
SURE: Final = 0.85
TITLE: Final = 0.5
PUBLISHER: Final = 0.5
PARTY: Final = 0.5
"""How likely each has to be."""
TOGETHER: Final = 1500
"""Characters within which the parties of an agreement are named."""
_FEWEST = 2
_LONGEST_TITLE = 160
_RUNNING = 200
"""Letters of a paragraph from which on it is running text, which no title follows."""
_DATED = 0.4
"""The share of a line that is a date, from which on it is no title."""
_LEADING = regex.compile(
    r"^(?:(?:the|and)\s|(?:हा|ही|सदर|प्रस्तुत|यह)\s(?:करार|करारनामा|समझौता|अनुबंध|ज्ञापन|सामंजस्य करार|समझौता ज्ञापन)\s|\p{P}|\s)+", regex.I
)
_TITLED = regex.compile(r"^.*\bbetween\s+(?:the\s+)?", regex.I | regex.S)
"""The part of a title that stands before the first party."""
_UNCLOSED = regex.compile(r"\s*[(（][^)）]*$")
_TRAILING = regex.compile(r"[\s,;:.、。]+$")
_DATED_OFF = regex.compile(r"[\s\p{P}\p{Nd}]+$")
"""What a newspaper's name does not end in: the day that follows it."""
_KEY = regex.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Opening:
    """The title and publisher that are likeliest, None where none is likely, and the parties in order."""

    title: Found[str] | None = None
    publisher: Found[str] | None = None
    parties: tuple[Found[str], ...] = ()


def read_opening(text: str, blocks: Sequence[Block]) -> Opening:
    """Read the first blocks; nothing is found where no tagger was fitted."""
    tagger = stored("openings")
    head = [block for block in blocks[:BLOCKS] if block.start < CHARS]
    if tagger is None or not head:
        return Opening()
    start, end = head[0].start, min(head[-1].end, CHARS)
    stretch = text[start:end]
    told: dict[str, list[Span]] = {"title": [], "publisher": [], "party": []}
    for span in tagger.spans(stretch, LEAN):
        told[span.label].append(span)
    title = next((span for span in told["title"] if span.chance >= TITLE), None)
    publisher = max((span for span in told["publisher"] if span.chance >= PUBLISHER), key=lambda span: span.chance, default=None)
    parties = [_found(stretch, start, span) for span in _parties(told["party"])]
    return Opening(
        _found(stretch, start, title) if title else None, _found(stretch, start, publisher) if publisher else None, _once(parties)
    )


def _parties(spans: Sequence[Span]) -> list[Span]:
    """The likely ones, and those that stand with the first of them: an opening names its parties in one place."""
    first = next((span for span in spans if span.chance >= PARTY), None)
    if first is None:
        return []
    return [span for span in spans if span.chance >= PARTY and first.start <= span.start <= first.start + TOGETHER]


def title_of(read: Found[str], told: Found[str] | None, blocks: Sequence[Block]) -> Found[str]:
    """The title that the layout says, or the likeliest by its words, where these are lines of their own that have nothing of the other."""
    if told is None or told.start is None or told.end is None or read.origin == "file":
        return read
    one, other = _key(read), _key(told)
    if one in other or other in one or len(told.value) > _LONGEST_TITLE or told.value.endswith((".", "।", "。", ";")):
        return read
    running = next((block.start for block in blocks if block.role == "paragraph" and len(block.text) > _RUNNING), told.start)
    whole = any(block.start == told.start for block in blocks) and any(block.end == told.end for block in blocks)
    dated = sum(len(date.text) for date in dates_in(told.value))
    bare = is_letterhead(told.value) or dated > len(told.value) * _DATED
    return told if whole and not bare and told.start <= running else read


def agreed(told: Sequence[Found[str]], read: Sequence[Found[str]]) -> tuple[Found[str], ...]:
    """The parties that the tagger tells; those of an opening formula where it tells them too, or tells fewer than two."""
    keys = [_key(one) for one in told]
    held = all(any(mine in key or key in mine for key in keys) for mine in map(_key, read))
    return tuple(read) if read and (len(told) < _FEWEST or held) else tuple(told)


def _found(stretch: str, start: int, span: Span) -> Found[str]:
    first, last = span.start, span.end
    if span.label == "party" and (lead := _TITLED.search(stretch[first:last])):
        first += lead.end()
    if lead := _LEADING.match(stretch[first:last]):
        first += lead.end()
    said = stretch[first:last]
    if opened := _UNCLOSED.search(said):
        said = said[: opened.start()]
        last = first + len(said)
    if trail := (_DATED_OFF if span.label == "publisher" else _TRAILING).search(said):
        said = said[: trail.start()]
        last = first + len(said)
    return Found(" ".join(said.split()), said, start + first, start + last, "sure" if span.chance >= SURE else "likely")


def _key(one: Found[str]) -> str:
    """A name as it is compared."""
    return _KEY.sub("", one.value.casefold())


def _once(found: Sequence[Found[str]]) -> tuple[Found[str], ...]:
    """Each name where it first stands; one that is part of another is the same."""
    kept: dict[str, Found[str]] = {}
    for one in found:
        key = _key(one)
        if key and not any(key in other or other in key for other in kept):
            kept[key] = one
    return tuple(kept.values())
