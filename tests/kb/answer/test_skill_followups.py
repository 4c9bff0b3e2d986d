"""Questions that are offered under an answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from ingest.records import Block
from kb.answer.overview.suggested_questions import followups
from kb.errors import UnknownDocumentError
from kb.records import STANDING, Answer, Citation, DocumentInfo, FactView, Refusal, Statement, Timings
from lang.languages import LANGUAGES, Language

HEADINGS = {
    "en": ("Article 1 Aims of the heron census", "Article 2 Counting stations", "Article 3 Money for boats", "Article 4 Ending"),
    "hi": ("अनुच्छेद 1 गणना का उद्देश्य", "अनुच्छेद 2 गणना केंद्र", "अनुच्छेद 3 नावों का ख़र्च", "अनुच्छेद 4 समाप्ति"),
    "mr": ("कलम १ गणनेचा उद्देश", "कलम २ गणना केंद्रे", "कलम ३ होड्यांचा खर्च", "कलम ४ समाप्ती"),
    "ja": ("第1条 調査の目的", "第2条 調査地点", "第3条 船の費用", "第4条 終了"),
}
TITLES = {"en": "Heron Census Accord", "hi": "बगुला गणना समझौता", "mr": "बगळा गणना करार", "ja": "サギ調査協定"}
THIRD = {
    "en": "What does “Heron Census Accord” say about “Money for boats”?",
    "hi": "“बगुला गणना समझौता” में “नावों का ख़र्च” के बारे में क्या कहा गया है?",
    "mr": "“बगळा गणना करार” मध्ये “होड्यांचा खर्च” बद्दल काय म्हटले आहे?",
    "ja": "「サギ調査協定」は「船の費用」について何と述べていますか。",
}
KNOWN = (FactView("signed", "2031-05-04", start=5, end=15), FactView("term", "5 years", start=300, end=310))


def paper(number: int = 1, language: Language = "en", **other: object) -> DocumentInfo:
    made = DocumentInfo(number, TITLES[language], f"/{number}.txt", 1, "agreement", language, None, date(2031, 5, 4), 1, 4, "published")
    return replace(made, **other)  # type: ignore[arg-type]


def outline(language: Language) -> list[Block]:
    found = []
    for at, heading in enumerate(HEADINGS[language]):
        found += [Block(1, role, (heading,), "", at * 100, at * 100 + 90, language) for role in ("heading", "paragraph")]
    return found


def answered(*spans: tuple[int, int, int], language: Language = "en", **other: object) -> Answer:
    """An answer that cites ``(paper, start, end)``."""
    statements = []
    for number, start, end in spans:
        path = (HEADINGS[language][start // 100],)
        cited = Citation(number, "", "", 1, "agreement", None, 1, "1", path, start, end, language, "words", "verified")
        statements.append(Statement("words", STANDING["agreement"], (cited,)))
    return replace(Answer("?", language, "extractive", tuple(statements), None, Timings(0, 0, 0)), **other)  # type: ignore[arg-type]


def offered(
    answer: Answer, *asked: str, papers: Sequence[DocumentInfo] = (), facts: Sequence[FactView] = KNOWN, language: Language = "en"
) -> tuple[str, ...]:
    return followups(answer, asked, papers or [paper(language=language)], lambda *_span: outline(language), lambda _paper: facts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_heading_a_fact_and_a_summary_in_the_language_of_the_asker(language: Language) -> None:
    made = offered(answered((1, 120, 180), language=language), language=language)
    assert made[0] == THIRD[language]
    assert len(made) == len(set(made)) == 3
    assert all(TITLES[language] in question for question in made)


def test_what_was_asked_is_not_offered_again() -> None:
    first = offered(answered((1, 120, 180)))
    assert first == (THIRD["en"], "How long does “Heron Census Accord” remain in force?", "Summarise “Heron Census Accord”.")
    then = offered(answered((1, 120, 180)), first[0].upper(), first[1], first[2])
    assert not set(then) & set(first)
    assert then == (
        "What does “Heron Census Accord” say about “Ending”?",
        "When was “Heron Census Accord” signed?",
        "What does “Heron Census Accord” say about “Aims of the heron census”?",
    )


def test_what_the_answer_quotes_is_not_offered() -> None:
    made = offered(answered((1, 300, 390), (1, 200, 250)))
    assert not any("Ending" in question or "Money" in question or "remain" in question for question in made)
    assert made[0] == "What does “Heron Census Accord” say about “Aims of the heron census”?"


def test_a_summary_is_not_followed_by_one_of_the_same_paper() -> None:
    assert not any("Summarise" in question for question in offered(answered((1, 0, 50), skill="summary")))


@pytest.mark.parametrize("left", [[paper(2)], [paper(2), paper(1, version=2)], [paper(2), paper(1, state="rejected")]])
def test_a_paper_that_the_reader_may_not_see_or_that_changed_is_not_spoken_of(left: list[DocumentInfo]) -> None:
    looked: list[int] = []

    def headings(number: int, *_span: int) -> list[Block]:
        looked.append(number)
        return outline("en")

    assert followups(answered((1, 0, 50), (2, 0, 50)), (), left, headings, lambda _paper: KNOWN)
    assert looked == [2]
    assert followups(answered((1, 0, 50)), (), left, headings, lambda _paper: KNOWN) == ()


def test_a_fact_that_is_not_known_or_of_a_newspaper_is_not_asked() -> None:
    assert not any("force" in one or "signed" in one for one in offered(answered((1, 0, 50)), facts=()))
    assert not any("signed" in one for one in offered(answered((1, 0, 50)), papers=[paper(kind="news")]))


@pytest.mark.parametrize("skill", ["chat", "clarify", "decline"])
def test_nothing_is_offered_under_talk_a_question_back_or_a_refusal(skill: str) -> None:
    assert offered(answered((1, 0, 50), skill=skill)) == ()
    assert offered(answered((1, 0, 50), refusal=Refusal("not_in_documents", "no"))) == ()
    assert offered(answered()) == ()


def test_a_paper_that_goes_meanwhile_offers_nothing() -> None:
    def gone(*_any: object) -> list[Block]:
        raise UnknownDocumentError("No such document.")

    assert followups(answered((1, 0, 50)), (), [paper()], gone, lambda _paper: KNOWN) == ()


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("II. Areas of work", "Areas of work"),
        ("2.1 Areas of work", "Areas of work"),
        ("3 Areas of work", "Areas of work"),
        ("2.1. Areas of work", "Areas of work"),
        ("Article IV Areas of work", "Areas of work"),
        ("(b) Areas of work", "Areas of work"),
        ("Areas of work", "Areas of work"),
        ("Agenda 2030 works", "Agenda 2030 works"),
        ("第十二条　費用", "費用"),
        ("Areas " * 20, None),
        ("12", None),
    ],
)
def test_a_heading_is_asked_for_without_its_number(heading: str, said: str | None) -> None:
    blocks = [Block(1, "heading", (heading,), "", 400, 420, "en")]
    made = followups(answered((1, 0, 50)), (), [paper(kind="other")], lambda *_span: blocks, lambda _paper: ())
    assert [one for one in made if "say about" in one] == ([f"What does “Heron Census Accord” say about “{said}”?"] if said else [])


def test_it_takes_no_time() -> None:
    many = outline("en") * 2_000
    started = time.perf_counter()
    for _ in range(5):
        followups(answered((1, 120, 180)), (), [paper()] * 1_000, lambda *_span: many, lambda _paper: KNOWN)
    assert (time.perf_counter() - started) / 5 < 0.2  # 4 ms on an idle machine
