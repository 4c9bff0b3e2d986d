"""The documents of a base that are one text in several languages, told for all of them at once and for each reader."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.search import parallel_documents
from lang.languages import Language
from tests.kb.make import base, document

TERMS: dict[Language, tuple[str, ...]] = {
    "en": (
        "The two cities shall run a ferry between their harbours from May to October.",
        "The fare is forty rupees, and children travel free of charge.",
        "A committee of six members meets every spring and settles all complaints.",
        "Lost luggage is kept at the harbour office for ninety days.",
        "Either city may withdraw by a letter sent three months before.",
    ),
    "hi": (
        "दोनों शहर मई से अक्टूबर तक अपने बंदरगाहों के बीच नौका चलाएँगे।",
        "किराया चालीस रुपये है, और बच्चे निःशुल्क यात्रा करते हैं।",
        "छह सदस्यों की समिति हर वसंत में बैठती है और सभी शिकायतें निपटाती है।",
        "खोया हुआ सामान नब्बे दिनों तक बंदरगाह कार्यालय में रखा जाता है।",
        "कोई भी शहर तीन महीने पहले पत्र भेजकर हट सकता है।",
    ),
}
OTHER = (
    "मधमाशी पालनासाठी गावात दहा पेट्या दिल्या.",
    "मधाचा दर जिल्हा समिती ठरवते.",
    "प्रशिक्षण कृषी महाविद्यालयात होते.",
    "कीटकनाशकांचा वापर फुलोऱ्यात बंद असतो.",
    "विक्री केंद्र आठवड्याच्या बाजारात आहे.",
)


@pytest.fixture(scope="module")
def ferries(tmp_path_factory: pytest.TempPathFactory) -> object:
    with base(tmp_path_factory.mktemp("ferries")) as kb:
        kb.ingest_documents([document(f"ferry-{lang}", lang, "agreement", texts) for lang, texts in TERMS.items()])
        kb.ingest_documents([document("bees", "mr", "agreement", OTHER)])
        kb.ingest_documents(
            [document("secret", "hi", "report", TERMS["hi"]), document("open", "en", "report", TERMS["en"])], groups=["port"]
        )
        yield kb


def titles(kb: KnowledgeBase) -> set[frozenset[str]]:
    named = {paper.id: paper.title for paper in kb.documents()}
    return {frozenset(named[one] for one in together) for together in kb.parallels()}


def test_versions_of_one_text_are_found_and_a_paper_on_something_else_is_none(ferries: KnowledgeBase) -> None:
    assert frozenset({"ferry-en", "ferry-hi"}) in titles(ferries)
    assert not any("bees" in together for together in titles(ferries))


def test_papers_of_another_kind_are_no_versions(ferries: KnowledgeBase) -> None:
    assert titles(ferries) == {frozenset({"ferry-en", "ferry-hi"}), frozenset({"open", "secret"})}


def test_a_reader_is_told_of_no_version_that_they_may_not_see(ferries: KnowledgeBase) -> None:
    outside = ferries.seen_by(Reader("somebody", "viewer", frozenset()))
    assert titles(outside) == {frozenset({"ferry-en", "ferry-hi"})}
    assert titles(ferries.seen_by(Reader("harbour", "viewer", frozenset({"port"})))) == titles(ferries)


def test_it_is_told_anew_when_a_version_comes_in_or_goes(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents([document("ferry-en", "en", "agreement", TERMS["en"])])
        assert kb.parallels() == ()
        kb.ingest_documents([document("ferry-hi", "hi", "agreement", TERMS["hi"])])
        assert titles(kb) == {frozenset({"ferry-en", "ferry-hi"})}
        kb.delete(next(paper.id for paper in kb.documents() if paper.title == "ferry-hi"))
        assert kb.parallels() == ()


def test_the_same_text_of_two_days_is_no_version(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents([document("ferry-en", "en", "agreement", TERMS["en"], date(2024, 5, 1))])
        kb.ingest_documents([document("ferry-hi", "hi", "agreement", TERMS["hi"], date(2025, 5, 1))])
        assert kb.parallels() == ()


def test_with_many_pairs_those_that_lie_nearest_are_compared(ferries: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel_documents, "ALL", 0)
    fresh = parallel_documents.Parallels(ferries._retriever._counterparts, ferries._embedder.name)
    with ferries._catalogue.read() as conn:
        assert fresh.sets(conn) == ferries.parallels()
