"""Where a span of a document stands in its other language versions: the same clause, or the passage where clauses have no numbers.

Which documents are versions of one, `kb.search.counterparts` tells from their passages. Within two versions a block has its counterpart
by its place: under the same article, the block of the same rank where both have as many, else the one of the same number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, func, select

from kb.found import Counterpart
from kb.search.counterparts import FEWEST, LENGTH, Counterparts, same_day, shown
from kb.store.schema import blocks, chunks, pages, versions
from kb.store.sight import Sight, seen
from lang.references import clause_number, place_keys

COMPARED = 24
"""Documents that are compared at most; those of the same day first."""
_TITLES = ("heading", "title", "caption", "footnote")


@dataclass(frozen=True, slots=True)
class _Block:
    page: int
    path: tuple[str, ...]
    start: int
    end: int

    @property
    def key(self) -> str:
        """The numbered place that it stands in, "" for none."""
        return _key(self.path)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the items that it is in."""
        return tuple(number for entry in self.path[1:] if (number := clause_number(entry)))


def counterparts_of(
    conn: Connection, known: Counterparts, document_id: int, version: int, start: int, end: int, sight: Sight = None
) -> tuple[Counterpart, ...]:
    """The counterparts of ``[start, end)`` in the other versions that are published and seen, as narrow as their structure allows."""
    own = conn.execute(
        select(versions).where(versions.c.document_id == document_id, versions.c.number == version, seen(sight, versions.c.document_id))
    ).one_or_none()
    if own is None:
        return ()
    touched = conn.scalars(select(chunks.c.id).where(chunks.c.version_id == own.id, chunks.c.start < end, chunks.c.end > start)).all()
    found = []
    for other in _candidates(conn, own, sight):
        if pairs := dict(known.between(conn, own.id, other.id)):
            beside = {chunk: (pairs[chunk],) for chunk in touched if chunk in pairs}
            passages = [one for held in shown(conn, beside, list(beside)).values() for one in held]
            found += _narrowed(conn, own.id, other, start, end, passages)
    return tuple(found)


def _candidates(conn: Connection, own: Any, sight: Sight) -> Iterator[Any]:
    """The versions in other languages that are of about the same length and may be of the same day."""
    size = select(func.count()).where(chunks.c.version_id == versions.c.id).scalar_subquery()
    count = conn.scalar(select(func.count()).where(chunks.c.version_id == own.id)) or 0
    near = select(versions.c.id, versions.c.document_id, versions.c.date, versions.c.title, size.label("n")).where(
        versions.c.state == "published", versions.c.document_id != own.document_id, versions.c.language != own.language,
        seen(sight, versions.c.document_id),
    )  # fmt: skip
    rows = [row for row in conn.execute(near) if same_day(own.date, row.date) and row.n >= FEWEST]
    fits = [row for row in rows if min(row.n, count) >= LENGTH * max(row.n, count)]
    yield from sorted(fits, key=lambda row: (row.date != own.date, row.id))[:COMPARED]


def _narrowed(conn: Connection, own: int, other: Any, start: int, end: int, passages: Sequence[Counterpart]) -> list[Counterpart]:
    here, there = _blocks(conn, own), _blocks(conn, other.id)
    touched = [at for at, block in enumerate(here) if block.start < end and block.end > start]
    found: list[_Block] = []
    for at in touched:
        twin = _twin(here, at, there)
        if twin is not None and twin not in found:
            found.append(twin)
    if not found or len(found) < len(touched):
        return list(passages)
    first = passages[0] if passages else _as_counterpart(conn, other, found[0])
    if first is None:
        return []
    label = conn.scalar(select(pages.c.label).where(pages.c.version_id == other.id, pages.c.number == found[0].page)) or first.page_label
    return [replace(first, page=found[0].page, page_label=label, path=found[0].path, start=found[0].start, end=found[-1].end)]


def _twin(here: Sequence[_Block], at: int, there: Sequence[_Block]) -> _Block | None:
    """The block of another version that stands where a block does."""
    key = here[at].key
    if not key:
        return None
    mine = [block for block in here if block.key == key]
    yours = [block for block in there if block.key == key]
    if len(mine) == len(yours):
        return yours[mine.index(here[at])]
    same = [block for block in yours if block.numbers == here[at].numbers and here[at].numbers]
    return same[0] if len(same) == 1 else None


@lru_cache(maxsize=20_000)
def _key(path: tuple[str, ...]) -> str:
    return (place_keys(path) or ("",))[-1]


def _blocks(conn: Connection, version: int) -> list[_Block]:
    query = select(blocks).where(blocks.c.version_id == version, blocks.c.role.not_in(_TITLES)).order_by(blocks.c.ordinal)
    return [_Block(row.page, tuple(json.loads(row.path)), row.start, row.end) for row in conn.execute(query)]


def _as_counterpart(conn: Connection, other: Any, block: _Block) -> Counterpart | None:
    """A block as a counterpart, where its passage was not paired by itself."""
    chunk = conn.scalar(
        select(chunks.c.id).where(chunks.c.version_id == other.id, chunks.c.start <= block.start, chunks.c.end > block.start)
    )
    if chunk is None:
        return None
    held = shown(conn, {chunk: (chunk,)}, [chunk]).get(chunk, ())
    return held[0] if held else None
