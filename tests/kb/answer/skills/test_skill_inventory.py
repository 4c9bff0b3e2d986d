"""Which papers there are: of a kind, language or time, on a matter, the newest, how many."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.answer.document_selection.document_filters import matter_left, selection
from kb.answer.document_selection.topic_relevance import matter_of
from kb.answer.skills.tables.inventory import inventory
from kb.auth.roles import Reader
from kb.records import Filters
from tests.kb.make import base
from tests.kb.skill_papers import asked, check, fill, lines, named, ports_of


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("inventory")
    with base(folder / "home") as kb:
        fill(kb, folder / "papers")
        yield kb


def found(kb: KnowledgeBase, text: str, language: str, matter: str = "") -> str:
    made = inventory(asked(text, language, matter), ports_of(kb))  # type: ignore[arg-type]
    assert made is not None
    check(made, kb)
    return lines(made)


def test_a_text_in_two_languages_is_counted_once_and_that_is_said(held: KnowledgeBase) -> None:
    shown = found(held, "How many agreements do you have?", "en")
    assert "Agreements that are held: 2." in shown
    assert "In more than one language: 1" in shown
    assert "(3 papers in all)" in shown
    assert shown.count("14 March 2024 · English, Hindi") == 1


@pytest.mark.parametrize(
    ("text", "language", "title", "day"),
    [
        ("सबसे नया समझौता कौन-सा है?", "hi", "नौका सेवा पर समझौता ज्ञापन", "14 मार्च 2024"),
        ("सर्वात जुना कागद कोणता?", "mr", "Orchard Frost Alarms", "२ फेब्रुवारी २०२३"),
        ("いちばん新しい資料はどれですか。", "ja", "तिंदवी–सलमोरा", "2024年3月16日"),
        ("What is your oldest agreement?", "en", "古文書の保存に関する協力覚書", "20 August 2023"),
    ],
)
def test_the_newest_or_oldest_is_shown_with_its_day_in_the_language_of_the_reader(
    held: KnowledgeBase, text: str, language: str, title: str, day: str
) -> None:
    made = inventory(asked(text, language), ports_of(held))  # type: ignore[arg-type]
    assert made is not None
    (block,) = [block for block in made.blocks if block.kind == "points"]
    assert len(block.rows) == 1
    assert title in block.rows[0][0].text
    assert day in block.rows[0][1].text


@pytest.mark.parametrize(
    ("text", "language", "titles"),
    [
        ("Which papers do you have in Japanese?", "en", {"古文書の保存に関する協力覚書"}),
        ("तुमच्याकडे हिंदीत काय आहे?", "mr", {"नौका सेवा पर समझौता ज्ञापन सलमोरा बंदरगाह प्राधिकरण और तिंदवी नगर के बीच"}),
        ("आपके पास कौन-से समाचार हैं?", "hi", {"तिंदवी–सलमोरा नौका सेवेच्या करारावर स्वाक्षरी"}),
        ("2023年の資料は？", "ja", {"古文書の保存に関する協力覚書", "Orchard Frost Alarms: A Practice Report"}),
    ],
)
def test_papers_are_found_by_language_kind_and_year(held: KnowledgeBase, text: str, language: str, titles: set[str]) -> None:
    made = inventory(asked(text, language), ports_of(held))  # type: ignore[arg-type]
    assert made is not None
    assert {s.citations[0].document for s in made.statements} == titles


@pytest.mark.parametrize(("matter", "language"), [("ferry", "en"), ("नौका", "hi"), ("नौका", "mr")])
def test_papers_that_speak_of_a_matter_are_shown_with_the_sentence(held: KnowledgeBase, matter: str, language: str) -> None:
    shown = found(held, "Which papers?", language, matter)
    assert "Ferry Services" in shown or "नौका सेवा" in shown
    assert "Orchard" not in shown
    assert "古文書" not in shown


def test_a_matter_that_no_paper_names_is_refused_with_what_is_there(held: KnowledgeBase) -> None:
    made = inventory(asked("Do you have anything on zeppelins?", "en", "zeppelins"), ports_of(held))
    assert made is not None
    assert made.refusal is not None
    assert made.refusal.message == "No paper speaks of “zeppelins”. There are: Agreements 2, Best-practice reports 1, News 1."


def test_papers_of_another_kind_that_speak_of_it_are_named(held: KnowledgeBase) -> None:
    made = inventory(asked("Which reports are there on the ferry?", "en", "ferry"), ports_of(held))
    assert made is not None
    check(made, held)
    assert lines(made).startswith("None of these that speaks of “ferry” is held: Reports, Best-practice reports. Other papers speak of it:")
    assert not {"Orchard Frost Alarms: A Practice Report"} & {s.citations[0].document for s in made.statements}


def test_papers_that_name_an_amount_are_found_by_their_amounts(held: KnowledgeBase) -> None:
    shown = found(held, "費用の金額が書かれている資料はどれですか。", "ja", "費用の金額")
    assert "1.2 million dollars" in shown
    assert "４ कोटी" in shown or "४ कोटी ५० लाख" in shown
    assert "古文書" not in shown


def test_papers_that_a_filter_leaves_out_are_not_there(held: KnowledgeBase) -> None:
    question = asked("How many agreements?", "en")
    made = inventory(question.__class__(question.text, question.text, "en", filters=Filters(languages=("ja",))), ports_of(held))
    assert made is not None
    assert {s.citations[0].language for s in made.statements} == {"ja"}


def test_a_paper_that_may_not_be_seen_is_in_no_count(tmp_path: Path, held: KnowledgeBase) -> None:
    shutil.copytree(held.settings.home.parent / "papers", tmp_path / "papers")
    with base(tmp_path / "home") as kb:
        kb.ingest([tmp_path / "papers" / "ferry-en.md"])
        kb.ingest([tmp_path / "papers" / "ferry-hi.md"], groups=("harbour",))
        outside = kb.seen_by(Reader("guest", "viewer", frozenset()))
        made = inventory(asked("How many papers?", "en"), ports_of(outside))
        assert made is not None
        shown = lines(made)
        assert "Agreements that are held: 1." in shown
        assert "more than one language" not in shown
        assert "Hindi" not in shown
        refused = inventory(asked("Which papers are in Hindi?", "en"), ports_of(outside))
        assert refused is not None
        assert refused.refusal is not None
        assert refused.refusal.message == "No such paper is held. There are: Agreements 1."


def test_a_paper_that_goes_meanwhile_is_left_out_of_the_citations(held: KnowledgeBase) -> None:
    from dataclasses import replace

    from kb.errors import UnknownDocumentError

    (gone,) = named(held, "archive-ja.md")

    def text(document_id: int, version: int) -> str:
        if document_id == gone.id:
            raise UnknownDocumentError("gone")
        return held.text(document_id, version)

    def facts(document_id: int) -> object:
        if document_id == gone.id:
            raise UnknownDocumentError("gone")
        return held.fact_views(document_id)

    made = inventory(asked("How many agreements?", "en"), replace(ports_of(held), text=text, facts=facts))  # type: ignore[arg-type]
    assert made is not None
    assert gone.id not in {s.citations[0].document_id for s in made.statements}


def test_a_name_that_sounds_like_a_small_word_is_looked_for_as_it_is() -> None:
    thane = matter_of("Thane", "en", ())
    assert thane.held("More than ten papers were signed.", "en") == 0.0
    assert thane.held("Thane signed two papers.", "en") == 1.0
    assert thane.held("MLIT Japan Thane partnership : ठाणे महानगरपालिका", "mr") == 1.0


def test_words_that_only_say_which_papers_leave_no_matter() -> None:
    for text in ("papers in Japanese", "जपानी भाषेतले कागद", "समझौते", "新聞記事", "agreements of 2024", "all agreements with the other side"):
        assert matter_left(text) == "", text
    for text in ("आपल्या कागदांतील करार, नावं आणि कोणाशी", "手元の協定をすべて挙げて。相手先と締結日も付けて"):
        assert matter_left(text) == "", text
    for text in ("flood warning", "पूर इशारा", "洪水警報", "आपल्या शहरातील तळे", "नावेतील प्रवासी"):
        assert matter_left(text) == text


def test_a_wording_says_since_when() -> None:
    assert selection("Which reports are there since 2024?").since == "2024"
    assert selection("2024 नंतरचे करार").since == "2025"
    assert selection("2023年以前の協定").until == "2023"
    assert selection("agreements before 2023").until == "2022"
    assert selection("papers from 2024 on").since == "2024"
    assert selection("papers from 2024").since == ""
    assert selection("papers from 2024").days == ("2024",)
