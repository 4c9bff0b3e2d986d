"""The notes of a module say what holds today, and nothing of papers that the reader does not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.auth.roles import Reader
from lang.values.calendars import When
from tests.kb.make import base, document
from tests.kb.store.test_relations import PARTIES, TITLE, _id, _paper
from training import module_store
from training.freshness import noted
from training.make import make, remake
from training.records import Module, Note, Request

SENTENCES = (
    "The Ministry of Tides will install forty tide gauges in the harbour of Ottermouth.",
    "The Port of Ottermouth will check each of the forty tide gauges twice a year.",
)


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    newer = _paper("new", "Memorandum on Floods", date(2026, 4, 8), says=("supersedes", "the Memorandum of Cooperation", When(2021, 3, 5)))
    older = document("old", "en", "agreement", (TITLE, *SENTENCES), date(2021, 3, 5))
    with base(tmp_path) as opened:
        opened.ingest_documents([replace(older, facts=replace(older.facts, title=TITLE, parties=PARTIES)), newer])
        yield opened


def of_the_old(kb: KnowledgeBase) -> Module:
    return make(kb, Request("Memorandum of Cooperation on Tide Gauges", ("en",), documents=(_id(kb, "old"),), slides=5, items=3))


def said(module: Module, code: str) -> list[str]:
    return [note.about for note in module.notes if note.code == code]


def test_the_paper_that_superseded_a_source_is_named_to_those_who_see_it_only(kb: KnowledgeBase) -> None:
    module = of_the_old(kb)
    assert said(module, "superseded") == [f"{TITLE} → Memorandum on Floods"]
    module_store.save(kb, module)
    module_store.share(kb, module.id)
    kb.put_in_groups(_id(kb, "new"), {"floods"})
    outsider, insider = (kb.seen_by(Reader(name, "viewer", frozenset(groups))) for name, groups in (("asha", ()), ("ravi", ("floods",))))
    assert said(module_store.load(outsider, module.id), "superseded") == []
    assert said(module_store.load(insider, module.id), "superseded") == [f"{TITLE} → Memorandum on Floods"]


def test_a_note_that_no_longer_holds_goes_when_a_part_is_made_again_and_one_on_the_writing_stays(kb: KnowledgeBase) -> None:
    module = replace(of_the_old(kb), notes=(Note("few_items"), Note("partly_written")), request=Request("tide gauges", ("en",), items=0))
    again = remake(kb, module, "reading", engine="extractive")
    assert said(again, "few_items") == []
    assert said(again, "partly_written") == [""]
    assert said(noted(kb, replace(again, request=replace(again.request, items=9))), "few_items") == [""]
