"""What the list of the library shows, how pages were read, and what changed between two versions; without a page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Block
from kb.records import DocumentInfo, PageView
from lang.languages import Language
from ui.components.i18n import strings
from ui.pages.library.document_table import Quality, worded
from ui.pages.library.library_params import PAGE, Entry, Wanted, entry, found, page_of
from ui.pages.library.reader import headings
from ui.pages.library.versions import changes


def info(number: int, title: str, **known: Any) -> DocumentInfo:
    facts: dict[str, Any] = {"source": f"/papers/{number}.pdf", "version": 1, "kind": "agreement", "language": "en", "publisher": None}
    facts |= {"date": None, "pages": 1, "chunks": 1, "state": "published"} | known
    return DocumentInfo(number, title, **facts)


def titled(*documents: DocumentInfo) -> list[Entry]:
    return [entry(one, lambda _: None) for one in documents]


def titles(entries: list[Entry], **wanted: Any) -> list[str]:
    return [e.title for e in found(entries, Wanted(**wanted))]


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("Harbour Agreement", "HARBOUR agreement"),
        ("पूर इशारा सहकार्य करार", "करार पूर"),
        ("पञ्चायत नियम", "पंचायत"),
        ("सड़क परियोजना", "सडक"),
        ("कलम ४ नुसार आदेश", "4"),
        ("サーバ設置基準", "ｻｰﾊﾞ"),
        ("令和７年度の報告", "令和7年度"),
    ],
)
def test_a_title_is_found_in_another_case_width_or_spelling(title: str, asked: str) -> None:
    assert titles(titled(info(1, title), info(2, "Something else")), text=asked) == [title]


def test_the_file_name_and_the_publisher_are_looked_at_too_and_every_word_must_be_there() -> None:
    papers = titled(info(1, "One", source="/papers/tides.pdf"), info(2, "Two", publisher="Ministry of Tides"), info(3, "Three"))
    assert titles(papers, text="tides") == ["One", "Two"]
    assert titles(papers, text="tides ministry") == ["Two"]
    assert titles(papers, text="  ") == ["One", "Three", "Two"]


def test_filters_and_the_order_of_dates_leave_undated_papers_last() -> None:
    papers = titled(
        info(1, "Old", date=date(2020, 1, 1), kind="news"),
        info(2, "Undated"),
        info(3, "New", date=date(2025, 1, 1), language="ja"),
    )
    assert titles(papers, sort="date") == ["Old", "New", "Undated"]
    assert titles(papers, sort="date", descending=True) == ["New", "Old", "Undated"]
    assert titles(papers, date_from=date(2021, 1, 1)) == ["New"]
    assert titles(papers, date_to=date(2021, 1, 1)) == ["Old"]
    assert titles(papers, kinds=("news",)) == ["Old"]
    assert titles(papers, languages=("ja",)) == ["New"]
    assert titles(papers, descending=True) == ["Undated", "Old", "New"]


def test_a_file_that_was_never_read_is_rejected_and_one_that_was_is_withdrawn_under_its_last_title() -> None:
    gone = info(1, "harbour.pdf", state="rejected", version=0)
    assert entry(gone, lambda _: None) == Entry(gone, "rejected", "harbour.pdf")
    assert entry(gone, lambda _: "Harbour Agreement") == Entry(gone, "withdrawn", "Harbour Agreement")
    scan = info(2, "Scan", state="needs_ocr")
    assert entry(scan, lambda _: "never asked for").state == "needs_ocr"
    papers = [entry(gone, lambda _: "Harbour Agreement"), entry(scan, lambda _: None)]
    assert titles(papers, states=("withdrawn",)) == ["Harbour Agreement"]


@given(st.integers(0, 120), st.integers(-5, 12))
def test_the_pages_of_the_list_hold_every_document_once(count: int, asked: int) -> None:
    entries = titled(*(info(n, f"Paper {n:03}") for n in range(count)))
    at, pages, _ = page_of(entries, asked)
    assert 1 <= at <= pages
    together = [e for number in range(1, pages + 1) for e in page_of(entries, number)[2]]
    assert together == entries
    assert all(len(page_of(entries, number)[2]) <= PAGE for number in range(1, pages + 1))


def page(method: str, quality: float) -> PageView:
    return PageView(info(1, "Paper"), 1, 1, "1", "text", 0, 4, method, quality, "en")


def test_the_shares_of_pages_by_method_and_their_mean_quality_are_said() -> None:
    words = strings("en")
    assert worded(Quality.of([page("markup", 1.0)]), words) == "text of the file"
    mixed = Quality.of([page("text_layer", 1.0), page("text_layer", 0.9), page("text_layer", 1.0), page("ocr", 0.7)])
    assert worded(mixed, words).replace("\N{NO-BREAK SPACE}", " ") == "text layer 75 %, OCR 25 % · quality 90 %"
    unread = Quality.of([page("none", 0.0)])
    assert worded(unread, words) == "not read"
    almost = Quality(((("text_layer"), 399), ("none", 1)), 1.0)
    assert worded(almost, words).replace("\N{NO-BREAK SPACE}", " ") == "text layer 99 %, not read 1 % · quality 100 %"
    assert worded(Quality.of([]), words) == ""


def test_a_changed_paragraph_shows_the_changed_words_and_equal_ones_are_counted() -> None:
    old = ["Title", "The cost is Rs 10 crore.", "Old clause on harbours.", "End"]
    new = ["Title", "The cost is Rs 12 crore.", "End", "Signed at Ottermouth."]
    told = [(c.kind, [(p.mark, p.text) for p in c.pieces], c.skipped) for c in changes(old, new)]
    cost = [("same", "The cost is Rs "), ("removed", "10"), ("added", "12"), ("same", " crore.")]
    assert told == [
        ("same", [], 1),
        ("changed", cost, 0),
        ("removed", [("removed", "Old clause on harbours.")], 0),
        ("same", [], 1),
        ("added", [("added", "Signed at Ottermouth.")], 0),
    ]


def test_in_japanese_single_characters_are_compared_and_in_devanagari_whole_words() -> None:
    (cost,) = changes(["費用は千万円とする。"], ["費用は二千万円とする。"])
    assert [(p.mark, p.text) for p in cost.pieces] == [("same", "費用は"), ("added", "二"), ("same", "千万円とする。")]
    (share,) = changes(["मंत्रालय खर्च करणार आहे."], ["मंत्रालये खर्च करणार आहे."])
    assert [(p.mark, p.text) for p in share.pieces][:2] == [("removed", "मंत्रालय"), ("added", "मंत्रालये")]


@given(st.lists(st.text("abc \n", max_size=12), max_size=8), st.lists(st.text("abc \n", max_size=12), max_size=8))
def test_a_comparison_holds_all_of_both_versions(old: list[str], new: list[str]) -> None:
    told = changes(old, new)
    same = sum(c.skipped for c in told)
    before = "".join(p.text for c in told for p in c.pieces if p.mark != "added")
    after = "".join(p.text for c in told for p in c.pieces if p.mark != "removed")
    assert sum(map(len, old)) - len(before) == sum(map(len, new)) - len(after) >= 0
    assert same <= min(len(old), len(new))


def block(role: Any, path: tuple[str, ...], text: str, start: int, page_number: int = 1, language: Language = "en") -> Block:
    return Block(page_number, role, path, text, start, start + len(text), language)


def test_the_lines_of_one_heading_are_one_entry_of_the_outline() -> None:
    found_headings = headings(
        [
            block("title", (), "MEMORANDUM", 0),
            block("title", (), "on Tides", 11),
            block("paragraph", (), "Preamble.", 20),
            block("heading", ("Article 1 Purpose",), "Article 1", 30),
            block("heading", ("Article 1 Purpose",), "Purpose", 40),
            block("list_item", ("Article 1 Purpose", "(1)"), "(1) One.", 48),
            block("heading", ("Part A", "Article 2"), "Article 2", 60, 2),
        ]
    )
    assert [(h.text, h.depth, h.start, h.end, h.page) for h in found_headings] == [
        ("MEMORANDUM on Tides", 0, 0, 19, 1),
        ("Article 1 Purpose", 0, 30, 47, 1),
        ("Article 2", 1, 60, 69, 2),
    ]
