"""Bytes become text: which encoding a text or HTML file is in."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

import regex

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALIASES = {"shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932"}
_ALIASES |= {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "x-euc-jp": "euc_jp"}
# What our four languages are written with; a wrong decoding is full of characters from elsewhere.
_EXPECTED = regex.compile(r"[\t\n\r\x20-\x7e\p{Devanagari}\p{Hiragana}\p{Katakana}\p{Han}\p{Latin}\p{P}\p{Sc}\p{Zs}\p{N}\u200b-\u200f]")
_JAPANESE = regex.compile(r"[\p{Hiragana}\u30a1-\u30fc、。「」]")
_HALFWIDTH = regex.compile(r"[\uff61-\uff9f]")
_CONTROL = regex.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\x80-\x9f]")
_SAMPLE = 65_536
_KANA = 0.15
_RUN = regex.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was read in and how many characters were lost; ``guessed`` when nothing in the bytes confirms the choice."""

    text: str
    encoding: str
    lost: int = 0
    guessed: bool = False


def decode(data: bytes, declared: str | None = None) -> Decoded | None:
    """Decode ``data``; None when it is not text in any encoding that we know.

    The order is: byte-order mark, UTF-8, the declared encoding, UTF-16 without a mark, Shift_JIS (cp932) and EUC-JP where kana show
    them, Windows-1252. UTF-8 goes before the declaration because long text that is not UTF-8 is never valid UTF-8 by chance,
    while a page that declares ``iso-8859-1`` and holds UTF-8 is common. A few damaged bytes in UTF-8 become U+FFFD and are counted.

    Args:
        data: The whole file, or its beginning.
        declared: A label such as a ``<meta charset>``, in any case; unknown labels are ignored.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = data.decode(name, errors="replace")
            return Decoded(text, name, text.count("\ufffd"))
    if b"\x1b$" in data[:_SAMPLE] and (seven_bit := _strict(data, "iso2022_jp")) is not None:
        return Decoded(seven_bit, "iso2022_jp")
    # A stray zero byte or two is damage; more are UTF-16 (a line break every hundred bytes is already enough) or no text at all.
    if data.count(0, 0, _SAMPLE) * 100 >= min(len(data), _SAMPLE):
        return _utf16(data)
    if (unicode := _strict(data, "utf-8")) is not None:
        return None if _binary(unicode) else Decoded(unicode, "utf-8")
    return _utf16(data) or _legacy(data, declared)


def _legacy(data: bytes, declared: str | None) -> Decoded | None:
    if (repaired := _damaged_utf8(data)) is not None:
        return repaired
    if declared:
        label = declared.strip().lower()
        text = _strict(data, _ALIASES.get(label, label))
        if text is not None and not _binary(text):
            return Decoded(text, label)
    if (japanese := _japanese(data)) is not None:
        return japanese
    text = data.decode("cp1252", errors="replace")
    lost = text.count("\ufffd")
    high = sum(byte >= 0x80 for byte in data[:_SAMPLE])
    if lost > len(text) // 200 or _binary(text) or high > 0.3 * min(len(data), _SAMPLE):
        return None
    return Decoded(text, "cp1252", lost, guessed=True)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _binary(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROL.findall(sample)) > max(3, len(sample) // 200)


def _damaged_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few broken bytes (a cut transfer), told from other encodings by its many sound multi-byte characters."""
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    sound = sum(ord(character) > 0x7F for character in text) - lost
    return Decoded(text, "utf-8", lost) if sound >= 2 * lost and not _binary(text) else None


def _utf16(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: all expected characters, and an ASCII space, line break or Japanese full stop in the right byte order."""
    for name in ("utf-16-le", "utf-16-be"):
        text = _strict(data[: len(data) // 2 * 2], name)
        if not text:
            continue
        sample = text[:_SAMPLE]
        if len(_EXPECTED.findall(sample)) >= 0.98 * len(sample) and regex.search(r"[ \n。]", sample) and 0 in data[:_SAMPLE]:
            return Decoded(text, name)
    return None


def _japanese(data: bytes) -> Decoded | None:
    """Shift_JIS or EUC-JP: the reading with kana and without the half-width katakana that the wrong one produces."""
    best: tuple[float, Decoded] | None = None
    for name in ("cp932", "euc_jp"):
        text = _strict(data, name)
        if text is None:
            continue
        sample = regex.sub(r"[\x00-\x7f]", "", text[:_SAMPLE])
        score = (len(_JAPANESE.findall(sample)) - 2 * len(_HALFWIDTH.findall(sample))) / max(1, len(sample))
        if score <= _KANA and _common_kanji(text[:_SAMPLE], sample):
            score = _KANA + 0.01  # A table has hardly any kana.
        if score > _KANA and (best is None or score > best[0]):
            best = (score, Decoded(text, name))
    return best[1] if best else None


def _common_kanji(text: str, high: str) -> bool:
    """Whether the characters beyond ASCII are kanji in common use (JIS level 1), in runs as words are.

    Windows-1252 text gives lone ones here, a curly quotation mark with the letter after it.
    """
    runs = _RUN.findall(text)
    if len(high) < 2 * max(1, len(runs)) or _HALFWIDTH.search(high):
        return False
    encoded = [character.encode("cp932", "ignore") for character in high]
    return sum(0x81 <= code[0] <= 0x98 for code in encoded if len(code) == 2) >= 0.95 * len(high)
