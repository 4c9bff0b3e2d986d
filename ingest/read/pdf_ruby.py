"""Ruby: the small kana that stand above kanji, or to their right in vertical text, and say how they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from ingest.read.pdf_text import Glyph

_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}ー・]")
_KANJI = regex.compile(r"[\p{Han}々]")
_MOST = 0.62
"""Ruby is half the size of its kanji (JIS X 4051); the body above a heading of half as much again is 0.67 of it."""


def without_ruby(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs of a page, turned so that text runs across, without ruby; the running text closes up behind it."""
    kanji = [glyph for glyph in glyphs if _KANJI.match(glyph.text)]
    largest = max((glyph.size for glyph in kanji), default=0.0)
    suspects = [at for at, glyph in enumerate(glyphs) if glyph.size <= _MOST * largest and _KANA.match(glyph.text)]
    if not suspects:
        return list(glyphs)
    rows: dict[int, list[Glyph]] = {}
    for glyph in kanji:
        rows.setdefault(int(glyph.y0 // largest), []).append(glyph)
    dropped = {at for at in suspects if _stands_above(glyphs[at], rows, largest)}
    kept: list[Glyph] = []
    for at, glyph in enumerate(glyphs):
        if at in dropped:
            continue
        kept.append(_closed_up(kept[-1], glyph) if kept and at - 1 in dropped else glyph)
    return kept


def _stands_above(ruby: Glyph, rows: dict[int, list[Glyph]], height: float) -> bool:
    """Whether larger kanji stand right below ``ruby``, closer than another line of text could."""
    first = int(ruby.y0 // height)
    for row in range(first, first + 3):
        for base in rows.get(row, ()):
            over = min(ruby.x1, base.x1 + ruby.size) - max(ruby.x0, base.x0 - ruby.size)
            room = base.y0 - ruby.y1
            if ruby.size <= _MOST * base.size and over > 0 and -0.6 * base.size < room < 0.4 * base.size and base.y0 > ruby.y0:
                return True
    return False


def _closed_up(previous: Glyph, glyph: Glyph) -> Glyph:
    """``glyph`` as it follows ``previous`` on the line that the ruby interrupted."""
    if abs(previous.baseline - glyph.baseline) > 0.3 * glyph.size or glyph.x0 < previous.x0:
        return replace(glyph, before="\n")
    gap = (glyph.x0 - previous.x1) / max(previous.size, glyph.size, 1.0)
    return replace(glyph, before=" " if glyph.before == " " else "", gap=gap)
