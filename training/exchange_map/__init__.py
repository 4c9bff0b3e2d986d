"""The exchange map: what an agreement covers, against what the partner practises, what is piloted here and what is reported.

It is made of search and quotes alone, without a language model. `draw` makes one of a knowledge base, `current` keeps it
until the documents change, `sifted` shows a part of it.
"""

from __future__ import annotations

from training.errors import MapCancelledError, MapError, NothingToMapError
from training.exchange_map.build import Step, current, draw, kept, outdated
from training.exchange_map.map_records import COLUMNS, Area, Cell, Column, Confidence, ExchangeMap, Gap, Match, Reason, Row, Sift, sifted

__all__ = [
    "COLUMNS",
    "Area",
    "Cell",
    "Column",
    "Confidence",
    "ExchangeMap",
    "Gap",
    "MapCancelledError",
    "MapError",
    "Match",
    "NothingToMapError",
    "Reason",
    "Row",
    "Sift",
    "Step",
    "current",
    "draw",
    "kept",
    "outdated",
    "sifted",
]
