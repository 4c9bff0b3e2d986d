"""Text to vectors: the bundled multilingual-e5-small, or any sentence-transformers model.

Rows are unit length, so that the inner product of a question and a passage is their cosine.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from kb.embed.cross_encoders import PassageReader, RequestReader
from kb.embed.e5_model import BundledEmbedder, FloatMatrix, FloatVector, TokenStates
from kb.errors import MissingExtraError, SettingsError

if TYPE_CHECKING:
    from kb.settings import Settings

T = TypeVar("T")
BATCH = 32
"""Texts per call of a model: enough to keep the cores busy, few enough for a progress bar that moves."""


__all__ = [
    "BundledEmbedder",
    "Embedder",
    "FloatMatrix",
    "FloatVector",
    "SentenceTransformerEmbedder",
    "TokenStates",
    "open_embedder",
    "open_reader",
    "open_request_reader",
    "text_key",
]


class Embedder(Protocol):
    """Embeds questions and passages, each with the prompt that its model was trained with."""

    @property
    def name(self) -> str:
        """Identity of model and prompts; an index built under another name is not searched."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def query(self, text: str) -> FloatVector:
        """The unit vector of a question, shape ``(dimension,)``."""

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        """Unit vectors, shape ``(len(texts), dimension)``; ``progress`` is told how many texts are done."""

    def tokens(self, texts: Sequence[str]) -> list[TokenStates]:
        """What each token of each text means in its place, for comparing texts word by word; of a long text, its first window."""

    def contextual(self, texts: Sequence[str]) -> tuple[FloatMatrix, list[TokenStates]]:
        """The vectors of `passages`, and what each token of each text means in its place, without ``spans``."""

    def knows(self, word: str) -> bool:
        """Whether the vocabulary of the model has a word whole, which a misspelt one seldom is; False where it does not tell."""


def text_key(text: str) -> str:
    """The key under which a text's embedding is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class SentenceTransformerEmbedder:
    """Any sentence-transformers model by name or path, with its own query and document prompts."""

    def __init__(self, model: str, query_prompt: str | None, passage_prompt: str | None, allow_download: bool) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtraError(
                f"The embedder {model!r} needs sentence-transformers, which is not installed. "
                "Run `make models` (or pip install 'setu-qa[models]')."
            ) from error
        try:
            self._model = SentenceTransformer(model, local_files_only=not allow_download, device="cpu")
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"The embedder {model!r} could not be loaded: {error}. "
                "Give a folder that holds the model, or set SETU_ALLOW_DOWNLOAD=1 once to fetch it."
            ) from error
        prompts = {name: prompt or "" for name, prompt in (self._model.prompts or {}).items()}
        self._query_prompt = query_prompt if query_prompt is not None else prompts.get("query", "")
        declared = next((prompts[key] for key in ("passage", "document") if key in prompts), "")
        self._passage_prompt = passage_prompt if passage_prompt is not None else declared
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise SettingsError(f"The embedder {model!r} does not say how long its vectors are. Choose a sentence-embedding model.")
        self.dimension: int = dimension
        self.name = f"{_identity(model)}/{dimension}/{text_key(self._query_prompt + chr(0) + self._passage_prompt)[:8]}"

    def query(self, text: str) -> FloatVector:
        """See `Embedder.query`."""
        vector: FloatVector = self._encode([text], self._query_prompt)[0]
        return vector

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        """See `Embedder.passages`."""
        return _in_batches(texts, self.dimension, lambda batch: self._encode(batch, self._passage_prompt), progress)

    def tokens(self, texts: Sequence[str]) -> list[TokenStates]:
        """See `Embedder.tokens`; every token of a foreign model says as much as another."""
        found = []
        for states in self._model.encode(list(texts), output_value="token_embeddings", show_progress_bar=False):
            rows = np.asarray(states.cpu(), dtype=np.float32)
            rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
            found.append(TokenStates(rows, np.ones(len(rows), dtype=np.float32)))
        return found

    def contextual(self, texts: Sequence[str]) -> tuple[FloatMatrix, list[TokenStates]]:
        """See `Embedder.contextual`; a foreign model makes two passes."""
        return self.passages(texts), self.tokens(texts)

    def knows(self, word: str) -> bool:
        """See `Embedder.knows`; a foreign model does not tell."""
        return False

    def _encode(self, texts: Sequence[str], prompt: str) -> FloatMatrix:
        vectors = self._model.encode(
            [t.encode("utf-8", "replace").decode("utf-8") for t in texts],
            prompt=prompt or None,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def open_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name.

    Raises:
        MissingExtraError: sentence-transformers is not installed.
        SettingsError: the model cannot be found or loaded.
    """
    if settings.embedder == "bundled":
        return _bundled(settings.home / "cache")
    return SentenceTransformerEmbedder(
        settings.embedder, settings.embedder_query_prompt, settings.embedder_passage_prompt, settings.allow_download
    )


def open_reader(settings: Settings) -> PassageReader:
    """What reads passages for a question: always the bundled model, whatever embeds."""
    model = _bundled(settings.home / "cache")
    return _once(_reader_once, lambda: PassageReader(model, settings.home / "cache"))


def bundled_states(settings: Settings) -> Callable[[str, int], FloatMatrix]:
    """The states of the bundled model by layer (`BundledEmbedder.layered`), whatever embeds; opened when they are first asked for."""
    return lambda text, most: _bundled(settings.home / "cache").layered(text, most)


def bundled_query(settings: Settings, text: str) -> FloatVector:
    """The vector of a question by the bundled model, whatever embeds."""
    return _bundled(settings.home / "cache").query(text)


def bundled_passages(settings: Settings, texts: Sequence[str]) -> FloatMatrix:
    """The vectors of texts by the bundled model, whatever embeds."""
    return _bundled(settings.home / "cache").passages(texts)


def open_request_reader(settings: Settings) -> RequestReader:
    """What tells what a message wants: always the bundled model, whatever embeds."""
    model = _bundled(settings.home / "cache")
    return _once(_requests_once, lambda: RequestReader(model, settings.home / "cache"))


_bundled_once: list[BundledEmbedder] = []
_reader_once: list[PassageReader] = []
_requests_once: list[RequestReader] = []
_loading = threading.Lock()


def _bundled(cache: Path) -> BundledEmbedder:
    """The bundled model, which a process has once, however many knowledge bases it opens: it takes 75 MB and a third of a second."""
    return _once(_bundled_once, lambda: BundledEmbedder(cache))


def _once(kept: list[T], make: Callable[[], T]) -> T:
    """What is kept, made where it is not yet; one thread makes it."""
    with _loading:
        if not kept:
            kept.append(make())
        return kept[0]


def _in_batches(
    texts: Sequence[str], dimension: int, encode: Callable[[Sequence[str]], FloatMatrix], progress: Callable[[int], None] | None
) -> FloatMatrix:
    vectors = np.empty((len(texts), dimension), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        vectors[rows] = encode([texts[i] for i in rows])
        if progress is not None:
            progress(start + len(rows))
    return vectors


def _identity(model: str) -> str:
    folder = Path(model)
    if not folder.is_dir():
        return f"st:{model}"
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".json", ".safetensors", ".bin"} and file.is_file():
            digest.update(f"{file.relative_to(folder)}:{file.stat().st_size}".encode())
            if file.suffix == ".json" and file.stat().st_size < 100_000:
                digest.update(file.read_bytes())
    return f"st:{folder.name}@{digest.hexdigest()[:10]}"
