"""Markdown: CommonMark with tables, and the ways in which converted papers write headings without saying so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.parse.lines import ends_sentence, squeeze
from ingest.parse.tables import table_rows
from ingest.parse.text import decoded_or_reject, document, iso_day
from ingest.records import KINDS, Hints, Kind, Limits, RawBlock, RawDocument, Source
from ingest.web.html_blocks import fragment_blocks

_FRONT_MATTER = regex.compile(r"\A\ufeff?---[^\S\n]*\n(.*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", regex.S)
_ATTRIBUTES = regex.compile(r"^[ \t]*\{:[^}\n]*\}[ \t]*$", regex.M)
_ATTRIBUTES_INLINE = regex.compile(r"\{:[^}\n]*\}")
_ESCAPE = regex.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))")
_ISO_DAY = regex.compile(r"\d{4}-\d{2}-\d{2}")
_STRONG = regex.compile(r"(?<![\\*])\*\*\*?(?!\*)")
_NUMBERED = regex.compile(
    r"(?:[IVXLC]+|\p{Nd}+(?:\.\p{Nd}+)*|[A-Z])[.)．]\s|(?i:part|section|chapter|article|annex|भाग|कलम|अनुच्छेद|धारा)\s|第"
)
_MAX_HEADING = 120
_BODY = 90


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
    tokens = parser.parse(_with_tight_emphasis(_ATTRIBUTES.sub("", text)))
    blocks = _with_bold_headings(list(_markdown_blocks(tokens, source.uri)))
    if hints.title is None:
        first = next((block for block in blocks if block.role == "heading"), None)
        hints = replace(hints, title=first.text if first and first.level == 1 else None)
    return document(source, [blocks], hints, decoded)


def _with_tight_emphasis(text: str) -> str:
    """``text`` with the white space that converters leave inside ``** … **`` put outside, where CommonMark sees strong emphasis."""
    parts: list[str] = []
    for paragraph in regex.splititer(r"(\n[^\S\n]*\n)", text):
        marks = list(_STRONG.finditer(paragraph))
        at = 0
        for opening, closing in zip(marks[::2], marks[1::2], strict=False):
            inner = paragraph[opening.end() : closing.start()]
            bare = inner.strip()
            if len(marks) % 2 or not bare or inner == bare or opening[0] != closing[0]:
                continue
            before, after = inner[: inner.index(bare)], inner[inner.index(bare) + len(bare) :]
            parts += [paragraph[at : opening.start()], before, opening[0], bare, closing[0], after]
            at = closing.end()
        parts.append(paragraph[at:])
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Line:
    """A block, whether all of it is bold, and whether it is the first line of a list item with more lines below it."""

    block: RawBlock
    bold: bool = False
    in_item: bool = False


def _with_bold_headings(lines: Sequence[_Line]) -> list[RawBlock]:
    """Bold lines that stand alone before text become headings; a run of more than two is a title page, one without text a signature.

    Among themselves they are ranked as a reader sees them: numbered before capitals before others before names inside a list.
    """
    runs = dict(_bold_runs(lines))
    ranks = sorted({_rank(line) for start, end in runs.items() for line in lines[start:end]})
    blocks: list[RawBlock] = []
    depth = 1
    at = 0
    while at < len(lines):
        if lines[at].block.role == "heading":
            depth = lines[at].block.level
        if at not in runs:
            blocks.append(lines[at].block)
            at += 1
            continue
        above = 0
        for line in lines[at : runs[at]]:
            above = max(above + 1, depth + 1 + ranks.index(_rank(line)))
            blocks.append(RawBlock(line.block.text, "heading", above))
        at = runs[at]
    return blocks


def _bold_runs(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """Start and end of every run of bold lines that are headings."""
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].bold and not (end > at and lines[end].in_item):
            end += 1
        if 0 < end - at <= 2 and at and end < len(lines) and _is_body(lines[end].block):
            leads_list = end - at == 1 and lines[end].block.role == "list_item"
            if all(_is_heading_like(line.block.text, leads_list) for line in lines[at:end]):
                yield at, end
        at = max(end, at + 1)


def _rank(line: _Line) -> int:
    if line.in_item:
        return 3
    if _NUMBERED.match(line.block.text):
        return 0
    return 1 if line.block.text.isupper() else 2


def _is_body(block: RawBlock) -> bool:
    return block.role in {"list_item", "table_row"} or len(block.text) > _BODY or ends_sentence(block.text)


def _is_heading_like(text: str, leads_list: bool) -> bool:
    """Whether a bold line may be a heading; a full stop does not speak against one that stands above a list."""
    return len(text) <= _MAX_HEADING and not text.endswith((",", ";", "、") if leads_list else (".", ",", ";", "।", "。", "、"))


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
            texts = _inline(token.children or [])
            for text, bold in texts:
                named = fresh_item and len(texts) > 1
                yield _Line(_inline_block(text, heading, numbers, fresh_item), bold and not heading and (named or not numbers), named)
                fresh_item = False
        elif kind in {"fence", "code_block"}:
            yield from (_Line(RawBlock(line.strip())) for line in token.content.split("\n") if line.strip())
        elif kind == "html_block":
            yield from (_Line(block) for block in fragment_blocks(token.content, file))


def _inline_block(text: str, heading: int, numbers: Sequence[int | None], fresh: bool) -> RawBlock:
    number = numbers[-1] if numbers and fresh else None
    if number is not None:
        text = f"{number}. {text}"
    if heading:
        return RawBlock(text, "heading", heading)
    return RawBlock(text, "list_item" if numbers else "paragraph")


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
