"""Plain text and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.errors import EmptyFileError, TooLargeError, UnsupportedFormatError
from ingest.read import news
from ingest.read.encoding import Decoded, decode
from ingest.read.lines import columns, ends_sentence, join, squeeze, without_bullet
from ingest.read.markup import fragment_blocks
from ingest.read.rows import table_rows
from ingest.records import KINDS, Hints, Kind, Limits, RawBlock, RawDocument, RawPage, Source

_BLANK = regex.compile(r"\n[^\S\n]*\n\s*")
_MARKER = regex.compile(
    r"^\s*(?:[-–*+•●○◦▪■□◆·・]\s|[(（〔\[]?\p{N}{1,3}[)）〕\].:、．]|[(（][\p{L}\p{M}]{1,4}[)）]|第[\p{N}一二三四五六七八九十百]+[条章節項]"
    r"|(?:article|section|chapter|clause|annex|अनुच्छेद|कलम|धारा|अध्याय|परिशिष्ट)\s+[\p{L}\p{N}]+)",
    regex.I,
)
_WRAP_COLUMNS = 110
_FRONT_MATTER = regex.compile(r"\A\ufeff?---[^\S\n]*\n(.*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", regex.S)
_ATTRIBUTES = regex.compile(r"^[ \t]*\{:[^}\n]*\}[ \t]*$", regex.M)
_ATTRIBUTES_INLINE = regex.compile(r"\{:[^}\n]*\}")
_ESCAPE = regex.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))")
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


def read_markdown(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read Markdown (CommonMark and tables): headings, lists, table rows; a link is its text; front matter becomes hints.

    Raises:
        EmptyFileError: nothing but white space and front matter.
        UnsupportedFormatError: the bytes are not text in a known encoding.
    """
    decoded = decoded_or_reject(data, source)
    text = regex.sub(r"\r\n?", "\n", decoded.text)
    hints = Hints()
    if found := _FRONT_MATTER.match(text):
        hints = _front_matter(found[1])
        text = text[found.end() :]
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(_ATTRIBUTES.sub("", text))
    blocks = _with_bold_headings(list(_markdown_blocks(tokens, source.uri)))
    if hints.title is None:
        first = next((block for block in blocks if block.role == "heading"), None)
        hints = replace(hints, title=first.text if first and first.level == 1 else None)
    return document(source, [blocks], hints, decoded)


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
            tabs = lines[at].strip().count("\t")
            end = at + 1
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


def _wrapped(line: str, following: str, width: int) -> bool:
    """Whether ``following`` continues ``line``: its first word would not have fitted any more."""
    if _MARKER.match(following):
        return False
    word = regex.match(r"\s*([^\p{Han}\p{Hiragana}\p{Katakana}\s]+|.)", following)
    return columns(line) + 1 + columns(word[1] if word else "") > 0.9 * width or (not ends_sentence(line) and columns(line) > 0.75 * width)


def _line_block(text: str) -> RawBlock:
    stripped, bullet = without_bullet(text)
    return RawBlock(stripped.strip(), "list_item" if bullet else "paragraph")


@dataclass(frozen=True, slots=True)
class _Line:
    """A block and whether all of it is bold."""

    block: RawBlock
    bold: bool = False


def _with_bold_headings(lines: Sequence[_Line]) -> list[RawBlock]:
    """A bold line alone, or two in a row ("Section I", "Critical Minerals"), before text is a heading; a longer run is a title page."""
    blocks: list[RawBlock] = []
    depth = 1
    at = 0
    while at < len(lines):
        if lines[at].block.role == "heading":
            depth = lines[at].block.level
        end = at
        while end < len(lines) and lines[end].bold:
            end += 1
        if 0 < end - at <= 2 and blocks and end < len(lines) and all(_is_heading_like(line.block.text) for line in lines[at:end]):
            blocks.extend(RawBlock(line.block.text, "heading", depth + 1 + step) for step, line in enumerate(lines[at:end]))
        else:
            end = max(end, at + 1)
            blocks.extend(line.block for line in lines[at:end])
        at = end
    return blocks


def _is_heading_like(text: str) -> bool:
    return len(text) <= 120 and not text.endswith((".", ",", ";", "।", "。", "、"))


