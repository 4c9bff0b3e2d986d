"""Words that OCR found become lines in reading order: straightened, whole again where Tesseract cut them, parted into cells."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import regex

from ingest.parse.lines import WIDE
from ingest.pdf.text_lines import Line

_CELL_GAP = 1.8
_LOOSE_RULES = 4.0
_SAME_LINE = 0.4
_HOLE_GAP = 3.0
_MIN_SLOPE_WIDTH = 100.0
_HEADING = 1.13
_HEADING_ALONE = 1.05
_TITLE = 1.3
_MAX_HEADING_WORDS = 16
_SENTENCE_END = regex.compile(r"[.।:;,、。]$")
_ASCENDER = regex.compile(r"[A-Zbdfhijklt0-9&%/()\[\]{}\"'“”‘’!?]")
_DESCENDER = regex.compile(r"[gjpqyQ(),;\[\]{}/]")
_ABOVE = regex.compile(r"[\u0900-\u0902\u0905-\u0914\u093f\u0940\u0945-\u094c]")
_BELOW = regex.compile(r"[\u0941-\u0944]|\u094d\u0930")
_DEVANAGARI = regex.compile(r"[\u0900-\u097f]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its box in points from the top left corner, the confidence in it from 0 to 1, and Tesseract's block and line."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float
    block: str = ""
    line: tuple[str, ...] = ()

    @property
    def middle(self) -> float:
        """Vertical middle of the box."""
        return (self.y0 + self.y1) / 2

    @property
    def center(self) -> float:
        """Horizontal middle of the box."""
        return (self.x0 + self.x1) / 2

    @property
    def height(self) -> float:
        """Height of the box."""
        return self.y1 - self.y0


def across(words: Sequence[Word], rules: Sequence[Word]) -> list[Line]:
    """Lines of horizontal text.

    Args:
        words: In Tesseract's order.
        rules: Boxes of vertical rules, which part cells.
    """
    grouped = _grouped(words)
    slope = _slope(grouped)
    level = [[_straight(word, slope) for word in line] for line in _whole(grouped)]
    sizes = [_em(line) for line in level]
    body = _body(level, sizes)
    borders = [_straight(rule, slope) for rule in rules]
    rows = [_cells(line, borders, body) for line in level]
    paragraphs = Counter(word.line[:2] for line in level for word in line[:1])
    drawn = []
    for row, size in zip(rows, sizes, strict=True):
        used = _size(row, size, body, alone=paragraphs[row[0][0].line[:2]] == 1)
        drawn.append([_line(cell, used, follows=bool(number)) for number, cell in enumerate(row)])
    return _with_hanging_cells(drawn, body)


def down(words: Sequence[Word], page_width: float) -> list[Line]:
    """Lines of vertical text, turned so that they run to the right; the right edge of the page is the top."""
    turned = [
        [replace(word, x0=word.y0, y0=page_width - word.x1, x1=word.y1, y1=page_width - word.x0) for word in line]
        for line in _grouped(words)
    ]
    size = statistics.median(statistics.median(word.height for word in line) for line in turned) if turned else 0.0
    return sorted((_line(line, size) for line in turned), key=lambda line: line.y0)


def evened(pages: Sequence[Sequence[Line]]) -> list[tuple[Line, ...]]:
    """The lines of all pages with one size of body text: what was measured differs from page to page by some hundredths."""
    bodies = [_most_common_size(page) for page in pages]
    body = statistics.median(size for size in bodies if size) if any(bodies) else 0.0
    return [
        tuple(replace(line, size=line.size * body / own) for line in page) if own else tuple(page)
        for page, own in zip(pages, bodies, strict=True)
    ]


def _most_common_size(lines: Sequence[Line]) -> float:
    weights: Counter[float] = Counter()
    for line in lines:
        weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def spaced(words: Iterable[str]) -> str:
    """Words with spaces between them, but none beside Japanese characters, each of which Tesseract gives as a word."""
    text = ""
    for word in words:
        close = not text or WIDE.match(text[-1]) or WIDE.match(word[0])
        text += word if close else f" {word}"
    return text


def _grouped(words: Iterable[Word]) -> list[list[Word]]:
    lines: dict[tuple[str, ...], list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    return list(lines.values())


def _slope(lines: Sequence[Sequence[Word]]) -> float:
    """How much the text falls to the right, as rise over run; 0 where no line is long enough to tell."""
    slopes = [
        (line[-1].middle - line[0].middle) / (line[-1].x0 - line[0].x0)
        for line in lines
        if len(line) > 1 and line[-1].x0 - line[0].x0 > _MIN_SLOPE_WIDTH
    ]
    return statistics.median(slopes) if slopes else 0.0


def _straight(word: Word, slope: float) -> Word:
    """The word on a page turned by the slope about its top left corner; a skew of some degrees leaves boxes as large as they are."""
    down_by, right_by = slope * word.x0, slope * word.y0
    return replace(word, x0=word.x0 + right_by, x1=word.x1 + right_by, y0=word.y0 - down_by, y1=word.y1 - down_by)


def _whole(lines: Sequence[Sequence[Word]]) -> list[list[Word]]:
    """Pieces that Tesseract cut out of a line into a block of their own are put back between the line's words."""
    right_edges: dict[str, float] = {}
    for line in lines:
        right_edges[line[0].block] = max([right_edges.get(line[0].block, 0.0), *(word.x1 for word in line)])
    kept = [list(line) for line in lines]
    for piece in sorted(lines, key=len):
        own = next((line for line in kept if line[0].line == piece[0].line), None)
        home = next((line for line in kept if line[0].block != piece[0].block and _has_hole(line, piece, right_edges)), None)
        if home is not None and own is not None:
            home[:] = sorted([*home, *own], key=lambda word: word.x0)
            kept.remove(own)
    return kept


