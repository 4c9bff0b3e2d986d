"""Which facts a person can correct, and how each is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, get_args

import regex

from ingest.found import Form, RelationKind
from ingest.records import KINDS
from kb.errors import CorrectionError
from lang.codes import LANGUAGES
from lang.values.dates import dates_in
from lang.values.records import Unit, When

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
    "language": _one_of(*LANGUAGES),
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
_NEVER_NONE = ("kind", "title", "language")


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
        if field in _NEVER_NONE:
            raise CorrectionError(f"Every document has a {field}; it cannot be none. Take a correction back with --clear {field}.")
        return None
    try:
        return FIELDS[field](shown)
    except ValueError as error:
        what = {"signed": "signed date", "in_force": "in_force date", "published": "published date"}.get(field, field)
        raise CorrectionError(f"“{shown[:80]}” cannot be the {what}: it {error}.") from error
