"""Whether quotes bear out a statement, told by a small trained model over the states of the embedder's tokens.

Each token of the statement is aligned with the tokens of the quotes by soft attention, after none, four, seven and all twelve layers of the
bundled model, and compared with what it is aligned with (the two, their difference, their product: Chen et al. 2017, *Enhanced LSTM for
Natural Language Inference*). The tokens of the quotes know how far the statement holds them, so that what is left out can tell as well.
Three small transformer layers over the statement look at both, and one number comes out. ``python -m eval verifier`` trained it; it needs
no torch. The states of quotes are remembered, so a further statement on them costs little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.embed.cache import Recent
from kb.embed.e5_weights import open_reader_file

FloatArray = NDArray[np.float32]
Layered = Callable[[str, int], FloatArray]
"""Gives what the first tokens of a text are to a model after some of its layers, shape ``(tokens, layers, hidden)``."""

WEIGHTS: Final = "entailment.npz"
SAID, SHOWN = 100, 220
"""Tokens of a statement and of its quotes that are read."""
TITLED, PLACED = 80, 100
"""Characters of the title and of the headings before these."""
HEADS: Final = 4
_DIGITS = str.maketrans("०१२३४५६७८९０１２３４５６７８９", "01234567890123456789")
_EPSILON = 1e-5


class EntailmentModel:
    """Tells it. ``layered`` are the states of `kb.embed.e5_model.BundledEmbedder`, on which the model was trained."""

    def __init__(self, layered: Layered, weights: Path | None = None) -> None:
        file = open_reader_file(weights or Path(str(resources.files("kb.verify").joinpath(WEIGHTS))))
        self._weights = file.dense()
        self._layered = layered
        self._seen: Recent[tuple[str, int], FloatArray] = Recent(64)

    def log_odds(self, statement: str, place: str, quotes: Sequence[str]) -> float:
        """The log-odds that quotes which stand at a place (see `placed`) say what a statement says."""
        shown = held(place, quotes)
        said, there = self._seen.through([(statement, SAID), (shown, SHOWN)], lambda missing: [self._states(*one) for one in missing])
        return compared(said, there, self._weights)

    def _states(self, text: str, most: int) -> FloatArray:
        return reduced(self._layered(read_digits(text), most), self._weights)


def placed(document: str, path: Sequence[str]) -> str:
    """Where quotes stand, as it is read before them: the title of their paper and the headings above them."""
    return " › ".join(filter(None, (document[:TITLED].strip(), " › ".join(path)[-PLACED:].strip())))


def held(place: str, quotes: Sequence[str]) -> str:
    """What a statement is held against."""
    return (f"{place}. " if place else "") + "\n".join(quotes)


def read_digits(text: str) -> str:
    """A text with digits of all scripts as Latin ones, of which the bundled model knows more."""
    return text.translate(_DIGITS)


def reduced(states: FloatArray, weights: Mapping[str, FloatArray]) -> FloatArray:
    """States of tokens, shape ``(tokens, layers, hidden)``, along the directions in which they differ most: ``(layers, tokens, fewer)``."""
    layers = states.shape[1]
    centred = states - weights["mean"].reshape(layers, -1)
    return np.stack([centred[:, at] @ weights[f"pca{at}"] for at in range(layers)]).astype(np.float32)


def compared(said: FloatArray, held: FloatArray, weights: Mapping[str, FloatArray]) -> float:
    """The log-odds, from what `reduced` makes of a statement and of its quotes."""
    told, scalars, cover, base = [], [], [], []
    for at, (own, shown) in enumerate(zip(said, held, strict=True)):
        turned, value, sharp = weights[f"proj{at}"], weights[f"val{at}"], float(np.exp(weights["tau"][at]))
        cosines = _unit(own @ turned) @ _unit(shown @ turned).T
        attention = _softmax(cosines * sharp, 1)
        mine, theirs = own @ value.T, shown @ value.T
        aligned = attention @ theirs
        alike = (mine * aligned).sum(1) / np.maximum(np.linalg.norm(mine, axis=1) * np.linalg.norm(aligned, axis=1), 1e-8)
        scalars += [cosines.max(1), alike, np.log((attention**2).sum(1) + 1e-6)]
        nearest = cosines.max(0)
        cover += [nearest, nearest - (_softmax(cosines * sharp, 0) * cosines).sum(0)]
        told += [mine, aligned, mine - aligned, mine * aligned]
        base.append(theirs)
    x = _linear(np.concatenate(told, 1), weights, "ins") + _linear(np.stack(scalars, 1), weights, "scal")
    y = _linear(np.concatenate(base, 1), weights, "base") + _linear(np.stack(cover, 1), weights, "cov")
    x, y = _normal(x, weights, "ln"), _normal(y, weights, "lq")
    x = np.concatenate([weights["cls"].reshape(1, -1), x])
    blocks = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("blocks."))
    for at in range(blocks):
        x = _block(x, y, weights, f"blocks.{at}")
    pooled = np.concatenate([x[0], x[1:].max(0), x[1:].mean(0)])[None]
    inner = _gelu(_linear(_normal(pooled, weights, "out.0"), weights, "out.1"))
    return float(_linear(inner, weights, "out.3")[0, 0])


def _block(x: FloatArray, y: FloatArray, weights: Mapping[str, FloatArray], name: str) -> FloatArray:
    query, key, value = np.split(_linear(_normal(x, weights, f"{name}.n1"), weights, f"{name}.qkv"), 3, axis=1)
    x = x + _linear(_attended(query, key, value), weights, f"{name}.o1")
    key, value = np.split(_linear(y, weights, f"{name}.kv"), 2, axis=1)
    query = _linear(_normal(x, weights, f"{name}.n2"), weights, f"{name}.q")
    x = x + _linear(_attended(query, key, value), weights, f"{name}.o2")
    inner = _gelu(_linear(_normal(x, weights, f"{name}.n3"), weights, f"{name}.f1"))
    return x + _linear(inner, weights, f"{name}.f2")


def _attended(query: FloatArray, key: FloatArray, value: FloatArray) -> FloatArray:
    """Attention of `HEADS` heads, over rows of tokens."""
    wide = query.shape[1] // HEADS
    q, k, v = (rows.reshape(len(rows), HEADS, wide).transpose(1, 0, 2) for rows in (query, key, value))
    weights = _softmax(q @ k.transpose(0, 2, 1) * wide**-0.5, 2)
    mixed: FloatArray = (weights @ v).transpose(1, 0, 2).reshape(query.shape)
    return mixed


def _linear(x: FloatArray, weights: Mapping[str, FloatArray], name: str) -> FloatArray:
    found: FloatArray = x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return found


def _normal(x: FloatArray, weights: Mapping[str, FloatArray], name: str) -> FloatArray:
    centred = x - x.mean(1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(1, keepdims=True) + _EPSILON)
    normal: FloatArray = scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return normal


def _unit(rows: FloatArray) -> FloatArray:
    unit: FloatArray = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return unit


def _softmax(x: FloatArray, axis: int) -> FloatArray:
    raised = np.exp(x - x.max(axis=axis, keepdims=True))
    shares: FloatArray = raised / raised.sum(axis=axis, keepdims=True)
    return shares


def _gelu(x: FloatArray) -> FloatArray:
    """By the hyperbolic tangent (Hendrycks and Gimpel 2016, *Gaussian Error Linear Units*)."""
    smooth: FloatArray = 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return smooth
