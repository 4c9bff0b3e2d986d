"""``python -m eval cells``: fit what belongs into the cells of the exchange map, and say how well that is told.

``eval/data/map_papers.jsonl`` holds papers of invented exchanges by people who had not seen the code, ``map_named.jsonl`` the areas that
their agreements name, ``map_labels.jsonl`` for every area the passages that belong to it, by their beginning, and the column; ``open``
where people could disagree. ``agreement_headings.jsonl`` holds headings and items of agreements by what they are. What tells whether a
passage tells anything, what weighs that with nearness (``evidence.json``), and what tells what a heading is (``headings.json``) are fitted.
Each set of papers is left out in turn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import regex
from numpy.typing import NDArray

from eval import options
from eval.datasets.claims import fit_support, probability
from eval.datasets.labelled_papers import read
from eval.datasets.splits import bases, fold
from eval.fit.estimators import Floats, fit_classes, write_weights
from eval.report.tables import markdown
from kb import KnowledgeBase, Settings
from kb.embed.embedder import bundled_passages
from kb.records import Citation
from training.exchange_map.areas import areas_of
from training.exchange_map.build import Compared, compare, in_use, joined
from training.exchange_map.evidence import SPEAKS, SPOKEN, SURELY, WEIGHED, seen_of, spoken, weighing
from training.exchange_map.headings import HEADINGS
from training.exchange_map.kept_vectors import KeptVectors
from training.exchange_map.map_records import EARNED, SURE
from training.exchange_map.passages import Piece
from training.exchange_map.relevance import SHOWN
from training.records import PRACTISED

OF_EVIDENCE: Final = 1000.0
"""Penalty of the weights of standardised columns: there are as many columns as examples."""
OF_BELONGING: Final = 10.0
OF_PRACTICE: Final = 100.0
OF_HEADINGS: Final = 0.1
FOLDS: Final = 10
DECIMALS: Final = 4
BEGINNING: Final = 25
"""Letters by which a passage is found inside a longer one."""
TOLD: Final = ("reported", "practised")
_LETTERS: Final = regex.compile(r"[^\p{L}\p{N}]")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A set of papers: what was compared, what is weighed of each passage alone, and whether it belongs to each area.

    ``belongs`` is 1, 0, or -1 where it is open, of shape ``(areas, passages)``; ``counts`` says which passages may stand in a cell.
    ``practice`` is 1 for what tells a practice, 0 for what reports, -1 for the rest, and ``by_kind`` the same by the kind of the paper.
    """

    name: str
    compared: Compared
    alone: Floats
    belongs: NDArray[np.int8]
    counts: NDArray[np.bool_]
    practice: NDArray[np.int8]
    by_kind: NDArray[np.int8]

    @property
    def tells(self) -> NDArray[np.int8]:
        """Whether each passage tells anything, likewise."""
        told: NDArray[np.int8] = np.where((self.belongs == 1).any(axis=0), 1, np.where((self.belongs == -1).any(axis=0), -1, 0))
        return told


def exchanges() -> Iterator[Exchange]:
    """The sets of the data."""
    with bases({}, "map_papers") as held:
        for name, kb in held:
            yield _exchange(name, kb)


def _exchange(name: str, kb: KnowledgeBase) -> Exchange:
    documents = in_use(kb)
    rows = joined([areas_of(kb, info) for info in documents if info.kind == "agreement"], kb.likeness)
    compared = compare(kb, documents, rows)
    names = {info.id: Path(info.source).name for info in documents}
    belongs = np.zeros((len(rows), len(compared.found)), dtype=np.int8)
    for row in (row for row in read("map_labels") if row["set"] == name):
        at = [at for at, texts in enumerate(rows) if _names(texts, row, names)]
        for j in _places(row, [(names[piece.citation.document_id], piece) for piece in compared.found]):
            for i in at:
                belongs[i, j] = 1 if not row.get("open") or belongs[i, j] == 1 else -1
    found = compared.found
    counts = np.array([piece.within < 0 and bool(piece.columns) for piece in found])
    by_kind = np.array([piece.citation.kind in PRACTISED for piece in found], dtype=np.int8)
    return Exchange(name, compared, seen_of(kb, found, KeptVectors(kb)), belongs, counts, _practice(name, found, names), by_kind)


