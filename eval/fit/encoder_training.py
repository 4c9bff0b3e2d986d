"""Trains the upper layers of the bundled model with PyTorch (``make models`` brings it); those below stay as they are.

For the reader a batch is a few questions, each with passages of which some answer. The loss is the sum of three: whether each passage
answers (binary cross-entropy), which passage of a question does (cross-entropy over its passages), and which tokens are of the answer
(binary cross-entropy, a token that is one weighing three times as much).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
