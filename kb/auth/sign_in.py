"""Signing in with a name and a password, and what is asked of a session at every look."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from kb import event_log
from kb.auth import passwords
from kb.auth.accounts import Account, Accounts
from kb.auth.roles import Reader
from kb.auth.sessions import Sessions
from kb.errors import AccountsError

PER_NAME_AND_PLACE: Final = 5
PER_PLACE: Final = 30
PER_NAME: Final = 50
"""Failures in a row after which one waits, and how many more there may be in every `WINDOW_S` from then on, evenly spaced.

The last two are not asked of a browser in which the name has signed in before (`SignIn.device`): whoever guesses a name, be it from many
addresses or from the same one, keeps neither the person nor their colleagues out of the browsers that they use.
"""
WINDOW_S: Final = 900.0
_EPSILON_S: Final = 1e-6
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
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.accounts = Accounts(home, cost, clock)
        self.sessions = Sessions(home, hours, clock)
        self._told = told
        self._clock = clock
        self._throttle = Throttle(ticks)

    def enter(self, name: str, password: str, place: str, device: str = "") -> str | Refused:
        """Sign in; returns the token of the session.

        Args:
            name: as typed.
            password: as typed.
            place: the address of the browser.
            device: what `device` gave this browser, "" where it has nothing.

        Raises:
            AccountsError: the file of accounts cannot be used.
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
        """Who a token stands for now. Raises `AccountsError` when the file of accounts cannot be used."""
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
            AccountsError: the account is disabled, or has been signed out since; or the file of accounts cannot be used.
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


class Throttle:
    """Spaces out failures to sign in. Each attempt counts as one until it is forgiven, so that attempts at the same moment count too.

    Of each key it remembers when it would be empty again: an attempt moves that moment on by the spacing, and may be made while it is less
    than the number of free ones away. It asks a clock that nobody sets.
    """

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._lock = threading.Lock()
        self._empty: dict[tuple[str, ...], float] = {}

    def begin(self, name: str, place: str, familiar: str = "") -> float:
        """Count an attempt and return 0; or return the seconds until the next may be made.

        Args:
            name: in one form of capitals.
            place: the address.
            familiar: of a browser that the name has used before, what tells it from others.
        """
        limits = _limits(name, place, familiar)
        with self._lock:
            now = self._ticks()
            self._empty = {key: at for key, at in self._empty.items() if at > now}
            wait = max(self._empty.get(key, now) - now - (most - 1) * WINDOW_S / most for key, most in limits.items())
            if wait > _EPSILON_S:
                return wait
            for key, most in limits.items():
                self._empty[key] = self._empty.get(key, now) + WINDOW_S / most
            return 0.0

    def forgive(self, name: str, place: str, familiar: str = "") -> None:
        """The last attempt was no failure, and wipes those of this name from this place or browser."""
        with self._lock:
            for key, most in _limits(name, place, familiar).items():
                if key[0] == "both":
                    self._empty.pop(key, None)
                elif key in self._empty:
                    self._empty[key] -= WINDOW_S / most


def network(place: str) -> str:
    """The place that an address counts as: of IPv6 the network of 64 bits, of whose addresses a machine may use as many as it likes."""
    try:
        address = ipaddress.ip_address(place.split("%", 1)[0])
    except ValueError:
        return place
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _limits(name: str, place: str, familiar: str) -> dict[tuple[str, ...], int]:
    if familiar:
        return {("both", name, "", familiar): PER_NAME_AND_PLACE}
    return {("both", name, place): PER_NAME_AND_PLACE, ("place", place): PER_PLACE, ("name", name): PER_NAME}


def _made_for(account: Account, device: str) -> bool:
    nonce, _, mark = device.partition(".")
    return bool(account.password) and hmac.compare_digest(mark.encode("utf-8", "replace"), _device_mark(account, nonce).encode())


def _device_mark(account: Account, nonce: str) -> str:
    # The kept hash of the password is salted and known to nobody else, so it is a key that there is one of for each password.
    return hmac.new(account.password.encode(), f"device {nonce}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
