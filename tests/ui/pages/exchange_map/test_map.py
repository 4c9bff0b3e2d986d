"""The page of the exchange map without a browser, ``setu map``, and its files."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import streamlit as st
from docx import Document
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from lang.languages import LANGUAGES, Language
from tests.control_characters import clean, package_text, spoiled
from tests.once import copied
from tests.training.exchange_map.papers import PAPERS, base
from tests.ui.apps import offered, taken
from tests.ui.conftest import Setu
from training.exchange_map import ExchangeMap, current
from ui.components.i18n import strings
from ui.components.permalinks import Passage
from ui.export.map_files import Into, made

ADDRESS = "http://127.0.0.1:8501"
TIDES = "tide warning for fishing boats"


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the papers of an exchange, and their map."""
    folder = tmp_path_factory.mktemp("mapped")
    with base(folder) as kb:
        current(kb)
    return folder / "home"


@pytest.fixture
def home(mapped: Path, tmp_path: Path) -> Iterator[Path]:
    copy = tmp_path / "home"
    copied(mapped, copy)
    st.cache_resource.clear()
    yield copy
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def drawn(mapped: Path) -> ExchangeMap:
    with KnowledgeBase.open(Settings(home=mapped)) as kb:
        return current(kb)


def page(home, language):
    """The page alone, as `ui.pages.navigation.open_page` has it drawn."""
    from pathlib import Path

    import streamlit as st

    from kb import KnowledgeBase, Settings
    from kb.auth.roles import ANYONE
    from ui.components.i18n import strings
    from ui.pages.exchange_map.exchange_map_page import map_page

    @st.cache_resource
    def opened() -> KnowledgeBase:
        return KnowledgeBase.open(Settings(home=Path(home)))

    map_page(opened(), ANYONE, strings(language))


