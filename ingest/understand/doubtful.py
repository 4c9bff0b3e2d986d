"""Which words of a page's text are doubtful: the words that OCR was unsure of, found again in the text that was made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import regex
from rapidfuzz.distance import Indel

from ingest.found import Found, FoundFacts
from ingest.records import Span
from lang.radicals import key

if TYPE_CHECKING:
    from ingest.read.ocr_boxes import WordBox

_LETTER = regex.compile(r"[\p{L}\p{N}]")
_RUNS = (12, 12, 6, 6, 3, 1)
"""Letters in a row that have to agree in each pass: long runs first, for parts of a page may stand in another order."""


def doubtful_words(boxes: bytes, text: str) -> tuple[Span, ...]:
    """Spans of a page's text that are doubtful words, in order; words side by side without a space are one span.

    The text has the words in the order of its layout, cleaned, and without running heads: a word that is not in it has no span.

    Args:
        boxes: the record of the page's words (`ingest.read.ocr_boxes`); none for a page that OCR did not read.
        text: of the page.

    Raises:
        ValueError: the record is damaged.
    """
    if not boxes:
        return ()
    from ingest.read.ocr_boxes import unpack  # brings the PDF engine, which a paper without pictures does not need

    words = unpack(boxes)
    if not any(_is_doubtful(word) for word in words):
        return ()
    spans: list[Span] = []
    for start, end in sorted(_places(words, text)):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return tuple(spans)


def less_sure(facts: FoundFacts, doubtful: Sequence[Span]) -> FoundFacts:
    """The facts, those that rest on a doubtful word no longer sure."""
    return replace(facts, **{item.name: _held(getattr(facts, item.name), doubtful) for item in fields(facts)}) if doubtful else facts


def _held(value: Any, doubtful: Sequence[Span]) -> Any:
    if isinstance(value, tuple):
        return tuple(_held(one, doubtful) for one in value)
    if isinstance(value, Found) and value.start is not None and value.end is not None:
        at, to = value.start, value.end
        return replace(value, confidence="likely") if any(start < to and at < end for start, end in doubtful) else value
    return value


def _is_doubtful(word: WordBox) -> bool:
    """Whether a word is; a sign that stands by itself, as dirt does, says nothing that could be wrong."""
    from ingest.read.ocr_boxes import DOUBTFUL

    return word.doubt >= DOUBTFUL and _LETTER.search(word.text) is not None


def _places(words: Sequence[WordBox], text: str) -> list[Span]:
    letters = [key(word.text) for word in words]
    shown = [key(char) for char in text]
    owners = [at for at, one in enumerate(shown) for _ in one]
    where = aligned("".join(letters), "".join(shown))
    starts = [0, *accumulate(map(len, letters))]
    found = []
    for word, start, end in zip(words, starts, starts[1:], strict=False):
        places = where[start:end]
        if _is_doubtful(word) and places and min(places) >= 0 and places[-1] - places[0] == len(places) - 1:
            found.append((owners[places[0]], owners[places[-1]] + 1))
    return found


def aligned(read: str, shown: str) -> list[int]:
    """For each letter that was read its place among those shown, or -1; what stands in another order is found in later passes."""
    where = [-1] * len(read)
    taken: set[int] = set()

    def put(at: int, place: int) -> bool:
        fits = 0 <= at < len(read) and 0 <= place < len(shown) and where[at] < 0 and place not in taken and read[at] == shown[place]
        if fits:
            where[at] = place
            taken.add(place)
        return fits

    for least in _RUNS:
        left, free = [at for at, place in enumerate(where) if place < 0], [place for place in range(len(shown)) if place not in taken]
        for block in Indel.opcodes("".join(read[at] for at in left), "".join(shown[place] for place in free)):
            size = block.src_end - block.src_start
            if block.tag != "equal" or size < least:
                continue
            run = [(left[block.src_start + step], free[block.dest_start + step]) for step in range(size)]
            for at, place in run:
                put(at, place)
            # Where a letter stands twice in a row, either may have been taken for the end of the run.
            for (at, place), way in ((run[0], -1), (run[-1], 1)):
                step = way
                while put(at + step, place + step):
                    step += way
    return where
