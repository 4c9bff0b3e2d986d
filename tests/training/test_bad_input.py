"""Bad input, and papers that go away: what is said, and that nothing which was kept is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from lang.languages import Language
from tests.training.test_edit import opened
from training import module_store
from training.errors import MakingCancelledError, NoPapersError, NotCoveredError
from training.make import make, remake
from training.records import Module, Request


@pytest.fixture
def kb(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with opened(tmp_path, tmp_path_factory) as base:
        yield base


def kept(kb: KnowledgeBase, *documents: int) -> Module:
    module = make(kb, Request("tide gauges", ("en",), slides=6, items=2, documents=documents))
    module_store.save(kb, module)
    return module


def document(kb: KnowledgeBase, words: str) -> int:
    return next(info.id for info in kb.documents() if words in info.title)


@pytest.mark.parametrize(
    ("topic", "language", "said"),
    [
        ("high-speed railway timetable", "en", "say nothing of"),
        ("बुलेट ट्रेनचे वेळापत्रक", "mr", "कागदपत्र"),
        ("新幹線の時刻表", "ja", "文書"),
    ],
)
def test_a_topic_that_the_papers_do_not_cover_is_told_in_its_language_with_what_is_near(
    kb: KnowledgeBase, topic: str, language: Language, said: str
) -> None:
    with pytest.raises(NotCoveredError, match=said) as told:
        make(kb, Request(topic, (language,)))
    assert topic in str(told.value)
    assert {"Article 1 Tide gauges", "Article 2 Costs"} & set(told.value.nearest)
    assert all(near in str(told.value) for near in told.value.nearest)


def test_papers_without_a_sentence_that_stands_alone_are_told_as_not_covering_the_topic(tmp_path: Path) -> None:
    paper = tmp_path / "gauges.md"
    paper.write_text("# Tide gauges of Ottermouth\n\n## Tide gauges\n\nThey are checked twice a year by its officers.\n", encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as kb:
        kb.ingest([paper])
        with pytest.raises(NotCoveredError, match="Tide gauges"):
            make(kb, Request("tide gauges", ("en",)))


def test_a_heading_that_was_offered_makes_a_module(kb: KnowledgeBase) -> None:
    with pytest.raises(NotCoveredError) as told:
        make(kb, Request("high-speed railway timetable", ("en",)))
    made = make(kb, Request(told.value.nearest[0], ("en",), slides=5, items=0))
    assert made.slides


def test_one_document_gives_a_whole_module_that_says_so(kb: KnowledgeBase) -> None:
    memorandum = document(kb, "Memorandum")
    made = make(kb, Request("tide gauges", ("en",), slides=6, items=2, documents=(memorandum,)))
    assert "one_document" in {note.code for note in made.notes}
    assert {part for part, _ in made.lines()} >= {"objectives", "briefing", "slides", "handout", "quiz", "reading"}


def test_the_only_document_of_a_module_is_withdrawn_and_the_module_stays_as_it_was_kept(kb: KnowledgeBase) -> None:
    memorandum = document(kb, "Memorandum")
    module = kept(kb, memorandum)
    kb.delete(memorandum)
    with pytest.raises(NoPapersError, match=f"{memorandum}"):
        remake(kb, module, "briefing")
    again = module_store.load(kb, module.id)
    assert [line.text for _, line in again.lines()] == [line.text for _, line in module.lines()]
    assert {line.status for part, line in again.lines() if part == "briefing"} == {"unsupported"}


def test_one_of_the_documents_of_a_module_is_withdrawn_and_the_part_is_made_of_the_others(kb: KnowledgeBase) -> None:
    memorandum, news = document(kb, "Memorandum"), document(kb, "waits")
    module = kept(kb, memorandum, news)
    kb.delete(news)
    again = remake(kb, module, "briefing")
    cited = {citation.document_id for section in again.briefing for line in section.lines for citation in line.citations}
    assert cited == {memorandum}


@pytest.mark.parametrize("part", ["gather", "slides", "quiz"])
def test_a_making_that_is_stopped_in_whatever_part_leaves_what_was_kept(kb: KnowledgeBase, part: str) -> None:
    module = kept(kb)
    seen: list[str] = []
    with pytest.raises(MakingCancelledError, match="Nothing was kept"):
        make(
            kb,
            replace(module.request, topic="training in tide tables"),
            tell=lambda step: seen.append(step.part),
            cancelled=lambda: part in seen,
        )
    assert [info.id for info in module_store.listed(kb)] == [module.id]
    assert module_store.load(kb, module.id).slides == module.slides