def run(home: Path, lang: Language = "en", **address: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60, args=(str(home), lang))
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def shown(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(one.proto.body) for one in app.get("html"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_areas_gaps_and_practices_outside_are_on_the_page(home: Path, language: Language) -> None:
    words = strings(language)
    text = shown(run(home, language))
    assert words("map.title") in text
    assert (TIDES if language in ("en", "ja", "hi") else "मासेमारी नौकांसाठी भरतीची पूर्वसूचना") in text
    assert words("map.missing.reported") in text
    assert "School meals in Shiomidai" in text
    assert words("map.not_covered") in text


def test_a_cell_opens_with_its_passages_and_leads_to_the_source(home: Path) -> None:
    app = run(home)
    opening = next(b for b in app.button if b.label.startswith("Partner") and "passage" in b.label)
    opening.click().run()
    assert not app.exception
    assert "cell" in app.query_params
    assert "潮位計" in shown(app)
    next(b for b in app.button if b.key and b.key.startswith("chip-map-0")).click().run()
    assert "src" in app.query_params
    assert "setu-page" in shown(app)


def test_a_cell_that_is_gone_is_said_to_be_and_the_map_is_shown(home: Path) -> None:
    app = run(home, cell="9.9.9.9~practised")
    assert [info.value for info in app.info] == [strings("en")("map.gone")]
    assert TIDES in shown(app)


def test_the_filters_of_the_address_are_in_force(home: Path) -> None:
    text = shown(run(home, language="ja"))
    assert "潮位計" in text
    assert "four hundred books" not in text


def test_the_overview_has_a_line_an_area_and_opens_a_gap_too(home: Path) -> None:
    app = run(home, view="brief", find="Fishing")
    assert "forty tide gauges" not in shown(app)
    assert "public libraries" not in shown(app)
    assert strings("en")("map.tally", areas=1, practised=1, piloted=1, reported=0, outside=0) in shown(app)
    next(b for b in app.button if b.label == "No report found").click().run()
    assert "No report found" in shown(app)
    assert any(b.key == "map-ask" for b in app.button)


def test_a_map_of_many_areas_opens_as_an_overview(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "forty tide gauges" in shown(run(home))
    monkeypatch.setattr("ui.pages.exchange_map.matrix.MANY", 3)
    app = run(home)
    assert "forty tide gauges" not in shown(app)
    assert "forty tide gauges" in shown(run(home, view="quotes"))


def test_an_empty_base_teaches_what_to_add(tmp_path: Path) -> None:
    st.cache_resource.clear()
    assert strings("en")("map.empty_hint") in shown(run(tmp_path / "empty"))
    st.cache_resource.clear()


def test_the_map_is_drawn_when_it_is_not_kept(home: Path) -> None:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.delete(next(d.id for d in kb.documents() if d.title.startswith("School")))
    text = shown(run(home))
    assert TIDES in text
    assert "School meals" not in text


def test_every_link_of_a_workbook_opens_the_passage_it_stands_beside(mapped: Path, drawn: ExchangeMap) -> None:
    book = load_workbook(BytesIO(made(drawn, strings("en"), ADDRESS, "xlsx")))
    matrix, passages = book.worksheets
    assert matrix.max_row == 1 + len(drawn.rows)
    rows = [row for row in passages.iter_rows(min_row=2) if row[13].hyperlink]
    assert len(rows) == sum(len(cell.matches) for row in drawn.rows for cell in row.cells)
    with KnowledgeBase.open(Settings(home=mapped)) as kb:
        for row in rows:
            place = Passage.parse(row[13].hyperlink.target)
            assert place is not None
            assert kb.text(place.document, place.version)[place.start : place.end] == row[3].value.removeprefix("'")
    inside = [cell.hyperlink.location for row in matrix.iter_rows(min_row=2, min_col=2) for cell in row if cell.hyperlink]
    assert all(location.startswith("'Passages'!A") for location in inside)
    assert inside


def test_every_link_of_every_other_file_opens_a_passage_of_the_map(mapped: Path, drawn: ExchangeMap) -> None:
    table = csv.DictReader(StringIO(made(drawn, strings("hi"), ADDRESS, "csv").decode("utf-8-sig")))
    document = Document(BytesIO(made(drawn, strings("hi"), ADDRESS, "docx")))
    links = {
        "csv": [value for row in table for value in row.values() if value.startswith(ADDRESS)],
        "docx": [relation.target_ref for relation in document.part.rels.values() if relation.is_external],
        "md": re.findall(r"\(<(.+?)>\)", made(drawn, strings("hi"), ADDRESS, "md").decode()),
    }
    quotes = {citation.quote for citation in drawn.citations()}
    matches = {match.citation.quote for row in drawn.rows for match in row.matches()}
    with KnowledgeBase.open(Settings(home=mapped)) as kb:
        for into, targets in links.items():
            places = [place for target in targets if (place := Passage.parse(target)) is not None]
            assert len(places) == len(targets), into
            opened = {kb.text(place.document, place.version)[place.start : place.end] for place in places}
            assert matches <= opened <= quotes, into


def test_a_table_of_passages_has_the_gaps_too_and_no_formula(drawn: ExchangeMap) -> None:
    rows = list(csv.DictReader(StringIO(made(drawn, strings("en"), ADDRESS, "csv").decode("utf-8-sig"))))
    assert any(row["Gap"] == "No report found" and not row["Passage"] for row in rows)
    assert all(not value.startswith(("=", "+", "@")) for row in rows for value in row.values())


@pytest.mark.parametrize("into", ["xlsx", "csv", "docx", "md"])
def test_no_control_character_reaches_a_file_of_the_map(drawn: ExchangeMap, into: Into) -> None:
    data = made(spoiled(drawn), strings("en"), ADDRESS, into)
    if into in ("xlsx", "docx"):
        assert clean(package_text(data))
    else:
        assert clean(data.decode("utf-8-sig"), "\t\r\n" if into == "csv" else "\n")
    if into == "xlsx":
        assert load_workbook(BytesIO(data)).worksheets[1].max_row > 1


def test_a_word_document_lies_across_the_page_and_has_a_row_an_area(drawn: ExchangeMap) -> None:
    document = Document(BytesIO(made(drawn, strings("mr"), ADDRESS, "docx")))
    section = document.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert section.page_width > section.page_height
    assert len(document.tables[0].rows) == 1 + len(drawn.rows)


def test_markdown_is_a_table_with_links_in_which_nothing_is_markup(drawn: ExchangeMap) -> None:
    text = made(drawn, strings("ja"), ADDRESS, "md").decode()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(drawn.rows)
    assert f"<{ADDRESS}/?passage=" in text


def test_setu_map_shows_the_map_and_writes_files(mapped: Path, tmp_path: Path) -> None:
    setu = Setu(mapped)
    assert TIDES in setu("map").output
    out = tmp_path / "map.xlsx"
    result = setu("map", "--json", "--xlsx", str(out), "--address", ADDRESS)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [row["covered"] for row in found["rows"]].count(False) == 1
    cell = found["rows"][0]["cells"]["practised"][0]
    assert cell["status"] == "verified"
    assert 0.5 <= cell["probability"] <= 1
    assert cell["link"].startswith(f"{ADDRESS}/?passage=")
    assert len(load_workbook(out).worksheets) == 2
    assert taken(mapped)[0] == "the exchange map as xlsx"


def test_a_map_that_is_taken_away_is_in_the_audit_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = offered(monkeypatch)
    run(home)
    before = len(taken(home))
    assert files["map-save-md"]()
    assert taken(home)[: len(taken(home)) - before] == ["the exchange map as md"]


def test_setu_map_of_nothing_says_what_to_add(fresh: Setu) -> None:
    result = fresh("map")
    assert result.exit_code == 2
    assert "best-practice report" in result.stderr


def test_setu_map_can_be_limited(mapped: Path) -> None:
    output = Setu(mapped)("map", "--language", "ja").output
    assert "潮位計" in output
    assert "four hundred books" not in output
    one = Setu(mapped)("map", "--area", "Libraries").output
    assert "public libraries" in one
    assert TIDES not in one
    assert set(PAPERS) == {"moc.md", "karar.md", "report.md", "meals.md", "news.md"}
