"""Normalisation: the form of a text that we show, the form that we search, and the way back from the second to the first.

The display form is NFC without invisible debris. The search form is NFKC, case-folded, and unifies what NFKC leaves apart in
Devanagari: the eyelash ra, ॲ/अॅ/ऍ, digits, homorganic nasals and the anusvara, the nukta, the danda.
Kanji that a PDF spells with the code points of dictionary radicals (Chromium and others map a glyph back to the first code point
that shows it: 日 comes out as U+2F47) look the same and no search finds them: only the two radical blocks are folded.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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


def fold_radicals(text: str) -> str:
    """``text`` with radicals as the ideographs they stand for and Latin ligatures (ﬁ) as their letters."""
    return text.translate(_TABLE)


def comparison_key(text: str) -> str:
    """What agrees of two readings of a page: letters and marks in compatibility decomposition, without what layout adds or takes."""
    return str(_IGNORED.sub("", unicodedata.normalize("NFKD", fold_radicals(text)))).casefold()


# Soft hyphen, zero-width space, word joiner, byte order mark, bidi marks and overrides. ZWJ and ZWNJ are spelling: they stay.
_INVISIBLE = "\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb"
_DEBRIS = regex.compile(rf"[{_INVISIBLE}]|(?![\t\n])\p{{Cc}}")
_LINE_ENDS = regex.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")
_SPACES = regex.compile(r"[\p{Zs}]+")
_AROUND_TABS = regex.compile(r" *\t *")
_AROUND_LINES = regex.compile(r"[ \t]*\n[ \t]*")
_BLANK_LINES = regex.compile(r"\n{2,}")
_BARE = regex.compile(r"[\W_]+")


def bare(text: str) -> str:
    """A name or a title as it is compared: its letters and digits, in small letters."""
    return _BARE.sub("", text.casefold())


def clean(text: str) -> str:
    """The display form: NFC, no invisible or control characters, single spaces, no blank lines; tabs between cells are kept.

    Idempotent. ZWJ and ZWNJ are kept, they are part of Marathi spelling.
    """
    text = _DEBRIS.sub("", _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)))
    text = _AROUND_TABS.sub("\t", _SPACES.sub(" ", text))
    text = _BLANK_LINES.sub("\n", _AROUND_LINES.sub("\n", text)).strip()
    # Taking a character out can bring a letter and its mark together.
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True, slots=True)
class SearchForm:
    """``text`` is the search form; code point *i* of it came from ``original[starts[i]]`` on. ``length`` is the original's."""

    text: str
    starts: Sequence[int]
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that ``text[start:end]`` came from; whole characters with their marks."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else self.length
            return at, at
        stop = end
        while stop < len(self.starts) and self.starts[stop] == self.starts[end - 1]:
            stop += 1
        return self.starts[start], self.starts[stop] if stop < len(self.starts) else self.length


# A character with what composes with it, marks, joiners and half-width voicing marks, and what is dropped, behind which a mark may
# stand; a run of white space is one cluster.
_CLUSTER = regex.compile(rf"\s+|\S[\p{{M}}\u200C\u200D\uFF9E\uFF9F{_INVISIBLE}\p{{Cs}}\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]*")
# र + virama + ZWJ and र + ZWJ + virama are older spellings of ऱ + virama, the eyelash ra of दऱ्या.
_EYELASH = regex.compile("\u0930(?:\u094d\u200d|\u200d\u094d)")
_DROPPED = regex.compile(rf"[{_INVISIBLE}\u200c\u200d\u093c]|(?!\s)\p{{Cc}}|\p{{Cs}}")
_PAIRS = (("\u0905\u0945", "ॲ"), ("\u0906\u0945", "ऑ"), ("\u093e\u0945", "\u0949"), ("\u0905\u0949", "ऑ"))
_SINGLES = str.maketrans(
    {chr(0x966 + d): str(d) for d in range(10)}
    | {"ऍ": "ॲ", "ऩ": "न", "ऴ": "ळ", "\u0901": "\u0902", "।": "|", "॥": "||"}
    | dict.fromkeys("‘’‚‛′", "'")
    | dict.fromkeys("“”„‟″", '"')
    | dict.fromkeys("‐‑‒–—−", "-")
)
_NASAL = regex.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])")
_CHANGED = regex.compile(r"\s\s|[^ -~]")
"""In a text of ASCII, what its search form leaves out or writes as a space."""
_MAX_PASSES = 4


def _fold_once(cluster: str) -> str:
    cluster = _EYELASH.sub("\u0931\u094d", unicodedata.normalize("NFC", cluster))
    cluster = _DROPPED.sub("", cluster)
    for old, new in _PAIRS:
        cluster = cluster.replace(old, new)
    cluster = unicodedata.normalize("NFKC", cluster).translate(_SINGLES).casefold()
    return " " if cluster.isspace() else cluster


@lru_cache(maxsize=16384)
def _fold(cluster: str) -> str:
    """The search form of one cluster. Folding can expose what an earlier step would have changed: repeat until nothing moves."""
    for _ in range(_MAX_PASSES):
        folded = "".join(map(_fold_once, _CLUSTER.findall(cluster)))
        if folded == cluster:
            break
        cluster = folded
    return cluster


def search_form(text: str) -> SearchForm:
    """Fold ``text`` for matching; see the module. Runs of white space become one space. Idempotent on its own ``text``."""
    if text.isascii() and not _CHANGED.search(text):
        return SearchForm(text.lower(), range(len(text)), len(text))
    parts: list[str] = []
    starts = array("l")
    for match in _CLUSTER.finditer(text):
        folded = _fold(match.group())
        if folded[:1] == " " and parts and parts[-1][-1] == " ":
            folded = folded[1:]  # of ¯ and ´, which NFKC writes as a space with a mark, the mark
        if not folded:
            continue
        parts.append(folded)
        starts.extend([match.start()] * len(folded))
    folded_text = "".join(parts)
    # The nasal and the consonant that follows are two clusters: this step needs the whole text.
    hits = [m.start() for m in _NASAL.finditer(folded_text)]
    if hits:
        characters = list(folded_text)
        for at in reversed(hits):
            characters[at : at + 2] = ["\u0902"]
            del starts[at + 1]
        folded_text = "".join(characters)
    return SearchForm(folded_text, starts, len(text))