def _has_hole(line: Sequence[Word], piece: Sequence[Word], right_edges: dict[str, float]) -> bool:
    """Whether a piece of another block fills a gap of a line, or goes on where it breaks off, within the width of the line's block."""
    height = statistics.median(word.height for word in line)
    left, right = piece[0].x0, piece[-1].x1
    before = max((word for word in line if word.x1 <= left + 0.2 * height), key=lambda word: word.x1, default=None)
    if before is None or right > right_edges[line[0].block] + height:
        return False
    if abs(before.middle - piece[0].middle) > _SAME_LINE * height or left - before.x1 > _HOLE_GAP * height:
        return False
    after = min((word for word in line if word.x0 > before.x0), key=lambda word: word.x0, default=None)
    return after is None or 0 <= after.x0 - right < _HOLE_GAP * height


def _em(line: Sequence[Word]) -> float:
    """The size of the type in points, guessed from the heights of the words and the shapes of their letters."""
    guesses = [word.height / _reach(word.text) for word in line if any(char.isalnum() for char in word.text)]
    return statistics.median(guesses) if guesses else statistics.median(word.height for word in line)


def _reach(text: str) -> float:
    """Height of a word's ink in ems: of letters with and without ascenders, descenders and marks, in common text fonts."""
    if WIDE.search(text):
        return 0.9
    if _DEVANAGARI.search(text):
        return 0.65 + 0.25 * bool(_ABOVE.search(text)) + 0.2 * bool(_BELOW.search(text))
    return 0.49 + 0.23 * bool(_ASCENDER.search(text)) + 0.21 * bool(_DESCENDER.search(text))


def _body(lines: Sequence[Sequence[Word]], sizes: Sequence[float]) -> float:
    """Size of the body text: the median over all letters."""
    weighted = [size for line, size in zip(lines, sizes, strict=True) for word in line for _ in word.text]
    return statistics.median(weighted) if weighted else 0.0


def _size(row: Sequence[Sequence[Word]], size: float, body: float, *, alone: bool) -> float:
    """The size of a line: that of the body, but for short lines that are set larger and do not end a sentence.

    A line that is ``alone`` in its paragraph need not be clearly larger.
    """
    words = [word for cell in row for word in cell]
    text = spaced(word.text for word in words)
    larger = body and size >= (_HEADING_ALONE if alone else _HEADING) * body
    if not larger or len(row) > 1 or len(words) > _MAX_HEADING_WORDS or _SENTENCE_END.search(text) or len(text) < 3:
        return body
    # Two steps only: the heights of words say whether a line is larger, and roughly how much.
    return body * (1.25 if size < _TITLE * body else 1.6)


def _cells(line: Sequence[Word], borders: Sequence[Word], body: float) -> list[list[Word]]:
    """A line parted where a vertical rule or a wide gap stands between two words."""
    ordered = sorted(line, key=lambda word: word.x0)
    cells = [[ordered[0]]]
    for previous, word in itertools.pairwise(ordered):
        ruled = any(
            previous.center < rule.center < word.center and rule.y0 - _LOOSE_RULES <= word.middle <= rule.y1 + _LOOSE_RULES
            for rule in borders
        )
        if ruled or word.x0 - previous.x1 > _CELL_GAP * max(body, 1.0):
            cells.append([word])
        else:
            cells[-1].append(word)
    return cells


def _line(words: Sequence[Word], size: float, *, follows: bool = False) -> Line:
    text = spaced(word.text for word in words)
    x0, y0 = min(word.x0 for word in words), min(word.y0 for word in words)
    return Line(text, x0, y0, max(word.x1 for word in words), max(word.y1 for word in words), size, follows=follows)


def _with_hanging_cells(rows: Sequence[Sequence[Line]], body: float) -> list[Line]:
    """All lines; of a table row whose cells run over several lines, each cell with its own lines."""
    result: list[Line] = []
    at = 0
    while at < len(rows):
        row = rows[at]
        cells = [[cell] for cell in row]
        at += 1
        while len(row) > 1 and at < len(rows) and (places := _hanging(cells, rows[at], body)):
            for place, part in zip(places, rows[at], strict=True):
                cells[place].append(replace(part, follows=False))
            at += 1
        result += [line for cell in cells for line in cell]
    return result


def _hanging(cells: Sequence[Sequence[Line]], parts: Sequence[Line], body: float) -> list[int]:
    """The cells that the parts of the next row go on in; none when one of them begins a row of its own."""
    last = max(line.y1 for cell in cells for line in cell)
    places = []
    for part in parts:
        place = next((at for at, cell in enumerate(cells) if at and abs(cell[0].x0 - part.x0) < 0.8 * body), None)
        if place is None or not 0 < part.y1 - last < 2 * body:
            return []
        places.append(place)
    return places
