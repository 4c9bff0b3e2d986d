"""What the beginning of a paper says it is: the likeliest title and publisher, as the tagger finds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from ingest.extract.fitted_models import Span, Tagger, stored_tagger
from ingest.extract.title_rules import is_letterhead, names_paper
from ingest.records import Block, Found, Kind
from lang.labels import read_item
from lang.normalise import bare
from lang.token_features import speaks_of
from lang.values.dates import dates_in

BLOCKS: Final = 40
CHARS: Final = 3500
LEAN: Final = 0.5
SURE: Final = 0.85
TITLE: Final = 0.5
PUBLISHER: Final = 0.5
"""How likely each has to be."""
TOP, NAMED = 250, 0.9
"""Letters at the top in which a body that is told as a party is the publisher of a paper that has none, and how likely any other is."""
LEANING, LEANT = 1.5, 0.6
"""With what leaning, and how likely then, a publisher is told where none is without."""
_FEWEST = 2
_LONGEST_TITLE = 160
_LONGEST_NAME = 120
_BAR = regex.compile(r"\s+[|｜]\s")
_SENTENCE = regex.compile(r"[।。！？!?]|[\p{L}\p{M}]{6,}\.\s")
"""The end of a sentence; a short word with a stop is cut short: Govt., Dept."""
_NUMBER = regex.compile(r"\p{N}[\p{N}.,]*")
_RUNNING = 200
"""Letters of a paragraph from which on it is running text, which no title follows."""
_DATED = 0.4
"""The share of a line that is a date, from which on it is no title."""
_LEADING = regex.compile(
    r"^(?:(?:the|and)\s|(?:委託者|受託者|発注者|受注者|貸主|借主|賃貸人|賃借人|売主|買主|[甲乙丙丁])[\s:：]+"
    r"|(?:हा|ही|सदर|प्रस्तुत|यह)\s(?:करार|करारनामा|समझौता|अनुबंध|ज्ञापन|सामंजस्य करार|समझौता ज्ञापन)\s|\p{P}|\s)+",
    regex.I,
)
_TITLED = regex.compile(r"^.*\bbetween\s+(?:the\s+)?", regex.I | regex.S)
"""The part of a title that stands before the first party."""
_UNCLOSED = regex.compile(r"\s*[(（][^)）]*$")
_TRAILING = regex.compile(r"[\s,;:.、。]+$")
_DATED_OFF = regex.compile(r"[\s\p{P}\p{Nd}]+$")
"""What a newspaper's name does not end in: the day that follows it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The lines that may be the title, and the publisher that is likeliest, None where none is."""

    titles: tuple[Found[str], ...] = ()
    publisher: Found[str] | None = None


def stretch_of(text: str, blocks: Sequence[Block], margins: Sequence[str]) -> str:
    """What the tagger sees of a paper: the lines of its margins, then its first blocks, as a letterhead stands above them."""
    head = [block for block in blocks[:BLOCKS] if block.start < CHARS]
    body = text[head[0].start : min(head[-1].end, CHARS)] if head else ""
    return "\n".join([*margins, body])


def read_opening(text: str, blocks: Sequence[Block], margins: Sequence[str] = ()) -> Opening:
    """Read the first blocks below what stands in the ``margins``; nothing is found where no tagger was fitted."""
    tagger = stored_tagger("openings")
    if tagger is None or not blocks:
        return Opening()
    stretch = stretch_of(text, blocks, margins)
    within = sum(len(line) + 1 for line in margins)
    start = blocks[0].start - within
    told: dict[str, list[Span]] = {"title": [], "publisher": [], "party": []}
    for span in tagger.spans(stretch, LEAN):
        told[span.label].append(span)
    titles = [_found(stretch, start, span) for span in told["title"] if span.chance >= TITLE and start + span.start >= 0]
    publisher = _publisher(told, tagger, stretch, within)
    return Opening(tuple(titles), _found(stretch, start, publisher) if publisher else None)


