from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document.build import build_document
from ingest.pipeline import read_document
from ingest.records import Document, Hints, Limits, RawBlock, RawDocument, RawPage, Source
from lang.labels import read_label
from tests.support import shared

SOURCE = Source("/papers/a.txt", "cd" * 32, "text", 10)


def raw(*pages: list[str], hints: Hints | None = None) -> RawDocument:
    built = tuple(RawPage(n, str(n), tuple(RawBlock(t) for t in texts), "markup") for n, texts in enumerate(pages, start=1))
    return RawDocument(SOURCE, built, hints or Hints())


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=80), max_size=5), max_size=5))
def test_pages_and_blocks_are_spans_of_the_text(pages: list[list[str]]) -> None:
    document = build_document(raw(*pages))
    assert [p.number for p in document.pages] == list(range(1, len(pages) + 1))
    for page in document.pages:
        assert page.text == document.text[page.start : page.end]
    for block in document.blocks:
        page = document.pages[block.page - 1]
        assert block.text == document.text[block.start : block.end] != ""
        assert page.start <= block.start < block.end <= page.end


def _read(path: Path) -> Document:
    data = path.read_bytes()
    media = {".html": "html", ".md": "markdown", ".txt": "text", ".pdf": "pdf", ".docx": "docx"}[path.suffix]
    return read_document(Source(str(path), hashlib.sha256(data).hexdigest(), media, len(data)), limits=Limits())  # type: ignore[arg-type]


@pytest.mark.shared
@pytest.mark.parametrize(("file", "language"), [("eng", "en"), ("hin", "hi"), ("mar", "mr"), ("jpn", "ja")])
def test_the_thirty_articles_of_the_declaration_are_numbered_right(file: str, language: str) -> None:
    document = _read(shared("corpus", "udhr", f"{file}.html"))
    assert document.facts.language == language
    numbers = []
    for block in document.blocks:
        label = read_label(block.path[0]) if block.path else None
        if label and label.value not in numbers[-1:]:
            numbers.append(label.value)
    assert numbers == list(range(1, 31))
    article = [c for c in document.chunks if c.path and (label := read_label(c.path[0])) and label.value == 30]
    assert len(article) == 1


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "parties", "day"),
    [
        ("mou-us-malaysia", ("Government of the United States of America", "Government of Malaysia"), "2025-10-26"),
        ("mou-us-thailand", ("Government of the United States of America", "Government of the Kingdom of Thailand"), "2025-10-26"),
        (
            "mou-us-united-kingdom-of-great-britain",
            ("Government of the United States of America", "Government of the United Kingdom of Great Britain and Northern Ireland"),
            "2025-09-18",
        ),
    ],
)
def test_real_memoranda_are_agreements_with_parties_and_day(file: str, parties: tuple[str, str], day: str) -> None:
    facts = _read(shared("corpus", "agreements_en", f"{file}.md")).facts
    assert facts.kind == "agreement"
    assert facts.parties == parties
    assert str(facts.date) == day


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "headings"),
    [
        ("mr_policy.txt", ["प्रस्तावना", "कलम १", "कलम २", "कलम ३", "कलम ४", "अनुसूची ‘अ’", "कलम ५", "कलम ६"]),
        ("hi_policy.txt", ["प्रस्तावना", "धारा 1", "धारा 2", "धारा 3", "अनुसूची 1", "धारा 4", "धारा 5"]),
        ("ja_policy.txt", ["前文", "第1条", "第2条", "第3条", "第4条", "別表", "第5条", "第6条", "附則"]),
        ("en_policy.txt", ["Preamble", "Article 1", "Article 2", "Article 3", "Article 4", "Schedule A", "Article 5", "Article 6"]),
    ],
)
def test_articles_of_plain_text_policies_are_top_level(file: str, headings: list[str]) -> None:
    document = _read(shared("corpus", "extraction", file))
    tops: list[str] = []
    for block in document.blocks:
        if block.path and block.path[0] not in tops[-1:]:
            tops.append(block.path[0])
    assert len(tops) == len(headings)
    assert all(top.startswith(heading) for top, heading in zip(tops, headings, strict=True))


@pytest.mark.shared
def test_the_real_article_is_news_without_articles() -> None:
    document = _read(shared("corpus", "pudhari-mlit-thane.txt"))
    assert document.facts.kind == "news"
    assert document.facts.language == "mr"
    assert not any("App" in c.text or "संबंधित बातम्या" in c.text or "Rajesh More" in c.text for c in document.chunks)


@pytest.mark.slow
def test_a_report_of_a_hundred_pages_is_understood_within_a_second() -> None:
    sentence = "The Joint Committee reviewed the flood-warning pilot on 12 March 2025 and found that the gauges had worked as planned. "
    page = ["3.2 Findings of the year", *[sentence * 4] * 6]
    document = raw(*[page] * 100)
    began = time.process_time()  # of the processor: other work of the machine does not count
    understood = build_document(document)
    seconds = time.process_time() - began
    assert len(understood.pages) == 100
    assert seconds < 3  # 0.5 s on an idle core
