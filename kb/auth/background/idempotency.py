"""What was done under an idempotency key, so that a request that is sent again is not done again, also after a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, and_, select

from kb.auth.account_records import to_utc
from kb.auth.account_schema import idempotency_keys as keys
from kb.auth.account_store import AccountStore
from kb.auth.background.live_processes import is_alive, this_process

KEPT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of a key: it is ``new`` and ours to do, ``doing`` now, ``done`` with what was ``made``, or of ``other`` matter."""

    state: Literal["new", "doing", "done", "other"]
    made: str = ""


class IdempotencyKeys:
    """The keys of a home, of all its processes. May be shared between threads."""

    def __init__(self, store: AccountStore, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def begin(self, who: str, key: str, digest: str, lost: Callable[[str], bool]) -> Before:
        """Take a key for what has this digest, unless it was taken.

        A key under which a process worked that has ended, or whose work is ``lost`` (asked of what was made), is new again.

        Raises:
            AccountsError: the database cannot be used.
        """
        now, home = to_utc(self._clock()), self._store.home
        had = self._found(who, key)
        gone = had is not None and had.made is not None and lost(had.made)  # asked outside of the transaction, which it reads beside
        with self._store.writing() as conn:
            conn.execute(keys.delete().where(keys.c.at < now - KEPT))
            found = conn.execute(select(keys).where(_of(who, key))).first()
            if found is not None and found.digest != digest:
                return Before("other")
            if found is not None and found.made is None and is_alive(home, found.process):
                return Before("doing")
            if found is not None and found.made is not None and not (gone and had is not None and found.made == had.made):
                return Before("done", found.made)
            conn.execute(keys.delete().where(_of(who, key)))
            conn.execute(keys.insert().values(who=who, key=key, digest=digest, at=now, process=this_process(home)))
        return Before("new")

    def finish(self, who: str, key: str, made: str) -> None:
        """Write down what was made. Raises `AccountsError`."""
        with self._store.writing() as conn:
            conn.execute(keys.update().where(_of(who, key)).values(made=made))

    def free(self, who: str, key: str) -> None:
        """Let go of a key under which nothing was done. Raises `AccountsError`."""
        with self._store.writing() as conn:
            conn.execute(keys.delete().where(_of(who, key)))

    def _found(self, who: str, key: str) -> Row[Any] | None:
        found = self._store.rows(select(keys).where(_of(who, key)))
        return found[0] if found else None


def _of(who: str, key: str) -> ColumnElement[bool]:
    return and_(keys.c.who == who, keys.c.key == key)
