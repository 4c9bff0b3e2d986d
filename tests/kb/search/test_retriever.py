"""Setu inside LangChain."""

from __future__ import annotations

from pathlib import Path

from kb import Filters
from kb.search.langchain_retriever import SetuRetriever
from tests.kb.make import base, papers


def test_a_langchain_chain_gets_passages_that_say_where_they_stand(tmp_path: Path) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents(papers())
        found = SetuRetriever(base=opened, k=2, filters=Filters(kinds=("agreement",))).invoke("When was the memorandum signed?")
        assert len(found) == 2
        assert found[0].page_content == "This Memorandum was signed in Kalpanagar on 12 March 2025."
        where = found[0].metadata
        assert (where["source"], where["page_label"], where["path"]) == ("test:moc", "i", ["Article 2"])
        info = opened.documents()
        text = opened.text(next(d.id for d in info if d.title == "moc"), where["version"])
        assert text[where["start"] : where["end"]] == found[0].page_content
