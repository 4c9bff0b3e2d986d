"""Lines become blocks: paragraphs, headings, list items and table rows."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

import regex

from ingest.parse.lines import WIDE, columns, ends_sentence, without_bullet
from ingest.pdf.headers_and_footnotes import with_notes_apart
from ingest.pdf.text_lines import Line, Row, rows
from ingest.records import RawBlock

CELL_BREAK = "\t"
_HEADING_RATIO = 1.1
_MAX_HEADING_COLUMNS = 160
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:[-‐]\p{L}[\p{L}\p{M}]*)*")
_HYPHEN_END = regex.compile(r"[\p{L}\p{N}][-‐\u00ad]$")
_BROKEN_WORD = regex.compile(r"(\p{L}+)[-‐\u00ad]$")
_ALWAYS_HYPHENATED = frozenset({"self", "non", "ex", "vice", "quasi"})
_MIN_HALF = 4
_NUMBERED = regex.compile(r"(\p{Nd}{1,3})[.)]?\s")
_ITEM = regex.compile(
    r"(?:[(（][\p{L}\p{M}\p{Nd}]{1,4}[)）]|[①-⑳]|\p{Nd}{1,2}[.)．](?!\p{Nd})|\p{L}[.)])\s*\S|[•●○◦▪■□◆‣·・–*\uf020-\uf0ff-]\s+\S",
)


@dataclass(frozen=True, slots=True)
class Typography:
    """What a document's sizes mean: the size of its body text in points and those of its headings, largest first."""

    body: float
    headings: tuple[float, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, pages: Iterable[Sequence[Line]]) -> Typography:
        """Measure all pages of a document; sizes are weighted by characters."""
        weights: Counter[float] = Counter()
        words: set[str] = set()
        for page in pages:
            for line in page:
                weights[_rounded(line.size)] += len(line.text)
            words.update(_whole_words([line.text for line in page]))
        if not weights:
            return cls(0.0, (), frozenset())
        body = weights.most_common(1)[0][0]
        return cls(body, tuple(sorted((size for size in weights if size >= _HEADING_RATIO * body), reverse=True)), frozenset(words))

    def level(self, line: Line, text: str, alone: bool) -> int:
        """Outline depth of a paragraph that begins with ``line``; 0 when it is no heading."""
        if columns(text) > _MAX_HEADING_COLUMNS:
            return 0
        size = _rounded(line.size)
        if size in self.headings:
            return self.headings.index(size) + 1
        is_label = line.bold and alone and size >= self.body and not ends_sentence(text)
        return len(self.headings) + 1 if is_label else 0


def blocks(lines: Sequence[Line], typography: Typography) -> list[RawBlock]:
    """Blocks of one page, in reading order, its footnotes last. Cells of a table row are parted by a tab."""
    parted = with_notes_apart(lines, typography.body)
    notes = [RawBlock(join([line.text for line in note], typography.words), "footnote") for note in parted.notes]
    return [block for block in (*_text_blocks(parted.text, typography), *notes) if block.text]


def _text_blocks(lines: Sequence[Line], typography: Typography) -> list[RawBlock]:
    found: list[RawBlock] = []
    page = rows(lines)
    at = 0
    while at < len(page):
        if len(page[at].cells) > 1:
            cells = (join([line.text for line in cell], typography.words) for cell in page[at].cells)
            found.append(RawBlock(CELL_BREAK.join(cells), "table_row"))
            at += 1
            continue
        end = at + 1
        while end < len(page) and len(page[end].cells) == 1 and not _breaks(page, at, end):
            end += 1
        found.append(_block([row.line for row in page[at:end]], typography))
        at = end
    return found


def join(parts: Sequence[str], words: Set[str]) -> str:
    """Wrapped lines in one piece.

    Japanese has no spaces to put back. A word that a hyphen broke is whole again, unless ``words``, the document's own words in lower
    case, know it only with its hyphen. Between other scripts' letters or digits a hyphen stays.
    """
    text = ""
    for part in parts:
        text = _joined(text, part, words) if text else part
    if text.endswith("\u00ad"):
        text = text[:-1] + "-"
    return text.replace("\u00ad", "").strip()


def _joined(text: str, part: str, words: Set[str]) -> str:
    if _HYPHEN_END.search(text) and part[:1].isalnum():
        head, tail = _BROKEN_WORD.search(text), _WORD.match(part)
        if head and tail and head[1].isascii() and head[1][-1].islower() and part[0].islower():
            return f"{text[:-1]}-{part}" if _is_compound(head[1], tail[0], words) else text[:-1] + part
        return text[:-1] + text[-1].replace("\u00ad", "-") + part
    if WIDE.match(text[-1]) or WIDE.match(part[0]):
        return text + part
    return f"{text} {part}"


