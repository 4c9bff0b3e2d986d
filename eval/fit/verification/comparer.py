"""Trains `kb.verify.entailment_model` with PyTorch (``make models`` brings it), over states of tokens that were computed beforehand.

The loss is the sum of three: whether each statement is borne out (binary cross-entropy), which one of a group is (cross-entropy), and which
tokens of a variant are not those of the true sentence (binary cross-entropy), which is learnt beside it and not asked for.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from eval.fit.encoder_training import order_loss
from kb.verify.entailment_model import HEADS

LAYERS, FEWER, VALUES, WIDE, BLOCKS = 4, 160, 96, 256, 3
"""Layers of which states are compared, directions of each that are kept, and the sizes of the model."""
ROWS, RATE, WARM, DECAY = 64, 6e-4, 100, 0.02
"""Statements of a batch, the highest rate of learning, the steps in which it rises, and the decay of weights."""
LEAST_RATE = 0.02
GOING_ON = 0.5
"""By what the rate is lower for a model that has learnt already."""
DROPPED = 0.2
FALSE = 5
"""False statements of a group that are learnt from at once, drawn anew each time."""
KEPT = 0.998
"""What the weights that are given out keep of themselves at each step: they follow those that learn, and lie between their last ones."""
TRUE_WEIGHS, WRONG_WEIGHS, BESIDE = 2.5, 3.0, 0.5
"""What a true statement weighs in the loss, of which there are fewer; what a wrong token weighs more; what the third loss weighs."""
SHARP: Final = 3.0
"""The logarithm of how sharply tokens attend to the nearest at first."""
BUCKET: Final = 200
"""Groups among which those of like length are learnt from together."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Learnt:
    """A statement of a group: the row of its states, whether it is borne out, and which of its tokens are wrong, where that is known."""

    said: int
    holds: float
    wrong: Sequence[float] | None


@dataclass(frozen=True, slots=True)
class Group:
    """Statements on the same quotes; ``held`` are rows of states of these, put one way or another.

    ``share`` is in what part of the rounds the group is learnt from.
    """

    held: tuple[int, ...]
    statements: tuple[Learnt, ...]
    share: float = 1.0


Drawn = tuple[int, list[Learnt]]
"""The row of the states of quotes, and statements on them."""


class States:
    """States of texts along the directions in which those of the first texts differ most; kept in 16 bits."""

    def __init__(self, layered: Callable[[str, int], Floats], mean: Floats, directions: Floats) -> None:
        self._layered, self.mean, self.directions = layered, mean, directions
        self.kept: list[NDArray[np.float16]] = []
        self._at: dict[tuple[str, int], int] = {}

    @classmethod
    def of(cls, layered: Callable[[str, int], Floats], sample: Sequence[tuple[str, int]]) -> Self:
        """The directions are those of a sample of texts."""
        rows = np.concatenate([layered(*one)[1:-1] for one in sample])
        mean = rows.mean(0)
        return cls(layered, mean, np.stack([_directions(rows[:, at] - mean[at]) for at in range(rows.shape[1])]))

    @classmethod
    def going_on(cls, layered: Callable[[str, int], Floats], weights: Mapping[str, Floats]) -> Self:
        """The directions are those of a model that has learnt already."""
        directions = np.stack([weights[f"pca{at}"] for at in range(LAYERS)])
        return cls(layered, weights["mean"].reshape(LAYERS, -1), directions)

    def remember(self, file: Path) -> None:
        """Take the states of texts that an earlier run has kept."""
        with np.load(file) as stored:
            if not np.allclose(stored["directions"], self.directions, atol=1e-5):
                raise ValueError(f"{file} was kept along other directions. Leave it out, or give the model that it was kept with.")
            ends, states = np.cumsum(stored["tokens"]), stored["states"]
            for at, (text, most) in enumerate(zip(stored["texts"].tolist(), stored["most"].tolist(), strict=True)):
                self._at[text, most] = len(self.kept)
                self.kept.append(states[ends[at] - stored["tokens"][at] : ends[at]])

    def keep(self, file: Path) -> None:
        """Keep the states of texts for another run."""
        rows = sorted(self._at, key=lambda key: self._at[key])
        np.savez(
            file, directions=self.directions, states=np.concatenate(self.kept), tokens=np.array([len(one) for one in self.kept]),
            texts=np.array([text for text, _ in rows]), most=np.array([most for _, most in rows]),
        )  # fmt: skip

    def row(self, text: str, most: int) -> int:
        """Where the states of a text stand in ``kept``, of so many tokens at most; they are computed where they are not there."""
        key = text, most
        if key not in self._at:
            centred = self._layered(text, most) - self.mean
            self._at[key] = len(self.kept)
            self.kept.append(np.einsum("ntd,tdp->ntp", centred, self.directions).astype(np.float16))
        return self._at[key]


