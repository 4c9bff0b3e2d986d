"""Where each word stands on a page that OCR read: kept with the page, so that a quote can be boxed later without reading it again."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_STEPS = 20_000
"""Places are kept to a twenty-thousandth of the page: 0.015 mm on A4."""


@dataclass(frozen=True, slots=True)
class WordBox:
    """A word and its box in shares of the page's width and height, from its top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def pack(words: Iterable[WordBox]) -> bytes:
    """Words in reading order as a compact record, about nine bytes a word; b"" for none."""
    rows = [
        [word.text, *(round(_STEPS * share) for share in (word.left, word.top, word.right - word.left, word.bottom - word.top))]
        for word in words
    ]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 9) if rows else b""


def unpack(record: bytes) -> tuple[WordBox, ...]:
    """What `pack` was given, to the nearest step.

    Raises:
        ValueError: the record is none that `pack` made.
    """
    if not record:
        return ()
    try:
        rows = json.loads(zlib.decompress(record))
        return tuple(
            WordBox(text, left / _STEPS, top / _STEPS, (left + width) / _STEPS, (top + height) / _STEPS)
            for text, left, top, width, height in rows
        )
    except (zlib.error, TypeError, ValueError) as error:
        raise ValueError("The record of word boxes is damaged.") from error
