"""``python -m eval.fit.area_relevance SHARED``: fit the confidence of the exchange map (``training/exchange_map/confidence.json``).

Areas in our own words (``eval/data/map_fit.jsonl``, in four languages) are compared with articles of the Universal Declaration of Human
Rights in four languages, with passages of XQuAD (English, Hindi) and JSQuAD (Japanese), and with sentences of reports, agreements and
news of offices that were written for this in four languages, on other matters than the samples. Each map is made of up to six areas, and
of passages of which at least half belong to none. One half of the areas is fitted, the other reported.
"""

from __future__ import annotations

import itertools
import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import regex

from eval import DATA, PROJECT, options
from eval.datasets.splits import half
from eval.fit.estimators import fit_rows, sigmoid
from kb import KnowledgeBase, Settings
from lang.languages import LANGUAGES, Language
from training.exchange_map.map_records import SIGNALS, Passage, Said
from training.exchange_map.relevance import weigh

AREAS: Final = DATA / "map_fit.jsonl"
PASSAGES: Final = DATA / "map_fit_passages.jsonl"
OUT: Final = PROJECT / "training" / "exchange_map" / "confidence.json"
AT_ONCE: Final = 6
"""Areas of one map."""
MOST: Final = 6
"""Passages of one theme."""
PENALTY: Final = 1.0
UDHR: Final[Mapping[str, Language]] = {"eng": "en", "hin": "hi", "mar": "mr", "jpn": "ja"}
VERSIONS: Final[tuple[tuple[Language, ...], ...]] = (("en",), ("mr",), ("hi",), ("ja",), ("en", "mr"), ("en", "ja"))
"""In which languages an agreement is made."""
_NUMBER: Final = regex.compile(r"\p{Nd}+")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A passage and the keys that the areas it is about name it by."""

    passage: Passage
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """An area and a passage: the reach, the signals, whether the one is about the other, and the half of the area."""

    set: str
    reach: str
    signals: tuple[float, ...]
    belongs: bool
    half: str


def pairs(shared: Path, kb: KnowledgeBase) -> Iterator[Pair]:
    """Every pair of the fitted sets."""
    rows = [json.loads(line) for line in AREAS.read_text(encoding="utf-8").splitlines()]
    for name, pools in _sets(shared, kb).items():
        areas = [row for row in rows if row["set"] == name]
        for part, passages in itertools.product(("development", "held-out"), pools):
            mine = [row for row in areas if half(row["en"]) == part]
            for languages in VERSIONS:
                for at in range(0, len(mine), AT_ONCE):
                    yield from _of_one_map(mine[at : at + AT_ONCE], languages, passages, (name, part), kb)


def _of_one_map(
    areas: Sequence[Mapping[str, Any]],
    languages: Sequence[Language],
    passages: Sequence[Labelled],
    part: tuple[str, str],
    kb: KnowledgeBase,
) -> Iterator[Pair]:
    wanted = {key for area in areas for key in area["passages"]}
    within = [one for one in passages if one.keys & wanted]
    outside = [one for one in passages if not one.keys & wanted]
    draw = random.Random(f"{part[1]}{languages}{areas[0]['en']}")
    others = outside if part[0] == "offices" else draw.sample(outside, min(len(within), len(outside)))
    shown = within + others
    weighed = weigh([[Said(area[x], x) for x in languages] for area in areas], [one.passage for one in shown], kb.likeness)
    for i, area in enumerate(areas):
        for j, one in enumerate(shown):
            signals = tuple(float(weighed.signals[s][i, j]) for s in SIGNALS)
            yield Pair(part[0], weighed.reach[i][j], signals, bool(one.keys & set(area["passages"])), part[1])


def _sets(shared: Path, kb: KnowledgeBase) -> dict[str, list[list[Labelled]]]:
    beir = shared / "benchmarks" / "beir"
    return {
        "udhr": [_articles(shared / "corpus" / "udhr" / f"{code}.html", language, kb) for code, language in UDHR.items()],
        "xquad": [_corpus(beir / "xquad-en-en" / "corpus.jsonl", "en", "_id"), _corpus(beir / "xquad-hi-hi" / "corpus.jsonl", "hi", "_id")],
        "offices": [_of_offices(language) for language in LANGUAGES],
        "jsquad": [_corpus(beir / "jsquad-ja" / "corpus.jsonl", "ja", "title")],
    }  # fmt: skip


def _articles(file: Path, language: Language, kb: KnowledgeBase) -> list[Labelled]:
    kb.ingest([file], kind="best_practice")
    info = next(d for d in kb.documents() if Path(d.source) == file.resolve())
    text: dict[str, list[str]] = {}
    for block in kb.outline(info.id):
        number = _NUMBER.search(block.path[0]) if block.path else None
        if number and block.role != "heading":
            text.setdefault(str(int(number[0])), []).append(block.text)
    return [Labelled(Passage("\n".join(parts), language, "", 0), frozenset({key})) for key, parts in text.items()]


def _of_offices(language: Language) -> list[Labelled]:
    """Our own sentences from reports, agreements and news of offices, on other matters than the samples; each report is a theme."""
    rows = [json.loads(line) for line in PASSAGES.read_text(encoding="utf-8").splitlines()]
    theme = {"agreement": len(rows), "news": len(rows) + 1}
    return [
        Labelled(Passage(row[language], language, "", theme.get(row["paper"], at)), frozenset(row["about"])) for at, row in enumerate(rows)
    ]


def _corpus(file: Path, language: Language, field: str) -> list[Labelled]:
    count: dict[str, int] = {}
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        key = row[field].split("p")[0] if field == "_id" else row[field]
        count[key] = count.get(key, 0) + 1
        if count[key] <= MOST:
            found.append(Labelled(Passage(row["text"], language, row["title"], list(count).index(key)), frozenset({key})))
    return found


def fitted(found: Sequence[Pair], reach: str) -> dict[str, float]:
    """The logistic rule of a reach, from the development half; a signal of the wrong sign is left out."""
    here = [p for p in found if p.reach == reach and p.half == "development"]
    labels = np.array([p.belongs for p in here], dtype=float)
    size = Counter(p.set for p in here)
    counts = np.array([len(here) / len(size) / size[p.set] for p in here])  # each set has the same say
    kept = list(range(len(SIGNALS)))
    while True:
        rows = np.array([[p.signals[i] for i in kept] for p in here])
        weights = fit_rows(rows, labels, PENALTY, counts)
        wrong = [i for i, weight in zip(kept, weights, strict=False) if weight < 0]
        if not wrong:
            break
        kept = [i for i in kept if i not in wrong]
    found_weights = {SIGNALS[i]: round(float(w), 3) for i, w in zip(kept, weights, strict=False)}
    rule = {str(signal): found_weights.get(signal, 0.0) for signal in SIGNALS}
    return {"constant": round(float(weights[-1]), 3), **rule}


def measured(found: Sequence[Pair], rule: Mapping[str, float]) -> dict[str, Any]:
    """Of pairs: how many, precision and recall from probability one half, Brier score, calibration error in ten bins."""
    rows = np.array([[*p.signals, 1.0] for p in found])
    chance = sigmoid(rows @ np.array([*(rule[s] for s in SIGNALS), rule["constant"]]))
    labels = np.array([p.belongs for p in found], dtype=float)
    shown = chance >= 0.5
    bins = np.minimum((chance * 10).astype(int), 9)
    error = sum(abs(chance[bins == b].mean() - labels[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any())
    hit = float(labels[shown].sum())
    return {
        "pairs": len(found), "belong": int(labels.sum()), "precision": round(hit / max(1, int(shown.sum())), 3),
        "recall": round(hit / max(1.0, float(labels.sum())), 3), "brier": round(float(((chance - labels) ** 2).mean()), 3),
        "calibration_error": round(float(error), 3),
    }  # fmt: skip


@click.command()
@click.argument("shared", type=options.PATH)
@options.file("--out", default=OUT, help="default: training/exchange_map/confidence.json")
def command(shared: Path, out: Path) -> None:
    """Fit the confidence of the exchange map on the reference corpora in the folder SHARED."""
    with tempfile.TemporaryDirectory() as scratch, KnowledgeBase.open(Settings.load(home=Path(scratch))) as kb:
        found = list(pairs(shared, kb))
    table = {reach: fitted(found, reach) for reach in sorted({p.reach for p in found})}
    options.save(out, table)
    for reach, rule in table.items():
        click.echo(f"{reach}: {rule}")
        apart = [p for p in found if p.reach == reach and p.half == "held-out"]
        for name in sorted({p.set for p in apart}):
            click.echo(f"  held out, {name}: {measured([p for p in apart if p.set == name], rule)}")
        click.echo(f"  held out, all: {measured(apart, rule)}")


if __name__ == "__main__":
    command(prog_name="python -m eval.fit.area_relevance")
