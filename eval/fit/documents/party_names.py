"""Fit the taggers of names in papers (``python -m eval tags``) and the model that tells parties (``python -m eval parties``).

Taggers: `eval/data/tags/signatures.jsonl` and `openings.jsonl` hold ends and beginnings of papers by writers who had not seen the code.
Fitted by L-BFGS with an elastic net (python-crfsuite, in the ``dev`` set), and judged on papers that they were not fitted on.

Parties: fitted on whole agreements and on beginnings (`openings.jsonl` and `openings_more.jsonl`). What the model sees of a paper comes
from taggers that were not fitted on that paper. Beside it: what the tagger of beginnings tells by itself.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import numpy as np

from eval import options
from eval.datasets import labelled_papers
from eval.datasets.labelled_papers import (
    Labelled,
    actors,
    as_in_papers,
    bodies,
    is_signing,
    openings,
    otherwise_laid_out,
    read,
    renamed,
    signatures,
)
from eval.datasets.splits import fold
from eval.fit import estimators
from eval.tasks.documents.stated_facts import Tally
from ingest.extract.fitted_models import SCALE, Span, Tagger, Trees, bio, stored_tagger
from ingest.extract.parties import chosen, find_parties, seen_names
from ingest.extract.party_candidates import Name
from ingest.extract.title_tagger import stretch_of
from lang.languages import LANGUAGES, Language
from lang.normalise import bare
from lang.token_features import features, tokens

FOLDS: Final = 3
_LEAST = 3
"""Hundredths that a weight has at least, to be kept."""
_COPIES = 2
PENALTIES: Final = {"c1": 0.05, "c2": 0.02, "max_iterations": 120, "feature.minfreq": 2}
CHANCES: Final = (0.0, 0.5, 0.7, 0.8, 0.9)

SETS: Final[dict[str, Callable[[], list[Labelled]]]] = {
    "actors": actors,
    "signatures": lambda: [*signatures(), *labelled_papers.signatures_of_papers()],
    "openings": lambda: [*openings(), *labelled_papers.openings_of_papers()],
}


def fit_tagger(found: Sequence[Labelled], penalties: Mapping[str, float] = PENALTIES) -> Tagger:
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

    made = [fit_tagger([one for one in found if fold_of(one.id) != part]) for part in range(FOLDS)]
    return lambda paper: made[fold_of(paper)]


def held_out(found: Sequence[Labelled]) -> list[list[Span]]:
    """What is told of each by a tagger that was fitted on the other folds."""
    of = without(found)
    return [of(one.id).spans(seen.text) for one, seen in zip(found, as_in_papers(found), strict=True)]


def tagger_report(found: Sequence[Labelled], told: Sequence[Sequence[Span]]) -> str:
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


@click.command()
@click.argument("name", type=click.Choice(sorted(SETS)), default="signatures")
@options.write("the weights into ingest/extract")
def tags(name: str, write: bool) -> None:
    """Say how well names in papers are told."""
    found = SETS[name]()
    click.echo(tagger_report(as_in_papers(found), held_out(found)))
    if write:
        _write(name, fit_tagger(found), found)


def _write(name: str, tagger: Tagger, found: Sequence[Labelled]) -> None:
    parts = {
        "labels": tagger.labels,
        "after": [[round(SCALE * float(w)) for w in row] for row in tagger.after],
        "weights": {
            feature: [[at, round(SCALE * float(w))] for at, w in enumerate(tagger.weights[row]) if w]
            for feature, row in tagger.rows.items()
        },
    }
    estimators.write_weights(
        "ingest.extract", f"{name}.json", f"tags {name}", ("stretches", [f"{one.text}\t{one.spans}" for one in found]), parts
    )


WEIGHT: Final = 3.0
"""What a name of a whole paper counts for, beside one of a beginning."""
ALONE: Final = 0.5
"""How likely the tagger alone has to tell a party."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A paper or its beginning, what somebody read there, what the model sees of its names, and what the tagger tells alone."""

    id: str
    group: str
    parties: Sequence[str]
    names: Sequence[tuple[Name, dict[str, float]]]
    alone: Sequence[str]
    whole: bool = True


