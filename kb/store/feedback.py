"""What people think of answers, in the catalogue: one opinion of each person on each answer, which may change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from kb.access import ANYONE, Reader
from kb.errors import KnowledgeBaseError
from kb.opinions import MAX_COMMENT, REASONS, Judged, Opinion
from kb.store.catalogue import Catalogue
from kb.store.identities import named
from kb.store.schema import conversations, exchanges, feedback
from kb.store.shown import shown
from kb.talk import read_exchange

_SAME: Final = and_(feedback.c.conversation_id == exchanges.c.conversation_id, feedback.c.ordinal == exchanges.c.ordinal)


class Feedback:
    """The opinions that one reader may give and see: an admin sees those of whom they administer, others their own.

    Safe to share between threads.
    """

    def __init__(self, catalogue: Catalogue, reader: Reader = ANYONE) -> None:
        self._catalogue = catalogue.seen_by(reader.groups)
        self._reader = reader

    def seen_by(self, reader: Reader) -> Feedback:
        """The same, for another reader."""
        return Feedback(self._catalogue, reader)

    def give(self, conversation_id: str, ordinal: int, opinion: Opinion) -> None:
        """Say what the reader thinks of the answer ``ordinal`` (from 0) of a conversation of their own; it replaces what they said before.

        Raises:
            KnowledgeBaseError: there is no such answer, it is not the reader's own or not complete, or the catalogue cannot be written.
        """
        comment = " ".join(opinion.comment.split())[:MAX_COMMENT]
        said = {"good": opinion.good, "reason": opinion.reason or "", "comment": comment, "at": datetime.now(UTC).replace(tzinfo=None)}
        with self._catalogue.keeping("The feedback", self._reader) as conn:
            self._check(conn, conversation_id, ordinal)
            mine = self._mine(conversation_id, ordinal)
            if conn.execute(feedback.update().where(mine).values(**said)).rowcount == 0:
                conn.execute(feedback.insert().values(conversation_id=conversation_id, ordinal=ordinal, who=self._reader.id, **said))

    def take_back(self, conversation_id: str, ordinal: int) -> bool:
        """Remove what the reader thinks of an answer; returns whether there was anything."""
        with self._catalogue.keeping("The feedback", self._reader) as conn:
            return conn.execute(feedback.delete().where(self._mine(conversation_id, ordinal))).rowcount > 0

    def of(self, conversation_id: str, ordinal: int) -> Opinion | None:
        """What the reader thinks of an answer."""
        with self._catalogue.read() as conn:
            row = conn.execute(select(feedback).where(self._mine(conversation_id, ordinal))).first()
        return None if row is None else _opinion(row)

    def list(self, *, good: bool | None = None, limit: int | None = None) -> tuple[Judged, ...]:
        """The opinions that the reader may see, the newest first; those on answers whose record is damaged are left out.

        Of an answer whose sources the reader does not see: of their own what `kb.withheld` leaves, of others' nothing.
        """
        reader = self._reader
        query = select(feedback, named(feedback.c.who).label("name"), exchanges.c.body).join(exchanges, _SAME)
        query = query.order_by(feedback.c.at.desc(), feedback.c.conversation_id, feedback.c.ordinal, feedback.c.who)
        if not reader.may("admin"):
            query = query.where(feedback.c.who == reader.id)
        if good is not None:
            query = query.where(feedback.c.good.is_(good))
        with self._catalogue.read() as conn:
            rows = conn.execute(query.limit(limit) if reader.groups is None else query).all()
        judged = tuple(one for one in _judged(rows) if reader.oversees(one.person))
        answers = shown(self._catalogue, [one.exchange for one in judged])
        both = zip(judged, answers, strict=True)
        told = (replace(one, exchange=left) for one, left in both if one.person == reader.id or left is one.exchange)
        return tuple(islice(told, limit))

    def _mine(self, conversation_id: str, ordinal: int) -> ColumnElement[bool]:
        same = and_(feedback.c.conversation_id == conversation_id, feedback.c.ordinal == ordinal)
        return and_(same, feedback.c.who == self._reader.id)

    def _check(self, conn: Connection, conversation_id: str, ordinal: int) -> None:
        query = select(exchanges.c.body, conversations.c.owner).join(conversations)
        row = conn.execute(query.where(exchanges.c.conversation_id == conversation_id, exchanges.c.ordinal == ordinal)).first()
        # The same words for what is not there and what is somebody else's: the difference is nobody's business.
        if row is None or not self._reader.oversees(row.owner):
            raise KnowledgeBaseError("There is no such answer, so nothing can be said of it. Was its conversation deleted?")
        try:
            complete = read_exchange(row.body).complete
        except ValueError as error:
            raise KnowledgeBaseError("What is kept of this answer is damaged, so nothing can be said of it. Ask again.") from error
        if not complete:
            raise KnowledgeBaseError("This answer was interrupted, so nothing can be said of it yet. Ask again.")


def _judged(rows: Any) -> Iterator[Judged]:
    for row in rows:
        try:
            exchange = read_exchange(row.body)
        except ValueError:
            continue
        yield Judged(row.conversation_id, row.ordinal, row.name, row.at, _opinion(row), exchange, row.who)


def _opinion(row: Row[Any]) -> Opinion:
    return Opinion(row.good, next((reason for reason in REASONS if reason == row.reason), None), row.comment)
