"""What was answered to requests that carry an ``Idempotency-Key``, so that one that is sent again is not done again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from server.problems import ProblemError

KEPT_S: Final = 24 * 3600.0
MOST: Final = 10_000
"""Answers that are kept; the oldest go first."""


@dataclass(slots=True)
class _Answer:
    digest: str
    at: float
    made: str | None = None


class Replays:
    """Answers by who asked and under which key, in the memory of one server. May be shared between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._all: OrderedDict[tuple[str, str], _Answer] = OrderedDict()

    def once(self, who: str, key: str, digest: str, make: Callable[[], str]) -> tuple[str, bool]:
        """What ``make`` gives, done once for a key; and whether it was done before.

        Args:
            who: whose key it is.
            key: as it was sent; "" for none, then it is done in any case.
            digest: of all that was sent.
            make: does it. Where it fails, the key is free again.

        Raises:
            ProblemError: the key was sent with something else (422), or what it was sent with is being done right now (409).
        """
        if not key:
            return make(), False
        with self._lock:
            self._forget()
            had = self._all.get((who, key))
            if had is not None and had.digest != digest:
                raise ProblemError(422, "This Idempotency-Key was sent with another body. Take a new key.")
            if had is not None and had.made is None:
                raise ProblemError(409, "What this Idempotency-Key was sent with is being done. Ask again.", headers={"Retry-After": "1"})
            if had is not None and had.made is not None:
                return had.made, True
            self._all[who, key] = now = _Answer(digest, self._clock())
        try:
            now.made = make()
        except BaseException:
            with self._lock:
                self._all.pop((who, key), None)
            raise
        return now.made, False

    def _forget(self) -> None:
        while self._all and (len(self._all) >= MOST or self._clock() - next(iter(self._all.values())).at > KEPT_S):
            self._all.popitem(last=False)
