"""A sheet as PDF/UA, set by Typst (``pdf_template.typ``): shaped Devanagari, Japanese, real footnotes, links, tags for screen readers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import regex
import typst

from kb.sanitize import visible
from ui.export.blocks import TAGS, Sheet
from ui.export.formats import ExportError

TEMPLATE: Final = Path(__file__).with_name("pdf_template.typ")
FONTS: Final = (
    "Noto Serif", "Noto Serif Devanagari", "Noto Sans Symbols2", "Noto Serif CJK JP", "Noto Sans Devanagari", "Noto Sans CJK JP",
    "Nirmala UI", "Kohinoor Devanagari", "Lohit Devanagari", "Yu Mincho", "Hiragino Mincho ProN", "IPAexMincho", "Segoe UI Symbol",
    "DejaVu Sans",
)  # fmt: skip
"""Tried in this order, then any font of the system that has the character. Symbols stand before CJK, whose ✓ looks like a root."""
SCRIPTS: Final = {
    r"\p{Devanagari}": ("Devanagari", "fonts-noto-core"),
    r"[\p{Han}\p{Hiragana}\p{Katakana}]": ("Japanese", "fonts-noto-cjk"),
}
"""Script → its name, and the Debian package with its fonts."""
MOST_ODD: Final = 40
"""Different characters without a font that are replaced before the paper is given up: each costs a run of 0.2 s."""

_NO_FONTS: Final = "No fonts are installed, so no PDF can be made. Run: apt install fonts-noto-core fonts-noto-cjk"
_UNSEEN = regex.compile(r"could not be displayed|not supported|private use|codepoint", regex.IGNORECASE)
_NAMED = regex.compile(r'the text `"(.+?)"`')


def pdf(sheet: Sheet) -> bytes:
    """The PDF. A character that no font has is shown as U+FFFD, and the paper says so.

    Raises:
        ExportError: there is no font for Devanagari or Japanese, and the sheet needs one.
    """
    if not _fonts().fonts():
        raise ExportError(_NO_FONTS)  # of which Typst 0.15 makes a blank page
    paper = _each(_paper(sheet), visible)
    odd: list[str] = []
    while True:
        try:
            inputs = {"paper": json.dumps(_without(paper, odd, sheet.words("note.unprintable")))}
            return typst.compile(TEMPLATE, sys_inputs=inputs, pdf_standards=["ua-1"], font_paths=_fonts())
        except typst.TypstError as error:
            cluster = _unknown(error)
            if not cluster or cluster in odd or len(odd) >= MOST_ODD:
                raise ExportError(f"The PDF could not be made: {error.message}. Export as docx or html instead.") from error
            if _script(cluster) in _missing():
                raise ExportError(lacking()) from error
            # Typst names what a font draws as one, a letter with its marks, or of an emoji's skin tone only the letter before it (0.15).
            # Only what has no shape by itself is taken out.
            joined = dict.fromkeys(cluster + "".join(_joined(paper, cluster)))
            odd += [one for one in joined if one not in odd and not _drawn(one)] or [cluster]


def _paper(sheet: Sheet) -> dict[str, Any]:
    """The sheet as the template reads it; blocks with the names of their fields."""
    return {
        "title": sheet.title,
        "keywords": sheet.keywords,
        "language": sheet.language,
        "region": TAGS.get(sheet.language, "en-GB")[-2:],
        "fonts": families(),
        "facts": list(sheet.facts),
        "basis": sheet.basis,
        "bare": sheet.bare,
        "open": sheet.words("note.open"),
        "columns": list(sheet.columns),
        "parts": [
            {"columned": columned, "blocks": [{"kind": type(block).__name__.lower(), "is": asdict(block)} for block in blocks]}
            for columned, blocks in groupby(sheet.blocks, sheet.in_columns)
        ],
    }


@cache
def _fonts() -> typst.Fonts:
    # Not those that Typst brings: its mathematical font has the Devanagari letters one by one and cannot join them (0.15).
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)


def families() -> list[str]:
    """The fonts, in the order in which they are tried."""
    # The last is one that is surely there: where none of the list is, Typst 0.15 leaves out what it cannot draw and says nothing.
    return [*FONTS, *_fonts().families()[:1]]


def lacking() -> str | None:
    """Why this machine cannot set all four languages, and the remedy; None where it can."""
    if not _fonts().fonts():
        return _NO_FONTS
    missing = _missing()
    if not missing:
        return None
    names, packages = " and ".join(name for name, _ in missing), " ".join(package for _, package in missing)
    return f"No font for {names} is installed, so no PDF can be made. Run: apt install {packages}"


@cache
def _missing() -> tuple[tuple[str, str], ...]:
    """The scripts that have no font here, each with its package. Looked at once."""
    return tuple(script for letter in ("म", "水") if (script := _script(letter)) is not None and not _drawn(letter))


def _script(text: str) -> tuple[str, str] | None:
    return next((said for script, said in SCRIPTS.items() if regex.search(script, text)), None)


def _drawn(letter: str) -> bool:
    """Whether a font has it."""
    sample = '#set document(title: "-")\n#set text(font: json(bytes(sys.inputs.fonts)))\n-#sys.inputs.letter'
    inputs = {"fonts": json.dumps(families()), "letter": letter}
    try:
        typst.compile(sample.encode(), sys_inputs=inputs, pdf_standards=["ua-1"], font_paths=_fonts())
    except typst.TypstError:
        return False
    return True


def _unknown(error: typst.TypstError) -> str:
    """The characters that Typst says no font has."""
    found = _NAMED.search(error.message) if _UNSEEN.search(error.message) else None
    if found is None:
        return ""
    # Typst writes what cannot be printed as \u{e000}.
    return regex.sub(r"\\u\{(\p{AHex}+)\}", lambda m: chr(int(m[1], 16)), found[1]).replace("\N{REPLACEMENT CHARACTER}", "")


def _joined(paper: dict[str, Any], cluster: str) -> list[str]:
    """What stands in one character of a reader's with the end of a text, wherever the paper has it."""
    found: list[str] = []

    def look(text: str) -> str:
        found.extend(one for one in regex.findall(r"\X", text) if one.startswith(cluster[-1]) and len(one) > 1)
        return text

    _each(paper, look)
    return found


def _without(paper: dict[str, Any], odd: Sequence[str], unprintable: str) -> dict[str, Any]:
    if not odd:
        return paper

    def replaced(text: str) -> str:
        for one in odd:
            text = text.replace(one, "\N{REPLACEMENT CHARACTER}")
        return text

    return {**_each(paper, replaced), "basis": f"{replaced(paper['basis'])} {unprintable}".strip()}


def _each(node: Any, change: Callable[[str], str]) -> Any:
    """The same structure with every text changed."""
    if isinstance(node, str):
        return change(node)
    if isinstance(node, list | tuple):
        return [_each(one, change) for one in node]
    return {key: _each(value, change) for key, value in node.items()} if isinstance(node, dict) else node
