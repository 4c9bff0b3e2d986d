"""Plain text, and what it shares with Markdown and web pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import regex

from ingest.errors import EmptyFileError, TooLargeError, UnsupportedFormatError
from ingest.read import news
from ingest.read.encoding import Decoded, decode
from ingest.read.lines import columns, ends_sentence, join, without_bullet
from ingest.read.rows import table_rows
from ingest.records import Hints, Limits, RawBlock, RawDocument, RawPage, Source

_BLANK = regex.compile(r"\n[^\S\n]*\n\s*")
_MARKER = regex.compile(
    r"^\s*(?:[-–*+•●○◦▪■□◆·・]\s|[(（〔\[]?\p{N}{1,3}[)）〕\].:、．]|[(（][\p{L}\p{M}]{1,4}[)）]|第[\p{N}一二三四五六七八九十百]+[条章節項]"
    r"|(?:article|section|chapter|clause|annex|अनुच्छेद|कलम|धारा|अध्याय|परिशिष्ट)\s+[\p{L}\p{N}]+)",
    regex.I,
)
_WRAP_COLUMNS = 110
_RULE = regex.compile(r"[\s\-=_+|─━═―—]*[\-=_─━═―—]{3}[\s\-=_+|─━═―—]*")
_ALIGNED = regex.compile(r"(?:[^\S\n]{2,}|\u3000+)")
_FEWEST_ALIGNED, _FEWEST_COLUMNS = 3, 3
"""Lines of as many columns that make a table: fewer may be a letterhead, or signatures side by side."""
_ISO_DAY = regex.compile(r"(\d{4})-(\d{2})-(\d{2})")


def read_text(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read plain text: blank lines part paragraphs, form feeds part pages, lines that an editor wrapped are joined again.

    A page that someone copied from a news site, told by its furniture, is cleaned like one (see ``ingest.read.news``).

    Raises:
        EmptyFileError: nothing but white space.
        UnsupportedFormatError: the bytes are not text in a known encoding.
        TooLargeError: more pages than ``limits.max_pages``.
    """
    decoded = decoded_or_reject(data, source)
    text = regex.sub(r"\r\n?|\u2028|\u0085", "\n", decoded.text).replace("\x00", "").replace("\u2029", "\n\n")
    parts = text.split("\f")
    while len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    if len(parts) > limits.max_pages:
        raise TooLargeError(
            source.uri, f"It has {len(parts)} pages, over the limit of {limits.max_pages}.", "Split it, or raise the limit."
        )
    width = _wrap_width(text)
    pages = [_plain_blocks(part, width) for part in parts]
    hints = Hints()
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if news.signals(lines) >= 2:
        pages = [news.clean(page, marked=False) if at == 0 else page for at, page in enumerate(pages)]
        title = next((block.text for block in pages[0] if block.role == "title"), None)
        hints = Hints(title=title, publisher=news.publisher(lines), kind="news")
    return document(source, pages, hints, decoded)


def decoded_or_reject(data: bytes, source: Source, declared: str | None = None) -> Decoded:
    """The text of a file.

    Raises:
        UnsupportedFormatError: not text in a known encoding.
    """
    decoded = decode(data, declared)
    if decoded is None:
        raise UnsupportedFormatError(source.uri, "Its bytes are not text in a known encoding.", "Save it as UTF-8 text.")
    return decoded


def document(source: Source, pages: Sequence[Sequence[RawBlock]], hints: Hints, decoded: Decoded | None = None) -> RawDocument:
    """Pages numbered from 1, with a note where characters were lost or the encoding is a guess.

    Raises:
        EmptyFileError: no block has text.
    """
    if not any(block.text.strip() for page in pages for block in page):
        raise EmptyFileError(source.uri, "There is no text in it.", "Check that it is the file you meant.")
    note, quality = "", 1.0
    if decoded is not None and decoded.lost:
        quality = max(0.0, 1.0 - decoded.lost / max(1, len(decoded.text)))
        note = f"{decoded.lost} characters are damaged ({decoded.encoding}). Get a sound copy of the file."
    elif decoded is not None and decoded.guessed:
        note = f"The encoding is not declared and was taken to be {decoded.encoding}. If letters look wrong, save the file as UTF-8."
    return RawDocument(
        source,
        tuple(RawPage(at, str(at), tuple(page), "markup", quality, note) for at, page in enumerate(pages, start=1)),
        hints,
    )


