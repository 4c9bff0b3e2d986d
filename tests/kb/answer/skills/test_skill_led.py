"""What a skill makes of a matter stands below the stretches that answer by themselves, and a paper's own summary is told first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from kb.answer.presentation.rendering import answer_text, shown_apart
from kb.answer.query_understanding.question import MAY_ASK
from kb.answer.quotation.citation_builder import SkillResult
from kb.answer.skills.lookup import in_one_place, of_one_day, on_matter, with_quotes
from kb.answer.skills.summaries.boilerplate import sums_up
from kb.answer.skills.summaries.summary import summary
from kb.embed.cross_encoders import Reading
from kb.ports import Ports
from kb.records import Answer, Block, Cell, Statement, Timings
from tests.kb.make import base
from tests.kb.summary_papers import paper, ports_of, wanted
from tests.once import copied, once

BOATS = """# Evaluation of the Reading Boats of Velipur

Prepared for the City of Velipur by the School of Letters.

## Summary

Nine boats lent 41,200 books in two years to villages without a library. A loan cost Rs 14. We advise a tenth boat and a longer summer.

## 1. How it worked

Each boat called at twelve landings every fortnight. Two clerks kept the register by hand, and the steersman told children of new books.

## 2. Duties of the steersman

The steersman must check the life jackets before each trip; he must not sail after sunset; he must report a leak to the clerk at once.

## 3. Results

Of 3,140 members 58 per cent were under sixteen. Losses stood at 2 per cent of the stock.

## 4. Cost

The boats cost Rs 61 lakh to build and Rs 11 lakh a year to run.

## 5. Start of service