def _directions(rows: Floats) -> Floats:
    values, vectors = np.linalg.eigh(rows.T @ rows / len(rows))
    found: Floats = (vectors[:, -FEWER:] / np.sqrt(values[-FEWER:].mean())).astype(np.float32)
    return found


def network(seed: int) -> Any:
    """The model with weights drawn at random; its forward pass takes states of statements and quotes, masks, and whose quotes are which."""
    import torch
    from torch import nn
    from torch.nn import functional

    torch.manual_seed(seed)

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.n1, self.n2, self.n3 = (nn.LayerNorm(WIDE) for _ in range(3))
            self.qkv, self.o1 = nn.Linear(WIDE, 3 * WIDE), nn.Linear(WIDE, WIDE)
            self.q, self.kv, self.o2 = nn.Linear(WIDE, WIDE), nn.Linear(WIDE, 2 * WIDE), nn.Linear(WIDE, WIDE)
            self.f1, self.f2 = nn.Linear(WIDE, 2 * WIDE), nn.Linear(2 * WIDE, WIDE)

        def attended(self, query: Any, key: Any, value: Any, bias: Any) -> Any:
            q, k, v = (of.view(of.shape[0], of.shape[1], HEADS, -1).transpose(1, 2) for of in (query, key, value))
            weights = torch.softmax((q @ k.transpose(2, 3) * q.shape[-1] ** -0.5 + bias).float(), -1)
            return (weights.to(v.dtype) @ v).transpose(1, 2).reshape(query.shape)

        def forward(self, x: Any, own: Any, y: Any, theirs: Any) -> Any:
            query, key, value = self.qkv(self.n1(x)).chunk(3, -1)
            x = x + self.o1(self.attended(query, key, value, own))
            key, value = self.kv(y).chunk(2, -1)
            x = x + self.o2(self.attended(self.q(self.n2(x)), key, value, theirs))
            return x + self.f2(functional.gelu(self.f1(self.n3(x)), approximate="tanh"))

    class Comparer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.proj = nn.Parameter(torch.stack([torch.eye(FEWER)] * LAYERS))
            self.tau = nn.Parameter(torch.full((LAYERS,), SHARP))
            self.val = nn.ModuleList([nn.Linear(FEWER, VALUES, bias=False) for _ in range(LAYERS)])
            self.ins, self.scal = nn.Linear(4 * VALUES * LAYERS, WIDE), nn.Linear(3 * LAYERS, WIDE)
            self.base, self.cov = nn.Linear(VALUES * LAYERS, WIDE), nn.Linear(2 * LAYERS, WIDE)
            self.ln, self.lq = nn.LayerNorm(WIDE), nn.LayerNorm(WIDE)
            self.cls = nn.Parameter(torch.randn(1, 1, WIDE) * 0.02)
            self.blocks = nn.ModuleList([Block() for _ in range(BLOCKS)])
            self.tok = nn.Linear(WIDE, 1)
            self.out = nn.Sequential(nn.LayerNorm(3 * WIDE), nn.Linear(3 * WIDE, WIDE), nn.GELU("tanh"), nn.Linear(WIDE, 1))

        def dropped(self, x: Any) -> Any:
            """Whole features of a text are left out: drawing anew for each token costs more than a layer."""
            if not self.training:
                return x
            return x * ((torch.rand(x.shape[0], 1, x.shape[2]) > DROPPED).to(x.dtype) / (1 - DROPPED))

        def forward(self, said: Any, said_mask: Any, held: Any, held_mask: Any, whose: Any) -> tuple[Any, Any]:
            theirs = [value(held[:, :, at]) for at, value in enumerate(self.val)]
            base, mask = self.base(torch.cat(theirs, -1))[whose], held_mask[whose]
            away = (~mask[:, None, :]).float() * -1e4
            told, scalars, cover = [], [], []
            for at, value in enumerate(self.val):
                shown = functional.normalize((held[:, :, at] @ self.proj[at]).float(), dim=-1).to(torch.bfloat16)
                own = functional.normalize((said[:, :, at] @ self.proj[at]).float(), dim=-1).to(torch.bfloat16)
                cosines, sharp = (own @ shown[whose].transpose(1, 2)).float(), self.tau[at].exp()
                weights = torch.softmax(cosines * sharp + away, -1)
                mine, aligned = value(said[:, :, at]), weights.to(theirs[at].dtype) @ theirs[at][whose]
                alike = functional.cosine_similarity(mine.float(), aligned.float(), dim=-1)
                scalars += [(cosines + away).amax(-1), alike, torch.log((weights**2).sum(-1) + 1e-6)]
                inside = cosines.masked_fill(~said_mask[:, :, None], -1.0)
                nearest = inside.amax(1)
                cover += [nearest, nearest - (torch.softmax(inside * sharp, 1) * inside).sum(1)]
                told += [mine, aligned, mine - aligned, mine * aligned]
            x = self.dropped(self.ln(self.ins(torch.cat(told, -1)) + self.scal(torch.stack(scalars, -1))))
            y = self.dropped(self.lq(base + self.cov(torch.stack(cover, -1))))
            x = torch.cat([self.cls.expand(len(x), 1, -1).to(x.dtype), x], 1)
            there = torch.cat([torch.ones(len(x), 1, dtype=torch.bool), said_mask], 1)
            for block in self.blocks:
                x = block(x, ((~there).float() * -1e4)[:, None, None, :], y, away[:, None])
            tokens = x[:, 1:]
            most = tokens.masked_fill(~said_mask[:, :, None], -1e4).amax(1)
            mean = (tokens * said_mask[:, :, None]).sum(1) / said_mask.sum(1, keepdim=True)
            return self.out(torch.cat([x[:, 0], most, mean], -1))[:, 0].float(), self.tok(tokens)[:, :, 0].float()

    return Comparer()


