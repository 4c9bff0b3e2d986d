"""What a paper's lines say, put among its facts: days and lengths of time, and lines that lay a duty on somebody; and the kind of paper.

`ingest.extract.document_kinds` tells the kinds that words tell. Where no words say it a linear model does, over its beginning and end,
their vectors and pieces of words. The weights lie in ``kind.json``, which ``python -m eval lines kind --write`` fitted on beginnings and
ends of papers that others wrote. A paper of another kind is read for its facts once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, cast

import numpy as np

from ingest.document.build import kind_is_told, read_as
from ingest.extract.document_kinds import PIECES, is_short
from ingest.extract.document_kinds import kind_features as text_features
from ingest.extract.fitted_models import actor_of
from ingest.records import Confidence, Document, Found, Kind
from kb.classify.date_facts import SURE, Clauses, Told, with_likeliest
from kb.classify.document_lines import TENDER, Line, Mention, dates, durations, lines_of, place_of
from kb.classify.linear_model import Floats, Model, Vectors, line_features, mention_features, stored
from kb.embed.embedder import Embedder

TITLE, HEAD, TAIL = 200, 350, 250
"""Letters of the title, after it and at the end that are embedded."""
_HEAVY: Final = ("agreement", "news")
LEAST: Final = 0.5
"""Kinds that are not told lightly, and how likely a paper of them has to be."""
_HEAD, _TAIL = 3.0, 1.5
"""By what the vectors are multiplied, beside pieces whose sum of squares is 1."""


def texts_of(title: str, head: str, tail: str) -> tuple[str, str]:
    """What is embedded of a paper: its beginning under its title, and its end."""
    return f"{title[:TITLE]}\n{head.removeprefix(title)[:HEAD]}", tail[-TAIL:]


def kind_features(title: str, head: str, tail: str, begins: Floats, ends: Floats) -> Floats:
    """What the model sees of a paper: pieces of words and the two vectors, which have the mean taken off."""
    return np.concatenate([text_features(title, head, tail, "other")[:PIECES], _HEAD * begins, _TAIL * ends])


def settled(document: Document, embedder: Embedder) -> Document:
    """The document with its kind, and the facts of that; as it is where words or a person say the kind, or it is too short to tell."""
    model = stored("kind", embedder.name)
    if model is None or kind_is_told(document) or is_short(document.text):
        return document
    kind = kind_of(document, model, embedder)
    return document if kind == document.facts.kind else read_as(document, kind)


def kind_of(document: Document, model: Model, embedder: Embedder) -> Kind:
    """The likeliest kind; an agreement or news only where that is likelier than not: one would bind its parties, the other be hearsay."""
    title, text = document.facts.title, document.text
    parts = texts_of(title, text, text)
    vectors = Vectors(embedder, parts)
    seen = kind_features(title, text, text, *(vectors.of(part, model.mean) for part in parts))
    chances = model.chances(seen[None])[0]
    for at, kind in enumerate(model.classes):
        if kind in _HEAVY and chances[at] < LEAST:
            chances[at] = 0.0
    return cast(Kind, model.classes[int(np.argmax(chances))])


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
