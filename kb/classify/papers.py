"""What a paper's lines say, put among its facts: what the rules of reading did not find, and the lines that lay a duty on somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from ingest.found import Confidence, Duration, Found, FoundFacts, InForce, Notice, Renewal, When
from ingest.records import Document, Facts
from ingest.understand.actors import actor_of
from kb.classify.kinds import settled
from kb.classify.lines import Line, lines_of
from kb.classify.mentions import Mention, dates, durations
from kb.classify.model import Floats, Model, line_features, mention_features, stored
from kb.classify.vectors import Vectors
from kb.represent.embed import Embedder

T = TypeVar("T")

MOST: Final = 800
"""Lines of a paper that are looked at."""
LONGEST: Final = 1200
"""Letters of a line that can be a duty."""
DUTY: Final = 0.65
FACT: Final = 0.5
"""How likely a line is a duty, and a date or a length of time a fact, that is told."""
SURE: Final = 0.85


@dataclass(frozen=True, slots=True)
class _Told:
    """A date or a length of time that is likely a fact, ``[start, end)`` in the document."""

    value: Duration | When
    chance: float
    start: int
    end: int
    line: Line


def classified(document: Document, embedder: Embedder) -> Document:
    """The document with its kind and what its lines say; as it is where no model was fitted on the vectors of this embedder.

    Facts that reading found stay; what is told here is added where there is none.
    """
    document = settled(document, embedder)
    duty = stored("duty", embedder.name)
    lines = lines_of(document.blocks, document.facts.language)[:MOST]
    if duty is None or not lines:
        return document
    text = document.text
    agreed = document.facts.kind == "agreement"
    met = {
        "duration": [(line, one) for line in lines for one in durations(text[line.start : line.end])] if agreed else [],
        "date": [(line, one) for line in lines for one in dates(text[line.start : line.end])],
    }
    wanted = [line for line in lines if not line.heading and len(line.text) <= LONGEST]
    texts = [part for line in wanted for part in (line.text, line.lead)]
    texts += [part for found in met.values() for line, one in found for part in (line.text, one.near)]
    vectors = Vectors(embedder, texts)
    told: dict[str, list[_Told]] = {}
    for name, found in met.items():
        if (model := stored(name, embedder.name)) is not None and found:
            for label, one in _mentions(model, found, text, vectors):
                told.setdefault(label, []).append(one)
    facts = _added(document.facts, told, text)
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


def _mentions(model: Model, found: Sequence[tuple[Line, Mention]], text: str, vectors: Vectors) -> Iterator[tuple[str, _Told]]:
    rows: list[Floats] = []
    for line, one in found:
        said = text[line.start : line.end]
        near = vectors.of(one.near, model.mean)
        rows.append(mention_features(said, one.start, one.end, one.amount, vectors.of(line.text, model.mean), near))
    for (line, one), chances in zip(found, model.chances(np.stack(rows)), strict=True):
        best = int(np.argmax(chances))
        if best and chances[best] >= FACT:
            yield model.classes[best], _Told(one.value, float(chances[best]), line.start + one.start, line.start + one.end, line)


def _added(facts: Facts, told: dict[str, list[_Told]], text: str) -> Facts:
    """The facts with what is told of those that they have not."""
    found = facts.found
    agreed = facts.kind == "agreement"
    if agreed:
        found = replace(
            found,
            signed=found.signed or _fact(told.get("signed"), text, _whole),
            term=found.term or _fact(told.get("term"), text, _length),
            notice=_noticed(found, told, text),
            renewal=found.renewal or _fact(told.get("renewal"), text, lambda value: Renewal(automatic=False, period=_length(value))),
        )
    else:
        found = replace(found, published=found.published or _fact(told.get("published"), text, _whole))
    in_force = found.in_force or _fact(told.get("in_force"), text, lambda value: InForce("date", when) if (when := _whole(value)) else None)
    return replace(facts, found=replace(found, in_force=in_force))


def _noticed(found: FoundFacts, told: dict[str, list[_Told]], text: str) -> Found[Notice] | None:
    if found.notice is not None and found.notice.value.period is not None:
        return found.notice
    return _fact(told.get("notice"), text, lambda value: Notice(_length(value))) or found.notice


def _fact(told: Sequence[_Told] | None, text: str, as_fact: Callable[[Duration | When], T | None]) -> Found[T] | None:
    """The likeliest of what is told, as a fact."""
    for one in sorted(told or (), key=lambda one: -one.chance):
        if (value := as_fact(one.value)) is not None:
            return Found(value, text[one.start : one.end], one.start, one.end, "sure" if one.chance >= SURE else "likely")
    return None


def _whole(value: Duration | When) -> When | None:
    return value if isinstance(value, When) and value.day_value is not None else None


def _length(value: Duration | When) -> Duration | None:
    return value if isinstance(value, Duration) else None
