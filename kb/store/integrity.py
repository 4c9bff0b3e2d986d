"""What was taken in is what is kept: every text and every kept file is held against the hash that was noted when it came in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import Connection, select

from ingest.records import INSIDE
from kb.store.access_control import plain
from kb.store.schema import documents, versions

_NAMED: Final = 5
"""So many of what is wrong are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A kept file that is not what was taken in: ``file`` is its path, ``title`` and ``source`` are those of a document of it."""

    title: str
    source: str
    file: Path
    what: Literal["missing", "altered"]


def text_digest(text: str) -> str:
    """What is noted of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def file_digest(file: Path) -> str | None:
    """The SHA-256 of a file; None where there is none."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def has_file(source: str, sha256: str) -> bool:
    """Whether a document of this path was read from a file, of which a copy is kept; others were handed in by a program."""
    return len(sha256) == 64 and ("://" in source or INSIDE in source or Path(source).is_absolute())


def faults(conn: Connection, path: Callable[[str, str], Path]) -> Iterator[Fault]:
    """The kept files that are not what was taken in, of all versions; each is read. ``path`` says where a copy lies, by hash and medium."""
    query = (
        select(versions.c.sha256, versions.c.media, versions.c.title, documents.c.source)
        .join(documents)
        .where(versions.c.state != "staged")
        .order_by(versions.c.id)
    )
    seen = set()
    for row in conn.execute(query).all():
        file = path(row.sha256, row.media)
        if file in seen or not has_file(plain(row.source), row.sha256):
            continue
        seen.add(file)
        found = file_digest(file)
        if found != row.sha256:
            yield Fault(row.title, plain(row.source), file, "missing" if found is None else "altered")


def told(found: Sequence[Fault], *, several_machines: bool = False) -> tuple[str, ...]:
    """What is to be said of kept files that are not what was taken in; where several machines share a base, another may have them."""
    if several_machines and (away := [one for one in found if one.what == "missing"]):
        named = listed(f"“{one.title}” ({one.file})" for one in away)
        said = (
            f"{len(away)} kept files are not on this machine: {named}. "
            "Share the folder originals of SETU_HOME with the machine that took them in; if none has them, put them back from a backup.",
        )
        return said + told([one for one in found if one.what != "missing"])
    if not found:
        return ()
    named = listed(f"“{one.title}” ({one.file} is {one.what}; it came from {one.source})" for one in found)
    return (
        f"{len(found)} kept files are not what was taken in: {named}. "
        "Put them back from a backup; or delete what is left of them, and ingest the papers again from where they came.",
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
