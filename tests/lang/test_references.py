"""A numbered place is found by its number, in whatever language and script it is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import KnowledgeBase
from kb.index import inverted_index
from kb.records import Filters
from kb.store import passages
from kb.store.schema import chunks
from lang.references import after_label, references
from tests.kb.make import base_of, papers


@given(st.text(max_size=60))
def test_any_text_can_be_asked_and_offsets_lie_inside(text: str) -> None:
    assert all(found.start < found.end for found in references(text))


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base_of(tmp_path_factory, "references", papers()) as kb:
        yield kb


@pytest.mark.parametrize("question", ["What does Article 2 say?", "कलम २ काय म्हणते?", "अनुच्छेद 2 में क्या है?", "第二条は何ですか"])
def test_the_named_article_comes_first_in_every_language_of_the_question(held: KnowledgeBase, question: str) -> None:
    hits = held.search(question, k=5).hits
    assert hits[0].path == ("Article 2",)
    assert hits[0].channels["clause"] == 1.0


def test_the_named_article_comes_first_of_the_papers_in_a_language(held: KnowledgeBase) -> None:
    assert "clause" not in held.search("sensors on the bridge").hits[0].channels
    only = held.search("Article 2", k=5, filters=Filters(languages=("ja",))).hits
    assert {h.language for h in only} == {"ja"}
    assert only[0].path == ("Article 2",)


def test_a_question_for_a_clause_is_answered_by_that_clause_alone(held: KnowledgeBase) -> None:
    answer = held.answer("What does Article 2 say?", filters=Filters(languages=("en",)))
    assert answer.refusal is None
    assert {c.path for s in answer.statements for c in s.citations} == {("Article 2",)}
    assert held.answer("What does Article 77 say?").grade != "answers"


def test_a_home_indexed_without_places_gets_them_when_it_is_brought_up_to_date(tmp_path_factory: pytest.TempPathFactory) -> None:
    with base_of(tmp_path_factory, "references", papers()) as kb:
        with kb._catalogue.write() as conn:
            before = conn.execute(inverted_index.postings.select().where(inverted_index.postings.c.term.like("@§%"))).all()
            conn.execute(inverted_index.postings.delete().where(inverted_index.postings.c.term.like("@§%")))
            passages.index_older(conn)
            passages.index_older(conn)  # a second time changes nothing
            after = conn.execute(inverted_index.postings.select().where(inverted_index.postings.c.term.like("@§%"))).all()
            assert conn.execute(chunks.select()).first() is not None
        assert sorted((r.segment, r.term, sorted(r.data)) for r in before) == sorted((r.segment, r.term, sorted(r.data)) for r in after)
        assert kb.search("Article 2", k=1).hits[0].path == ("Article 2",)


@pytest.mark.parametrize(
    ("heading", "named"),
    [
        ("Article 2 – Duties of the city", "Duties of the city"),
        ("1. Summary", "Summary"),
        ("Section 5(2): Fees", "Fees"),
        ("Item 4. Operators", "Operators"),
        ("विषय ३. निधी", "निधी"),
        ("कलम ५ खर्च", "खर्च"),
        ("अध्याय 6: दंड", "दंड"),
        ("第１０条(期間・解除)", "(期間・解除)"),
        ("２.１ 旧小学校", "旧小学校"),
        ("Q２ いくら補助されますか。", "いくら補助されますか。"),
        ("Article 26", "Article 26"),
        ("10 things to do", "10 things to do"),
        ("2024 budget", "2024 budget"),
        ("I think so", "I think so"),
    ],
)
def test_the_words_of_a_heading_begin_behind_its_number(heading: str, named: str) -> None:
    assert heading[after_label(heading) :] == named
