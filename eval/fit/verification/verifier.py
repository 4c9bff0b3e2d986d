"""``python -m eval verifier``: train what tells whether quotes bear out a statement, and say how well it tells on papers of other writers.

``eval/data/supported*.jsonl`` hold passages that people who had not seen the code wrote in four languages, each
with true statements in their own words, the stretches that bear them out, and false variants of each: a number, a role, what must, may, is
planned or is done, a denial or how far it goes, a condition, an invented consequence. Judged is on ``--replies FILE``
(`eval.datasets.written_sentences`) or on the sets that ``--leave SET`` leaves out, beside the alignment of tokens that verdicts rest on.
Nothing uses these layers yet: docs/measurements/verification.md says how far they come.

A batch is a few statements, each with its variants before the same quotes; the loss is the sum of three: whether each is borne out (binary
cross-entropy), which one of a group is (cross-entropy), and which words of a variant are not those of the true sentence (binary
cross-entropy), which is learnt beside it and not asked for.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib import resources
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from numpy.typing import NDArray

from eval import options
from eval.datasets.claims import auroc
from eval.datasets.labelled_papers import read
from eval.datasets.written_sentences import TRUE, Reply, replies
from eval.fit.encoder_training import Course, Pair, UpperLayers, learn, order_loss, scored
from eval.report.tables import markdown
from kb.embed.cache import CachedEmbedder
from kb.embed.cross_encoders import READ, TITLED, WEIGHTS, PassageReader
from kb.embed.e5_model import MIDDLE, BundledEmbedder
from kb.embed.e5_weights import packed
from kb.verify.entailment import AlignmentScorer
from lang.languages import Language

KINDS: Final = ("number", "role", "modality", "negation", "condition", "consequence")
DATA: Final = ("supported", "supported_more", "supported_across")
SAID: Final = 100
"""Tokens of a statement that are read."""
MOST_FALSE: Final = 6
"""False variants of a statement in a batch."""
ROWS: Final = 24
"""Pairs of a batch."""
FASTEST: Final = 1.5e-4
"""The highest rate of learning."""
TRUE_WEIGHS: Final = 3.0
"""What a true statement weighs in the loss, of which there are fewer."""
ALIKE: Final = 0.4
"""How like the true sentence, by its tokens, a variant must be for its own ones to be what is wrong with it."""
WRONG_WEIGHS: Final = 3.0
"""What a wrong token weighs in the loss."""
_WHOLE, _UNTITLED, _OTHER, _VERBATIM = 0.2, 0.2, 0.5, 0.15
"""How often the whole passage stands for the quotes, the title is left out, another true statement of the passage is put to quotes that
do not hold it, and the quote itself is put to itself."""


@dataclass(frozen=True, slots=True)
class Supported:
    """A true statement, its quotes in their passage, its false variants by kind, and true statements that other quotes hold."""

    group: str
    language: Language
    across: bool
    title: str
    passage: str
    quotes: tuple[str, ...]
    text: str
    false: tuple[tuple[str, str], ...]
    others: tuple[str, ...] = ()

    def drawn(self, by: random.Random) -> list[tuple[str, str, str, bool]]:
        """Statement, title, what it is held against, and whether that bears it out: the true one and some false ones."""
        whole = by.random() < _WHOLE
        held = self.passage if whole else "\n".join(self.quotes)
        title = "" if by.random() < _UNTITLED else self.title
        false = [text for _, text in self.false]
        said = [(self.text, True), *((one, False) for one in by.sample(false, min(MOST_FALSE, len(false))))]
        if by.random() < _VERBATIM:
            said.append((self.quotes[0], True))
        if self.others and not whole and by.random() < _OTHER:
            said.append((by.choice(self.others), False))
        return [(text, title, held, true) for text, true in said]


def supported(rows: Iterable[dict[str, Any]]) -> Iterator[Supported]:
    """The statements of passages."""
    for row in rows:
        for one in row["statements"]:
            others = [o["text"] for o in row["statements"] if o is not one and not set(o["quotes"]) & set(one["quotes"])]
            yield Supported(
                row["set"], row["said_in"], row["said_in"] != row["language"], row["document"], row["text"], tuple(one["quotes"]),
                one["text"], tuple((kind, text) for kind, texts in one["false"].items() for text in texts), tuple(others),
            )  # fmt: skip


def differing(said: Sequence[int], true: Sequence[int]) -> list[bool] | None:
    """Which tokens of a statement are not the true one's, with those beside what it left out; None where the two are little alike."""
    matcher = SequenceMatcher(None, true, said, autojunk=False)
    if matcher.ratio() < ALIKE:
        return None
    wrong = [False] * len(said)
    for kind, _, _, start, end in matcher.get_opcodes():
        beside = kind == "delete"
        for at in range(max(0, start - beside), min(len(said), end + beside)):
            wrong[at] = wrong[at] or kind != "equal"
    return wrong


