"""A question is moved towards passages that answer by the map of its embedder, and by none that belongs to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from eval.fit.questions.query_map import Pairs, fit, pairs, ranks
from kb import Settings
from kb.embed.embedder import Embedder, FloatMatrix, FloatVector, open_embedder
from kb.search import query_vector as module
from kb.search.query_vector import moved, question_vector


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder(Settings())


def test_a_question_is_moved_and_of_unit_length(embedder: Embedder) -> None:
    plain = embedder.query("Who pays for the lift?")
    there = question_vector(embedder.name, plain)
    assert np.isclose(np.linalg.norm(there), 1.0, atol=1e-5)
    assert 0.5 < float(plain @ there) < 0.999


def test_with_another_embedder_nothing_moves(embedder: Embedder) -> None:
    plain = embedder.query("लिफ्टचा खर्च कोण करते?")
    assert np.array_equal(question_vector("another model", plain), plain)


def test_the_kept_map_is_of_the_bundled_embedder(embedder: Embedder) -> None:
    parts = module._map(embedder.name)
    assert parts is not None
    assert parts[0].shape == parts[1].T.shape == (embedder.dimension, 64)


def test_a_fit_finds_by_what_questions_are_turned_away_from_their_answers() -> None:
    chance = np.random.default_rng(7)
    passages = _unit(chance.normal(size=(200, 24)))
    turned = _unit(passages @ np.linalg.qr(chance.normal(size=(24, 24)))[0])
    questions = _unit(0.6 * passages + turned)
    answers = np.eye(200, dtype=bool)
    found = Pairs(questions, passages, answers, ("p",) * 200, ("en",) * 200)
    left, right = fit(found.of(np.arange(120)))
    rest = found.of(np.arange(120, 200))
    before = ranks(rest, rest.questions)
    after = ranks(rest, np.stack([moved(one, left, right) for one in rest.questions]))
    assert (after == 0).mean() > (before == 0).mean() + 0.05


def test_the_data_names_a_passage_for_each_question(embedder: Embedder) -> None:
    found = pairs(_Once(embedder))  # type: ignore[arg-type]
    assert found.answers.any(axis=1).all()
    assert {"mr", "hi", "en", "ja"} == set(found.languages)


@dataclass(frozen=True)
class _Once:
    """An embedder that computes nothing: the data is what is looked at."""

    inner: Embedder

    def query(self, text: str) -> FloatVector:
        assert text.strip()
        return np.zeros(self.inner.dimension, dtype=np.float32)

    def passages(self, texts: list[str]) -> FloatMatrix:
        assert all(text.strip() for text in texts)
        return np.zeros((len(texts), self.inner.dimension), dtype=np.float32)


def _unit(rows: FloatMatrix) -> FloatMatrix:
    unit: FloatMatrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit
