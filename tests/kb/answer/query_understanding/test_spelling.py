"""What people type is made into what the papers write: romanised, misspelt, homophones; nothing that is right is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kb import KnowledgeBase
from kb.answer.query_understanding.spelling import in_own_script, respelt
from kb.records import Filters
from lang.languages import Language
from tests.kb.make import base_of, document

TEXTS: dict[str, tuple[Language, tuple[str, ...]]] = {
    "mr": ("mr", ("दीपगृहाची तपासणी दर पावसाळ्यात बंदर अधिकारी करतील.", "नौकांची नोंदणी करार झाल्यापासून तीस दिवसांत करावी.")),
    "hi": ("hi", ("मछुआरों ने तूफ़ान की चेतावनी सायरन से देने की माँग की।", "नावों का बीमा पंचायत करेगी।")),
    "ja": ("ja", ("避難指示は水位が四メートルを超えたときに発令される。", "灯台の点検は毎年六月に行う。")),
    "en": ("en", ("The lighthouse inspector reports the readings of every gauge in June.", "Fees are collected at the harbour counter.")),
}


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base_of(
        tmp_path_factory, "repair", [document(name, language, "other", texts) for name, (language, texts) in TEXTS.items()]
    ) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "language", "holds"),
    [
        ("dipgruhachi tapasni kon kartat", "mr", ("दीपगृहाची", "तपासणी", "कोण")),
        ("nondani kiti divsant karavi", "mr", ("नोंदणी", "किती", "करावी")),
        ("machhuaron ne chetavani ke liye kya maang ki", "hi", ("मछुआरों", "चेतावनी", "के लिए", "माँग")),
    ],
)
def test_its_words_are_those_of_the_papers_by_their_sound(
    stocked: KnowledgeBase, question: str, language: Language, holds: tuple[str, ...]
) -> None:
    made = in_own_script(question, language, lambda q, k, f: stocked.search(q, k=k, filters=f), Filters())
    assert made.language == language
    assert [word for word in holds if word not in made.question] == []


@pytest.mark.parametrize(
    ("question", "language", "right"),
    [
        ("wen does teh lighthose inspecter report", "en", "when does the lighthouse inspector report"),
        ("非難支持はいつ出ますか", "ja", "避難指示はいつ出ますか"),
        ("नोंदनी कधी करावी", "mr", "नोंदणी कधी करावी"),
        ("When does the lighthouse inspector report?", "en", None),
        ("Does Osaka report?", "en", None),
        ("灯台の点検はいつですか", "ja", None),
    ],
)
def test_misspelt_words_are_read_as_the_papers_write_them(
    stocked: KnowledgeBase, question: str, language: Language, right: str | None
) -> None:
    assert respelt(question, language, stocked.search(question, k=20).hits) == right


@pytest.mark.parametrize(
    ("question", "language", "held"),
    [
        ("पुराचा खर्च कोण करणार?", "mr", "हा करार पुराच्या खर्चाचा आहे."),  # a word that the vocabulary has
        ("How many employees goes there?", "en", "An employed person does so."),  # another form; another word
        ("Under which conditions is it paid?", "en", "Conditioners are paid by the shop."),
        ("भाड्याने किती घरे दिली?", "mr", "भाड्यात वाढ झाली."),
        ("deposit for the stall?", "en", "A small deposit is paid."),
        ("Which complaints were resolved?", "en", "Complaints were removed from the list."),
    ],
)
def test_words_that_are_words_are_left_as_they_are(stocked: KnowledgeBase, question: str, language: Language, held: str) -> None:
    hits = [replace(hit, text=held, language=language) for hit in stocked.search("report", k=2).hits]
    assert respelt(question, language, hits, stocked._embedder.knows) is None


def test_a_romanised_question_is_answered_and_it_is_said_how_it_was_read(stocked: KnowledgeBase) -> None:
    answer = stocked.answer("dipgruhachi tapasni kon kartat")
    assert answer.question == "dipgruhachi tapasni kon kartat"
    assert answer.asked_as is not None
    assert "दीपगृहाची" in answer.asked_as
    assert answer.language == "mr"
    assert "बंदर अधिकारी" in answer.statements[0].text


def test_a_word_of_english_in_a_romanised_question_is_no_word_that_sounds_a_little_like_it(stocked: KnowledgeBase) -> None:
    hits = [replace(hit, text="हरिओम तिवारी ने पार्किंग का पैसा दिया।", language="hi") for hit in stocked.search("report", k=2).hits]
    found = replace(stocked.search("report", k=2), hits=tuple(hits))
    made = in_own_script("parking ki fees table me do", "hi", lambda _q, _k, _f: found, Filters())
    assert "पार्किंग" in made.question
    assert "table" in made.question
    assert "तिवारी" not in made.question
    assert "पैसा" not in made.question


@pytest.mark.parametrize(("typed", "meant"), [("baadh kab aayi thi", "बाढ़"), ("iske baad kab", "बाद"), ("badh me kitne gaon", "बाढ़")])
def test_a_breathed_consonant_tells_words_apart_that_sound_alike(stocked: KnowledgeBase, typed: str, meant: str) -> None:
    hits = [replace(hit, text="बैठक के बाद बाद में बाढ़ की चर्चा हुई।", language="hi") for hit in stocked.search("report", k=2).hits]
    found = replace(stocked.search("report", k=2), hits=tuple(hits))
    assert meant in in_own_script(typed, "hi", lambda _q, _k, _f: found, Filters()).question.split()


@pytest.mark.parametrize(
    ("typed", "language", "meant"), [("usme kya hai", "hi", "उसमें"), ("unko kab milega", "hi", "उनको"), ("tyat kay ahe", "mr", "त्यात")]
)
def test_a_pointing_word_is_known_though_no_paper_has_it(stocked: KnowledgeBase, typed: str, language: Language, meant: str) -> None:
    nothing = replace(stocked.search("report", k=1), hits=())
    assert meant in in_own_script(typed, language, lambda _q, _k, _f: nothing, Filters()).question.split()


def test_a_word_that_only_shares_consonants_with_one_of_the_papers_is_left_as_it_was_typed(stocked: KnowledgeBase) -> None:
    hits = [replace(hit, text="मार्ग पर नाव मान्य है।", language="hi") for hit in stocked.search("report", k=2).hits]
    found = replace(stocked.search("report", k=2), hits=tuple(hits))
    assert in_own_script("dusri kist kab milegi", "hi", lambda _q, _k, _f: found, Filters()).question.split()[-1] == "milegi"
