"""Trains the upper layers of the bundled model with PyTorch (``make models`` brings it); those below stay as they are.

For the reader a batch is a few questions, each with passages of which some answer. The loss is the sum of three: whether each passage
answers (binary cross-entropy), which passage of a question does (cross-entropy over its passages), and which tokens are of the answer
(binary cross-entropy, a token that is one weighing three times as much).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kb.embed.cross_encoders import ASKED, READ, TITLED
from kb.embed.e5_model import MIDDLE, BundledEmbedder
from kb.embed.e5_weights import E5File, open_reader_file, unpacked

RATE, HEADS = 1e-4, 5
"""The highest rate of learning, which falls to nothing, and how many times faster the heads learn."""
WARM = 60
"""Steps in which the rate rises."""
LEAST_RATE = 0.05
DROPPED = 0.1
TOGETHER = 2600
"""Padded tokens that are computed at once."""


class UpperLayers:
    """The layers and heads while they learn; ``tensors`` gives them by the names of `kb.embed.e5_weights`."""

    def __init__(self, model: BundledEmbedder, heads: Mapping[str, tuple[int, float]], start: Path | None = None, seed: int = 1) -> None:
        """``heads`` says of each how many numbers it gives and with which bias it begins; ``start`` holds layers to go on from."""
        import torch

        weights = model.weights
        torch.manual_seed(seed)
        self._torch = torch
        self._shape = weights.shape
        self._words = torch.from_numpy(unpacked(*weights.blocks("emb.word", weights.shape.vocabulary))).to(torch.bfloat16)
        places = weights.floats("emb.pos").reshape(-1, weights.shape.hidden) + weights.floats("emb.type")[: weights.shape.hidden]
        self._places = torch.from_numpy(places.copy())
        self._first = {name: torch.from_numpy(weights.floats(f"emb.ln.{name}").copy()) for name in "wb"}
        self._fixed = {
            name: torch.from_numpy(values).to(torch.bfloat16) for at in range(MIDDLE) for name, values in _layer(weights, at).items()
        }
        learnt = {name: values for at in range(MIDDLE, weights.shape.layers) for name, values in _layer(weights, at).items()}
        drawn = np.random.default_rng(seed)
        for head, (rows, bias) in heads.items():
            learnt[f"{head}.w"] = drawn.normal(0, 0.02, (rows, weights.shape.hidden)).astype(np.float32)
            learnt[f"{head}.b"] = np.full(rows, bias, dtype=np.float32)
        if start is not None:
            learnt |= {name: values for name, values in open_reader_file(start).dense().items() if name in learnt}
        self.heads = tuple(heads)
        self.learnt = {name: torch.from_numpy(values).requires_grad_() for name, values in learnt.items()}

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """What has been learnt, by the names of `kb.embed.e5_weights`."""
        return {name: values.detach().numpy().copy() for name, values in self.learnt.items()}

    def states(self, ids: Any, mask: Any, dropped: float = DROPPED) -> Any:
        """What the last layer puts out for tokens of the shape ``(rows, tokens)``, float32 of shape ``(rows, tokens, hidden)``."""
        torch = self._torch
        functional = torch.nn.functional
        with torch.no_grad():
            embedded = self._words[ids].float() + self._places[: ids.shape[1]]
            x = functional.layer_norm(embedded, embedded.shape[-1:], self._first["w"], self._first["b"], self._shape.epsilon)
            x = x.to(torch.bfloat16)
            for at in range(MIDDLE):
                x = self._through(self._fixed, at, x, mask, 0.0)
        with torch.autocast("cpu", torch.bfloat16):
            for at in range(MIDDLE, self._shape.layers):
                x = self._through(self.learnt, at, x, mask, dropped)
        return x.float()

    def head(self, name: str, states: Any) -> Any:
        """What a head says of states."""
        return self._torch.nn.functional.linear(states, self.learnt[f"{name}.w"], self.learnt[f"{name}.b"])

    def _through(self, weights: Mapping[str, Any], at: int, x: Any, mask: Any, dropped: float) -> Any:
        functional = self._torch.nn.functional
        rows, tokens, hidden = x.shape
        heads = self._shape.heads

        def linear(name: str, of: Any) -> Any:
            return functional.linear(of, weights[f"l{at}.{name}.w"], weights[f"l{at}.{name}.b"])

        def normal(name: str, of: Any) -> Any:
            return functional.layer_norm(of, (hidden,), weights[f"l{at}.{name}.w"], weights[f"l{at}.{name}.b"], self._shape.epsilon)

        query, key, value = (linear(name, x).view(rows, tokens, heads, hidden // heads).transpose(1, 2) for name in "qkv")
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None, :])
        mixed = linear("ao", mixed.transpose(1, 2).reshape(rows, tokens, hidden))
        x = normal("aln", x + functional.dropout(mixed, dropped))
        inner = linear("fo", functional.gelu(linear("fi", x)))
        return normal("oln", x + functional.dropout(inner, dropped))


class Optimiser:
    """AdamW over what learns of a network, the heads `HEADS` times as fast."""

    def __init__(self, network: UpperLayers, rate: float = RATE) -> None:
        import torch

        self._torch = torch
        heads = tuple(f"{name}." for name in network.heads)
        layers = [values for name, values in network.learnt.items() if not name.startswith(heads)]
        self._every = [*network.learnt.values()]
        self._rates = (rate, rate * HEADS)
        of_heads = [values for name, values in network.learnt.items() if name.startswith(heads)]
        self._adam = torch.optim.AdamW([{"params": layers}, {"params": of_heads}], weight_decay=0.01)
        self._steps = 0

    def step(self, loss: Any, done: float) -> None:
        """Learn from a loss; ``done`` is the share of the training that is over."""
        self._steps += 1
        for rate, of in zip(self._rates, self._adam.param_groups, strict=True):
            of["lr"] = rate * min(1.0, self._steps / WARM) * max(LEAST_RATE, 1 - done)
        loss.backward()
        self._torch.nn.utils.clip_grad_norm_(self._every, 1.0)
        self._adam.step()
        self._adam.zero_grad()


def _layer(weights: E5File, at: int) -> dict[str, NDArray[np.float32]]:
    """The tensors of a layer, in float32."""
    hidden, inner = weights.shape.hidden, weights.shape.inner
    found: dict[str, NDArray[np.float32]] = {}
    for name, rows in (("q", hidden), ("k", hidden), ("v", hidden), ("ao", hidden), ("fi", inner), ("fo", hidden)):
        found[f"l{at}.{name}.w"] = unpacked(*weights.blocks(f"l{at}.{name}.w", rows))
        found[f"l{at}.{name}.b"] = weights.floats(f"l{at}.{name}.b").copy()
    for name in ("aln", "oln"):
        found |= {f"l{at}.{name}.{of}": weights.floats(f"l{at}.{name}.{of}").copy() for of in "wb"}
    return found


def parts(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Rows of about the same length, as many as are computed at once."""
    part: list[int] = []
    for at in sorted(range(len(sizes)), key=lambda one: sizes[one]):
        if part and (len(part) + 1) * sizes[at] > TOGETHER:
            yield part
            part = []
        part.append(at)
    if part:
        yield part


