"""The vectors of passages, kept paper by paper, so that after a new paper only that one is embedded.

What is kept of a paper is a material of the knowledge base, of one version and one embedder; it is made anew when either is another.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np

from kb import KnowledgeBase
from kb.embed.embedder import text_key
from kb.records import DocumentInfo
from lang.languages import Language
from training.exchange_map.map_records import FloatMatrix

KIND: Final = "map-vectors"
Shown: TypeAlias = tuple[str, str]
"""The title and the text of a passage, as they are compared."""


class KeptVectors:
    """Compares phrases with passages as `kb.search.phrase_similarity.Likeness` does, and embeds no passage twice."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._likeness = kb.likeness
        self._known: dict[str, FloatMatrix] = {}
        self._names: dict[tuple[str, Language], Mapping[Language, tuple[str, ...]]] = {}

    def prepare(self, info: DocumentInfo, shown: Sequence[Shown]) -> None:
        """Know the vectors of a paper's passages: those that are kept of its version, or new ones, which are kept."""
        wanted = list(dict.fromkeys(shown))
        model = self._likeness.model
        stored = self._kb.materials.load(_id(info), KIND)
        kept = json.loads(stored.body) if stored is not None else {}
        known: dict[str, str] = kept["vectors"] if (kept.get("version"), kept.get("model")) == (info.version, model) else {}
        missing = [one for one in wanted if _key(one) not in known]
        made = self._likeness.vectors(missing) if missing else ()
        vectors = {
            _key(one): base64.b64encode(np.asarray(vector, "<f2").tobytes()).decode() for one, vector in zip(missing, made, strict=True)
        }
        for key, text in (known | vectors).items():
            self._known[key] = np.frombuffer(base64.b64decode(text), "<f2").astype(np.float32)
        if missing:
            body = {"document_id": info.id, "version": info.version, "model": model, "vectors": known | vectors}
            self._kb.materials.save(_id(info), KIND, "exchange map", json.dumps(body, separators=(",", ":")), shared=True)

    def vectors(self, shown: Sequence[Shown]) -> FloatMatrix:
        """The unit vectors of passages, shape ``(len(shown), dimension)``."""
        missing = list(dict.fromkeys(one for one in shown if _key(one) not in self._known))
        if missing:
            self._known |= dict(zip(map(_key, missing), self._likeness.vectors(missing), strict=True))
        return np.stack([self._known[_key(one)] for one in shown])

    def cosines(self, phrases: Sequence[str], passages: Sequence[Shown]) -> FloatMatrix:
        """The cosine of each phrase with each passage, shape ``(len(phrases), len(passages))``."""
        if not phrases or not passages:
            return np.zeros((len(phrases), len(passages)), dtype=np.float32)
        return np.asarray(self._likeness.phrases(phrases) @ self.vectors(passages).T, dtype=np.float32)

    def terms(self, text: str, language: Language) -> frozenset[str]:
        """The terms of the glossary that a text names."""
        return self._likeness.terms(text, language)

    def names(self, text: str, language: Language) -> Mapping[Language, tuple[str, ...]]:
        """What these terms are called in each language; found once for a text."""
        if (text, language) not in self._names:
            self._names[text, language] = self._likeness.names(text, language)
        return self._names[text, language]


def _key(shown: Shown) -> str:
    return text_key("\n".join(shown))


def _id(info: DocumentInfo) -> str:
    return f"mapped-{info.id}"
