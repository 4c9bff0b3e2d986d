"""Names across scripts: the same name finds itself, another one does not, and the index forgets what was removed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from kb.answer.scoring.candidates import sentences_of
from kb.answer.scoring.sentence_features import name_scores
from kb.index import bm25
from kb.index.bm25 import KeywordRow
from kb.search.fusion import Candidate, Pool, fuse
from lang.languages import Language
from lang.words.names import Name, name_keys, names
from lang.words.phonetics import keys
from tests.kb.answer_fakes import Shelf
from tests.support import PROJECT

PAIRS = PROJECT / "eval" / "data" / "name_pairs.tsv"


def language_of(word: str) -> Language:
    if regex.search(r"[\p{Han}\p{Katakana}]", word):
        return "ja"
    return "mr" if regex.search(r"\p{Devanagari}", word) else "en"


def share_that_match(kind: str) -> float:
    rows = [line.split("\t") for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    found = [bool(set(name_keys(a, language_of(a))) & set(name_keys(b, language_of(b)))) for k, a, b in rows if k == kind]
    assert len(found) >= 150
    return sum(found) / len(found)


def test_nine_of_ten_names_match_themselves_in_another_script() -> None:
    assert share_that_match("same") >= 0.9


def test_at_most_one_of_fifty_names_matches_one_that_is_much_like_it() -> None:
    assert share_that_match("other") <= 0.02


def test_case_endings_do_not_hide_a_name() -> None:
    assert set(name_keys("काझेहामाच्या", "mr")) & set(name_keys("काझेहामातील", "mr")) & set(keys("Kazehama"))


def test_a_kanji_name_the_dictionary_lacks_is_read_character_by_character() -> None:
    assert set(name_keys("風浜市は警報を出した", "ja")) & set(keys("Kazehama"))


@given(st.text(max_size=40), st.sampled_from(["mr", "hi", "en", "ja", "und"]))
def test_any_text_has_keys_without_separators(text: str, language: Language) -> None:
    assert all(key and not regex.search(r"[\s@#]", key) for key in name_keys(text, language))


@pytest.fixture
def conn() -> Iterator[Connection]:
    with create_engine("sqlite://").connect() as connection:
        bm25.create(connection)
        yield connection


def add(conn: Connection, language: Language, *texts: str, title: str = "", first: int = 1) -> None:
    bm25.add(conn, [KeywordRow(first + i, language, title, body) for i, body in enumerate(texts)])


def found(conn: Connection, question: str, language: Language, pool: Language) -> list[int]:
    return [chunk for chunk, _ in bm25.rank_names(conn, names(question, language), [pool])[pool].top(conn, 10)]


def test_a_question_finds_the_passage_that_names_its_city_in_another_script(conn: Connection) -> None:
    add(conn, "en", "Flood gauges on the river.", "Kazehama warns its people.", "Minutes of the meeting.")
    assert found(conn, "काझेहामा शहराचा इशारा", "mr", "en") == [2]


def test_the_title_is_searched_for_names_too(conn: Connection) -> None:
    add(conn, "ja", "警報は三段階である。", title="風浜市の洪水警報")
    assert found(conn, "How does Kazehama warn?", "en", "ja") == [1]


def test_the_names_of_a_removed_passage_are_gone(conn: Connection) -> None:
    add(conn, "en", "Kazehama warns.", "Hoshimori waits.")
    bm25.remove(conn, "en", [1])
    assert found(conn, "काझेहामा", "mr", "en") == []
    bm25.clear(conn)
    assert found(conn, "होशिमोरी", "mr", "en") == []


def test_one_found_name_is_not_a_whole_question_answered(conn: Connection) -> None:
    add(conn, "en", "Kazehama warns.", *("Minutes of the meeting." for _ in range(9)))
    scores = dict(bm25.rank_names(conn, [Name("Kazehama", keys("Kazehama"))], ["en"])["en"].top(conn, 1))
    # One rare name of the four that are reckoned at least.
    assert scores == pytest.approx({1: 0.25}, rel=0.001)


def test_a_shared_name_lifts_a_passage_of_another_script_and_none_of_the_same() -> None:
    pools = {lang: Pool(lang, 1000, 0.8, 0.02) for lang in ("en", "mr")}
    across = [Candidate(1, "mr", 0.85, None, 0.0), Candidate(2, "mr", 0.85, None, 0.5)]
    same = [Candidate(1, "en", 0.85, 0.3, 0.0), Candidate(2, "en", 0.85, 0.3, 0.5)]
    assert [f.chunk for f in fuse("en", across, pools)] == [2, 1]
    assert [f.chunk for f in fuse("en", same, pools)] == [1, 2]


def test_of_sentences_in_another_script_the_one_that_names_the_city_has_the_better_share() -> None:
    candidates = sentences_of([Shelf([("Kazehama has six gauges. Lahargad has forty-two gauges.", "en", "report")]).hit(0)])
    scores = name_scores("लहरगड शहरात किती मापक आहेत?", candidates)
    assert [c.text for c in candidates] == ["Kazehama has six gauges.", "Lahargad has forty-two gauges."]
    assert scores[0] == 0 < scores[1]


def test_sentences_in_the_script_of_the_question_have_no_name_score() -> None:
    candidates = sentences_of([Shelf([("Kazehama has six gauges.", "en", "report")]).hit(0)])
    assert list(name_scores("How many gauges has Kazehama?", candidates)) == [0]


def test_a_name_in_every_passage_of_one_language_is_rare_among_all_languages(conn: Connection) -> None:
    add(conn, "ja", "警報は三段階である。", "水位計を設置した。", title="風浜市の洪水警報")
    add(conn, "en", *("Minutes of the meeting." for _ in range(20)), first=10)
    asked = names("Kazehama", "en")
    alone, among = (dict(bm25.rank_names(conn, asked, pools)["ja"].top(conn, 2)) for pools in (["ja"], ["ja", "en"]))
    # ln(1 + 0.5 / 2.5) of 4 · ln(1 + 1.5 / 1.5), and ln(1 + 20.5 / 2.5) of 4 · ln(1 + 21.5 / 1.5).
    assert (alone[1], among[1]) == pytest.approx((0.0658, 0.2033), rel=0.01)