def plain_blocks(text: str) -> list[RawBlock]:
    """Blocks of plain text without pages, such as the text of a mail: paragraphs joined where an editor wrapped them."""
    text = regex.sub(r"\r\n?|[\u2028\u0085\f]", "\n", text).replace("\x00", "").replace("\u2029", "\n\n")
    return _plain_blocks(text, _wrap_width(text))


def _wrap_width(text: str) -> int:
    """The column at which an editor wrapped the lines of ``text``; 0 when each line is a paragraph of its own."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    width = max((columns(line) for line in lines), default=0)
    if len(lines) < 4 or not 40 <= width <= _WRAP_COLUMNS:
        return 0
    full = [line for line in lines if columns(line) >= 0.85 * width]
    # Where most of the full lines end a sentence, each line was meant as a paragraph.
    sentences = sum(ends_sentence(line) for line in full)
    return width if len(full) >= max(3, len(lines) // 4) and 2 * sentences <= len(full) else 0


def _plain_blocks(text: str, width: int) -> list[RawBlock]:
    blocks: list[RawBlock] = []
    for part in _BLANK.split(text):
        lines = [line.rstrip() for line in part.split("\n") if line.strip()]
        at = 0
        while at < len(lines):
            aligned, ruled, end = _aligned(lines, at)
            if aligned:
                blocks.extend(table_rows(aligned, header=True if ruled else None))
                at = end
                continue
            tabs = lines[at].strip().count("\t")
            while tabs and end < len(lines) and lines[end].strip().count("\t") == tabs:
                end += 1
            if end - at >= 2:
                blocks.extend(table_rows([line.strip().split("\t") for line in lines[at:end]]))
            else:
                while width and end < len(lines) and _wrapped(lines[end - 1], lines[end], width):
                    end += 1
                blocks.append(_line_block(join(lines[at:end])))
            at = end
    return [block for block in blocks if block.text]


def _aligned(lines: Sequence[str], at: int) -> tuple[list[list[str]], bool, int]:
    """The rows of a table whose columns are parted by blanks, from a line on; whether a line is drawn below the first; where it ends."""
    rows: list[list[str]] = []
    ruled = False
    end = at
    while end < len(lines):
        if rows and _RULE.fullmatch(lines[end]):
            ruled |= len(rows) == 1
            end += 1
            continue
        cells = _ALIGNED.split(lines[end].strip())
        if len(cells) < _FEWEST_COLUMNS or "\t" in lines[end] or (rows and len(cells) != len(rows[0])):
            break
        rows.append(cells)
        end += 1
    return (rows, ruled, end) if len(rows) >= _FEWEST_ALIGNED else ([], False, at + 1)


def _wrapped(line: str, following: str, width: int) -> bool:
    """Whether ``following`` continues ``line``: its first word would not have fitted any more."""
    if _MARKER.match(following):
        return False
    word = regex.match(r"\s*([^\p{Han}\p{Hiragana}\p{Katakana}\s]+|.)", following)
    return columns(line) + 1 + columns(word[1] if word else "") > 0.9 * width or (not ends_sentence(line) and columns(line) > 0.75 * width)


def _line_block(text: str) -> RawBlock:
    stripped, bullet = without_bullet(text)
    return RawBlock(stripped.strip(), "list_item" if bullet else "paragraph")


def iso_day(text: str) -> date | None:
    """The date at the start of an ISO 8601 timestamp, as its own clock shows it; None when there is none."""
    found = _ISO_DAY.match(text.strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
