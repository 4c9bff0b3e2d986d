"""``python -m eval lines``: fit the models that tell duties, dates, lengths of time and kinds of papers, and how often they are right.

`eval/data/lines.jsonl` holds papers line by line (``paper, language, kind, text, duty, who, lead``), `eval/data/clauses.jsonl` lines of
papers with the term, renewal, notice, signature, entry into force and publication that they state, `kinds.jsonl` and `kinds_more.jsonl`
beginnings and ends of papers of a kind; all by writers who had not seen the code. What is said of a paper is told by models that were
fitted on other papers. Fitted by scikit-learn's logistic regression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import click
import numpy as np

from eval import options
from eval.datasets import labelled_papers
from eval.datasets.labelled_papers import papers_by_line, read
from eval.datasets.splits import fold
from eval.fit import estimators
from eval.fit.documents.document_kinds import Opening, filed, openings
from eval.tasks.documents.stated_facts import parts_of, says
from ingest.extract.document_kinds import by_phrases
from ingest.records import Kind
from kb import Settings
from kb.classify.document_classifier import kind_features, texts_of
from kb.classify.document_lines import NOWHERE, Line, Mention, dates, days_of, durations, in_context, lines_of, place_of
from kb.classify.linear_model import SCALE, Floats, Model, Vectors, line_features, mention_features
from kb.embed.embedder import Embedder, open_embedder
from lang.languages import LANGUAGES, Language
from lang.values.calendars import Duration

FOLDS: Final = 6
NONE: Final = "none"
CLAUSES: Final = ("automatic", "agreed", "signature")
"""What a line may say as a whole: that a paper is renewed by itself or where its parties agree, that it takes effect when signed."""
STRENGTH: Final = {"duty": 3.0, "duration": 10.0, "date": 10.0, "clause": 10.0, "kind": 10.0}
"""How far a model may follow its data (the inverse of the L2 penalty)."""
CHANCES: Final = (0.5, 0.6, 0.7, 0.8, 0.9)
FILED: Final[dict[str, Kind]] = {"agreement": "agreement", "news": "news", "report": "report", "minutes": "report"}


@dataclass(frozen=True, slots=True)
class Example:
    """What a model sees, what it is, and of which paper and language; ``within`` parts those of one line."""

    row: Floats
    label: str
    paper: str
    language: Language
    within: str = ""


def duties(embedder: Embedder) -> tuple[list[Example], Floats]:
    """The lines of papers, and the mean vector."""
    rows: list[dict[str, Any]] = []
    lines: list[Line] = []
    for _paper, group in papers_by_line():
        rows += group
        lines += in_context(Line(" ".join(row["text"].split()), 0, 0, row=" | " in row["text"]) for row in group)
    vectors = Vectors(embedder, (text for line in lines for text in (line.text, line.lead)))
    mean = np.mean([vectors.of(line.text, np.zeros(embedder.dimension)) for line in lines], axis=0)
    found = []
    for row, line in zip(rows, lines, strict=True):
        seen = line_features(line, FILED.get(row["kind"], "other"), *(vectors.of(text, mean) for text in (line.text, line.lead)))
        found.append(Example(seen, "duty" if row["duty"] else NONE, row["paper"], row["language"]))
    return [*found, *_duties_stated(embedder, mean)], mean


def _duties_stated(embedder: Embedder, mean: Floats) -> Iterator[Example]:
    for paper in (*labelled_papers.papers(), *labelled_papers.more_papers()):
        lines = [line for line in lines_of(paper.blocks, paper.language) if not line.heading]
        owed = paper.row["duties"]
        vectors = Vectors(embedder, (text for line in lines for text in (line.text, line.lead)))
        for line in lines:
            seen = line_features(line, filed(paper.row["kind"]), *(vectors.of(text, mean) for text in (line.text, line.lead)))
            yield Example(seen, "duty" if any(says(one, line.text) for one in owed) else NONE, paper.row["id"], paper.language)


def mentions(embedder: Embedder, of: Callable[[str], Iterator[Mention]], fields: Sequence[str]) -> tuple[list[Example], Floats]:
    """The dates or lengths of time of lines, and the mean vector."""
    read_lines = [(row, list(of(row["text"]))) for row in read("clauses")]
    vectors = Vectors(embedder, (text for row, met in read_lines for text in (" ".join(row["text"].split()), *(one.near for one in met))))
    zero = np.zeros(embedder.dimension)
    mean = np.mean([vectors.of(" ".join(row["text"].split()), zero) for row, _ in read_lines], axis=0)
    found = []
    for row, met in read_lines:
        flat = " ".join(row["text"].split())
        stated = {fact["type"]: _key(fact["value"]) for fact in _begun(row["facts"]) if fact["type"] in fields}
        for one in met:
            label = next((name for name, value in stated.items() if value == key_of(one)), NONE)
            stated.pop(label, None)
            seen = mention_features(
                row["text"], one.start, one.end, one.amount, vectors.of(flat, mean), vectors.of(one.near, mean), NOWHERE
            )
            found.append(Example(seen, label, row["id"][2:], row["language"], one.near))
    return [*found, *_mentions_stated(embedder, mean, of, fields)], mean


def _begun(facts: Sequence[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    """The facts of a line; the first day of a term that is given by its two ends is that of its entry into force."""
    yield from facts
    ranges = (fact["value"].partition("/") for fact in facts if fact["type"] == "term")
    begins = [start for start, slash, _end in ranges if slash and start != ".."]
    if begins and not any(fact["type"] == "in_force" for fact in facts):
        yield {"type": "in_force", "value": begins[0]}


def _mentions_stated(embedder: Embedder, mean: Floats, of: Callable[[str], Iterator[Mention]], fields: Sequence[str]) -> Iterator[Example]:
    for paper in labelled_papers.papers():
        said = {(start, end): label for label, start, end in paper.row["said"] if label in (*fields, labelled_papers.DOUBTFUL)}
        lines = lines_of(paper.blocks, paper.language)
        met = [(at, line, one) for at, line in enumerate(lines) for one in of(paper.text[line.start : line.end])]
        vectors = Vectors(embedder, (text for _, line, one in met for text in (line.text, one.near)))
        for at, line, one in met:
            label = said.get((line.start + one.start, line.start + one.end), NONE)
            if label != labelled_papers.DOUBTFUL:
                place = place_of(lines, at, filed(paper.row["kind"]), paper.row["title"])
                seen = mention_features(
                    paper.text[line.start : line.end], one.start, one.end, one.amount,
                    vectors.of(line.text, mean), vectors.of(one.near, mean), place,
                )  # fmt: skip
                yield Example(seen, label, paper.row["id"], paper.language, one.near)


def key_of(one: Mention) -> str:
    """A date or a length of time so that it can be compared."""
    return f"{days_of(one.value):.0f}" if isinstance(one.value, Duration) else str(one.value)


def _key(value: str) -> str:
    parts = parts_of(value.rsplit(" ", 1)[-1])
    if parts is None:
        return value
    years, months, weeks, days = parts
    return f"{(years * 365 + months * 30.4 if not years or not months else (years * 12 + months) * 30.4) + weeks * 7 + days:.0f}"


def clauses(embedder: Embedder) -> tuple[list[Example], Floats]:
    """Lines by what they say of renewal, or that a paper takes effect with its signature, and the mean vector."""
    rows = [(row, Line(" ".join(row["text"].split()), 0, 0)) for row in read("clauses")]
    vectors = Vectors(embedder, (line.text for _, line in rows))
    zero = np.zeros(embedder.dimension)
    mean = np.mean([vectors.of(line.text, zero) for _, line in rows], axis=0)
    found = []
    for row, line in rows:
        seen = line_features(line, "agreement", vectors.of(line.text, mean), zero)
        found.append(Example(seen, _clause(row["facts"]), row["id"][2:], row["language"]))
    for paper in labelled_papers.papers():
        said = {start: label for label, start, _end in paper.row["said"] if label in CLAUSES}
        inside = lines_of(paper.blocks, paper.language)
        vectors = Vectors(embedder, (line.text for line in inside))
        for line in inside:
            seen = line_features(line, "agreement", vectors.of(line.text, mean), zero)
            found.append(Example(seen, said.get(line.start, NONE), paper.row["id"], paper.language))
    return found, mean


def _clause(facts: Sequence[Mapping[str, str]]) -> str:
    """What a line says as a whole."""
    for fact in facts:
        if fact["type"] == "renewal" and (way := fact["value"].split()[0]) != NONE:
            return "automatic" if way == "automatic" else "agreed"
        if fact["type"] == "in_force" and "sign" in fact["value"]:
            return "signature"
    return NONE


def kinds(embedder: Embedder) -> tuple[list[Example], Floats]:
    """Papers by how they begin and end, with their kinds, and the mean vector."""
    begun = [*openings(), *openings("kinds_more")]
    stated = [*labelled_papers.papers(), *labelled_papers.more_papers()]
    found = [*begun, *map(_opening, stated)]
    parts = [texts_of(one.title, one.head, one.tail) for one in found]
    vectors = Vectors(embedder, (text for pair in parts for text in pair))
    mean = np.mean([vectors.of(begins, np.zeros(embedder.dimension)) for begins, _ends in parts], axis=0)
    names = [*(one.text for one in begun), *(paper.row["id"] for paper in stated)]
    return [
        Example(kind_features(one.title, one.head, one.tail, *(vectors.of(text, mean) for text in pair)), one.kind, name, one.language)
        for one, pair, name in zip(found, parts, names, strict=True)
    ], mean


def _opening(paper: labelled_papers.Paper) -> Opening:
    """A paper by how it begins and ends; a report that its title calls a good practice is one."""
    title, kind = paper.row["title"], filed(paper.row["kind"])
    if paper.row["kind"] == "report" and by_phrases(title, title, ()).value != "best_practice":
        kind = "report"
    return Opening(paper.language, kind, title, paper.text, paper.text)


SETS: Final[dict[str, Callable[[Embedder], tuple[list[Example], Floats]]]] = {
    "duty": duties,
    "duration": lambda embedder: mentions(embedder, durations, ("term", "notice", "renewal")),
    "date": lambda embedder: mentions(embedder, dates, ("signed", "in_force", "published")),
    "clause": clauses,
    "kind": kinds,
}


def fitted(found: Sequence[Example], mean: Floats, strength: float) -> Model:
    """A model fitted on these."""
    from sklearn.linear_model import LogisticRegression

    classes = sorted({one.label for one in found}, key=lambda label: (label != NONE, label))
    labels = np.array([classes.index(one.label) for one in found])
    made = LogisticRegression(C=strength, max_iter=1000).fit(np.stack([one.row for one in found]), labels)
    return Model(tuple(classes), made.coef_, made.intercept_, mean)


def held_out(found: Sequence[Example], mean: Floats, strength: float) -> tuple[tuple[str, ...], Floats]:
    """The classes, and the chances of each example by a model that was fitted on papers of other folds."""
    folds = np.array([fold(one.paper, FOLDS) for one in found])
    chances = None
    for part in range(FOLDS):
        model = fitted([one for one, of in zip(found, folds, strict=True) if of != part], mean, strength)
        out = np.flatnonzero(folds == part)
        if chances is None:
            chances = np.zeros((len(found), len(model.classes)))
        chances[out] = model.chances(np.stack([found[int(at)].row for at in out]))
    assert chances is not None
    return model.classes, chances


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(sorted(SETS)))
@options.write("kb/classify/NAME.json")
def command(names: tuple[str, ...], write: bool) -> None:
    """Say how well lines of papers are told, by all models or by those named."""
    embedder = open_embedder(Settings())
    for name in names or SETS:
        found, mean = SETS[name](embedder)
        click.echo(f"{name}: {len(found)} of {len({one.paper for one in found})} papers")
        classes, chances = held_out(found, mean, STRENGTH[name])
        labels = np.array([classes.index(one.label) for one in found])
        for at, label in enumerate(classes[1:], start=1):
            for language in (None, *LANGUAGES):
                inside = np.array([language is None or one.language == language for one in found])
                measured = (_measured(chances[inside, at], labels[inside] == at, least) for least in CHANCES)
                click.echo(f"  {label} {language or 'all'}: {', '.join(measured)}")
        if write:
            _write(name, fitted(found, mean, STRENGTH[name]), embedder.name, found)


def _measured(chances: Floats, true: Any, least: float) -> str:
    told = chances >= least
    both = int((told & true).sum())
    return f"{least}: {both / max(1, int(true.sum())):.2f}/{both / max(1, int(told.sum())):.2f}"


def _write(name: str, model: Model, embedder: str, found: Sequence[Example]) -> None:
    parts = {
        "embedder": embedder,
        "classes": model.classes,
        "bias": [round(SCALE * float(b)) for b in model.bias],
        "mean": [round(SCALE * float(m)) for m in model.mean],
        "weights": [[round(SCALE * float(w)) for w in row] for row in model.weights],
    }
    examples = [f"{one.paper}\t{one.label}\t{one.within}" for one in found]
    estimators.write_weights("kb.classify", f"{name}.json", f"lines {name}", ("examples", examples), parts)