def padded(tokens: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Rows of tokens as ids and mask, both of the shape ``(rows, longest)``."""
    import torch

    longest = max(map(len, tokens))
    ids = torch.ones(len(tokens), longest, dtype=torch.long)
    mask = torch.zeros(len(tokens), longest, dtype=torch.bool)
    for row, of in enumerate(tokens):
        ids[row, : len(of)] = torch.tensor(of)
        mask[row, : len(of)] = True
    return ids, mask


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that are read together: whether the second answers, or bears out, the first, and a mark for each token, 0 or 1.

    ``judged`` are the tokens whose marks are learnt from.
    """

    tokens: list[int]
    marks: list[float]
    judged: range
    holds: float


def scored(network: UpperLayers, pairs: Sequence[Pair], heavier: float) -> tuple[Any, Any]:
    """What the head ``score`` says of the first token of each pair, and the mean loss of the head ``token`` over the pairs.

    That is binary cross-entropy, a token with a mark weighing ``1 + heavier``.
    """
    import torch

    scores: list[Any] = [None] * len(pairs)
    told = torch.zeros(())
    for part in parts([len(pair.tokens) for pair in pairs]):
        ids, mask = padded([pairs[at].tokens for at in part])
        wanted, weight = torch.zeros(ids.shape), torch.zeros(ids.shape)
        for row, at in enumerate(part):
            wanted[row, : len(pairs[at].marks)] = torch.tensor(pairs[at].marks)
            weight[row, pairs[at].judged.start : pairs[at].judged.stop] = 1
        states = network.states(ids, mask)
        found, marked = network.head("score", states[:, :1])[:, 0, 0], network.head("token", states)[:, :, 0]
        for row, at in enumerate(part):
            scores[at] = found[row]
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            marked, wanted, weight=weight * (1 + heavier * wanted), reduction="none"
        )
        told = told + (each.sum(1) / weight.sum(1).clamp(min=1)).sum()
    return torch.stack(scores), told / len(pairs)


