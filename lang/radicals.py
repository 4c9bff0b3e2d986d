"""Kanji that a PDF spells with the code points of dictionary radicals.

Chromium and others map a glyph back to the first code point of its font that shows it: 日 comes out as U+2F47, 民 as U+2EA0.
They look the same and no search finds them. Only the two radical blocks are folded; the rest of the text keeps its code points.
"""

from __future__ import annotations

import unicodedata

import regex

_FIRST_RADICAL, _LAST_RADICAL = 0x2E80, 0x2FDF

_SUPPLEMENT = (
    "⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵⺚旡日月歺母民氵氺灬爫爫丬牛"
    "犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑"
    "钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
"""Unicode 15 Equivalent_Unified_Ideograph of U+2E80..U+2EF3 in order; a code point without one stands for itself."""

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}


def _table() -> dict[int, str]:
    table = {_FIRST_RADICAL + at: ideograph for at, ideograph in enumerate(_SUPPLEMENT)}
    # The Kangxi block decomposes in NFKC; the supplement (but for two of its radicals) does not.
    table |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, _LAST_RADICAL + 1)}
    return table | _LIGATURES


_TABLE = _table()
_IGNORED = regex.compile(r"[\s\p{Cf}\p{Pd}|·\u2022\t]+")


def fold(text: str) -> str:
    """``text`` with radicals as the ideographs they stand for and Latin ligatures (ﬁ) as their letters."""
    return text.translate(_TABLE)


def key(text: str) -> str:
    """What agrees of two readings of a page: letters and marks in compatibility decomposition, without what layout adds or takes."""
    return str(_IGNORED.sub("", unicodedata.normalize("NFKD", fold(text)))).casefold()
