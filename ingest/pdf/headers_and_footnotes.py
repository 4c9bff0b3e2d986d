"""Running headers, footers, page numbers and footnotes of a PDF.

Running lines repeat at the edges of pages; lone numbers there are page numbers. Footnotes are small lines under the text of a column
that begin with a mark; the marks that call them are known by them.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex
from rapidfuzz import fuzz

from ingest.parse.lines import MOST_MARGINS, columns, ends_sentence, squeeze
from ingest.pdf.text_lines import Direction, Line

MARGIN = 0.1
"""Share of a page's height at its top and at its bottom in which running lines are looked for."""
_SHIFT = 0.02
_SCAN_SHIFT = 0.04
_MIN_FUZZY = 8
_ALIKE = 80.0
_DIGITS = regex.compile(r"\p{Nd}+")
_SPACE = regex.compile(r"[\s\u200b-\u200f\u00ad\ufeff]+")
_WORD_FOR_PAGE = r"(?:page|p\.|pg\.?|seite|पृष्ठ|पृ\.|पान|पेज|ページ|頁|第)"
_OF = r"(?:/|of|[-–—]|पैकी|का|में से|の|／)"
_PAGE_NUMBER = regex.compile(
    rf"[-–—\[(|.·\s]*{_WORD_FOR_PAGE}?\s*(?:क्र\.?|क्रमांक|no\.?|सं\.?)?\s*[:.]?\s*(?:\p{{Nd}}{{1,4}}|[ivxlc]{{1,7}}|[A-Z][-–]\p{{Nd}}{{1,3}})"
    rf"\s*(?:{_OF}\s*\p{{Nd}}{{1,4}})?\s*(?:ページ|頁|पृष्ठ)?[-–—\])|.·\s]*",
    regex.I,
)
_COUNTER = regex.compile(
    rf"(?:^|[|·•–—\-]\s*)(?:page|पृष्ठ|पान|ページ)\s*(?:क्र\.?|no\.?)?\s*\p{{Nd}}{{1,4}}\s*(?:{_OF}\s*\p{{Nd}}{{1,4}}\s*)?(?:$|[|·•–—\-])",
    regex.I,
)
_NOTE = regex.compile(r"[*†‡※¹²³⁴-⁹(（\[]|\p{Nd}|注")
_FEW_PAGES = 3
_SMALL = 0.88
_APART = 1.8
_EDGE, _FAR_APART = 0.06, 3.0
_MAX_COLUMNS = 80


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of one page and its size in points.

    ``way`` is how its text ran before it was turned (see ``ingest.pdf.text_lines.turn``). ``scanned``: OCR read it,
    which misreads a letter here and there.
    """

    lines: tuple[Line, ...]
    width: float
    height: float
    way: Direction = "across"
    scanned: bool = False

    def share(self, line: Line) -> float:
        """How far down the page the middle of a line stands, 0 to 1."""
        middle = line.middle if self.way in {"across", "back"} else (line.x0 + line.x1) / 2
        share = middle / max(1.0, self.height)
        return 1.0 - share if self.way in {"up", "back"} else share


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
    another page, or when it counts the pages. In a document of few pages, where nothing repeats, a short line goes that is set apart from
    the text and smaller. Only lines in the top and bottom ``MARGIN`` are ever dropped.
    """
    places: defaultdict[str, list[_Place]] = defaultdict(list)
    for page, sheet in enumerate(sheets):
        for line in sheet.lines:
            if _in_margin(sheet, line):
                places[_key(line.text)].append(_Place(page, sheet.share(line), _numbers(line.text)))
    body = _body_size(sheets) if len(sheets) <= _FEW_PAGES else 0.0
    return [_kept(sheet, page, places, body) for page, sheet in enumerate(sheets)]


def running_words(sheets: Sequence[Sheet], kept: Sequence[Sequence[Line]]) -> tuple[str, ...]:
    """The lines that were not ``kept``, each once, those that only count the pages left out."""
    staying = [{id(line) for line in part} for part in kept]
    gone = (line.text for sheet, stay in zip(sheets, staying, strict=True) for line in sheet.lines if id(line) not in stay)
    return tuple(dict.fromkeys(squeeze(text) for text in gone if not _PAGE_NUMBER.fullmatch(text)))[:MOST_MARGINS]


def _body_size(sheets: Sequence[Sheet]) -> float:
    """The size that most characters have, in points."""
    weights: Counter[float] = Counter()
    for sheet in sheets:
        for line in sheet.lines:
            weights[round(line.size * 2) / 2] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def _kept(sheet: Sheet, page: int, places: dict[str, list[_Place]], body: float) -> list[Line]:
    """Lines without the running ones, which are sought from each edge inwards up to the first line of the text itself."""
    running = {id(line) for line in sheet.lines if line.artifact and _in_margin(sheet, line)}
    from_top = sorted((line for line in sheet.lines if id(line) not in running), key=sheet.share)
    for inwards in (from_top, from_top[::-1]):
        for line in inwards:
            if not (_is_running(sheet, page, line, places) or _is_set_apart(sheet, line, body)):
                break
            running.add(id(line))
    return [line for line in sheet.lines if id(line) not in running]


def _in_margin(sheet: Sheet, line: Line) -> bool:
    share = sheet.share(line)
    return share < MARGIN or share > 1 - MARGIN


