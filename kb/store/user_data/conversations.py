"""Conversations in the catalogue, kept, listed, named, found by their words, deleted; and what people think of the answers in them.

A conversation belongs to who had it. Where nobody signs in there is no owner, and all are everybody's. What was kept so is also an admin's
of all groups once people sign in. Each person has one opinion on each answer, which may change.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import regex
from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, true

from kb.auth.roles import ANYONE, Reader
from kb.errors import AccessError, KnowledgeBaseError
from kb.store.catalogue import Catalogue
from kb.store.schema import conversations, exchanges, feedback
from kb.store.user_data.identities import named
from kb.store.user_data.materials import new_id
from kb.store.user_data.redaction import shown_exchanges
from kb.user_records import (
    KEY_PREFIX,
    MAX_COMMENT,
    REASONS,
    Conversation,
    Exchange,
    Judged,
    Opinion,
    TalkInfo,
    answer_key,
    read_exchange,
    write_exchange,
)
from lang.normalise import search_form

FILE_FORMAT: Final = 1
_ID = regex.compile(r"[A-Za-z0-9_-]{16,64}")
_TITLE = 200


class Conversations:
    """The conversations of one home that a reader has. Safe to share between threads.

    Of an answer whose sources the reader does not see, what `kb.store.user_data.redaction` leaves.
    """

    def __init__(self, catalogue: Catalogue, home: Path, reader: Reader = ANYONE) -> None:
        self._catalogue = catalogue.seen_by(reader.sight)
        self._reader = reader
        self._take_in(home / "conversations")

    def seen_by(self, reader: Reader) -> Conversations:
        """Those of another reader."""
        view = copy.copy(self)
        view._catalogue, view._reader = self._catalogue.seen_by(reader.sight), reader
        return view

    def new(self) -> Conversation:
        """An empty conversation; it is nowhere before it is saved."""
        return Conversation(new_id(16))

    def load(self, conversation_id: str) -> Conversation | None:
        """The conversation of that id; None when there is none, or what is kept of it is damaged."""
        if not _ID.fullmatch(conversation_id):
            return None
        with self._catalogue.read() as conn:
            title = conn.scalar(select(conversations.c.title).where(conversations.c.id == conversation_id, self._mine()))
            query = select(exchanges.c.body).where(exchanges.c.conversation_id == conversation_id).order_by(exchanges.c.ordinal)
            bodies = conn.scalars(query).all()
        if title is None:
            return None
        try:
            return Conversation(conversation_id, self._shown(list(map(read_exchange, bodies))), title)
        except ValueError:
            return None

    def answered(self, key: str) -> Exchange | None:
        """The exchange that `kb.user_records.answer_key` names, whoever asked; its link is given to others.

        None when there is none, what is kept of it is damaged, or the reader does not see every document that it names.
        """
        query = select(exchanges.c.conversation_id, exchanges.c.ordinal)
        near = query.where(exchanges.c.conversation_id.startswith(key[:KEY_PREFIX], autoescape=True))
        with self._catalogue.read() as conn:
            found = next((row for row in conn.execute(near) if answer_key(row.conversation_id, row.ordinal) == key), None)
            if found is None:
                return None
            same = (exchanges.c.conversation_id == found.conversation_id) & (exchanges.c.ordinal == found.ordinal)
            body = conn.scalar(select(exchanges.c.body).where(same))
        try:
            found_exchange = read_exchange(body)
        except ValueError:
            return None
        return found_exchange if self._shown([found_exchange]) == (found_exchange,) else None

    def save(self, conversation: Conversation) -> None:
        """Write the conversation whole or not at all; only exchanges that changed are written. A new one is the reader's.

        Raises:
            AccessError: it is somebody else's.
            KnowledgeBaseError: the catalogue cannot be written.
            TypeError: a field holds something that cannot be written down.
        """
        bodies: Sequence[str] = [write_exchange(e) for e in conversation.exchanges]
        with self._catalogue.keeping("The conversation", self._reader) as conn:
            there = conn.scalar(select(conversations.c.id).where(conversations.c.id == conversation.id)) is not None
            if there and conn.scalar(select(conversations.c.id).where(conversations.c.id == conversation.id, self._mine())) is None:
                raise AccessError("This conversation is not yours, so nothing can be added to it. Begin a new one.")
            bodies = self._whole(conn, conversation.id, bodies) if there else bodies
            _write(conn, conversation, bodies, datetime.now(UTC).replace(tzinfo=None), self._reader.id)

    def rename(self, conversation_id: str, title: str) -> bool:
        """Name a conversation ("" takes the name back); returns whether there is one of that id."""
        named = " ".join(title.split())[:_TITLE]
        with self._catalogue.keeping("The conversation", self._reader) as conn:
            same = conversations.c.id == conversation_id
            return conn.execute(conversations.update().where(same, self._mine()).values(title=named)).rowcount > 0

    def delete(self, conversation_id: str) -> bool:
        """Remove a conversation and all that was said in it; returns whether there was one of that id."""
        with self._catalogue.keeping("The conversation", self._reader) as conn:
            mine = select(conversations.c.id).where(conversations.c.id == conversation_id, self._mine())
            conn.execute(exchanges.delete().where(exchanges.c.conversation_id.in_(mine)))
            return conn.execute(conversations.delete().where(conversations.c.id.in_(mine))).rowcount > 0

    def list(self, limit: int = 100) -> tuple[TalkInfo, ...]:
        """The conversations, the last changed first."""
        return self._infos((), limit)

    def search(self, words: str, limit: int = 100) -> tuple[TalkInfo, ...]:
        """Those whose questions, answers or name hold every word, in any case, width or digits of either script; the last changed first."""
        return self._infos(tuple(search_form(words).text.split()), limit)

    def _infos(self, words: tuple[str, ...], limit: int) -> tuple[TalkInfo, ...]:
        query = select(conversations).where(self._mine()).order_by(conversations.c.changed.desc(), conversations.c.id)
        for word in words:
            said = select(exchanges.c.conversation_id).where(exchanges.c.words.contains(word, autoescape=True))
            named = func.lower(conversations.c.title).contains(word, autoescape=True)
            query = query.where(conversations.c.id.in_(said) | named)
        with self._catalogue.read() as conn:
            found = (row for row in conn.execute(query).all() if not words or self._says(row.id, row.title, words))
            return tuple(
                TalkInfo(row.id, row.title or _first_question(conn, row.id), row.created, row.changed, _count(conn, row.id))
                for row in islice(found, limit)
            )

    def _says(self, conversation_id: str, title: str, words: tuple[str, ...]) -> bool:
        """Whether every word stands in what the reader is shown of a conversation."""
        if self._catalogue.sight is None:
            return True
        kept = self.load(conversation_id)
        told = [title.casefold(), *(_words(one) for one in kept.exchanges)] if kept is not None else [title.casefold()]
        return all(any(word in text for text in told) for word in words)

    def _mine(self) -> ColumnElement[bool]:
        """The condition that a conversation is the reader's."""
        reader, owner = self._reader, conversations.c.owner
        if not reader.id:
            return true() if reader.may("admin") else owner == ""
        return or_(owner == reader.id, owner == "") if reader.oversees("") else owner == reader.id

    def _shown(self, said: Sequence[Exchange]) -> tuple[Exchange, ...]:
        return shown_exchanges(self._catalogue, said)

    def _whole(self, conn: Connection, conversation_id: str, bodies: Sequence[str]) -> Sequence[str]:
        """What is to be written, with what is kept in place of what the reader was shown of it."""
        if self._catalogue.sight is None:
            return bodies
        query = select(exchanges.c.body).where(exchanges.c.conversation_id == conversation_id).order_by(exchanges.c.ordinal)
        kept = conn.scalars(query).all()
        parts = [write_exchange(one) for one in self._shown([read_exchange(body) for body in kept])]
        return [whole if body == part else body for body, whole, part in zip(bodies, kept, parts, strict=False)] + [*bodies[len(kept) :]]

    def _take_in(self, folder: Path) -> None:
        """Take in the files in which an older Setu kept its conversations, each once; a damaged one stays where it is."""
        for file in sorted(folder.glob("*.json")):
            try:
                stored = json.loads(file.read_text(encoding="utf-8"))
                if stored["format"] != FILE_FORMAT or not _ID.fullmatch(file.stem):
                    continue
                kept = Conversation(file.stem, tuple(map(read_exchange, stored["exchanges"])))
                changed = datetime.fromtimestamp(file.stat().st_mtime, UTC).replace(tzinfo=None)
            except (OSError, ValueError, KeyError, TypeError):
                continue
            with self._catalogue.keeping("The conversation") as conn:
                if conn.scalar(select(conversations.c.id).where(conversations.c.id == kept.id)) is None:
                    _write(conn, kept, [write_exchange(e) for e in kept.exchanges], changed, "")
            file.rename(file.with_suffix(".taken-in"))


