"""``python -m eval tags``: fit the taggers of names in papers, and say how well they tell them in papers that they were not fitted on.

`eval/data/tags/signatures.jsonl` and `openings.jsonl` hold ends and beginnings of papers by writers who had not seen the code. Fitted by
L-BFGS with an elastic net (python-crfsuite, in the ``dev`` set).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from eval import stated_data, weight_files
from eval.halves import fold
from eval.tags_data import Labelled, actors, as_in_papers, bodies, is_signing, openings, otherwise_laid_out, renamed, signatures
from ingest.understand.tagger import SCALE, Span, Tagger, bio
from lang.codes import LANGUAGES, Language
from lang.tokens import features, tokens

FOLDS: Final = 3
_LEAST = 3
"""Hundredths that a weight has at least, to be kept."""
_COPIES = 2
PENALTIES: Final = {"c1": 0.05, "c2": 0.02, "max_iterations": 120, "feature.minfreq": 2}
CHANCES: Final = (0.0, 0.5, 0.7, 0.8, 0.9)

SETS: Final[dict[str, Callable[[], list[Labelled]]]] = {
    "actors": actors,
    "signatures": lambda: [*signatures(), *stated_data.signatures()],
    "openings": lambda: [*openings(), *stated_data.openings()],
}


def fitted(found: Sequence[Labelled], penalties: Mapping[str, float] = PENALTIES) -> Tagger:
    """A tagger fitted on these."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(dict(penalties))
    more = (
        [one for seed in range(_COPIES) for one in otherwise_laid_out(renamed(found, seed), seed)]
        if any("\n" in one.text for one in found)
        else []
    )
    given = [*found, *more]
    for one in [*as_in_papers(given), *(bodies() if is_signing(found) else ())]:
        trainer.append(features(one.text, tokens(one.text)), bio(one.text, one.spans))
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "model")
        trainer.train(file)
        tagger = pycrfsuite.Tagger()
        tagger.open(file)
        info = tagger.info()
        tagger.close()
    labels = tuple(sorted(info.labels))
    kept: dict[str, dict[int, float]] = {}
    for (feature, label), weight in info.state_features.items():
        if abs(weight) * SCALE >= _LEAST:
            kept.setdefault(feature, {})[labels.index(label)] = round(weight * SCALE) / SCALE
    rows = {feature: row for row, feature in enumerate(sorted(kept))}
    weights = np.zeros((len(rows), len(labels)))
    for feature, row in rows.items():
        for column, weight in kept[feature].items():
            weights[row, column] = weight
    after = np.zeros((len(labels), len(labels)))
    for (first, second), weight in info.transitions.items():
        after[labels.index(first), labels.index(second)] = round(weight * SCALE) / SCALE
    for at, label in enumerate(labels):
        if label.startswith("I-"):
            for before, other in enumerate(labels):
                if other[2:] != label[2:]:
                    after[before, at] = -100.0
    return Tagger(labels, rows, weights, after)


def without(found: Sequence[Labelled]) -> Callable[[str], Tagger]:
    """Of a paper, by its id, a tagger that was fitted on those of these that are not in its fold; each takes some minutes to fit."""

    def fold_of(paper: str) -> int:
        return fold(paper.split("-", maxsplit=1)[0], FOLDS)

    made = [fitted([one for one in found if fold_of(one.id) != part]) for part in range(FOLDS)]
    return lambda paper: made[fold_of(paper)]


def held_out(found: Sequence[Labelled]) -> list[list[Span]]:
    """What is told of each by a tagger that was fitted on the other folds."""
    of = without(found)
    return [of(one.id).spans(seen.text) for one, seen in zip(found, as_in_papers(found), strict=True)]


def report(found: Sequence[Labelled], told: Sequence[Sequence[Span]]) -> str:
    """Recall and precision of each label at each chance, then by language at no least chance."""
    lines = []
    for label in sorted({span[0] for one in found for span in one.spans}):
        for least in CHANCES:
            lines.append(f"{label} from {least}: {_measured(found, told, label, least, None)}")
        for language in LANGUAGES:
            lines.append(f"  {language}: {_measured(found, told, label, 0.5, language)}")
    return "\n".join(lines)


def _measured(found: Sequence[Labelled], told: Sequence[Sequence[Span]], label: str, least: float, language: Language | None) -> str:
    counts: Counter[str] = Counter()
    for one, spans in zip(found, told, strict=True):
        if language is not None and one.language != language:
            continue
        gold = {one.text[a:b] for name, a, b in one.spans if name == label}
        ours = {one.text[s.start : s.end] for s in spans if s.label == label and s.chance >= least}
        counts.update(gold=len(gold), ours=len(ours), both=len(gold & ours))
    recall, precision = counts["both"] / max(1, counts["gold"]), counts["both"] / max(1, counts["ours"])
    return f"recall {recall:.3f} of {counts['gold']}, precision {precision:.3f} of {counts['ours']}"


def run_cli(argv: Sequence[str]) -> int:
    """Report; with ``--write``, put the weights beside the module that uses them."""
    parser = argparse.ArgumentParser(prog="python -m eval tags", description="How well names in papers are told.")
    parser.add_argument("name", choices=sorted(SETS), nargs="?", default="signatures")
    parser.add_argument("--write", action="store_true", help="write the weights into ingest/understand")
    args = parser.parse_args(argv)
    found = SETS[args.name]()
    sys.stdout.write(report(as_in_papers(found), held_out(found)) + "\n")
    if args.write:
        _write(args.name, fitted(found), found)
    return 0


def _write(name: str, tagger: Tagger, found: Sequence[Labelled]) -> None:
    parts = {
        "labels": tagger.labels,
        "after": [[round(SCALE * float(w)) for w in row] for row in tagger.after],
        "weights": {
            feature: [[at, round(SCALE * float(w))] for at, w in enumerate(tagger.weights[row]) if w]
            for feature, row in tagger.rows.items()
        },
    }
    weight_files.write(
        "ingest.understand", f"{name}.json", f"tags {name}", ("stretches", [f"{one.text}\t{one.spans}" for one in found]), parts
    )
