"""The vector that passages are searched with: the embedder's own of the question, moved by a fitted map, hubness taken off.

The map, *M* in ``u = q + M q`` scaled to unit length, moves a question towards where passages that answer such questions lie. It is linear
and for questions alone, so that the index stays as it is; cf. Yoon et al. (2024), *Search-Adaptor*. ``python -m eval questions --write``
fitted it (``question_map.json``) on questions that others wrote. It belongs to one embedder: with any other, nothing moves.

Ranking by ``q·p − λ·c·p``, with ``c`` the centre of what is asked, takes off the constant part that makes *hubs*, passages near to every
question; cf. Dinu et al. (2015), *Improving zero-shot learning by mitigating the hubness problem*. Questions and passages of one model
share that part to a cosine of 0.94 to 0.99, so the centre is the mean of the passages themselves, which the catalogue keeps.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.embed.embedder import FloatVector
from kb.store.passages import Spread

SCALE: Final = 10_000
"""Weights are kept as whole numbers of this part."""


def question_vector(embedder: str, vector: FloatVector) -> FloatVector:
    """The unit vector of a question among passages, of that which the embedder of this name gives it; both of shape ``(dimension,)``."""
    parts = _map(embedder)
    return vector if parts is None else moved(vector, *parts)


def moved(vector: FloatVector, left: NDArray[np.float32], right: NDArray[np.float32]) -> FloatVector:
    """A unit vector moved by the map ``left · right`` of shapes ``(dimension, rank)`` and ``(rank, dimension)``, and scaled again."""
    there = vector + left @ (right @ vector)
    unit: FloatVector = (there / np.linalg.norm(there)).astype(np.float32)
    return unit


@cache
def _map(embedder: str) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """The two factors of the map; None where none was fitted on this embedder."""
    file = resources.files("kb.search") / "question_map.json"
    if not file.is_file():
        return None
    stored = json.loads(file.read_text(encoding="utf-8"))
    if stored["embedder"] != embedder:
        return None
    left, right = (np.asarray(stored[side], dtype=np.float32) / np.float32(SCALE) for side in ("left", "right"))
    return left, right


SHARE = 0.15
"""How much of the centre is taken off. More gains a little across languages and costs the same language (0.25: jsquad-ja −0.004)."""


def without_hubness(query: FloatVector, pool: Spread, share: float = SHARE) -> FloatVector:
    """The question without a ``share`` of the mean of the pool's passages; not of unit length. An empty pool corrects nothing."""
    if pool.size == 0:
        return query
    centre = pool.first / pool.size
    moved: FloatVector = (query - share * centre).astype(np.float32)
    return moved
