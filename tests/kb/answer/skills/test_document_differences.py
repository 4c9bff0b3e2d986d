"""On what an agreement and a newspaper differ, and which papers are meant by their kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.answer.document_selection.document_filters import matter_left
from kb.answer.quotation.citation_builder import Evidence
from kb.answer.skills.comparison.comparison import compare
from kb.answer.skills.comparison.document_differences import apart, asks_what_differs, of_each_kind, without_asking
from tests.kb.make import base, document
from tests.kb.skill_papers import FERRY_EN, asked, check, lines, ports_of

PACT = (
    "Under this Agreement 40 divers will be trained at the pearl school of Osmir.",
    "The first course of the pearl school will begin on 4 March 2024.",
)
NEWS = (
    "Under the agreement 55 divers will be trained at the pearl school of Osmir.",
    "The first course of the pearl school will begin on 9 April 2024.",
    "“We have 48 divers in our village,” said a fisher.",
    "Last year the town of Belt spent 70 crowns on lamps.",
)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base(tmp_path_factory.mktemp("apart")) as kb:
        kb.ingest_documents([document("pearls", "en", "agreement", PACT), document("gazette", "en", "news", NEWS)])
        kb.ingest_documents([document("goats", "en", "agreement", ("The goats are counted on 1 May 2024.",))])
        kb.ingest_documents([document("herald", "en", "news", ("The bridge of Lome was painted green.",))])
        yield kb


def test_values_of_one_thing_are_set_against_each_other_and_no_others(held: KnowledgeBase) -> None:
    ports = ports_of(held)
    pact, news = (next(p for p in held.documents() if p.title == name) for name in ("pearls", "gazette"))
    found = apart(pact, news, ports, Evidence(ports))
    said = {(pair.one.text[slice(*pair.ours)], pair.other.text[slice(*pair.theirs)]) for pair in found}
    assert said == {("40", "55"), ("4 March 2024", "9 April 2024")}


def test_the_paper_of_each_kind_that_fits_is_compared_and_the_signed_text_leads(held: KnowledgeBase) -> None:
    question = asked("What differs between the agreement and the newspaper on the pearl school?", "en")
    sides = of_each_kind(question, held.documents(), ports_of(held))
    assert sorted(side.papers[0].title for side in sides) == ["gazette", "pearls"]
    made = compare(question, ports_of(held))
    assert made is not None
    check(made, held)
    (block,) = [block for block in made.blocks if block.kind == "table"]
    assert block.columns == ("pearls", "gazette")
    assert "The signed text is the one that holds" in lines(made)
    assert all(cell.cited for row in block.rows for cell in row)


def test_a_paper_of_neither_kind_that_was_found_as_well_leaves_no_kind_out(held: KnowledgeBase) -> None:
    pact = next(paper for paper in held.documents() if paper.title == "pearls")
    other = replace(pact, id=pact.id + 1000, kind="other", title="tanks")
    question = asked("What differs between the agreement and the newspaper on the pearl school?", "en", "", (pact, other))
    assert sorted(side.papers[0].title for side in of_each_kind(question, held.documents(), ports_of(held))) == ["gazette", "pearls"]


def test_one_kind_chooses_none(held: KnowledgeBase) -> None:
    assert of_each_kind(asked("Compare the agreements", "en"), held.documents(), ports_of(held)) == []


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Where do they disagree?", True), ("दोनों में क्या फ़र्क़ है?", True), ("दोन्हींत काय फरक आहे?", True), ("食い違っている点は何ですか", True),
        ("Which paper is the newest?", False),
    ],
)  # fmt: skip
def test_it_is_told_that_differences_are_asked_for(text: str, asks: bool) -> None:
    assert asks_what_differs(text) is asks


def test_what_only_asks_what_differs_is_no_matter() -> None:
    assert not matter_left(without_asking("लिखा है और में जो छपा"))
    assert matter_left(without_asking("the notice period"))


def test_the_term_of_an_agreement_is_set_against_what_a_newspaper_says_of_it(tmp_path: Path) -> None:
    (tmp_path / "ferry.md").write_text(FERRY_EN, encoding="utf-8")
    with base(tmp_path / "home") as kb:
        kb.ingest([tmp_path / "ferry.md"])
        news = ("The mayors signed a seven-year agreement on the ferry in the old hall.", "The hall was built forty years ago.")
        kb.ingest_documents([document("gazette", "en", "news", news)])
        ports = ports_of(kb)
        gazette = next(paper for paper in kb.documents() if paper.title == "gazette")
        pact = next(paper for paper in kb.documents() if paper.kind == "agreement")
        found = apart(gazette, pact, ports, Evidence(ports))
        said = [(pair.one.text[slice(*pair.ours)], pair.other.text[slice(*pair.theirs)]) for pair in found]
        assert said[0] == ("seven-year", "five years")


def _told(kb: KnowledgeBase) -> set[tuple[str, str]]:
    """What the paper called pact and the paper called gazette say otherwise."""
    pact, news = (next(p for p in kb.documents() if p.title == name) for name in ("pact", "gazette"))
    found = apart(pact, news, ports_of(kb), Evidence(ports_of(kb)))
    return {(pair.one.text[slice(*pair.ours)], pair.other.text[slice(*pair.theirs)]) for pair in found}


def test_the_day_of_signing_is_set_against_the_day_a_newspaper_gives(tmp_path: Path) -> None:
    (tmp_path / "ferry.md").write_text(FERRY_EN, encoding="utf-8")
    said = "नव्या सभागृहात {} मार्च रोजी झालेल्या कार्यक्रमात करारावर स्वाक्षऱ्या झाल्या."
    with base(tmp_path / "home") as kb:
        kb.ingest([tmp_path / "ferry.md"])
        kb.ingest_documents([document(day, "mr", "news", (said.format(day), "उद्यान १ जून २०२४ रोजी उघडेल.")) for day in ("१५", "१४")])
        ports, papers = ports_of(kb), {paper.title: paper for paper in kb.documents()}
        pact = next(paper for paper in papers.values() if paper.kind == "agreement")
        found = {day: apart(pact, papers[day], ports, Evidence(ports)) for day in ("१५", "१४")}
    told = [(pair.one.text[slice(*pair.ours)], pair.other.text[slice(*pair.theirs)]) for pair in found["१५"]]
    assert told == [("14 March 2024", "१५ मार्च")]
    assert not found["१४"]


def test_a_number_is_known_to_the_other_paper_only_where_it_counts_the_same(tmp_path: Path) -> None:
    pact = ("Under this Agreement 8 divers a year will be trained at the pearl school.",)
    news = ("Under the agreement 6 divers a year will be trained at the pearl school.", "The pearl school has 8 boats.")
    with base(tmp_path) as kb:
        kb.ingest_documents([document("pact", "en", "agreement", pact), document("gazette", "en", "news", news)])
        assert _told(kb) == {("8", "6")}


def test_a_rule_and_what_was_agreed_speak_of_one_thing_where_all_else_is_the_same(tmp_path: Path) -> None:
    pact, news = "応援職員の派遣期間は、1回につき7日以内とする。", "応援職員の派遣期間は1回につき10日以内とされた。"
    with base(tmp_path) as kb:
        kb.ingest_documents([document("pact", "ja", "agreement", (pact,)), document("gazette", "ja", "news", (news,))])
        assert _told(kb) == {("7日", "10日")}
