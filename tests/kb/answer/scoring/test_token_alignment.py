"""Where the tokens of a question stand: worked by hand on states that are unit vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kb.answer.scoring.candidates import sentences_of
from kb.answer.scoring.sentence_features import CARRIED_TOKENS, LIKE_LAST, align, weights_of
from kb.embed.e5_model import TokenStates
from tests.kb.answer_fakes import Shelf, WordEmbedder

EMBEDDER = WordEmbedder()


def states(
    *rows: tuple[float, float, float], telling: tuple[float, ...] | None = None, spans: tuple[tuple[int, int], ...] = ()
) -> TokenStates:
    return TokenStates(np.array(rows, dtype=np.float32), np.array(telling or (1.0,) * len(rows), dtype=np.float32), spans)


def test_recall_is_the_mean_of_the_nearest_cosines_weighted_by_what_a_token_says():
    hits = [Shelf([("The mayor opens the bridge.", "en", "news")]).hit(0)]
    asked = states((1, 0, 0), (0, 1, 0), telling=(3.0, 1.0))
    found = align("mayor bridge", asked, sentences_of(hits), [states((1, 0, 0), (0, 0.5, 0.8))])[0]
    # 3/4 · 1 + 1/4 · 0.5
    assert found.recall == pytest.approx(0.875)
    assert found.passage == found.recall
    assert found.loosest == found.nowhere == pytest.approx(0.5)


def test_a_sentence_carries_a_share_of_the_one_before_but_the_passage_has_both_whole():
    hits = [Shelf([("The mayor opens the bridge today. It is long and wide.", "en", "news")]).hit(0)]
    asked = states((1, 0, 0), (0, 1, 0))
    first, second = align("mayor bridge", asked, sentences_of(hits), [states((1, 0, 0)), states((0, 1, 0))])
    assert first.carried == first.recall == pytest.approx(0.5)
    assert second.recall == pytest.approx(0.5)
    assert second.carried == pytest.approx((1 + CARRIED_TOKENS) / 2)
    assert first.passage == second.passage == pytest.approx(1.0)


def test_sentences_of_two_passages_carry_nothing_to_one_another():
    shelf = Shelf([("The mayor opens the bridge today.", "en", "news"), ("It is long and wide enough.", "en", "news")])
    asked = states((1, 0, 0), (0, 1, 0))
    found = align("mayor bridge", asked, sentences_of([shelf.hit(0), shelf.hit(1)]), [states((1, 0, 0)), states((0, 1, 0))])
    assert [f.carried for f in found] == [f.passage for f in found] == [pytest.approx(0.5)] * 2
    assert found[0].nowhere == pytest.approx(1.0)


def test_in_another_script_a_word_is_looked_for_by_the_middle_states_and_the_topic_by_the_last():
    hits = [Shelf([("महापौर पूल उघडतात.", "mr", "news")]).hit(0)]
    last = states((1, 0, 0), (0, 1, 0))
    middle = np.array([(1, 0, 0), (0, 0, 1)], dtype=np.float32)
    asked, said = (replace(last, middle=rows) for rows in (middle, middle[:1]))
    (across,) = align("mayor bridge", asked, sentences_of(hits), [replace(said, states=last.states[:2])])
    assert across.recall == across.passage == across.nowhere == pytest.approx(1.0)
    bottom, slope = LIKE_LAST
    assert across.around == across.carried == pytest.approx(bottom + slope / 2)
    assert across.loosest == pytest.approx(bottom)
    (own,) = align("महापौर पूल", asked, sentences_of(hits), [replace(said, states=last.states[:2])])
    assert own.around == own.carried == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("question", "silent"),
    [("Who opened the bridge?", {"Who", "the"}), ("पुल कौन है", {"कौन", "है"}), ("करार कधी झाला", {"कधी", "झाला"})],
)
def test_words_that_only_ask_count_for_nothing(question: str, silent: set[str]):
    tokens = EMBEDDER.tokens([question])[0]
    weights = weights_of(question, tokens)
    assert {question[a:b] for (a, b), weight in zip(tokens.spans, weights, strict=True) if weight == 0} == silent
    assert float(weights.sum()) == pytest.approx(1.0)


def test_a_question_of_nothing_but_such_words_counts_them_all():
    tokens = EMBEDDER.tokens(["Who is it"])[0]
    assert weights_of("Who is it", tokens).tolist() == [pytest.approx(1 / 3)] * 3
