"""Quiz questions: what may be asked of a sentence, what may stand as a wrong answer, and a key that the cited words prove."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from lang.languages import Language
from training.cited_lines import Scribe
from training.material.gather import gather
from training.material.source_sentences import Sentence, sentences
from training.quiz.answer_candidates import Slot, roster, slots, unbound
from training.quiz.assembly import flaw, quiz
from training.quiz.distractors import EDITS
from training.quiz.instructions import instruction
from training.quiz.items import Bench, choice, cloze, denied, false, fit, spellings, true
from training.quiz.matching import match, order
from training.records import BLANK, QuizItem, Request

ENGLISH = """# Memorandum of Cooperation on Tide Warnings

## Article 1 Tide gauges

1.1 The Ministry of Tides will install forty tide gauges in the harbour of Ottermouth by 30 June 2026.

1.2 The Port of Ottermouth will check each tide gauge twice a year and will repair a broken one within 14 days.

and it will report every repair of a tide gauge to the Ministry of Tides within 21 days of the repair.

The name of the officer who reads the tide gauges at night is: ________ of the Port of Ottermouth, aged 40.

## Article 2 Costs

The tide gauges will cost Rs 3.20 crore, of which the Ministry of Tides will bear 70 per cent.

A fisherman without a vessel may borrow a rowing boat from the harbour master against a deposit of Rs 2,500.

Every foreign ship that anchors beside the old lighthouse overnight pays a harbour due of Rs 750 to the pilot.

A visitor who climbs the tower of the maritime museum on a Sunday pays an entrance fee of Rs 600 at its gate.

The bell of the outer buoy was cast by a foundry in the hills last spring at a price of Rs 1,900 without its rope.

## Article 3 Training

Each year the Ministry of Tides will train ten officers of the Port of Ottermouth in reading tide tables.

The training in reading tide tables will begin on 4 November 2026 and the tide gauges will be shown on its last day.

Officers who fail the test on tide gauges may repeat it on 18 December 2026 at the cost of the Port of Ottermouth.
"""
MARATHI = """# भरतीमापकांविषयी परिपत्रक

भरतीमापकांच्या देखभालीबाबत सहा महिन्यांची मुदत देण्यात आली असून अहवाल बंदर कार्यालयात सादर करावा.

बंदरातील भरतीमापकांच्या नोंदी तपासण्यासाठी चार अधिकारी नेमण्यात येतील आणि ते बंदर कार्यालयात बसतील.

ग्रंथालयाच्या नव्या इमारतीत मुलांसाठी वाचनकक्ष असून त्याच्या फर्निचरसाठी १८ लाख रुपये राखून ठेवण्यात आले आहेत.
"""
STEPS = """# Procedure for a broken tide gauge

## Steps of the repair

1. Call the harbour master of Ottermouth at once.

2. Hang a red lamp beside the broken tide gauge.

3. Replace the float and read the tide gauge for an hour.
"""
NOTES = """# Notes on the harbour

## Lighthouse

The plinth is 4.2 m high.

Height of the lantern above the sea: 31 m.

The licence of the kiosk runs from 15 June 2025 to 14 June 2028.

## Lamps 2031

