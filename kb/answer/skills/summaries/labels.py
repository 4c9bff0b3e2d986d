"""What a point of a summary tells, for a label in the reader's language where the paper's own heading does not serve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.answer.scoring.lexical import standardise
from kb.answer.skills.summaries.plans import Aspect, Needs
from kb.answer.skills.summaries.salience import MONEY, values_in, weight
from kb.ports import FloatMatrix, SentenceEmbedder
from lang.values.quantities import CURRENCIES

SURE = 0.8
"""How well a text must fit an aspect to be labelled with it, in standard deviations."""
_TIME = frozenset({"day", "month", "minute"})


def likely(texts: Sequence[str], aspects: Sequence[Aspect], embedder: SentenceEmbedder) -> list[str]:
    """The name of the aspect that each text tells surely; ``other`` where there is none."""
    meant = np.stack([embedder.query(aspect.means) for aspect in aspects])
    cosines = meant @ embedder.passages(texts).T
    fit: FloatMatrix = np.stack([standardise(row) for row in cosines - cosines.mean(axis=0, keepdims=True)])
    for at, text in enumerate(texts):  # no money without an amount
        for row, aspect in enumerate(aspects):
            if aspect.needs and not _names(text, aspect.needs):
                fit[row, at] = min(fit[row, at], -1.0)
    best = fit.argmax(axis=0)
    return [aspects[row].name if fit[row, at] >= SURE else "other" for at, row in enumerate(best.tolist())]


def _names(text: str, needs: Needs) -> bool:
    """Whether a text names what an aspect is of."""
    dates, amounts = values_in(text)
    if needs == "money":
        return any(q.unit in CURRENCIES for q in amounts) or MONEY.search(text) is not None
    if needs == "time":
        return bool(dates) or any(q.unit in _TIME for q in amounts)
    return any(weight(q) >= 1.0 and q.unit not in _TIME for q in amounts)