def _markdown_blocks(tokens: Sequence[Token], file: str) -> Iterator[_Line]:
    """Blocks of a flat CommonMark token stream."""
    numbers: list[int | None] = []
    fresh_item = False
    heading = 0
    rows: list[list[str]] = []
    in_cell = False
    for token in tokens:
        kind = token.type
        if kind in {"ordered_list_open", "bullet_list_open"}:
            numbers.append(int(token.attrs.get("start", 1)) if kind == "ordered_list_open" else None)
        elif kind in {"ordered_list_close", "bullet_list_close"}:
            numbers.pop()
        elif kind == "list_item_open":
            fresh_item = True
        elif kind == "list_item_close":
            if numbers[-1] is not None:
                numbers[-1] += 1
        elif kind == "heading_open":
            heading = int(token.tag[1])
        elif kind == "heading_close":
            heading = 0
        elif kind == "tr_open":
            rows.append([])
        elif kind in {"th_open", "td_open"}:
            in_cell = True
        elif kind in {"th_close", "td_close"}:
            in_cell = False
        elif kind == "table_close":
            yield from (_Line(block) for block in table_rows(rows, header=True))
            rows = []
        elif kind == "inline" and in_cell:
            rows[-1].append(squeeze(" ".join(text for text, _ in _inline(token.children or []))))
        elif kind == "inline":
            for text, bold in _inline(token.children or []):
                yield _Line(_inline_block(text, heading, numbers, fresh_item), bold and not heading and not numbers)
                fresh_item = False
        elif kind in {"fence", "code_block"}:
            yield from (_Line(RawBlock(line.strip())) for line in token.content.split("\n") if line.strip())
        elif kind == "html_block":
            yield from (_Line(block) for block in fragment_blocks(token.content, file))


def _inline_block(text: str, heading: int, numbers: Sequence[int | None], fresh: bool) -> RawBlock:
    if heading:
        return RawBlock(text, "heading", heading)
    if not numbers:
        return RawBlock(text)
    number = numbers[-1]
    return RawBlock(f"{number}. {text}" if fresh and number is not None else text, "list_item")


def _inline(children: Sequence[Token]) -> list[tuple[str, bool]]:
    """Lines of inline content, parted by hard breaks, and whether each is bold from end to end."""
    lines: list[tuple[list[str], list[str]]] = [([], [])]
    strong = 0
    for child in children:
        every, plain = lines[-1]
        if child.type in {"strong_open", "strong_close"}:
            strong += 1 if child.type == "strong_open" else -1
        elif child.type == "hardbreak" or (child.type == "html_inline" and child.content[:3].lower() == "<br"):
            lines.append(([], []))
        elif child.type in {"text", "code_inline", "softbreak", "image"}:
            # An image's content is its alternative text.
            text = "\n" if child.type == "softbreak" else child.content
            every.append(text)
            if not strong:
                plain.append(text)
    texts = [(squeeze(_ATTRIBUTES_INLINE.sub("", "".join(every))), not "".join(plain).strip()) for every, plain in lines]
    return [(text, bold) for text, bold in texts if text]


def _front_matter(text: str) -> Hints:
    """The top-level scalars of YAML front matter; a value may go on in indented lines."""
    values: dict[str, str] = {}
    key = ""
    for line in text.split("\n"):
        if found := regex.match(r"([A-Za-z_][\w-]*)\s*:\s*(.*)$", line):
            key = found[1].lower()
            values[key] = found[2].strip()
        elif key and line[:1].isspace() and line.strip():
            values[key] = f"{values[key]} {line.strip()}".strip()
    values = {name: _scalar(value) for name, value in values.items()}

    def first(*names: str) -> str | None:
        return next((values[name] for name in names if values.get(name)), None)

    day = _ISO_DAY.search(first("date", "published", "published_time", "publish_date") or "")
    kind: Kind | None = next((known for known in KINDS if known == values.get("kind")), None)
    authors = first("author", "authors")
    return Hints(
        title=first("title"),
        publisher=first("publisher", "site_name"),
        authors=tuple(name.strip(" -'\"") for name in authors.strip("[]").split(",")) if authors else (),
        published=iso_day(day[0]) if day else None,
        language=first("lang", "language"),
        kind=kind,
    )


def _scalar(text: str) -> str:
    """A YAML scalar without its quotes and, in double quotes, its escapes (YAML 1.2, 5.7)."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return squeeze(_ESCAPE.sub(_unescaped, text[1:-1]))
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'").strip()
    return text


def _unescaped(found: Any) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else {"n": " ", "t": " ", "_": " ", "N": " "}.get(found[3], found[3])


def iso_day(text: str) -> date | None:
    """The date at the start of an ISO 8601 timestamp, as its own clock shows it; None when there is none."""
    found = _ISO_DAY.match(text.strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
