"""``python -m eval judge``: weigh what the trained model says of a statement with what is found otherwise.

A logistic model for statements in the language of their quotes and one for others, fitted on statements that the trained model has not
learnt from (the sets `LEFT_OUT`). Its weights are then turned so that a score of .5 (`kb.verify.verdict.ENOUGH`) lets the share `SHOWN` of
false statements pass, and one of .15 (`LITTLE`) drops the share `DROPPED` of true ones. Measured is with each set left out in turn, beside
the trained model alone.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import numpy as np

from eval import options
from eval.datasets.claims import auroc
from eval.datasets.written_sentences import TRUE, Reply
from eval.fit.estimators import Floats, fit_rows, write_weights
from eval.fit.verification.verifier import as_replies, data, supported
from eval.report.tables import markdown
from kb import Settings
from kb.embed.cache import CachedEmbedder
from kb.embed.embedder import bundled_states, open_embedder
from kb.verify.entailment import WEIGHED, reach
from kb.verify.entailment_model import placed
from kb.verify.verdict import ENOUGH, LITTLE, Verifier

LEFT_OUT: Final = ("answers_a3", "answers_b2", "answers_b4", "answers_c1", "replies3", "replies6")
SHOWN: Final = {"same": 0.045, "across": 0.03}
"""False statements that may be shown as checked."""
DROPPED: Final = 0.05
"""True statements that may be dropped."""
FEATURES: Final = ("model", *WEIGHED)
SIDES: Final = ("same", "across")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A statement: the set it is of, its side, whether it is true, and its features in the order of `FEATURES`."""

    group: str
    side: str
    kind: str
    features: tuple[float, ...]


def weighed(known: Sequence[Reply], settings: Settings) -> list[Weighed]:
    """What is weighed of each statement."""
    verifier = Verifier(CachedEmbedder(open_embedder(settings)), layered=bundled_states(settings))
    scorer = verifier.scorer
    found = []
    for done, one in enumerate(known, start=1):
        citations = one.citations()
        values = dict(scorer.features(one.text, one.quotes, placed(one.document, one.path), verifier.findings(one.text, citations)))  # type: ignore[attr-defined]
        side = "same" if reach(one.text, one.quotes) == "same" else "across"
        found.append(Weighed(one.id.split(".")[0], side, one.kind, tuple(values.get(name, 0.0) for name in FEATURES)))
        options.progress(done, len(known), "statements")
    return found


def fitted(known: Sequence[Weighed], shown: float) -> dict[str, float]:
    """The weights of one side, turned so that `ENOUGH` and `LITTLE` are where they are to be."""
    rows, labels = _rows(known)
    *weights, constant = fit_rows(rows, labels, ridge=1.0, weights=np.where(labels > 0, (labels == 0).sum() / labels.sum(), 1.0))
    totals = rows @ weights + constant
    enough, little = np.quantile(totals[labels == 0], 1 - shown), np.quantile(totals[labels > 0], DROPPED)
    little = min(little, enough - 0.5)
    slope = (math.log(ENOUGH / (1 - ENOUGH)) - math.log(LITTLE / (1 - LITTLE))) / (enough - little)
    turned = {name: round(float(slope * weight), 4) for name, weight in zip(FEATURES, weights, strict=True)}
    return turned | {"constant": round(float(slope * (constant - enough)), 4)}


def scores(known: Sequence[Weighed], weights: Mapping[str, float]) -> Floats:
    """The log-odds of the score of each."""
    return _rows(known)[0] @ [weights[name] for name in FEATURES] + weights["constant"]


def _rows(known: Sequence[Weighed]) -> tuple[Floats, Floats]:
    return np.array([one.features for one in known]), np.array([float(one.kind == TRUE) for one in known])


def report(known: Sequence[Weighed]) -> str:
    """With each set left out in turn: AUROC of the judge and its parts, and the shares that are shown as checked and dropped."""
    rows: list[list[object]] = []
    for side in SIDES:
        mine = [one for one in known if one.side == side]
        labels = _rows(mine)[1]
        totals = np.zeros(len(mine))
        for group in {one.group for one in mine}:
            out = np.array([one.group == group for one in mine])
            weights = fitted([one for one in mine if one.group != group], SHOWN[side])
            totals[out] = scores([one for one in mine if one.group == group], weights)
        parts = [totals, np.array([one.features[0] for one in mine])]
        least = math.log(LITTLE / (1 - LITTLE))
        shares = [(totals[labels == true] >= 0).mean() for true in (1, 0)] + [(totals[labels == true] < least).mean() for true in (1, 0)]
        rows.append([side, len(mine), *(f"{auroc(part, labels):.3f}" for part in parts), *(f"{share:.3f}" for share in shares)])
    heads = [
        "quotes",
        "statements",
        "judge",
        "model alone",
        "true checked",
        "false checked",
        "true dropped",
        "false dropped",
    ]
    return markdown(heads, rows)


@click.command()
@click.option("--write", is_flag=True, help="write the weights beside the scorer")
@options.failing(1, ValueError, OSError)
def command(write: bool) -> None:
    """Weigh what the trained model says of a statement with what is found otherwise."""
    known = list(as_replies(one for one in supported(data()) if one.group in LEFT_OUT))
    with tempfile.TemporaryDirectory(prefix="setu-judge-") as scratch:
        found = weighed(known, Settings.load(home=Path(scratch)))
    click.echo(report(found))
    if write:
        parts = {side: fitted([one for one in found if one.side == side], SHOWN[side]) for side in SIDES}
        write_weights("kb.verify", "weights.json", "judge", ("statements", [f"{one.id}\t{one.text}" for one in known]), parts)
