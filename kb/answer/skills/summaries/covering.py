"""Which points make a summary: those that tell the aspects of a plan, say much and do not say the same.

Greedy, as maximal marginal relevance is (Carbonell and Goldstein, 1998): the next point is the one that is
worth most for an aspect that has none yet, less what it shares with the points that are chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import regex

from kb.answer.scoring.lexical import standardise
from kb.answer.skills.summaries.plans import Aspect, Needs
from kb.answer.skills.summaries.telling import MOST, Run, Sentence, label_of, stands_alone
from kb.ports import FloatMatrix, FloatVector, SentenceEmbedder
from lang.values.dates import dates_in
from lang.values.quantities import CURRENCIES, Quantity, quantities_in

FIT, CENTRAL, TITLE, LEAD, FIGURES, LENGTH = 1.0, 0.5, 0.5, 0.75, 0.5, 1.0
"""What a standard deviation of likeness to an aspect counts for, of likeness to the whole paper, to its title, the first place in the paper
or under its heading, a standard deviation of figures, and a full length.

Round numbers, not fitted: the halves and doubles of most hold as much (docs/answers.md).
"""
SAME_ASPECT, SAME_HEADING, ALIKE, BEGINS_ILL = 1.0, 1.5, 0.5, 1.0
"""What is taken off where an aspect, or a heading, has a point already, for a standard deviation of likeness to a point, and for a run that
begins in the middle of a sentence or with a word that points back, or is a scrap."""
UNPARTED = 3.0
"""How much more the first place counts in a paper without headings: news says first what happened."""
HEADING = 2.0
"""How much more a heading says of what stands below it than the words there: “Costs” is about money whatever follows."""
SURE, SURE_ALONE = 0.8, 1.2
"""How well a run must fit an aspect to be labelled with it, where headings tell as well, and where none do."""
OPENING = 0.5
"""How much nearer the first run of a paper is to what such a paper begins with."""
TOLD = 0.5
"""How much nearer a run is to an aspect that a stored fact in it tells."""
FEW = 12
"""Bare numbers below this in digits are mostly those of wards, articles and lists."""
_TIME = frozenset({"day", "month", "minute"})
_MONEY = regex.compile(r"\p{Sc}\s?\p{Nd}")
"""A sum in a currency whose unit is not read, such as £3.4 million."""


@dataclass(frozen=True, slots=True)
class Point:
    """A run that is told, and for which aspect; ``sure`` where it fits that one clearly better than the others of the plan."""

    run: Run
    aspect: Aspect
    sure: bool


def choose(
    sentences: Sequence[Sentence],
    runs: Sequence[Run],
    aspects: Sequence[Aspect],
    most: int,
    embedder: SentenceEmbedder,
    title: str,
    told: Mapping[str, Sequence[int]] = MappingProxyType({}),
) -> list[Point]:
    """At most so many points, in the order of the paper, which is mostly that of the plan.

    Args:
        sentences: of the paper, in order.
        runs: what can be a point.
        aspects: what is to be told, in order.
        most: how many points.
        embedder: with which meanings are compared.
        title: of the paper, for what stands under no heading.
        told: where the facts of the paper stand, by their field.
    """
    if not runs:
        return []
    vectors = embedder.passages([s.text for s in sentences])
    of_runs = np.stack([_mean(vectors[run.first : run.last + 1]) for run in runs])
    fit = _fits(runs, of_runs, aspects, embedder, title)
    _by_facts(fit, runs, aspects, told)
    headed = len({run.heading for run in runs}) > 1
    worth = _worth(sentences, runs, of_runs, _mean(vectors)) + TITLE * standardise(of_runs @ embedder.passages([title])[0])
    points = _greedy(runs, fit, worth, _alike(of_runs), aspects, most, SURE if headed else SURE_ALONE)
    return sorted(points, key=lambda point: point.run.start)


def likely(texts: Sequence[str], aspects: Sequence[Aspect], embedder: SentenceEmbedder) -> list[str]:
    """The name of the aspect that each text tells surely; ``other`` where there is none."""
    meant = np.stack([embedder.query(aspect.means) for aspect in aspects])
    fit = _beside(meant @ embedder.passages(texts).T)
    _by_needs(fit, texts, aspects)
    best = fit.argmax(axis=0)
    return [aspects[row].name if fit[row, at] >= SURE else "other" for at, row in enumerate(best.tolist())]


def _greedy(
    runs: Sequence[Run], fit: FloatMatrix, worth: FloatVector, alike: FloatMatrix, aspects: Sequence[Aspect], most: int, sure: float
) -> list[Point]:
    free = np.ones(len(runs), dtype=bool)
    total = FIT * fit + worth
    found: list[Point] = []
    core = [row for row, aspect in enumerate(aspects) if aspect.core and fit[row].max() >= sure]
    while len(found) < most and free.any():
        open_ = np.where(free, total, -np.inf)
        if core and most > len(core):
            row = core.pop()
            open_[np.arange(len(aspects)) != row] = -np.inf
            open_[row] = np.where(fit[row] >= sure, open_[row], -np.inf)
            if not np.isfinite(open_).any():
                continue
        aspect, at = (int(x) for x in np.unravel_index(np.argmax(open_), open_.shape))
        own = fit[:, at]
        found.append(Point(runs[at], aspects[aspect], bool(own[aspect] >= max(sure, own.max()))))
        total[aspect] -= SAME_ASPECT
        total -= ALIKE * np.maximum(alike[at], 0.0)
        for other, run in enumerate(runs):
            if run.heading and run.heading == runs[at].heading:
                total[:, other] -= SAME_HEADING
            if run.start < runs[at].end and runs[at].start < run.end:
                free[other] = False
    return found


def _fits(runs: Sequence[Run], of_runs: FloatMatrix, aspects: Sequence[Aspect], embedder: SentenceEmbedder, title: str) -> FloatMatrix:
    """How well each run tells each aspect, shape ``(aspects, runs)``: by itself and by its heading, each beside all others."""
    meant = np.stack([embedder.query(aspect.means) for aspect in aspects])
    headings = list(dict.fromkeys(run.heading for run in runs))
    of_headings = _beside(meant @ embedder.passages([label_of(h) or h or title for h in headings]).T)
    fit: FloatMatrix = _beside(meant @ of_runs.T)
    if len(headings) > 1:
        under = of_headings[:, [headings.index(run.heading) for run in runs]]
        fit = np.asarray((fit + HEADING * under) / (1.0 + HEADING), dtype=np.float32)
    if aspects[0].opens:
        fit[0, 0] = max(fit[:, 0].max(), SURE_ALONE) if len(headings) <= 2 else fit[0, 0] + OPENING
    _by_needs(fit, [run.text for run in runs], aspects)
    return fit


def _by_needs(fit: FloatMatrix, texts: Sequence[str], aspects: Sequence[Aspect]) -> None:
    """What does not name what an aspect is of does not tell it: no money without an amount."""
    for at, text in enumerate(texts):
        for row, aspect in enumerate(aspects):
            if aspect.needs and not _names(text, aspect.needs):
                fit[row, at] = min(fit[row, at], -1.0)


def _by_facts(fit: FloatMatrix, runs: Sequence[Run], aspects: Sequence[Aspect], told: Mapping[str, Sequence[int]]) -> None:
    """Where facts are stored that tell an aspect, the runs that hold them tell it and no others."""
    for row, aspect in enumerate(aspects):
        places = [at for field in aspect.facts for at in told.get(field, ())]
        if places:
            holds = np.array([any(run.start <= at < run.end for at in places) for run in runs])
            fit[row] = np.where(holds, np.maximum(fit[row], SURE) + TOLD, np.minimum(fit[row], -1.0))


def _beside(cosines: FloatMatrix) -> FloatMatrix:
    """Cosines less what each text has with all aspects, then standardised for each aspect."""
    left = cosines - cosines.mean(axis=0, keepdims=True)
    return np.stack([standardise(row) for row in left])


def _worth(sentences: Sequence[Sentence], runs: Sequence[Run], of_runs: FloatMatrix, whole: FloatVector) -> FloatVector:
    """What a run is worth whatever it tells."""
    counted = np.array([min(figures(run.text), 4.0) for run in runs], dtype=np.float32)
    lengths = np.array([min(len(run.text) / MOST, 1.0) for run in runs], dtype=np.float32)
    first: dict[str, int] = {}
    below = np.array([run.first - first.setdefault(run.heading, run.first) for run in runs], dtype=np.float32)
    places = np.array([run.first for run in runs], dtype=np.float32)
    lead = np.exp(-below / 2.0) + (1.0 if len(first) > 2 else UNPARTED) * np.exp(-places / 3.0)
    ill = np.array([not stands_alone(run, sentences) for run in runs], dtype=np.float32)
    total = CENTRAL * standardise(of_runs @ whole) + FIGURES * standardise(counted) + LENGTH * lengths + LEAD * lead - BEGINS_ILL * ill
    return np.asarray(total, dtype=np.float32)


def figures(text: str) -> float:
    """How much the figures of a text say: money and shares most, then measures, counts and dates; a small bare number numbers something."""
    dates = dates_in(text)
    amounts = [q for q in quantities_in(text, [(d.start, d.end) for d in dates]) if q.role == "amount"]
    money = len(_MONEY.findall(text))
    return len(dates) + money + sum(_weight(q) for q in amounts)


def _weight(quantity: Quantity) -> float:
    if quantity.unit in CURRENCIES or quantity.unit == "percent":
        return 1.5
    counts = quantity.unit or quantity.value >= FEW or (quantity.spelled and quantity.value > 1)
    return 1.0 if counts else 0.25


def _names(text: str, needs: Needs) -> bool:
    """Whether a text names what an aspect is of."""
    dates = dates_in(text)
    amounts = [q for q in quantities_in(text, [(d.start, d.end) for d in dates]) if q.role == "amount"]
    if needs == "money":
        return any(q.unit in CURRENCIES for q in amounts) or _MONEY.search(text) is not None
    if needs == "time":
        return bool(dates) or any(q.unit in _TIME for q in amounts)
    return any(_weight(q) >= 1.0 and q.unit not in _TIME for q in amounts)


def _alike(vectors: FloatMatrix) -> FloatMatrix:
    """Cosines between runs in standard deviations from their mean; 0 where all are alike."""
    cosines = vectors @ vectors.T
    apart = cosines[~np.eye(len(vectors), dtype=bool)]
    spread = float(apart.std()) if apart.size else 0.0
    return np.asarray((cosines - apart.mean()) / spread, dtype=np.float32) if spread > 1e-6 else np.zeros_like(cosines)


def _mean(vectors: FloatMatrix) -> FloatVector:
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)
