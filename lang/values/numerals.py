"""Numbers that are spelled out.

The words stand in the files of the languages (``numerals``); they are compared in the search form (`lang.normalise`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache

import regex

from lang.languages import LANGUAGES, Language, entries, known_of, words_of
from lang.normalise import search_form

_REGULAR: tuple[Language, ...] = ("hi", "mr")
_ORDINAL_ENDINGS = ("वाँ", "वीं", "वें", "वा", "वी", "वे", "व्या")
LONE_SCALES = ("hundred", "सौ", "शे", "dozen")
"""Words of a scale that are a number by themselves; डझन and *million* are none without one."""
_INFLECTED = regex.compile(r"(हजार|लाख|कोटी|दशलक्ष|अब्ज|डझन)(?:ां?|ं)(?:च[\p{M}]*|च्या|हून|वर|त|ना|नी|साठी|पेक्षा|पर्यंत|इतक[\p{M}]*|मध्ये)?")
DEVANAGARI_DIGITS = str.maketrans("0123456789", "०१२३४५६७८९")
FULL_WIDTH_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
KANJI = "〇一二三四五六七八九"
_KANJI_DIGITS = {c: i for i, c in enumerate(KANJI)} | {"零": 0, "両": 2}
_KANJI_SMALL = {"十": 10, "百": 100, "千": 1000}
_KANJI_LARGE = {"万": 10**4, "億": 10**8, "兆": 10**12}


def _table(name: str) -> dict[str, Fraction]:
    return {_folded(word): Fraction(value) for value, words in _said(name) for word in words}


def _said(name: str, values: Collection[str] = ()) -> Iterator[tuple[str, list[str]]]:
    """The values of a table of numerals, or some of them, with their words in each language."""
    for table in entries("numerals", name):
        yield from ((value, words.split()) for value, words in table.items() if not values or value in values)


def _series(language: Language) -> list[str]:
    found: list[str] = known_of(language)["numerals"]["series"].split()
    return found


def _folded(word: str) -> str:
    return search_form(word).text


@cache
def counting_words() -> Mapping[str, Fraction]:
    """Words that are a number by themselves: *thirty*, तीस, अडीच."""
    words = _table("values")
    for series in entries("numerals", "series"):
        words |= {_folded(word): Fraction(n) for n, word in enumerate(series.split())}
    for tens in entries("numerals", "tens"):
        words |= {_folded(word): Fraction(10 * n) for n, word in enumerate(tens.split(), start=1)}
    return words | {_folded(word + "शे"): Fraction(100 * n) for n, word in enumerate(_series("mr")[:10]) if n}


@cache
def scale_words() -> Mapping[str, Fraction]:
    """Words that multiply the number before them: *million*, लाख."""
    return _table("scales")


@cache
def shift_words() -> Mapping[str, Fraction]:
    """Words that move the number after them: साडे तीन is 3½, पौने तीन is 2¾."""
    return _table("shifts")


@cache
def ordinal_words() -> Mapping[str, Fraction]:
    """*third*, तिसरा and the regular ones in -th, -वाँ, -वा. *First* is left out: it is said of what is nowhere counted."""
    words = _table("ordinals")
    for language in _REGULAR:
        regular = enumerate(_series(language)[5:], start=5)
        words |= {_folded(word + ending): Fraction(n) for n, word in regular for ending in _ORDINAL_ENDINGS}
    # विसावा, चोविसावा, चाळिसावा: in writing with the long vowel as well.
    later = [(n, form) for n, word in enumerate(_series("mr")) if n > 18 for form in (word, regex.sub("ीस$", "िस", word))]
    words |= {_folded(form + ending): Fraction(n) for n, form in later for ending in ("ावा", "ावी", "ावे", "ाव्या")}
    return words | {word + "th": Fraction(n) for n, word in enumerate(_series("en")) if n > 12}


@cache
def spelled() -> tuple[str, ...]:
    """The words of numbers up to a thousand as papers write them, longest first, for a pattern: with and without nukta, ँ or ं."""
    words = {word for series in entries("numerals", "series") for word in series.split()[1:]} | set(words_of("numerals", "tens"))
    words |= {
        word for name, values in (("values", ()), ("scales", ("12", "100", "1000"))) for _, found in _said(name, values) for word in found
    }
    shifts = {word for _, found in _said("shifts") for word in found}
    words |= shifts | {shift + word for shift in shifts for word in _series("mr")[1:10]}
    words |= {word + "शे" for word in _series("mr")[1:10]}
    words |= {word.replace("\N{DEVANAGARI SIGN NUKTA}", "") for word in words}
    words |= {word.replace("\N{DEVANAGARI SIGN CANDRABINDU}", "\N{DEVANAGARI SIGN ANUSVARA}") for word in words}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def kanji(number: int, *, ones: bool = False) -> str:
    """Japanese counting numeral, 1 to 9999: 十二, 百一; with ``ones`` 一十二, 一百一."""
    result = ""
    for value, sign in ((1000, "千"), (100, "百"), (10, "十")):
        count, number = divmod(number, value)
        if count:
            result += (KANJI[count] if count > 1 or ones else "") + sign
    return result + (KANJI[number] if number else "")


def counted(number: int, language: Language) -> tuple[str, ...]:
    """How a whole number from 1 to 99 is spelled out in a language: *twenty-one* and *twenty one*, चौदा, 十四; () for others."""
    if not 0 < number < 100:
        return ()
    if language == "ja":
        return (kanji(number),)
    if language not in LANGUAGES:
        return ()
    series = _series(language)
    if number < len(series):
        return (series[number],)
    tens, rest = divmod(number, 10)
    ten = known_of(language)["numerals"]["tens"].split()[tens - 1]
    return (f"{ten}-{series[rest]}", f"{ten} {series[rest]}") if rest else (ten,)


def in_words(text: str) -> Fraction | None:
    """The value of a number that is spelled out: *one hundred and eighty*, साडेतीन, दो हज़ार पच्चीस; None when it is none."""
    parts: list[str | Fraction] = []
    for word in regex.split(r"[\s-]+", text):
        said = number_words(_folded(word))
        if said is None and word.lower() not in ("and", "a", "an"):
            return None
        parts += said or []
    return read_words(parts)


@cache
def number_words(word: str) -> list[str | Fraction] | None:
    """The number words that a word is made of, as साडेतीन; of a Marathi scale its first form (लाखांचा); None when it is no number."""
    if word in counting_words() or word in scale_words() or word in shift_words():
        return [word]
    scale = _INFLECTED.fullmatch(word)
    if scale:
        return [scale[1]]
    for shift in shift_words():
        if word.startswith(shift) and word[len(shift) :] in counting_words():
            return [shift, word[len(shift) :]]
    return None


def read_words(words: Iterable[str | Fraction]) -> Fraction | None:
    """The value of a run of number words, digits already read, e.g. ``["two", "hundred", "fifty"]``; None when they make no number.

    A larger scale closes what stands before it (*two hundred thousand*, १२ लाख ५० हजार); a shift word acts on the next number, and at its
    scale (साडेतीन लाख is 3.5 lakh).
    """
    total = Fraction(0)
    current: Fraction | None = None
    shift = Fraction(0)
    for word in words:
        if isinstance(word, Fraction) or word in counting_words():
            value = word if isinstance(word, Fraction) else counting_words()[word]
            if current is None:
                current = value
            elif _adds(current, value):
                current += value
            else:
                return None
            current += shift
            shift = Fraction(0)
        elif word in shift_words():
            shift = shift_words()[word]
        elif word in scale_words():
            scale = scale_words()[word]
            if current is None and shift:
                current, shift = 1 + shift, Fraction(0)
            if scale <= 100:
                current = (1 if current is None else current) * scale
            else:
                total += (1 if current is None else current) * scale
                current = None
        else:
            return None
    if shift:
        return None
    return total + (current or 0) if total or current is not None else None


def _adds(current: Fraction, value: Fraction) -> bool:
    """Whether a number word goes on with the number before it: *twenty five*, *two hundred fifty*, *one and a half*."""
    tens = current % 10 == 0 and current >= 20 and value < 10 and value.denominator == 1
    return tens or (current % 100 == 0 and value < 100) or value == Fraction(1, 2)


def read_kanji(text: str) -> Fraction | None:
    """The value of a Japanese numeral, digits allowed before a unit: 三十, 二〇二五, 1億2千万, 1.5万; None when it is none."""
    if text and all(c in _KANJI_DIGITS for c in text):
        return Fraction(int("".join(str(_KANJI_DIGITS[c]) for c in text)))
    total, section, number = Fraction(0), Fraction(0), ""
    for c in text:
        if c in _KANJI_DIGITS:
            number += str(_KANJI_DIGITS[c])
        elif c.isdigit() or (c == "." and number and "." not in number):
            number += c
        elif c == ",":
            continue
        elif c in _KANJI_SMALL:
            section += (Fraction(number) if number else 1) * _KANJI_SMALL[c]
            number = ""
        elif c in _KANJI_LARGE:
            section += Fraction(number) if number else 0
            total += (section or 1) * _KANJI_LARGE[c]
            section, number = Fraction(0), ""
        else:
            return None
    if number.endswith("."):
        return None
    return total + section + (Fraction(number) if number else 0) if text else None
