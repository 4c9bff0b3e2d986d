"""Which paper a request means: by what a search finds for it, in another language, not by words of its title alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kb import Filters, KnowledgeBase
from kb.answer.document_selection import document_linking
from kb.answer.document_selection.document_linking import FEATURES, MEANT, features, likely, request_parts
from kb.answer.document_selection.document_mentions import named_papers
from kb.answer.document_selection.language_versions import texts_of
from kb.answer.query_understanding.question import matter_of, understand
from kb.answer.skills.obligations.obligations import obligations
from kb.answer.skills.tables.table import table
from kb.answer.skills.timeline.timeline import timeline
from lang.languages import Language
from tests.kb.make import base, document
from tests.kb.skill_papers import asked, fill, named, ports_of

WELLS = """# वाळकेवाडी ग्रामपंचायत: विहिरींच्या पाहणीचा अहवाल

## पाहणी

मार्च 2025 मध्ये अकरा विहिरींची पाहणी करण्यात आली. चार विहिरी कोरड्या आढळल्या. पाण्याची पातळी सरासरी तीन मीटरने घटली आहे.

## मोजमाप

| विहीर | खोली | पाणी |
|---|---|---|
| शिवारातील विहीर | 14 मीटर | 2 मीटर |
| देवळामागची विहीर | 9 मीटर | कोरडी |

## पुढील कामे

सरपंचांनी 15 मे 2025 पर्यंत गाळ काढून घ्यावा. भूजल विभागाने 30 जून 2025 पर्यंत पुन्हा मोजणी करावी. ग्रामसेवकांनी दरमहा पातळी नोंदवावी.
"""
BUS = """Circular on concession passes for town buses

