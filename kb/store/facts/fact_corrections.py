"""What people correct about a document: which facts, how each is typed; kept beside what was extracted, and winning everywhere.

A correction belongs to the document, not to one of its versions: it holds for a file's later versions too. The catalogue's columns
``kind``, ``title``, ``language``, ``publisher`` and ``date`` hold what is in force, the facts of each version what was extracted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import regex
from sqlalchemy import Connection, Row, select

from ingest.records import KINDS, Chunk, Document, Form, RelationKind, found_shape
from kb.errors import CorrectionError
from kb.store.schema import corrections, versions
from lang.languages import PAPER_LANGUAGES, Language
from lang.values.calendars import Unit, When
from lang.values.dates import dates_in

NONE = "none"
"""What a person types to say that the document has no such fact."""
_MAX_TEXT = 500
_ISO = regex.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
_WHOLE = len("2025-03-12")
_UNITS = "|".join(get_args(Unit))
_DURATION = regex.compile(rf"(?P<count>\p{{Nd}}{{1,3}})\s*(?P<unit>{_UNITS})s?", regex.I)
_RENEWAL = regex.compile(r"(?P<how>automatic|by agreement)(?:\s*,?\s*(?:for\s+)?(?P<period>\p{Nd}.*))?", regex.I)


def _text(value: str) -> str:
    shown = " ".join(value.split())
    if not shown or len(shown) > _MAX_TEXT:
        raise ValueError(f"must have 1 to {_MAX_TEXT} characters")
    return shown


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse_one(value: str) -> str:
        chosen = value.lower()
        if chosen not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return chosen

    return parse_one


def _whole_date(value: str) -> str:
    shown = _partial_date(value)
    if len(shown) != _WHOLE:
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
    if len(read) != 1 or read[0].text != value or not _dates_a_paper(read[0].when):
        raise ValueError("must be one date, such as 2025-03-12, १२ मार्च २०२५, 令和7年3月12日, or 2025-03 where the day is not known")
    return str(read[0].when)


def _dates_a_paper(when: When) -> bool:
    return when.year is not None and not when.fiscal and when.calendar in ("gregorian", "japanese")


def _in_force(value: str) -> str:
    shown = value.lower()
    return shown if shown in ("on signature", "on publication") else _partial_date(value)


def _duration(value: str) -> dict[str, Any]:
    match = _DURATION.fullmatch(value)
    if match is None or not int(match["count"]):
        raise ValueError("must be a number and a unit: 3 years, 18 months, 2 weeks, 90 days")
    return {"count": int(match["count"]), "unit": match["unit"].lower()}


def _renewal(value: str) -> dict[str, Any]:
    match = _RENEWAL.fullmatch(value)
    if match is None:
        raise ValueError("must be “automatic” or “by agreement”, if known with the period: automatic, for 2 years")
    return {"automatic": match["how"].lower() == "automatic", "period": _duration(match["period"]) if match["period"] else None}


def _parts(value: str) -> list[str]:
    named = [_text(part) for part in value.split(";") if part.strip()]
    if not named:
        raise ValueError("must name at least one, parted by semicolons")
    return named


def _signatories(value: str) -> list[dict[str, str | None]]:
    found = []
    for one in _parts(value):
        sides = [side.strip() or None for side in one.split("|")]
        if sides[0] is None or len(sides) > 3:
            raise ValueError("must read NAME | OFFICE | PARTY, several parted by semicolons; office and party may be left out")
        name, office, party = (*sides, None, None)[:3]
        found.append({"name": name, "office": office, "party": party})
    return found


def _relations(value: str) -> list[dict[str, Any]]:
    found = []
    kinds = {kind.replace("_", " "): kind for kind in get_args(RelationKind)}
    for one in _parts(value):
        named, *dated = [side.strip() for side in one.split("|")]
        kind, _, title = named.partition(":")
        if kinds.get(kind.strip().lower()) is None or not title.strip() or len(dated) > 1:
            raise ValueError(f"must read KIND: TITLE | DATE, where KIND is {', '.join(kinds)}; the date may be left out")
        found.append({"kind": kinds[kind.strip().lower()], "title": title.strip(), "dated": _dated(dated[0]) if dated else None})
    return found


def _dated(value: str) -> dict[str, str]:
    shown = _partial_date(value)
    return {"date": shown, "precision": {4: "year", 7: "month"}.get(len(shown), "day"), "calendar": "gregorian"}


FIELDS: Mapping[str, Callable[[str], Any]] = {
    "kind": _one_of(*KINDS),
    "form": _one_of(*get_args(Form)),
    "title": _text,
    "language": _one_of(*PAPER_LANGUAGES),
    "publisher": _text,
    "date": _whole_date,
    "parties": _parts,
    "signatories": _signatories,
    "signed": _partial_date,
    "place": _text,
    "in_force": _in_force,
    "published": _partial_date,
    "term": _duration,
    "renewal": _renewal,
    "notice": _duration,
    "relations": _relations,
}
"""Field → the reader of what a person types for it, in the order in which facts are shown."""
NEVER_NONE = ("kind", "title", "language")
"""Fields of which a person cannot say that there is none."""


def known(field: str) -> None:
    """Check a field's name.

    Raises:
        CorrectionError: there is no such field; the message names those there are.
    """
    if field not in FIELDS:
        raise CorrectionError(f"There is no fact “{field}”. What can be corrected: {', '.join(FIELDS)}.")


def parse(field: str, value: str) -> Any:
    """The JSON value of a correction; None for "none": the document has no such fact.

    Raises:
        CorrectionError: there is no such field, or the value is none of it; the message says how it is typed.
    """
    known(field)
    shown = value.strip()
    if shown.lower() == NONE:
        if field in NEVER_NONE:
            raise CorrectionError(f"Every document has a {field}; it cannot be none. Take a correction back with --clear {field}.")
        return None
    try:
        return FIELDS[field](shown)
    except ValueError as error:
        what = {"signed": "signed date", "in_force": "in_force date", "published": "published date"}.get(field, field)
        raise CorrectionError(f"“{shown[:80]}” cannot be the {what}: it {error}.") from error


COLUMNS = ("kind", "title", "language", "publisher", "date")


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
    """The columns after correction; ``found`` as `ingest.records.found_shape` gives it.

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
