"""``python -m eval kinds``: how well the kind of a paper is told, each language told by a model that was fitted without it; and fit.

`eval/data/kinds.jsonl` holds openings and endings of papers (``language, kind, form, title, head, tail``) by writers who had not seen
the code. With ``--papers DIR`` the papers of a folder are read and told as a base tells them (`kb.classify.document_classifier`, whose
model ``python -m eval lines kind --write`` fits), beside what the phrases alone say; ``DIR/meta.jsonl`` has their ``file`` and ``kind``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import click
import numpy as np

from eval import options
from eval.fit import estimators
from eval.fit.estimators import fit_classes
from ingest.extract.document_kinds import by_phrases, kind_features
from ingest.pipeline import read_documents
from ingest.records import KINDS, Document, Kind
from kb import Settings
from kb.classify.document_classifier import settled
from kb.embed.embedder import open_embedder
from lang.languages import LANGUAGES, Language
from lang.token_features import Floats

PENALTY: Final = 0.1
SCALE: Final = 100
OF: Final[dict[str, tuple[Kind, ...]]] = {
    "agreement": ("agreement",), "contract": ("agreement",), "news": ("news",), "report": ("best_practice", "report"),
    "minutes": ("report",), "best_practice": ("best_practice", "report"),
}  # fmt: skip
"""The kinds that a paper of another name may be filed as; any other is ``other``."""


def filed(kind: str) -> Kind:
    """The kind that a paper of this name is first filed as."""
    first: Kind = OF.get(kind, ("other",))[0]
    return first


@dataclass(frozen=True, slots=True)
class Opening:
    """How a paper begins and ends."""

    language: Language
    kind: Kind
    title: str
    head: str
    tail: str

    @property
    def text(self) -> str:
        """All there is of it."""
        return f"{self.title}\n{self.head}\n{self.tail}"


def openings(name: str = "kinds") -> list[Opening]:
    """Those of a file of this package."""
    lines = (resources.files("eval") / "data" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines)
    return [Opening(row["language"], row["kind"], row["title"], row["head"], row["tail"]) for row in rows]


def row_of(one: Opening) -> Floats:
    """What the model sees of it."""
    return kind_features(one.title, one.head, one.tail, by_phrases(one.title, one.text, ()).value)


def fitted(rows: Floats, labels: Sequence[int]) -> tuple[Floats, Floats]:
    """Weights ``(kinds, columns)`` and biases. There are fewer openings than columns: fitted where they span, which is the same."""
    u, s, vt = np.linalg.svd(rows, full_matrices=False)
    weights, bias = fit_classes(u * s, np.asarray(labels), len(KINDS), PENALTY)
    return np.asarray(weights @ vt, dtype=np.float64), np.asarray(bias, dtype=np.float64)


@click.command()
@click.option("--papers", type=options.PATH, metavar="DIR", help="holds corpus/ and meta.jsonl: tell these with the weights in use")
@options.write("ingest/extract/kind_model.json")
def command(papers: Path | None, write: bool) -> None:
    """Say how well the kind of a paper is told."""
    if papers is not None:
        sys.exit(_papers(papers))
    found = openings()
    rows = np.stack([row_of(one) for one in found])
    labels = np.array([KINDS.index(one.kind) for one in found])
    plain = np.array([by_phrases(one.title, one.text, ()).value == one.kind for one in found])
    for language in LANGUAGES:
        out = np.array([one.language == language for one in found])
        weights, bias = fitted(rows[~out], labels[~out].tolist())
        told = np.argmax(rows[out] @ weights.T + bias, axis=1)
        halves = np.arange(out.sum()) % 2 == 0
        inside = np.flatnonzero(out)
        part = np.setdiff1d(np.arange(len(found)), inside[~halves])
        known, offset = fitted(rows[part], labels[part].tolist())
        half = np.argmax(rows[inside[~halves]] @ known.T + offset, axis=1)
        click.echo(
            f"{language}: {out.sum()} openings, phrases {plain[out].mean():.3f}, model without the language"
            f" {(told == labels[out]).mean():.3f}, with half of it {(half == labels[inside[~halves]]).mean():.3f} of the other half"
        )
    if write:
        _write(*fitted(rows, labels.tolist()), found)


def _papers(folder: Path) -> int:
    lines = (folder / "meta.jsonl").read_text(encoding="utf-8").splitlines()
    wanted = {row["file"]: OF.get(row["kind"], ("other",)) for row in map(json.loads, lines)}
    embedder = open_embedder(Settings())
    right = plain = n = 0
    for document in read_documents([folder / "corpus"]):
        if not isinstance(document, Document) or (kinds := wanted.get(Path(document.source.uri).name)) is None:
            continue
        title, blocks = document.facts.title, document.blocks
        told = settled(document, embedder).facts.kind
        n += 1
        right += told in kinds
        plain += by_phrases(title, document.text, blocks).value in kinds
        if told not in kinds:
            sys.stdout.write(f"{Path(document.source.uri).name}: {told}, and is {' or '.join(kinds)}\n")
    sys.stdout.write(f"{n} papers: right {right / n:.3f}, by the phrases alone {plain / n:.3f}\n" if n else "No paper was read.\n")
    return 0 if n else 1


def _write(rows: Floats, bias: Floats, found: Sequence[Opening]) -> None:
    parts = {
        "scale": SCALE,
        "bias": {kind: round(SCALE * float(b)) for kind, b in zip(KINDS, bias, strict=True)},
        "weights": {kind: [round(SCALE * float(w)) for w in row] for kind, row in zip(KINDS, rows, strict=True)},
    }
    estimators.write_weights(
        "ingest.extract", "kind_model.json", "kinds", ("openings", [f"{one.kind}\t{one.text}" for one in found]), parts
    )
