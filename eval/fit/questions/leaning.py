"""``python -m eval leaning``: fit whether a message leans on the one before it, and say how well that is told beside a plain rule.

``eval/data/leaning.jsonl`` holds messages that people who had not seen the code typed after another (``before``): ``leans`` says whether
one would not know what is meant without that, ``whole`` how one would ask with no conversation before. Each tenth is left out in turn, or
the sets that ``--leave`` names. Beside the model stands the rule that serves where there is none: it points back, or has hardly a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click
import numpy as np

from eval import options
from eval.datasets.labelled_papers import read
from eval.datasets.splits import fold
from eval.fit.estimators import Floats, fit_rows, write_weights
from eval.report.tables import markdown
from kb import Settings
from kb.records import Answer, Timings, Turn
from kb.search.follow_up import Carrying, seen_of
from lang.languages import Language

FOLDS = 10
RIDGE = 0.03
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Message:
    """A message typed after another."""

    group: str
    before: str
    language_before: Language
    text: str
    language: Language
    leans: bool


def messages() -> list[Message]:
    """The labelled messages, in the order in which they came."""
    return [Message(row["set"], row["before"], row["lang_before"], row["text"], row["lang"], row["leans"]) for row in read("leaning")]


def odds(found: Sequence[Message], vectors: Floats, leave: Sequence[str]) -> dict[int, float]:
    """The log-odds of the messages that are judged, by their place, from weights that were fitted without them."""
    labels = np.array([one.leans for one in found], dtype=np.float64)
    of = [one.group in leave if leave else fold(one.text, FOLDS) for one in found]
    told: dict[int, float] = {}
    for part in [True] if leave else sorted(set(of)):
        out = np.array([one == part for one in of])
        weights = fit_rows(vectors[~out], labels[~out], RIDGE)
        totals = vectors[out] @ weights[:-1] + weights[-1]
        told |= dict(zip(np.flatnonzero(out).tolist(), totals.tolist(), strict=True))
    return told


def report(found: Sequence[Message], told: dict[int, float]) -> str:
    """Right, noticed and wrongly taken for one that leans, by language, beside the plain rule."""
    rows: list[list[object]] = []
    for language in (None, *sorted({one.language for one in found})):
        here = [at for at in told if language in (None, found[at].language)]
        row: list[object] = [language or "all", len(here)]
        by_model, by_rule = [told[at] > 0 for at in here], [_by_rule(found[at]) for at in here]
        for way in (by_model, by_rule):
            said = list(zip(way, (found[at].leans for at in here), strict=True))
            right = sum(one == truth for one, truth in said) / len(said)
            noticed = sum(one for one, truth in said if truth) / max(1, sum(truth for _, truth in said))
            wrong = sum(one for one, truth in said if not truth) / max(1, sum(not truth for _, truth in said))
            row.append(f"{right:.3f} / {noticed:.3f} / {wrong:.3f}")
        rows.append(row)
    return markdown(
        ["", "messages", "model", "rule"], rows, "messages after another: right / leaning ones noticed / whole ones taken for such"
    )


def _by_rule(one: Message) -> bool:
    before = Answer(one.before, one.language_before, "", (), None, Timings(0.0, 0.0, 0.0))
    return Carrying().rewrite(one.text, one.language, [Turn(one.before, before)]) is not None


@click.command()
@click.option("--leave", multiple=True, metavar="SET", help="a set that is left out and judged on")
@options.write("kb/search/leaning.json")
@options.failing(1, ValueError, OSError)
def command(leave: tuple[str, ...], write: bool) -> None:
    """Fit whether a message leans on the one before it, and say how well that is told beside a plain rule."""
    found = messages()
    settings = Settings.load()
    vectors = np.array([seen_of(settings, one.text, one.language) for one in found], dtype=np.float64)
    click.echo(report(found, odds(found, vectors, leave)))
    if write:
        learnt = [at for at, one in enumerate(found) if one.group not in leave]
        weights = fit_rows(vectors[learnt], np.array([found[at].leans for at in learnt], dtype=np.float64), RIDGE)
        rounded = [round(float(weight), DECIMALS) for weight in weights]
        texts = [found[at].text for at in learnt]
        named = " ".join(["leaning", *(f"--leave {one}" for one in leave)])
        write_weights("kb.search", "leaning.json", named, ("messages", texts), {"constant": rounded[-1], "weights": rounded[:-1]})
