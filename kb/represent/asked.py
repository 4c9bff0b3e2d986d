"""The vector of a question that passages are searched with: the embedder's own, moved by a fitted map.

A small model lays a question beside passages that share its words. The map, *M* in ``u = q + M q`` scaled to unit length, moves it towards
where passages that answer such questions lie. It is linear and for questions alone, so that the index stays as it is; cf. the query-side
adapters of Yoon et al. (2024), *Search-Adaptor*. The weights lie in ``asked.json``, which ``python -m eval questions --write`` fitted on
questions that others wrote for papers of others. It belongs to the embedder whose vectors it was fitted on: with any other, nothing moves.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.represent.embed import FloatVector

SCALE: Final = 10_000
"""Weights are kept as whole numbers of this part."""


def asked(embedder: str, vector: FloatVector) -> FloatVector:
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
    file = resources.files("kb.represent") / "asked.json"
    if not file.is_file():
        return None
    stored = json.loads(file.read_text(encoding="utf-8"))
    if stored["embedder"] != embedder:
        return None
    left, right = (np.asarray(stored[side], dtype=np.float32) / np.float32(SCALE) for side in ("left", "right"))
    return left, right
