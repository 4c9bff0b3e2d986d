"""Conflicts, refusals of other kinds, comparisons and whole lists, asked of a knowledge base."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingest.records import Kind
from kb import Filters, KnowledgeBase
from kb.answer.quotation.answer_spans import asks_for_list
from prompts.phrases import phrase
from tests.kb.make import base, document

SIGNED = (
    "This Memorandum was signed at Hoshimori on 18 February 2026.",
    "The flood-warning pilot is estimated to cost Rs 12.40 crore.",
    "The data-platform pilot will last eighteen months in three wards.",
    "A Joint Committee is co-chaired by the Director-General of the Ministry.",
)
STORY = ("लहरगड़ और मिज़ुहारा ने 20 फ़रवरी 2026 को सहयोग ज्ञापन पर हस्ताक्षर किए।", "महापौर ने इस अवसर पर सभी का स्वागत किया।")
LATER = (
    "Lahargad signed the memorandum with Mizuhara on 21 February 2026.",
    "The flood-warning pilot will cost Rs 14.20 crore, an officer said.",
)
REPORT = ("風浜市の水位計は太陽光パネルで動き、日照がなくても7日間動作する。", "蓄電池は5年ごとに交換する。")


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base(tmp_path_factory.mktemp("exchange")) as opened:
        opened.ingest_documents(
            [
                document("Memorandum of Cooperation", "en", "agreement", SIGNED, date(2026, 2, 18)),
                document("सागरतट समाचार", "hi", "news", STORY, date(2026, 2, 23)),
                document("Harbour Observer", "en", "news", LATER, date(2026, 3, 2)),
                document("風浜市の報告", "ja", "best_practice", REPORT, date(2024, 9, 30)),
            ]
        )
        yield opened


@pytest.mark.parametrize("question", ["When was the Memorandum signed?", "सहयोग ज्ञापन पर हस्ताक्षर कब हुए?"])
def test_a_wrong_day_of_signing_is_told_with_the_signed_one_first(exchange, question) -> None:
    found = exchange.answer(question).conflicts
    assert {(c.what, c.weight, c.one.document, c.said) for c in found} == {
        ("date", "signed", "Memorandum of Cooperation", "18 February 2026")
    }
    assert {c.other.document for c in found} <= {"सागरतट समाचार", "Harbour Observer"}
    assert all(c.one.status == c.other.status == "verified" for c in found)
    assert all(c.said in c.note and c.against in c.note for c in found)


def test_papers_of_one_city_on_other_matters_do_not_contradict_each_other(tmp_path) -> None:
    garden = "Rules of the City of Tindavi for the Friendship Garden"
    rules = {
        garden: ("The garden of Tindavi may be used by at most 5 groups a day.", "No dogs are let in."),
        "Rules of the City of Tindavi for Pet Dogs": ("At most 2 dogs of Tindavi may live in a flat.", "Dogs wear a chip."),
        "Circular of the City of Tindavi on Street Lamps": ("Lamps of Tindavi burn at most 9 hours a day.",),
        "Lease of the Old Mill by the City of Tindavi": ("The mill of Tindavi is let to at most 3 tenants.",),
        "Report of the City of Tindavi on Wells": ("At most 7 wells of Tindavi were dry in a year.",),
    }  # fmt: skip
    with base(tmp_path) as opened:
        made = [document(title, "en", "agreement" if at == 0 else "other", said) for at, (title, said) in enumerate(rules.items())]
        opened.ingest_documents(made)
        for question in ("How many dogs may live in a flat at most?", "How many groups may use the garden a day at most?"):
            assert opened.answer(question).conflicts == ()


@pytest.mark.parametrize(
    ("one", "other", "told"), [("report", "report", 0), ("report", "news", 0), ("agreement", "report", 1), ("news", "news", 1)]
)
def test_only_a_signed_text_or_another_newspaper_is_contradicted(tmp_path: Path, one: Kind, other: Kind, told: int) -> None:
    said = "The flood-warning pilot of Lahargad with water-level sensors along the river will be completed by {} 2027."
    with base(tmp_path) as opened:
        opened.ingest_documents([document("The pilot of Lahargad", "en", one, (said.format("31 May"),), date(2026, 2, 18))])
        opened.ingest_documents([document("The pilot at Lahargad", "en", other, (said.format("30 June"),), date(2026, 6, 18))])
        assert len(opened.answer("When will the flood-warning pilot with water-level sensors be completed?").conflicts) == told


@pytest.mark.parametrize(("counted", "told"), [("technicians", 1), ("guests to the lantern feast", 0)])
def test_numbers_of_different_things_are_no_conflict(tmp_path: Path, counted: str, told: int) -> None:
    pact = "Under the memorandum Norrvik will send eight technicians to Sundby each year."
    story = f"Under the memorandum Norrvik will send twelve {counted} to Sundby each year."
    with base(tmp_path) as kb:
        kb.ingest_documents(
            [
                document("Memorandum of Norrvik and Sundby", "en", "agreement", (pact,), date(2026, 2, 18)),
                document("Norrvik Observer", "en", "news", (story,), date(2026, 3, 2)),
            ]
        )
        conflicts = kb.answer("How many technicians will Norrvik send to Sundby each year under the memorandum?").conflicts
    assert len([one for one in conflicts if one.what == "number"]) == told


def test_a_conflict_is_said_in_the_language_of_the_question(exchange) -> None:
    assert "हस्ताक्षरित" in exchange.answer("सहयोग ज्ञापन पर हस्ताक्षर कब हुए?").conflicts[0].note


def test_an_answer_that_no_paper_contradicts_has_no_conflict(exchange) -> None:
    assert exchange.answer("How long will the data-platform pilot last?").conflicts == ()


def test_the_day_on_which_something_else_happens_contradicts_no_other(tmp_path) -> None:
    pilot = ("The flood-warning pilot with water-level sensors along the river will be completed by 31 May 2027.",)
    started = ("Nine water-level sensors of the flood-warning pilot along the river began sending readings on 12 June 2026.",)
    late = ("The flood-warning pilot with water-level sensors along the river will be completed by 30 June 2027.",)
    with base(tmp_path) as opened:
        opened.ingest_documents([document("Memorandum", "en", "agreement", pilot, date(2026, 2, 18))])
        opened.ingest_documents([document("Ledger", "en", "news", started, date(2026, 6, 17))])
        assert opened.answer("When did the water-level sensors of the pilot begin sending readings?").conflicts == ()
        opened.ingest_documents([document("Observer", "en", "news", late, date(2026, 6, 18))])
        found = opened.answer("When will the flood-warning pilot with water-level sensors be completed?").conflicts
    assert [(c.said, c.against) for c in found] == [("31 May 2027", "30 June 2027")]


def test_a_question_of_law_gets_no_opinion_but_what_the_papers_say(exchange) -> None:
    for question in ("Is this memorandum lawful?", "हा करार कायदेशीर आहे का?", "क्या यह ज्ञापन वैध है?", "この覚書は合法ですか。"):
        answer = exchange.answer(question)
        assert (answer.skill, answer.refusal is None or answer.refusal.reason) in (("decline", True), ("decline", "legal_opinion"))
        if answer.refusal is None:
            assert answer.grade == "nearest"
            assert answer.statements
            assert phrase("not_for_papers.legal", answer.language) in [block.text for block in answer.blocks]


def test_papers_in_another_language_are_offered_where_the_filter_shut_them_out(exchange) -> None:
    question = "水位計は日照がなくても何日間動作しますか。"
    assert exchange.answer(question).refusal is None
    refusal = exchange.answer(question, filters=Filters(languages=("mr",))).refusal
    assert refusal is not None
    assert refusal.reason == "only_in_other_language"
    assert {hit.language for hit in refusal.nearest} == {"ja"}
    assert "日本語" in refusal.message


def test_two_agreements_that_answer_differently_are_asked_about(tmp_path: Path) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents(
            [
                document("Memorandum with Mizuhara", "en", "agreement", ("This Memorandum was signed on 18 February 2026.", SIGNED[1])),
                document("Memorandum with Kalpania", "en", "agreement", ("This Memorandum was signed on 3 March 2025.", SIGNED[3])),
            ]
        )
        answer = opened.answer("When was the memorandum signed?")
        assert (answer.skill, answer.refusal) == ("clarify", None)
        assert {s.citations[0].document for s in answer.statements} == {"Memorandum with Mizuhara", "Memorandum with Kalpania"}
        (choices,) = [block for block in answer.blocks if block.kind == "options"]
        assert [("Mizuhara" in item, "Kalpania" in item) for item in sorted(choices.items)] == [(False, True), (True, False)]
        named = opened.answer("When was the memorandum with Mizuhara signed?")
        assert named.skill == "lookup"
        assert named.statements[0].citations[0].document == "Memorandum with Mizuhara"


ENDINGS = (
    "This Agreement on river ferries remains in force for three years from its signature.",
    "This Agreement may be extended in writing ninety days before it runs out.",
    "Either Side may end this Agreement by notice of sixty days.",
    "When this Agreement ends, the ferries that were lent are handed back.",
)
FERRIES = document("River Ferries", "en", "agreement", ENDINGS)


def test_an_agreement_whose_passages_came_later_is_asked_about_as_well(tmp_path: Path) -> None:
    heads = ("この覚書は、図書館の交流について定める。", "この覚書は、署名の日から4年間有効とする。")
    with base(tmp_path) as opened:
        opened.ingest_documents([FERRIES, document("図書館の覚書", "ja", "agreement", heads)])
        answer = opened.answer("When does the agreement run out?")
    assert answer.skill == "clarify"
    (choices,) = [block for block in answer.blocks if block.kind == "options"]
    assert len(choices.items) == 2


def test_a_question_that_says_enough_of_one_agreement_is_answered_from_it(tmp_path: Path) -> None:
    heads = ("The Joint Library Council meets every spring.", "Books are lent to the other town for sixty days.")
    with base(tmp_path) as opened:
        opened.ingest_documents([FERRIES, document("Libraries", "en", "agreement", heads)])
        answer = opened.answer("समझौते के अनुसार पुस्तकालय की किताबें दूसरे नगर को कितने दिन के लिए दी जाती हैं?")
    assert answer.skill == "lookup"
    assert answer.statements[0].citations[0].document == "Libraries"


def test_of_two_things_that_are_compared_both_are_told(exchange) -> None:
    answer = exchange.answer("What is the difference between the flood-warning pilot and the data-platform pilot?")
    said = "\n".join(s.text for s in answer.statements)
    assert "12.40 crore" in said
    assert "eighteen months" in said


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What are the areas of cooperation?", True),
        ("सहकार्याची क्षेत्रे कोणती आहेत?", True),
        ("सहयोग के क्षेत्र कौन से हैं?", True),
        ("覚書の協力分野は何ですか。", True),
        ("協力分野を教えてください。", True),
        ("Who chairs the committee?", False),
        ("अध्यक्ष कोण आहेत?", False),
        ("担当は誰ですか。", False),
    ],
)
def test_a_question_for_a_list_is_known(question: str, asks: bool) -> None:
    assert asks_for_list(question) is asks
