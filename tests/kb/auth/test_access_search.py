"""A reader gets to the last digit what a base without the hidden documents gives, fast and with as many hits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import Filters, KnowledgeBase
from kb.records import Answer, Timings
from kb.store import access_control
from tests.kb.hidden import GROUP, OTHER, QUESTIONS, VIEWER, open_papers, stock
from tests.kb.make import base, document
from tests.kb.store.test_exact_search import Shelf


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KnowledgeBase, KnowledgeBase]]:
    """One that holds hidden papers, as somebody sees it who may not see them, and one that never had them."""
    with base(tmp_path_factory.mktemp("stocked")) as kb, base(tmp_path_factory.mktemp("open")) as bare:
        stock(kb)
        bare.ingest_documents(open_papers())
        yield kb.seen_by(VIEWER), bare


@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_and_scores_are_those_of_a_base_without_the_hidden_papers(both, question: str) -> None:
    seen, bare = (kb.search(question, k=20) for kb in both)
    told = ([(h.source, h.start, [v.source for v in h.variants], h.counterparts) for h in found.hits] for found in (seen, bare))
    assert next(told) == next(told)
    assert [h.score for h in seen.hits] == pytest.approx([h.score for h in bare.hits], abs=1e-3)
    for mine, other in zip(seen.hits, bare.hits, strict=True):
        assert dict(mine.channels) == pytest.approx(dict(other.channels), abs=1e-4)


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_and_refusals_are_those_of_a_base_without_the_hidden_papers(both, question: str) -> None:
    seen, bare = (without_ids(kb.answer(question)) for kb in both)
    assert seen == bare


def without_ids(answer: Answer) -> object:
    """An answer without what differs anyway between two bases: numbers of documents and passages, times, last digits of scores."""
    refusal = answer.refusal and (answer.refusal.reason, answer.refusal.message, [(h.source, h.start) for h in answer.refusal.nearest])
    quotes = [
        (s.text, s.side, [(c.source, c.start, [v.source for v in c.variants], c.counterparts, c.superseded_by) for c in s.citations])
        for s in answer.statements
    ]
    return (
        replace(answer, statements=(), refusal=None, conflicts=(), ms=Timings(0, 0, 0)),
        refusal,
        quotes,
        [c.note for c in answer.conflicts],
    )


NAMES = ("a", "b", "c", "d", "e", "f")
GROUPS = ("red", "blue")


@settings(max_examples=25, deadline=None)
@given(
    held=st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(GROUPS)), min_size=1),
    moved=st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(GROUPS))),
    asked=st.sets(st.sampled_from(GROUPS)),
    n=st.integers(1, 12),
)
def test_every_passage_that_may_be_seen_is_found_and_no_other(tmp_path_factory, held, moved, asked, n) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    languages = ("en", "mr")
    for name, groups in held.items():
        made = document(name, languages[ord(name) % 2], "report", tuple(f"{name} {i}" for i in range(3)))
        with shelf.publisher.writing():
            list(shelf.publisher.publish([made], None, access_control.Audience(tuple(sorted(groups)))))
    look(shelf, asked, n, held)
    known = {info.source.removeprefix("test:"): info.id for info in shelf.catalogue.documents()}
    with shelf.catalogue.write() as conn:
        for name in moved.keys() & known.keys():
            access_control.put(conn, known[name], moved[name])
    look(shelf, asked, n, held | {name: groups for name, groups in moved.items() if name in held})
    shelf.catalogue.close()


def look(shelf: Shelf, asked: set[str], n: int, held: dict[str, set[str]]) -> None:
    may = {name for name, groups in held.items() if not groups or groups & asked}
    with shelf.catalogue.read() as conn:
        chosen = shelf.scan.select(conn, Filters(), frozenset(asked))
        found = {chunk for pool in chosen.values() for chunk, _ in pool.nearest(shelf.embedder.query("q"), n)}
        several = {chunk for pool in chosen.values() for chunk in np.flatnonzero(pool.table).tolist()}
    owners = {info.source.removeprefix("test:"): info.chunks for info in shelf.catalogue.seen_by(frozenset(asked)).documents()}
    assert set(owners) == may
    assert len(several) == 3 * len(may)
    per_language = [3 * sum(ord(name) % 2 == odd for name in may) for odd in (0, 1)]
    assert len(found) == sum(min(n, size) for size in per_language)
    assert found <= several


def test_a_search_returns_as_many_hits_as_there_are_however_few_are_seen(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        many = [document(f"paper {i}", "en", "report", (f"The harbour gauge number {i} was read.",)) for i in range(120)]
        kb.ingest_documents(many[:100], groups=(GROUP,))
        kb.ingest_documents(many[100:])
        assert len(kb.search("harbour gauge", k=15).hits) == 15
        for reader in (VIEWER, OTHER):
            hits = kb.seen_by(reader).search("harbour gauge", k=20).hits
            assert {hit.source for hit in hits} == {f"test:paper {i}" for i in range(100, 120)}


def test_a_document_that_comes_into_a_group_or_leaves_it_is_hidden_or_found_at_once(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents(open_papers())
        number = kb.documents()[0].id
        view = kb.seen_by(VIEWER)
        for groups, there in (((GROUP,), False), ((), True), ((GROUP, "x"), False)):
            kb.put_in_groups(number, groups)
            assert (number in {hit.document_id for hit in view.search("harbour", k=50).hits}) == there
        kb.delete(number)
        assert kb.verify() == ()
