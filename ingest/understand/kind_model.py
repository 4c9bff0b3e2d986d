"""What kind a paper is by how it begins and ends: a linear model over pieces of words and what the phrases of `kinds` say.

The weights are in ``kind_model.json``, which ``python -m eval kinds --write`` fitted on openings and endings of papers that others wrote.
It sees the pieces (`lang.ngrams`) of the title, the beginning and the end.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import regex

from ingest.records import KINDS, Kind
from lang.ngrams import Floats, count_pieces

PIECES: Final = 1 << 13
"""Columns that the pieces are counted in; after them a column for each kind that the phrases say."""
LEAST: Final = 600
"""Bytes of UTF-8 that a paper has at least for the model to be asked: 600 letters of English, 200 of Marathi, Hindi or Japanese."""
TITLE, HEAD, TAIL = 200, 600, 300
MINUTES: Final = regex.compile(r"\bminutes\b|इतिवृत्त|कार्यवृत्त|議事録|会議録|議事要旨", regex.I)
"""What minutes are called in a title; they are of no kind of their own."""


def is_short(text: str) -> bool:
    """Whether a paper is too short to tell its kind by how it begins and ends."""
    return len(text[: 2 * LEAST].encode()) < LEAST


def likelier(title: str, text: str, said: Kind) -> Kind:
    """The kind that is likelier than all others together; ``said`` where none is, the paper is too short to tell, or nothing was fitted.

    Args:
        title: as it was found.
        text: of the whole paper.
        said: the kind that the phrases say.
    """
    weights = _weights()
    if weights is None or is_short(text):
        return said
    totals = weights[:, :-1] @ features(title, text, text, said) + weights[:, -1]
    chances = np.exp(totals - totals.max())
    best = int(np.argmax(chances))
    return KINDS[best] if chances[best] > chances.sum() / 2 else said


def features(title: str, head: str, tail: str, said: Kind) -> Floats:
    """What the model sees of a paper, shape ``(PIECES + kinds,)``: of ``head`` the beginning, of ``tail`` the end."""
    found = np.zeros(PIECES + len(KINDS))
    head = head.removeprefix(title)
    for place, part in (("t", title[:TITLE]), ("h", head[:HEAD]), ("e", tail[-TAIL:])):
        count_pieces(found[:PIECES], place, part)
    found[PIECES + KINDS.index(said)] = 1.0
    return found


@cache
def _weights() -> Floats | None:
    """A row for each kind, its bias last; None where nothing was fitted."""
    file = resources.files("ingest.understand") / "kind_model.json"
    if not file.is_file():
        return None
    stored = json.loads(file.read_text(encoding="utf-8"))
    rows = [[*stored["weights"][kind], stored["bias"][kind]] for kind in KINDS]
    weights: Floats = np.asarray(rows, dtype=np.float64) / float(stored["scale"])
    return weights
