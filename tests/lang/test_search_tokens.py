"""Tokens: the same word is the same token however it is written, in documents and in questions."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lang.languages import LANGUAGES, Language
from lang.words.search_tokens import analyse


def words(text: str, language: Language) -> tuple[str, ...]:
    return analyse(text, language).words


def test_long_words_have_prefixes_that_survive_inflection() -> None:
    assert set(analyse("महानगरपालिका", "mr").parts) & set(analyse("महानगरपालिकेच्या", "mr").parts)
    assert analyse("flood", "en").parts == ("floo", "flood")


@pytest.mark.parametrize("unit", ["x", "7", "ン", "क", "a."])
def test_a_run_of_ten_thousand_characters_becomes_short_tokens(unit: str) -> None:
    assert all(len(token) <= 64 for token in words(unit * 10_000, "ja"))


def test_a_japanese_text_longer_than_the_tokenizer_takes_is_analysed() -> None:
    assert len(words("東京" * 20_000, "ja")) >= 20_000


def test_threads_can_analyse_japanese_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: words("覚書を締結した", "ja"), range(64)))
    assert len(set(results)) == 1


@given(st.text(max_size=60), st.sampled_from((*LANGUAGES, "und")))
@example("ः", "mr")  # a mark that is not written in the index, and no letter
@example("a ़ b", "hi")
def test_no_token_holds_what_separates_tokens(text: str, language: Language) -> None:
    tokens = analyse(text, language)
    for token in tokens.words + tokens.parts:
        assert token
        assert not any(character.isspace() or (character.isascii() and not character.isalnum()) for character in token)


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_analysis_is_deterministic_and_takes_any_text(text: str, language: Language) -> None:
    assert analyse(text, language) == analyse(text, language)


def test_tokens_pass_through_sqlites_ascii_tokenizer_whole() -> None:
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='ascii')")
    conn.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, row)")
    tokens = set(words("ठाण्यातील ३.५ कोटी दऱ्या", "mr") + words("覚書 3.5", "ja") + words("U.N. 12,345", "en"))
    conn.execute("INSERT INTO t VALUES (?)", (" ".join(tokens),))
    assert {row[0] for row in conn.execute("SELECT term FROM v")} == tokens
    conn.close()
