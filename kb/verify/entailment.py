"""How far the quotes bear out a sentence as a whole: a score from 0 to 1, by a trained model, by token alignment or by an NLI model.

The default weighs what `kb.verify.entailment_model` says with what was found otherwise. Of embedders without that model each token of the
sentence looks for its nearest token in the quotes, in the embedding model's states, and the cosines are averaged with the weight of how
much each token says: the recall of BERTScore (Zhang et al., 2020). `docs/measurements/verification.md` has the figures. Any
natural-language-inference CrossEncoder of sentence-transformers (SETU_VERIFIER) can take their place.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Protocol

import numpy as np

from kb.embed.cross_encoders import open_cross_encoder
from kb.embed.embedder import FloatMatrix, TokenStates
from kb.errors import SettingsError
from kb.records import Check, Finding
from kb.verify.entailment_model import EntailmentModel
from lang.languages import Language, Script, detect
from lang.words.search_tokens import content_words, script

TokenEncoder = Callable[[Sequence[str]], Sequence[TokenStates]]
_LANGUAGE: Mapping[Script, Language] = {"latin": "en", "devanagari": "mr", "japanese": "ja", "none": "und"}
"""In what language words are compared; both sides are stemmed alike, so Hindi may be taken for Marathi."""


class SupportScorer(Protocol):
    """Says how likely it is that quotes support a sentence."""

    @property
    def name(self) -> str:
        """Identity of the scorer, kept with the score."""

    def score(self, statement: str, quotes: Sequence[str], place: str = "", findings: Sequence[Finding] = ()) -> float:
        """How surely, from 0 to 1, the quotes together say what the statement says; 0 without quotes.

        ``place`` is where they stand (`kb.verify.entailment_model.placed`); ``findings`` are what of the statement they do not bear out,
        which a scorer may weigh.
        """


@dataclass(frozen=True, slots=True)
class Signals:
    """What the score is made of, each from 0 to 1."""

    aligned: float
    """Recall of the statement's tokens in the quotes, weighted by what they say."""
    covered: float
    """Share of its content words that stand in the quotes; of the quotes in its own script only."""
    loosest: float
    """The alignment of the tenth of its tokens that fit worst."""


def signals_of(statement: str, quotes: Sequence[str], tokens: TokenEncoder) -> Signals:
    """The signals of a statement and its quotes, at least one of which must have a token."""
    said, *shown = tokens([statement, *quotes])
    best = cosines_of(said, shown, across=reach(statement, quotes) != "same").max(axis=1, initial=0.0)
    language = _LANGUAGE[script(statement)]
    words = set(content_words(statement, language))
    there = {word for quote in quotes if script(quote) == script(statement) for word in content_words(quote, language)}
    return Signals(
        aligned=float((said.telling * best).sum() / said.telling.sum()) if len(best) else 0.0,
        covered=len(words & there) / len(words) if words else 0.0,
        loosest=float(np.sort(best)[: max(1, len(best) // 10)].mean()) if len(best) else 0.0,
    )


def cosines_of(said: TokenStates, shown: Sequence[TokenStates], *, across: bool) -> FloatMatrix:
    """The cosines of each token to those of texts in its language or ``across`` languages, shape ``(n, m)``."""
    own = said.compared(across=across)
    return np.concatenate([own @ text.compared(across=across).T for text in shown], axis=1)


@dataclass(frozen=True, slots=True)
class AlignmentScorer:
    """Alignment by the states of the embedding model, calibrated for the bundled one."""

    tokens: TokenEncoder
    name: str = "alignment"

    def score(self, statement: str, quotes: Sequence[str], place: str = "", findings: Sequence[Finding] = ()) -> float:
        """See `SupportScorer.score`."""
        if not quotes:
            return 0.0
        signals = signals_of(statement, quotes, self.tokens)
        return _logistic(calibration()[reach(statement, quotes)], signals)


TRAINED: Final = "entailment"
"""The name of the default scorer."""
WEIGHED: Final[tuple[Check, ...]] = ("number", "date")
"""Findings that the default scorer weighs; the others tell it nothing that the trained model does not."""


@dataclass(frozen=True, slots=True)
class TrainedScorer:
    """The default: the trained model and what was found, weighed by a logistic model (``weights.json``).

    Its weights are turned so that a score of .5 is where sentences begin to count as verified, and .15 where they begin to be dropped.
    """

    model: EntailmentModel
    name: str = TRAINED

    def score(self, statement: str, quotes: Sequence[str], place: str = "", findings: Sequence[Finding] = ()) -> float:
        """See `SupportScorer.score`."""
        if not quotes:
            return 0.0
        side = "same" if reach(statement, quotes) == "same" else "across"
        weights = judge_weights()[side]
        return probability(
            weights["constant"] + sum(weights.get(name, 0.0) * value for name, value in self.features(statement, quotes, place, findings))
        )

    def features(self, statement: str, quotes: Sequence[str], place: str, findings: Sequence[Finding]) -> Iterator[tuple[str, float]]:
        """What is weighed, by name: the log-odds of the model, and 1 for each kind of finding."""
        yield "model", self.model.log_odds(statement, place, quotes)
        found = {finding.check for finding in findings}
        yield from ((check, 1.0) for check in WEIGHED if check in found)


@cache
def judge_weights() -> Mapping[str, Mapping[str, float]]:
    """The weights of `TrainedScorer` by side, ``same`` language and ``across``; ``python -m eval judge --write`` wrote them."""
    stored: Mapping[str, Mapping[str, float]] = json.loads(
        resources.files("kb.verify").joinpath("weights.json").read_text(encoding="utf-8")
    )
    return stored


def reach(statement: str, quotes: Sequence[str]) -> str:
    """Which calibration applies: tokens of another language, another script and of Japanese lie ever farther apart."""
    said, shown = script(statement), {script(quote) for quote in quotes}
    if said in shown:
        other = said == "devanagari" and detect(statement) not in {detect(quote) for quote in quotes}
        return "across_devanagari" if other else "same"
    return "across_japanese" if "japanese" in shown | {said} else "across"


def _logistic(weights: Mapping[str, float], signals: Signals) -> float:
    return probability(weights["constant"] + sum(weights[name] * getattr(signals, name) for name in Signals.__slots__ if name in weights))


def probability(total: float) -> float:
    """The logistic function; a total beyond 50 either way is as good as certain."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))


@cache
def calibration() -> Mapping[str, Mapping[str, float]]:
    """The logistic weights in ``support.json``; `docs/measurements/verification.md` says what they were fitted on."""
    stored: Mapping[str, Mapping[str, float]] = json.loads(
        resources.files("kb.verify").joinpath("support.json").read_text(encoding="utf-8")
    )
    return stored


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

    def score(self, statement: str, quotes: Sequence[str], place: str = "", findings: Sequence[Finding] = ()) -> float:
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
