"""What people correct about a document: kept beside what was extracted, never over it, and winning everywhere.

A correction belongs to the document, not to one of its versions: it holds for a file's later versions too. The catalogue's columns
``kind``, ``title``, ``language``, ``publisher`` and ``date`` hold what is in force, the facts of each version what was extracted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from ingest.found import found_shape
from ingest.records import Chunk, Document
from kb.store.schema import corrections, versions
from lang.codes import Language

COLUMNS = ("kind", "title", "language", "publisher", "date")
_WHOLE = len("2025-03-12")


@dataclass(frozen=True, slots=True)
class Correction:
    """One corrected fact; ``value`` is JSON, None where a person said that there is none. ``changed`` is in UTC."""

    field: str
    value: Any
    changed: datetime

    @classmethod
    def of(cls, field: str, value: Any) -> Correction:
        """A correction made now."""
        return cls(field, value, datetime.now(UTC).replace(tzinfo=None))


def read(conn: Connection, document_id: int) -> dict[str, Correction]:
    """The corrections of a document by field."""
    rows = conn.execute(select(corrections).where(corrections.c.document_id == document_id))
    return {r.field: Correction(r.field, json.loads(r.value), r.changed) for r in rows}


def write(conn: Connection, document_id: int, field: str, made: Correction | None) -> None:
    """Keep a correction in place of an earlier one of that field; None forgets it. `refresh` puts it in force."""
    conn.execute(corrections.delete().where(corrections.c.document_id == document_id, corrections.c.field == field))
    if made is not None:
        kept = json.dumps(made.value, ensure_ascii=False)
        conn.execute(corrections.insert().values(document_id=document_id, field=field, value=kept, changed=made.changed))


def facts_json(document: Document) -> str:
    """The extracted facts of a version as they are kept."""
    facts = document.facts
    kept = {
        "parties": facts.parties,
        "dates": [asdict(d) for d in facts.dates],
        "found": found_shape(facts.found),
        "extracted": {name: getattr(facts, name) for name in COLUMNS},
        "other_languages": other_languages(document.chunks, facts.language),
    }
    return json.dumps(kept, default=str, ensure_ascii=False)


def other_languages(found: Sequence[Chunk], language: Language) -> dict[str, Language]:
    """The passages in another language than the document's, by their ordinal (a string, as JSON wants it)."""
    return {str(c.ordinal): c.language for c in found if c.language != language}


def corrected(document: Document, made: Mapping[str, Correction]) -> Document:
    """The document as it is published: corrected columns, and its language on the passages that had the extracted one."""
    facts = document.facts
    values = in_force({name: getattr(facts, name) for name in COLUMNS}, found_shape(facts.found), made)
    others = other_languages(document.chunks, facts.language)
    return replace(document, facts=replace(facts, **values), chunks=spoken(document.chunks, values["language"], others))


def spoken(found: Sequence[Chunk], language: Language, others: Mapping[str, Language]) -> tuple[Chunk, ...]:
    """The passages in the document's ``language``, but for ``others``."""
    return tuple(replace(c, language=others.get(str(c.ordinal), language)) for c in found)


def in_force(extracted: Mapping[str, Any], found: Mapping[str, Any], made: Mapping[str, Correction]) -> dict[str, Any]:
    """The columns after correction; ``found`` as `ingest.found.found_shape` gives it.

    Where its day of signature or publication is corrected, a document speaks from the day that this makes: of its signature, else of
    its publication; None where the day is not known.
    """
    values = {name: made[name].value if name in made else value for name, value in extracted.items()}
    if "date" not in made and ("signed" in made or "published" in made):
        values["date"] = _speaks_from(values["date"], found, made)
    day = values["date"]
    values["date"] = date.fromisoformat(day) if isinstance(day, str) else day
    return values


def _speaks_from(read_day: Any, found: Mapping[str, Any], made: Mapping[str, Correction]) -> str | None:
    told = {name: one["value"] for name in ("signed", "published") if (one := found.get(name))}
    for name in ("signed", "published"):
        stated = made[name].value if name in made else _our_day(told.get(name))
        if stated is not None:
            return str(stated) if len(str(stated)) == _WHOLE else None
    # Neither is known any more. The day may have been that of the entry into force: it stays.
    return None if read_day is None or str(read_day) in {_our_day(value) for value in told.values()} else str(read_day)


def _our_day(when: Mapping[str, Any] | None) -> str | None:
    return str(when["date"]) if when and when["calendar"] in ("gregorian", "japanese") else None


def extracted(row: Row[Any]) -> dict[str, Any]:
    """The columns of a version as they were extracted; a version of an older layout keeps them only in its columns."""
    kept: dict[str, Any] | None = json.loads(row.facts).get("extracted")
    return kept or {name: str(value) if isinstance(value := getattr(row, name), date) else value for name in COLUMNS}


def refresh(conn: Connection, document_id: int, others: Mapping[str, Language] | None = None) -> None:
    """Bring the columns of every version in line with the corrections.

    ``others`` are the `other_languages` of the published version, for one of an older layout that does not know them.
    """
    made = read(conn, document_id)
    for row in conn.execute(select(versions).where(versions.c.document_id == document_id)).all():
        kept = json.loads(row.facts) | {"extracted": extracted(row)}
        if others is not None and row.state == "published":
            kept.setdefault("other_languages", others)
        values = in_force(kept["extracted"], kept.get("found", {}), made)
        facts = json.dumps(kept, default=str, ensure_ascii=False)
        conn.execute(versions.update().where(versions.c.id == row.id).values(facts=facts, **values))
