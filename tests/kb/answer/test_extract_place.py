"""A citation names the page and clause of its own sentence, not of the passage it was found in."""

from __future__ import annotations

from pathlib import Path

from ingest.document.build import build_document
from ingest.records import RawBlock, RawDocument, RawPage, Source
from tests.kb.make import base

_TERMS = "This Memorandum remains in force for three years from the date of signature."
_PAGES = (
    ("Memorandum of Cooperation", "Article 1 Purpose", "1. The Parties shall cooperate on drainage.", "2. Each Party names a contact."),
    ("3. " + _TERMS,),
)


def test_a_citation_names_the_page_and_clause_of_its_own_sentence(tmp_path: Path) -> None:
    pages = tuple(RawPage(i + 1, "iv"[i], tuple(map(RawBlock, texts)), "markup") for i, texts in enumerate(_PAGES))
    document = build_document(RawDocument(Source("test:moc", "ab" * 32, "text", 1), pages), kind="agreement")
    assert document.chunks[-1].page_first == 1, "the clause shares its passage with the page before"
    with base(tmp_path) as opened:
        opened.ingest_documents([document])
        answer = opened.answer("How long does the memorandum remain in force?")
        citation = next(c for s in answer.statements for c in s.citations if "three years" in c.quote)
    assert (citation.page, citation.page_label) == (2, "v")
    assert citation.path == ("Article 1 Purpose", "3.")
