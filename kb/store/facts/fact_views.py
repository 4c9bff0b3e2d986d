"""A document's facts as people are shown them: what is in force, from where, corrected or not; and corrections put in force.

A correction is put in force at once with all that follows from it. The title and the language are part of what is embedded and of which
index holds it: where they change, the passages of the published version are made anew from the catalogue, without reading the file again.
Its text and number stay, so that answers that quoted it are not outdated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, func, select

from ingest.records import Chunk
from kb.records import FactView, KnownBy
from kb.store.access_control import seen
from kb.store.catalogue import Catalogue
from kb.store.document_rows import Header, header_of
from kb.store.facts import document_relations, fact_corrections, near_duplicates
from kb.store.facts.document_relations import Naming
from kb.store.facts.fact_corrections import COLUMNS, FIELDS, NONE, Correction
from kb.store.publish import Publisher
from kb.store.schema import chunks, versions
from kb.store.schema import corrections as corrected
from kb.store.user_data import materials
from lang.languages import Language

_CALLED = ("parties", "place", "signatories")
_HEAD = 1200
"""Characters of a paper's beginning, in which it says what it is, a circular or minutes, and names who and where it is of."""


def facts(catalogue: Catalogue, document_id: int, number: int | None = None) -> dict[str, Any]:
    """A version's facts as JSON, corrected: ``parties``, ``dates``, ``found`` (all facts with their places), ``corrected``."""
    version = catalogue.version_id(document_id, number)
    with catalogue.read() as conn:
        kept: dict[str, Any] = json.loads(conn.execute(select(versions.c.facts).where(versions.c.id == version)).scalar_one())
        made = fact_corrections.read(conn, document_id)
    if "parties" in made:
        kept["parties"] = made["parties"].value or []
    kept["corrected"] = {name: {"value": one.value, "changed": one.changed.isoformat()} for name, one in sorted(made.items())}
    return kept


def fact_views(catalogue: Catalogue, document_id: int, number: int | None = None) -> tuple[FactView, ...]:
    """Every known fact of a version in the order in which people are shown them, with the page and clause where it stands.

    Last come the papers of the base that say that they amend or supersede this one.
    """
    version = catalogue.version_id(document_id, number)
    with catalogue.read() as conn:
        row = conn.execute(select(versions).where(versions.c.id == version)).one()
        shown = _Shown(catalogue, row, json.loads(row.facts), fact_corrections.read(conn, document_id), _named(conn, row, catalogue))
        citing = document_relations.named_by(conn, document_id, catalogue.sight)
    return (*shown.views(), *(_by_another(catalogue, one) for one in citing))


def _named(conn: Connection, row: Row[Any], catalogue: Catalogue) -> dict[int, int]:
    return document_relations.names(conn, row.document_id, catalogue.sight) if row.state == "published" else {}


@dataclass(frozen=True, slots=True)
class _Shown:
    """One version's row and its facts; ``named`` as `document_relations.names` has it."""

    catalogue: Catalogue
    row: Row[Any]
    kept: Mapping[str, Any]
    made: Mapping[str, Correction]
    named: Mapping[int, int]

    def views(self) -> Iterator[FactView]:
        """Fact by fact."""
        for name in FIELDS:
            if name in self.made:
                yield from self._corrected(name, self.made[name])
            elif name in ("language", "date"):
                yield from self._column(name)
            else:
                for at, one in enumerate(_every(self._found(name))):
                    yield self._extracted(name, one, self.named.get(at) if name == "relations" else None)

    def _found(self, name: str) -> Any:
        return self.kept.get("found", {}).get(name)

    def _column(self, name: str) -> Iterator[FactView]:
        """The language, or the day it speaks from with the place where that stands, or with the correction that it follows from."""
        value = getattr(self.row, name)
        read = str(fact_corrections.extracted(self.row)[name] or "")
        cause = next((self.made[one] for one in ("signed", "published") if one in self.made), None)
        if name == "date" and str(value or "") != read and cause is not None:
            yield FactView(name, str(value or NONE), origin="person", changed=cause.changed, extracted=read)
        elif value is not None:
            dated = [one for one in ("signed", "published", "in_force") if self._says(one, str(value))] if name == "date" else []
            yield self._extracted(name, {**self._found(dated[0]), "value": str(value)}) if dated else FactView(name, str(value))

    def _says(self, name: str, day: str) -> bool:
        found = self._found(name)
        return bool(found) and worded(name, found["value"]) == day

    def _extracted(self, name: str, one: Mapping[str, Any], other: int | None = None) -> FactView:
        where = self.catalogue.place(self.row.document_id, self.row.number, one["start"]) if one["start"] is not None else None
        return FactView(
            name,
            worded(name, one["value"]),
            text=one["text"],
            start=one["start"],
            end=one["end"],
            page_label=where.page_label if where else None,
            path=where.path if where else (),
            sure=one["confidence"] == "sure",
            origin=one["origin"],
            document_id=other,
        )

    def _corrected(self, name: str, made: Correction) -> Iterator[FactView]:
        """A list of papers one by one, since each may be in the base; anything else as one."""
        read = self._read(name)
        several = made.value if name == "relations" and made.value else [made.value]
        for at, value in enumerate(several):
            shown = NONE if value is None else worded(name, value)
            other = self.named.get(at) if name == "relations" else None
            yield FactView(name, shown, origin="person", changed=made.changed, extracted=read, document_id=other)

    def _read(self, name: str) -> str:
        """What was read from the text instead of a correction, "" where nothing was."""
        if name in COLUMNS:
            return str(fact_corrections.extracted(self.row)[name] or "")
        return "; ".join(worded(name, one["value"]) for one in _every(self._found(name)))


