"""A document's facts as people are shown them: what is in force, where it stands, and whether a person has corrected it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from kb.records import FactView
from kb.store import corrections
from kb.store.catalogue import Catalogue
from kb.store.corrections import Correction
from kb.store.schema import versions

_SHOWN = (
    "kind", "form", "title", "language", "publisher", "date", "parties", "signatories", "signed", "place", "in_force", "published", "term",
    "renewal", "notice", "relations",
)  # fmt: skip


def facts(catalogue: Catalogue, document_id: int, number: int | None = None) -> dict[str, Any]:
    """A version's facts as JSON, corrected: ``parties``, ``dates``, ``found`` (all facts with their places), ``corrected``."""
    version = catalogue.version_id(document_id, number)
    with catalogue.read() as conn:
        kept: dict[str, Any] = json.loads(conn.execute(select(versions.c.facts).where(versions.c.id == version)).scalar_one())
        made = corrections.read(conn, document_id)
    if "parties" in made:
        kept["parties"] = made["parties"].value or []
    kept["corrected"] = {name: {"value": one.value, "changed": one.changed.isoformat()} for name, one in sorted(made.items())}
    return kept


def fact_views(catalogue: Catalogue, document_id: int, number: int | None = None) -> tuple[FactView, ...]:
    """Every known fact of a version in the order in which people are shown them, with the page and clause where it stands."""
    version = catalogue.version_id(document_id, number)
    with catalogue.read() as conn:
        row = conn.execute(select(versions).where(versions.c.id == version)).one()
        made = corrections.read(conn, document_id)
    kept = json.loads(row.facts)
    found: Mapping[str, Any] = kept.get("found", {})
    return tuple(_views(catalogue, document_id, row, found, made, kept))


def _views(
    catalogue: Catalogue, document_id: int, row: Any, found: Mapping[str, Any], made: Mapping[str, Correction], kept: Mapping[str, Any]
) -> Iterator[FactView]:
    for name in _SHOWN:
        if name in made:
            yield _corrected(made[name], _extracted(name, row, found, kept))
            continue
        if name in ("language", "date"):
            value = getattr(row, name)
            if value is not None:
                yield FactView(name, str(value))
            continue
        every = found.get(name) or []
        for one in every if isinstance(every, list) else [every]:
            where = catalogue.place(document_id, row.number, one["start"]) if one["start"] is not None else None
            yield FactView(
                name,
                _worded(name, one["value"]),
                text=one["text"],
                start=one["start"],
                end=one["end"],
                page_label=where.page_label if where else None,
                path=where.path if where else (),
                sure=one["confidence"] == "sure",
                origin=one["origin"],
            )


def _corrected(made: Correction, extracted: str) -> FactView:
    value = "none" if made.value is None else _worded(made.field, made.value)
    return FactView(made.field, value, origin="person", changed=made.changed, extracted=extracted)


def _extracted(name: str, row: Any, found: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
    """What was read from the text instead of a correction, "" where nothing was."""
    columns = kept.get("extracted", {})
    if name in columns:
        return str(columns[name] or "")
    every = found.get(name) or []
    return "; ".join(_worded(name, one["value"]) for one in (every if isinstance(every, list) else [every]))


def _worded(name: str, value: Any) -> str:
    """A fact's JSON value in a few words."""
    if isinstance(value, list):
        return "; ".join(_worded(name, one) for one in value)
    if not isinstance(value, dict):
        return str(value)
    if "count" in value:
        return f"{value['count']} {value['unit']}{'' if value['count'] == 1 else 's'}"
    if "precision" in value:
        return str(value["date"])
    if name == "signatories":
        side = f" for {value['party']}" if value["party"] else ""
        return ", ".join(part for part in (value["name"], value["office"]) if part) + side
    if name == "in_force":
        day = value["when"]["date"] if value["when"] else ""
        return day if value["on"] == "date" else f"on {value['on']}" + (f" ({day})" if day else "")
    if name == "renewal":
        period = f", for {_worded('', value['period'])}" if value["period"] else ""
        return ("automatic" if value["automatic"] else "by agreement") + period
    if name == "notice":
        return _worded("", value["period"]) if value["period"] else "in writing, no period stated"
    dated = f" ({value['dated']['date']})" if value.get("dated") else ""
    return f"{value['kind'].replace('_', ' ')}: {value['title']}{dated}"