def _publisher(told: Mapping[str, Sequence[Span]], tagger: Tagger, stretch: str, within: int) -> Span | None:
    """The likeliest publisher; else a body at the top that is told as a party is; else one that is likely where the tagger leans to it.

    ``within`` letters of the stretch are margins, in which nobody else is named.
    """
    if likely := [span for span in told["publisher"] if span.chance >= PUBLISHER and is_name(stretch[span.start : span.end])]:
        return max(likely, key=lambda span: span.chance)

    def is_body(span: Span) -> bool:
        return span.start < within or speaks_of(stretch[span.start : span.end], "body")

    above = [span for span in told["party"] if span.start < within + TOP]
    top = [span for span in above if span.chance >= NAMED or (span.chance >= PUBLISHER and is_body(span))]
    leaning = [span for span in tagger.spans(stretch, LEANING) if span.label == "publisher" and span.chance >= LEANT and is_body(span)]
    named = [span for span in top or leaning if is_name(stretch[span.start : span.end])]
    return max(named, key=lambda span: span.chance, default=None)


def is_name(text: str) -> bool:
    """Whether words may be the name of a body: a sentence that begins with one has numbers or goes on, and sentences are none."""
    return len(text) <= _LONGEST_NAME and len(_NUMBER.findall(text)) < _FEWEST and not _SENTENCE.search(text)


def title_of(read: Found[str], told: Sequence[Found[str]], blocks: Sequence[Block], *, sure: bool = False) -> Found[str]:
    """The title that the layout says, where the tagger tells it too or tells none; else the first that it tells and is surest of.

    Args:
        read: what the layout or the file says.
        told: what the tagger tells.
        blocks: of the paper.
        sure: whether ``read`` is the title whatever the text begins with.
    """
    known = _key(read)
    also = next((one for one in told if (key := _key(one)) in known or known in key or _overlap(one, read)), None)
    surest = any(one.confidence == "sure" for one in told)
    if sure or (also is not None and (also.confidence == "sure" or not surest)):
        return read
    loose = read.confidence == "likely" or is_letterhead(read.value) or read_item(read.value) is not None
    running = next((block.start for block in blocks if block.role == "paragraph" and len(block.text) > _RUNNING), None)
    likely = [one for one in told if _is_title(one, blocks, running, whole=not loose)]
    whole = " " in read.value and names_paper(read.value)  # an address is no better title than one that says of what the paper is
    naming = [one for one in likely if names_paper(one.value)]
    likely = naming if naming or whole else likely
    return next((one for one in likely if one.confidence == "sure"), likely[0] if likely and (loose or read.origin == "file") else read)


def _overlap(one: Found[str], other: Found[str]) -> bool:
    """Whether two things that were found share a part of the text."""
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return False
    return one.start < other.end and other.start < one.end


def is_title(publisher: Found[str], title: Found[str], kind: Kind) -> bool:
    """Whether what was taken for the publisher is the title, or words of it that name neither a body nor a newspaper."""
    ours, theirs = _key(publisher), _key(title)
    return (ours == theirs or (ours in theirs and kind != "news")) and not speaks_of(publisher.value, "body")


def _is_title(one: Found[str], blocks: Sequence[Block], running: int | None, *, whole: bool) -> bool:
    """Whether words that may be a title are ``whole`` lines or begin one, above the running text, and no letterhead, day or sentence."""
    dated = sum(len(date.text) for date in dates_in(one.value))
    if len(one.value) > _LONGEST_TITLE or one.value.endswith((".", "।", "。", ";")) or dated > len(one.value) * _DATED:
        return False
    above = running is None or (one.start or 0) < running
    ends = not whole or any(block.end == one.end for block in blocks)
    return above and ends and any(block.start == one.start for block in blocks) and not is_letterhead(one.value)


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
    if span.label == "publisher" and (bar := _BAR.search(said)):  # a line of a site: the office, its branch, for whom
        said = said[: bar.start()]
        last = first + len(said)
    if trail := (_DATED_OFF if span.label == "publisher" else _TRAILING).search(said):
        said = said[: trail.start()]
        last = first + len(said)
    value, sure = " ".join(said.split()), span.chance >= SURE
    if start + first < 0:  # it stands in a margin
        return Found(value, confidence="sure" if sure else "likely", origin="file")
    return Found(value, said, start + first, start + last, "sure" if sure else "likely")


def _key(one: Found[str]) -> str:
    """A name as it is compared."""
    return bare(one.value)