def order_loss(score: Any, holds: Any, sizes: Sequence[int]) -> Any:
    """The mean cross-entropy of which pairs of a group hold, over the groups of ``sizes`` that have some that do and some that do not."""
    import torch

    orders, start = [], 0
    for size in sizes:
        mine = slice(start, start + size)
        start += size
        right = holds[mine] > 0
        if right.any() and not right.all():
            orders.append(-torch.logsumexp(torch.log_softmax(score[mine], 0)[right], 0))
    return torch.stack(orders).mean() if orders else torch.zeros(())


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Course:
    """How a training goes: at most so many minutes or groups, ``rows`` pairs in a batch; ``losses`` are the names of its losses."""

    minutes: float
    groups: float
    rows: int
    what: str
    losses: Sequence[str]
    rate: float = RATE


def learn(
    network: UpperLayers,
    drawn: Iterable[T],
    size: Callable[[T], int],
    losses: Callable[[list[T]], list[Any]],
    course: Course,
    said: Callable[[str], None],
) -> None:
    """Learn from groups until the course is over or there are no more; ``said`` is told how it goes.

    ``size`` says how many pairs a group has, ``losses`` what those of a batch are, of which the sum is learnt from.
    """
    optimiser = Optimiser(network, course.rate)
    began, seen, step, totals = time.perf_counter(), 0, 0, [0.0] * len(course.losses)
    batch: list[T] = []
    for group in drawn:
        batch.append(group)
        seen += 1
        if sum(map(size, batch)) < course.rows:
            continue
        done = max(seen / max(course.groups, 1), (time.perf_counter() - began) / (60 * course.minutes))
        if done >= 1:
            return
        found = losses(batch)
        optimiser.step(sum(found), done)
        step, batch = step + 1, []
        totals = [before + float(one.detach()) for before, one in zip(totals, found, strict=True)]
        if step % 50 == 0:
            means = ", ".join(f"{name} {total / 50:.3f}" for name, total in zip(course.losses, totals, strict=True))
            said(f"{done:.0%}, {seen} {course.what}, {time.perf_counter() - began:.0f} s: {means}")
            totals = [0.0] * len(course.losses)


ROWS = 16
"""Passages of a batch."""
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


class ReaderTraining:
    """The layers while they learn; ``tensors`` gives them by the names of the reader's file."""

    def __init__(self, model: BundledEmbedder, start: Path | None = None, seed: int = 1) -> None:
        """Start from the embedder's layers, or from the reader's in a file ``start``."""
        import torch

        self._torch = torch
        self._random = random.Random(seed)
        self._model = model
        self._network = UpperLayers(model, {"score": (1, 0.0), "token": (1, -2.0)}, start, seed)

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """What has been learnt, by the names of `kb.embed.e5_weights`."""
        return self._network.tensors()

    def run(self, drawn: Callable[[random.Random], Iterator[Group]], minutes: float, groups: int, said: Callable[[str], None]) -> None:
        """Learn from groups for so many minutes or until ``drawn`` has no more of the expected number; ``said`` is told how it goes."""
        course = Course(minutes, groups, ROWS, "questions", ("token", "passage", "order"))
        learn(self._network, drawn(self._random), lambda group: len(group.passages), self._losses, course, said)

    def _losses(self, batch: Sequence[Group]) -> list[Any]:
        torch = self._torch
        pairs = [self._pair(group.question, passage) for group in batch for passage in group.passages]
        score, told = scored(self._network, pairs, WEIGHTIER)
        answers = torch.tensor([pair.holds for pair in pairs])
        passage = torch.nn.functional.binary_cross_entropy_with_logits(score, answers)
        return [told, passage, order_loss(score, answers, [len(group.passages) for group in batch])]

    def _pair(self, question: str, passage: Passage) -> Pair:
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
        marks = [*[0.0] * (1 + len(head)), *wanted, 0.0]
        return Pair(tokens, marks, range(1 + len(head), len(tokens) - 1), 1.0 if passage.answers else 0.0)
