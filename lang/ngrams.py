"""Pieces of words as numbers: runs of two to five letters, counted in columns by a hash, so that no list of words is kept.

Weinberger et al. (2009), *Feature hashing for large scale multitask learning*.
"""

from __future__ import annotations

import unicodedata
import zlib
from typing import TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

_LENGTHS = (2, 3, 4, 5)
_SIGN = 1 << 20
_DIGIT = regex.compile(r"\d")


def count_pieces(found: Floats, place: str, text: str) -> None:
    """Add the pieces of a text, whose squares sum to 1, to the columns ``found``; a text of another ``place`` has others."""
    pieces = _pieces(text)
    for piece in pieces:
        at = zlib.crc32(f"{place}{piece}".encode("utf-8", "surrogatepass"))
        found[at % len(found)] += (1 if at & _SIGN else -1) / len(pieces) ** 0.5


def _pieces(text: str) -> set[str]:
    flat = " ".join(_DIGIT.sub("0", unicodedata.normalize("NFKC", text).casefold()).split())
    bounded = f" {flat} "
    return {bounded[at : at + n] for n in _LENGTHS for at in range(len(bounded) - n + 1)} if flat else set()
