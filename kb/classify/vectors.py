"""Vectors of the texts of a paper, each computed once, with the mean of a model taken off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from kb.classify.model import Floats
from kb.represent.embed import Embedder


class Vectors:
    """Of the texts that it was made of."""

    def __init__(self, embedder: Embedder, texts: Iterable[str]) -> None:
        wanted = sorted({text for text in texts if text})
        rows = embedder.passages(wanted) if wanted else np.empty((0, embedder.dimension), dtype=np.float32)
        self._rows: Mapping[str, Floats] = {text: row.astype(np.float64) for text, row in zip(wanted, rows, strict=True)}
        self._none: Floats = np.zeros(embedder.dimension)

    def of(self, text: str, mean: Floats) -> Floats:
        """The vector of a text less the mean; zero for no text."""
        return self._rows[text] - mean if text else self._none
