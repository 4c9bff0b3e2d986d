"""``python -m eval intent``: fit the model that decides what a message wants, and say how often it is right on languages it has not seen.

The requests (``eval/data/requests.jsonl``) were written by somebody who had not seen the code. The model is a multinomial logistic
regression with an L2 penalty (scikit-learn's).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from eval.romanised import in_latin
from kb import Settings
from kb.answer.understand.intent import INTENTS, SCALE, Intent, by_words, chances, features, skill_of
from kb.represent.embed import open_embedder
from lang.codes import LANGUAGES, Language

PENALTY = 1.0
STEPS = 200
DECIMALS = 3
LATIN = 0.5
"""What a request counts for that is written in Latin letters by `eval.romanised`."""

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Request:
    """A message, and what it wants."""

    text: str
    language: Language
    intent: Intent
    form: str


def requests(file: Path | None = None) -> list[Request]:
    """The labelled requests of a file; those of this package without one."""
    text = (file or Path(str(resources.files("eval") / "data" / "requests.jsonl"))).read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return [Request(row["text"], row["language"], row.get("why") or row["skill"], row["form"]) for row in rows]


def in_latin_too(found: Sequence[Request]) -> list[Request]:
    """The requests that are written in Devanagari, as people type them in Latin letters."""
    return [
        replace(one, text=latin, form="in latin")
        for one in found
        if one.language in ("hi", "mr") and (latin := in_latin(one.text)) != one.text
    ]


def fit(
    rows: Floats, labels: NDArray[np.int64], classes: int, penalty: float = PENALTY, counts: Floats | None = None
) -> tuple[Floats, Floats]:
    """Weights of shape ``(classes, columns)`` and biases of shape ``(classes,)`` that maximise the penalised likelihood.

    ``counts`` is what each row counts for; None: all count 1.

    Raises:
        ValueError: a class has no example.
    """
    from sklearn.linear_model import LogisticRegression

    made = LogisticRegression(C=1 / penalty, max_iter=STEPS).fit(rows, labels, sample_weight=counts)
    if len(made.classes_) != classes:
        raise ValueError(f"of {classes} intents {len(made.classes_)} have examples")
    return made.coef_, made.intercept_


def held_out(rows: Floats, labels: NDArray[np.int64], languages: Sequence[str], counts: Floats | None = None) -> NDArray[np.int64]:
    """What is said of each request by a model that was fitted without its language."""
    said = np.zeros(len(labels), dtype=np.int64)
    for language in set(languages):
        out = np.array([one == language for one in languages])
        weights, bias = fit(rows[~out], labels[~out], len(INTENTS), counts=None if counts is None else counts[~out])
        said[out] = np.argmax(rows[out] @ weights.T + bias, axis=1)
    return said


def run_cli(argv: Sequence[str]) -> int:
    """Report; with ``--write``, put the weights beside the module that uses them."""
    parser = argparse.ArgumentParser(prog="python -m eval intent", description=__doc__)
    parser.add_argument("--requests", type=Path, help="another file of requests: only measured with the weights that are in use")
    parser.add_argument("--write", action="store_true", help="write kb/answer/understand/intent.json")
    arguments = parser.parse_args(argv)
    embedder = open_embedder(Settings())
    found = requests(arguments.requests)
    labels = np.array([INTENTS.index(one.intent) for one in found])
    plain = np.array([INTENTS.index(max(by_words(one.text), key=by_words(one.text).__getitem__)) for one in found])
    if arguments.requests:
        told = [chances(one.text, embedder) for one in found]
        _report(found, np.array([INTENTS.index(max(one, key=one.__getitem__)) for one in told]), plain, labels)
        return 0
    every = [*found, *in_latin_too(found)]
    rows = np.stack([features(one.text, embedder) for one in every])
    wanted = np.array([INTENTS.index(one.intent) for one in every])
    counts = np.array([LATIN if one.form == "in latin" else 1.0 for one in every])
    said = held_out(rows, wanted, [one.language for one in every], counts)[: len(found)]
    _report(found, said, plain, labels)
    if arguments.write:
        _write(*fit(rows, wanted, len(INTENTS), counts=counts), embedder.name, found)
    return 0


def _report(found: Sequence[Request], said: NDArray[np.int64], plain: NDArray[np.int64], labels: NDArray[np.int64]) -> None:
    parts: list[tuple[str, Callable[[Request], bool]]] = [("all", lambda _one: True)]
    parts += [(language, lambda one, of=language: one.language == of) for language in LANGUAGES]  # type: ignore[misc]
    parts += [(form, lambda one, of=form: one.form == of) for form in sorted({one.form for one in found})]  # type: ignore[misc]
    parts += [(intent, lambda one, of=intent: one.intent == of) for intent in INTENTS]  # type: ignore[misc]
    table = Table("", "n", "model", "words alone", "most often taken for")
    skills = np.array([skill_of(intent) for intent in INTENTS])
    for name, inside in parts:
        at = np.array([inside(one) for one in found])
        if not at.any():
            continue
        right = [float(np.mean(skills[guess[at]] == skills[labels[at]])) for guess in (said, plain)]
        wrong = Counter(INTENTS[g] for g, t in zip(said[at], labels[at], strict=True) if skills[g] != skills[t]).most_common(3)
        table.add_row(name, str(at.sum()), f"{right[0]:.3f}", f"{right[1]:.3f}", ", ".join(f"{one} {n}" for one, n in wrong))
    Console().print(table)


def _write(weights: Floats, bias: Floats, embedder: str, found: Sequence[Request]) -> None:
    digest = hashlib.sha256("\n".join(f"{one.intent}\t{one.text}" for one in found).encode()).hexdigest()
    stored = {
        "command": "python -m eval intent --write",
        "requests": {"n": len(found), "sha256": digest},
        "embedder": embedder,
        "bias": {intent: round(float(b), DECIMALS) for intent, b in zip(INTENTS, bias, strict=True)},
        "weights": {intent: np.rint(row * SCALE).astype(int).tolist() for intent, row in zip(INTENTS, weights, strict=True)},
    }
    target = Path(str(resources.files("kb.answer.understand") / "intent.json"))
    text = json.dumps(stored, separators=(",", ":")).replace('"weights"', '\n"weights"')
    target.write_text(text + "\n", encoding="utf-8")


__all__ = ["Request", "fit", "held_out", "requests", "run_cli"]
