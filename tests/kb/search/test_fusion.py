"""Fusion: keywords decide inside a pool that shares the question's script, and never speak for another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.search.fusion import LEXICAL_WEIGHT, PRIOR, Candidate, Pool, fuse, shares_script
from lang.languages import LANGUAGES, Language

EN = Pool("en", 1000, 0.8, 0.02)
HI = Pool("hi", 1000, 0.8, 0.02)


def order(query: Language, candidates: list[Candidate], *pools: Pool) -> list[int]:
    return [f.chunk for f in fuse(query, candidates, {p.language: p for p in pools})]


def test_keywords_decide_between_passages_of_equal_meaning() -> None:
    assert order("en", [Candidate(1, "en", 0.85, 0.1), Candidate(2, "en", 0.85, 0.4)], EN) == [2, 1]


def test_a_score_is_the_standard_score_plus_the_weighted_keywords() -> None:
    one = fuse("en", [Candidate(1, "en", 0.86, 0.1)], {"en": EN})
    # (0.86 - 0.80) / 0.02 = 3; the best keyword match of a pool is its own level when it tells nothing.
    assert abs(one[0].score - 3.0) < 1e-9
    two = fuse("en", [Candidate(1, "en", 0.86, 0.15), Candidate(2, "en", 0.86, 0.05)], {"en": EN})
    assert abs(two[0].score - two[1].score - LEXICAL_WEIGHT * 0.10) < 1e-9


def test_across_scripts_the_dense_order_stands_whatever_the_keywords_say() -> None:
    candidates = [Candidate(1, "hi", 0.85, 0.0), Candidate(2, "hi", 0.84, 0.9), Candidate(3, "hi", 0.83, None)]
    assert order("en", candidates, HI) == [1, 2, 3]


def test_chance_matches_in_the_questions_language_do_not_push_a_foreign_answer_down() -> None:
    noise = [Candidate(i, "en", 0.85, 0.12 - i / 1000) for i in range(1, 30)]
    assert order("en", [*noise, Candidate(99, "hi", 0.87, 0.0)], EN, HI)[0] == 99


def test_a_telling_match_in_the_questions_language_beats_a_slightly_nearer_foreign_passage() -> None:
    assert order("en", [Candidate(1, "en", 0.86, 0.5), Candidate(2, "hi", 0.87, None)], EN, HI) == [1, 2]


def test_pools_of_different_spread_are_compared_by_standard_score() -> None:
    wide = Pool("ja", 100_000, 0.80, 0.04)
    # 0.88 is 2 standard deviations out in Japanese, 0.86 is 3 in Hindi.
    assert order("en", [Candidate(1, "ja", 0.88, None), Candidate(2, "hi", 0.86, None)], wide, HI) == [2, 1]


def test_a_pool_of_two_passages_does_not_make_its_own_scale() -> None:
    tiny = Pool("ja", 2, 0.801, 0.0005)
    # By its own spread chunk 1 stood 2 deviations out of a pool of two; it is in truth an average passage.
    assert order("en", [Candidate(1, "ja", 0.802, None), Candidate(2, "hi", 0.83, None)], tiny, HI) == [2, 1]
    assert tiny.size < PRIOR


def test_marathi_and_hindi_share_a_script_and_english_and_hindi_do_not() -> None:
    assert shares_script("mr", "hi")
    assert not shares_script("en", "hi")
    assert shares_script("en", "und")


def test_a_passage_without_a_dense_score_ranks_with_the_least_of_its_pool() -> None:
    ranked = order("en", [Candidate(1, "en", 0.9, 0.0), Candidate(2, "en", None, 0.0), Candidate(3, "en", 0.8, 0.0)], EN)
    assert ranked == [1, 2, 3]


def test_one_passage_in_a_pool_of_one_is_ranked() -> None:
    assert order("en", [Candidate(5, "en", 0.9, 0.3)], Pool("en", 1, 0.9, 0.0)) == [5]
    assert order("en", [Candidate(5, "en", 0.9, 0.3)]) == [5]
    assert order("en", []) == []


scores = st.one_of(st.none(), st.floats(0, 1))
candidates = st.lists(
    st.builds(Candidate, st.integers(1, 10_000), st.sampled_from(LANGUAGES), scores, scores), unique_by=lambda c: c.chunk, max_size=30
)
pools = st.builds(
    lambda parts: {language: Pool(language, *figures) for language, figures in parts.items()},
    st.dictionaries(st.sampled_from(LANGUAGES), st.tuples(st.integers(1, 100_000), st.floats(-1, 1), st.floats(0, 1))),
)


@given(st.sampled_from(LANGUAGES), candidates, pools)
def test_every_candidate_is_ranked_once_and_the_order_does_not_depend_on_theirs(
    query: Language, members: list[Candidate], known: dict[Language, Pool]
) -> None:
    ranked = fuse(query, members, known)
    assert sorted(f.chunk for f in ranked) == sorted(c.chunk for c in members)
    assert [f.score for f in ranked] == sorted((f.score for f in ranked), reverse=True)
    assert [f.chunk for f in fuse(query, members[::-1], known)] == [f.chunk for f in ranked]