The reading boats have been in service since 3 May 2021, when the first boat sailed from Velipur.
"""
OWN = BOATS.split("\n\n")[3]


def make(folder: Path) -> None:
    (folder / "papers").mkdir()
    (folder / "papers" / "boats.md").write_text(BOATS, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=folder / "home")) as kb:
        assert not kb.ingest([folder / "papers"]).rejected


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    home = once(tmp_path_factory, "led", make) / "home"
    with base(copied(home, tmp_path_factory.mktemp("led") / "home")) as kb:
        yield ports_of(kb)


@pytest.fixture
def made(ports: Ports) -> SkillResult:
    """What is told of the cost alone."""
    found = summary(wanted("summary", "en", paper(ports, "boats.md"), text="what the boats cost", matter="what the boats cost"), ports)
    assert found is not None
    cost = next(at for at, statement in enumerate(found.statements) if "61 lakh" in statement.text)
    return SkillResult((found.statements[cost],), (Block("points", rows=((Cell("Cost"), Cell(found.statements[cost].text, (0,))),)),))


def test_the_stretch_that_answers_stands_above_what_a_skill_lists(ports: Ports, made: SkillResult) -> None:
    question = wanted("obligations", "en", paper(ports, "boats.md"), text="?", matter="what must the steersman do")
    led = with_quotes(made, question, ports)
    assert "check the life jackets" in led.statements[0].text
    assert led.blocks[0].kind == "quotes"
    shown = [[statement.text for statement in _cited(led, block)] for block in led.blocks]
    assert shown[0][0] == led.statements[0].text
    assert shown[-1] == ["The boats cost Rs 61 lakh to build and Rs 11 lakh a year to run."]
    answer = Answer("?", "en", "extractive", led.statements, None, Timings(0, 0, 0), blocks=led.blocks, skill="obligations")
    text = answer_text(answer)
    assert text.index("life jackets") < text.index("61 lakh")
    assert text.count("life jackets") == 1
    assert not shown_apart(answer)


def test_what_the_skill_shows_already_is_not_shown_twice(ports: Ports, made: SkillResult) -> None:
    question = wanted("obligations", "en", paper(ports, "boats.md"), text="?", matter="how much did it cost to build the boats")
    whole = replace(made, statements=(with_quotes(made, question, ports).statements[0],))
    again = with_quotes(whole, question, ports)
    assert sum("61 lakh" in statement.text for statement in again.statements) == 1


def test_of_papers_as_a_whole_nothing_stands_above_what_a_skill_makes(ports: Ports, made: SkillResult) -> None:
    of = paper(ports, "boats.md")
    assert with_quotes(made, wanted("obligations", "en", of), ports) == made
    assert with_quotes(made, replace(wanted("summary", "en", of, matter="the boats"), of_matter=0.2), ports) == made
    assert with_quotes(made, wanted("draft", "en", of, matter="what must the steersman do"), ports) == made


def test_what_is_laid_out_and_may_be_a_question_has_the_answer_below_it(ports: Ports, made: SkillResult) -> None:
    question = replace(wanted("table", "en", paper(ports, "boats.md"), matter="what must the steersman do"), sure=MAY_ASK / 2)
    below = with_quotes(made, question, ports)
    assert below.statements[0] == made.statements[0]
    assert below.blocks == made.blocks
    assert any("life jackets" in statement.text for statement in below.statements[1:])


@pytest.mark.parametrize(("odds", "alone"), [(6.0, True), (-6.0, False)])
def test_one_passage_that_surely_answers_is_the_answer(ports: Ports, odds: float, alone: bool) -> None:
    question = wanted("obligations", "en", paper(ports, "boats.md"), matter="What does it cost to run the boats?")
    read = replace(ports, reads=lambda _question, passages: [Reading(odds, 0, len(text)) for _, text in passages])
    assert on_matter(question)
    assert in_one_place(question, read) is alone


def test_a_papers_own_summary_is_its_first_point_and_is_told_once(ports: Ports) -> None:
    told = summary(wanted("summary", "en", paper(ports, "boats.md")), ports)
    assert told is not None
    rows = next(block.rows for block in told.blocks if block.kind == "points")
    assert [cell.text for cell in rows[0]] == ["Summary", OWN]
    assert told.statements[0].text == OWN
    assert not any("41,200" in row[1].text for row in rows[1:])


@pytest.mark.parametrize("heading", ["EXECUTIVE SUMMARY", "सारांश", "थोडक्यात", "要旨", "Key findings"])
def test_headings_below_which_a_paper_sums_itself_up(heading: str) -> None:
    assert sums_up(heading)
    assert not sums_up("Results")


def _cited(made: SkillResult, block: Block) -> list[Statement]:
    return [made.statements[at] for row in block.rows for cell in row for at in cell.cited]


def test_quotes_stand_below_a_comparison_that_says_what_differs(ports: Ports, made: SkillResult) -> None:
    question = wanted("compare", "en", paper(ports, "boats.md"), matter="what must the steersman do")
    told = with_quotes(made, question, ports)  # its block of points is what such a comparison begins with
    assert told.statements[0] == made.statements[0]
    assert told.blocks == made.blocks
    table = replace(made, blocks=(replace(made.blocks[0], kind="table"),))
    assert with_quotes(table, question, ports).blocks[0].kind == "quotes"
    beside = replace(made, blocks=(*table.blocks, *made.blocks))  # it says so last, unasked
    assert with_quotes(beside, question, ports).blocks[0].kind == "quotes"


@pytest.mark.parametrize(
    ("message", "one"),
    [
        ("Since when have the reading boats been in service?", True),
        ("When was each step of the boats taken, in order?", False),
        ("When does the volcano of Osmir erupt?", False),
    ],
)
def test_what_only_asks_when_is_looked_up_where_a_passage_surely_answers(ports: Ports, message: str, one: bool) -> None:
    asked = wanted("timeline", "en", paper(ports, "boats.md"), text=message, matter="boats")
    asked = replace(asked, asked=message)
    assert of_one_day(asked, ports) is one
    assert not of_one_day(replace(asked, skill="obligations"), ports)
