from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document.build import build_document
from ingest.document.chunking import HARD_MAX, SOFT_MAX, WHOLE, article_key, chunk_document, estimate_tokens
from ingest.records import Document, RawBlock, RawDocument, RawPage, Source

SOURCE = Source("/papers/a.txt", "cd" * 32, "text", 10)
SENTENCES = {
    "en": "The Joint Committee will meet twice a year and decide by consensus on the two pilot projects of the city. ",
    "mr": "संयुक्त समितीची बैठक वर्षातून दोन वेळा होईल आणि ती पथदर्शी प्रकल्पांबाबत सर्वसहमतीने निर्णय घेईल. ",
    "ja": "合同委員会は年に二回開催し、二つの試行事業について全会一致で決定するものとする。",
}


def build(*pages: list[RawBlock | str]) -> Document:
    raw = tuple(
        RawPage(n, str(n), tuple(b if isinstance(b, RawBlock) else RawBlock(b) for b in blocks), "markup")
        for n, blocks in enumerate(pages, start=1)
    )
    return build_document(RawDocument(SOURCE, raw))


def paragraph(tokens: float, language: str = "en") -> str:
    text = SENTENCES[language]
    while estimate_tokens(text) < tokens:
        text += SENTENCES[language]
    return text.strip()


WORD = st.sampled_from(["treaty", "सहकार्य", "協定", "Water.", "आहे.", "です。", "(2)", "3.2", "x" * 90, "12 March 2025", "शहर", "。", "—"])
LINE = st.lists(WORD, min_size=1, max_size=220).map(" ".join)
BLOCK = st.one_of(
    LINE.map(RawBlock),
    LINE.map(lambda t: RawBlock(t[:60], "heading", 2)),
    LINE.map(lambda t: RawBlock(t, "table_row")),
    LINE.map(lambda t: RawBlock(t, "list_item")),
    st.integers(1, 9).map(lambda n: RawBlock(f"Article {n}")),
    st.integers(1, 9).map(lambda n: RawBlock(f"कलम {n} : उद्देश")),
    st.text(max_size=30).map(RawBlock),
)
PAGES = st.lists(st.lists(BLOCK, max_size=8), min_size=1, max_size=4)


@settings(deadline=None, max_examples=150)
@given(PAGES)
def test_chunks_are_spans_that_cover_the_document_in_order(pages: list[list[RawBlock]]) -> None:
    document = build(*pages)
    covered = bytearray(len(document.text))
    last = 0
    for ordinal, chunk in enumerate(document.chunks):
        assert chunk.ordinal == ordinal
        assert chunk.text == document.text[chunk.start : chunk.end]
        assert chunk.text == chunk.text.strip()
        assert last <= chunk.start < chunk.end
        last = chunk.end
        covered[chunk.start : chunk.end] = b"\x01" * (chunk.end - chunk.start)
    assert all(done or document.text[i].isspace() for i, done in enumerate(covered))


@settings(deadline=None, max_examples=150)
@given(PAGES)
def test_no_chunk_crosses_an_article_or_the_hard_maximum(pages: list[list[RawBlock]]) -> None:
    document = build(*pages)
    for chunk in document.chunks:
        blocks = [b for b in document.blocks if b.start < chunk.end and b.end > chunk.start]
        bodies = {article_key(b.path) for b in blocks if b.role not in ("heading", "title")}
        assert len(bodies) <= 1
        deepest = max((article_key(b.path) for b in blocks), key=len)
        assert all(deepest[: len(key)] == key for key in (article_key(b.path) for b in blocks))
        assert estimate_tokens(chunk.text) <= HARD_MAX * 1.02  # the line ends between blocks are not estimated
        assert (chunk.page_first, chunk.page_last) == (blocks[0].page, blocks[-1].page)


@settings(deadline=None, max_examples=60)
@given(PAGES)
def test_chunking_again_gives_the_same_chunks(pages: list[list[RawBlock]]) -> None:
    document = build(*pages)
    assert chunk_document(document.text, document.blocks, SOURCE.sha256) == document.chunks
    for chunk in document.chunks:
        assert chunk.id == hashlib.sha256(f"{SOURCE.sha256}:{chunk.start}:{chunk.end}".encode()).hexdigest()[:32]


