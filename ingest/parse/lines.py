"""Lines of text: white space, joining, how a sentence ends in our four languages, and the numbers in front of clauses."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from lang.values.numerals import DEVANAGARI_DIGITS, FULL_WIDTH_DIGITS, KANJI, kanji

MOST_MARGINS = 6
"""Lines around a text that are kept as hints."""
WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uff60々ー]")
"""A character of Japanese, between two of which no space stands."""
_WIDE = r"[\p{Han}\p{Hiragana}\p{Katakana}、。，．・「」『』（）〔〕【】ー！？：；]"
_BREAK_IN_WIDE = regex.compile(rf"(?<={_WIDE})[ \t]*\n\s*(?={_WIDE})")
_SPACE = regex.compile(r"[^\S\u3000]+")
_TERMINAL = regex.compile(r"[.।॥!?…:;。！？：；][)\]”\"’'»」』）]*\s*$|[”」』]\s*$")
_BULLET = regex.compile(r"^\s*(?:[-–*+•●○◦▪■□◆‣·・]|[\uf0b7\uf0a7])\s+")
_DOUBLE = regex.compile(r"[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]")


def squeeze(text: str) -> str:
    """Collapse white space to single spaces; a line break inside Japanese text vanishes, because Japanese has no word spaces."""
    return str(_SPACE.sub(" ", _BREAK_IN_WIDE.sub("", text.replace("\xad", "")))).strip(" \n\t\r\u3000")


def join(lines: Iterable[str]) -> str:
    """Join wrapped lines into one."""
    return squeeze("\n".join(lines))


def ends_sentence(text: str) -> bool:
    """Whether ``text`` ends like a sentence (or leads in to what follows with a colon), not like a headline or a label."""
    return bool(_TERMINAL.search(text))


def without_bullet(text: str) -> tuple[str, bool]:
    """``text`` without its bullet, and whether it had one; a number such as ``(2)`` is not a bullet and stays."""
    stripped = _BULLET.sub("", text, count=1)
    return stripped, stripped != text


def columns(text: str) -> int:
    """Width in terminal columns: ideographs, kana and full-width forms count two, combining marks none."""
    wide = len(_DOUBLE.findall(text))
    return len(text) + wide - len(regex.findall(r"\p{Mn}", text))


_ROMAN: tuple[tuple[int, str], ...] = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LEGAL_KANJI = str.maketrans("一二三五十千", "壱弐参伍拾阡")
_HINDI_CONSONANTS = "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह"
_HINDI_VOWELS = "अआइईउऊऋऌऍएऐऑओऔ"
_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_MOST_COUNTED = 32_767
"""As far as word processors count; the millionth letter would be 40,000 letters long."""
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"


def letters(number: int) -> str:
    """1 → a, 26 → z, 27 → aa (the letter doubled, as word processors count)."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def roman(number: int) -> str:
    """Lower-case Roman numeral of a positive integer."""
    result = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        result += sign * count
    return result


def legal_kanji(number: int) -> str:
    """Numeral of Japanese deeds, 1 to 9999, whose signs cannot be altered by a stroke: 壱拾弐."""
    return kanji(number, ones=True).translate(_LEGAL_KANJI)


def ordinal(number: int) -> str:
    """English ordinal: 1st, 2nd, 3rd, 11th."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def spell_number(number: int, style: str) -> str | None:
    """A number in a WordprocessingML format (ECMA-376 part 1, 17.18.59); None for a bullet or a style that shows nothing.

    A style that is not known is shown in decimal digits.
    """
    if style in {"bullet", "none"}:
        return None
    if not 1 <= number <= _MOST_COUNTED:
        return str(number)
    if style in {"lowerLetter", "upperLetter"}:
        return letters(number) if style == "lowerLetter" else letters(number).upper()
    if style in {"lowerRoman", "upperRoman"}:
        return roman(number) if style == "lowerRoman" else roman(number).upper()
    if style == "decimalZero":
        return f"{number:02d}"
    if style in {"decimalFullWidth", "decimalFullWidth2"}:
        return str(number).translate(FULL_WIDTH_DIGITS)
    if style == "hindiNumbers":
        return str(number).translate(DEVANAGARI_DIGITS)
    if style in {"japaneseCounting", "chineseCounting", "chineseCountingThousand", "taiwaneseCounting"}:
        return kanji(number) if number < 10_000 else str(number)
    if style == "japaneseLegal":
        return legal_kanji(number) if number < 10_000 else str(number)
    if style in {"ideographDigital", "japaneseDigitalTenThousand"}:
        return "".join(KANJI[int(digit)] for digit in str(number))
    if style == "ordinal":
        return ordinal(number)
    if style in {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}:
        return chr(0x2460 + number - 1) if number <= 20 else str(number)
    series = {
        "hindiConsonants": _HINDI_CONSONANTS,
        "hindiVowels": _HINDI_VOWELS,
        "aiueo": _AIUEO,
        "aiueoFullWidth": _AIUEO,
        "ideographTraditional": _STEMS,
        "ideographZodiac": _BRANCHES,
        "iroha": _IROHA,
        "irohaFullWidth": _IROHA,
    }
    alphabet = series.get(style, "")
    return alphabet[number - 1] if number <= len(alphabet) else str(number)
