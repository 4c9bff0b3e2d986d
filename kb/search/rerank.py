"""The best passages read again together with the question, by a sentence-transformers CrossEncoder.

A CrossEncoder is more exact than vectors and keywords and a thousand times slower, so it reads only the first passages of the list, in
batches, in a thread of its own, and only for so long: when the time is over the order stands as it was, and a note says so. What was
scored is remembered, so the same question asked again goes on where it stopped. Nothing of torch is imported before the first search.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from kb.embed.cross_encoders import open_cross_encoder
from kb.embed.embedder import FloatVector, text_key
from kb.errors import SettingsError
from kb.search.fusion import Fused
from kb.settings import Settings
from kb.store.document_rows import Header, passage_text
from kb.store.passages import Passage
from lang.languages import Language
from prompts.phrases import phrase

BATCH = 4
"""Pairs per call of the model: after the time is over, at most so many are still read in the background."""
KEPT = 50_000
"""Scores that are remembered, the least recently used going first: some 10 MB."""

Trouble: TypeAlias = Literal["late", "failed"]
"""Why an order stands as it was: the time was over, or the model gave no scores."""
Key: TypeAlias = tuple[str, str, str]
"""Model, question, hash of the passage."""


class PairScorer(Protocol):
    """Reads a question and a passage together."""

    @property
    def name(self) -> str:
        """Identity of the model."""

    def scores(self, question: str, passages: Sequence[str]) -> FloatVector:
        """How well each passage answers, higher is better, shape ``(len(passages),)``; raises RuntimeError when the model cannot."""


class CrossEncoderScorer:
    """Any sentence-transformers CrossEncoder with one output, by name or path; on a GPU where there is one.

    Raises:
        MissingExtraError: sentence-transformers is not installed.
        SettingsError: the model cannot be found or loaded, or does not give one score for a pair.
    """

    def __init__(self, model: str, allow_download: bool) -> None:
        self._model = open_cross_encoder(model, allow_download, "reranker", "SETU_RERANKER")
        outputs = self._model.num_labels
        if outputs != 1:
            raise SettingsError(
                f"The reranker {model!r} gives {outputs} numbers for a pair, not one score. Choose a model made for reranking."
            )
        self.name = model

    def scores(self, question: str, passages: Sequence[str]) -> FloatVector:
        """See `PairScorer.scores`."""
        pairs = [(_sound(question), _sound(passage)) for passage in passages]
        found = self._model.predict(pairs, batch_size=len(pairs), show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(found, dtype=np.float32).reshape(len(pairs))


@dataclass(frozen=True, slots=True)
class Reranked:
    """The list in its new order, the model's own score of each passage it read, and why the order is the old one if it is."""

    ranked: tuple[Fused, ...]
    scores: Mapping[int, float]
    trouble: Trouble | None = None


NOT_READ = Reranked((), {})
"""What there is where nothing was read again."""


class Reranker:
    """Orders the first ``top`` passages anew, within ``ms`` milliseconds. Thread-safe.

    ``load`` is called once, at the first search; that time is not counted.
    """

    def __init__(self, load: Callable[[], PairScorer], top: int, ms: float) -> None:
        self.top = top
        self.ms = ms
        self._load = load
        self._scorer: PairScorer | None = None
        self._loading = threading.Lock()
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rerank")
        self._kept: OrderedDict[Key, float] = OrderedDict()
        self._lock = threading.Lock()

    def rerank(self, question: str, ranked: Sequence[Fused], shown: Mapping[int, Passage], first: Collection[int] = ()) -> Reranked:
        """``ranked`` with its first passages in the order of the model.

        The passage that comes to a place takes the score of that place, so that scores mean what they meant.

        Args:
            question: its text.
            ranked: passages, best first.
            shown: what is known of (at least the first ``top`` of) them.
            first: passages that come before all others whatever the model says, because they stand at the place that is asked for.

        Raises:
            MissingExtraError, SettingsError: the model cannot be loaded.
        """
        with self._loading:
            scorer = self._scorer = self._scorer or self._load()
        head = [fused for fused in ranked[: self.top] if fused.chunk in shown]
        texts = {fused.chunk: passage_text(Header(shown[fused.chunk].title), shown[fused.chunk].text) for fused in head}
        try:
            scores = self._scores(scorer, question, texts)
        except (TimeoutError, RuntimeError) as error:
            return Reranked(tuple(ranked), {}, "late" if isinstance(error, TimeoutError) else "failed")
        order = sorted(head, key=lambda fused: (fused.chunk not in first, -scores[fused.chunk]))
        places = sorted((fused.score for fused in head), reverse=True)
        moved = [Fused(fused.chunk, score) for fused, score in zip(order, places, strict=True)]
        rest = [fused for fused in ranked if fused.chunk not in texts]
        return Reranked((*moved, *rest), scores)

    def _scores(self, scorer: PairScorer, question: str, texts: Mapping[int, str]) -> dict[int, float]:
        keys: dict[int, Key] = {chunk: (scorer.name, question, text_key(text)) for chunk, text in texts.items()}
        wanted = {keys[chunk]: text for chunk, text in texts.items()}
        found = self._remembered(wanted)
        if missing := {key: text for key, text in wanted.items() if key not in found}:
            until = time.monotonic() + self.ms / 1000
            reading = self._reading.submit(self._read, scorer, question, missing, until)
            try:
                found |= reading.result(timeout=self.ms / 1000)
            except TimeoutError:
                reading.cancel()
                raise
        return {chunk: found[key] for chunk, key in keys.items()}

    def _read(self, scorer: PairScorer, question: str, missing: Mapping[Key, str], until: float) -> dict[Key, float]:
        """Score pairs, shortest passages first, until the time is over."""
        found: dict[Key, float] = {}
        order = sorted(missing, key=lambda key: len(missing[key]))
        for start in range(0, len(order), BATCH):
            if time.monotonic() >= until:
                raise TimeoutError
            batch = order[start : start + BATCH]
            scores = scorer.scores(question, [missing[key] for key in batch])
            if not np.all(np.isfinite(scores)):
                raise RuntimeError(f"The reranker {scorer.name!r} gave a score that is no number.")
            read = dict(zip(batch, (float(score) for score in scores), strict=True))
            found |= read
            self._remember(read)
        return found

    def _remembered(self, wanted: Collection[Key]) -> dict[Key, float]:
        with self._lock:
            found = {key: self._kept[key] for key in wanted if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        return found

    def _remember(self, scores: Mapping[Key, float]) -> None:
        with self._lock:
            self._kept |= scores
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def notes(self, outcome: Reranked, language: Language) -> tuple[str, ...]:
        """What a person should know of an outcome."""
        if outcome.trouble is None:
            return ()
        values = {"seconds": f"{self.ms / 1000:g}"} if outcome.trouble == "late" else {}
        return (phrase(f"rerank.{outcome.trouble}", language, **values),)

    def close(self) -> None:
        """Read nothing more; a batch that is being read is finished in the background."""
        self._reading.shutdown(wait=False, cancel_futures=True)


def open_reranker(settings: Settings) -> Reranker | None:
    """The reranker that the settings name, not loaded yet; None when there is none."""
    model = settings.reranker
    if model is None:
        return None
    return Reranker(lambda: CrossEncoderScorer(model, settings.allow_download), settings.rerank_top, settings.rerank_ms)


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
