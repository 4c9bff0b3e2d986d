from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

import pytest

from ingest.document.chunking import HARD_MAX, estimate_tokens
from ingest.pipeline import read_document
from ingest.records import Block, Chunk, Document, Source
from lang.labels import is_article_entry
from tests.support import shared

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def papers() -> list[Document]:
    """The agreements and the declaration in four languages."""
    found = []
    for path in sorted([*shared("corpus", "agreements_en").glob("*.md"), *shared("corpus", "udhr").glob("*.html")]):
        data = path.read_bytes()
        media = "html" if path.suffix == ".html" else "markdown"
        found.append(read_document(Source(str(path), hashlib.sha256(data).hexdigest(), media, len(data))))
    assert len(found) == 26
    return found


def parts(document: Document) -> Iterator[tuple[Chunk, list[Block]]]:
    """Each chunk with the blocks of text that it has a share of."""
    for chunk in document.chunks:
        yield chunk, [b for b in document.blocks if b.start < chunk.end and chunk.start < b.end and b.role not in {"heading", "title"}]


def article(path: tuple[str, ...]) -> tuple[str, ...]:
    """The path down to its innermost article; () outside articles."""
    return next((path[:depth] for depth in range(len(path), 0, -1) if is_article_entry(path[depth - 1])), ())


def test_no_chunk_of_an_agreement_holds_text_of_two_articles(papers: list[Document]) -> None:
    crossing = [
        (document.facts.title, chunk.path)
        for document in papers
        for chunk, blocks in parts(document)
        if len({article(b.path) for b in blocks}) > 1
    ]
    assert crossing == []


def test_each_chunk_of_an_agreement_knows_its_path(papers: list[Document]) -> None:
    for document in papers:
        for chunk, blocks in parts(document):
            assert all(block.path[: len(chunk.path)] == chunk.path for block in blocks), chunk.path
            assert article(chunk.path) == (article(blocks[0].path) if blocks else article(chunk.path))


def test_each_part_of_a_long_article_carries_the_heading_of_the_article(papers: list[Document]) -> None:
    counts = Counter((at, article(chunk.path)) for at, document in enumerate(papers) for chunk in document.chunks if article(chunk.path))
    split = {key: count for key, count in counts.items() if count > 1}
    assert split, "No article of these papers is longer than a chunk: the test says nothing."
    for (at, path), count in split.items():
        text = [chunk for chunk in papers[at].chunks if article(chunk.path) == path]
        assert len(text) == count
        assert sum(estimate_tokens(chunk.text) for chunk in text) > HARD_MAX / 2
        assert all(estimate_tokens(chunk.text) <= HARD_MAX for chunk in text)


def test_every_article_of_the_declaration_has_its_chunk_in_each_language(papers: list[Document]) -> None:
    for document in papers[-4:]:
        assert len({article(chunk.path) for chunk in document.chunks} - {()}) == 30, document.source.uri
