"""Documents by hand for the tests of the knowledge base."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from ingest.records import Block, Chunk, Document, Facts, Kind, Page, Source
from kb import KnowledgeBase, Settings
from lang.languages import Language
from tests.once import copied, once

PAPERS: dict[str, tuple[Language, str, tuple[str, ...]]] = {
    "moc": (
        "en",
        "agreement",
        (
            "The Parties shall establish a Joint Committee that meets twice a year.",
            "This Memorandum was signed in Kalpanagar on 12 March 2025.",
            "Each Party shall bear its own costs.",
        ),
    ),
    "batmi": (
        "mr",
        "news",
        (
            "कल्पनगर महानगरपालिकेने पूर इशारा प्रणालीसाठी चाळीस संवेदक बसवले.",
            "महापौरांनी या प्रकल्पाचे उद्घाटन सोमवारी केले.",
        ),
    ),
    "houkoku": ("ja", "best_practice", ("浸水センサーは橋ごとに二台設置された。", "警報は避難の三十分前に発令される。")),
}  # type: ignore[assignment]


def document(name: str, language: Language, kind: Kind, passages: tuple[str, ...], day: date | None = None) -> Document:
    """One page, one block and one chunk per passage."""
    text = "\n".join(passages)
    sha = hashlib.sha256(text.encode()).hexdigest()
    blocks, chunks, start = [], [], 0
    for i, passage in enumerate(passages):
        end = start + len(passage)
        path = (f"Article {i + 1}",)
        blocks.append(Block(1, "paragraph", path, passage, start, end, language))
        chunks.append(Chunk(f"{sha[:12]}:{start}:{end}", i, start, end, passage, 1, 1, path, language))
        start = end + 1
    page = Page(1, "i", text, 0, len(text), "markup", 1.0, language)
    source = Source(f"test:{name}", sha, "text", len(text.encode()))
    return Document(source, Facts(kind, name, language, date=day), text, (page,), tuple(blocks), tuple(chunks))


def papers() -> list[Document]:
    """A small corpus in three languages."""
    return [document(name, language, kind, passages) for name, (language, kind, passages) in PAPERS.items()]  # type: ignore[arg-type]


DATABASES = "TESTS_DATABASES"
"""In the environment: the URLs of databases by homes, as JSON, for this process and those that it starts."""


@contextmanager
def base(home: Path, **settings: object) -> Iterator[KnowledgeBase]:
    """An open knowledge base in a folder of the test, whose base is where `DATABASES` says."""
    elsewhere = json.loads(os.environ.get(DATABASES, "{}")).get(str(home))
    if elsewhere is not None:
        settings = {"database_url": elsewhere} | settings
    with KnowledgeBase.open(Settings.load(home=home, **settings)) as opened:
        yield opened


@contextmanager
def base_of(factory: pytest.TempPathFactory, name: str, found: Sequence[Document]) -> Iterator[KnowledgeBase]:
    """An open knowledge base that holds these documents, embedded once in a run of the tests; each module has a copy of its own."""

    def make(folder: Path) -> None:
        with base(folder) as opened:
            opened.ingest_documents(found)

    with base(copied(once(factory, name, make), factory.mktemp(name) / "home")) as opened:
        yield opened
