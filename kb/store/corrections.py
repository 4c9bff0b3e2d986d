"""What people correct about a document: kept beside what was extracted, never over it, and winning everywhere.

A correction belongs to the document, not to one of its versions: it holds for a file's later versions too. The catalogue's columns
``kind``, ``title``, ``language``, ``publisher`` and ``date`` hold what is in force, the facts of each version what was extracted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import regex
from sqlalchemy import Connection, Row, select

from ingest.found import Unit, found_shape
from ingest.records import KINDS, LANGUAGES, Document, Facts, Language
from ingest.understand.dates import dates_in
from kb.errors import CorrectionError
from kb.store.schema import corrections, versions

NONE = "none"
"""What a person types to say that the document has no such fact."""
_COLUMNS = ("kind", "title", "language", "publisher", "date")
_MAX_TEXT = 500
_ISO = regex.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_DURATION = regex.compile(rf"(?P<count>\p{{Nd}}{{1,3}})\s*(?P<unit>{'|'.join(get_args(Unit))})s?", regex.I)


@dataclass(frozen=True, slots=True)
class Correction:
    """One corrected fact; ``value`` is JSON, None where a person said that there is none. ``changed`` is in UTC."""

    field: str
    value: Any
    changed: datetime


def _text(value: str) -> str:
    shown = " ".join(value.split())
    if not shown or len(shown) > _MAX_TEXT:
        raise ValueError(f"must have 1 to {_MAX_TEXT} characters")
    return shown


def _one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return parse


def _whole_date(value: str) -> str:
    shown = _partial_date(value)
    if len(shown) != len("2025-03-12"):
        raise ValueError("must be a whole day, such as 2025-03-12 or १२ मार्च २०२५")
    return shown


def _partial_date(value: str) -> str:
    """ISO as far as it goes, of any date that Setu reads or of 2025-03 and 2025."""
    if _ISO.fullmatch(value):
        parts = [int(part) for part in value.split("-")]
        try:
            date(*[*parts, 1, 1][:3])
        except ValueError as error:
            raise ValueError("is no day of the calendar") from error
        return value
    read = dates_in(value)
    if len(read) != 1 or read[0].text != value or read[0].when.year is None or read[0].when.calendar in ("saka", "vikram"):
        raise ValueError("must be one date, such as 2025-03-12, १२ मार्च २०२५, 令和7年3月12日, or 2025-03 where the day is not known")
    return str(read[0].when)


def _duration(value: str) -> dict[str, Any]:
    match = _DURATION.fullmatch(value)
    if match is None or not int(match["count"]):
        raise ValueError("must be a number and a unit: 3 years, 18 months, 2 weeks, 90 days")
    return {"count": int(match["count"]), "unit": match["unit"].lower()}


def _names(value: str) -> list[str]:
    return [_text(part) for part in value.split(";") if part.strip()] or _fail("must name at least one, parted by semicolons")


def _signatories(value: str) -> list[dict[str, str | None]]:
    found = []
    for one in _names(value):
        parts = [part.strip() or None for part in one.split("|")]
        if not parts[0] or len(parts) > 3:
            raise ValueError("must read NAME | OFFICE | PARTY, several parted by semicolons; office and party may be left out")
        name, office, party = (*parts, None, None)[:3]
        found.append({"name": name, "office": office, "party": party})
    return found


def _fail(message: str) -> Any:
    raise ValueError(message)


FIELDS: Mapping[str, Callable[[str], Any]] = {
    "kind": _one_of(KINDS),
    "title": _text,
    "language": _one_of(LANGUAGES),
    "publisher": _text,
    "date": _whole_date,
    "parties": _names,
    "signatories": _signatories,
    "signed": _partial_date,
    "in_force": _partial_date,
    "published": _partial_date,
    "place": _text,
    "term": _duration,
    "renewal": _one_of(("automatic", "by agreement")),
    "notice": _duration,
}
"""Field → the reader of what a person types for it."""
_NEVER_NONE = ("kind", "title", "language")


def parse(field: str, value: str) -> Any:
    """The JSON value of a correction; "none" says that the document has no such fact.

    Raises:
        CorrectionError: there is no such field, or the value is none of it.
    """
    if field not in FIELDS:
        raise CorrectionError(f"There is no fact “{field}”. What can be corrected: {', '.join(FIELDS)}.")
    shown = value.strip()
    if shown.lower() == NONE:
        if field in _NEVER_NONE:
            raise CorrectionError(f"Every document has a {field}; it cannot be none. Take a correction back with --clear {field}.")
        return None
    try:
        return FIELDS[field](shown)
    except ValueError as error:
        raise CorrectionError(f"“{shown}” cannot be the {field}: it {error}.") from error


def read(conn: Connection, document_id: int) -> dict[str, Correction]:
    """The corrections of a document by field."""
    rows = conn.execute(select(corrections).where(corrections.c.document_id == document_id))
    return {r.field: Correction(r.field, json.loads(r.value), r.changed) for r in rows}


def write(conn: Connection, document_id: int, field: str, value: Any) -> None:
    """Keep a parsed correction in place of an earlier one of that field."""
    clear(conn, document_id, field)
    now = datetime.now(UTC).replace(tzinfo=None)
    kept = json.dumps(value, ensure_ascii=False)
    conn.execute(corrections.insert().values(document_id=document_id, field=field, value=kept, changed=now))


def clear(conn: Connection, document_id: int, field: str) -> bool:
    """Forget a correction; says whether there was one."""
    return bool(conn.execute(corrections.delete().where(corrections.c.document_id == document_id, corrections.c.field == field)).rowcount)


def facts_json(facts: Facts) -> str:
    """The extracted facts of a version as they are kept."""
    kept = {
        "parties": facts.parties,
        "dates": [asdict(d) for d in facts.dates],
        "found": found_shape(facts.found),
        "extracted": {name: getattr(facts, name) for name in _COLUMNS},
    }
    return json.dumps(kept, default=str, ensure_ascii=False)


def corrected(document: Document, made: Mapping[str, Correction]) -> Document:
    """The document as it is published: corrected columns, and its language on the chunks that had the extracted one."""
    facts = document.facts
    values = in_force({name: getattr(facts, name) for name in _COLUMNS}, made)
    language: Language = values["language"]
    chunks = document.chunks
    if language != facts.language:
        chunks = tuple(replace(c, language=language) if c.language == facts.language else c for c in chunks)
    return replace(document, facts=replace(facts, **values), chunks=chunks)


def in_force(extracted: Mapping[str, Any], made: Mapping[str, Correction]) -> dict[str, Any]:
    """The columns after correction. A corrected day of signature (of publication, for other papers) is the day a document speaks from."""
    values = dict(extracted)
    values |= {name: made[name].value for name in _COLUMNS if name in made}
    if "date" not in made:
        leading = ("signed", "published") if values["kind"] == "agreement" else ("published",)
        stated = next((made[name].value for name in leading if name in made and made[name].value), None)
        if stated is not None:
            values["date"] = stated if len(stated) == len("2025-03-12") else None
    day = values["date"]
    values["date"] = date.fromisoformat(day) if isinstance(day, str) else day
    return values


def extracted(row: Row[Any]) -> dict[str, Any]:
    """The columns of a version as they were extracted; a version of an older layout keeps them only in its columns."""
    kept: dict[str, Any] | None = json.loads(row.facts).get("extracted")
    return kept or {name: str(value) if isinstance(value := getattr(row, name), date) else value for name in _COLUMNS}


def outdated(conn: Connection, document_id: int) -> bool:
    """Whether the published passages were made under another title or language than the ones in force.

    Both are part of what is embedded and of which index holds it.
    """
    row = conn.execute(select(versions).where(versions.c.document_id == document_id, versions.c.state == "published")).first()
    if row is None:
        return False
    values = in_force(extracted(row), read(conn, document_id))
    return (values["title"], values["language"]) != (row.title, row.language)


def refresh(conn: Connection, document_id: int) -> None:
    """Bring the columns of every version in line with the corrections."""
    made = read(conn, document_id)
    for row in conn.execute(select(versions).where(versions.c.document_id == document_id)).all():
        kept = json.loads(row.facts) | {"extracted": extracted(row)}
        values = in_force(kept["extracted"], made)
        facts = json.dumps(kept, default=str, ensure_ascii=False)
        conn.execute(versions.update().where(versions.c.id == row.id).values(facts=facts, **values))