def _is_running(sheet: Sheet, page: int, line: Line, places: dict[str, list[_Place]]) -> bool:
    if not _in_margin(sheet, line):
        return False
    if _is_page_number(sheet, line) or (_COUNTER.search(line.text) and columns(line.text) <= _MAX_COLUMNS):
        return True
    here = _Place(page, sheet.share(line), _numbers(line.text))
    key = _key(line.text)
    if any(here.repeats(place) for place in places[key]):
        return True
    if not sheet.scanned or len(key) < _MIN_FUZZY:
        return False
    alike = (there for other, found in places.items() if fuzz.ratio(key, other) >= _ALIKE for there in found)
    return any(there.page != page and abs(there.share - here.share) < _SCAN_SHIFT for there in alike)


def _is_set_apart(sheet: Sheet, line: Line, body: float) -> bool:
    """Whether a line is smaller than text of size ``body`` and far from it, as headers and footers are, and no note, date or reference.

    Of a scan, where a line's size is a guess, it must stand at the very edge and farther off.
    """
    least, margin, size, apart = (0.0, _EDGE, 1.05 * body, _FAR_APART) if sheet.scanned else (_SMALL, MARGIN, _SMALL * body, _APART)
    if sheet.way != "across" or line.size > size or margin <= sheet.share(line) <= 1 - margin:
        return False
    if columns(line.text) > _MAX_COLUMNS or ends_sentence(line.text) or _NOTE.match(line.text):
        return False
    numbers = _DIGITS.findall(line.text)
    if len(numbers) > 1 or any(len(number) > 1 for number in numbers):
        return False
    text = [other for other in sheet.lines if other.size > least * body and (not sheet.scanned or not _in_margin(sheet, other))]
    return bool(text) and min(max(other.y0 - line.y1, line.y0 - other.y1) for other in text) >= apart * body


def _is_page_number(sheet: Sheet, line: Line) -> bool:
    """Whether the line is a number with nothing beside it."""
    if not _PAGE_NUMBER.fullmatch(line.text):
        return False
    return not any(other is not line and abs(other.middle - line.middle) < 0.5 * line.size for other in sheet.lines)


def _key(text: str) -> str:
    return str(_DIGITS.sub("#", _SPACE.sub("", text))).casefold()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _DIGITS.findall(text))


_SUPERSCRIPT_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SMALL_NOTE = 0.93
_MARK = regex.compile(
    r"(?P<number>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|[(\[（〔]?(?:注|註|※)?\s?\p{Nd}{1,3}[)\]）〕.．:：]?(?=\s?\D)|[*†‡§¶※]{1,3}|注)\s*[)\]）〕.．:：]?\s*\S"
)
_CALL = regex.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}")


@dataclass(frozen=True, slots=True)
class NotedLines:
    """The lines of a page's text, and its footnotes, each with its lines."""

    text: tuple[Line, ...]
    notes: tuple[tuple[Line, ...], ...]


def with_notes_apart(lines: Sequence[Line], body: float) -> NotedLines:
    """Part footnotes from the text of a page.

    A footnote is smaller than ``body``, the size of the document's text in points, stands below all larger text of its column and begins
    with a number or a sign. The raised numbers that call the notes of the page are taken out of the sentences; other raised numbers stay.
    """
    low = [line for line in lines if line.size <= _SMALL_NOTE * body and not _has_text_below(line, lines, body)]
    notes: list[list[Line]] = []
    taken: set[int] = set()
    for line in low:
        if _MARK.match(line.text) and not line.follows:
            notes.append([line])
        elif notes and _goes_on(notes[-1][-1], line):
            notes[-1].append(line)
        else:
            continue
        taken.add(id(line))
    text = [line for line in lines if id(line) not in taken]
    if any(_is_row(note) for note in notes):
        # A numbered table in small type.
        return NotedLines(tuple(lines), ())
    if not text or not any(line.size > _SMALL_NOTE * body for line in text):
        return NotedLines(tuple(lines), ())
    called = {_number(note[0].text) for note in notes}
    return NotedLines(tuple(_without_calls(line, called) for line in text), tuple(tuple(note) for note in notes))


def _has_text_below(line: Line, lines: Sequence[Line], body: float) -> bool:
    """Whether text of the usual size stands further down in the same column."""
    return any(
        other.size > _SMALL_NOTE * body and other.y0 >= line.y0 and min(other.x1, line.x1) - max(other.x0, line.x0) > 0 for other in lines
    )


def _goes_on(previous: Line, line: Line) -> bool:
    """Whether a line goes on in the footnote that ``previous`` belongs to: the next line of its column, or the same line."""
    down = line.foot - previous.foot
    beside = line.follows and abs(down) < 0.5 * line.size
    return beside or (0 < down < 2.2 * line.size and min(previous.x1, line.x1) - max(previous.x0, line.x0) > 0)


def _is_row(note: Sequence[Line]) -> bool:
    return any(line.follows and line.x0 - before.x1 > 2 * line.size for before, line in itertools.pairwise(note))


def _number(text: str) -> str:
    found = regex.search(r"\p{Nd}{1,3}", text.translate(_SUPERSCRIPT_DIGITS))
    return str(int(found[0])) if found else ""


def _without_calls(line: Line, called: set[str]) -> Line:
    def kept(match: regex.Match[str]) -> str:
        return "" if match[0].translate(_SUPERSCRIPT_DIGITS) in called else match[0]

    return replace(line, text=_CALL.sub(kept, line.text)) if called and _CALL.search(line.text) else line
