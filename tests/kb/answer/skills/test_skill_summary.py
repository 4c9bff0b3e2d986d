"""A summary: so many points as are wanted, each a quote under a label that the reader can read, of papers in four languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from ingest.records import Block, Role
from kb.answer.presentation.quote_glosses import spelled_in, spellings, written_in
from kb.answer.quotation.citation_builder import SkillResult
from kb.answer.skills.summaries.salience import aspects_of
from kb.answer.skills.summaries.summary import summary
from kb.answer.skills.summaries.summary_sentences import MOST, sentences_in
from kb.errors import UnknownDocumentError
from kb.ports import Ports
from kb.records import Block as Laid
from kb.records import FactView, Hit, SearchResult
from lang.languages import Language
from prompts.phrases import phrase
from tests.kb.make import base
from tests.kb.summary_papers import make, paper, ports_of, wanted
from tests.once import copied, once


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    home = once(tmp_path_factory, "skills", make) / "home"
    with base(copied(home, tmp_path_factory.mktemp("summary") / "home")) as kb:
        yield ports_of(kb)


def points(made: SkillResult | None) -> Laid:
    assert made is not None
    return next(block for block in made.blocks if block.kind == "points")


def lines(made: SkillResult | None) -> list[str]:
    return [row[1].text for row in points(made).rows]


def labels(made: SkillResult | None) -> list[str]:
    return [row[0].text for row in points(made).rows]


def texts(made: SkillResult | None) -> list[str]:
    assert made is not None
    return [block.text for block in made.blocks if block.kind == "text"]


def cited(made: SkillResult | None) -> set[int]:
    assert made is not None
    return {citation.document_id for statement in made.statements for citation in statement.citations}


@pytest.mark.parametrize(
    ("name", "language", "most"),
    [("lanterns.md", "en", 5), ("okihama.txt", "ja", 3), ("samjhauta.md", "hi", 4), ("paripatrak.md", "mr", 4), ("lanterns.md", "hi", 2)],
)
def test_it_has_so_many_short_points_each_quoted_from_the_paper(ports: Ports, name: str, language: Language, most: int) -> None:
    of = paper(ports, name)
    made = summary(wanted("summary", language, of, points=most), ports)
    assert made is not None
    assert len(points(made).rows) == most
    for row in points(made).rows:
        assert row[1].cited
        assert len(row[1].text) <= MOST + 8
        assert all(made.statements[at].text in ports.text(of.id, of.version) for at in row[1].cited)
    spans = sorted((s.citations[0].start, s.citations[0].end) for s in made.statements)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_the_points_of_a_report_are_its_sections_by_their_headings_with_the_figures(ports: Ports) -> None:
    made = summary(wanted("summary", "en", paper(ports, "lanterns.md")), ports)
    assert len(labels(made)) == 6
    assert {"Cost", "Results", "What was done"} <= set(labels(made))
    told = " ".join(lines(made))
    assert all(said in told for said in ("18 million yen", "34 per cent", "64 solar lanterns"))
    assert "@" not in told


def test_the_figures_of_a_point_are_marked(ports: Ports) -> None:
    made = summary(wanted("summary", "en", paper(ports, "lanterns.md")), ports)
    assert made is not None
    cost = next(s for s in made.statements if "18 million" in s.text)
    assert [cost.text[a:b] for a, b in cost.marks] == ["18 million yen", "60 per cent"]


def test_news_begins_with_what_happened(ports: Ports) -> None:
    made = summary(wanted("summary", "en", paper(ports, "okihama.txt"), points=3), ports)
    assert lines(made)[0].startswith("沖浜市は5日")


def test_an_agreement_names_its_parties_first_and_not_its_signing_line(ports: Ports) -> None:
    made = summary(wanted("summary", "hi", paper(ports, "samjhauta.md")), ports)
    assert labels(made)[0] == "पक्षकार"
    assert {"तटपुर नगर निगम", "ओकिहामा नगर"} == set(lines(made)[0].split("; "))
    assert not any("हस्ताक्षरित" in line for line in lines(made))
    assert any("चार वर्ष" in line for line in lines(made))


def test_a_form_above_the_text_is_no_point(ports: Ports) -> None:
    assert not any("प्रेषक" in line for line in lines(summary(wanted("summary", "mr", paper(ports, "paripatrak.md"), points=9), ports)))


def test_a_short_paper_has_as_many_points_as_it_has_sentences(ports: Ports) -> None:
    assert len(lines(summary(wanted("summary", "hi", paper(ports, "samaroh.md"), points=5), ports))) == 2


def test_a_reader_of_another_language_gets_labels_values_and_terms_in_it_and_is_told_the_language_of_the_paper(ports: Ports) -> None:
    made = summary(wanted("summary", "hi", paper(ports, "lanterns.md")), ports)
    assert any("अंग्रेज़ी" in line for line in texts(made))
    cost = next(row for row in points(made).rows if "18 million yen" in row[1].text)
    assert cost[0].text == "लागत और धन"
    assert all(said in cost[2].text for said in ("1.8 करोड़ येन", "60 प्रतिशत"))
    assert cost[2].cited == cost[1].cited


def test_the_version_in_the_readers_language_is_told_instead(ports: Ports) -> None:
    english, hindi = paper(ports, "lanterns.md"), paper(ports, "samjhauta.md")
    both = replace(ports, parallels=lambda: [frozenset({english.id, hindi.id})])
    made = summary(wanted("summary", "hi", english), both)
    assert cited(made) == {hindi.id}
    both_named = summary(wanted("summary", "en", english, hindi), both)
    assert cited(both_named) == {english.id}


def test_points_are_shared_among_papers(ports: Ports) -> None:
    made = summary(wanted("summary", "en", paper(ports, "lanterns.md"), paper(ports, "paripatrak.md"), points=5), ports)
    assert made is not None
    assert [len(block.rows) for block in made.blocks if block.kind == "points"] == [3, 2]


def test_of_a_matter_what_speaks_to_it_comes_first(ports: Ports) -> None:
    cost = summary(wanted("summary", "en", paper(ports, "lanterns.md"), matter="what it cost and who paid", points=2), ports)
    assert "18 million yen" in lines(cost)[0]
    theft = summary(wanted("summary", "en", paper(ports, "lanterns.md"), matter="theft and damage", points=2), ports)
    assert "stolen" in lines(theft)[0]


def test_a_matter_without_papers_is_told_from_those_that_speak_to_it(ports: Ports) -> None:
    made = summary(wanted("summary", "mr", matter="शाळांतील विहिरींचे कठडे"), ports)
    assert made is not None
    assert made.statements[0].citations[0].document_id == paper(ports, "paripatrak.md").id
    assert "शाळांतील विहिरींचे कठडे" in made.blocks[0].text


def test_without_papers_and_matter_there_is_none(ports: Ports) -> None:
    assert summary(wanted("summary", "en"), ports) is None


def test_papers_that_went_meanwhile_or_may_not_be_seen_give_nothing(ports: Ports) -> None:
    def gone(_document: int, _version: int) -> str:
        raise UnknownDocumentError("gone")

    of = paper(ports, "lanterns.md")
    assert summary(wanted("summary", "en", of), replace(ports, text=gone, outline=lambda *_: ())) is None
    hit = Hit(
        rank=1, score=1.0, channels={}, chunk=1, document_id=of.id, document="", source="", version=1, kind="report", language="en",
        date=None, page=1, page_label="1", path=(), start=0, end=9, text="lanterns",
    )  # fmt: skip
    unseen = replace(ports, papers=lambda: (), search=lambda query, _k, _filters: SearchResult(query, "en", (hit,), 1.0))
    assert summary(wanted("summary", "en", matter="lanterns"), unseen) is None


def test_the_first_line_says_what_the_paper_is_and_that_a_person_corrected_it(ports: Ports) -> None:
    of = replace(paper(ports, "okihama.txt"), publisher="沖浜新報", date=date(2026, 2, 6))
    fact = FactView("publisher", "沖浜新報", origin="person")
    made = summary(wanted("summary", "mr", of, points=2), replace(ports, facts=lambda _document: (fact,)))
    assert texts(made)[0].endswith("प्रकाशन: 沖浜新報 · दि. ६ फेब्रुवारी २०२६")
    assert any("दुरुस्त" in line and "沖浜新報" in line for line in texts(made))


def test_a_time_of_which_only_a_part_can_be_read_is_left_out() -> None:
    assert "2 hours" not in written_in("2時間10分に延びた。", "ja", "en")


def test_a_name_is_given_as_a_paper_in_the_readers_language_spells_it(ports: Ports) -> None:
    known = spellings(["沖浜市は灯台を公開する。"], "ja", "hi", ports)
    assert set(known.values()) <= {"ओकिहामा"}
    english = spellings(["The mayors of Okihama and Tatpur met in Westbay."], "en", "hi", ports)
    assert english == {"Okihama": "ओकिहामा", "Tatpur": "तटपुर"}
    assert spelled_in("A gift from Okihama.", "en", english) == ("ओकिहामा",)
    assert spellings(["The mayors of Okihama met."], "en", "ja", ports) == {}


def test_a_row_that_names_its_columns_is_told_and_one_that_does_not_is_not() -> None:
    rows = ("Task: mend the rails · By: the Harbour Board · Deadline: 4 May 2026", "Rails\t14\t22", "It was cold. It was wet. It was dark.")
    text = "\n".join(rows)
    starts = [text.index(row) for row in rows]
    roles: tuple[Role, ...] = ("table_row", "table_row", "paragraph")
    outline = [Block(1, role, ("Work",), "", at, at + len(row), "en") for role, at, row in zip(roles, starts, rows, strict=True)]
    assert [s.text for s in sentences_in(text, outline, "en")][:1] == [rows[0]]
    assert not any("\t" in s.text for s in sentences_in(text, outline, "en"))


def test_on_a_matter_too_labels_are_those_of_the_kind_of_paper(ports: Ports) -> None:
    of = paper(ports, "samjhauta.md")
    told = labels(summary(wanted("summary", "en", of, matter="for how long and how it ends", points=3), ports))
    kind = {phrase(f"summary.aspect.{aspect.name}", "en") for aspect in aspects_of("agreement")}
    assert set(told) <= kind | {phrase("summary.aspect.other", "en")}
    assert kind & set(told)
