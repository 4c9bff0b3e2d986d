"""What is kept of people, and what becomes of it when they are gone.

When an account is removed, what is kept of the person stays, and nobody comes with their id again: not even a new account of their name.
An admin may have it deleted, or given to somebody else. The audit log is neither.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from kb.auth.roles import ANYONE, Reader
from kb.errors import AccessError
from kb.store.catalogue import Catalogue
from kb.store.schema import audit, collections, conversations, exchanges, feedback, materials, model_usage
from kb.store.schema import people as known
from kb.store.user_data import identities


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of whom something is kept: so many conversations, opinions of answers and materials."""

    id: str
    name: str
    conversations: int
    opinions: int
    materials: int


class People:
    """The people of whom something is kept, as far as an admin administers them. Safe to share between threads."""

    def __init__(self, catalogue: Catalogue, reader: Reader = ANYONE) -> None:
        self._catalogue = catalogue
        self._reader = reader

    def seen_by(self, reader: Reader) -> People:
        """The same, for another reader."""
        return People(self._catalogue, reader)

    def all(self) -> tuple[Person, ...]:
        """Everybody, by name.

        Raises:
            AccessError: the reader is no admin.
        """
        self._needs()
        counts = [
            select(func.count()).where(column == known.c.id).scalar_subquery().label(name)
            for name, column in (("talks", conversations.c.owner), ("opinions", feedback.c.who), ("made", materials.c.owner))
        ]
        with self._catalogue.read() as conn:
            rows = conn.execute(select(known, *counts).order_by(known.c.name, known.c.id)).all()
        return tuple(Person(r.id, r.name, r.talks, r.opinions, r.made) for r in rows if self._reader.oversees(r.id))

    def forget(self, person: str) -> int:
        """Delete the conversations of somebody, what they said of answers, and what they made for themselves; returns how many these were.

        Materials that they shared are everybody's and stay, as does what they set for obligations. So does the audit log, with their
        name. What their answers cost is forgotten.

        Raises:
            AccessError: the reader does not administer them.
        """
        self._needs(person)
        with self._catalogue.keeping("What becomes of a person", self._reader, "admin") as conn:
            theirs = select(conversations.c.id).where(conversations.c.owner == person)
            gone = conn.execute(feedback.delete().where(feedback.c.who == person)).rowcount
            for table in (feedback, exchanges):
                conn.execute(table.delete().where(table.c.conversation_id.in_(theirs)))
            conn.execute(collections.update().where(collections.c.owner == person).values(owner=""))
            gone += conn.execute(conversations.delete().where(conversations.c.owner == person)).rowcount
            conn.execute(model_usage.delete().where(model_usage.c.who == person))
            return gone + conn.execute(materials.delete().where(materials.c.owner == person)).rowcount

    def hand_over(self, person: str, to: str) -> None:
        """Have what is kept of somebody be somebody else's, such as their own who came by another way before; not the audit log.

        Raises:
            AccessError: the reader does not administer both.
        """
        self._needs(person)
        self._needs(to)
        with self._catalogue.keeping("What becomes of a person", self._reader, "admin") as conn:
            identities.move(conn, person, to, but=(audit.c.who,))

    def _needs(self, person: str | None = None) -> None:
        if not self._reader.may("admin") or (person is not None and not self._reader.oversees(person)):
            raise AccessError("What is kept of a person takes an admin who administers them. Ask an admin of all access groups.")
