"""What kind a paper is by how it begins and ends: a linear model over pieces of words and what the phrases of `kinds` say.

The weights are in ``kind_model.json``, which ``python -m eval kinds --write`` fitted on openings and endings of papers that others wrote.
A piece is a run of two to five letters of the title, the beginning or the end; pieces are counted by a hash (Weinberger et al. 2009,
*Feature hashing for large scale multitask learning*), so that no list of words is kept.
"""

from __future__ import annotations

import json
import unicodedata
import zlib
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray

from ingest.records import KINDS, Kind

PIECES: Final = 1 << 13
"""Columns that the pieces are counted in; after them a column for each kind that the phrases say."""
LEAST: Final = 600
"""Bytes of UTF-8 that a paper has at least for the model to be asked: 600 letters of English, 200 of Marathi, Hindi or Japanese."""
TITLE, HEAD, TAIL = 200, 600, 300
_LENGTHS = (2, 3, 4, 5)
_SIGN = 1 << 20
_DIGIT = regex.compile(r"\d")

Floats = NDArray[np.float64]


def likelier(title: str, text: str, said: Kind) -> Kind:
    """The kind that is likelier than all others together; ``said`` where none is, the paper is too short to tell, or nothing was fitted.

    Args:
        title: as it was found.
        text: of the whole paper.
        said: the kind that the phrases say.
    """
    weights = _weights()
    if weights is None or len(text[: 2 * LEAST].encode()) < LEAST:
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
        pieces = _pieces(part)
        for piece in pieces:
            at = zlib.crc32(f"{place}{piece}".encode("utf-8", "surrogatepass"))
            found[at % PIECES] += (1 if at & _SIGN else -1) / len(pieces) ** 0.5
    found[PIECES + KINDS.index(said)] = 1.0
    return found


def _pieces(text: str) -> set[str]:
    flat = " ".join(_DIGIT.sub("0", unicodedata.normalize("NFKC", text).casefold()).split())
    bounded = f" {flat} "
    return {bounded[at : at + n] for n in _LENGTHS for at in range(len(bounded) - n + 1)} if flat else set()


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
