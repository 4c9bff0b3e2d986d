"""A question becomes events and ends with an answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kb.answer.ask import ask
from kb.answer.presentation.rendering import answer_text
from kb.answer.quotation.quote_spans import answering_alone
from kb.embed.cross_encoders import Reading
from kb.records import Answer, Done, EvidenceFound, Filters, Refused, Searching, StatementReady, Turn
from tests.kb import answer_fakes
from tests.kb.answer_fakes import Shelf

AGREEMENT = (
    "Article 4 Governance\nThe Joint Committee meets twice a year. The secretariat of the Joint Committee sits in Sagarpur. "
    "Each Participant pays its own travel."
)
NEWS = "The mayor welcomed the guests with flowers. The secretariat will open in March."


def shelf() -> Shelf:
    return Shelf([(AGREEMENT, "en", "agreement"), (NEWS, "en", "news")])


def answer(question: str, papers: Shelf, **more: object) -> Answer:
    return next(e for e in ask(question, ports=papers.ports(), **more) if isinstance(e, Done)).answer  # type: ignore[arg-type]


def test_events_come_in_order_and_done_carries_every_statement():
    events = list(ask("Where does the secretariat of the Joint Committee sit?", ports=shelf().ports()))
    assert [type(e) for e in events[:2]] == [Searching, EvidenceFound]
    shown = [e.statement for e in events if isinstance(e, StatementReady)]
    last = events[-1]
    assert isinstance(last, Done)
    assert shown
    assert list(last.answer.statements) == shown


def test_each_statement_comes_with_the_answer_so_far_which_begins_as_the_whole_does():
    events = list(ask("Where does the secretariat of the Joint Committee sit?", ports=shelf().ports()))
    last = events[-1]
    assert isinstance(last, Done)
    so_far = [e.so_far for e in events if isinstance(e, StatementReady) and e.so_far is not None]
    assert [one.statements for one in so_far] == [last.answer.statements[: end + 1] for end in range(len(last.answer.statements))]
    assert all(answer_text(last.answer).startswith(answer_text(one)) for one in so_far)


def test_the_sentence_that_answers_comes_first_word_for_word():
    first = answer("Where does the secretariat of the Joint Committee sit?", shelf()).statements[0]
    assert answering_alone(first).text == "The secretariat of the Joint Committee sits in Sagarpur."
    assert first.standing == "agreed"
    assert first.status == "verified"


def test_every_citation_equals_the_document_at_its_offsets():
    papers = shelf()
    found = answer("When does the secretariat open?", papers)
    for citation in (c for s in found.statements for c in s.citations):
        assert papers.text(citation.document_id, 1)[citation.start : citation.end] == citation.quote


def test_a_document_deleted_since_the_search_is_not_cited():
    papers = shelf()
    papers.deleted = {0}
    found = answer("Where does the secretariat of the Joint Committee sit?", papers)
    assert {c.document_id for s in found.statements for c in s.citations} <= {1}


@pytest.mark.parametrize(
    ("question", "words"), [("", "empty"), ("   \n", "empty"), ("?!…", "no words"), ("🙂🙂", "no words"), ("why " * 20, "at most 50")]
)
def test_a_question_that_cannot_be_searched_for_is_refused_without_a_search(question: str, words: str):
    papers = shelf()
    events = list(ask(question, ports=papers.ports(limit=50)))
    refused = next(e.refusal for e in events if isinstance(e, Refused))
    assert refused.reason == "bad_question"
    assert words in refused.message
    assert papers.searches == []
    assert isinstance(events[-1], Done)


def test_a_long_question_is_refused_in_its_own_language():
    refusal = answer_of("करार कोणत्या दिवशी अंमलात येणार आहे? " * 300)
    assert refusal.language == "mr"
    assert refusal.refusal is not None
    assert "2000" in refusal.refusal.message
    assert "वर्णचिन्हे" in refusal.refusal.message


def answer_of(question: str) -> Answer:
    return answer(question, shelf())


def test_an_empty_knowledge_base_says_how_to_add_documents():
    refusal = answer("When does it start?", Shelf()).refusal
    assert refusal is not None
    assert refusal.reason == "empty_knowledge_base"
    assert "setu ingest" in refusal.message


def test_a_question_on_which_the_papers_are_silent_gets_the_nearest_three_in_its_language():
    papers = Shelf([(NEWS, "en", "news")] * 4)
    refusal = answer("How tall is Mount Kilimanjaro?", papers).refusal
    assert refusal is not None
    assert refusal.reason == "not_in_documents"
    assert [h.rank for h in refusal.nearest] == [1, 2, 3]
    assert refusal.message.startswith("The documents do not answer this question.")


def test_a_name_that_stands_in_no_passage_makes_an_answer_unsure_and_no_refusal():
    papers = Shelf([(NEWS, "en", "news")] * 4)
    found = answer("How tall is the mayor of Kilimanjaro?", papers)
    assert found.refusal is None
    assert found.grade == "nearest"


def test_where_the_filters_leave_nothing_the_refusal_says_so():
    refusal = answer("How many moons has Jupiter?", shelf(), filters=Filters(languages=("ja",))).refusal
    assert refusal is not None
    assert refusal.nearest == ()
    assert "widen the filters" in refusal.message


def test_where_the_filters_shut_out_the_language_that_speaks_its_passages_are_offered():
    refusal = answer("Where does the secretariat sit?", shelf(), filters=Filters(languages=("ja",))).refusal
    assert refusal is not None
    assert refusal.reason == "only_in_other_language"
    assert {hit.language for hit in refusal.nearest} == {"en"}
    assert "English" in refusal.message


def test_a_question_too_short_to_tell_is_answered_in_the_language_of_the_conversation():
    before = answer_of("करार केव्हा अंमलात येणार आहे?")
    assert before.language == "mr"
    assert answer("2026?", shelf(), history=[Turn("करार केव्हा अंमलात येणार आहे?", before)]).language == "mr"


def test_the_times_are_those_of_the_search_and_of_the_rest():
    ms = answer_of("Where does the secretariat sit?").ms
    assert ms.search >= 0
    assert ms.answer > 0
    assert ms.total == pytest.approx(ms.search + ms.answer)


def test_asking_twice_gives_the_same_answer():
    question = "Where does the secretariat of the Joint Committee sit?"
    assert answer_of(question).statements == answer_of(question).statements


def test_what_another_language_says_much_more_clearly_is_not_hidden_by_the_questions_own(monkeypatch: pytest.MonkeyPatch):
    papers = Shelf([(AGREEMENT, "en", "agreement"), ("संयुक्त समितीचे सचिवालय सागरपूर येथे आहे आणि ते मार्चमध्ये उघडेल.", "mr", "news")])
    shown = []
    for foreign in (-3.0, 8.0):

        def read(_question: str, passages: Sequence[tuple[str, str]], foreign: float = foreign) -> list[Reading]:
            return [Reading(foreign if "समिती" in text else 2.0, 0, len(text)) for _, text in passages]

        monkeypatch.setattr(answer_fakes, "read_by_words", read)
        statements = answer("Where does the secretariat of the Joint Committee sit?", papers).statements
        shown.append([s.citations[0].language for s in statements])
    assert shown[0][0] == "en"
    assert shown[1][0] == "mr"
