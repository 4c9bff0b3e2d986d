"""Who is signed in with a password: ``sessions.json`` in the home, mode 600.

A browser holds a random token of 256 bits; the file holds its SHA-256 alone, so that nobody can sign in with what it says.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from kb.auth.accounts import Account, write_private
from kb.files import private_lock

FILE: Final = "sessions.json"
MOST: Final = 20
"""Sessions of one person; with one more the oldest ends."""
_WAIT_S: Final = 10.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody (``person``: the id of an account) is signed in: since when, and until when at the latest, both ISO 8601 in UTC.

    ``of`` is `Account.since` as it was then. The two are compared for being the same, never for which is earlier: a clock that was set
    back makes new sessions seem older than the account's last change.
    """

    person: str
    begun: str
    until: str
    of: str = ""

    def holds(self, account: Account) -> bool:
        """Whether nothing has happened to the account since that ends its sessions."""
        return self.of == account.since.isoformat()


class Sessions:
    """The sessions of a home. They survive a restart; what another process ends has ended here at the next look."""

    def __init__(self, home: Path, hours: float, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file = home / FILE
        self._lock = private_lock(home / "sessions.lock")
        self._length = timedelta(hours=hours)
        self._clock = clock
        self._guard = threading.Lock()
        self._read: tuple[tuple[int, int, int], dict[str, Session]] | None = None

    def begin(self, account: Account) -> str:
        """Begin a session of an account; returns its token, which is kept nowhere else."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        begun = Session(account.id, now.isoformat(), (now + self._length).isoformat(), account.since.isoformat())

        def add(held: dict[str, Session]) -> None:
            own = sorted((key for key, one in held.items() if one.person == account.id), key=lambda key: held[key].begun)
            for key in own[: max(0, len(own) - MOST + 1)]:
                del held[key]
            held[_digest(token)] = begun

        self._change(add)
        return token

    def find(self, token: str) -> Session | None:
        """The session of a token; None when there is none, or it has run out."""
        found = self._held().get(_digest(token))
        return found if found is not None and datetime.fromisoformat(found.until) > self._clock() else None

    def renew(self, token: str, account: Account) -> None:
        """Have a session begin now, with the account as it is now and with the same end."""

        def again(held: dict[str, Session]) -> None:
            if (one := held.get(_digest(token))) is not None:
                held[_digest(token)] = Session(one.person, self._clock().isoformat(), one.until, account.since.isoformat())

        self._change(again)

    def end(self, token: str) -> None:
        """End a session."""
        self._change(lambda held: held.pop(_digest(token), None))

    def end_all(self, person: str) -> None:
        """End every session of a person."""

        def drop(held: dict[str, Session]) -> None:
            for key in [key for key, one in held.items() if one.person == person]:
                del held[key]

        self._change(drop)

    def _change(self, change: Callable[[dict[str, Session]], object]) -> None:
        with self._lock.acquire(timeout=_WAIT_S):
            now = self._clock()
            held = {key: one for key, one in self._held().items() if datetime.fromisoformat(one.until) > now}
            change(held)
            write_private(self._file, json.dumps({key: asdict(one) for key, one in held.items()}, ensure_ascii=False, indent=1))

    def _held(self) -> dict[str, Session]:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return {}
        state = (found.st_mtime_ns, found.st_size, found.st_ino)
        with self._guard:
            if self._read is None or self._read[0] != state:
                self._read = (state, self._load())
            return self._read[1]

    def _load(self) -> dict[str, Session]:
        try:
            read = json.loads(self._file.read_text(encoding="utf-8")).items()
            # An older Setu knew sessions by name; whose they were cannot be told, so they have ended.
            held = {key: Session(**one) for key, one in read if "person" in one or "name" not in one}
            for one in held.values():
                if not isinstance(one.person, str):
                    raise TypeError("an id that is no text")
                if datetime.fromisoformat(one.begun).tzinfo is None or datetime.fromisoformat(one.until).tzinfo is None:
                    raise ValueError("a time without its zone")
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            # Nobody is let in by a damaged file, and nobody is kept out: all sign in once more.
            log.warning("The file of sessions is damaged; everybody has to sign in again.", exc_info=error)
            return {}
        return held


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
