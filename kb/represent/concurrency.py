"""Turns at reading: of many questions asked at once, as many are read at a time as there are processors."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

PATIENCE_S: Final = 10.0
"""How long a question waits for its turn; then it is read all the same, so that nothing that holds a turn can stop the others."""


class Turns:
    """More threads than processors only make each other wait: twenty questions at once take half as long again when all are read at once.

    Args:
        at_once: how many may have a turn; as many as there are processors where nothing is said.
        patience_s: as `PATIENCE_S`.
    """

    def __init__(self, at_once: int | None = None, patience_s: float = PATIENCE_S) -> None:
        self._free = threading.Semaphore(at_once or os.cpu_count() or 1)
        self._patience_s = patience_s

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and give it back at the end."""
        held = self._free.acquire(timeout=self._patience_s)
        try:
            yield
        finally:
            if held:
                self._free.release()
