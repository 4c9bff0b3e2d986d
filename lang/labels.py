"""The printed labels that order a document: "Article 4", "कलम ४ :", "第4条（定義）", "3.2", "(b)", "२."."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal, TypeAlias

import regex

from lang.languages import words_of

Family: TypeAlias = Literal["part", "chapter", "annex", "section", "article", "clause"]

FAMILY_RANK: dict[Family, int] = {"annex": 0, "part": 1, "chapter": 2, "section": 3, "article": 4, "clause": 5}
"""Depth of a labelled heading, outermost first."""

_KANJI = "〇零一二三四五六七八九十百千"
_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SPELLED = "|".join(form for word in _COUNTED for form in (word.title(), word.upper()))
_NUMBER = rf"(?:\p{{Nd}}+(?:[.．]\p{{Nd}}+)*|[{_KANJI}]+|[IVXLC]+(?![\p{{L}}])|[ivxl]+(?![\p{{L}}])|(?:{_SPELLED})(?![\p{{L}}]))"
_QUOTE = "[‘'“\"「]?"
_LETTER = r"(?:[A-Z](?![\p{L}])|[\p{Devanagari}--\p{Nd}]\p{M}?(?![\p{L}\p{M}]))"
_OUTERMOST_FIRST: tuple[Family, ...] = ("part", "chapter", "annex", "section", "article", "clause")
"""In which order labels are read."""


def _family_patterns() -> list[tuple[Family, regex.Pattern[str]]]:
    patterns: list[tuple[Family, regex.Pattern[str]]] = []
    for family in _OUTERMOST_FIRST:
        latin, indic = words_of("labels", family, "latin"), "|".join(words_of("labels", family, "devanagari"))
        japanese = "".join(words_of("labels", family, "japanese"))
        letter = rf"|{_LETTER}" if family in ("annex", "part") else ""
        number = rf"{_QUOTE}(?P<number>{_NUMBER}{letter})[’'”\"」]?"
        if latin:
            word = "|".join(w.title() + "|" + w.upper() for w in latin)
            word = rf"(?:{word})\s+" + (r"|(?:Art|Sec|ART|SEC)\.\s?|§\s?" if family == "article" else "")
            after = r"(?:\s(?:bis|ter|quater)\b)?(?:\s?\([\p{L}\p{N}]{1,4}\))*"
            patterns.append((family, regex.compile(rf"(?:{word}){number}{after}", regex.V1)))
        if indic:
            patterns.append((family, regex.compile(rf"(?:{indic})\s?(?:क्र(?:मांक|\.)?\s?)?[-–—]?\s?{number}", regex.V1)))
        if japanese:
            patterns.append(
                (
                    family,
                    regex.compile(
                        rf"[第弟]\s?(?P<number>\p{{Nd}}+|[{_KANJI}]+)\s?[{japanese}](?:の[\p{{Nd}}{_KANJI}]+)*(?:第[\p{{Nd}}{_KANJI}]+[項号])*"
                    ),
                )
            )
    patterns.append(
        (
            "annex",
            regex.compile(
                r"(?:附属書|付属書|別添|別紙|別表|附録|付録|別記|附則|様式|参考資料)(?:\s?第?(?P<number>\p{Nd}+|[一二三四五六七八九十]+|[A-ZＡ-Ｚ]))?"
            ),
        )
    )
    patterns.append(
        ("annex", regex.compile(r"(?P<number>)(?:Annex|ANNEX|Annexure|ANNEXURE|Appendix|APPENDIX|परिशिष्ट|अनुसूची|जोडपत्र)(?=\s*[:.：]?\s*$)"))
    )
    return patterns


_FAMILIES = _family_patterns()
# What follows a heading's label; "Article 4 of the Convention" and "कलम ३ च्या उल्लंघनाबद्दल" only speak of an article.
_DELIMITER = regex.compile(r"\s*(?:[.．:：。—–\-・]+(?=\s|$|\p{L}|[“\"(（])|(?=[（(【「])|\n)\s*")
_SPEAKS_OF = regex.compile(
    r"(?:of|and|or|to|in|on|shall|is|are|was|were|will|may|for|by|does|above|below|hereof|which|that|under|thereof|provides?|applies|has|have)\b"
    r"|(?:च्या|चा|ची|चे|ला|ने|नुसार|अन्वये|मध्ये|मधील|खाली|खालील|व|आणि|किंवा|प्रमाणे|अनुसार|के|का|की|को|में|से|और|तथा|या|एवं|द्वारा|ने|पर)(?![\p{L}\p{M}])"
    r"|[,;、，)\]）]"
)


@dataclass(frozen=True, slots=True)
class Label:
    """A label as ``printed`` at the start of a block; ``rest`` is what follows, ``delimited`` whether a mark parts the two."""

    family: Family
    printed: str
    value: int
    rest: str
    delimited: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A numbering inside an article: ``style`` groups siblings, ``value`` is the last number (0 for letters whose order is not known)."""

    style: str
    printed: str
    value: int
    rest: str
    depth: int = 1


_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def number(text: str) -> int:
    """Value of ASCII, Devanagari, full-width, kanji or Roman digits; of a dotted number its first part; 0 if it is none of these."""
    text = unicodedata.normalize("NFKC", text).split(".")[0]
    if text.isdecimal():
        return int(text)
    if text.lower() in _COUNTED:
        return _COUNTED.index(text.lower()) + 1
    if text and all(c in _KANJI for c in text):
        total = digit = 0
        for c in text:
            if c in "十百千":
                total, digit = total + (digit or 1) * {"十": 10, "百": 100, "千": 1000}[c], 0
            else:
                digit = digit * 10 + max(0, "零一二三四五六七八九".find(c))
        return total + digit
    values = [_ROMAN.get(c, 0) for c in text.lower()]
    if values and all(values):
        return sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values))
    return 0


