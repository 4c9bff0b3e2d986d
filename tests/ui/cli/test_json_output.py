"""What ``setu … --json`` prints of every record, to the letter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ingest.records import Block as DocumentBlock
from ingest.records import DatedFact, Document, Facts, Found, FoundFacts, Page, Signatory, Source
from kb.document_records import BadlyRead
from kb.records import (
    Answer,
    Block,
    Cell,
    Citation,
    Conflict,
    Context,
    Counterpart,
    DocumentInfo,
    ExpandedTerm,
    FactView,
    Finding,
    Hit,
    IngestSummary,
    PageView,
    Refusal,
    Reject,
    SearchResult,
    Sent,
    Statement,
    Superseding,
    Timings,
    Variant,
    Verdict,
    VersionInfo,
)
from tests.support import PROJECT
from ui.cli.json_output import dump

DAY = date(2025, 3, 12)
AT = datetime(2025, 3, 12, 10, 30, 5, 250)
OTHER = Counterpart(2, "覚書", "b.pdf", 1, "ja", 20, 3, "iii", ("第4条", "2"), 5, 9)
STORY = Variant(3, "Flood", "c.html", "Daily", DAY)
HIT = Hit(
    1,
    0.123456789,
    {"vectors": 0.98765432109, "words": None},
    7,
    1,
    "Memorandum",
    "a.pdf",
    2,
    "agreement",
    "en",
    DAY,
    4,
    "4",
    ("Article 4",),
    10,
    20,
    "flood gauges",
    (OTHER,),
    (STORY,),
    Context("before", ""),
)
CITED = Citation(
    1,
    "Memorandum",
    "a.pdf",
    2,
    "agreement",
    DAY,
    4,
    "4",
    ("Article 4",),
    10,
    22,
    "en",
    "flood gauges",
    "verified",
    (STORY,),
    (OTHER,),
    Context("", "after"),
    Superseding(5, "Second memorandum", "amends"),
    0.98765,
    ((6, 12),),
)
SOUND = Citation(2, "覚書", "b.pdf", 1, "news", None, 1, "1", (), 0, 2, "ja", "洪水", "partial")
STATEMENTS = (
    Statement(
        "flood gauges",
        "agreed",
        (CITED,),
        Verdict("partial", 0.45678, (Finding("date", "2025", "2026"),), "lexical"),
        "costs",
        ((0, 5),),
        ((0, 12),),
    ),
    Statement("洪水", "inferred", (SOUND,)),
)
LAID = Block("table", "Costs", ("one",), ("who", "what"), ((Cell("Pune", (1, 0)), Cell("gauges", (0,))), (Cell("—"), Cell(""))))
ANSWER = Answer(
    "Who pays?",
    "en",
    "generative",
    STATEMENTS,
    None,
    Timings(1.25, 3.14159, 5.0),
    "Who pays for gauges?",
    ("a note",),
    "model",
    "prompt",
    (Conflict("date", CITED, SOUND, "2025", "2026", "newer", "the later counts"),),
    "nearest",
    "table",
    (LAID, Block("text", "As they are.")),
    Sent("gemma3", "127.0.0.1:11434", 8, 3100, 240, 4.56789),
)
INFO = DocumentInfo(
    1, "ज्ञापन", "a.pdf", 2, "agreement", "mr", "Daily", DAY, 12, 34, "published", "n", (STORY,), 3, ("legal",), (4,), "TooLarge"
)
FOUND = FoundFacts(
    title=Found("Memorandum", "Memorandum", 0, 10),
    signatories=(Found(Signatory("Asha", None, "Pune"), origin="file", confidence="likely"),),
)
FACTS = Facts("news", "Flood", "en", "Daily", DAY, ("Pune",), (DatedFact("signed", DAY, "12 March", 3, 11),), FOUND)
SEEN = Page(1, "i", "flood gauges", 100, 112, "ocr", 0.987654, "en", "read twice", b"", ((106, 112),))
RECORDS: dict[str, Any] = {
    "answer": ANSWER,
    "refused": Answer("Who?", "ja", "extractive", (), Refusal("not_in_documents", "ない", (HIT,)), Timings(1, 2, 3)),
    "search": SearchResult("gauges", "en", (HIT,), 12.3456, (ExpandedTerm("gauge", {"hi": ("मापी", "यंत्र"), "ja": ()}),), ("a note",)),
    "statement": STATEMENTS[0],
    "citation": SOUND,
    "document": INFO,
    "version": VersionInfo(2, "superseded", AT, None, "ab", "pdf", "agreement", "ज्ञापन", "mr", DAY, None, 12, 3456),
    "facts": (
        FactView("title", "Memorandum", "Memo", 1, 5, "i", ("Article 1",), False),
        FactView("date", "none", origin="person", changed=AT, extracted="2025"),
    ),
    "page": PageView(INFO, 2, 1, "i", "flood gauges", 100, 112, "ocr", 0.987654, "en", "read twice", ((106, 112),)),
    "ingested": IngestSummary(
        ("a.pdf",),
        ("b.pdf",),
        (),
        (Reject("c.doc", "is empty", "Save it again.", "EmptyFileError"),),
        ("a note",),
        1.23456,
        True,
        ("d.pdf",),
        (),
        (("e.pdf", "f.pdf"),),
        (BadlyRead("g.pdf", ("1", "iv"), 7),),
    ),
    "extracted": Document(
        Source("a.pdf", "ab", "pdf", 99),
        FACTS,
        "flood gauges",
        (SEEN,),
        (DocumentBlock(1, "heading", ("Article 4",), "flood", 100, 105, "en"),),
        (),
    ),
}


def test_every_record_is_printed_as_it_has_always_been() -> None:
    kept = PROJECT / "tests" / "ui" / "cli" / "json_output.json"
    assert dump(RECORDS).splitlines() == kept.read_text(encoding="utf-8").splitlines()
