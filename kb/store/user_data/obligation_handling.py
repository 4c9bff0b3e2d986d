"""How obligations are dealt with, in the catalogue: one row for each clause for which somebody set something."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from kb.auth.roles import ANYONE, Reader
from kb.errors import AccessError, KnowledgeBaseError
from kb.store.access_control import seen
from kb.store.catalogue import Catalogue
from kb.store.schema import documents, handlings
from kb.store.user_data.identities import named, remember
from kb.user_records import MAX_NOTE, MAX_OWNER, STATES, Anchor, Handling, Kept

ROLE: Final = "editor"
"""What setting takes, as correcting a fact does."""
_GONE: Final = "There is nothing set under this number any more, so nothing was changed. Open the card again."


class Handlings:
    """What was set for the obligations of the documents that one reader sees; an editor may change it. Safe to share between threads."""

    def __init__(self, catalogue: Catalogue, reader: Reader = ANYONE) -> None:
        self._catalogue = catalogue.seen_by(reader.sight)
        self._reader = reader

    def seen_by(self, reader: Reader) -> Handlings:
        """The same, for another reader."""
        return Handlings(self._catalogue, reader)

    def of(self, wanted: Collection[int] | None = None) -> dict[int, tuple[Kept, ...]]:
        """What was set by document, the oldest first; of all documents by default. A document without any is not there.

        Raises:
            KnowledgeBaseError: what is kept cannot be read.
        """
        query = select(
            handlings, named(handlings.c.who).label("name"), named(handlings.c.owner_id).label("called")
        ).where(seen(self._catalogue.sight, handlings.c.document_id))  # fmt: skip
        if wanted is not None:
            query = query.where(handlings.c.document_id.in_(wanted))
        found: dict[int, tuple[Kept, ...]] = {}
        with self._catalogue.read() as conn:
            for row in conn.execute(query.order_by(handlings.c.at, handlings.c.id)):
                found[row.document_id] = (*found.get(row.document_id, ()), _kept(row))
        return found

    def people(self) -> tuple[str, ...]:
        """The names of the accounts that the reader may name as owners: their own, and those whom they administer.

        Raises:
            AccountsError: the file of accounts is damaged.
        """
        accounts = self._catalogue.accounts
        known = [one.name for one in accounts.seen_by(self._reader).all()] if accounts.exist() else []
        return tuple(dict.fromkeys([*([self._reader.name] if self._reader.name else []), *known]))

    def put(self, document_id: int, anchor: Anchor, wanted: Handling, instead_of: int | None = None) -> None:
        """Keep what the reader sets for a clause; ``who`` and ``at`` of ``wanted`` are theirs.

        Args:
            document_id: of which document.
            anchor: the clause.
            wanted: what is set.
            instead_of: the number of what it takes the place of, None where nothing was set for the clause.

        Raises:
            AccessError: the reader is no editor, or no longer.
            KnowledgeBaseError: owner or note are too long, the document or what is to be replaced is gone, or it cannot be written.
        """
        owner, note = " ".join(wanted.owner.split()), wanted.note.strip()
        for what, text, most in (("An owner", owner, MAX_OWNER), ("A note", note, MAX_NOTE)):
            if len(text) > most:
                raise KnowledgeBaseError(f"{what} has at most {most} characters; this one has {len(text)}. Shorten it.")
        said = {
            "anchor": json.dumps(asdict(anchor), ensure_ascii=False), "state": wanted.state, "owner": owner, "note": note,
            "through": wanted.through, "who": self._reader.id, "at": datetime.now(UTC).replace(tzinfo=None),
        }  # fmt: skip
        account = self._account(owner)
        with self._changing() as conn:
            self._check(conn, document_id)
            remember(conn, account)
            said["owner_id"] = account.id
            if instead_of is None:
                instead_of = _same_clause(conn, document_id, anchor)  # somebody else set something meanwhile
            if instead_of is None:
                conn.execute(handlings.insert().values(document_id=document_id, **said))
                return
            same = (handlings.c.id == instead_of) & (handlings.c.document_id == document_id)
            if conn.execute(handlings.update().where(same).values(**said)).rowcount == 0:
                raise KnowledgeBaseError(_GONE)

    def take_back(self, document_id: int, number: int) -> None:
        """Forget what was set under a number: the obligation is open again, with nobody to see to it.

        Raises:
            AccessError: the reader is no editor, or no longer.
            KnowledgeBaseError: the document or what was set is gone, or it cannot be written.
        """
        with self._changing() as conn:
            self._check(conn, document_id)
            same = (handlings.c.id == number) & (handlings.c.document_id == document_id)
            if conn.execute(handlings.delete().where(same)).rowcount == 0:
                raise KnowledgeBaseError(_GONE)

    def _account(self, owner: str) -> Reader:
        """Whose account has this name, of those that the reader may name; nobody's where none has."""
        if owner and owner.casefold() == self._reader.name.casefold():
            return Reader(self._reader.name, id=self._reader.id)
        accounts = self._catalogue.accounts
        found = accounts.seen_by(self._reader).find(owner) if owner and accounts.exist() else None
        return Reader(found.name, id=found.id) if found is not None else ANYONE

    def _changing(self) -> AbstractContextManager[Connection]:
        if not self._reader.may(ROLE):
            raise AccessError(f"This takes the role {ROLE}, and yours is {self._reader.role}. Ask an admin of this Setu for it.")
        return self._catalogue.keeping("What was set for the obligation", self._reader, ROLE)

    def _check(self, conn: Connection, document_id: int) -> None:
        there = select(documents.c.id).where(documents.c.id == document_id, seen(self._catalogue.sight, documents.c.id))
        if conn.scalar(there) is None:
            raise KnowledgeBaseError(f"There is no document {document_id}. `setu docs list` shows which there are.")


def _same_clause(conn: Connection, document_id: int, anchor: Anchor) -> int | None:
    rows = conn.execute(select(handlings.c.id, handlings.c.anchor).where(handlings.c.document_id == document_id))
    same = (anchor.key, anchor.version)
    return next((row.id for row in rows if (read := json.loads(row.anchor)) and (read["key"], read["version"]) == same), None)


def _kept(row: Row[Any]) -> Kept:
    try:
        read = json.loads(row.anchor)
        anchor = Anchor(**{**read, "path": tuple(read["path"])})
        state = STATES[STATES.index(row.state)]
    except (ValueError, KeyError, TypeError) as error:
        raise KnowledgeBaseError(
            f"What was set for an obligation of document {row.document_id} cannot be read ({error}). Restore a backup."
        ) from error
    owner = row.called if row.owner_id and row.called != row.owner_id else row.owner
    return Kept(row.id, row.document_id, anchor, Handling(state, owner, row.note, row.through, row.owner_id, row.name, row.who, row.at))
