"""What a paper's lines say, put among its facts: its days and lengths of time, and the lines that lay a duty on somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from ingest.found import Confidence, Found
from ingest.records import Document
from ingest.understand.actors import actor_of
from kb.classify.facts import SURE, Clauses, Told, with_likeliest
from kb.classify.kinds import settled
from kb.classify.lines import TENDER, Line, lines_of, place_of
from kb.classify.mentions import Mention, dates, durations
from kb.classify.model import Floats, Model, line_features, mention_features, stored
from kb.classify.vectors import Vectors
from kb.represent.embed import Embedder

MOST: Final = 800
"""Lines of a paper that are looked at."""
LONGEST: Final = 1200
"""Letters of a line that can be a duty."""
DUTY: Final = 0.65
"""How likely a line is a duty that is told."""


def classified(document: Document, embedder: Embedder) -> Document:
    """The document with its kind and what its lines say; as it is where no model was fitted on the vectors of this embedder.

    Of the dates and lengths of time that reading or a model takes for a fact the likeliest is told, or none.
    """
    document = settled(document, embedder)
    duty = stored("duty", embedder.name)
    lines = lines_of(document.blocks, document.facts.language)[:MOST]
    if duty is None or not lines:
        return document
    text, kind = document.text, document.facts.kind
    form = document.facts.found.form
    bound = kind == "agreement" and (form is None or form.value != "joint_statement")  # leaders who renew a friendship set no term
    timed = bound or (kind == "other" and TENDER.search(document.facts.title) is not None)
    dated = bound or kind != "agreement"
    met = {
        "duration": [(at, one) for at, line in enumerate(lines) for one in durations(text[line.start : line.end])] if timed else [],
        "date": [(at, one) for at, line in enumerate(lines) for one in dates(text[line.start : line.end])] if dated else [],
    }
    wanted = [line for line in lines if not line.heading and len(line.text) <= LONGEST]
    texts = [part for line in wanted for part in (line.text, line.lead)]
    texts += [part for found in met.values() for at, one in found for part in (lines[at].text, one.near)]
    vectors = Vectors(embedder, texts)
    told: dict[str, list[Told]] = {}
    for name, found in met.items():
        if (model := stored(name, embedder.name)) is not None and found:
            for label, one in _mentions(model, lines, found, document, vectors):
                told.setdefault(label, []).append(one)
    clause = stored("clause", embedder.name) if timed else None
    said = _clauses(clause, wanted, vectors) if clause is not None else None
    facts = with_likeliest(document.facts, told, text, said) if dated else document.facts
    duties = tuple(_duties(duty, wanted, document, vectors))
    return replace(document, facts=replace(facts, found=replace(facts.found, duties=duties)))


def _duties(model: Model, lines: Sequence[Line], document: Document, vectors: Vectors) -> Iterator[Found[str]]:
    """The lines that lay a duty on somebody, each with whom it names: "" where neither it nor its lead-in does."""
    if not lines:
        return
    kind = document.facts.kind
    rows = (line_features(line, kind, *(vectors.of(part, model.mean) for part in (line.text, line.lead))) for line in lines)
    chances = model.chances(np.stack(list(rows)))[:, 1]
    for line, chance in zip(lines, chances, strict=True):
        if chance >= DUTY:
            who = actor_of(line.text) or (actor_of(line.lead) if line.lead else "")
            confidence: Confidence = "sure" if chance >= SURE else "likely"
            yield Found(who, document.text[line.start : line.end], line.start, line.end, confidence)


def _clauses(model: Model, lines: Sequence[Line], vectors: Vectors) -> Clauses:
    nothing: Floats = np.zeros(len(model.mean))
    if not lines:
        return Clauses((), {})
    rows = np.stack([line_features(line, "agreement", vectors.of(line.text, model.mean), nothing) for line in lines])
    chances = model.chances(rows)
    return Clauses(lines, {name: chances[:, at] for at, name in enumerate(model.classes)})


def _mentions(
    model: Model, lines: Sequence[Line], found: Sequence[tuple[int, Mention]], document: Document, vectors: Vectors
) -> Iterator[tuple[str, Told]]:
    """Each date or length of time with the chance of each fact that it may be."""
    rows: list[Floats] = []
    for at, one in found:
        line = lines[at]
        said = document.text[line.start : line.end]
        whole, near = (vectors.of(part, model.mean) for part in (line.text, one.near))
        place = place_of(lines, at, document.facts.kind, document.facts.title)
        rows.append(mention_features(said, one.start, one.end, one.amount, whole, near, place))
    for (at, one), chances in zip(found, model.chances(np.stack(rows)), strict=True):
        for label, chance in zip(model.classes[1:], chances[1:], strict=True):
            yield label, Told(one.value, float(chance), lines[at].start + one.start, lines[at].start + one.end)
