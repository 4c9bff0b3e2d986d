"""``python -m eval verifier``: train what tells whether quotes bear out a statement, and say how well it tells on papers of other writers.

``eval/data/supported*.jsonl`` hold passages that people who had not seen the code wrote in four languages, each with true statements,
near the paper's words or in words of their own, the stretches that bear them out, and false variants of each: a number, a role, what must,
may, is planned or is done, a denial or how far it goes, a condition, an invented consequence. Judged is on ``--replies FILE``
(`eval.datasets.written_sentences`) or on the sets that ``--leave SET`` leaves out, beside the alignment of tokens that verdicts rested on
before. docs/measurements/verification.md says how far it comes.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib import resources
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from eval import options
from eval.datasets.claims import auroc
from eval.datasets.labelled_papers import read
from eval.datasets.written_sentences import TRUE, Reply, replies
from eval.fit.verification.comparer import Group, Learnt, States, Training
from eval.report.tables import markdown
from kb.embed.cache import CachedEmbedder
from kb.embed.e5_model import BundledEmbedder
from kb.embed.e5_weights import open_reader_file, packed
from kb.verify.entailment import AlignmentScorer
from kb.verify.entailment_model import SAID, SHOWN, EntailmentModel, held, placed, read_digits
from lang.languages import Language

KINDS: Final = ("number", "role", "modality", "negation", "condition", "consequence")
SAMPLE: Final = 2500
"""Texts whose tokens tell along which directions states differ most."""
ALIKE: Final = 0.4
"""How like a true sentence, by its tokens, a variant must be for its own ones to be what is wrong with it."""
SHORT: Final = 60
"""Characters of a line that may be a heading."""
WAYS: Final = 3
_WHOLE, _SO, _UNTITLED, _UNPLACED, _VERBATIM = 0.3, 0.4, 0.15, 0.4, 0.15
"""How often the whole passage may stand for the quotes, and then does (else another true statement of the passage is put to quotes that do
not hold it), the title or the headings are left out, and the quote itself is put to itself."""
NEAR, SHARE = "near", 0.4
"""Sets whose statements are sentences of no answer are learnt from in this part of the rounds."""


@dataclass(frozen=True, slots=True)
class Supported:
    """A true statement, its quotes in their passage, its false variants by kind, and true statements that other quotes hold.

    ``also`` is what says the same in other words, ``path`` the headings above the quotes, where they are known.
    """

    group: str
    language: Language
    across: bool
    title: str
    passage: str
    quotes: tuple[str, ...]
    text: str
    false: tuple[tuple[str, str], ...]
    others: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    path: tuple[str, ...] = ()

    def drawn(self, by: random.Random) -> tuple[list[str], list[tuple[str, bool]]]:
        """What statements are held against, title and all, put in `WAYS` ways, and statements, each with whether that bears it out."""
        whole, shown = not self.others or by.random() < _WHOLE, []
        for _ in range(WAYS):
            place = "" if by.random() < _UNTITLED else placed(self.title, () if by.random() < _UNPLACED else self.path or self.above)
            shown.append(held(place, (self.passage,) if whole and by.random() < _SO else self.quotes))
        said = [*((text, True) for text in (self.text, *self.also)), *((text, False) for _, text in self.false)]
        if by.random() < _VERBATIM:
            said.append((self.quotes[0], True))
        if not whole:
            said.append((by.choice(self.others), False))
        return list(dict.fromkeys(shown)), said

    @property
    def above(self) -> tuple[str, ...]:
        """The last short line of the passage before its first quote, which may be a heading."""
        lines = self.passage[: max(0, self.passage.find(self.quotes[0]))].strip().splitlines()
        return next(((line.strip(),) for line in reversed(lines) if len(line.strip()) <= SHORT), ())


def data() -> Iterator[dict[str, Any]]:
    """The passages of all files."""
    names = (file.name for file in (resources.files("eval") / "data").iterdir())
    for name in sorted(name for name in names if name.startswith("supported") and name.endswith(".jsonl")):
        yield from read(name.removesuffix(".jsonl"))


def supported(rows: Iterable[dict[str, Any]]) -> Iterator[Supported]:
    """The statements of passages."""
    for row in rows:
        for one in row["statements"]:
            others = [o["text"] for o in row["statements"] if o is not one and not set(o["quotes"]) & set(one["quotes"])]
            yield Supported(
                row["set"], row["said_in"], row["said_in"] != row["language"], row["document"], row["text"], tuple(one["quotes"]),
                one["text"], tuple((kind, text) for kind, texts in one["false"].items() for text in texts), tuple(others),
                tuple(one.get("also", ())), tuple(one.get("path", ())),
            )  # fmt: skip


def differing(said: Sequence[int], *true: Sequence[int]) -> list[bool] | None:
    """Which tokens of a statement are not those of the true one that it is most like; None where it is little like any.

    Of what it left out, those beside the gap.
    """
    matcher = max((SequenceMatcher(None, one, said, autojunk=False) for one in true), key=lambda matcher: matcher.ratio())
    if matcher.ratio() < ALIKE:
        return None
    wrong = [False] * len(said)
    for kind, _, _, start, end in matcher.get_opcodes():
        beside = kind == "delete"
        for at in range(max(0, start - beside), min(len(said), end + beside)):
            wrong[at] = wrong[at] or kind != "equal"
    return wrong


def groups(known: Iterable[Supported], model: BundledEmbedder, states: States, by: random.Random) -> Iterator[Group]:
    """Statements with their variants, as rows of states."""

    def tokens(text: str) -> list[int]:
        return model.encoded(read_digits(text))[0][:SAID]

    for one in known:
        (shown, said), true_ones = one.drawn(by), (one.text, *one.also)
        true, variants = [tokens(text) for text in true_ones], {text for _, text in one.false}
        learnt = []
        for text, holds in said:
            wrong = differing(tokens(text), *true) if text in variants else [False] * len(tokens(text)) if text in true_ones else None
            marks = None if wrong is None else [0.0, *map(float, wrong), 0.0]
            learnt.append(Learnt(states.row(read_digits(text), SAID), float(holds), marks))
        rows = tuple(states.row(read_digits(text), SHOWN) for text in shown)
        yield Group(rows, tuple(learnt), SHARE if one.group.startswith(NEAR) else 1.0)


def trained(
    known: Sequence[Supported],
    model: BundledEmbedder,
    minutes: float,
    rounds: float,
    start: Path | None = None,
    kept: Path | None = None,
    seed: int = 1,
) -> Training:
    """What has learnt from statements for so many minutes, or until each was drawn ``rounds`` times.

    ``start`` is a model that goes on learning; ``kept`` is where the states of texts are kept for a further run.
    """
    by = random.Random(seed)
    if start:
        weights = open_reader_file(start).dense()
        states = States.going_on(model.layered, weights)
    else:
        sides = [(text, most) for one in known for text, most in ((one.text, SAID), ("\n".join(one.quotes), SHOWN))]
        sample = [(read_digits(text), most) for text, most in by.sample(sides, min(SAMPLE, 2 * len(known)))]
        states = States.of(model.layered, sample)
    if kept and kept.is_file():
        states.remember(kept)
    learnt = list(groups(known, model, states, by))
    if kept:
        states.keep(kept)
    training = Training(states, seed)
    if start:
        training.start(weights)
    training.run(learnt, minutes, rounds, click.echo)
    return training


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence: whether its quotes are in other languages, its kind (``true`` or an error), and what the model and the alignment say."""

    across: bool
    kind: str
    odds: float
    alignment: float


