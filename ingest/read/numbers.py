"""Numbers as documents spell them in front of a clause: letters, Roman, Devanagari, Japanese."""

from __future__ import annotations

_ROMAN: tuple[tuple[int, str], ...] = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_KANJI = "〇一二三四五六七八九"
_DEVANAGARI_DIGITS = str.maketrans("0123456789", "०१२३४५६७८९")
_FULL_WIDTH_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_HINDI_CONSONANTS = "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह"
_HINDI_VOWELS = "अआइईउऊऋऌऍएऐऑओऔ"
_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
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


def kanji(number: int) -> str:
    """Japanese counting numeral, 1 to 9999: 十二, 百一."""
    result = ""
    for value, sign in ((1000, "千"), (100, "百"), (10, "十")):
        count, number = divmod(number, value)
        if count:
            result += (_KANJI[count] if count > 1 else "") + sign
    return result + (_KANJI[number] if number else "")


def spell(number: int, style: str) -> str | None:
    """A number in a WordprocessingML format (ECMA-376 part 1, 17.18.59); None for a bullet or a style that shows nothing.

    A style that is not known is shown in decimal digits.
    """
    if style in {"bullet", "none"}:
        return None
    if number < 1:
        return str(number)
    if style in {"lowerLetter", "upperLetter"}:
        return letters(number) if style == "lowerLetter" else letters(number).upper()
    if style in {"lowerRoman", "upperRoman"}:
        return roman(number) if style == "lowerRoman" else roman(number).upper()
    if style == "decimalZero":
        return f"{number:02d}"
    if style in {"decimalFullWidth", "decimalFullWidth2"}:
        return str(number).translate(_FULL_WIDTH_DIGITS)
    if style == "hindiNumbers":
        return str(number).translate(_DEVANAGARI_DIGITS)
    if style in {"japaneseCounting", "chineseCounting", "chineseCountingThousand", "japaneseLegal", "taiwaneseCounting"}:
        return kanji(number) if number < 10_000 else str(number)
    if style in {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}:
        return chr(0x2460 + number - 1) if number <= 20 else str(number)
    series = {
        "hindiConsonants": _HINDI_CONSONANTS,
        "hindiVowels": _HINDI_VOWELS,
        "aiueo": _AIUEO,
        "aiueoFullWidth": _AIUEO,
        "iroha": _IROHA,
        "irohaFullWidth": _IROHA,
    }
    alphabet = series.get(style, "")
    return alphabet[number - 1] if number <= len(alphabet) else str(number)
