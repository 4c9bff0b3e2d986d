"""``python -m eval intent``: train what tells what a message wants, and say how often it is right on requests that others wrote.

The requests (``eval/data/requests.jsonl`` and ``requests_more.jsonl``) were written by people who had not seen the code, in the order in
which they came; Hindi and Marathi are also learnt as people type them in Latin letters. The upper layers of the bundled model and a head
over the mean of the tokens learn them by cross-entropy (``make models`` brings PyTorch). ``--test N`` leaves the last N out and judges on
them; ``--requests FILE`` judges the weights in use on other requests.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import click
import numpy as np
import regex
from numpy.typing import NDArray

from eval import options
from eval.datasets.labelled_papers import read
from eval.datasets.splits import lines_of
from eval.fit.encoder_training import Optimiser, UpperLayers, padded, parts
from eval.report.tables import markdown
from kb import Settings
from kb.answer.query_understanding.intent import INTENTS, Intent, by_words, chances, skill_of
from kb.embed.cross_encoders import REQUESTS, tokens_of
from kb.embed.e5_model import MIDDLE, BundledEmbedder
from kb.embed.e5_weights import packed
from kb.embed.embedder import open_request_reader
from lang.languages import LANGUAGES, Language

_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळ",
        "k kh g gh n ch chh j jh n t th d dh n t th d dh n p ph b bh m y r l v sh sh s h l".split(),  # noqa: SIM905
        strict=True,
    )
)
_VOWELS = dict(zip("अआइईउऊऋएऐओऔऑ", "a a i i u u ri e ai o au o".split(), strict=True))  # noqa: SIM905
_SIGNS = dict(zip("ािीुूृेैोौॅॉ", "a i i u u ri e ai o au a o".split(), strict=True))  # noqa: SIM905
_WORD = regex.compile(r"[\p{Devanagari}\p{M}\u200c\u200d]+")
_VIRAMA, _NUKTA, _NASALS = "\u094d", "\u093c", "\u0901\u0902"
_UNSAID = "@"
"""The vowel that a consonant has without a sign, which is said or not."""


def in_latin(text: str) -> str:
    """A text whose words in Devanagari are written as they sound: करार कधी झाला is *karar kadhi jhala*."""
    return _WORD.sub(lambda match: _word(match[0]), text)


def _word(word: str) -> str:
    sounds: list[list[str]] = []
    for char in word:
        if char in _CONSONANTS:
            sounds.append([_CONSONANTS[char], _UNSAID])
        elif char in _VOWELS:
            sounds.append(["", _VOWELS[char]])
        elif char in _SIGNS and sounds:
            sounds[-1][1] = _SIGNS[char]
        elif char == _VIRAMA and sounds:
            sounds[-1][1] = ""
        elif char in _NASALS:
            sounds.append(["n", ""])
        elif char != _NUKTA:
            sounds.append([char, ""])
    if len(sounds) > 1 and sounds[-1][1] == _UNSAID:
        sounds[-1][1] = ""
    for at in range(len(sounds) - 2, 0, -1):  # between two syllables that are said it is not
        if sounds[at][1] == _UNSAID and sounds[at - 1][1] and sounds[at + 1][0] and sounds[at + 1][1] not in ("", _UNSAID):
            sounds[at][1] = ""
    return "".join(consonant + vowel.replace(_UNSAID, "a") for consonant, vowel in sounds)


EPOCHS, BATCH = 3, 32
LATIN = 0.5
"""Share of the requests in Devanagari that are learnt in Latin letters too, as `eval.fit.questions.intent` writes them."""
SMOOTHED = 0.05
"""Share of a label that is spread over all classes."""
NEAR = 8
"""Batches' worth of requests of which those of like length are put together."""


@dataclass(frozen=True, slots=True)
class Request:
    """A message, and what it wants."""

    text: str
    language: Language
    intent: Intent
    form: str


def requests(file: Path | None = None) -> list[Request]:
    """The labelled requests of a file; those of this package, in the order in which they came, without one."""
    rows = [*read("requests"), *read("requests_more")] if file is None else lines_of(file)
    return [Request(row["text"], row["language"], row.get("why") or row["skill"], row["form"]) for row in rows]


def in_latin_too(found: Sequence[Request]) -> list[Request]:
    """The requests that are written in Devanagari, as people type them in Latin letters."""
    return [
        replace(one, text=latin, form="in latin")
        for one in found
        if one.language in ("hi", "mr") and (latin := in_latin(one.text)) != one.text
    ]