def judged(known: Iterable[Reply], model: EntailmentModel, plain: AlignmentScorer) -> list[Judged]:
    """The log-odds that the quotes bear each sentence out, and the support by alignment."""
    return [
        Judged(
            one.across, one.kind, model.log_odds(one.text, placed(one.document, one.path), one.quotes), plain.score(one.text, one.quotes)
        )
        for one in known
    ]


def as_replies(known: Iterable[Supported]) -> Iterator[Reply]:
    """The statements and variants of passages as they are judged."""
    for at, one in enumerate(known):
        for kind, text in (*((TRUE, text) for text in (one.text, *one.also)), *one.false):
            yield Reply(f"{one.group}.{at}", one.language, one.across, one.title, one.quotes, text, kind, one.path)


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
    return markdown(["", "false by", "true", "false", "model", "alignment"], rows)


@click.command()
@click.option("--leave", multiple=True, metavar="SET", help=f"a set that is left out and judged on; {options.LISTED}")
@options.file("--replies", "file", help="sentences that are judged on")
@click.option("--minutes", type=float, default=60.0, help="how long is trained at most")
@click.option("--rounds", type=float, default=8.0, help="how often each statement is learnt from")
@options.file("--start", help="a model that goes on learning")
@options.file("--states", help="where the states of texts are kept for a further run")
@options.file("--out", help="write the model to this file")
@options.failing(1, ValueError, OSError)
def command(
    leave: tuple[str, ...],
    file: Path | None,
    minutes: float,
    rounds: float,
    start: Path | None,
    states: Path | None,
    out: Path | None,
) -> None:
    """Train what tells whether quotes bear out a statement, and say how well it tells on papers of other writers.

    Exit status 1: the sentences cannot be used.
    """
    known = list(supported(data()))
    held_out = list(replies(file)) if file else list(as_replies(one for one in known if one.group in leave))
    with tempfile.TemporaryDirectory() as scratch:
        model = BundledEmbedder(Path(scratch))
        training = trained([one for one in known if one.group not in leave], model, minutes, rounds, start, states)
        path = out or Path(scratch) / "entailment.npz"
        path.write_bytes(packed(0, training.tensors()))
        plain = AlignmentScorer(CachedEmbedder(model).tokens)
        click.echo(report(judged(held_out, EntailmentModel(model.layered, path), plain)))