class VerifierTraining:
    """The layers while they learn; ``tensors`` gives them by the names of the verifier's file."""

    def __init__(self, model: BundledEmbedder, start: Path | None, seed: int = 1) -> None:
        """Start from the layers of the file ``start``, or from the embedder's."""
        import torch

        self._torch = torch
        self._random = random.Random(seed)
        self._model = model
        self._network = UpperLayers(model, {"score": (1, 0.0), "token": (1, -2.0)}, start, seed)

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """What has been learnt and is used, by the names of `kb.embed.e5_weights`."""
        return {name: values for name, values in self._network.tensors().items() if not name.startswith("token.")}

    def run(self, known: Sequence[Supported], minutes: float, rounds: float, said: Callable[[str], None]) -> None:
        """Learn from statements for so many minutes, or until each was drawn ``rounds`` times; ``said`` is told how it goes."""
        course = Course(minutes, rounds * len(known), ROWS, "statements", ("each", "token", "order"), FASTEST)
        learn(self._network, map(self._pairs, self._again(known)), len, self._losses, course, said)

    def _again(self, known: Sequence[Supported]) -> Iterator[Supported]:
        order = list(known)
        while True:
            self._random.shuffle(order)
            yield from order

    def _pairs(self, one: Supported) -> list[Pair]:
        own = self._said(one.text)
        variants = {text for _, text in one.false}
        pairs = []
        for text, title, held, true in one.drawn(self._random):
            said = self._said(text)
            wrong = [False] * len(said) if true else differing(said, own) if text in variants else None
            marks = [0.0, *map(float, wrong or ())]
            pairs.append(Pair(self._tokens(said, title, held), marks, range(1, len(marks)), float(true)))
        return pairs

    def _said(self, text: str) -> list[int]:
        return self._model.encoded(f"query: {text}")[0][:SAID]

    def _tokens(self, said: Sequence[int], title: str, held: str) -> list[int]:
        """As `kb.embed.cross_encoders.PassageReader` reads them."""
        titled = self._model.encoded(f"passage: {title[:80]}. ")[0][:TITLED]
        ids = self._model.encoded(held)[0]
        start = self._random.randint(0, max(0, len(ids) - READ))
        return [self._model.begin, *said, self._model.end, self._model.end, *titled, *ids[start : start + READ], self._model.end]

    def _losses(self, batch: Sequence[Sequence[Pair]]) -> list[Any]:
        torch = self._torch
        pairs = [pair for group in batch for pair in group]
        score, told = scored(self._network, pairs, WRONG_WEIGHS)
        true = torch.tensor([pair.holds for pair in pairs])
        each = torch.nn.functional.binary_cross_entropy_with_logits(score, true, weight=torch.where(true > 0, TRUE_WEIGHS, 1.0))
        return [each, told, order_loss(score, true, [len(group) for group in batch])]


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence: whether its quotes are in other languages, its kind (``true`` or an error), and what the reader and the alignment say."""

    across: bool
    kind: str
    odds: float
    alignment: float


def judged(known: Iterable[Reply], reader: PassageReader, plain: AlignmentScorer) -> list[Judged]:
    """The log-odds that the quotes bear each sentence out, and the support by alignment."""
    return [
        Judged(
            one.across,
            one.kind,
            reader.read(one.text, [(one.document, "\n".join(one.quotes))])[0].odds,
            plain.score(one.text, one.quotes),
        )
        for one in known
    ]


def as_replies(known: Iterable[Supported]) -> Iterator[Reply]:
    """The statements and variants of passages as they are judged."""
    for at, one in enumerate(known):
        for kind, text in ((TRUE, one.text), *one.false):
            yield Reply(f"{one.group}.{at}", one.language, one.across, one.title, one.quotes, text, kind)


def report(found: Sequence[Judged]) -> str:
    """How often a true statement is above a false one (AUROC), in all and by kind, same language and across."""
    rows: list[list[object]] = []
    for name, across in (("same language", False), ("across", True)):
        mine = [one for one in found if one.across == across]
        true = [one for one in mine if one.kind == TRUE]
        for kind in ("all", *KINDS):
            false = [one for one in mine if one.kind != TRUE and kind in ("all", one.kind)]
            if true and false:
                labels = np.array([1.0] * len(true) + [0.0] * len(false))
                scores = [np.array([getattr(one, of) for one in (*true, *false)]) for of in ("odds", "alignment")]
                rows.append([name, kind, len(true), len(false), *(f"{auroc(score, labels):.3f}" for score in scores)])
    return markdown(["", "false by", "true", "false", "reader", "alignment"], rows)


@click.command()
@click.option("--leave", multiple=True, metavar="SET", help=f"a set that is left out and judged on; {options.LISTED}")
@options.file("--replies", "file", help="sentences that are judged on")
@click.option("--minutes", type=float, default=30.0, help="how long is trained at most")
@click.option("--rounds", type=float, default=3.0, help="how often each statement is learnt from")
@options.file("--out", help="write the layers to this file")
@options.failing(1, ValueError, OSError)
def command(leave: tuple[str, ...], file: Path | None, minutes: float, rounds: float, out: Path | None) -> None:
    """Train what tells whether quotes bear out a statement, and say how well it tells on papers of other writers.

    Exit status 1: the sentences cannot be used.
    """
    known = list(supported(row for name in DATA for row in read(name)))
    held_out = list(replies(file)) if file else list(as_replies(one for one in known if one.group in leave))
    with tempfile.TemporaryDirectory() as scratch:
        model = BundledEmbedder(Path(scratch))
        training = VerifierTraining(model, Path(str(resources.files("kb.embed") / WEIGHTS)))
        training.run([one for one in known if one.group not in leave], minutes, rounds, click.echo)
        trained = out or Path(scratch) / "verifier.npz"
        trained.write_bytes(packed(MIDDLE, training.tensors()))
        plain = AlignmentScorer(CachedEmbedder(model).tokens)
        click.echo(report(judged(held_out, PassageReader(model, Path(scratch), trained, SAID), plain)))