@pytest.mark.parametrize(("text", "tokens"), [("a" * 43, 10), ("क" * 42, 10), ("漢" * 16, 10), ("", 0)])
def test_tokens_are_estimated_by_script(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == pytest.approx(tokens, rel=0.03)


@pytest.mark.parametrize("language", ["en", "mr", "ja"])
def test_one_paragraph_that_a_model_reads_whole_is_one_chunk(language: str) -> None:
    text = paragraph(WHOLE - 40, language)
    assert estimate_tokens(text) <= WHOLE
    assert [c.text for c in build([text]).chunks] == [text]


@pytest.mark.parametrize("language", ["en", "mr", "ja"])
def test_a_long_paragraph_is_cut_at_sentence_ends_into_even_pieces(language: str) -> None:
    chunks = build([paragraph(1500, language)]).chunks
    sizes = [estimate_tokens(c.text) for c in chunks]
    assert all(c.text.endswith((".", "。")) for c in chunks)
    assert max(sizes) <= HARD_MAX
    assert min(sizes) >= 180
    assert len(chunks) in (5, 6)


def test_a_sentence_without_end_is_cut_between_words() -> None:
    chunks = build(["word " * 1200]).chunks
    assert max(estimate_tokens(c.text) for c in chunks) <= HARD_MAX
    assert all(set(c.text.split()) == {"word"} for c in chunks)


def test_small_paragraphs_of_a_section_share_a_chunk_and_none_is_left_tiny() -> None:
    chunks = build(["A Report", *[paragraph(70) for _ in range(10)]]).chunks
    sizes = [estimate_tokens(c.text) for c in chunks]
    assert len(chunks) in (3, 4)
    assert min(sizes) >= 150
    assert max(sizes) <= SOFT_MAX + 30


def test_a_heading_goes_with_what_follows() -> None:
    sub = [x for n in range(1, 9) for x in (RawBlock(f"{n}. Part", "heading", 3), RawBlock(paragraph(90)))]
    document = build([RawBlock("Report on Water", "heading", 1), RawBlock("Findings", "heading", 2), *sub])
    for chunk in document.chunks:
        assert not chunk.text.splitlines()[-1].endswith("Part")


def test_rows_of_a_table_stay_whole_and_together() -> None:
    rows = [RawBlock(f"No.: {n} · Category: register of births and deaths · Period: {n} years", "table_row") for n in range(12)]
    document = build(["Schedule", paragraph(200), *rows])
    with_rows = [c for c in document.chunks if "Category" in c.text]
    assert len(with_rows) == 1


def test_a_chunk_is_in_the_language_of_most_of_its_text() -> None:
    document = build(["MLIT Japan Thane partnership", paragraph(100, "mr")])
    assert [c.language for c in document.chunks] == ["mr"]


def test_ids_differ_within_a_document_and_between_contents() -> None:
    document = build([paragraph(1500)])
    ids = [c.id for c in document.chunks]
    assert len(set(ids)) == len(ids)
    other = chunk_document(document.text, document.blocks, "ef" * 32)
    assert not set(ids) & {c.id for c in other}
    assert all(a.end <= b.start for a, b in pairwise(document.chunks))


def test_a_table_is_not_parted_from_its_column_headings_and_each_part_knows_them() -> None:
    rows = [RawBlock(f"{n}\t{paragraph(30)}\t{n} years", "table_row") for n in range(1, 31)]
    document = build(
        [RawBlock("Schedule A", "heading", 2), "The records are kept as follows:", RawBlock("No.\tRecord\tKept for", "table_row"), *rows]
    )
    first, *others = document.chunks
    assert "No.\tRecord\tKept for\n1\t" in first.text
    assert others
    assert {chunk.path for chunk in others} == {("Schedule A", "No. · Record · Kept for")}


def test_text_before_a_table_shares_a_chunk_with_it() -> None:
    rows = [RawBlock(text, "table_row") for text in ("No.\tRecord\tKept for", "1\tBirths\tever", "2\tFootage\t90 days")]
    (chunk,) = build([RawBlock("Records", "heading", 2), "The records are kept as follows.", *rows, "Nothing else is kept."]).chunks
    assert chunk.path == ("Records",)
