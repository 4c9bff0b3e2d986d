"""A message of a conversation is searched for whole, after the question before it, and in the papers of the answer before."""

from __future__ import annotations

from collections.abc import Mapping

from kb.answer.talk_search import Spoken, searched
from kb.records import Filters, Hit, SearchResult

PREMIUM, FARE, FESTIVAL = 1, 2, 3
"""Passages: the insurance of staff and their fare in paper 7, a festival in paper 8."""
OF = {PREMIUM: 7, FARE: 7, FESTIVAL: 8}


def _hit(chunk: int) -> Hit:
    return Hit(1, 9.0, {}, chunk, OF[chunk], "paper", "paper.txt", 1, "other", "en", None, 1, "1", (), 0, 5, "words")


class _Base:
    """Finds what it was told to, within the papers that the filters leave, and remembers what was asked."""

    def __init__(self, found: Mapping[str, tuple[int, ...]]) -> None:
        self.found = found
        self.asked: list[tuple[str, tuple[int, ...]]] = []

    def search(self, query: str, k: int, filters: Filters) -> SearchResult:
        self.asked.append((query, filters.documents))
        held = [chunk for chunk in self.found[query] if not filters.documents or OF[chunk] in filters.documents]
        return SearchResult(query, "en", tuple(_hit(chunk) for chunk in held[:k]), 1.0)


FOUND = {
    "and the insurance? (pays fare staff)": (FARE, FESTIVAL, PREMIUM),
    "Who pays the fare of staff. and the insurance?": (FARE, PREMIUM, FESTIVAL),
    "and the insurance?": (FESTIVAL, PREMIUM, FARE),
}


def _spoken(leaning: float) -> Spoken:
    return Spoken("and the insurance? (pays fare staff)", "and the insurance?", "Who pays the fare of staff?", (7,), leaning)


def test_a_message_that_leans_is_looked_for_in_three_ways_and_what_two_of_them_find_comes_up() -> None:
    base = _Base(FOUND)
    found = searched(_spoken(1.0), 60, Filters(), base.search)
    assert base.asked == [(query, (7,) if query == "and the insurance?" else ()) for query in FOUND]
    assert [hit.chunk for hit in found.hits] == [FARE, PREMIUM, FESTIVAL]
    assert [hit.rank for hit in found.hits] == [1, 2, 3]
    assert found.hits[0].score > found.hits[1].score > found.hits[2].score


def test_the_less_a_message_leans_the_less_the_other_searches_count() -> None:
    found = searched(_spoken(0.05), 60, Filters(), _Base(FOUND).search)
    assert [hit.chunk for hit in found.hits] == [FARE, FESTIVAL, PREMIUM]


def test_a_message_that_stands_by_itself_is_searched_for_once() -> None:
    base = _Base({"Where is the lighthouse?": (FESTIVAL,)})
    whole = searched(Spoken("Where is the lighthouse?", "Where is the lighthouse?", "Who pays?", (7,), 0.01), 60, Filters(), base.search)
    assert [query for query, _ in base.asked] == ["Where is the lighthouse?"]
    assert whole.hits[0].score == 9.0


def test_papers_that_may_not_answer_are_not_searched_because_the_last_answer_cites_them() -> None:
    base = _Base(FOUND)
    searched(_spoken(1.0), 60, Filters(documents=(8,)), base.search)
    assert [documents for _, documents in base.asked] == [(8,), (8,)]
