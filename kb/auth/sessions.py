"""Who is signed in with a password: a table of the database of accounts.

A browser holds a random token of 256 bits; the table holds its SHA-256 alone, so that nobody can sign in with what it says.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, select

from kb.auth.account_records import from_utc, to_utc
from kb.auth.account_schema import accounts, sessions
from kb.auth.account_store import AccountStore
from kb.auth.accounts import Account
from kb.errors import AccountsError

MOST: Final = 20
"""Sessions of one person; with one more the oldest ends."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody (``person``: the id of an account) is signed in, until then at the latest.

    ``since`` is `Account.since` as it was when the session began. The two are compared for being the same, never for which is earlier: a
    clock that was set back makes new sessions seem older than the account's last change.
    """

    person: str
    until: datetime
    since: datetime

    def holds(self, account: Account) -> bool:
        """Whether nothing has happened to the account since that ends its sessions."""
        return self.since == account.since


class Sessions:
    """The sessions of a home. They survive a restart; what another process ends has ended here at the next look."""

    def __init__(self, where: Path | AccountStore, hours: float, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = where if isinstance(where, AccountStore) else AccountStore(where)
        self._length = timedelta(hours=hours)
        self._clock = clock

    def begin(self, account: Account) -> str:
        """Begin a session of an account; returns its token, which is kept nowhere else.

        Raises:
            AccountsError: the account was removed meanwhile, or the database cannot be written.
        """
        token, now = secrets.token_urlsafe(32), self._clock()
        own = select(sessions.c.token).where(sessions.c.person == account.id).order_by(sessions.c.begun.desc())
        with self._store.writing() as conn:
            if conn.scalar(select(accounts.c.id).where(accounts.c.id == account.id)) is None:
                raise AccountsError(f"There is no account {account.name!r} any more.", "unknown")
            conn.execute(sessions.delete().where(sessions.c.until <= to_utc(now)))
            conn.execute(sessions.delete().where(sessions.c.token.in_(conn.scalars(own.offset(MOST - 1)).all())))
            until, since = to_utc(now + self._length), to_utc(account.since)
            conn.execute(sessions.insert().values(token=_digest(token), person=account.id, begun=to_utc(now), until=until, since=since))
        return token

    def find(self, token: str) -> Session | None:
        """The session of a token; None when there is none, or it has run out."""
        for row in self._store.rows(select(sessions).where(_is(token), sessions.c.until > to_utc(self._clock()))):
            return Session(row.person, from_utc(row.until), from_utc(row.since))
        return None

    def renew(self, token: str, account: Account) -> None:
        """Have a session begin now, with the account as it is now and with the same end."""
        with self._store.writing() as conn:
            conn.execute(sessions.update().where(_is(token)).values(begun=to_utc(self._clock()), since=to_utc(account.since)))

    def end(self, token: str) -> None:
        """End a session."""
        with self._store.writing() as conn:
            conn.execute(sessions.delete().where(_is(token)))

    def end_all(self, person: str) -> None:
        """End every session of a person."""
        with self._store.writing() as conn:
            conn.execute(sessions.delete().where(sessions.c.person == person))


def _is(token: str) -> ColumnElement[bool]:
    return sessions.c.token == _digest(token)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
