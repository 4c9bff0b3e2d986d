"""Signing in with a name and a password, and what is asked of a session at every look."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kb import logs, passwords
from kb.access import Reader
from kb.accounts import Account, Accounts
from kb.errors import AccountsError
from kb.sessions import Sessions

PER_NAME_AND_PLACE: Final = 5
PER_PLACE: Final = 30
PER_NAME: Final = 50
"""Failures within `WINDOW_S` after which one waits. The last is high: with a few wrong guesses nobody shall lock somebody else out."""
WINDOW_S: Final = 900.0
NOBODY: Final = Reader(role="viewer")


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody was signed in: name and password do not fit, or (``wait`` seconds) there were too many failures before."""

    wait: int = 0


class SignIn:
    """The door of a home. May be shared between threads.

    Args:
        home: where accounts and sessions lie.
        hours: how long a session lasts.
        told: called with who, what (``signed_in``, ``signed_out``, ``sign_in_failed``, ``password_changed``) and about whom or what, for
            the audit log. Of a name that is no account's nobody is passed on: it may be a password that was typed into the wrong field.
    """

    def __init__(
        self,
        home: Path,
        hours: float,
        told: Callable[[Reader, str, str], None] = lambda who, action, about: None,
        *,
        cost: passwords.Cost = passwords.COST,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.accounts = Accounts(home, cost, clock)
        self.sessions = Sessions(home, hours, clock)
        self._told = told
        self._throttle = Throttle(lambda: clock().timestamp())

    def enter(self, name: str, password: str, place: str) -> str | Refused:
        """Sign in; returns the token of the session.

        Args:
            name: as typed.
            password: as typed.
            place: the address of the browser.

        Raises:
            AccountsError: the file of accounts cannot be used.
        """
        typed = name.strip()
        wait = self._throttle.begin(typed.casefold(), place)
        known = self.accounts.find(typed)
        if wait:
            logs.event("sign_in", outcome="too_many")
            return Refused(math.ceil(wait))
        account = self.accounts.verified(typed, password)
        if account is None:
            logs.event("sign_in", outcome="failed")
            self._told(self.accounts.reader(known) if known is not None else NOBODY, "sign_in_failed", place)
            return Refused()
        self._throttle.forgive(typed.casefold(), place)
        token = self.sessions.begin(account.id)
        logs.event("sign_in", outcome="done")
        self._told(self.accounts.reader(account), "signed_in", place)
        return token

    def reader(self, token: str | None) -> Reader | None:
        """Who a token stands for now. Raises `AccountsError` when the file of accounts cannot be used."""
        session = self.sessions.find(token) if token else None
        account = self.accounts.of(session.person) if session is not None else None
        if session is None or account is None or account.disabled or not account.password or session.since < account.since:
            return None
        return self.accounts.reader(account)

    def leave(self, token: str, *, everywhere: bool = False) -> None:
        """Sign out, here or in every browser."""
        session = self.sessions.find(token)
        if session is None:
            return
        account = self.accounts.of(session.person)
        if everywhere and account is not None:
            self.accounts.sign_out(account.name)
            self.sessions.end_all(session.person)
        self.sessions.end(token)
        if account is not None:
            self._told(self.accounts.reader(account), "signed_out", "everywhere" if everywhere else "")

    def change_password(self, token: str, old: str, new: str, place: str) -> None:
        """Change one's own password; one's other sessions end.

        Raises:
            AccountsError: with ``code`` "wrong" the old password does not fit, "wait" there were too many failures, "signed_out" the
                session has ended; or the new one is weak.
        """
        reader = self.reader(token)
        if reader is None:
            raise AccountsError("You are no longer signed in. Sign in again.", "signed_out")
        if self._throttle.begin(reader.name.casefold(), place):
            raise AccountsError("There were too many failures. Try again in a quarter of an hour.", "wait")
        if self.accounts.verified(reader.name, old) is None:
            self._told(reader, "sign_in_failed", place)
            raise AccountsError("The old password is not right.", "wrong")
        self._throttle.forgive(reader.name.casefold(), place)
        self.accounts.set_password(reader.name, new)
        self.sessions.renew(token)
        self._told(reader, "password_changed", reader.name)

    def vouched(self, identity: str, name: str, since: datetime | None) -> Account | None:
        """The account of somebody for whom an OpenID provider vouches, signed in ``since`` then; None where they have none.

        An account to which nobody came yet is that of the first who has its name, and theirs from then on, whatever name they have later.

        Args:
            identity: who they are (`kb.accounts.provider_identity`).
            name: what the provider calls them.
            since: when the provider made sure.

        Raises:
            AccountsError: the account is disabled, or has been signed out since; or the file of accounts cannot be used.
        """
        account = self.accounts.of(identity) or self.accounts.find(name)
        if account is not None and account.subject not in ("", identity):
            return None
        if account is not None and account.disabled:
            raise AccountsError("The account is disabled.", "disabled")
        if account is not None and since is not None and since < account.since.replace(microsecond=0):
            raise AccountsError("The session has ended.", "signed_out")
        if account is not None and not account.subject:
            account = self.accounts.bind(account.name, identity)
            return account if account.subject == identity else None
        return account


class Throttle:
    """Counts failures to sign in, each attempt as one until it is forgiven, so that attempts at the same moment count too."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: dict[tuple[str, ...], deque[float]] = {}

    def begin(self, name: str, place: str) -> float:
        """Count an attempt and return 0; or return the seconds until the next may be made."""
        now = self._clock()
        limits = {("both", name, place): PER_NAME_AND_PLACE, ("place", place): PER_PLACE, ("name", name): PER_NAME}
        with self._lock:
            for key, tries in list(self._tries.items()):
                while tries and now - tries[0] >= WINDOW_S:
                    tries.popleft()
                if not tries:
                    del self._tries[key]
            waits = [
                tries[len(tries) - most] + WINDOW_S - now
                for key, most in limits.items()
                if len(tries := self._tries.get(key, deque[float]())) >= most
            ]
            if waits:
                return max(waits)
            for key in limits:
                self._tries.setdefault(key, deque()).append(now)
            return 0.0

    def forgive(self, name: str, place: str) -> None:
        """The last attempt was no failure, and wipes those of this name from this place."""
        with self._lock:
            self._tries.pop(("both", name, place), None)
            for key in (("place", place), ("name", name)):
                if tries := self._tries.get(key):
                    tries.pop()
