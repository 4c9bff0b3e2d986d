"""Feedback as an evaluation set: it has the shape that ``eval answers`` reads, and can be run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.datasets.feedback import CORPUS, INCOMPLETE, QUESTIONS, EvaluationSet, evaluation_set
from kb import KnowledgeBase, Settings
from kb.records import Filters
from kb.user_records import Exchange, Opinion
from tests.once import copied, once

AGREEMENT = """MEMORANDUM OF COOPERATION between the Port of Ottermouth and the Ministry of Tides

Article 1 Purpose
The Participants will cooperate in tide prediction and harbour safety.

Article 2 Costs
The Ministry of Tides will bear the cost of the forty tide gauges. The Port will house them.

Signed at Ottermouth on 5 March 2025.
"""
HINDI = """बंदरगाह में नया प्रशिक्षण

बंदरगाह के तीस कर्मचारी अप्रैल में ज्वार पूर्वानुमान का प्रशिक्षण लेंगे। प्रशिक्षण का ख़र्च मंत्रालय देगा।
"""
UNSEEN = "The lighthouse keeper of Dimmock Head has nineteen lamps.\n"
COSTS = "Who will bear the cost of the tide gauges?"
STAFF = "कितने कर्मचारी प्रशिक्षण लेंगे?"
AWAY = "Who won the football match in Madrid last night?"


@pytest.fixture
def kb(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    home = copied(once(tmp_path_factory, "opinions", _ingested) / "home", tmp_path / "home")
    with KnowledgeBase.open(Settings.load(home=home)) as opened:
        yield opened


def _ingested(folder: Path) -> None:
    papers = folder / "papers"
    papers.mkdir()
    for name, text in (("memorandum.txt", AGREEMENT), ("prashikshan.txt", HINDI), ("lamps.txt", UNSEEN)):
        papers.joinpath(name).write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=folder / "home")) as opened:
        opened.ingest([papers])


def asked(kb: KnowledgeBase, question: str, opinion: Opinion, filters: Filters = Filters()) -> str:
    """Ask in a conversation of its own and say what one thinks of the answer; the id of the conversation."""
    answer = kb.answer(question, filters=filters)
    talk = replace(kb.conversations.new(), exchanges=(Exchange(question, filters, answer, complete=True),))
    kb.conversations.save(talk)
    kb.feedback.give(talk.id, 0, opinion)
    return talk.id


def made(kb: KnowledgeBase) -> EvaluationSet:
    return evaluation_set(kb, kb.feedback.list())


def test_what_was_good_can_be_run_and_is_found_again(kb: KnowledgeBase, tmp_path: Path) -> None:
    asked(kb, COSTS, Opinion(True))
    asked(kb, STAFF, Opinion(True))
    asked(kb, AWAY, Opinion(True))
    made(kb).write(tmp_path / "set")
    report = tmp_path / "report.json"
    files = ["--corpus", str(tmp_path / "set" / CORPUS), "--questions", str(tmp_path / "set" / QUESTIONS)]
    assert main(["answers", *files, "--json", str(report)]) == 0
    run = json.loads(report.read_text(encoding="utf-8"))
    assert run["questions"] == 3
    assert run["groups"]["all"] == {"answerable": 2, "unanswerable": 1, "found@2": 2, "answered": 2, "refused": 1}
    assert sorted(run["by_language"]) == ["en", "hi"]
    assert run["citation"]["recall"] > 0.5


def test_a_good_answer_gives_its_quotes_and_the_passages_they_stand_in(kb: KnowledgeBase) -> None:
    asked(kb, COSTS, Opinion(True))
    found = made(kb)
    (row,) = found.questions
    assert (row["text"], row["lang"], row["answerable"]) == (COSTS, "en", True)
    assert "The Ministry of Tides will bear the cost of the forty tide gauges." in row["answers"]
    passages = {passage["_id"]: passage for passage in found.corpus}
    assert all(any(quote in passages[one]["text"] for one in row["relevant"]) for quote in row["answers"])
    assert passages[row["relevant"][0]]["title"].startswith("MEMORANDUM OF COOPERATION")


def test_the_corpus_holds_every_passage_of_the_papers_that_are_needed_and_no_other(kb: KnowledgeBase) -> None:
    asked(kb, COSTS, Opinion(True), Filters(kinds=("agreement",)))
    texts = [passage["text"] for passage in made(kb).corpus]
    assert any("tide prediction and harbour safety" in text for text in texts)
    assert sum("forty tide gauges" in text for text in texts) == 1
    assert not any("lamps" in text for text in texts)


def test_a_bad_answer_gives_the_question_with_what_was_wrong_to_be_completed(kb: KnowledgeBase, tmp_path: Path) -> None:
    asked(kb, COSTS, Opinion(False, "incomplete", "Nothing on who houses them."))
    found = made(kb)
    assert found.questions == ()
    (row,) = found.incomplete
    assert (row["text"], row["reason"], row["comment"]) == (COSTS, "incomplete", "Nothing on who houses them.")
    assert (row["answerable"], row["answers"], row["relevant"]) == (None, [], [])
    assert "The Ministry of Tides will bear the cost of the forty tide gauges." in row["quoted"]
    assert found.corpus  # the analyst takes the passages from here
    found.write(tmp_path)
    assert json.loads((tmp_path / INCOMPLETE).read_text(encoding="utf-8")) == row
    assert (tmp_path / QUESTIONS).read_text(encoding="utf-8") == ""


def test_a_refusal_that_was_good_of_some_papers_only_has_to_be_looked_at(kb: KnowledgeBase) -> None:
    asked(kb, COSTS, Opinion(True), Filters(date_from=date(2030, 1, 1)))
    found = made(kb)
    assert found.questions == ()
    assert [row["text"] for row in found.incomplete] == [COSTS]


def test_an_answer_of_which_two_people_think_differently_has_to_be_looked_at(kb: KnowledgeBase) -> None:
    from kb.auth.roles import Reader

    talk = asked(kb, COSTS, Opinion(True))
    kb.feedback.seen_by(Reader("asha", "admin")).give(talk, 0, Opinion(False, "fact"))
    found = made(kb)
    assert found.questions == ()
    assert [row["reason"] for row in found.incomplete] == ["fact"]


def test_a_follow_up_stands_alone_in_the_set(kb: KnowledgeBase) -> None:
    answer = replace(kb.answer(COSTS), asked_as="Who will bear the cost of the tide gauges of Ottermouth?")
    talk = replace(kb.conversations.new(), exchanges=(Exchange("And who pays?", Filters(), answer, complete=True),))
    kb.conversations.save(talk)
    kb.feedback.give(talk.id, 0, Opinion(True))
    assert [row["text"] for row in made(kb).questions] == ["Who will bear the cost of the tide gauges of Ottermouth?"]


def test_a_document_that_is_gone_leaves_no_trace(kb: KnowledgeBase) -> None:
    talk = asked(kb, COSTS, Opinion(True))
    for info in kb.documents():
        kb.delete(info.id)
    found = made(kb)
    assert found.questions == ()
    assert found.corpus == ()
    (row,) = found.incomplete
    assert row["quoted"] == []
    assert talk[:6] not in json.dumps(row)


def test_a_quote_is_never_cut_by_the_end_of_a_passage(kb: KnowledgeBase) -> None:
    answer = kb.answer(COSTS)
    statement = next(s for s in answer.statements if s.citations[0].source.endswith("memorandum.txt"))
    cited = statement.citations[0]
    text = kb.text(cited.document_id, cited.version)
    start, end = text.index("The Participants"), text.index("The Port will")
    long = replace(cited, start=start, end=end, quote=text[start:end])
    answer = replace(answer, statements=(replace(statement, citations=(long,)),))
    talk = replace(kb.conversations.new(), exchanges=(Exchange(COSTS, Filters(), answer, complete=True),))
    kb.conversations.save(talk)
    kb.feedback.give(talk.id, 0, Opinion(True))
    found = made(kb)
    assert sum(text[start:end] in passage["text"] for passage in found.corpus) == 1
    assert len(found.questions[0]["relevant"]) == 1
