"""Every search finds on PostgreSQL what it finds in files: the same passages in the same order with the same scores, to the last bit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from eval.datasets.beir import load
from eval.tasks.retrieval import document
from kb import Filters, KnowledgeBase, Settings
from kb.backup.move_base import move
from kb.store.schema import embeddings
from tests.kb.make import base
from tests.once import copied
from tests.papers import few_samples
from tests.postgresql import Server
from tests.support import shared

SETS = (
    ("clapnq-en",), ("jsquad-ja",), ("mahmls21-mr",), ("sib200-en-ja", "sib200-hi-ja", "sib200-mr-ja"), ("sib200-en-mr", "sib200-ja-mr"),
    ("sib200-mr-en",), ("xquad-en-en", "xquad-hi-en"), ("xquad-en-hi", "xquad-hi-hi"),
)  # fmt: skip
"""The retrieval sets; those of one line are asked of the same papers."""
ASKED = 30
MOST = 60_000
"""Characters of a set's papers; `TESTS_WHOLE_SETS=1` takes them all, of which the largest are read for a quarter of an hour."""
PAPERS = 250
QUESTIONS = (
    "When was the memorandum signed?", "Who chairs the Joint Committee?", "पूर इशारा प्रणाली कोणी बसवली?", "शुल्क किती आहे?",
    "समझौता कब से लागू है?", "浸水センサーは何台か。", "Article 4", "Kazehama flood warning", "x",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def there() -> None:
    """Here a base is in files unless it is said to be elsewhere."""


def found(kb: KnowledgeBase, questions: Sequence[str], k: int, filters: Filters = Filters()) -> list[list[tuple[object, ...]]]:
    hits = [kb.search(asked, k=k, filters=filters).hits for asked in questions]
    return [[(hit.source, hit.start, hit.end, hit.score, tuple(hit.channels.items())) for hit in one] for one in hits]


def test_of_the_samples_moved_there(postgresql: Server, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    home = copied(few_samples(tmp_path_factory), tmp_path / "home")
    filters = (Filters(), Filters(kinds=("agreement",)), Filters(languages=("en", "ja")))
    with base(home) as kb:
        here = [found(kb, QUESTIONS, 50, one) for one in filters]
    assert all(here[0])
    with base(home, database_url=move(Settings.load(home=home), postgresql.database()).settings.database_url) as kb:
        assert [found(kb, QUESTIONS, 50, one) for one in filters] == here


@pytest.mark.parametrize("names", SETS, ids="+".join)
def test_of_a_retrieval_set_that_is_taken_in_there(names: tuple[str, ...], postgresql: Server, tmp_path: Path) -> None:
    sets = [load(shared("benchmarks", "beir", name)) for name in names]
    corpus = [one for one in sets[0].corpus if one.text.strip()]
    if os.environ.get("TESTS_WHOLE_SETS") != "1":
        corpus = corpus[:: max(sum(len(one.text) for one in corpus) // MOST, len(corpus) // PAPERS) + 1]
    papers = [document(one) for one in corpus]
    questions = [asked for one in sets for asked in list(one.queries.values())[:: max(1, len(one.queries) // ASKED)]]
    with base(tmp_path / "files") as kb:
        kb.ingest_documents(papers)
        with kb._catalogue.read() as conn:
            vectors = [dict(row._mapping) for row in conn.execute(select(embeddings))]
        here = found(kb, questions, 100)
    with base(tmp_path / "server", database_url=postgresql.database()) as kb:
        with kb._catalogue.write() as conn:
            conn.execute(embeddings.insert(), vectors)  # embedding them is what takes long
        kb.ingest_documents(papers)
        assert found(kb, questions, 100) == here
        assert kb.verify() == ()
