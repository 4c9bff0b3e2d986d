"""Signing in with a name and a password, and what is asked of a session at every look."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from kb import event_log
from kb.auth import passwords
from kb.auth.account_store import AccountStore
from kb.auth.accounts import Account, Accounts
from kb.auth.api_keys import ApiKeys
from kb.auth.roles import Reader
from kb.auth.sessions import Sessions
from kb.auth.throttle import Throttle, network
from kb.errors import AccountsError

_SKEW: Final = timedelta(minutes=5)
"""By how much a moment may lie ahead of the clock before it says that the clock was set back."""
NOBODY: Final = Reader(role="viewer")


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody was signed in: name and password do not fit, or (``wait`` seconds) there were too many failures before."""

    wait: int = 0


class SignIn:
    """The door of a home. May be shared between threads.

    Args:
        where: the home in which accounts and sessions lie, or their database.
        hours: how long a session lasts.
        told: called with who, what (``signed_in``, ``signed_out``, ``sign_in_failed``, ``password_changed``) and about whom or what, for
            the audit log. Of a name that is no account's nobody is passed on: it may be a password that was typed into the wrong field.
    """

    def __init__(
        self,
        where: Path | AccountStore,
        hours: float,
        told: Callable[[Reader, str, str], None] = lambda who, action, about: None,
        *,
        cost: passwords.Cost = passwords.COST,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] | None = None,
    ) -> None:
        self._store = where if isinstance(where, AccountStore) else AccountStore(where)
        self.accounts = Accounts(self._store, cost, clock)
        self.sessions = Sessions(self._store, hours, clock)
        self.keys = ApiKeys(self._store, clock)
        self._told = told
        self._clock = clock
        self._throttle = Throttle(self._store, ticks)

    @property
    def store(self) -> AccountStore:
        """The database of accounts."""
        return self._store

    def close(self) -> None:
        """Close the database of accounts; whoever asks again opens it again."""
        self._store.close()

    def enter(self, name: str, password: str, place: str, device: str = "") -> str | Refused:
        """Sign in; returns the token of the session.

        Args:
            name: as typed.
            password: as typed.
            place: the address of the browser.
            device: what `device` gave this browser, "" where it has nothing.

        Raises:
            AccountsError: the accounts cannot be used.
        """
        typed = name.strip()
        known = self.accounts.find(typed)
        familiar = device.partition(".")[0] if known is not None and _made_for(known, device) else ""
        wait = self._throttle.begin(typed.casefold(), network(place), familiar)
        if wait:
            event_log.event("sign_in", outcome="too_many")
            return Refused(math.ceil(wait))
        account = self.accounts.verified(typed, password)
        if account is None:
            event_log.event("sign_in", outcome="failed")
            self._told(self.accounts.reader(known) if known is not None else NOBODY, "sign_in_failed", place)
            return Refused()
        self._throttle.forgive(typed.casefold(), network(place), familiar)
        token = self.sessions.begin(account)
        event_log.event("sign_in", outcome="done")
        self._told(self.accounts.reader(account), "signed_in", place)
        return token

    def device(self, name: str) -> str:
        """What a browser in which somebody has signed in may keep, to be told from those of strangers; with a new password it is void."""
        nonce = secrets.token_urlsafe(16)
        return f"{nonce}.{_device_mark(self.accounts.get(name), nonce)}"

    def reader(self, token: str | None) -> Reader | None:
        """Who a token stands for now. Raises `AccountsError` when the accounts cannot be used."""
        session = self.sessions.find(token) if token else None
        account = self.accounts.of(session.person) if session is not None else None
        if session is None or account is None or account.disabled or not account.password or not session.holds(account):
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
        who, here = reader.name.casefold(), hashlib.sha256(token.encode()).hexdigest()
        if self._throttle.begin(who, "", here):
            raise AccountsError("There were too many failures. Try again in a few minutes.", "wait")
        if self.accounts.verified(reader.name, old) is None:
            self._told(reader, "sign_in_failed", place)
            raise AccountsError("The old password is not right.", "wrong")
        self._throttle.forgive(who, "", here)
        self.sessions.renew(token, self.accounts.set_password(reader.name, new))
        self._told(reader, "password_changed", reader.name)

    def vouched(self, identity: str, name: str, since: datetime | None) -> Account | None:
        """The account of somebody for whom an OpenID provider vouches, signed in ``since`` then; None where they have none.

        An account to which nobody came yet is that of the first who has its name, and theirs from then on, whatever name they have later.

        Args:
            identity: who they are (`kb.auth.accounts.provider_identity`).
            name: what the provider calls them.
            since: when the provider made sure.

        Raises:
            AccountsError: the account is disabled, or has been signed out since; or the accounts cannot be used.
        """
        account = self.accounts.of(identity) or self.accounts.find(name)
        if account is not None and account.subject not in ("", identity):
            return None
        if account is not None and account.disabled:
            raise AccountsError("The account is disabled.", "disabled")
        if account is not None and account.since > self._clock() + _SKEW:
            # The clock was set back, and nobody could sign in until it is that late again: whoever is signed in does so once more.
            account = self.accounts.sign_out(account.name)
        if account is not None and since is not None and since < account.since.replace(microsecond=0):
            raise AccountsError("The session has ended.", "signed_out")
        if account is not None and not account.subject:
            account = self.accounts.bind(account.name, identity)
            return account if account.subject == identity else None
        return account


def _made_for(account: Account, device: str) -> bool:
    nonce, _, mark = device.partition(".")
    return bool(account.password) and hmac.compare_digest(mark.encode("utf-8", "replace"), _device_mark(account, nonce).encode())


def _device_mark(account: Account, nonce: str) -> str:
    # The kept hash of the password is salted and known to nobody else, so it is a key that there is one of for each password.
    return hmac.new(account.password.encode(), f"device {nonce}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
