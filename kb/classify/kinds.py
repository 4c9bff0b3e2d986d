"""What kind a paper is where no words of it say so: a linear model over its beginning and end, their vectors and pieces of words.

`ingest.understand.kinds` tells the kinds that words tell. The weights lie in ``kind.json``, which ``python -m eval lines kind --write``
fitted on beginnings and ends of papers that others wrote. A paper of another kind is read for its facts once more.
"""

from __future__ import annotations

from typing import Final, cast

import numpy as np

from ingest.records import Document, Kind
from ingest.understand.again import kind_is_told, read_as
from ingest.understand.kind_model import PIECES, features, is_short
from kb.classify.model import Floats, Model, stored
from kb.classify.vectors import Vectors
from kb.represent.embed import Embedder

TITLE, HEAD, TAIL = 200, 350, 250
"""Letters of the title, after it and at the end that are embedded."""
_HEAVY: Final = ("agreement", "news")
LEAST: Final = 0.5
"""Kinds that are not told lightly, and how likely a paper of them has to be."""
_HEAD, _TAIL = 3.0, 1.5
"""By what the vectors are multiplied, beside pieces whose sum of squares is 1."""


def texts_of(title: str, head: str, tail: str) -> tuple[str, str]:
    """What is embedded of a paper: its beginning under its title, and its end."""
    return f"{title[:TITLE]}\n{head.removeprefix(title)[:HEAD]}", tail[-TAIL:]


def kind_features(title: str, head: str, tail: str, begins: Floats, ends: Floats) -> Floats:
    """What the model sees of a paper: pieces of words and the two vectors, which have the mean taken off."""
    return np.concatenate([features(title, head, tail, "other")[:PIECES], _HEAD * begins, _TAIL * ends])


def settled(document: Document, embedder: Embedder) -> Document:
    """The document with its kind, and the facts of that; as it is where words or a person say the kind, or it is too short to tell."""
    model = stored("kind", embedder.name)
    if model is None or kind_is_told(document) or is_short(document.text):
        return document
    kind = kind_of(document, model, embedder)
    return document if kind == document.facts.kind else read_as(document, kind)


def kind_of(document: Document, model: Model, embedder: Embedder) -> Kind:
    """The likeliest kind; an agreement or news only where that is likelier than not: one would bind its parties, the other be hearsay."""
    title, text = document.facts.title, document.text
    parts = texts_of(title, text, text)
    vectors = Vectors(embedder, parts)
    seen = kind_features(title, text, text, *(vectors.of(part, model.mean) for part in parts))
    chances = model.chances(seen[None])[0]
    for at, kind in enumerate(model.classes):
        if kind in _HEAVY and chances[at] < LEAST:
            chances[at] = 0.0
    return cast(Kind, model.classes[int(np.argmax(chances))])
