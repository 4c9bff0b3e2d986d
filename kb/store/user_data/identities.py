"""Who the people are of whom something is kept: tables hold their ids, and what each is called stands once, beside the id.

A name outlives its account, so that the audit log and what people said still tell who it was.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, func, select

from kb.auth.roles import Reader
from kb.store.schema import audit, collections, conversations, feedback, handlings, materials, people

KEPT: Final[tuple[Column[Any], ...]] = (
    conversations.c.owner, feedback.c.who, materials.c.owner, materials.c.sharer, handlings.c.owner_id, handlings.c.who, audit.c.who,
    collections.c.owner,
)  # fmt: skip
"""Every column that says who somebody is."""


def remember(conn: Connection, reader: Reader) -> None:
    """Note what a person is called now; nobody is called nothing."""
    if not reader.id:
        return
    known = conn.scalar(select(people.c.name).where(people.c.id == reader.id))
    if known is None:
        conn.execute(people.insert().values(id=reader.id, name=reader.name))
    elif known != reader.name:
        conn.execute(people.update().where(people.c.id == reader.id).values(name=reader.name))


def named(person: ColumnElement[Any]) -> ColumnElement[str]:
    """What the person of a column is called; "" for nobody."""
    return func.coalesce(select(people.c.name).where(people.c.id == person).scalar_subquery(), person)


def called(conn: Connection, name: str) -> tuple[str, ...]:
    """The ids of all who are or were called so, and that id itself; nobody's for ""."""
    if not name:
        return ("",)
    known = conn.execute(select(people.c.id, people.c.name))
    return tuple(row.id for row in known if name == row.id or name.casefold() == row.name.casefold())


def identify(conn: Connection, accounts: Mapping[str, str]) -> None:
    """Put ids in the place of names, by which an older Setu kept what it kept.

    Args:
        conn: within the transaction of the migration.
        accounts: the ids of today's accounts by their folded names. Who has none gets an id that nobody comes with.
    """
    found = {name for column in KEPT for name in conn.scalars(select(column).distinct()) if name}
    ids = {name.casefold(): accounts.get(name.casefold()) or f"p-{secrets.token_hex(12)}" for name in found}
    for name in sorted(found):
        move(conn, name, ids[name.casefold()])
        remember(conn, Reader(name, id=ids[name.casefold()]))


def move(conn: Connection, one: str, other: str, but: Collection[Column[Any]] = ()) -> None:
    """Have all that is kept of one be another's, ``but`` in these columns; of an answer that both spoke of, what the other said stays."""
    both = feedback.alias()
    said = select(both.c.who).where(
        both.c.conversation_id == feedback.c.conversation_id, both.c.ordinal == feedback.c.ordinal, both.c.who == other
    )
    conn.execute(feedback.delete().where(feedback.c.who == one, said.exists()))
    for column in (column for column in KEPT if column not in but):
        conn.execute(column.table.update().where(column == one).values({column.name: other}))
