"""The keyword index: what is added is found, what is removed is not, and the scores are BM25."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import IntegrityError

from kb.index import bm25, inverted_index
from kb.index.bm25 import KeywordRow
from lang.languages import Language
from lang.words.search_tokens import Tokens, analyse


@pytest.fixture
def conn() -> Iterator[Connection]:
    with create_engine("sqlite://").connect() as connection:
        bm25.create(connection)
        yield connection


def add(conn: Connection, *texts: str, language: Language = "en", first: int = 1) -> None:
    bm25.add(conn, [KeywordRow(first + i, language, "", body) for i, body in enumerate(texts)])


def found(conn: Connection, question: str, language: Language = "en", n: int = 10, allowed: NDArray[np.bool_] | None = None) -> list[int]:
    return [chunk for chunk, _ in bm25.search(conn, analyse(question, language), language, n, allowed)]


def test_the_passage_that_has_the_words_is_found_first(conn: Connection) -> None:
    add(conn, "The bridge was inspected in May.", "Flood warning on the river.", "Minutes of the meeting.")
    assert found(conn, "river flood")[0] == 2


def test_a_score_is_bm25_as_a_share_of_the_most_the_question_could_get(conn: Connection) -> None:
    add(conn, "xx yy", "xx zz")
    # Words only: two letters have no parts. N = 2; df(xx) = 2, df(yy) = 1; both passages have the mean length.
    xx, yy = math.log(1 + 0.5 / 2.5), math.log(1 + 1.5 / 1.5)
    # tf = 1 and length = mean: tf·(k1+1)/(tf+k1) = 1, against k1+1 = 2.2 at most.
    expected = {1: (xx + yy) / (2.2 * (xx + yy)), 2: xx / (2.2 * (xx + yy))}
    # A length is kept in one byte, within 5 %.
    assert dict(bm25.search(conn, analyse("xx yy", "en"), "en", 10)) == pytest.approx(expected, rel=0.02)


def test_a_rare_word_counts_more_than_a_common_one(conn: Connection) -> None:
    add(conn, "treaty alpha", "treaty beta", "treaty gamma", "harbour delta")
    scores = dict(bm25.search(conn, analyse("treaty harbour", "en"), "en", 10))
    assert scores[4] > scores[1]


def test_a_word_that_no_passage_has_lowers_every_score(conn: Connection) -> None:
    add(conn, "river flood", "town hall")
    with_known, with_unknown = (dict(bm25.search(conn, analyse(q, "en"), "en", 10)) for q in ("river", "river xylophone"))
    assert with_unknown[1] < 0.7 * with_known[1]


def test_the_title_is_searched_too(conn: Connection) -> None:
    bm25.add(conn, [KeywordRow(7, "en", "Memorandum of Cooperation", "Article 2."), KeywordRow(8, "en", "", "Article 3.")])
    assert found(conn, "memorandum") == [7]


def test_pools_do_not_see_each_other(conn: Connection) -> None:
    add(conn, "पूर इशारा", language="mr", first=1)
    add(conn, "पूर इशारा", language="hi", first=2)
    assert found(conn, "पूर", "mr") == [1]
    assert bm25.rows(conn, "hi") == {2}


def test_a_removed_passage_is_not_found_and_no_longer_counts(conn: Connection) -> None:
    add(conn, "river flood", "river bank", "town hall")
    bm25.remove(conn, "en", [1])
    assert found(conn, "river flood") == [2]
    assert bm25.rows(conn, "en") == {2, 3}
    assert inverted_index.statistics(conn, "en") == inverted_index.Statistics(2, 2.0, inverted_index.statistics(conn, "en").parts)


def test_removing_most_passages_deletes_their_postings(conn: Connection) -> None:
    add(conn, "alpha one", "beta two", "gamma three", "delta four")
    bm25.remove(conn, "en", [1, 2])
    assert set(conn.scalars(select(inverted_index.postings.c.term))).isdisjoint({"alpha", "beta"})
    assert found(conn, "gamma") == [3]


def test_a_removed_passage_may_come_back_with_another_text(conn: Connection) -> None:
    add(conn, "river flood", "town hall", "old mill", "new mill", "red mill")
    bm25.remove(conn, "en", [1])
    add(conn, "harbour wall", first=1)
    assert found(conn, "harbour") == [1]
    assert found(conn, "flood") == []


def test_indexing_a_passage_twice_is_refused(conn: Connection) -> None:
    add(conn, "river flood")
    with pytest.raises(IntegrityError):
        add(conn, "river flood")


def test_a_restriction_is_kept_to_and_still_fills_the_answer(conn: Connection) -> None:
    add(conn, *("common river text" for _ in range(2000)))
    allowed = np.zeros(1996, dtype=np.bool_)
    allowed[[1990, 1995]] = True
    assert found(conn, "river", n=10, allowed=allowed) == [1990, 1995]
    assert found(conn, "river", n=1, allowed=allowed) == [1990]
    assert found(conn, "river", n=10, allowed=allowed[:1991]) == [1990]
    assert found(conn, "river", n=10, allowed=allowed[:0]) == []


def test_removed_passages_do_not_take_the_places_of_others(conn: Connection) -> None:
    add(conn, *("flood flood flood" for _ in range(300)), *("flood and much other text besides" for _ in range(1000)))
    bm25.remove(conn, "en", list(range(1, 301)))
    assert found(conn, "flood", n=10) == list(range(301, 311))


def test_given_passages_can_be_scored(conn: Connection) -> None:
    add(conn, "river flood", "river bank", "town hall")
    tokens = analyse("river flood", "en")
    assert bm25.score(conn, tokens, "en", [1, 3, 99]) == {1: dict(bm25.search(conn, tokens, "en", 10))[1]}


def test_a_question_without_words_finds_nothing(conn: Connection) -> None:
    add(conn, "river flood")
    assert bm25.search(conn, Tokens((), ()), "en", 10) == []
    assert found(conn, "🙂 !? '\" OR NEAR(") == []


def test_ten_thousand_characters_are_searched(conn: Connection) -> None:
    add(conn, "river flood", "town hall")
    assert found(conn, "flood " + " ".join(f"word{i}" for i in range(1500)))[0] == 1


def test_what_is_rolled_back_was_never_indexed(conn: Connection) -> None:
    add(conn, "town hall")
    conn.commit()
    add(conn, "river flood", first=2)
    conn.rollback()
    assert found(conn, "river") == []
    assert bm25.rows(conn, "en") == {1}


def test_many_small_additions_are_merged_into_few_segments(conn: Connection) -> None:
    for chunk in range(1, 201):
        add(conn, f"town number {chunk}", first=chunk)
    assert len(conn.execute(select(inverted_index.segments)).all()) < 2 * inverted_index.FAN_IN
    assert found(conn, "137") == [137]
    assert inverted_index.statistics(conn, "en").size == 200


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=40))
def test_the_index_equals_a_set_after_any_additions_and_removals(steps: list[tuple[int, bool]]) -> None:
    with create_engine("sqlite://").connect() as conn:
        bm25.create(conn)
        expected: set[int] = set()
        for chunk, wanted in steps:
            if wanted and chunk not in expected:
                add(conn, f"common word{chunk}", first=chunk)
                expected.add(chunk)
            elif not wanted:
                bm25.remove(conn, "en", [chunk])
                expected.discard(chunk)
        assert bm25.rows(conn, "en") == expected
        assert set(found(conn, "common", n=50)) == expected
        assert inverted_index.statistics(conn, "en").size == len(expected)


@given(st.integers(0, 20_000))
def test_a_packed_length_is_within_five_percent(length: int) -> None:
    assert float(inverted_index.LENGTHS[inverted_index.pack_length(length)]) == pytest.approx(length, rel=0.05, abs=0.1)
