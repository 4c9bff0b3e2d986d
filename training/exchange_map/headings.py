"""What a heading of an agreement is: it names an area of cooperation, leads a list of areas in, or is formal.

``headings.json`` holds what ``python -m eval cells --write`` fitted on headings and items of agreements in four languages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from kb import KnowledgeBase
from kb.embed.embedder import bundled_passages

HeadingRole: TypeAlias = Literal["list", "area", "formal"]
HEADINGS: Final[tuple[HeadingRole, ...]] = ("list", "area", "formal")


def heading_roles(kb: KnowledgeBase, texts: Sequence[str]) -> list[HeadingRole]:
    """What each heading or item of an agreement is."""
    if not texts:
        return []
    weights = np.array(_model()["weights"], dtype=np.float64).reshape(len(HEADINGS), -1)
    totals = np.asarray(bundled_passages(kb.settings, texts), dtype=np.float64) @ weights[:, :-1].T + weights[:, -1]
    return [HEADINGS[int(at)] for at in totals.argmax(axis=1)]


@cache
def _model() -> Mapping[str, Any]:
    stored: Mapping[str, Any] = json.loads(resources.files("training.exchange_map").joinpath("headings.json").read_text(encoding="utf-8"))
    return stored
