"""A numbered place is found by its number, in whatever language and script it is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index import inverted_index
from kb.records import Filters
from kb.store import passages
from kb.store.schema import chunks
from lang.references import arabic_labels, place_keys, references, stands_inside, without_references
from lang.words.search_tokens import analyse
from tests.kb.make import base, papers


@pytest.mark.parametrize(
    ("text", "key", "inside"),
    [
        ("कलम ४(२)", "§a4", ("2",)),
        ("कलम 4 (2) काय म्हणते?", "§a4", ("2",)),
        ("कलम ४ च्या उपकलम २ मध्ये", "§a4", ("2",)),
        ("what does Article 4(2) say", "§a4", ("2",)),
        ("paragraph 2 of Article IV", "§a4", ("2",)),
        ("Art. 4 (2)(a)", "§a4", ("2", "a")),
        ("article four", "§a4", ()),
        ("अनुच्छेद 4", "§a4", ()),
        ("अनुच्छेद 4 के खंड 2 में", "§a4", ("2",)),
        ("第4条", "§a4", ()),
        ("第四条第2項", "§a4", ("2",)),
        ("第十二条", "§a12", ()),
        ("Annex A", "§xa", ()),
        ("परिशिष्ट २", "§x2", ()),
        ("第3章", "§c3", ()),
    ],
)
def test_a_reference_is_the_same_in_every_language_and_script(text: str, key: str, inside: tuple[str, ...]) -> None:
    (found,) = references(text)
    assert (found.keys[0], found.inside) == (key, inside)


@pytest.mark.parametrize(
    "text", ["The article I read", "section civil suits", "particles 4", "Which article is on costs?", "प्रभाग ७", "第2次", "in part"]
)
def test_what_only_looks_like_a_reference_is_none(text: str) -> None:
    assert references(text) == ()


def test_a_section_is_also_a_heading_that_has_a_bare_number() -> None:
    assert references("section 3")[0].keys == ("§a3", "§n3")
    assert references("Article 3")[0].keys == ("§a3",)


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        (("Article 4 Joint Committee", "(2)"), ("§a4",)),
        (("कलम ४ संयुक्त समिती", "२."), ("§a4",)),
        (("第二章 総則", "第四条（定義）"), ("§c2", "§a4")),
        (("2 観測網",), ("§n2",)),
        (("3. Architecture and Interfaces",), ("§n3",)),
        (("What Article 4 leaves open",), ()),
        (("प्रभाग ७ पासून सुरुवात",), ()),
    ],
)
def test_a_passage_is_known_by_the_labels_of_its_path(path: tuple[str, ...], keys: tuple[str, ...]) -> None:
    assert place_keys(path) == keys


def test_a_clause_is_told_by_its_numbering_however_it_is_printed() -> None:
    assert stands_inside(("Article 4", "(2)"), ("2",))
    assert stands_inside(("कलम ४", "२.", "(अ)"), ("2", "अ"))
    assert not stands_inside(("Article 4", "(12)"), ("2",))
    assert not stands_inside(("Article 4",), ("2",))


def test_kanji_numerals_of_a_label_are_digits_in_the_index() -> None:
    assert arabic_labels("第四条第二十一項、四季") == "第4条第21項、四季"
    assert analyse("第四条", "ja") == analyse("第4条", "ja")


def test_a_question_without_its_reference_keeps_its_other_words() -> None:
    assert without_references("कलम ४(२) काय म्हणते?").split() == ["काय", "म्हणते?"]


@given(st.text(max_size=60))
def test_any_text_can_be_asked_and_offsets_lie_inside(text: str) -> None:
    assert all(found.start < found.end for found in references(text))


def test_the_named_article_comes_first_in_every_language_of_the_question(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents(papers())
        for question in ("What does Article 2 say?", "कलम २ काय म्हणते?", "अनुच्छेद 2 में क्या है?", "第二条は何ですか"):
            hits = kb.search(question, k=5).hits
            assert hits[0].path == ("Article 2",), question
            assert hits[0].channels["clause"] == 1.0
        assert "clause" not in kb.search("sensors on the bridge").hits[0].channels
        only = kb.search("Article 2", k=5, filters=Filters(languages=("ja",))).hits
        assert {h.language for h in only} == {"ja"}
        assert only[0].path == ("Article 2",)


def test_a_question_for_a_clause_is_answered_by_that_clause_alone(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents(papers())
        answer = kb.answer("What does Article 2 say?", filters=Filters(languages=("en",)))
        assert answer.refusal is None
        assert {c.path for s in answer.statements for c in s.citations} == {("Article 2",)}
        assert kb.answer("What does Article 77 say?").grade != "answers"


def test_a_home_indexed_without_places_gets_them_when_it_is_brought_up_to_date(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents(papers())
        with kb._catalogue.write() as conn:
            before = conn.execute(inverted_index.postings.select().where(inverted_index.postings.c.term.like("@§%"))).all()
            conn.execute(inverted_index.postings.delete().where(inverted_index.postings.c.term.like("@§%")))
            passages.index_older(conn)
            passages.index_older(conn)  # a second time changes nothing
            after = conn.execute(inverted_index.postings.select().where(inverted_index.postings.c.term.like("@§%"))).all()
            assert conn.execute(chunks.select()).first() is not None
        assert sorted((r.segment, r.term, sorted(r.data)) for r in before) == sorted((r.segment, r.term, sorted(r.data)) for r in after)
        assert kb.search("Article 2", k=1).hits[0].path == ("Article 2",)