class RequestTraining:
    """The layers while they learn what messages want."""

    def __init__(self, model: BundledEmbedder, seed: int = 1) -> None:
        import torch

        self._torch = torch
        self._model = model
        self._random = random.Random(seed)
        self._network = UpperLayers(model, {"want": (len(INTENTS), 0.0)}, seed=seed)

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """What has been learnt, by the names of `kb.embed.e5_weights`."""
        return self._network.tensors()

    def run(self, found: Sequence[Request], epochs: int, said: Callable[[str], None]) -> None:
        """Learn the requests so many times over; ``said`` is told how it goes."""
        tokens = [self._tokens(one) for one in found]
        labels = [INTENTS.index(one.intent) for one in found]
        optimiser = Optimiser(self._network)
        began, steps, total = time.perf_counter(), 0, epochs * (len(found) // BATCH + 1)
        for epoch in range(epochs):
            losses = []
            for batch in self._batches([len(one) for one in tokens]):
                totals = self._totals([tokens[at] for at in batch])
                wanted = self._torch.tensor([labels[at] for at in batch])
                loss = self._torch.nn.functional.cross_entropy(totals, wanted, label_smoothing=SMOOTHED)
                optimiser.step(loss, steps / total)
                steps += 1
                losses.append(float(loss.detach()))
            said(f"round {epoch + 1} of {epochs}, {time.perf_counter() - began:.0f} s: loss {np.mean(losses):.3f}")

    def said(self, found: Sequence[Request]) -> NDArray[np.int64]:
        """The place of the likeliest intent of each request."""
        tokens = [self._tokens(one) for one in found]
        told = np.zeros(len(found), dtype=np.int64)
        with self._torch.no_grad():
            for part in parts([len(one) for one in tokens]):
                told[part] = self._totals([tokens[at] for at in part], 0.0).argmax(1).numpy()
        return told

    def _tokens(self, one: Request) -> list[int]:
        return [self._model.begin, *tokens_of(self._model, one.text), self._model.end]

    def _batches(self, sizes: Sequence[int]) -> Iterator[list[int]]:
        """All places in a new order, those of like length together."""
        order = list(range(len(sizes)))
        self._random.shuffle(order)
        near = [sorted(order[at : at + BATCH * NEAR], key=lambda one: sizes[one]) for at in range(0, len(order), BATCH * NEAR)]
        batches = [some[at : at + BATCH] for some in near for at in range(0, len(some), BATCH)]
        self._random.shuffle(batches)
        yield from batches

    def _totals(self, batch: Sequence[list[int]], dropped: float = 0.1) -> Any:
        ids, mask = padded(batch)
        states = self._network.states(ids, mask, dropped)
        weight = mask[:, :, None].float()
        mean = (states * weight).sum(1) / weight.sum(1)
        return self._network.head("want", self._torch.nn.functional.dropout(mean, dropped))


@click.command()
@options.file("--requests", "file", help="other requests: only measured with the weights that are in use")
@click.option("--test", type=int, default=0, metavar="N", help="leave the last N requests out and judge on them")
@click.option("--epochs", type=int, default=EPOCHS, help="how often each request is learnt from")
@options.write(f"kb/embed/{REQUESTS}")
def command(file: Path | None, test: int, epochs: int, write: bool) -> None:
    """Train what tells what a message wants, and say how often it is right on requests that others wrote."""
    if file:
        found = requests(file)
        wants = open_request_reader(Settings.load()).read
        told = [chances(one.text, wants) for one in found]
        _report(found, np.array([INTENTS.index(max(one, key=one.__getitem__)) for one in told]))
        return
    every = requests()
    learnt, judged = every[: len(every) - test], every[len(every) - test :]
    training = RequestTraining(BundledEmbedder(Settings.load().home / "cache"))
    latin = in_latin_too(learnt)
    training.run([*learnt, *random.Random(1).sample(latin, int(LATIN * len(latin)))], epochs, click.echo)
    if judged:
        _report(judged, training.said(judged))
    if write:
        kept = packed(MIDDLE, {**training.tensors(), "requests": digest_of(learnt)})
        Path(str(resources.files("kb.embed") / REQUESTS)).write_bytes(kept)


def digest_of(found: Sequence[Request]) -> NDArray[np.float32]:
    """What weights keep of the requests that they learnt: the bytes of a SHA-256, so that a test can tell whether they are those."""
    digest = hashlib.sha256("\n".join(f"{one.intent}\t{one.text}" for one in found).encode()).digest()
    return np.frombuffer(digest, dtype=np.uint8).astype(np.float32)


def _report(found: Sequence[Request], said: NDArray[np.int64]) -> None:
    plain = np.array([INTENTS.index(max(by_words(one.text), key=by_words(one.text).__getitem__)) for one in found])
    labels = np.array([INTENTS.index(one.intent) for one in found])
    sides: list[tuple[str, Callable[[Request], bool]]] = [("all", lambda _one: True)]
    sides += [(language, lambda one, of=language: one.language == of) for language in LANGUAGES]  # type: ignore[misc]
    sides += [(form, lambda one, of=form: one.form == of) for form in sorted({one.form for one in found})]  # type: ignore[misc]
    sides += [(intent, lambda one, of=intent: one.intent == of) for intent in INTENTS]  # type: ignore[misc]
    rows = []
    skills = np.array([skill_of(intent) for intent in INTENTS])
    for name, inside in sides:
        at = np.array([inside(one) for one in found])
        if not at.any():
            continue
        right = [float(np.mean(skills[guess[at]] == skills[labels[at]])) for guess in (said, plain)]
        wrong = Counter(INTENTS[g] for g, t in zip(said[at], labels[at], strict=True) if skills[g] != skills[t]).most_common(3)
        rows.append([name, at.sum(), f"{right[0]:.3f}", f"{right[1]:.3f}", ", ".join(f"{one} {n}" for one, n in wrong)])
    click.echo(markdown(["", "n", "model", "words alone", "most often taken for"], rows))
