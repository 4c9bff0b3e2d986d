"""What was taken in is what is kept: every text and every kept file is held against the hash that was noted when it came in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import Connection, select

from ingest.records import INSIDE
from kb.errors import OriginalsError
from kb.settings import UPLOADED
from kb.store.access_control import plain
from kb.store.originals.original_files import Originals
from kb.store.originals.places import kept_name
from kb.store.schema import documents, versions

_NAMED: Final = 5
"""So many of what is wrong are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A kept file that is not what was taken in: ``file`` says where it lies, ``title`` and ``source`` are those of a document of it."""

    title: str
    source: str
    file: str
    what: Literal["missing", "altered"]


def text_digest(text: str) -> str:
    """What is noted of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def has_file(source: str, sha256: str) -> bool:
    """Whether a document of this path was read from a file, of which a copy is kept; others were handed in by a program."""
    named = "://" in source or INSIDE in source or source.startswith(UPLOADED)
    return len(sha256) == 64 and (named or Path(source).is_absolute())


def contents(conn: Connection) -> dict[str, tuple[str, str]]:
    """The names of the originals of all versions, each with the title and source of a document of it."""
    query = (
        select(versions.c.sha256, versions.c.media, versions.c.title, documents.c.source)
        .join(documents)
        .where(versions.c.state != "staged")
        .order_by(versions.c.id)
    )
    found: dict[str, tuple[str, str]] = {}
    for row in conn.execute(query).all():
        if has_file(plain(row.source), row.sha256):
            found.setdefault(kept_name(row.sha256, row.media), (row.title, plain(row.source)))
    return found


def faults(conn: Connection, originals: Originals) -> Iterator[Fault]:
    """The kept files that are not what was taken in, of all versions; each is read. Raises `OriginalsError`."""
    originals.place.check()
    for name, (title, source) in contents(conn).items():
        found = originals.digest(name)
        if found != name.partition(".")[0]:
            yield Fault(title, source, originals.where(name), "missing" if found is None else "altered")


def told(conn: Connection, originals: Originals) -> tuple[str, ...]:
    """What is to be said of kept files that are not what was taken in, or of their place when it cannot be used."""
    try:
        found = tuple(faults(conn, originals))
    except OriginalsError as error:
        return (f"The kept files cannot be compared. {error}",)
    if not found:
        return ()
    named = listed(f"“{one.title}” ({one.file} is {one.what}; it came from {one.source})" for one in found)
    again = "delete what is left of them" if not originals.is_shared else "delete the papers of those that are altered"
    gather = " Run `setu originals` on the machine that took them in, if that has them." if originals.is_shared else ""
    return (
        f"{len(found)} kept files are not what was taken in: {named}.{gather} "
        f"Put them back from a backup; or {again}, and ingest the papers again from where they came.",
    )


def altered_texts(conn: Connection) -> tuple[str, ...]:
    """The sentence on documents whose stored text is not what was taken in, if there are any."""
    query = select(versions.c.id, versions.c.number, versions.c.title, versions.c.text, versions.c.text_sha256, versions.c.document_id)
    wrong = [
        f"“{row.title}” (document {row.document_id}, version {row.number})"
        for row in conn.execution_options(yield_per=100).execute(query.where(versions.c.text_sha256.is_not(None)))
        if text_digest(row.text) != row.text_sha256
    ]
    if not wrong:
        return ()
    return (
        f"The text of {len(wrong)} documents is not what was taken in: {listed(wrong)}. "
        "Restore a backup; or delete them (`setu docs delete`) and ingest them again.",
    )


def listed(names: Iterable[str]) -> str:
    """The first of some names, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return "; ".join(every[:_NAMED]) + more
