"""Running headers, footers and page numbers: lines that repeat at the edges of pages, and lone numbers there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from ingest.read.pdf_lines import Line

MARGIN = 0.12
"""Share of a page's height at its top and at its bottom in which running lines are looked for."""
_SHIFT = 0.02
_DIGITS = regex.compile(r"\p{Nd}+")
_SPACE = regex.compile(r"[\s\u200b-\u200f\u00ad\ufeff]+")
_WORD_FOR_PAGE = r"(?:page|p\.|pg\.?|seite|पृष्ठ|पृ\.|पान|पेज|ページ|頁|第)"
_OF = r"(?:/|of|[-–—]|पैकी|का|में से|の|／)"
_PAGE_NUMBER = regex.compile(
    rf"[-–—\[(|.·\s]*{_WORD_FOR_PAGE}?\s*(?:क्र\.?|क्रमांक|no\.?|सं\.?)?\s*[:.]?\s*(?:\p{{Nd}}{{1,4}}|[ivxlc]{{1,7}}|[A-Z][-–]\p{{Nd}}{{1,3}})"
    rf"\s*(?:{_OF}\s*\p{{Nd}}{{1,4}})?\s*(?:ページ|頁|पृष्ठ)?[-–—\])|.·\s]*",
    regex.I,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of one page and its size in points; ``turned`` when the page is set vertically (see ``ingest.read.pdf_lines.turn``)."""

    lines: tuple[Line, ...]
    width: float
    height: float
    turned: bool = False

    def share(self, line: Line) -> float:
        """How far down the page the middle of a line stands, 0 to 1."""
        middle = (line.x0 + line.x1) / 2 if self.turned else line.middle
        return middle / max(1.0, self.height)


@dataclass(frozen=True, slots=True)
class _Place:
    page: int
    share: float
    numbers: tuple[int, ...]

    def repeats(self, other: _Place) -> bool:
        """Same height on another page, and the numbers are the same or count the pages: "Article 4" is no header of "Article 3"."""
        turned = other.page - self.page
        if not turned or abs(self.share - other.share) >= _SHIFT:
            return False
        return all(b - a in {0, turned} for a, b in zip(self.numbers, other.numbers, strict=True))


def without_running_lines(sheets: Sequence[Sheet]) -> list[list[Line]]:
    """The lines of each page that are not part of a running header or footer.

    A line goes when the file marks it as an artifact, when its text, but for page numbers, stands at the same height of the margin of
    another page, or when it is nothing but a page number. Only lines in the top and bottom ``MARGIN`` are ever dropped.
    """
    places: defaultdict[str, list[_Place]] = defaultdict(list)
    for page, sheet in enumerate(sheets):
        for line in sheet.lines:
            if _in_margin(sheet, line):
                places[_key(line.text)].append(_Place(page, sheet.share(line), _numbers(line.text)))
    return [[line for line in sheet.lines if not _is_running(sheet, page, line, places)] for page, sheet in enumerate(sheets)]


def _in_margin(sheet: Sheet, line: Line) -> bool:
    share = sheet.share(line)
    return share < MARGIN or share > 1 - MARGIN


def _is_running(sheet: Sheet, page: int, line: Line, places: dict[str, list[_Place]]) -> bool:
    if not _in_margin(sheet, line):
        return False
    if line.artifact or _is_page_number(sheet, line):
        return True
    here = _Place(page, sheet.share(line), _numbers(line.text))
    return any(here.repeats(place) for place in places[_key(line.text)])


def _is_page_number(sheet: Sheet, line: Line) -> bool:
    """Whether the line is a number alone at the edge: nothing stands between it and the edge of the page, nothing beside it."""
    if not _PAGE_NUMBER.fullmatch(line.text):
        return False
    others = [other for other in sheet.lines if other is not line]
    if any(abs(other.middle - line.middle) < 0.5 * line.size for other in others):
        return False
    place = sheet.share(line)
    beyond = [sheet.share(other) for other in others if not other.artifact]
    return all(share >= place for share in beyond) if place < 0.5 else all(share <= place for share in beyond)


def _key(text: str) -> str:
    return str(_DIGITS.sub("#", _SPACE.sub("", text))).casefold()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _DIGITS.findall(text))
