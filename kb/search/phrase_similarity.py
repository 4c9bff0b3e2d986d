"""How near short phrases are to passages, and which terms of the glossary both name, for rooms that must not know models.

A passage that was ingested has its vector already; only what was cut out of one is embedded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import select

from kb.embed.embedder import Embedder, FloatMatrix, FloatVector, text_key
from kb.index.glossary import Glossary
from kb.store.catalogue import Catalogue
from kb.store.document_rows import Header, passage_text
from kb.store.passages import pack, unpack
from kb.store.schema import embeddings
from lang.languages import LANGUAGES, Language

_AT_ONCE = 500
"""Keys asked for in one statement; SQLite takes 999 parameters at least."""


class Likeness:
    """Compares phrases with passages. Thread-safe; an embedder that remembers (`kb.embed.cache`) is wanted."""

    def __init__(self, catalogue: Catalogue, embedder: Embedder, glossary: Glossary) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self._glossary = glossary

    def cosines(self, phrases: Sequence[str], passages: Sequence[tuple[str, str]]) -> FloatMatrix:
        """The cosine of each phrase with each passage, shape ``(len(phrases), len(passages))``.

        Args:
            phrases: what is looked for, as a question would be.
            passages: the title of the document and the text, for each.
        """
        if not phrases or not passages:
            return np.zeros((len(phrases), len(passages)), dtype=np.float32)
        return np.asarray(self.phrases(phrases) @ self.vectors(passages).T, dtype=np.float32)

    @property
    def model(self) -> str:
        """What embeds; vectors of another cannot be compared with its."""
        return self._embedder.name

    def phrases(self, phrases: Sequence[str]) -> FloatMatrix:
        """The unit vectors of phrases, at least one, as questions, shape ``(len(phrases), dimension)``."""
        return np.stack([self._embedder.query(phrase) for phrase in phrases])

    def vectors(self, passages: Sequence[tuple[str, str]]) -> FloatMatrix:
        """The unit vectors of passages, each the title of its document and the text, shape ``(len(passages), dimension)``."""
        return self._vectors([passage_text(Header(title), text) for title, text in passages])

    def among(self, sentences: Sequence[str]) -> FloatMatrix:
        """The cosine of each sentence with each, shape ``(n, n)``; a sentence and its translation have about 0.93 and more."""
        if not sentences:
            return np.zeros((0, 0), dtype=np.float32)
        vectors = self._vectors(sentences)
        return np.asarray(vectors @ vectors.T, dtype=np.float32)

    def terms(self, text: str, language: Language) -> frozenset[str]:
        """The terms of the glossary that a text names, each by its first name in any language, the same for all texts."""
        return frozenset(next(iter(found.term.names.values()))[0] for found in self._glossary.find(text, language))

    def names(self, text: str, language: Language) -> Mapping[Language, tuple[str, ...]]:
        """The usual name, in each language, of every term of the glossary that a text names, in the order of the text."""
        found = self._glossary.find(text, language)
        return {each: tuple(one.term.usual(each) for one in found if one.term.usual(each)) for each in LANGUAGES}

    def _vectors(self, texts: Sequence[str]) -> FloatMatrix:
        keys = [text_key(text) for text in texts]
        stored: dict[str, FloatVector] = {}
        wanted = list(dict.fromkeys(keys))
        with self._catalogue.read() as conn:
            for start in range(0, len(wanted), _AT_ONCE):
                query = select(embeddings.c.key, embeddings.c.vector).where(
                    embeddings.c.model == self._embedder.name, embeddings.c.key.in_(wanted[start : start + _AT_ONCE])
                )
                rows = conn.execute(query).all()
                if rows:
                    stored |= dict(zip([row.key for row in rows], unpack([row.vector for row in rows]), strict=True))
        missing = list(dict.fromkeys(text for key, text in zip(keys, texts, strict=True) if key not in stored))
        # Rounded as they are kept: else it would show whether a paper, seen or not, holds a text.
        made = unpack([pack(vector) for vector in self._embedder.passages(missing)]) if missing else ()
        computed = dict(zip(missing, made, strict=True))
        return np.stack([stored[key] if key in stored else computed[text] for key, text in zip(keys, texts, strict=True)])
