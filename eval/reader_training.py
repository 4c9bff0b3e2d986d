"""Trains the reader's layers with PyTorch (``make models`` brings it): the layers below stay as the bundled model has them.

A batch is a few questions, each with passages of which some answer. The loss is the sum of three: whether each passage answers (binary
cross-entropy), which passage of a question does (cross-entropy over its passages), and which tokens are of the answer (binary
cross-entropy, a token that is one weighing three times as much).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.upper_layers import Optimiser, UpperLayers, parts
from kb.represent.e5 import BundledEmbedder
from kb.represent.reader import ASKED, READ, TITLED

WEIGHTIER = 2.0
"""What a token of the answer weighs more than another."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage beside a question; ``answers`` are the characters that answer it, none where it does not."""

    title: str
    text: str
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A question with its passages."""

    question: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    tokens: list[int]
    wanted: list[float]
    begins: int
    answers: float


class Training:
    """The layers while they learn; ``tensors`` gives them by the names of the reader's file."""

    def __init__(self, model: BundledEmbedder, start: Path | None = None, seed: int = 1) -> None:
        """Start from the embedder's layers, or from the reader's in a file ``start``."""
        import torch

        self._torch = torch
        self._random = random.Random(seed)
        self._model = model
        self._network = UpperLayers(model, {"score": (1, 0.0), "token": (1, -2.0)}, start, seed)

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """What has been learnt, by the names of `kb.represent.e5_file`."""
        return self._network.tensors()

    def run(self, drawn: Callable[[random.Random], Iterator[Group]], minutes: float, groups: int, said: Callable[[str], None]) -> None:
        """Learn from groups for so many minutes or until ``drawn`` has no more of the expected number; ``said`` is told how it goes."""
        optimiser = Optimiser(self._network)
        began, seen, losses = time.perf_counter(), 0, [0.0, 0.0, 0.0]
        batch: list[Group] = []
        step = 0
        for group in drawn(self._random):
            batch.append(group)
            seen += 1
            if sum(len(one.passages) for one in batch) < 16:
                continue
            done = max(seen / max(groups, 1), (time.perf_counter() - began) / (60 * minutes))
            if done >= 1:
                break
            found = self._losses(batch)
            optimiser.step(sum(found), done)
            step, batch = step + 1, []
            losses = [before + float(one.detach()) for before, one in zip(losses, found, strict=True)]
            if step % 50 == 0:
                means = ", ".join(f"{name} {loss / 50:.3f}" for name, loss in zip(("token", "passage", "order"), losses, strict=True))
                said(f"{done:.0%}, {seen} questions, {time.perf_counter() - began:.0f} s: {means}")
                losses = [0.0, 0.0, 0.0]

    def _losses(self, batch: Sequence[Group]) -> list[Any]:
        torch = self._torch
        functional = torch.nn.functional
        pairs = [(at, self._pair(group.question, passage)) for at, group in enumerate(batch) for passage in group.passages]
        scores: list[Any] = [None] * len(pairs)
        told = torch.zeros(())
        for part in parts([len(pair.tokens) for _, pair in pairs]):
            longest = max(len(pairs[at][1].tokens) for at in part)
            ids = torch.ones(len(part), longest, dtype=torch.long)
            mask = torch.zeros(len(part), longest, dtype=torch.bool)
            wanted, weight = torch.zeros(len(part), longest), torch.zeros(len(part), longest)
            for row, at in enumerate(part):
                pair = pairs[at][1]
                ids[row, : len(pair.tokens)] = torch.tensor(pair.tokens)
                mask[row, : len(pair.tokens)] = True
                wanted[row, : len(pair.wanted)] = torch.tensor(pair.wanted)
                weight[row, pair.begins : len(pair.tokens) - 1] = 1
            states = self._network.states(ids, mask)
            found, answering = self._network.head("score", states[:, :1])[:, 0, 0], self._network.head("token", states)[:, :, 0]
            for row, at in enumerate(part):
                scores[at] = found[row]
            each = functional.binary_cross_entropy_with_logits(
                answering, wanted, weight=weight * (1 + WEIGHTIER * wanted), reduction="none"
            )
            told = told + (each.sum(1) / weight.sum(1).clamp(min=1)).sum()
        score = torch.stack(scores)
        answers = torch.tensor([pair.answers for _, pair in pairs])
        orders = []
        for at in range(len(batch)):
            mine = torch.tensor([owner == at for owner, _ in pairs])
            right = answers[mine] > 0
            if right.any() and not right.all():
                orders.append(-torch.logsumexp(functional.log_softmax(score[mine], 0)[right], 0))
        order = torch.stack(orders).mean() if orders else torch.zeros(())
        return [told / len(pairs), functional.binary_cross_entropy_with_logits(score, answers), order]

    def _pair(self, question: str, passage: Passage) -> _Pair:
        """What is read of a question and a passage: of a long one, a window with the answer."""
        asked = self._model.encoded(f"query: {question}")[0][:ASKED]
        titled = self._model.encoded(f"passage: {passage.title[:80]}. ")[0][:TITLED]
        ids, spans = self._model.encoded(passage.text)
        wanted = [float(any(first < end and start < last for start, end in passage.answers)) for first, last in spans]
        if len(ids) > READ:
            inside = [at for at, one in enumerate(wanted) if one]
            least, most = (max(0, inside[-1] - READ + 1), inside[0]) if inside else (0, len(ids) - READ)
            start = min(self._random.randint(least, most) if least <= most else most, len(ids) - READ)
            ids, wanted = ids[start : start + READ], wanted[start : start + READ]
        head = [*asked, self._model.end, self._model.end, *titled]
        tokens = [self._model.begin, *head, *ids, self._model.end]
        return _Pair(tokens, [*[0.0] * (1 + len(head)), *wanted, 0.0], 1 + len(head), 1.0 if passage.answers else 0.0)
