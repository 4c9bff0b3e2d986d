"""A reader's pages become a Document: one text, and pages, blocks, facts and chunks as spans of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingest.chunk import chunk_document
from ingest.records import LANGUAGES, Block, Document, Kind, Language, Page, RawBlock, RawDocument
from ingest.understand.facts import find_facts
from ingest.understand.language import detect
from ingest.understand.normalise import clean
from ingest.understand.structure import Placed, place

_BETWEEN_BLOCKS = "\n"
_BETWEEN_PAGES = "\n\n"


def _majority(weighted: Iterable[tuple[Language, int]], default: Language) -> Language:
    sizes: Counter[Language] = Counter()
    for language, size in weighted:
        if language != "und":
            sizes[language] += size
    return max(LANGUAGES, key=lambda language: sizes[language]) if sizes else default


def _letters(text: str) -> int:
    """Letters of a text, a kana or kanji counted as two: languages are weighed by how much they say, not by how long it is."""
    return sum((2 if ord(c) > 0x2E80 else 1) for c in text if c.isalpha())


def _document_language(texts: Sequence[str], declared: str | None) -> Language:
    hint = (declared or "").split("-")[0].lower()
    default: Language = next((known for known in LANGUAGES if known == hint), "und")
    return _majority(((detect(t), _letters(t)) for t in texts), default)


def understand(raw: RawDocument, *, kind: Kind | None = None) -> Document:
    """Assemble the document: clean the blocks, place them, find languages, facts and chunks.

    Blocks are joined by a newline, pages by an empty line; a page without text has an empty span. ``kind`` wins over what the
    file says and looks like.
    """
    cleaned = [[replace(b, text=t) for b in page.blocks if (t := clean(b.text))] for page in raw.pages]
    flat: list[RawBlock] = [b for page in cleaned for b in page]
    placed: list[Placed] = place(flat)
    language = _document_language([b.text for b in flat], raw.hints.language)

    parts: list[str] = []
    pages: list[Page] = []
    blocks: list[Block] = []
    offset = 0
    at = 0
    for number, (raw_page, page_blocks) in enumerate(zip(raw.pages, cleaned, strict=True)):
        if number:
            parts.append(_BETWEEN_PAGES)
            offset += len(_BETWEEN_PAGES)
        page_start = offset
        for nth, block in enumerate(page_blocks):
            if nth:
                parts.append(_BETWEEN_BLOCKS)
                offset += len(_BETWEEN_BLOCKS)
            place_of = placed[at]
            at += 1
            end = offset + len(block.text)
            blocks.append(Block(raw_page.number, place_of.role, place_of.path, block.text, offset, end, detect(block.text, language)))
            parts.append(block.text)
            offset = end
        page_text = "".join(parts)[page_start:] if False else _BETWEEN_BLOCKS.join(b.text for b in page_blocks)
        page_language = _majority(((detect(b.text, language), _letters(b.text)) for b in page_blocks), language)
        pages.append(
            Page(
                number=raw_page.number,
                label=raw_page.label,
                text=page_text,
                start=page_start,
                end=offset,
                method=raw_page.method,
                quality=raw_page.quality,
                language=page_language,
                note=raw_page.note,
            )
        )
    text = "".join(parts)
    return Document(
        source=raw.source,
        facts=find_facts(text, blocks, raw.hints, kind=kind, language=language, uri=raw.source.uri),
        text=text,
        pages=tuple(pages),
        blocks=tuple(blocks),
        chunks=chunk_document(text, blocks, raw.source.sha256),
    )
