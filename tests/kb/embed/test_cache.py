"""The cache of vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kb.embed.cache import CachedEmbedder
from kb.embed.embedder import FloatMatrix, FloatVector, TokenStates


class Counting:
    """Embeds a text as its length, and remembers what it was asked for."""

    name = "counting"
    dimension = 1

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, text: str) -> FloatVector:
        self.asked.append(f"? {text}")
        return np.array([len(text)], dtype=np.float32)

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        self.asked.extend(texts)
        return np.array([[len(t)] for t in texts], dtype=np.float32).reshape(len(texts), 1)

    def contextual(self, texts: Sequence[str]) -> tuple[FloatMatrix, list[TokenStates]]:
        states = [TokenStates(np.ones((1, 1), dtype=np.float32), np.ones(1, dtype=np.float32)) for _ in texts]
        return self.passages(texts), states

    def knows(self, word: str) -> bool:
        return False


def test_the_tokens_of_a_sentence_are_computed_once_and_the_oldest_forgotten() -> None:
    engine = Counting()
    cached = CachedEmbedder(engine, most_states=2)
    vectors, states = cached.contextual(["flood", "city", "flood"])
    assert vectors.tolist() == [[5], [4], [5]]
    assert len(states) == 3
    cached.contextual(["city", "river"])
    cached.contextual(["flood"])
    assert engine.asked == ["flood", "city", "river", "flood"]
    assert cached.contextual([])[1] == []


def test_a_text_is_embedded_once_in_each_role() -> None:
    engine = Counting()
    cached = CachedEmbedder(engine)
    assert cached.query("flood").tolist() == [5]
    assert cached.query("flood").tolist() == [5]
    assert cached.passages(["flood", "city", "flood"]).tolist() == [[5], [4], [5]]
    assert cached.passages(["city"]).tolist() == [[4]]
    assert engine.asked == ["? flood", "flood", "city"]


def test_the_least_recently_used_vector_goes_first() -> None:
    engine = Counting()
    cached = CachedEmbedder(engine, most=2)
    cached.passages(["a", "bb"])
    cached.passages(["a"])
    cached.passages(["ccc"])
    engine.asked.clear()
    cached.passages(["a", "bb"])
    assert engine.asked == ["bb"]


def test_nothing_to_embed_is_an_empty_matrix() -> None:
    assert CachedEmbedder(Counting()).passages([]).shape == (0, 1)
