"""Who did what, and when: an append-only list in the catalogue.

Who did it is kept as an id; what it is about is text, where a document is named as ``#3`` with its path or title, a person by name. There
is never a word of a question or of a document's text.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import regex
from sqlalchemy import Row, select
from sqlalchemy.exc import DBAPIError

from kb import event_log
from kb.auth.roles import ANYONE, Reader
from kb.errors import AccessError, KnowledgeBaseError
from kb.records import Answer, Done, Event, Sent, Writing
from kb.store.access_control import seen
from kb.store.catalogue import Catalogue
from kb.store.schema import audit, documents
from kb.store.user_data.identities import called, named, remember

MOST_ABOUT: Final = 500
"""Characters that are kept of what an entry is about."""
_DOCUMENT = regex.compile(r"#(\d+)\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody (``person``, an id; ``who``, their name; "": nobody signed in, or the terminal) did something at a time (UTC)."""

    at: datetime
    who: str
    action: str
    about: str
    person: str = ""


class Audit:
    """The audit log as a reader may write and read it. Safe to share between threads."""

    def __init__(self, catalogue: Catalogue, reader: Reader = ANYONE) -> None:
        self._catalogue = catalogue.seen_by(reader.sight)
        self._reader = reader

    def seen_by(self, reader: Reader) -> Audit:
        """The same, for another reader."""
        return Audit(self._catalogue, reader)

    def record(self, who: Reader, action: str, *about: str) -> None:
        """Add an entry for each of ``about``, all at once; ``who`` need not be the reader.

        Raises:
            KnowledgeBaseError: the catalogue cannot be written.
        """
        now = datetime.now(UTC).replace(tzinfo=None)
        rows = [
            {"at": now, "who": who.id[:200], "action": action[:32], "about": " ".join(one.split())[:MOST_ABOUT]} for one in about or ("",)
        ]
        try:
            with self._catalogue.write() as conn:
                remember(conn, who)
                conn.execute(audit.insert(), rows)
        except DBAPIError as error:
            raise KnowledgeBaseError(f"The audit log could not be written: {error.orig}. Check that the disk is not full.") from error

    def list(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        who: str | None = None,
        action: str | None = None,
        limit: int | None = None,
    ) -> tuple[Entry, ...]:
        """The entries, the newest first.

        An admin of groups has those of whom they administer, and of nobody's those about documents; and of neither those that name a
        document which they do not see.

        Args:
            since: from this time on (UTC).
            until: before this time (UTC).
            who: of this person, by id or by name; "" is nobody signed in, and the terminal.
            action: of this kind, such as ``deleted``.
            limit: so many at most.

        Raises:
            AccessError: the reader is no admin.
        """
        if not self._reader.may("admin"):
            raise AccessError("Only an admin may read the audit log.")
        query = select(audit, named(audit.c.who).label("name")).order_by(audit.c.id.desc())
        if since is not None:
            query = query.where(audit.c.at >= since)
        if until is not None:
            query = query.where(audit.c.at < until)
        if action is not None:
            query = query.where(audit.c.action == action)
        sight = self._catalogue.sight
        with self._catalogue.read() as conn:
            if who is not None:
                query = query.where(audit.c.who.in_(called(conn, who)))
            there = None if sight is None else set(conn.scalars(select(documents.c.id).where(seen(sight, documents.c.id))))
            found = conn.execute(query if there is not None else query.limit(limit))
            entries = [Entry(row.at, row.name, row.action, row.about, row.who) for row in found if there is None or self._told(row, there)]
        return tuple(entries[:limit])

    def _told(self, row: Row[Any], there: set[int]) -> bool:
        """Whether an admin of groups is told of an entry, where these are the documents that they see."""
        about = _named(row.about)
        return about <= there and (self._reader.oversees(row.who) or (not row.who and bool(about)))


def asked(log: Audit, who: Reader, events: Iterator[Event]) -> Generator[Event, None, None]:
    """Pass on the events of an answer, and record that it was asked for and which documents it quotes; who is not signed in is not."""
    if not who.id:
        yield from events
        return
    about = "stopped"
    try:
        for step in events:
            if isinstance(step, Writing):
                about = f"stopped · {step.passages} passages sent to {_called(step.model, step.host)}"
            if isinstance(step, Done):
                about = _outcome(step.answer) + (_sent(step.answer.sent) if step.answer.sent is not None else "")
            yield step
    finally:
        try:
            log.record(who, "asked", about)
        except KnowledgeBaseError as error:  # an answer that was given is not taken back
            event_log.failure("audit", error)


def _outcome(answer: Answer) -> str:
    if answer.refusal is not None:
        return f"refused: {answer.refusal.reason}"
    quoted = dict.fromkeys(f"#{citation.document_id}" for statement in answer.statements for citation in statement.citations)
    return f"answered from {' '.join(quoted)}"


def _sent(sent: Sent) -> str:
    """What went to a language model, in numbers."""
    cost = f"{sent.tokens_in} + {sent.tokens_out} tokens, {sent.seconds:.1f} s"
    fault = f", {sent.fault}" if sent.fault else ""
    return f" · {sent.passages} passages sent to {_called(sent.model, sent.host)}: {cost}{fault}"


def _called(model: str, host: str) -> str:
    """A model and its host; a number after # would be taken for a document's."""
    return f"{model} at {host}".replace("#", " ")


def _named(about: str) -> set[int]:
    return {int(number) for number in _DOCUMENT.findall(about)}
