"""Which papers of the base name one another: what amends, supersedes or rests on what.

A paper names another by a title, often a general one ("the Memorandum of Cooperation"), and mostly by its date. Two papers are
brought together only where title and date agree and no third fits as well: of a wrong "superseded" a reader has more harm than of
a missing one.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import regex
from sqlalchemy import Connection, Select, or_, select

from kb.auth.roles import Sight
from kb.store.access_control import seen
from kb.store.passages import STEP
from kb.store.schema import corrections, versions

_DISTINCT = 12
"""Letters that a title must have at least to name a paper without its day."""
_NOT_LETTERS = regex.compile(r"^the |[^\p{L}\p{M}\p{N}]")
_WHOLE = len("2025-03-12")
_CITING = ("amends", "supersedes")
NOT_TOLD = object()


@dataclass(frozen=True, slots=True)
class Naming:
    """A published paper (a document's version ``number``) amends or supersedes another; ``fact`` is its relation as in `found_shape`."""

    document_id: int
    title: str
    number: int
    fact: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is compared of a published paper; ``day`` in ISO, "" if unknown; ``form`` is what it calls itself, e.g. शासन निर्णय."""

    id: int
    title: str
    number: int
    day: str
    form: str
    parties: frozenset[str]
    relations: tuple[Mapping[str, Any], ...]


def names(conn: Connection, document_id: int, sight: Sight = None) -> dict[int, int]:
    """The papers of the base that a document's relations name: place in its list of relations → document; among those that are seen."""
    found = {}
    for paper in _papers(conn, [document_id], sight):
        for at, one in enumerate(paper.relations):
            other = _resolved(conn, paper, one["value"], sight)
            if other is not None:
                found[at] = other
    return found


def named_by(conn: Connection, document_id: int, sight: Sight = None) -> tuple[Naming, ...]:
    """The published papers that say they amend or supersede a document; among those that are seen."""
    this = next(iter(_papers(conn, [document_id], sight)), None)
    if this is None:
        return ()
    typed = select(corrections.c.document_id).where(corrections.c.field == "relations")
    citing = or_(versions.c.document_id.in_(typed), *(versions.c.facts.contains(f'"kind": "{kind}"') for kind in _CITING))
    others = conn.scalars(_published(sight, versions.c.document_id).where(citing, versions.c.document_id != document_id)).all()

    def means_this(paper: _Paper, one: Mapping[str, Any]) -> bool:
        said = one["value"]
        return said["kind"] in _CITING and _fits(paper, said, this) and _resolved(conn, paper, said, sight) == this.id

    return tuple(
        Naming(paper.id, paper.title, paper.number, one)
        for paper in _papers(conn, others, sight)
        for one in paper.relations
        if means_this(paper, one)
    )


def in_force(found: Mapping[str, Any], told: Any) -> tuple[Mapping[str, Any], ...]:
    """Relations as `found_shape` has them; ``told`` are those of a correction, `NOT_TOLD` where there is none."""
    if told is NOT_TOLD:
        return tuple(found.get("relations") or ())
    return tuple({"value": one, "text": "", "start": None, "end": None} for one in told or ())


def _published(sight: Sight, *columns: Any) -> Select[Any]:
    query = select(*columns).where(versions.c.state == "published", seen(sight, versions.c.document_id))
    return query.order_by(versions.c.document_id)


def _papers(conn: Connection, documents: Sequence[int], sight: Sight) -> Iterator[_Paper]:
    for start in range(0, len(documents), STEP):
        part = documents[start : start + STEP]
        wanted = corrections.c.field.in_(("relations", "parties", "form")) & corrections.c.document_id.in_(part)
        told = {(r.document_id, r.field): json.loads(r.value) for r in conn.execute(select(corrections).where(wanted))}
        for row in conn.execute(_published(sight, versions).where(versions.c.document_id.in_(part))):
            kept = json.loads(row.facts)
            found = kept.get("found", {})
            yield _Paper(
                row.document_id,
                row.title,
                row.number,
                str(row.date or ""),
                _key(told.get((row.document_id, "form")) or (found.get("form") or {}).get("text", "")),
                frozenset(map(_key, told.get((row.document_id, "parties"), kept["parties"]) or ())),
                in_force(found, told.get((row.document_id, "relations"), NOT_TOLD)),
            )


def _resolved(conn: Connection, paper: _Paper, relation: Mapping[str, Any], sight: Sight) -> int | None:
    """The one paper that a relation can mean."""
    query = _published(sight, versions.c.document_id, versions.c.title).where(versions.c.document_id != paper.id)
    day = _day(relation)
    if len(day) == _WHOLE:
        wanted = conn.scalars(query.where(versions.c.date == date.fromisoformat(day))).all()
    else:
        wanted = [row.document_id for row in conn.execute(query) if _titled(relation, row.title, day)]
    fitting = [other for other in _papers(conn, wanted, sight) if _fits(paper, relation, other)]
    if len(fitting) > 1:
        fitting = [other for other in fitting if other.parties & paper.parties]
    return fitting[0].id if len(fitting) == 1 else None


def _fits(paper: _Paper, relation: Mapping[str, Any], other: _Paper) -> bool:
    day = _day(relation)
    if other.id == paper.id or (paper.day and other.day > paper.day):
        return False
    if len(day) < _WHOLE:
        return _titled(relation, other.title, day) and other.day.startswith(day)
    said = _key(relation["title"])
    return other.day == day and any(said in key or key in said for key in (_key(other.title), other.form) if key)


def _titled(relation: Mapping[str, Any], title: str, day: str) -> bool:
    """Whether a title alone tells which paper is meant; with the year, a part of it does."""
    said, key = _key(relation["title"]), _key(title)
    return min(len(said), len(key)) >= _DISTINCT and (key in said or (day != "" and said in key))


def _day(relation: Mapping[str, Any]) -> str:
    """The date by which a paper is named, as far as it goes in our calendar; "" where there is none."""
    dated = relation["dated"]
    if dated is None or dated["calendar"] not in ("gregorian", "japanese") or dated["precision"] not in ("day", "month", "year"):
        return ""
    return str(dated["date"])


def _key(text: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
