"""Support by any natural-language-inference CrossEncoder of sentence-transformers (SETU_VERIFIER), in place of token alignment."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from kb.errors import SettingsError
from kb.represent.crossencoder import open_cross_encoder

_ENTAILS = ("entailment", "entails", "entailed", "supported")


class NliScorer:
    """The probability of entailment by the quotes, one after the other or all together, whichever is higher.

    The model is loaded at the first score. It needs a label *entailment*, or a single output, which is then taken for its logit.

    Raises:
        MissingExtraError: sentence-transformers is not installed (at the first score).
        SettingsError: the model cannot be found or loaded, or has no label for entailment (at the first score).
    """

    def __init__(self, model: str, allow_download: bool = False) -> None:
        self.name = model
        self._allow_download = allow_download
        self._lock = threading.Lock()
        self._loaded: tuple[Any, int | None] | None = None

    def score(self, statement: str, quotes: Sequence[str]) -> float:
        """See `SupportScorer.score`."""
        if not quotes:
            return 0.0
        with self._lock:
            model, entails = self._loaded = self._loaded or self._load()
            premises = [*quotes, "\n".join(quotes)] if len(quotes) > 1 else list(quotes)
            rows = np.asarray(
                model.predict([(premise, statement) for premise in premises], show_progress_bar=False, activation_fn=_as_they_are)
            )
        logits = rows.reshape(len(premises), -1).astype(np.float64)
        if entails is None:
            return float((1 / (1 + np.exp(-logits[:, 0]))).max())
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return float((odds[:, entails] / odds.sum(axis=1)).max())

    def _load(self) -> tuple[Any, int | None]:
        model = open_cross_encoder(self.name, self._allow_download, "verifier", "SETU_VERIFIER")
        if model.num_labels == 1:
            return model, None
        labels: dict[int, str] = model.config.id2label
        entails = next((at for at, label in labels.items() if str(label).lower() in _ENTAILS), None)
        if entails is None:
            raise SettingsError(
                f"The verifier {self.name!r} has the labels {', '.join(map(str, labels.values()))}, none of which is entailment. "
                "Choose a model trained on natural-language inference."
            )
        return model, int(entails)


def _as_they_are(logits: Any) -> Any:
    return logits
