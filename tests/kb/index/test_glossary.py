"""A question also finds what it asks for by the other names of its terms; an office can add terms, and a wrong line is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from kb.errors import SettingsError
from kb.index import bm25, glossary
from kb.index.bm25 import KeywordRow
from kb.index.glossary import Glossary, Term, open_glossary, own_terms, parse
from kb.search.fusion import Fused, with_terms
from lang.languages import LANGUAGES, Language
from tests.kb.make import base, document
from ui.cli.main import cli

SEWAGE = Term({"mr": ("सांडपाणी", "मैलापाणी"), "hi": ("मलजल",), "en": ("sewage", "waste water"), "ja": ("下水",)})
PLANT = Term({"en": ("sewage treatment plant",), "ja": ("下水処理場",)})


def test_setus_own_glossary_has_a_name_in_each_language_for_every_term() -> None:
    own = own_terms()
    assert len(own) >= 250
    assert all(term.usual(language) for term in own for language in LANGUAGES)


def test_no_two_terms_of_the_glossary_are_the_same_line_twice() -> None:
    usual = [(term.usual("en"), term.usual("mr")) for term in own_terms()]
    assert len(set(usual)) == len(usual)


def test_of_names_that_overlap_the_longest_counts() -> None:
    glossary = Glossary([SEWAGE, PLANT])
    assert [f.surface for f in glossary.find("the sewage treatment plant", "en")] == ["sewage treatment plant"]
    assert [f.surface for f in glossary.find("下水処理場の費用", "ja")] == ["下水処理場"]
    assert [f.surface for f in glossary.find("a plant for sewage", "en")] == ["sewage"]


def test_ordinary_words_are_no_terms() -> None:
    own = Glossary(own_terms())
    assert own.find("कोण करेल आणि कधी करणार?", "mr") == ()
    assert own.find("यह किसने किया और कब किया?", "hi") == ()
    assert own.find("それは誰がいつしましたか", "ja") == ()


def test_how_long_a_thing_takes_is_no_delay() -> None:
    named = [one.surface for one in Glossary(own_terms()).find("वे कितनी देर में आँकड़े भेजते हैं?", "hi")]
    assert not {"विलंब", "देरी"} & set(named)
    assert "विलंब" in [one.surface for one in Glossary(own_terms()).find("परियोजना में विलंब क्यों हुआ?", "hi")]


def test_the_offices_own_terms_are_added(tmp_path: Path) -> None:
    (tmp_path / "glossary.tsv").write_text("# ours\nen\tmr\nsluice box; sluice\tझडप पेटी\n", encoding="utf-8")
    opened = open_glossary(None, tmp_path)
    assert [f.term.usual("mr") for f in opened.find("Where is the sluice box?", "en")] == ["झडप पेटी"]
    assert opened.find("sewage", "en")
    elsewhere = tmp_path / "other.tsv"
    elsewhere.write_text("en\tja\nkerb\t縁石\n", encoding="utf-8")
    assert not open_glossary(elsewhere, tmp_path).find("sluice", "en")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("mr\ten\nपूर\n", 2, "1 columns"),
        ("mr\txx\nपूर\tflood\n", 1, "must name the languages"),
        ("mr\tmr\nपूर\tपूर\n", 1, "must name the languages"),
        ("# x\n\nmr\ten\nपूर\tflood\nपूल\t\n", 5, "at least two names"),
        ("mr\ten\nपूर\t!!!\n", 2, "from one to 12 words"),
    ],
)
def test_a_malformed_line_is_named_with_its_file(text: str, line: int, says: str) -> None:
    with pytest.raises(SettingsError, match=rf"office\.tsv, line {line}.*{says}"):
        parse(text, "office.tsv")


def test_a_glossary_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SETU_GLOSSARY"):
        open_glossary(tmp_path / "missing.tsv", tmp_path)
    (tmp_path / "latin1.tsv").write_bytes(b"en\tmr\ncaf\xe9\tx\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        open_glossary(tmp_path / "latin1.tsv", tmp_path)


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_any_text_can_be_searched_for_terms(text: str, language: Language) -> None:
    found = Glossary([SEWAGE, PLANT]).find(text, language)
    assert len({id(f.term) for f in found}) == len(found)


@pytest.fixture
def conn() -> Iterator[Connection]:
    with create_engine("sqlite://").connect() as connection:
        bm25.create(connection)
        yield connection


def add(conn: Connection, language: Language, *texts: str, first: int) -> None:
    bm25.add(conn, [KeywordRow(first + i, language, "", body) for i, body in enumerate(texts)])


def test_a_passage_in_another_language_is_found_by_the_terms_other_name(conn: Connection) -> None:
    add(conn, "ja", "下水を処理する。", "橋を架ける。", first=1)
    add(conn, "en", "Sewage is treated.", "Waste of time.", "A bridge is built.", first=10)
    found = Glossary([SEWAGE]).find("सांडपाणी", "mr")
    ranked = glossary.rank_terms(conn, found, ["ja", "en"])
    assert [chunk for chunk, _ in ranked["ja"].top(conn, 5)] == [1]
    english = dict(ranked["en"].top(conn, 5))
    # “Waste of time” holds one of the two words of “waste water”, the rarer one is missing: less than a quarter.
    assert english[10] > 4 * english.get(11, 0.0)
    assert 12 not in english


def test_the_name_that_the_question_itself_says_is_not_looked_up_again(conn: Connection) -> None:
    add(conn, "en", "Sewage is treated.", "Waste water is treated.", first=1)
    found = Glossary([SEWAGE]).find("sewage", "en")
    assert [chunk for chunk, _ in glossary.rank_terms(conn, found, ["en"])["en"].top(conn, 5)] == [2]


def test_terms_add_to_a_score_and_keep_the_rest_in_order() -> None:
    ranked = [Fused(1, 2.0), Fused(2, 1.0), Fused(3, 0.5)]
    assert [f.chunk for f in with_terms(ranked, {3: 3.0})] == [3, 1, 2]
    assert with_terms(ranked, {}) == ranked


def test_a_question_finds_another_language_through_the_glossary_and_says_so(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents(
            [
                document("city", "en", "report", ("The mayor opened a library.", "Eleven culverts were widened.", "Buses run at night.")),
                document("shahar", "mr", "news", ("शहरात नवे उद्यान झाले.", "घनकचरा व्यवस्थापन केंद्र सुरू झाले.")),
            ]
        )
        result = kb.search("solid waste management", k=3)
        assert [t.surface for t in result.terms] == ["solid waste management"]
        assert result.hits[0].text == "घनकचरा व्यवस्थापन केंद्र सुरू झाले."
        assert result.hits[0].channels["terms"] is not None


def test_the_command_shows_and_checks_the_glossary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETU_HOME", str(tmp_path))
    run = CliRunner()
    shown = run.invoke(cli, ["glossary", "expand", "सांडपाणी प्रक्रिया केंद्राची क्षमता", "--json"])
    assert "下水処理場" in json.loads(shown.output)[0]["ja"]
    assert "土地区画整理" in run.invoke(cli, ["glossary", "list", "land readjustment"]).output
    bad = tmp_path / "bad.tsv"
    bad.write_text("mr\ten\nएक\n", encoding="utf-8")
    checked = run.invoke(cli, ["glossary", "check", str(bad)])
    assert checked.exit_code == 2
    assert "bad.tsv, line 2" in checked.stderr