1. Students and persons above 65 may buy a monthly pass at half the fare.
2. Depot managers shall issue the pass within three days of the application.
3. The pass shall not be lent to anybody.
4. Passengers shall return a pass that has run out to the depot.
"""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("meant")
    with base(folder / "home") as kb:
        fill(kb, folder / "papers")
        (folder / "more").mkdir()
        (folder / "more" / "wells-mr.md").write_text(WELLS, encoding="utf-8")
        (folder / "more" / "bus-en.txt").write_text(BUS, encoding="utf-8")
        kb.ingest([folder / "more"])
        yield kb


def first(kb: KnowledgeBase, text: str, language: Language, *, parted: bool = False) -> list[tuple[set[str], float]]:
    ports = ports_of(kb).for_one_question()
    papers = list(ports.papers())
    named = named_papers(text, language, papers, ports.known_by())
    found = likely(text, matter_of(text, language, named), named, papers, texts_of(papers, ports), Filters(), ports, parted=parted)
    files = {paper.id: Path(paper.source).name for paper in papers}
    return [({files[at] for at in text}, chance) for text, chance in found.items()]


@pytest.mark.parametrize(
    ("text", "language", "file"),
    [
        ("Give me the survey of the village wells in five lines", "en", "wells-mr.md"),
        ("井戸の調査の報告をまとめて", "ja", "wells-mr.md"),
        ("गाँव के कुओं की जाँच में क्या निकला, सार दो", "hi", "wells-mr.md"),
        ("सवलतीच्या बस पासचं परिपत्रक थोडक्यात सांगा", "mr", "bus-en.txt"),
    ],
)
def test_a_paper_is_meant_by_its_matter_in_another_language(held: KnowledgeBase, text: str, language: Language, file: str) -> None:
    (files, chance), *_ = first(held, text, language)
    assert file in files
    assert chance >= MEANT


def test_a_comparison_means_two_papers(held: KnowledgeBase) -> None:
    (one, _), (other, _), *_ = first(held, "Compare the wells survey with the bus pass circular", "en", parted=True)
    assert one | other == {"wells-mr.md", "bus-en.txt"}


def test_a_comparison_is_of_the_two_texts_that_are_surely_meant_whatever_kinds_it_names(held: KnowledgeBase) -> None:
    question = "Compare the wells survey with the bus pass circular on the notice that is given"
    ports = held._ports().for_one_question()
    wanted = understand(question, question, "en", (), Filters(), ports)
    assert wanted.skill == "compare"
    assert wanted.settled
    assert {Path(paper.source).name for paper in wanted.papers} == {"wells-mr.md", "bus-en.txt"}


def test_a_paper_that_is_surely_meant_is_taken_though_its_words_are_of_another_language(held: KnowledgeBase) -> None:
    for question, language in (("Give me the survey of the village wells in five lines", "en"), ("井戸の調査の測定結果を表にして", "ja")):
        wanted = understand(question, question, language, (), Filters(), held._ports().for_one_question())  # type: ignore[arg-type]
        assert [Path(paper.source).name for paper in wanted.papers] == ["wells-mr.md"], question


def test_what_parts_a_comparison() -> None:
    assert request_parts("漏水の協定と看護研修の合意書を比べて")[:2] == ["漏水の協定", "と看護研修の合意書を比べて"]
    assert (
        len(request_parts("The lease and the deed, and the bond; the note, the letter, the plan, the map, the tender"))
        <= document_linking.PARTS
    )


def test_what_is_seen_of_a_paper_has_a_column_for_each_feature(held: KnowledgeBase) -> None:
    ports = ports_of(held).for_one_question()
    papers = list(ports.papers())
    named = named_papers("the wells", "en", papers, ports.known_by())
    seen = features("the wells", "wells", named, papers, texts_of(papers, ports), Filters(), ports, parted=False)
    assert seen
    assert {row.shape for row in seen.values()} == {(len(FEATURES),)}


def test_without_weights_nothing_is_meant(held: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_linking, "_model", lambda: None)
    assert first(held, "the wells survey", "en") == []


def test_of_the_paper_that_is_meant_all_duties_days_and_tables_are_told(held: KnowledgeBase) -> None:
    ports = held._ports().for_one_question()
    papers = named(held, "wells-mr.md")
    passes = asked("Who must do what under the circular on bus passes?", "en", "the circular on bus passes", named(held, "bus-en.txt"))
    owed = obligations(passes, ports)
    assert owed is not None
    said = " ".join(statement.text for statement in owed.statements)
    assert [word for word in ("Depot managers", "return") if word not in said] == []
    days = timeline(asked("List the dates of the wells survey in order", "en", "the wells survey", papers), ports)
    assert days is not None
    told = " ".join(statement.text for statement in days.statements)
    assert all(day in told for day in ("15 मे", "30 जून"))
    laid = table(asked("Put the measurements of the wells in a table", "en", "the measurements of the wells", papers), ports)
    assert laid is not None
    assert any("14 मीटर" in cell.text for block in laid.blocks for row in block.rows for cell in row)


LETTERS = (("Letter on wells", "2025-12-12"), ("Letter on lamps", "2025-11-02"), ("Letter on trees", "2024-12-30"))


@pytest.mark.parametrize(
    ("question", "language", "meant"),
    [
        ("Summarise the Directorate's letter of 12 December 2025", "en", {"Letter on wells"}),
        ("12 दिसंबर 2025 के पत्र का सार दीजिए", "hi", {"Letter on wells"}),
        ("१२ डिसेंबर २०२५ च्या पत्राचा सारांश द्या", "mr", {"Letter on wells"}),
        ("2025年11月2日の書面を要約してください", "ja", {"Letter on lamps"}),
        ("Summarise the Directorate's letter of 13 December 2025", "en", set()),
        ("What falls due in December 2025?", "en", set()),  # a month alone names no paper
        ("Summarise the report of December 2025", "en", {"Letter on wells"}),
    ],
)
def test_a_day_names_the_paper_that_is_dated_so(tmp_path: Path, question: str, language: Language, meant: set[str]) -> None:
    with base(tmp_path / "home") as kb:
        kb.ingest_documents([document(title, "en", "report", (f"{title} was sent.",), date.fromisoformat(day)) for title, day in LETTERS])
        named = named_papers(question, language, kb.documents(), ports_of(kb).known_by())
    assert {paper.title for paper in named.papers if named.names.get(paper.id)} == meant


def test_what_a_paper_of_a_day_says_is_looked_for_in_it_alone(tmp_path: Path) -> None:
    told = (
        ("2025-12-12", "Wells are closed at nine."),
        ("2025-11-02", "Wells are closed at six, and everybody knows when wells are closed."),
    )
    with base(tmp_path / "home") as kb:
        kb.ingest_documents(
            [document(f"Circular on wells {n}", "en", "other", (text,), date.fromisoformat(day)) for n, (day, text) in enumerate(told)]
        )
        for question in ("When are wells closed by the circular of 12 December 2025?", "12 दिसंबर 2025 के परिपत्र में कुएँ कब बंद होते हैं?"):
            answer = kb.answer(question)
            assert {one.citations[0].document for one in answer.statements} == {"Circular on wells 0"}, question
            assert answer.asked_as is None
