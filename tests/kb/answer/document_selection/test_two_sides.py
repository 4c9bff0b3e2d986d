"""A question about two things that no paper has together means the text of each; one about two parties of a paper does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb import KnowledgeBase
from kb.answer.document_selection.document_linking import joined_words, two_sides
from kb.answer.document_selection.document_mentions import Named, named_papers
from kb.answer.document_selection.language_versions import texts_of
from kb.answer.query_understanding.question import understand
from kb.records import Filters
from lang.languages import Language
from tests.kb.make import base, document
from tests.kb.skill_papers import ports_of

VALDORA = (
    "Kiosks of Valdora: no kiosk may be wider than 3 metres.",
    "A kiosk in Valdora pays a fee of Rs 400 each month.",
)
BELMIRA = (
    "Kiosks of Belmira: no kiosk may be wider than 5 metres.",
    "A kiosk in Belmira pays a fee of Rs 900 each month.",
)
PACT = ("Valdora and Belmira will plant trees together.", "Valdora pays Rs 20,000 for the trees and Belmira pays Rs 30,000.")
BELMIRA_LAMPS = ("Lamps of Belmira: the lamps of the harbour are lit at six.",)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base(tmp_path_factory.mktemp("sides")) as kb:
        kb.ingest_documents(
            [
                document("Kiosk rules of Valdora", "en", "other", VALDORA),
                document("Kiosk rules of Belmira", "en", "other", BELMIRA),
                document("Pact of Valdora and Belmira on trees", "en", "agreement", PACT),
                document("Harbour lamps of Belmira", "en", "report", BELMIRA_LAMPS),
            ]
        )
        yield kb


def sides(kb: KnowledgeBase, question: str, language: Language = "en") -> list[str]:
    ports, papers = ports_of(kb), kb.documents()
    named = named_papers(question, language, papers, ports.known_by())
    return [paper.title for paper in two_sides(question, named, papers, texts_of(papers, ports), Filters(), ports)]


def test_two_joined_names_mean_the_text_of_each_that_is_like_the_other(held: KnowledgeBase) -> None:
    question = "How wide may a kiosk be in Valdora and in Belmira?"
    assert sorted(sides(held, question)) == ["Kiosk rules of Belmira", "Kiosk rules of Valdora"]
    meant = understand(question, question, "en", (), Filters(), ports_of(held))
    assert meant.skill == "compare"
    assert sorted(paper.title for paper in meant.papers) == ["Kiosk rules of Belmira", "Kiosk rules of Valdora"]
    assert "Valdora" not in meant.compared


@pytest.mark.parametrize(
    "question",
    [
        "How much do Valdora and Belmira pay for the trees?",  # one paper has both
        "How wide may a kiosk be in Valdora?",
        "In Valdora, how wide may a kiosk be? Belmira has lamps.",  # nothing joins them
        "What is the fee and the width?",
    ],
)
def test_what_one_paper_answers_has_no_sides(held: KnowledgeBase, question: str) -> None:
    assert sides(held, question) == []


@pytest.mark.parametrize(
    ("question", "joined"),
    [
        ("बेलमिरा शहराने प्रमाण किती वर्षांत कमी केले?", False),  # वर्षांत begins with the letter that is the word for "and"
        ("बेलमिरा व वर्षांत किती?", True),
        ("बेलमिरा आणि वर्षांत किती?", True),
    ],
)
def test_the_first_letter_of_a_word_joins_nothing(question: str, joined: bool) -> None:
    named = Named(known={"बेलमिरा": frozenset((1,)), "वर्षांत": frozenset((2,))})
    assert bool(joined_words(question, named)) is joined


def test_how_the_answer_is_wanted_is_not_looked_up(held: KnowledgeBase) -> None:
    ports = ports_of(held)
    told = "How wide may a kiosk be in Valdora, as a list please"
    assert understand(told, told, "en", (), Filters(), ports).asked in ("How wide may a kiosk be in Valdora", told)
    for whole in ("How wide may a kiosk be in Valdora, and by when?", "What is a kiosk, a lamp or a tree?"):
        assert understand(whole, whole, "en", (), Filters(), ports).asked == whole