The lamps of 2031 will be changed by the harbour master.
"""


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("quiz")
    papers = folder / "papers"
    papers.mkdir()
    for name, text in (("memorandum", ENGLISH), ("circular", MARATHI), ("steps", STEPS), ("notes", NOTES)):
        (papers / f"{name}.md").write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=folder / "home")) as base:
        base.ingest([papers])
        yield base


def bench_of(kb: KnowledgeBase, topic: str, language: Language) -> Bench:
    scribe = Scribe(kb, gather(kb, Request(topic, (language,))))
    return Bench.of(scribe, roster(kb, scribe.material.papers))


@pytest.fixture(scope="module")
def bench(kb: KnowledgeBase) -> Bench:
    return bench_of(kb, "tide gauges", "en")


def said(kb: KnowledgeBase, words: str) -> Sentence:
    return next(one for info in kb.documents() for one in sentences(kb, info) if words in one.text)


def asked(kb: KnowledgeBase, words: str) -> set[str]:
    return {slot.text for slot in slots(said(kb, words), roster(kb, kb.documents()))}


def test_the_number_of_a_clause_is_no_part_of_its_sentence(kb: KnowledgeBase) -> None:
    assert said(kb, "forty tide gauges").text.startswith("The Ministry")
    assert not {"1.1", "1.2"} & (asked(kb, "forty tide gauges") | asked(kb, "twice a year"))


def test_a_sentence_that_goes_on_from_another_is_not_asked_about(kb: KnowledgeBase) -> None:
    assert not fit(said(kb, "and it will report"))
    assert fit(said(kb, "forty tide gauges"))


def test_a_form_to_be_filled_in_is_no_sentence(kb: KnowledgeBase) -> None:
    assert not [one for info in kb.documents() for one in sentences(kb, info) if "aged 40" in one.text]


def test_a_number_bent_by_its_ending_is_asked_for_whole(kb: KnowledgeBase) -> None:
    found = asked(kb, "मुदत देण्यात")
    assert any(text.endswith("महिन्यांची") for text in found), found


@pytest.mark.parametrize("text", ["याबाबत विचार करण्यात येईल.", "विचारपूर्वक निर्णय घेतला जाईल.", "इस पर विचार किया जाएगा।"])
def test_a_number_inside_another_word_is_not_changed(text: str) -> None:
    for language in ("mr", "hi"):
        assert all(EDITS["number"](language)(text, random.Random(seed)) is None for seed in range(20))


def test_a_number_that_is_a_word_is_changed_to_another() -> None:
    changed = {EDITS["number"]("mr")("चार अधिकारी विचार करतील.", random.Random(seed)) for seed in range(20)}
    assert all(text is not None and text.endswith("अधिकारी विचार करतील.") and not text.startswith("चार") for text in changed)


def test_a_state_and_a_committee_do_not_stand_for_each_other(kb: KnowledgeBase) -> None:
    one = said(kb, "forty tide gauges")
    one = replace(one, text="Ruritania and the Tide Committee will meet the Harbour Council twice a year in the harbour.")
    known = {"en": {"Ruritania": "organisation", "Tide Committee": "organisation"}}
    shapes = {slot.text: slot.shape for slot in slots(one, known)}  # type: ignore[arg-type]
    assert shapes["Tide Committee"] == shapes["Harbour Council"] != shapes["Ruritania"]


def test_what_stands_twice_in_a_sentence_is_not_asked_for(kb: KnowledgeBase) -> None:
    one = replace(said(kb, "forty tide gauges"), text="A refund after 30 days: a request within thirty days is paid back in full.")
    assert not [slot for slot in slots(one, {}) if slot.asks == "number"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The level of the lake fell from 37 metres to 23 metres.", []),
        ("Of 640 boats, 420 were painted in the spring.", []),
        ("Twelve boats were painted in the spring.", []),
        ("The pier of the lake was closed for 17 days in the spring.", ["17 days"]),
    ],
)
def test_a_value_that_another_one_binds_is_not_asked_for(kb: KnowledgeBase, text: str, asked: list[str]) -> None:
    one = replace(said(kb, "forty tide gauges"), text=text)
    assert [slot.text for slot in unbound(one, slots(one, {}))] == asked


def test_values_that_are_written_otherwise_do_not_stand_for_each_other(kb: KnowledgeBase) -> None:
    def shape(text: str) -> set[str]:
        return {slot.shape for slot in slots(replace(said(kb, "forty tide gauges"), text=text), {}) if slot.asks in ("amount", "number")}

    assert shape("The deposit for a boat is 75 rupees a day.") != shape("The deposit for a boat is Rs 75 a day.")
    assert shape("The meeting takes 6.5 hours in the spring.") != shape("The meeting takes 6 hours in the spring.")


def test_a_wrong_option_is_another_value_of_the_same_kind_and_is_cited(kb: KnowledgeBase, bench: Bench) -> None:
    item = choice(bench, said(kb, "rowing boat"))
    assert item is not None
    assert [option.text for option in item.options if option.correct] == ["2,500"]
    wrong = [option for option in item.options if not option.correct]
    assert {option.text for option in wrong} <= {"750", "600", "1,900"}
    for option in wrong:
        assert option.text in option.citations[0].quote
    assert flaw(item) == ""


def test_a_value_that_the_papers_bear_out_is_no_wrong_option(kb: KnowledgeBase, bench: Bench) -> None:
    one = said(kb, "rowing boat")
    assert bench.doubts.may_be_true(one.text, one, "Rs 2,500")
    assert not bench.doubts.may_be_true(one.text.replace("Rs 2,500", "Rs 750"), one, "Rs 750")


def test_a_gap_is_filled_by_the_papers_own_words_or_the_same_number_otherwise(kb: KnowledgeBase) -> None:
    item = cloze(bench_of(kb, "भरतीमापक", "mr"), said(kb, "१८ लाख"))
    assert item is not None
    assert item.prompt.count(BLANK) == 1
    assert item.answers == ("१८ लाख रुपये", "18 लाख रुपये", "अठरा लाख रुपये")


def test_a_false_statement_names_what_was_changed(kb: KnowledgeBase, bench: Bench) -> None:
    one = said(kb, "rowing boat")
    item = false(bench, one)
    assert item is not None
    assert item.prompt.replace(item.changed, item.answers[0]) == one.text
    assert [option.correct for option in item.options] == [False, True]


def test_a_denial_is_only_made_where_the_sentence_ends_outside_english(kb: KnowledgeBase) -> None:
    bench = bench_of(kb, "भरतीमापक", "mr")
    item = denied(bench, said(kb, "१८ लाख"))
    if item is not None:
        assert item.changed.rstrip(".").endswith(("नाहीत", "नाही"))
    mid = replace(said(kb, "१८ लाख"), text="फर्निचरसाठी १८ लाख रुपये राखून ठेवण्यात आले आहेत आणि वाचनकक्षाचा विचार झाला.")
    assert denied(bench, mid) is None


def test_steps_are_asked_in_the_order_in_which_they_are_numbered(kb: KnowledgeBase, bench: Bench) -> None:
    (item,) = order(bench, [info for info in kb.documents() if info.title.startswith("Procedure")])
    assert [step.split()[0] for step in item.steps] == ["Call", "Hang", "Replace"]
    assert flaw(item) == ""
    assert "do not follow" in flaw(replace(item, steps=item.steps[::-1], proof=replace(item.proof, citations=item.proof.citations[::-1])))


def test_what_belongs_together_fits_nowhere_else(kb: KnowledgeBase, bench: Bench) -> None:
    own = [one for info in kb.documents() for one in sentences(kb, info) if one.language == "en"]
    item = match(bench, own, [one for one in own if fit(one)])
    assert item is not None
    assert flaw(item) == ""
    assert len({pair.right for pair in item.pairs}) == len(item.pairs) >= 3
    crossed = (replace(item.pairs[0], right=item.pairs[1].right), replace(item.pairs[1], right=item.pairs[0].right), *item.pairs[2:])
    assert "not together" in flaw(replace(item, pairs=crossed))


@pytest.fixture(scope="module")
def made(bench: Bench) -> tuple[QuizItem, ...]:
    return quiz(bench.scribe, 8)


def test_a_quiz_is_in_the_languages_of_its_module(kb: KnowledgeBase, made: tuple[QuizItem, ...]) -> None:
    assert {item.language for item in made} == {"en"}
    scribe = Scribe(kb, gather(kb, Request("भरतीमापक", ("mr",))))
    assert {item.language for item in quiz(scribe, 8)} == {"mr"}


@pytest.mark.parametrize(
    ("text", "language", "others"),
    [
        ("14 days", "en", {"fourteen days"}),
        ("fifteen years", "en", {"15 years"}),
        ("1,200 tonnes", "en", {"1200 tonnes"}),
        ("१४ दिवस", "mr", {"14 दिवस", "चौदा दिवस"}),
        ("चौदा दिवस", "mr", {"14 दिवस"}),
        ("14日", "ja", {"１４日", "十四日"}),
        ("4.2 lakh", "en", set()),
    ],
)
def test_a_gap_takes_every_spelling_of_its_answer(text: str, language: Language, others: set[str]) -> None:
    assert set(spellings(Slot("number", 0, len(text), text, "", ""), language)) == others


def test_a_key_that_is_tampered_with_is_found(made: tuple[QuizItem, ...]) -> None:
    assert [flaw(item) for item in made] == [""] * len(made)
    for item in made:
        if item.kind == "cloze":
            assert "answer in the gap" in flaw(replace(item, answers=("Rs 99 crore",)))
        elif item.kind == "choice":
            turned = tuple(replace(option, correct=not option.correct) for option in item.options)
            assert "not exactly one" in flaw(replace(item, options=turned))
        elif item.kind == "true_false":
            turned = tuple(replace(option, correct=not option.correct) for option in item.options)
            assert flaw(replace(item, options=turned)) != ""
        lost = replace(item.proof, citations=tuple(replace(one, status="unsupported") for one in item.proof.citations))
        assert "does not stand" in flaw(replace(item, proof=lost))


def test_the_same_papers_give_the_same_quiz_wherever_they_are_kept(made: tuple[QuizItem, ...], tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for name, text in (("memorandum", ENGLISH), ("circular", MARATHI), ("steps", STEPS), ("notes", NOTES)):
        (papers / f"{name}.md").write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as other:
        other.ingest([papers])
        again = quiz(Scribe(other, gather(other, Request("tide gauges", ("en",)))), 8)
    assert [(item.prompt, item.answers) for item in again] == [(item.prompt, item.answers) for item in made]


def test_half_of_a_measure_and_one_of_several_ward_numbers_are_not_asked_for(kb: KnowledgeBase) -> None:
    one = said(kb, "forty tide gauges")
    half = replace(one, text="避難指示から越水までの猶予時間は平均45分から2時間10分に延びた。", language="ja")
    assert not {"2時間", "10分", "10"} & {slot.text for slot in slots(half, {})}
    wards = replace(one, text="माहिती मंचाचा प्रयोग प्रभाग क्रमांक ३, ७ आणि ११ मध्ये केला जाईल.", language="mr")
    assert slots(wards, {}) == ()


def test_a_short_sentence_is_asked_under_its_section_and_what_has_no_verb_is_no_statement(kb: KnowledgeBase) -> None:
    bench = bench_of(kb, "plinth of the lighthouse", "en")
    short = said(kb, "The plinth is")
    assert fit(short)
    made = cloze(bench, short)
    assert made is not None
    assert made.under == "Lighthouse"
    verbless = said(kb, "Height of the lantern")
    assert true(bench, verbless) is None
    assert cloze(bench, verbless) is not None


def test_what_stands_in_the_title_or_the_heading_is_not_asked_for(kb: KnowledgeBase) -> None:
    assert "2031" not in {slot.text for slot in bench_of(kb, "lamps of the harbour", "en").asked(said(kb, "The lamps of 2031"))}


@pytest.mark.parametrize(
    ("language", "start"),
    [("en", "From “"), ("mr", "“"), ("hi", "“"), ("ja", "『")],
)
def test_a_question_names_its_paper_and_its_section_in_every_language(kb: KnowledgeBase, language: Language, start: str) -> None:
    made = cloze(bench_of(kb, "plinth of the lighthouse", "en"), said(kb, "The plinth is"))
    assert made is not None
    told = instruction(made, language)
    assert told.startswith(start)
    assert "Notes on the harbour" in told
    assert "Lighthouse" in told
    assert instruction(replace(made, under=""), language).count("Lighthouse") == 0


def test_a_date_with_half_of_another_before_it_is_not_asked_for(kb: KnowledgeBase) -> None:
    assert not {"June 2028"} & asked(kb, "The licence of the kiosk")
