"""The exchange map of small papers in four languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from kb import KnowledgeBase, Settings
from kb.auth.roles import Reader
from kb.records import Citation
from tests.training.exchange_map.papers import base
from training.exchange_map import (
    COLUMNS,
    ExchangeMap,
    MapCancelledError,
    NothingToMapError,
    Row,
    Sift,
    current,
    draw,
    kept,
    outdated,
    sifted,
)
from training.exchange_map.build import as_chapters
from training.exchange_map.map_records import read, written
from training.exchange_map.passages import Piece

TIDES, BOOKS = "tide warning for fishing boats", "public libraries, including the lending of books between the cities"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base(tmp_path_factory.mktemp("map")) as kb:
        yield kb


@pytest.fixture(scope="module")
def drawn(papers: KnowledgeBase) -> ExchangeMap:
    return draw(papers)


def _row(drawn: ExchangeMap, area: str) -> Row:
    return next(row for row in drawn.rows if row.area.texts[0].quote == area)


def test_an_area_is_one_row_with_its_language_versions_and_its_cells(drawn: ExchangeMap) -> None:
    tides = _row(drawn, TIDES)
    assert [text.language for text in tides.area.texts] == ["en", "mr"]
    assert {m.citation.language for m in tides.cell("practised").matches} == {"ja"}
    assert any("forty tide gauges" in m.citation.quote for m in tides.cell("piloted").matches)
    assert "no_report" in tides.gaps


def test_a_passage_shows_its_other_language_version(drawn: ExchangeMap) -> None:
    pilot = next(m for m in _row(drawn, TIDES).cell("piloted").matches if "forty tide gauges" in m.citation.quote)
    assert ["चाळीस" in version.quote for version in pilot.versions] in ([True], [])  # where the search knows the two as versions


def test_news_stand_in_their_column_and_a_missing_practice_is_a_gap(drawn: ExchangeMap) -> None:
    books = _row(drawn, BOOKS)
    assert any("four hundred books" in m.citation.quote for m in books.cell("reported").matches)
    assert not any("bakery" in m.citation.quote for m in books.matches())
    assert "no_practice" in books.gaps


def test_a_practice_that_no_area_covers_is_a_row_of_its_own(drawn: ExchangeMap) -> None:
    outside = [row for row in drawn.rows if not row.area.covered]
    assert [row.area.texts[0].quote for row in outside] == ["School meals in Shiomidai: a practice report"]
    assert outside[0].gaps == ("not_covered",)
    assert len(outside[0].cell("practised").matches) == 2


def test_every_quote_stands_where_its_citation_says(papers: KnowledgeBase, drawn: ExchangeMap) -> None:
    checked = drawn.checked(papers.text)
    assert all(c.status == "verified" for c in checked.citations())
    assert all(papers.text(c.document_id, c.version)[c.start : c.end] == c.quote for c in drawn.citations())


def test_a_map_comes_back_from_json_as_it_was(drawn: ExchangeMap) -> None:
    assert read(written(drawn)) == drawn


def test_a_quote_that_no_longer_stands_is_not_verified(drawn: ExchangeMap) -> None:
    assert {c.status for c in drawn.checked(lambda document, version: "other words").citations()} == {"unsupported"}


def test_the_map_is_kept_until_a_document_changes(tmp_path: Path) -> None:
    with base(tmp_path, "moc.md", "report.md") as kb:
        assert kept(kb) is None
        first = current(kb)
        assert kept(kb) == first.checked(kb.text)
        assert not outdated(kb)
        kb.delete(next(d.id for d in kb.documents() if d.kind == "best_practice"))
        assert kept(kb) is None
        assert outdated(kb)
        assert current(kb).papers.practices == 0


def test_a_paper_that_comes_in_while_the_map_is_drawn_has_it_drawn_again(tmp_path: Path) -> None:
    late = tmp_path / "late.md"
    late.write_text("# Harbour notice\n\nThe harbour of Ottermouth is closed to fishing boats on Thursday.\n", encoding="utf-8")
    with base(tmp_path, "moc.md") as kb:

        def comes_in(step: str, _done: int, _total: int) -> None:
            if step == "search" and not any("late" in d.source for d in kb.documents()):
                kb.ingest([late])

        assert current(kb, progress=comes_in).papers.others == 0
        assert kept(kb) is None
        assert current(kb).papers.others == 1


def test_only_agreements_or_only_practices_make_a_map_too(tmp_path: Path) -> None:
    with base(tmp_path, "moc.md") as kb:
        assert [row.gaps for row in draw(kb).rows] == [("no_practice", "no_report")] * 2
    (tmp_path / "b").mkdir()
    with base(tmp_path / "b", "meals.md") as kb:
        assert [row.area.covered for row in draw(kb).rows] == [False]


def test_nothing_to_map_says_what_to_add(tmp_path: Path) -> None:
    with KnowledgeBase.open(Settings.load(home=tmp_path)) as kb, pytest.raises(NothingToMapError, match="best-practice report"):
        draw(kb)


def test_progress_is_told_and_a_person_can_stop_it(papers: KnowledgeBase) -> None:
    told: list[tuple[str, int, int]] = []
    draw(papers, progress=lambda step, done, total: told.append((step, done, total)))
    assert [step for step, done, total in told if done == total] == ["areas", "search", "compare"]
    with pytest.raises(MapCancelledError):
        draw(papers, cancelled=lambda: len(told) > 0)


def test_a_chapter_is_about_what_its_report_is_about_only_where_that_is_about_an_area() -> None:
    place = Citation(1, "", "", 1, "best_practice", None, 1, "1", (), 0, 1, "en", "", "verified")
    report, chapter = Piece(place, "", ()), Piece(place, "", ("practised",), report=0)
    sure = np.array([[0.8, 0.1], [0.1, 0.3]], dtype=np.float32)
    # of two areas, the report is about the first: 1 - (1 - 0.1) * (1 - 0.9 * 0.8) = 0.748
    assert as_chapters(sure, [report, chapter]) == pytest.approx(np.array([[0.8, 0.748], [0.1, 0.3]]), abs=1e-4)
    doubtful = np.array([[0.4, 0.1], [0.1, 0.3]], dtype=np.float32)
    assert as_chapters(doubtful, [report, chapter]) == pytest.approx(doubtful)


def test_papers_of_others_are_not_on_the_map(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        meals = next(d for d in kb.documents() if "meals" in d.source)
        whole = current(kb)
        kb.put_in_groups(meals.id, {"kitchen"})
        viewer = kb.seen_by(Reader("asha", "viewer", frozenset()))
        assert kept(viewer) is None
        part = draw(viewer)
        assert meals.id in {c.document_id for c in whole.citations()}
        assert meals.id not in {c.document_id for c in part.citations()}


def test_a_part_of_the_map_has_its_own_gaps(drawn: ExchangeMap) -> None:
    japanese = sifted(drawn, Sift(languages=("ja",)))
    assert {c.language for row in japanese.rows for m in row.matches() for c in (m.citation,)} == {"ja"}
    assert "no_pilot" in _row(japanese, TIDES).gaps
    late = sifted(drawn, Sift(date_from=date(2030, 1, 1)))
    assert all(not list(row.matches()) for row in late.rows)


def test_a_part_can_be_of_some_agreements_or_of_some_gaps(drawn: ExchangeMap) -> None:
    english = _row(drawn, TIDES).area.texts[0].document_id
    assert {row.area.covered for row in sifted(drawn, Sift(agreements=(english,))).rows} == {True}
    assert sifted(drawn, Sift(agreements=(999,))).rows == ()
    assert [row.area.covered for row in sifted(drawn, Sift(gaps=("not_covered",))).rows] == [False]
    assert [row.area.texts[0].quote for row in sifted(drawn, Sift(named="FISHING  boats")).rows] == [TIDES]
    assert [row.area.texts[0].quote for row in sifted(drawn, Sift(named="ग्रंथालये")).rows] == [BOOKS]
    assert sifted(drawn, Sift()) == drawn
    assert [cell.column for cell in drawn.rows[0].cells] == list(COLUMNS)
