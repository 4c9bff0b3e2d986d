"""Files that were taken in and are no longer there: gone from a folder, named and on request withdrawn; gone from an archive, withdrawn.

A folder's files are named first and withdrawn only when told. The members of an archive or mail that is added again are withdrawn where
they are no longer in it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from ingest.records import INSIDE, MAILS, Source
from kb.store.access_control import plain, seen
from kb.store.catalogue import Catalogue
from kb.store.publish import Publisher
from kb.store.schema import documents, versions
from kb.store.source_files import known_under, vanished


@dataclass(slots=True)
class Containers:
    """The containers that one ingest met, and what it found in them."""

    _roots: set[str] = field(default_factory=set)
    _present: set[str] = field(default_factory=set)
    _rejected: set[str] = field(default_factory=set)

    def found(self, source: Source) -> None:
        """A file or member was found."""
        self._present.add(source.uri)
        if source.parts:
            self._roots.add(source.parts[0])
        elif source.media in MAILS:
            self._roots.add(plain(source.uri))

    def rejected(self, file: str) -> None:
        """A file or member was rejected."""
        self._rejected.add(file)

    def settle(self, catalogue: Catalogue, publisher: Publisher) -> list[str]:
        """Withdraw documents of the containers that were not found in them any more; call it at the end, inside `Publisher.writing`.

        Documents that the catalogue's sight does not see came out of another container of that name.

        A container that was itself rejected keeps its documents, as a file that can no longer be read keeps its last version.

        Returns:
            One sentence for each document that was withdrawn.
        """
        notes: list[str] = []
        shown = seen(catalogue.sight, documents.c.id)
        for root in sorted(self._roots):
            with catalogue.read() as conn:
                inside = conn.execute(
                    select(documents.c.id, documents.c.source, versions.c.id.label("published"))
                    .outerjoin(versions, (versions.c.document_id == documents.c.id) & (versions.c.state == "published"))
                    .where(documents.c.source.startswith(root + INSIDE, autoescape=True), shown)
                ).all()
                versionless = select(documents.c.id).where(
                    documents.c.source == root, shown, ~select(versions.c.id).where(versions.c.document_id == documents.c.id).exists()
                )
                settled = conn.scalar(versionless)
            for row in inside:
                if row.published is not None and not self._still_there(row.source):
                    publisher.withdraw(row.id, f"It is no longer in {root}.", "Delete it, or add the archive that holds it.")
                    notes.append(f"{plain(row.source)}: is no longer there and was taken out of search.")
            if settled is not None and root not in self._rejected:
                publisher.delete(settled)  # An archive that was once rejected and is sound now has no document of its own.
        return notes

    def _still_there(self, source: str) -> bool:
        """Whether a member was found or rejected, or lies in a container that was rejected as a whole."""
        return source in self._present or source in self._rejected or any(source.startswith(file + INSIDE) for file in self._rejected)


REASON = "The file is no longer where it was taken in from."
REMEDY = "Put it back and ingest it again, or delete the document (setu docs delete)."


@dataclass(frozen=True, slots=True)
class Missing:
    """Sources that vanished, those of them that were withdrawn, and what else to say."""

    vanished: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def missing(catalogue: Catalogue, publisher: Publisher, paths: Sequence[Path | str], *, prune: bool) -> Missing:
    """Look for files known from the folders among ``paths`` that have gone; call it inside `Publisher.writing`.

    With ``prune`` their documents leave every channel, while old answers still open. A folder in which nothing known is left is
    more likely a share that is not mounted than one that was emptied: there nothing is withdrawn. Only what the catalogue's sight sees is
    looked at.
    """
    gone: list[str] = []
    withdrawn: list[str] = []
    notes: list[str] = []
    for folder in dict.fromkeys(Path(os.path.abspath(p)) for p in paths if isinstance(p, Path) and p.is_dir()):
        with catalogue.read() as conn:
            known = known_under(conn, folder, catalogue.sight)
        lost = [k for k in vanished(known) if k.published and k.source not in gone]
        gone += [k.source for k in lost]
        if not prune:
            continue
        if lost and all(k in lost for k in known if k.published):
            notes.append(
                f"{folder}: not one of the {len(lost)} documents known from it is there; nothing was withdrawn. "
                "Check that the share is mounted, or delete them with setu docs delete."
            )
            continue
        for one in lost:
            publisher.withdraw(one.id, REASON, REMEDY)
            withdrawn.append(one.source)
        for one in vanished(known):
            if not one.read:
                publisher.delete(one.id)  # all that was known of it is why it could not be read
    return Missing(tuple(gone), tuple(withdrawn), tuple(notes))
