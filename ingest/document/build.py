"""A reader's pages become a Document: one text, and pages, blocks, facts and chunks as spans of it.

Doubtful words, of which OCR was unsure, are found again in the text that was made of them. A document whose kind turns out to be
another is read for its facts once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import accumulate, dropwhile, pairwise
from typing import TYPE_CHECKING, Any

import regex
from rapidfuzz.distance import Indel

from ingest.document.chunking import chunk_document, estimate_tokens
from ingest.document.clause_numbering import clause_starts
from ingest.document.structure import place_blocks
from ingest.extract.document_kinds import by_phrases
from ingest.extract.facts import find_facts
from ingest.records import MAILS, Block, Document, Found, FoundFacts, Hints, Kind, Page, RawBlock, RawDocument, Span
from lang.languages import PAPER_LANGUAGES, Language, detect
from lang.normalise import clean, comparison_key

if TYPE_CHECKING:
    from ingest.ocr.word_boxes import WordBox

_LETTER = regex.compile(r"[\p{L}\p{N}]")
_RUNS = (12, 12, 6, 6, 3, 1)
"""Letters in a row that have to agree in each pass: long runs first, for parts of a page may stand in another order."""


def doubtful_words(boxes: bytes, text: str) -> tuple[Span, ...]:
    """Spans of a page's text that are doubtful words, in order; words side by side without a space are one span.

    The text has the words in the order of its layout, cleaned, and without running heads: a word that is not in it has no span.

    Args:
        boxes: the record of the page's words (`ingest.ocr.word_boxes`); none for a page that OCR did not read.
        text: of the page.

    Raises:
        ValueError: the record is damaged.
    """
    if not boxes:
        return ()
    from ingest.ocr.word_boxes import unpack  # brings the PDF engine, which a paper without pictures does not need

    words = unpack(boxes)
    if not any(_is_doubtful(word) for word in words):
        return ()
    spans: list[Span] = []
    for start, end in sorted(_places(words, text)):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return tuple(spans)


def less_sure(facts: FoundFacts, doubtful: Sequence[Span]) -> FoundFacts:
    """The facts, those that rest on a doubtful word no longer sure."""
    return replace(facts, **{item.name: _held(getattr(facts, item.name), doubtful) for item in fields(facts)}) if doubtful else facts


def _held(value: Any, doubtful: Sequence[Span]) -> Any:
    if isinstance(value, tuple):
        return tuple(_held(one, doubtful) for one in value)
    if isinstance(value, Found) and value.start is not None and value.end is not None:
        at, to = value.start, value.end
        return replace(value, confidence="likely") if any(start < to and at < end for start, end in doubtful) else value
    return value


def _is_doubtful(word: WordBox) -> bool:
    """Whether a word is; a sign that stands by itself, as dirt does, says nothing that could be wrong."""
    from ingest.ocr.word_boxes import DOUBTFUL

    return word.doubt >= DOUBTFUL and _LETTER.search(word.text) is not None


def _places(words: Sequence[WordBox], text: str) -> list[Span]:
    letters = [comparison_key(word.text) for word in words]
    shown = [comparison_key(char) for char in text]
    owners = [at for at, one in enumerate(shown) for _ in one]
    where = aligned("".join(letters), "".join(shown))
    starts = [0, *accumulate(map(len, letters))]
    found = []
    for word, start, end in zip(words, starts, starts[1:], strict=False):
        places = where[start:end]
        if _is_doubtful(word) and places and min(places) >= 0 and places[-1] - places[0] == len(places) - 1:
            found.append((owners[places[0]], owners[places[-1]] + 1))
    return found


def aligned(read: str, shown: str) -> list[int]:
    """For each letter that was read its place among those shown, or -1; what stands in another order is found in later passes."""
    where = [-1] * len(read)
    taken: set[int] = set()

    def put(at: int, place: int) -> bool:
        fits = 0 <= at < len(read) and 0 <= place < len(shown) and where[at] < 0 and place not in taken and read[at] == shown[place]
        if fits:
            where[at] = place
            taken.add(place)
        return fits

    for least in _RUNS:
        left, free = [at for at, place in enumerate(where) if place < 0], [place for place in range(len(shown)) if place not in taken]
        for block in Indel.opcodes("".join(read[at] for at in left), "".join(shown[place] for place in free)):
            size = block.src_end - block.src_start
            if block.tag != "equal" or size < least:
                continue
            run = [(left[block.src_start + step], free[block.dest_start + step]) for step in range(size)]
            for at, place in run:
                put(at, place)
            # Where a letter stands twice in a row, either may have been taken for the end of the run.
            for (at, place), way in ((run[0], -1), (run[-1], 1)):
                step = way
                while put(at + step, place + step):
                    step += way
    return where


_BETWEEN_BLOCKS = "\n"
_BETWEEN_PAGES = "\n\n"


def _majority(weighted: Iterable[tuple[Language, float]], default: Language) -> Language:
    """The language with most weight. Texts are weighed in tokens: a kanji says more than a letter."""
    sizes: dict[Language, float] = defaultdict(float)
    for language, size in weighted:
        if language != "und":
            sizes[language] += size
    return max(PAPER_LANGUAGES, key=lambda language: sizes[language]) if sizes else default


def _document_language(texts: Sequence[str], declared: str | None) -> Language:
    hint = (declared or "").split("-")[0].lower()
    default: Language = next((known for known in PAPER_LANGUAGES if known == hint), "und")
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


def build_document(raw: RawDocument, *, kind: Kind | None = None) -> Document:
    """Assemble the document: clean the blocks, place them, find languages, facts and chunks.

    Blocks are joined by a newline, pages by an empty line; a page without text has an empty span. ``kind`` wins over what the
    file says and looks like.
    """
    drafts = [[draft for block in page.blocks for draft in _drafts(block)] for page in raw.pages]
    flat = [draft.block for page in drafts for draft in page]
    placed = iter(place_blocks(flat, raw.hints.title))
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


def kind_is_told(document: Document) -> bool:
    """Whether the file, a person or words of the paper say what kind it is."""
    facts = document.facts
    kind, published = facts.found.kind, facts.found.published
    if kind is None or kind.text or kind.confidence != "likely":
        return True
    declared = published is not None and published.origin == "file"  # a page that names its day and publisher in its head
    return (facts.kind == "news" and declared) or by_phrases(facts.title, document.text, document.blocks).value != "other"


def read_as(document: Document, kind: Kind) -> Document:
    """The document with the facts that are looked for in a paper of this kind; what the file declared and the title stay."""
    before = document.facts
    found = before.found
    published = found.published.value.day_value if found.published is not None and found.published.origin == "file" else None
    read = found.publisher
    declared = read is not None and read.origin == "file" and not any(read.value in line for line in document.margins)
    publisher = before.publisher if declared else None
    hints = Hints(title=before.title, publisher=publisher, published=published, sure_title=True, margins=document.margins)
    facts = find_facts(document.text, document.blocks, hints, kind=kind, language=before.language, uri=document.source.uri)
    told: Found[str] = Found(str(kind), confidence="likely", origin="file")
    settled: FoundFacts = less_sure(facts.found, [span for page in document.pages for span in page.doubtful])
    kept = replace(settled, title=found.title, kind=told)
    return replace(document, facts=replace(facts, title=before.title, found=kept))
