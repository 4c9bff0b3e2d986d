"""How often signing in may fail, counted by name and place for all processes of a machine; and how often one person may ask.

With a base on a server both are counted for all machines.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import platform
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, extract, func, select

from kb.auth.account_schema import asked_limits, sign_in_limits
from kb.auth.account_store import AccountStore

PER_NAME_AND_PLACE: Final = 5
PER_PLACE: Final = 30
PER_NAME: Final = 50
"""Failures in a row after which one waits, and how many more there may be in every `WINDOW_S` from then on, evenly spaced.

The last two are not asked of a browser in which the name has signed in before (`SignIn.device`): whoever guesses a name, be it from many
addresses or from the same one, keeps neither the person nor their colleagues out of the browsers that they use.
"""
WINDOW_S: Final = 900.0
_EPSILON_S: Final = 1e-6


class Throttle:
    """Spaces out failures to sign in. Each attempt counts as one until it is forgiven, so that attempts at the same moment count too.

    Of each key it remembers when it would be empty again: an attempt moves that moment on by the spacing, and may be made while it is less
    than the number of free ones away. It asks a clock that nobody sets, which begins anew when the machine does. The moments are in the
    database of accounts, so that they hold for all processes of a machine; in one on a server, whose clock is asked then, for all machines.
    """

    def __init__(self, store: AccountStore, ticks: Callable[[], float] | None = None) -> None:
        self._store = store
        self._ticks = ticks or (store.seconds if store.shared else time.monotonic)
        self._machine = "" if store.shared else platform.node()
        self._here = sign_in_limits.c.machine == self._machine

    def begin(self, name: str, place: str, familiar: str = "") -> float:
        """Count an attempt and return 0; or return the seconds until the next may be made.

        Args:
            name: in one form of capitals.
            place: the address.
            familiar: of a browser that the name has used before, what tells it from others.
        """
        limits = {_key(*parts): most for parts, most in _limits(name, place, familiar).items()}
        now = self._ticks()
        wait = _wait(_times(self._store.rows(self._asked(limits, now))), limits, now)  # whoever is to wait writes nothing
        if wait > _EPSILON_S:
            return wait
        with self._store.writing() as conn:
            now = self._ticks()
            conn.execute(sign_in_limits.delete().where(self._here, ~_counts(now)))
            held = _times(conn.execute(self._asked(limits, now)))
            wait = _wait(held, limits, now)
            if wait > _EPSILON_S:
                return wait
            for key, most in limits.items():
                empty = held.get(key, now) + WINDOW_S / most
                if key in held:
                    conn.execute(sign_in_limits.update().where(self._here, sign_in_limits.c.key == key).values(empty=empty))
                else:
                    conn.execute(sign_in_limits.insert().values(machine=self._machine, key=key, empty=empty))
            return 0.0

    def forgive(self, name: str, place: str, familiar: str = "") -> None:
        """The last attempt was no failure, and wipes those of this name from this place or browser."""
        with self._store.writing() as conn:
            for parts, most in _limits(name, place, familiar).items():
                one = self._here & (sign_in_limits.c.key == _key(*parts))
                if parts[0] == "both":
                    conn.execute(sign_in_limits.delete().where(one))
                else:
                    conn.execute(sign_in_limits.update().where(one).values(empty=sign_in_limits.c.empty - WINDOW_S / most))

    def _asked(self, keys: Collection[str], now: float) -> Select[Any]:
        return select(sign_in_limits).where(self._here, sign_in_limits.c.key.in_(keys), _counts(now))


def _counts(now: float) -> ColumnElement[bool]:
    """Which rows count still: none is further ahead than a window, unless the machine was started since."""
    return (sign_in_limits.c.empty > now) & (sign_in_limits.c.empty <= now + WINDOW_S + _EPSILON_S)


def _times(rows: Iterable[Row[Any]]) -> dict[str, float]:
    return {row.key: row.empty for row in rows}


def _wait(held: Mapping[str, float], limits: Mapping[str, int], now: float) -> float:
    return max(held.get(key, now) - now - (most - 1) * WINDOW_S / most for key, most in limits.items())


def _key(*parts: str) -> str:
    # What was typed as a name may be a password: it is not written down.
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


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


MINUTE_S: Final = 60.0
HOUR_S: Final = 3600.0
MOST_WAITING: Final = 5
"""Jobs of the library, and likewise modules in the making, that one person may have unfinished: one at work and the others waiting."""


class TooManyError(Exception):
    """A person has as many unfinished jobs of a kind as they may have: `MOST_WAITING`."""


class Limiter:
    """Counts what each visitor did in the last minute, or another window of so many seconds. May be shared between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, window: float = MINUTE_S) -> None:
        self._clock = clock
        self._window = window
        self._lock = threading.Lock()
        self._asked: dict[str, deque[float]] = {}

    def wait(self, visitor: str, most: int, count: int = 1) -> float:
        """Count what is asked for, and return 0; or, when that makes more than ``most`` in the window, the seconds until it may be.

        More than ``most`` at once is refused until nothing else is counted, and never counted.
        """
        if most <= 0:
            return 0.0
        now = self._clock()
        with self._lock:
            self._forget(now)
            asked = self._asked.get(visitor, deque[float]())
            over = len(asked) + count - most
            if over > 0:
                return asked[min(over, len(asked)) - 1] + self._window - now if asked else self._window
            self._asked[visitor] = asked
            asked.extend([now] * count)
            return 0.0

    def _forget(self, now: float) -> None:
        for visitor, asked in list(self._asked.items()):
            while asked and now - asked[0] >= self._window:
                asked.popleft()
            if not asked:
                del self._asked[visitor]


class SharedLimiter(Limiter):
    """As `Limiter`, for all machines of a base on a server, by whose clock it counts; ``what`` is told apart from other things."""

    def __init__(self, store: AccountStore, what: str, window: float = MINUTE_S) -> None:
        super().__init__(window=window)
        self._store, self._what = store, what

    def wait(self, visitor: str, most: int, count: int = 1) -> float:
        """As `Limiter.wait`. Raises `AccountsError` when the database cannot be used."""
        if most <= 0:
            return 0.0
        key = _key(self._what, visitor)
        with self._store.writing() as conn:
            now = float(conn.execute(select(extract("epoch", func.clock_timestamp()))).scalar_one())
            old = asked_limits.c.at <= now - self._window
            conn.execute(asked_limits.delete().where(asked_limits.c.key == key, old))
            asked = conn.scalars(select(asked_limits.c.at).where(asked_limits.c.key == key).order_by(asked_limits.c.at)).all()
            over = len(asked) + count - most
            if over > 0:
                return asked[min(over, len(asked)) - 1] + self._window - now if asked else self._window
            conn.execute(asked_limits.delete().where(asked_limits.c.at <= now - HOUR_S))  # of whoever came no more
            conn.execute(asked_limits.insert(), [{"key": key, "at": now}] * count)
        return 0.0


def limiter_of(store: AccountStore, what: str, window: float = MINUTE_S) -> Limiter:
    """What counts how often something is done: for all machines where the base is on a server, else in this process."""
    return SharedLimiter(store, what, window) if store.shared else Limiter(window=window)
