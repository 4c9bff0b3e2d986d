"""The paragraphs of a slide as it shows them, with the numbers that PowerPoint counts and does not store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex

from ingest.parse.lines import spell_number, squeeze

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_BULLETS = (f"{_A}buAutoNum", f"{_A}buNone", f"{_A}buChar", f"{_A}buBlip")
_START = regex.compile(r"[0-9]{1,5}")
_STYLES = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "arabicDb": "decimalFullWidth",
    "circleNumDb": "decimalEnclosedCircle",
    "circleNumWdWhite": "decimalEnclosedCircle",
    "circleNumWdBlack": "decimalEnclosedCircle",
    "ea1JpnKor": "japaneseCounting",
    "ea1JpnChsDb": "japaneseCounting",
    "ea1Chs": "japaneseCounting",
    "ea1Cht": "japaneseCounting",
    "hindiNum": "hindiNumbers",
    "hindiAlpha": "hindiVowels",
    "hindiAlpha1": "hindiConsonants",
}
"""Schemes of ECMA-376 part 1, 20.1.10.61, without their punctuation, in the words of ``spell_number``."""
_PUNCTUATION = {"ParenBoth": "({})", "ParenR": "{})", "Period": "{}.", "Plain": "{}"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``level`` is the outline level, 0 = top; a ``numbered`` one begins with its number."""

    text: str
    level: int
    numbered: bool


def paragraphs(frame: Any) -> Iterator[Paragraph]:
    """The paragraphs of a text frame that have text; a vertical tab is a line break within one.

    A list goes on behind its sub-points, and begins anew behind a paragraph of its level that has no number or another kind.
    """
    counted: dict[int, tuple[tuple[str, int], int]] = {}
    for paragraph in frame.paragraphs:
        text = squeeze(paragraph.text.replace("\v", "\n"))
        if not text:
            continue
        level, label = paragraph.level, ""
        counted = {at: state for at, state in counted.items() if at <= level}
        scheme = _scheme(paragraph._p, level)
        if scheme is None:
            counted.pop(level, None)
        else:
            before = counted.get(level)
            number = before[1] + 1 if before is not None and before[0] == scheme else scheme[1]
            counted[level] = scheme, number
            label = _label(scheme[0], number)
        yield Paragraph(f"{label} {text}".strip(), level, bool(label))


def _scheme(paragraph: Any, level: int) -> tuple[str, int] | None:
    """The kind of a paragraph's number and the list's first one, by the paragraph itself or else by the list style of its text frame."""
    inherited = paragraph.getparent().find(f"{_A}lstStyle/{_A}lvl{level + 1}pPr")
    for properties in (paragraph.find(f"{_A}pPr"), inherited):
        bullet = next(properties.iterchildren(*_BULLETS), None) if properties is not None else None
        if bullet is not None:
            start = bullet.get("startAt", "1")
            return (bullet.get("type", ""), int(start) if _START.fullmatch(start) else 1) if bullet.tag == _BULLETS[0] else None
    return None


def _label(scheme: str, number: int) -> str:
    for ending, pattern in _PUNCTUATION.items():
        if scheme.endswith(ending):
            style = _STYLES.get(scheme.removesuffix(ending), "decimal")
            return pattern.format(spell_number(number, style) or number)
    return str(number)