def read_label(text: str) -> Label | None:
    """The heading label that ``text`` begins with; None where the words only refer to an article."""
    for family, pattern in _FAMILIES:
        match = pattern.match(text)
        if match is None:
            continue
        after = text[match.end() :]
        value = number(match.group("number") or "")
        if not after.strip():
            return Label(family, match.group(), value, "", False)
        if delimiter := _DELIMITER.match(after):
            rest = after[delimiter.end() :]
            return Label(family, match.group(), value, rest, True)
        if after[0].isspace() and not _SPEAKS_OF.match(after.lstrip()):
            # In Japanese a space is mark enough: 附則　この規程は….
            return Label(family, match.group(), value, after.lstrip(), _WIDE_LETTER.match(match.group()) is not None)
        return None
    return None


_WIDE_LETTER = regex.compile(r"\p{Han}")
_WIDE = r"[\p{Han}\p{Hiragana}\p{Katakana}「『（]"
_ITEMS: tuple[tuple[str, regex.Pattern[str]], ...] = (
    ("dotted", regex.compile(r"(?P<n>\p{Nd}{1,2}(?:[.．]\p{Nd}{1,2}){1,3})[.．]?(?=\s)")),
    ("1-1", regex.compile(rf"(?P<n>\p{{Nd}}{{1,2}}(?:[-－‐–−]\p{{Nd}}{{1,2}}){{1,2}})[.．]?(?=\s+{_WIDE})")),
    ("第1", regex.compile(rf"第\s?(?P<n>\p{{Nd}}{{1,2}}|[{_KANJI}]{{1,3}})(?=\s+{_WIDE})")),
    ("(1)", regex.compile(r"[(（\[〔]\s?(?P<n>\p{Nd}{1,3})\s?[)）\]〕]")),
    ("(i)", regex.compile(r"[(（]\s?(?P<n>[ivx]{1,5})\s?[)）]")),
    ("(a)", regex.compile(r"[(（]\s?(?P<n>[a-zａ-ｚ])\s?[)）]")),
    ("(A)", regex.compile(r"[(（]\s?(?P<n>[A-ZＡ-Ｚ])\s?[)）]")),
    ("(क)", regex.compile(r"[(（]\s?(?P<n>\p{Devanagari}\p{M}?)\s?[)）]")),
    ("(一)", regex.compile(rf"[(（]\s?(?P<n>[{_KANJI}]{{1,3}})\s?[)）]")),
    ("(ア)", regex.compile(r"[(（]\s?(?P<n>[ア-ン])\s?[)）]")),
    ("1)", regex.compile(r"(?P<n>\p{Nd}{1,3})[)）](?=\s|\p{L})")),
    ("①", regex.compile(r"(?P<n>[①-⑳])")),
    ("1.", regex.compile(r"(?P<n>\p{Nd}{1,3})[.．](?=\s|\p{Han}|\p{Hiragana}|\p{Katakana})")),
    ("I.", regex.compile(rf"(?:(?P<n>[IVX]{{1,5}})[.．](?=\s)|(?P<n>[Ⅰ-Ⅻ])[.．]?(?=\s|{_WIDE}))")),
    ("a.", regex.compile(r"(?P<n>[a-z])[.)](?=\s)")),
    ("A.", regex.compile(r"(?P<n>[A-Z])[.)](?=\s)")),
    ("क.", regex.compile(r"(?P<n>[\p{Devanagari}--\p{Nd}]\p{M}?)[.)](?=\s)", regex.V1)),
    ("1", regex.compile(r"(?P<n>\p{Nd}{1,2})(?=\s(?:\p{Han}|\p{Hiragana}|\p{Katakana}|\d*[「『（]))")),
    ("一", regex.compile(rf"(?P<n>[{_KANJI}]{{1,3}})(?=[\s\u3000]\s*{_WIDE})")),
    ("ア", regex.compile(r"(?P<n>[ア-コイロハニホヘト])(?=\s)")),
)


def read_item(text: str) -> Item | None:
    """The numbering that ``text`` begins with, if something follows it."""
    for style, pattern in _ITEMS:
        match = pattern.match(text)
        if match is None:
            continue
        rest = text[match.end() :].strip()
        if not rest:
            return None
        printed, digits = match.group(), match.group("n")
        parts = regex.split("[.．\\-－‐–−]", digits)
        return Item(style, printed, _letter(digits) if style in _LETTERED else number(parts[-1]), rest, len(parts))
    return None


_LETTERED = frozenset({"(a)", "(A)", "a.", "A."})


def _letter(text: str) -> int:
    """1 for ``a``; 0 for a letter of another alphabet."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return ord(plain) - 96 if plain.isascii() else 0


_ITEM_ENTRY = regex.compile(
    r"[(（\[〔]?\s?(?:\p{Nd}{1,3}(?:[.．]\p{Nd}{1,2})*|[A-Za-zａ-ｚＡ-Ｚ]|[ivxIVX]{1,5}|[①-⑳]|\p{Devanagari}\p{M}?|[ア-ン]|[一二三四五六七八九十]{1,3})\s?[)）\]〕.．]?"
)


def is_item_entry(entry: str) -> bool:
    """Whether a path entry is only a numbering such as ``(2)``, not a heading."""
    return _ITEM_ENTRY.fullmatch(entry) is not None


def is_article_entry(entry: str) -> bool:
    """Whether a path entry begins with the label of an article or an annex."""
    label = read_label(entry)
    return label is not None and label.family in ("article", "annex")
