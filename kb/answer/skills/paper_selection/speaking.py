"""Which papers speak of a matter: a linear model over what reading their best passages, searching, and comparing words say.

People name a matter in their own words and language, so that a passage on it may hold none of them. The weights lie in ``speaking.json``,
which ``python -m eval speaking --write`` fitted on matters and papers of others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kb.answer.skills.paper_selection.subject import UNKNOWN, Matter
from kb.ports import Ports
from kb.records import Hit

Floats: TypeAlias = NDArray[np.float64]

FEATURES: Final = ("read", "searched", "held", "named")
PAPERS: Final = 12
"""Papers of which the best passage is read, in the order in which the search found them."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """The weights of the features, the bias, and the log-odds from which a paper speaks of a matter."""

    weights: Floats
    bias: float
    least: float


def speaking(asked: Matter, hits: Sequence[Hit], ports: Ports) -> dict[int, Hit]:
    """The papers, by id, that speak of a matter, likeliest first, each with its passage that was found first."""
    best = best_of_each(hits)
    if not best:
        return {}
    model = fitted()
    odds = features(asked, best, ports) @ model.weights + model.bias
    order = [int(at) for at in np.argsort(-odds, kind="stable") if odds[at] >= model.least]
    return {best[at].document_id: best[at] for at in order}


def best_of_each(hits: Sequence[Hit]) -> list[Hit]:
    """The first passage of each of the first papers that were found."""
    first: dict[int, Hit] = {}
    for hit in hits:
        first.setdefault(hit.document_id, hit)
    return list(first.values())[:PAPERS]


def features(asked: Matter, best: Sequence[Hit], ports: Ports) -> Floats:
    """What is seen of each passage, shape ``(len(best), len(FEATURES))``."""
    read = ports.reads(asked.text, [(hit.document, hit.text) for hit in best])
    top = max(hit.score for hit in best)
    rows = []
    for hit, told in zip(best, read, strict=True):
        held = asked.held(f"{hit.document} {hit.text}", hit.language)
        rows.append((told.odds, hit.score - top, UNKNOWN if held is None else held, hit.channels.get("names") or 0.0))
    return np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES))


@cache
def fitted() -> Speaking:
    """The weights in ``speaking.json`` beside this module."""
    text = resources.files("kb.answer.skills.paper_selection").joinpath("speaking.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    return Speaking(np.array([stored["weights"][name] for name in FEATURES]), float(stored["bias"]), float(stored["least"]))
