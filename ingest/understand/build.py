"""A reader's pages become a Document: one text, and pages, blocks, facts and chunks as spans of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, pairwise

from ingest.chunk import chunk_document, estimate_tokens
from ingest.records import MAILS, Block, Document, Kind, Page, RawBlock, RawDocument
from ingest.understand.clauses import clause_starts
from ingest.understand.doubtful import doubtful_words, less_sure
from ingest.understand.facts import find_facts
from ingest.understand.structure import place
from lang.codes import LANGUAGES, Language
from lang.identify import detect
from lang.normalise import clean

_BETWEEN_BLOCKS = "\n"
_BETWEEN_PAGES = "\n\n"


def _majority(weighted: Iterable[tuple[Language, float]], default: Language) -> Language:
    """The language with most weight. Texts are weighed in tokens: a kanji says more than a letter."""
    sizes: dict[Language, float] = defaultdict(float)
    for language, size in weighted:
        if language != "und":
            sizes[language] += size
    return max(LANGUAGES, key=lambda language: sizes[language]) if sizes else default


def _document_language(texts: Sequence[str], declared: str | None) -> Language:
    hint = (declared or "").split("-")[0].lower()
    default: Language = next((known for known in LANGUAGES if known == hint), "und")
    return _majority(((detect(t), estimate_tokens(t)) for t in texts), default)


def _said(blocks: Sequence[RawBlock], media: str) -> Sequence[RawBlock]:
    """The blocks that tell a document's language: of a mail not the rows at its top: their labels are ours."""
    if media not in MAILS:
        return blocks
    title = [block for block in blocks[:1] if block.role == "title"]
    return [*title, *dropwhile(lambda block: block.role == "table_row", blocks[len(title) :])] or blocks


@dataclass(frozen=True, slots=True)
class _Draft:
    """A cleaned block and what stands between it and the block before it on its page."""

    block: RawBlock
    glue: str


def _drafts(block: RawBlock) -> Iterator[_Draft]:
    """The block, cleaned; one draft per clause where a paragraph runs several together."""
    text = clean(block.text)
    if not text:
        return
    starts = clause_starts(text) if block.role == "paragraph" else [0]
    glue = _BETWEEN_BLOCKS
    for start, stop in pairwise([*starts, len(text)]):
        piece = text[start:stop]
        yield _Draft(replace(block, text=piece.rstrip()), glue)
        glue = piece[len(piece.rstrip()) :]


def understand(raw: RawDocument, *, kind: Kind | None = None) -> Document:
    """Assemble the document: clean the blocks, place them, find languages, facts and chunks.

    Blocks are joined by a newline, pages by an empty line; a page without text has an empty span. ``kind`` wins over what the
    file says and looks like.
    """
    drafts = [[draft for block in page.blocks for draft in _drafts(block)] for page in raw.pages]
    flat = [draft.block for page in drafts for draft in page]
    placed = iter(place(flat, raw.hints.title))
    language = _document_language([b.text for b in _said(flat, raw.source.media)], raw.hints.language)

    parts: list[str] = []
    pages: list[Page] = []
    blocks: list[Block] = []
    offset = 0
    for raw_page, page_drafts in zip(raw.pages, drafts, strict=True):
        if pages:
            parts.append(_BETWEEN_PAGES)
            offset += len(_BETWEEN_PAGES)
        start, first_part, first_block = offset, len(parts), len(blocks)
        for draft in page_drafts:
            where = next(placed)
            if offset > start:
                parts.append(draft.glue)
                offset += len(draft.glue)
            text = draft.block.text
            parts.append(text)
            blocks.append(Block(raw_page.number, where.role, where.path, text, offset, offset + len(text), detect(text, language)))
            offset += len(text)
        said = "".join(parts[first_part:])
        pages.append(
            Page(
                number=raw_page.number,
                label=raw_page.label,
                text=said,
                start=start,
                end=offset,
                method=raw_page.method,
                quality=raw_page.quality,
                language=_majority(((b.language, estimate_tokens(b.text)) for b in blocks[first_block:]), language),
                note=raw_page.note,
                boxes=raw_page.boxes,
                doubtful=tuple((start + first, start + last) for first, last in doubtful_words(raw_page.boxes, said)),
            )
        )
    text = "".join(parts)
    facts = find_facts(text, blocks, raw.hints, kind=kind, language=language, uri=raw.source.uri)
    return Document(
        source=raw.source,
        facts=replace(facts, found=less_sure(facts.found, [span for page in pages for span in page.doubtful])),
        text=text,
        pages=tuple(pages),
        blocks=tuple(blocks),
        chunks=chunk_document(text, blocks, raw.source.sha256),
        margins=raw.hints.margins,
    )