class Training:
    """The model while it learns; ``tensors`` gives it by the names of `kb.verify.entailment_model`."""

    def __init__(self, states: States, seed: int = 1) -> None:
        import torch

        self._torch, self._states, self._random = torch, states, random.Random(seed)
        self._network = network(seed)
        self._given: Any = None
        self._rate = RATE

    def start(self, weights: Mapping[str, Floats]) -> None:
        """Go on from weights as `tensors` gives them."""
        self._rate = GOING_ON * RATE
        stored = dict(weights) | {f"val.{at}.weight": weights[f"val{at}"] for at in range(LAYERS)}
        stored["proj"] = np.stack([weights[f"proj{at}"] for at in range(LAYERS)])
        for name, of in self._network.state_dict().items():
            if not name.startswith("tok."):
                of.copy_(self._torch.from_numpy(stored[name]).view(of.shape))

    def tensors(self) -> dict[str, Floats]:
        """What has been learnt and is used, with the directions."""
        given = self._network if self._given is None else self._given.module
        found: dict[str, Floats] = {name: of.detach().float().numpy().copy() for name, of in given.state_dict().items()}
        found = {name: values for name, values in found.items() if not name.startswith("tok.")}
        for name in ("proj", "val"):
            for at in range(LAYERS):
                found[f"{name}{at}"] = found["proj"][at] if name == "proj" else found.pop(f"val.{at}.weight")
        del found["proj"]
        return found | {"mean": self._states.mean.ravel(), "cls": found["cls"].ravel()} | {
            f"pca{at}": of for at, of in enumerate(self._states.directions)
        }  # fmt: skip

    def run(self, groups: Sequence[Group], minutes: float, rounds: float, said: Callable[[str], None]) -> None:
        """Learn from groups for so many minutes, or until each was drawn ``rounds`` times; ``said`` is told how it goes."""
        torch, model = self._torch, self._network
        model.train()
        optimiser = torch.optim.AdamW(model.parameters(), lr=self._rate, weight_decay=DECAY)
        self._given = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=self._follow)
        began, totals = time.perf_counter(), [0.0, 0.0, 0.0]
        for step, (over, batch) in enumerate(self._batches(groups), start=1):
            done = max(over / rounds, (time.perf_counter() - began) / (60 * minutes))
            if done >= 1:
                return
            for of in optimiser.param_groups:
                of["lr"] = self._rate * min(1.0, step / WARM) * max(LEAST_RATE, 1 - done)
            losses = self._losses(batch)
            optimiser.zero_grad()
            sum(losses).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            self._given.update_parameters(model)
            totals = [total + float(loss.detach()) for total, loss in zip(totals, losses, strict=True)]
            if step % 100 == 0:
                each, order, token = (total / 100 for total in totals)
                taken = time.perf_counter() - began
                said(f"{done:.0%}, {over:.2f} rounds, {taken:.0f} s: each {each:.3f}, order {order:.3f}, token {token:.3f}")
                totals = [0.0, 0.0, 0.0]

    def _follow(self, given: list[Any], learning: list[Any], steps: Any) -> None:
        """An exponential moving average, which follows faster at first."""
        kept = min(KEPT, (1 + float(steps)) / (10 + float(steps)))
        self._torch._foreach_lerp_(given, learning, 1 - kept)

    def _batches(self, groups: Sequence[Group]) -> Iterator[tuple[float, list[Drawn]]]:
        """Batches, and before each how many rounds are over."""
        kept, order, whole, last = self._states.kept, list[Drawn](), 0, 1
        while True:
            batch: list[Drawn] = []
            while sum(len(said) for _, said in batch) < ROWS:
                if not order:
                    drawn = [self._drawn(group) for group in groups if self._random.random() < group.share]
                    self._random.shuffle(drawn)
                    parts = (drawn[start : start + BUCKET] for start in range(0, len(drawn), BUCKET))
                    order = [one for part in parts for one in sorted(part, key=lambda one: len(kept[one[0]]))]
                    whole, last = whole + bool(drawn), max(1, len(order))
                if order:
                    batch.append(order.pop())
            yield whole - len(order) / last, batch

    def _drawn(self, group: Group) -> Drawn:
        """The quotes put in one of their ways, with all true statements and some false ones."""
        false = [one for one in group.statements if not one.holds]
        some = self._random.sample(false, min(FALSE, len(false)))
        return self._random.choice(group.held), [*(one for one in group.statements if one.holds), *some]

    def _losses(self, batch: Sequence[Drawn]) -> list[Any]:
        torch = self._torch
        rows = [one for _, learnt in batch for one in learnt]
        said, said_mask = self._padded([one.said for one in rows])
        held, held_mask = self._padded([shown for shown, _ in batch])
        whose = torch.tensor([at for at, (_, learnt) in enumerate(batch) for _ in learnt])
        with torch.autocast("cpu", torch.bfloat16):
            score, marked = self._network(said, said_mask, held, held_mask, whose)
        holds = torch.tensor([one.holds for one in rows])
        cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits
        each = cross_entropy(score, holds, weight=torch.where(holds > 0, TRUE_WEIGHS, 1.0))
        wrong, judged = torch.zeros(marked.shape), torch.zeros(marked.shape)
        for row, one in enumerate(rows):
            if one.wrong is not None:
                wrong[row, : len(one.wrong)] = torch.tensor(one.wrong)
                judged[row, : len(one.wrong)] = 1
        token = cross_entropy(marked, wrong, weight=judged * (1 + WRONG_WEIGHS * wrong), reduction="none").sum() / judged.sum().clamp(min=1)
        return [each, order_loss(score, holds, [len(learnt) for _, learnt in batch]), BESIDE * token]

    def _padded(self, rows: Sequence[int]) -> tuple[Any, Any]:
        torch, kept = self._torch, [self._states.kept[row] for row in rows]
        states = torch.zeros(len(rows), max(map(len, kept)), LAYERS, FEWER, dtype=torch.bfloat16)
        mask = torch.zeros(states.shape[:2], dtype=torch.bool)
        for row, of in enumerate(kept):
            states[row, : len(of)] = torch.from_numpy(of).to(torch.bfloat16)
            mask[row, : len(of)] = True
        return states, mask