def _practice(name: str, found: Sequence[Piece], names: Mapping[int, str]) -> NDArray[np.int8]:
    """Whether most labels of each passage call it a practice; of agreements, and without a label, -1."""
    votes = np.zeros((2, len(found)))
    papers = [(names[piece.citation.document_id], piece) for piece in found]
    for row in (row for row in read("map_labels") if row["set"] == name and row["column"] in TOLD and not row.get("open")):
        for j in _places(row, papers):
            votes[TOLD.index(row["column"]), j] += found[j].citation.kind != "agreement" and found[j].within < 0
    told: NDArray[np.int8] = np.where(votes.sum(axis=0) > 0, votes[1] > votes[0], -1).astype(np.int8)
    return told


def _names(texts: Sequence[Citation], row: Mapping[str, Any], names: Mapping[int, str]) -> bool:
    wanted = _letters(row["area"])
    said = [_letters(text.quote) for text in texts if names[text.document_id] == row["agreement"]]
    return any(wanted in one or one in wanted for one in said)


def _places(row: Mapping[str, Any], found: Sequence[tuple[str, Piece]]) -> Iterator[int]:
    """The passages that a label speaks of: those that hold its beginning, or the first cell of its table."""
    wanted = _letters(row["starts"])[:BEGINNING]
    first = next((cell for cell in map(_letters, regex.split(r"[\t|｜]", row["starts"])) if cell), "")
    for at, (paper, piece) in enumerate(found):
        text = _letters(piece.text)
        if paper == row["paper"] and piece.columns and (wanted in text or (piece.rows and first and first in text)):
            yield at


def _letters(text: str) -> str:
    return _LETTERS.sub("", text)


def evidence(found: Sequence[Exchange]) -> Floats:
    """What tells whether a passage tells anything, fitted on sets; the constant comes last."""
    kept = [one.counts & (one.tells >= 0) for one in found]
    rows = np.vstack([one.alone[which] for one, which in zip(found, kept, strict=True)])
    labels = np.concatenate([one.tells[which] for one, which in zip(found, kept, strict=True)])
    return fit_support(rows, labels.astype(np.float64), OF_EVIDENCE)


def practice(found: Sequence[Exchange]) -> Floats:
    """What tells a practice from what is reported, fitted on sets; the constant comes last."""
    rows = np.vstack([one.alone[one.practice >= 0] for one in found])
    labels = np.concatenate([one.practice[one.practice >= 0] for one in found])
    return fit_support(rows, labels.astype(np.float64), OF_PRACTICE)


def told(one: Exchange, weights: Floats) -> Floats:
    """The log-odds that each passage of a set tells anything."""
    odds: Floats = one.alone @ weights[:-1] + weights[-1]
    return odds


def weighed(one: Exchange, odds: Floats) -> Floats:
    """The values of `WEIGHED`, of shape ``(areas, passages, values)``."""
    return np.stack([*weighing(one.compared.weighed, one.compared.chances, one.compared.lengths, odds).values()], axis=-1)


def speaking(found: Sequence[Exchange]) -> Floats:
    """What tells whether a passage speaks of an area, fitted on sets; the constant comes last."""
    kept = [(one.belongs >= 0) & one.counts[None, :] for one in found]
    rows = np.vstack([speech(one)[which] for one, which in zip(found, kept, strict=True)])
    labels = np.concatenate([one.belongs[which] for one, which in zip(found, kept, strict=True)])
    return fit_support(rows, labels.astype(np.float64), OF_BELONGING)


def speech(one: Exchange) -> Floats:
    """The values of `SPOKEN`, of shape ``(areas, passages, values)``."""
    return np.stack([*spoken(one.compared.weighed, one.compared.chances, one.compared.lengths).values()], axis=-1)


def belonging(found: Sequence[tuple[Exchange, Floats]]) -> Floats:
    """What weighs the evidence with nearness, fitted on sets with the log-odds that were told of them; the constant comes last."""
    rows, labels = [], []
    for one, odds in found:
        kept = (one.belongs >= 0) & one.counts[None, :]
        rows.append(weighed(one, odds)[kept])
        labels.append(one.belongs[kept])
    return fit_support(np.vstack(rows), np.concatenate(labels).astype(np.float64), OF_BELONGING)