def _write(conn: Connection, conversation: Conversation, bodies: Sequence[str], now: datetime, owner: str) -> None:
    same = exchanges.c.conversation_id == conversation.id
    if conn.scalar(select(conversations.c.id).where(conversations.c.id == conversation.id)) is None:
        own = {"id": conversation.id, "title": conversation.title, "owner": owner}
        conn.execute(conversations.insert().values(**own, created=now, changed=now))
    else:
        conn.execute(conversations.update().where(conversations.c.id == conversation.id).values(changed=now))
    kept = {row.ordinal: row.body for row in conn.execute(select(exchanges.c.ordinal, exchanges.c.body).where(same))}
    changed = [at for at, body in enumerate(bodies) if kept.get(at) != body]
    gone = [at for at in kept if at >= len(bodies)]
    conn.execute(exchanges.delete().where(same, exchanges.c.ordinal.in_([*changed, *gone])))
    for at in changed:
        one = conversation.exchanges[at]
        conn.execute(
            exchanges.insert().values(
                conversation_id=conversation.id, ordinal=at, question=one.question, words=_words(one), body=bodies[at]
            )
        )


def _words(exchange: Exchange) -> str:
    said = exchange.answer.statements if exchange.answer is not None else ()
    return search_form(" ".join([exchange.question, *(statement.text for statement in said)])).text


def _first_question(conn: Connection, conversation_id: str) -> str:
    query = select(exchanges.c.question).where(exchanges.c.conversation_id == conversation_id).order_by(exchanges.c.ordinal).limit(1)
    return str(conn.scalar(query) or "")[:_TITLE]


def _count(conn: Connection, conversation_id: str) -> int:
    return int(conn.scalar(select(func.count()).select_from(exchanges).where(exchanges.c.conversation_id == conversation_id)) or 0)


_SAME: Final = and_(feedback.c.conversation_id == exchanges.c.conversation_id, feedback.c.ordinal == exchanges.c.ordinal)


class Feedback:
    """The opinions that one reader may give and see: an admin sees those of whom they administer, others their own.

    Safe to share between threads.
    """

    def __init__(self, catalogue: Catalogue, reader: Reader = ANYONE) -> None:
        self._catalogue = catalogue.seen_by(reader.sight)
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

        Of an answer whose sources the reader does not see: of their own what `kb.store.user_data.redaction` leaves, of others' nothing.
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
        answers = shown_exchanges(self._catalogue, [one.exchange for one in judged])
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
