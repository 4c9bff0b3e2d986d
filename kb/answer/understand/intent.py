"""Which skill a message asks for: a linear model over its meaning (the embedder's vector), the words of requests and pieces of words.

The weights are in ``intent.json``, which ``python -m eval intent`` wrote. They belong to one embedder; under another, and where no weights
were fitted, the words alone decide.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import NDArray

from kb.answer.understand.matter import met, points_wanted, skill_words
from kb.ports import SentenceEmbedder
from kb.records import Skill
from lang.ngrams import count_pieces
from lang.normalise import search_form

Intent: TypeAlias = Literal[
    "lookup", "chat", "summary", "digest", "compare", "table", "obligations", "timeline", "inventory", "define", "draft", "translate",
    "opinion", "order", "outside",
]  # fmt: skip
"""What is wanted: a skill, or one of three things that are declined: an opinion, an order in disguise, what no papers hold.

A ``summary`` is of papers as a whole, a ``digest`` is one of what they say on a matter.
"""
INTENTS: tuple[Intent, ...] = get_args(Intent)
WORDS: tuple[str, ...] = ("summary", "compare", "table", "obligations", "timeline", "inventory", "define", "draft", "translate", "decline")
"""The lists of words that are features, in order."""
SAY_MOST = 2
SPREAD = 4.0
"""The entries of a vector of unit length are small beside the other features; so much larger, one penalty serves all weights."""
PIECES: Final = 1 << 12
"""Columns that the pieces are counted in."""
BY_PIECES: Final = 2.0
"""By what they are multiplied."""
OF_MATTER: Final = 0.2
"""The part of what is likely a summary from which what the papers say on a matter is told beside what a summary of them would."""
SCALE: Final = 1000
"""Weights are kept as whole numbers of this part."""
_OF: Final[Mapping[Intent, Skill]] = MappingProxyType({"opinion": "decline", "order": "decline", "outside": "decline", "digest": "summary"})


@dataclass(frozen=True, slots=True)
class Model:
    """``weights`` has the shape ``(intents, features)``; the features are those of `features`."""

    embedder: str
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


def skill_of(intent: Intent) -> Skill:
    """The skill that does what is wanted."""
    return _OF.get(intent) or cast(Skill, intent)


def likeliest(likely: Mapping[Intent, float]) -> tuple[Intent, float]:
    """The intent of the likeliest skill, and how likely the skill is, of what is declined how likely the intent."""
    together = likely["summary"] + likely["digest"]
    best = max(likely, key=lambda one: together if one in ("summary", "digest") else likely[one])
    if skill_of(best) == "summary":
        return ("digest" if of_matter(likely) > OF_MATTER else "summary"), together
    return best, likely[best]


def of_matter(likely: Mapping[Intent, float]) -> float:
    """How likely a summary is one of a matter."""
    return likely["digest"] / max(likely["summary"] + likely["digest"], 1e-9)


def chances(message: str, embedder: SentenceEmbedder) -> Mapping[Intent, float]:
    """How likely each intent is; ``embedder`` is the one that the papers were embedded with."""
    model = _model()
    if model is None or model.embedder != embedder.name:
        return by_words(message)
    totals = model.weights @ features(message, embedder) + model.bias
    scores = np.exp(totals - totals.max())
    return dict(zip(INTENTS, (scores / scores.sum()).tolist(), strict=True))


def features(message: str, embedder: SentenceEmbedder) -> NDArray[np.float32]:
    """The meaning, the tokens half way, the words of each list (at most `SAY_MOST`), length, whether points are asked for, pieces of words.

    What is wanted is told better half way through the model's layers than by the vector, which is made for what a text is about.
    """
    form = search_form(message).text
    said = [min(len(met(skill_words()[name], form)), SAY_MOST) / SAY_MOST for name in WORDS]
    pieces = np.zeros(PIECES)
    count_pieces(pieces, "i", form)
    shape = np.array([*said, min(math.log1p(len(message)) / 6, 1.0), float(points_wanted(message) is not None)])
    meaning, middle = embedder.query(message), _middle(message, embedder)
    return np.concatenate([meaning * SPREAD, middle * SPREAD, shape, BY_PIECES * pieces]).astype(np.float32)


def _middle(message: str, embedder: SentenceEmbedder) -> NDArray[np.float32]:
    """The mean of the states of the message's tokens half way, of unit length; zeros where it has no token."""
    found = embedder.tokens([message])[0]
    mean = found.compared(across=True).sum(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def by_words(message: str) -> Mapping[Intent, float]:
    """The intent of whose words the message has most, looking up where it has none: what needs no weights."""
    form = search_form(message).text
    counts = {name: len(met(skill_words()[name], form)) for name in WORDS if name != "decline"}
    best = max(counts, key=lambda name: counts[name])
    certain = dict.fromkeys(INTENTS, 0.0)
    return certain | {cast(Intent, best) if counts[best] else "lookup": 1.0}


@cache
def _model() -> Model | None:
    file = resources.files("kb.answer.understand").joinpath("intent.json")
    if not file.is_file():
        return None
    stored = json.loads(file.read_text(encoding="utf-8"))
    rows = np.array([stored["weights"][intent] for intent in INTENTS], dtype=np.float32) / np.float32(SCALE)
    return Model(stored["embedder"], rows, np.array([stored["bias"][intent] for intent in INTENTS], dtype=np.float32))