def outside(found: Sequence[Exchange]) -> list[tuple[Exchange, Floats]]:
    """The sets, each with the log-odds that are told of it by what was fitted on the others."""
    return [(one, told(one, evidence([other for other in found if other is not one]))) for one in found]


def report(found: Sequence[Exchange]) -> str:
    """Each set by models that were fitted without it: all that is shown, and what is called sure with and without earning it."""
    rows: list[list[object]] = []
    for one in found:
        others = [other for other in found if other is not one]
        weights = belonging(outside(others))
        values = weighed(one, told(one, evidence(others)))
        chances = probability(weights, values.reshape(-1, len(WEIGHED))).reshape(one.belongs.shape)
        about = one.compared.chances
        speaks = probability(speaking(others), speech(one).reshape(-1, len(SPOKEN))).reshape(one.belongs.shape)
        shown = speaks >= SPEAKS
        ways = (about >= SHOWN, shown, about >= SURE, shown & (about >= SURE) & (chances >= EARNED))
        labelled = one.practice >= 0
        odds = told(one, practice(others))
        guesses = (one.by_kind, np.where(abs(odds) < SURELY, one.by_kind, odds > 0))
        columns = [float((guess == one.practice)[labelled].mean()) for guess in guesses]
        rows.append([one.name, int((one.belongs == 1).sum()), *(_said(one, way) for way in ways), *(f"{right:.2f}" for right in columns)])
    heads = ["set left out", "belong", "near enough", "shown", "about it for sure", "sure", "column by the paper's kind", "column"]
    return markdown(heads, rows, "right / all")


def _said(one: Exchange, which: NDArray[np.bool_]) -> str:
    shown = which & one.counts[None, :] & (one.belongs >= 0)
    right = int((shown & (one.belongs == 1)).sum())
    return f"{right} / {int(shown.sum())} = {right / max(1, int(shown.sum())):.2f}"


def headings() -> tuple[Floats, float]:
    """The weights that tell what a heading of an agreement is, and the share of those that are left out that they tell right."""
    rows = read("agreement_headings")
    vectors = np.asarray(bundled_passages(Settings.load(), [row["text"] for row in rows]), dtype=np.float64)
    labels = np.array([HEADINGS.index(row["role"]) for row in rows])
    folds = np.array([fold(row["text"], FOLDS) for row in rows])
    right = 0
    for at in range(FOLDS):
        out = folds == at
        weights, constants = fit_classes(vectors[~out], labels[~out], len(HEADINGS), OF_HEADINGS)
        right += int(((vectors[out] @ weights.T + constants).argmax(axis=1) == labels[out]).sum())
    weights, constants = fit_classes(vectors, labels, len(HEADINGS), OF_HEADINGS)
    return np.hstack([weights, constants[:, None]]), right / len(rows)


def _rounded(weights: Floats) -> list[float]:
    rounded: list[float] = np.round(weights, DECIMALS).ravel().tolist()
    return rounded


@click.command()
@options.write("training/exchange_map/evidence.json and headings.json")
@options.failing(1, ValueError, OSError)
def command(write: bool) -> None:
    """Fit what belongs into the cells of the exchange map, and say how well that is told."""
    found = list(exchanges())
    click.echo(report(found))
    of_headings, right = headings()
    click.echo(f"\nheadings of agreements, a tenth left out in turn: {right:.3f} right")
    if write:
        rule = dict(zip((*WEIGHED, "constant"), _rounded(belonging(outside(found))), strict=True))
        labels = [json.dumps(row, ensure_ascii=False) for row in read("map_labels")]
        speech_rule = dict(zip((*SPOKEN, "constant"), _rounded(speaking(found)), strict=True))
        parts = {"belonging": rule, "speaking": speech_rule, "evidence": _rounded(evidence(found)), "practice": _rounded(practice(found))}
        write_weights("training.exchange_map", "evidence.json", "cells", ("labels", labels), parts)
        texts = [f"{row['role']}\t{row['text']}" for row in read("agreement_headings")]
        write_weights("training.exchange_map", "headings.json", "cells", ("headings", texts), {"weights": _rounded(of_headings)})
