"""What is compared, and what is asked of the knowledge base for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lang.codes import Language

FloatMatrix: TypeAlias = NDArray[np.float32]


class Likeness(Protocol):
    """What is asked of the knowledge base; `kb.search.likeness.Likeness`."""

    def cosines(self, phrases: Sequence[str], passages: Sequence[tuple[str, str]]) -> FloatMatrix:
        """Cosines of phrases with passages (title and text)."""

    def terms(self, text: str, language: Language) -> frozenset[str]:
        """The glossary's terms in a text."""

    def names(self, text: str, language: Language) -> Mapping[Language, tuple[str, ...]]:
        """What these terms are called in each language."""


@dataclass(frozen=True, slots=True)
class Said:
    """An area, or a passage, in words of one language."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Passage:
    """What may be about an area. ``theme`` is the document: passages of one share it."""

    text: str
    language: Language
    title: str
    theme: int
