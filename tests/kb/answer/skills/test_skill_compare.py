"""Papers side by side: matters by papers, quoted from both, with what can be counted told above."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.answer.skills.comparison.comparison import _told_apart, about_the_matter, compare
from kb.answer.skills.tables.cell_values import Value
from lang.languages import Language
from tests.kb.make import base, document
from tests.kb.skill_papers import asked, check, fill, named, ports_of, rows


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("compare")
    with base(folder / "home") as kb:
        fill(kb, folder / "papers")
        yield kb


def test_two_agreements_on_the_standard_matters(held: KnowledgeBase) -> None:
    papers = named(held, "ferry-en.md", "archive-ja.md")
    made = compare(asked("Compare the two", "en", "", papers), ports_of(held))
    assert made is not None
    check(made, held)
    told = {row[0].text: row[1].text for block in made.blocks if block.kind == "points" for row in block.rows}
    assert told["Signed on"] == "different: 14 March 2024 / 20 August 2023"
    assert told["Term"] == "different: 5 years / 2 years"
    assert told["How it ends"] == "about as long, counted otherwise: 3 months / 90 days"
    shown = {row[0]: row[1:] for row in rows(made)}
    assert shown["Legally binding"] == ["This Memorandum does not create legally binding obligations.", "says nothing"]
    assert {statement.citations[0].document_id for statement in made.statements} == {paper.id for paper in papers}
    verdicts = [row[1] for block in made.blocks if block.kind == "points" for row in block.rows]
    assert all({made.statements[at].citations[0].document_id for at in cell.cited} == {p.id for p in papers} for cell in verdicts)


def test_a_day_that_a_newspaper_gives_otherwise(held: KnowledgeBase) -> None:
    papers = named(held, "ferry-hi.md", "news-mr.md")
    made = compare(asked("दोन्हींत हीच तारीख आहे का?", "mr", "करारावर सही कोणत्या दिवशी झाली", papers), ports_of(held))
    assert made is not None
    (verdict,) = [row for block in made.blocks if block.kind == "points" for row in block.rows]
    assert verdict[1].text == "वेगवेगळे: १४ मार्च २०२४ / १५ मार्च २०२४"
    assert "१५ मार्च २०२४" in rows(made)[0][2]


def test_the_same_interval_in_two_languages(held: KnowledgeBase) -> None:
    papers = named(held, "ferry-en.md", "news-mr.md")
    made = compare(asked("Is it the same in the news?", "en", "how often does the ferry sail", papers), ports_of(held))
    assert made is not None
    verdict, signed = [row for block in made.blocks if block.kind == "points" for row in block.rows]
    assert signed[0].text == "14 March 2024 / १५ मार्च २०२४"  # told of an agreement and its newspaper whatever is asked
    assert verdict[1].text == "the same in all: 40 minutes"
    assert "minutes" in made.statements[0].text  # what nobody asked for is quoted last
    assert "signed" in made.statements[-2].text.casefold()
    assert "नौका दर चाळीस मिनिटांनी सुटेल." in rows(made)[0][2]
    assert "40 minutes" in rows(made)[0][2]


def test_several_matters_are_several_rows(held: KnowledgeBase) -> None:
    papers = named(held, "ferry-en.md", "archive-ja.md")
    made = compare(asked("比べてください", "ja", "有効期間と終了", papers), ports_of(held))
    assert made is not None
    assert [row[0] for row in rows(made)] == ["期間", "終了"]
    assert rows(made)[0][1:] == ["5年", "2年"]


def test_versions_of_one_text_can_be_compared(held: KnowledgeBase) -> None:
    made = compare(asked("Compare them", "en", "term", named(held, "ferry-en.md", "ferry-hi.md")), ports_of(held))
    assert made is not None
    (verdict,) = [row for block in made.blocks if block.kind == "points" for row in block.rows]
    assert verdict[1].text == "the same in all: 5 years"


def test_one_paper_alone_is_not_compared(held: KnowledgeBase) -> None:
    made = compare(asked("Xyz", "en", "", named(held, "frost-en.md")), ports_of(held))
    assert made is None or len({s.citations[0].document_id for s in made.statements}) > 1


def test_a_matter_on_which_both_are_silent_is_refused(held: KnowledgeBase) -> None:
    papers = named(held, "frost-en.md", "archive-ja.md")
    made = compare(asked("Compare them on zeppelin mooring masts", "en", "zeppelin mooring masts", papers), ports_of(held))
    assert made is not None
    assert made.refusal is not None
    assert "zeppelin mooring masts" in made.refusal.message


def test_what_differs_in_stretches_of_one_wording_is_told(tmp_path: Path) -> None:
    clause = "The Members will meet in person on a {} basis to discuss the upkeep of the lighthouse and its lamp."
    with base(tmp_path) as kb:
        kb.ingest_documents(
            [
                document("north", "en", "agreement", (clause.format("monthly"), "The lamp belongs to the guild.")),
                document("south", "en", "agreement", (clause.format("yearly"), "The lamp belongs to the guild.")),
            ]
        )
        north, south = sorted(kb.documents(), key=lambda paper: paper.title)
        made = compare(asked("Is it the same in the other?", "en", "how often do the Members meet", (north, south)), ports_of(kb))
        assert made is not None
        (verdict,) = [row for block in made.blocks if block.kind == "points" for row in block.rows]
        assert verdict[1].text == "not the same; the wording differs in: “monthly” / “yearly”"
        made = compare(asked("And the lamp?", "en", "lamp belongs", (north, south)), ports_of(kb))
        assert made is not None
        (verdict,) = [row for block in made.blocks if block.kind == "points" for row in block.rows]
        assert verdict[1].text == "the same, word for word"


def test_days_without_a_year_and_lengths_in_other_units() -> None:
    def told(one: set[Value], other: set[Value], *, dates: bool = False) -> str:
        return _told_apart([frozenset(one), frozenset(other)], dates=dates)[0]

    assert told({("date", "--03-14")}, {("date", "2024-03-14")}) == "same"
    assert told({("date", "--03-15")}, {("date", "2024-03-14")}) == "different"
    assert told({("month", "6")}, {("day", "180")}) == "close"
    assert told({("month", "6")}, {("day", "90")}) == "different"
    assert told({("INR", "45000000")}, {("INR", "45000000"), ("", "3")}) == "same"
    assert told({("INR", "1")}, {("JPY", "1")}) == ""
    assert told({("day", "1"), ("date", "2024-03-14")}, {("day", "1"), ("date", "2024-03-15")}, dates=True) == "different"


@pytest.mark.parametrize(
    ("language", "message", "matter", "said"),
    [
        (
            "en",
            "If we want to leave early: how does Norrvik's pact differ?",
            "want to leave early differ",
            "want to leave early",
        ),
        ("hi", "दमकल वाले टेंडर और जल वाले टेंडर में फ़ीस और बयाना राशि की तुलना करो", "दमकल और फ़ीस और बयाना राशि", "फ़ीस और बयाना राशि"),
        ("en", "Compare the two pacts", "", ""),
    ],
)
def test_the_phrase_that_says_what_is_compared_is_looked_up(language: Language, message: str, matter: str, said: str) -> None:
    assert about_the_matter(message, matter, language) == said