def _by_another(catalogue: Catalogue, one: Naming) -> FactView:
    start = one.fact["start"]
    where = catalogue.place(one.document_id, one.number, start) if start is not None else None
    return FactView(
        "superseded_by" if one.fact["value"]["kind"] == "supersedes" else "amended_by",
        one.title,
        text=one.fact["text"],
        page_label=where.page_label if where else None,
        path=where.path if where else (),
        sure=one.fact.get("confidence", "sure") == "sure",
        origin="document",
        document_id=one.document_id,
    )


def _every(found: Any) -> Sequence[Mapping[str, Any]]:
    return found if isinstance(found, list) else [found] if found else []


def known_by(catalogue: Catalogue) -> dict[int, KnownBy]:
    """By what people call each published document beside its title, with their corrections."""
    query = select(versions.c.document_id, versions.c.facts, func.substr(versions.c.text, 1, _HEAD).label("head")).where(
        versions.c.state == "published", seen(catalogue.sight, versions.c.document_id)
    )
    with catalogue.read() as conn:
        found = {row.document_id: KnownBy(_called(row.facts), row.head) for row in conn.execute(query)}
        made = conn.execute(select(corrected).where(corrected.c.field.in_(_CALLED))).all()
    for row in (one for one in made if one.document_id in found):
        read = found[row.document_id]
        found[row.document_id] = replace(read, names=(*read.names, worded(row.field, json.loads(row.value) or "")))
    return found


@lru_cache(maxsize=20_000)
def _called(kept: str) -> tuple[str, ...]:
    held = json.loads(kept).get("found", {})
    return tuple(worded(name, one["value"]).partition(" | ")[0] for name in _CALLED for one in _every(held.get(name)))  # no offices


def worded(name: str, value: Any) -> str:
    """A fact's JSON value in a few words, as `fact_corrections.parse` would read most of them."""
    if isinstance(value, list):
        return "; ".join(worded(name, one) for one in value)
    if not isinstance(value, dict):
        return str(value)
    if "count" in value:
        return f"{value['count']} {value['unit']}{'' if value['count'] == 1 else 's'}"
    if "precision" in value:
        return str(value["date"])
    if name == "signatories":
        return " | ".join(part or "" for part in (value["name"], value["office"], value["party"])).rstrip(" |")
    if name == "in_force":
        day = value["when"]["date"] if value["when"] else ""
        return day if value["on"] == "date" else f"on {value['on']}" + (f" ({day})" if day else "")
    if name == "renewal":
        return ("automatic" if value["automatic"] else "by agreement") + (f", for {worded('', value['period'])}" if value["period"] else "")
    if name == "notice":
        return worded("", value["period"]) if value["period"] else "in writing, no period stated"
    dated = f" | {value['dated']['date']}" if value.get("dated") else ""
    return f"{value['kind'].replace('_', ' ')}: {value['title']}{dated}"


@dataclass(frozen=True, slots=True)
class _Anew:
    """The passages of a published version (its row) under another title or language; ``others`` as in `fact_corrections.refresh`."""

    version: int
    header: Header
    passages: tuple[Chunk, ...]
    others: dict[str, Language]


def put_in_force(catalogue: Catalogue, publisher: Publisher, document_id: int, field: str, made: Correction | None) -> None:
    """Keep a correction (None: take it back) and bring columns and passages in line; call it inside `Publisher.writing`.

    A process killed at any moment leaves all as it was or all as it is to be.
    """
    with catalogue.read() as conn:
        known = {name: one for name, one in fact_corrections.read(conn, document_id).items() if name != field}
        anew = _anew(conn, document_id, known if made is None else known | {field: made})

    def settle(conn: Connection) -> None:
        fact_corrections.write(conn, document_id, field, made)
        fact_corrections.refresh(conn, document_id, anew.others if anew else None)
        near_duplicates.refresh(conn, document_id)
        materials.drop_overviews(conn, [document_id])

    if anew is not None:
        publisher.replace_passages(anew.version, anew.header, anew.passages, settle)
    else:
        with catalogue.write() as conn:
            settle(conn)


def _anew(conn: Connection, document_id: int, made: dict[str, Correction]) -> _Anew | None:
    """What is to be published; None where title and language stay."""
    row = conn.execute(select(versions).where(versions.c.document_id == document_id, versions.c.state == "published")).one()
    kept = json.loads(row.facts)
    values = fact_corrections.in_force(fact_corrections.extracted(row), kept.get("found", {}), made)
    title, language = values["title"], values["language"]
    if (title, language) == (row.title, row.language):
        return None
    found = [
        Chunk(r.key, r.ordinal, r.start, r.end, row.text[r.start : r.end], r.page_first, r.page_last, tuple(json.loads(r.path)), r.language)
        for r in conn.execute(select(chunks).where(chunks.c.version_id == row.id).order_by(chunks.c.ordinal))
    ]
    others = kept.get("other_languages")
    if others is None:
        others = fact_corrections.other_languages(found, row.language)
    return _Anew(row.id, header_of(title, row.text), fact_corrections.spoken(found, language, others), others)
