"""What a document says of itself, each fact with where it stands.

A fact that is not in the text is absent (None or an empty tuple); nothing here is a guess. Offsets are code-point offsets into
``Document.text``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from lang.values.records import Duration, When

T = TypeVar("T")

Confidence: TypeAlias = Literal["sure", "likely"]
Origin: TypeAlias = Literal["text", "file"]
RelationKind: TypeAlias = Literal["amends", "supersedes", "based_on"]
Form: TypeAlias = Literal[
    "memorandum", "agreement", "letter_of_intent", "joint_statement", "declaration", "article", "report", "fact_sheet",
    "circular", "government_resolution", "notification", "rules",
]  # fmt: skip
"""What a paper calls itself, finer than its kind."""


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A fact and its evidence: ``text`` equals ``Document.text[start:end]``.

    ``origin`` is ``file`` where the fact is not in the text but declared by the file (its metadata or front matter); then ``text`` is
    empty and there are no offsets. ``likely`` marks what the text says less than outright, such as a date line without "dated".
    """

    value: T
    text: str = ""
    start: int | None = None
    end: int | None = None
    confidence: Confidence = "sure"
    origin: Origin = "text"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed; ``office`` and ``party`` are None where the signature block does not say."""

    name: str
    office: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """When a text begins to apply: on a date, or on an event ("upon signature") whose day is known only if the text dates the event."""

    on: Literal["date", "signature", "publication"]
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """Whether a term is prolonged by itself or only when the parties agree, and for how long."""

    automatic: bool
    period: Duration | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """How a party may end an agreement: with so much notice, or (None) with notice of no stated length."""

    period: Duration | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """Another document that this one changes, replaces or rests on, as it is named here."""

    kind: RelationKind
    title: str
    dated: When | None = None


@dataclass(frozen=True, slots=True)
class FoundFacts:
    """Every fact with its evidence. ``dates`` holds all dates of the text, also partial ones and those of other calendars."""

    kind: Found[str] | None = None
    form: Found[Form] | None = None
    title: Found[str] | None = None
    publisher: Found[str] | None = None
    parties: tuple[Found[str], ...] = ()
    signatories: tuple[Found[Signatory], ...] = ()
    signed: Found[When] | None = None
    in_force: Found[InForce] | None = None
    published: Found[When] | None = None
    place: Found[str] | None = None
    term: Found[Duration] | None = None
    renewal: Found[Renewal] | None = None
    notice: Found[Notice] | None = None
    relations: tuple[Found[Relation], ...] = ()
    dates: tuple[Found[When], ...] = ()
    duties: tuple[Found[str], ...] = ()
    """Lines that lay a duty on somebody; the value is whom the line, or what leads its list in, names, "" for nobody."""


def found_shape(found: FoundFacts) -> dict[str, Any]:
    """The facts as JSON: each is null or ``{value, text, start, end, confidence, origin}``; dates are as exact as they are written."""
    return {item.name: _plain(getattr(found, item.name)) for item in fields(found)}


def _plain(value: Any) -> Any:
    if isinstance(value, When):
        return {"date": str(value), "precision": value.precision, "calendar": value.calendar}
    if isinstance(value, Duration):
        return {"count": value.count, "unit": value.unit}
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
