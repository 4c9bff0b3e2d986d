"""Models that read two texts together: the bundled reader (does a passage answer a question?), or a CrossEncoder.

Nogueira and Cho (2019), *Passage Re-ranking with BERT*: question and passage are one text, and its first token tells whether the one
answers the other. The layers below `MIDDLE` are those of the embedder; ``python -m eval reader`` trained the others (docs/answers.md
says on what). A CrossEncoder of sentence-transformers serves reranking and verifying where a setting names one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from kb.embed.e5_model import BundledEmbedder, FloatVector, batches, opened, release_of
from kb.embed.e5_weights import open_reader_file
from kb.errors import MissingExtraError, SettingsError


def open_cross_encoder(model: str, allow_download: bool, role: str, setting: str) -> Any:
    """The model, by name or path.

    Args:
        model: its name or folder.
        allow_download: whether it may be fetched from the network.
        role: what it is here ("reranker"), for the messages.
        setting: the setting that names it, for the messages.

    Raises:
        MissingExtraError: sentence-transformers is not installed.
        SettingsError: the model cannot be found or loaded.
    """
    try:
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        raise MissingExtraError(
            f"The {role} {model!r} needs sentence-transformers, which is not installed. "
            f"Run `make models` (or pip install 'setu-qa[models]'), or unset {setting}."
        ) from error
    try:
        return CrossEncoder(model, local_files_only=not allow_download)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The {role} {model!r} could not be loaded: {error}. "
            f"Give a folder that holds the model, or set SETU_ALLOW_DOWNLOAD=1 once to fetch it, or unset {setting}."
        ) from error


WEIGHTS, REQUESTS = "reader.npz", "requests.npz"
MOST = 110
"""Tokens of a message that are read."""
ASKED, TITLED, READ = 64, 16, 200
"""Tokens of the question, of the title and of a window of the passage that are read together."""
SHARED = 30
"""Tokens that two windows of a long passage share."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a passage answers: the log-odds that it does, and ``[start, end)`` of its text, the window that answers best."""

    odds: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Window:
    """A window of a passage: the passage's place in the list, the characters it stands for, and the tokens that are read."""

    passage: int
    start: int
    end: int
    tokens: list[int]


class PassageReader:
    """Reads passages for a question with the layers of ``model`` and its own; graphs are kept in ``cache``.

    Of the question ``asked`` tokens are read.
    """

    def __init__(self, model: BundledEmbedder, cache: Path, weights: Path | None = None, asked: int = ASKED) -> None:
        path = weights or Path(str(resources.files("kb.embed").joinpath(WEIGHTS)))
        self._model = model
        self._asked = asked

        def make() -> bytes:
            from kb.embed.e5_graph import build_reader

            return build_reader(open_reader_file(path), model.weights.shape)

        self._upper = opened(cache, "reader", release_of(path), "upper", make)

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """How each passage, a title and a text, answers a question; of a long passage the window that answers best tells.

        Time goes with the tokens of question and passages: some 0.4 s for 1,000 on two cores.
        """
        asked = self._model.encoded(f"query: {question}")[0][: self._asked]
        windows: list[_Window] = []
        for at, (title, text) in enumerate(passages):
            head = [*asked, self._model.end, self._model.end, *self._model.encoded(f"passage: {title[:80]}. ")[0][:TITLED]]
            ids, spans = self._model.encoded(text)
            for start in _starts(len(ids)):
                held = spans[start : start + READ] or [(0, len(text))]
                windows.append(_Window(at, held[0][0], held[-1][1], [*head, *ids[start : start + READ]]))
        found = [Reading(-math.inf, 0, len(text)) for _, text in passages]
        for batch in batches(sorted(windows, key=lambda one: len(one.tokens)), lambda one: one.tokens):
            middle, mask = self._model.halfway([one.tokens for one in batch])
            scores = self._upper.run(None, {"embeddings": middle, "mask": mask})[0]
            for one, score in zip(batch, scores.tolist(), strict=True):
                if score > found[one.passage].odds:
                    found[one.passage] = Reading(score, one.start, one.end)
        return found


def _starts(tokens: int) -> list[int]:
    """Where the windows of a passage begin."""
    return [0] if tokens <= READ else list(range(0, tokens - SHARED, READ - SHARED))


class RequestReader:
    """Tells what a message wants: a number for each class, and what a class is others know (``python -m eval intent`` trained it).

    It reads messages with the layers of ``model`` and its own; graphs are kept in ``cache``.
    """

    def __init__(self, model: BundledEmbedder, cache: Path, weights: Path | None = None) -> None:
        path = weights or Path(str(resources.files("kb.embed").joinpath(REQUESTS)))
        self._model = model

        def make() -> bytes:
            from kb.embed.e5_graph import build_request_reader

            return build_request_reader(open_reader_file(path), model.weights.shape)

        self._upper = opened(cache, "requests", release_of(path), "upper", make)

    def read(self, message: str) -> FloatVector:
        """The log-odds of each class up to a constant, shape ``(classes,)``."""
        middle, mask = self._model.halfway([tokens_of(self._model, message)])
        totals: FloatVector = self._upper.run(None, {"embeddings": middle, "mask": mask})[0][0]
        return np.asarray(totals, dtype=np.float32)


def tokens_of(model: BundledEmbedder, message: str) -> list[int]:
    """The tokens of a message, without those that begin and end a text."""
    return model.encoded(f"query: {message}")[0][:MOST]