def _whole_words(texts: Sequence[str]) -> Iterator[str]:
    """Words in lower case, without the pieces of those that a line end broke."""
    broken = False
    for text in texts:
        found = [word.casefold() for word in _WORD.findall(text)]
        breaks = bool(_HYPHEN_END.search(text))
        yield from found[1 if broken else 0 : len(found) - 1 if breaks else len(found)]
        broken = breaks


def _is_compound(head: str, tail: str, words: Set[str]) -> bool:
    """Whether a word has its hyphen of its own: the document writes it so elsewhere, or knows both halves and not the whole."""
    whole, halves = (head + tail).casefold(), (head.casefold(), tail.casefold())
    if whole in words:
        return False
    if f"{head}-{tail}".casefold() in words or halves[0] in _ALWAYS_HYPHENATED:
        return True
    return len(head) >= _MIN_HALF and all(half in words for half in halves)


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _block(lines: Sequence[Line], typography: Typography) -> RawBlock:
    text = join([line.text for line in lines], typography.words)
    level = typography.level(lines[0], text, all(line.bold for line in lines))
    if level:
        return RawBlock(text, "heading", level)
    stripped, bullet = without_bullet(text)
    if bullet or _ITEM.match(text):
        return RawBlock(stripped.strip(), "list_item")
    return RawBlock(text)


def _breaks(page: Sequence[Row], start: int, at: int) -> bool:
    """Whether a new block begins with row ``at`` of a page, in a paragraph that began with row ``start``."""
    previous, line = page[at - 1].line, page[at].line
    if abs(previous.size - line.size) > 0.08 * max(previous.size, line.size) or previous.bold != line.bold:
        return True
    pitch = line.foot - previous.foot
    if pitch < -0.5 * line.size:
        # The next column: the paragraph goes on there unless its last line ended early.
        return _ends_early(page, at - 1, line) or ends_sentence(previous.text)
    if pitch > 1.25 * _pitch(page, at):
        return True
    if _ends_early(page, at - 1, line):
        return True
    indent = line.x0 - previous.x0
    first = at - 1 == start
    if indent > 0.8 * line.size and not first:
        return True
    # The second line of a list item hangs: it stands further right than its marker.
    if indent > 0.8 * line.size and first and not _ITEM.match(previous.text):
        return True
    return (bool(_ITEM.match(line.text)) and ends_sentence(previous.text)) or _counts_on(page[start].line, line)


def _counts_on(first: Line, line: Line) -> bool:
    """Whether the lines begin with numbers that follow each other: rows of a table without rules, or a numbered list."""
    one, other = _NUMBERED.match(first.text), _NUMBERED.match(line.text)
    return bool(one and other and int(other[1]) == int(one[1]) + 1 and abs(first.x0 - line.x0) < line.size)


def _near(page: Sequence[Row], at: int) -> Iterable[Line]:
    """Lines of the same column and size around row ``at``."""
    line = page[at].line
    for row in page[max(0, at - 10) : at + 11]:
        other = row.line
        overlap = min(line.x1, other.x1) - max(line.x0, other.x0)
        if len(row.cells) == 1 and overlap > 0 and abs(other.size - line.size) < 0.08 * line.size:
            yield other


def _ends_early(page: Sequence[Row], at: int, following: Line) -> bool:
    """Whether row ``at`` ends so far from the right edge of its column that the next line's first word would have fitted."""
    line = page[at].line
    edge = max(other.x1 for other in _near(page, at))
    wide = bool(WIDE.match(following.text[:1]))
    first = following.text[:2] if wide else following.text.split(maxsplit=1)[0]
    share = columns(first) / max(1, columns(following.text))
    need = share * (following.x1 - following.x0) + (0.6 * line.size if wide else 0.5 * line.size)
    return edge - line.x1 > need


def _pitch(page: Sequence[Row], at: int) -> float:
    """The usual distance between lines of this size near row ``at``."""
    line = page[at].line
    near = sorted(other.foot for other in _near(page, at))
    steps = [b - a for a, b in itertools.pairwise(near) if 0.7 * line.size < b - a < 2.6 * line.size]
    # The lower quartile: distances between paragraphs are larger and must not count as usual.
    return statistics.quantiles(steps, n=4)[0] if len(steps) > 1 else 1.6 * line.size
