"""Whether the text layer of a page says what the page shows.

Cheap signs only: characters that the file maps to no letter, and Devanagari that no one can have written (a vowel sign that begins a
word, two in a row), which is what a layer in glyph order or without ActualText looks like.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

MAX_UNMAPPED = 0.02
"""Share of characters without a letter above which a layer is not trusted."""
MAX_UNMAPPED_DEVANAGARI = 0.005
"""The same where the page is in Devanagari: a redistilled file loses whole conjuncts and maps the rest; sound pages lose nothing."""
MAX_ILL_FORMED = 0.01
"""Share of ill-formed places among Devanagari characters above which a layer is not trusted; sound pages have none."""
_MIN_DEVANAGARI = 40
_LETTERS_PER_WORD = 5
_SPOILT_DEVANAGARI = 25
"""Where one Devanagari glyph has no letter, others have a wrong one: files redistilled by Ghostscript with 0.7 to 1.4 % unmapped have a
quarter of their words wrong."""
_DEVANAGARI = regex.compile(r"[\u0900-\u097f]")
_ILL_FORMED = regex.compile(
    r"(?<![\u0900-\u0963\u0971-\u097f\u200c\u200d])[\u0900-\u0903\u093a-\u094f\u0962\u0963]"
    r"|[\u093e-\u094c\u0962\u0963]{2}"
    r"|\u094d[\u093e-\u094c]"
    r"|[\u0904-\u0914](?!\u0945)[\u093e-\u094d]"
    r"|\u25cc"
)


@dataclass(frozen=True, slots=True)
class Trust:
    """``unmapped`` is the share of visible characters without a letter, ``ill_formed`` that of impossible places in Devanagari."""

    unmapped: float
    ill_formed: float
    devanagari: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether the layer can stand for the page."""
        return self.unmapped <= self._most and self.ill_formed <= MAX_ILL_FORMED

    @property
    def _most(self) -> float:
        return MAX_UNMAPPED_DEVANAGARI if self.devanagari else MAX_UNMAPPED

    @property
    def quality(self) -> float:
        """Estimated share of words that are right."""
        spoilt = _SPOILT_DEVANAGARI if self.devanagari else _LETTERS_PER_WORD
        return max(0.0, 1.0 - spoilt * (self.unmapped + self.ill_formed))

    @property
    def reason(self) -> str:
        """What is wrong, for a note; "" for a sound layer."""
        if self.is_sound:
            return ""
        if self.unmapped > self._most:
            return f"{self.unmapped:.1%} of the characters in its text layer stand for no letter."
        return f"The Devanagari of its text layer is garbled ({self.ill_formed:.0%} ill-formed)."


def trust(text: str, visible: int, unmapped: int) -> Trust:
    """Judge a layer.

    Args:
        text: Its text, lines parted by line feeds.
        visible: How many characters it has, white space left out.
        unmapped: How many of them have no usable Unicode value.
    """
    devanagari = len(_DEVANAGARI.findall(text))
    enough = devanagari >= _MIN_DEVANAGARI
    ill_formed = len(_ILL_FORMED.findall(text)) / devanagari if enough else 0.0
    return Trust(unmapped / visible if visible else 0.0, ill_formed, enough and devanagari > 0.2 * visible)