def agreements() -> list[Agreement]:
    """All of them; the taggers are fitted anew without a third of the papers each time, which takes a quarter of an hour."""
    opening, ending = stored_tagger("openings"), stored_tagger("signatures")
    if opening is None or ending is None:
        raise RuntimeError("no tagger is fitted: run python -m eval tags openings --write and python -m eval tags signatures --write first")
    opening_without, ending_without = (without(SETS[name]()) for name in ("openings", "signatures"))
    fitted_on = [
        *(_agreement(paper, opening_without(paper.id), ending_without(paper.id)) for paper in labelled_papers.papers()),
        *(_agreement(paper, opening_without(paper.id), None) for paper in _beginnings("tags/openings")),
    ]
    new = [
        *(_agreement(paper, opening, ending) for paper in labelled_papers.more_papers()),
        *(_agreement(paper, opening, None) for paper in _beginnings("tags/openings_more")),
    ]
    return [one for one in (*fitted_on, *new) if one is not None]


def _beginnings(name: str) -> Iterator[labelled_papers.Paper]:
    """The beginnings of a file of `eval/data` as papers, whose lines are paragraphs."""
    for row in read(name):
        blocks = [["paragraph", line, row["language"], []] for line in row["text"].split("\n")]
        yield labelled_papers.paper_of({**row, "margins": [], "blocks": blocks})


def _agreement(paper: labelled_papers.Paper, opening: Tagger, ending: Tagger | None) -> Agreement | None:
    """A paper as an example; None where it is no agreement. Without a tagger of ends it is a beginning only."""
    row, text, blocks = paper.row, paper.text, paper.blocks
    if row["kind"] != "agreement":
        return None
    title, margins = row["title"] or "", row["margins"]
    formal = find_parties(text, title, paper.language)
    seen = list(seen_names(text, blocks, margins, title, paper.language, formal, opening, ending))
    stretch = stretch_of(text, blocks, margins)
    spans = [one for one in opening.spans(stretch, ALONE) if one.label == "party" and one.chance >= ALONE]
    alone = [stretch[one.start : one.end] for one in spans]
    return Agreement(paper.id, paper.group, row["parties"], seen, alone, ending is not None)


def fit_parties(found: Sequence[Agreement]) -> Trees:
    """The model fitted on the names of these."""
    every = [(one, name, seen) for one in found for name, seen in one.names]
    return estimators.fit_trees(
        [seen for _, _, seen in every],
        [is_party(name.text, one.parties) for one, name, _ in every],
        [WEIGHT if one.whole else 1.0 for one, _, _ in every],
    )


def is_party(name: str, parties: Sequence[str]) -> bool:
    """Whether a name is one of these, but for an article."""
    return bare(name).removeprefix("the") in {bare(party).removeprefix("the") for party in parties}


def told(model: Trees, one: Agreement) -> list[str]:
    """The parties that a model tells of one."""
    return [name.text for _, name in chosen([(model.chance(seen), name) for name, seen in one.names])]


def parties_report(found: Sequence[Agreement]) -> Iterator[str]:
    """Recall and precision on each set of whole papers by a model that was fitted without it, and on all; beside it the tagger alone."""
    tally = Tally()
    for group in sorted({one.group for one in found if one.whole}):
        model = fit_parties([one for one in found if one.group != group])
        for one in (one for one in found if one.whole and one.group == group):
            for name in (group, "all"):
                tally.many(name, one.parties, told(model, one))
                tally.many(f"{name}, the tagger alone", one.parties, one.alone)
    yield from tally.lines()


@click.command()
@options.write("ingest/extract/parties.json")
def parties(write: bool) -> None:
    """Say how well the parties of agreements are told."""
    found = agreements()
    for line in parties_report(found):
        click.echo(line)
    if write:
        examples = [f"{one.id}\t{one.parties}\t{[name.text for name, _ in one.names]}" for one in found]
        estimators.write_trees(fit_parties(found), "parties", "parties", examples)
