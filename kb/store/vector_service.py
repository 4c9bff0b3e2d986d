"""Find the process that owns the Chroma folder, or start it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from filelock import FileLock

from kb.errors import VectorServiceError
from kb.store.vector_owner import GRACE_S, is_up

START_S = 30.0
RETRY_S = 10.0
"""An owner that found the folder taken by one that was about to stop is gone at once; then another is started."""


class VectorService:
    """A share in the Chroma server of one folder, started when nobody has one, given back by `release`."""

    def __init__(self, folder: Path, grace: float = GRACE_S) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._grace = grace
        self._users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def port(self) -> int:
        """The loopback port of a server that answers, started now if need be.

        Raises:
            VectorServiceError: the server does not come up.
        """
        running = self._running()
        if running is not None:
            return running
        with FileLock(self._folder / "start.lock"):
            end = time.monotonic() + START_S
            while time.monotonic() < end:
                again = time.monotonic() + RETRY_S
                self._launch()
                while time.monotonic() < again:
                    running = self._running()
                    if running is not None:
                        return running
                    time.sleep(0.02)
        log = self._folder / "server.log"
        raise VectorServiceError(
            f"The vector store in {self._folder} did not start within {START_S:.0f} s. See {log}, then run `setu doctor`."
        )

    def release(self) -> None:
        """Give the share back; the last one to leave stops the server."""
        if self._users < 0:
            return
        fcntl.flock(self._users, fcntl.LOCK_UN)
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass  # somebody else still uses it
        else:
            self._stop()
        os.close(self._users)
        self._users = -1

    def _stop(self) -> None:
        card = self._card()
        if card is None:
            return
        try:
            os.kill(card["pid"], signal.SIGTERM)
        except ProcessLookupError:
            return
        end = time.monotonic() + 10
        while (self._folder / "service.json").exists() and time.monotonic() < end:
            time.sleep(0.01)

    def _card(self) -> dict[str, int] | None:
        try:
            card: dict[str, int] = json.loads((self._folder / "service.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return card

    def _running(self) -> int | None:
        card = self._card()
        return card["port"] if card is not None and is_up(card["port"]) else None

    def _launch(self) -> None:
        script = Path(__file__).with_name("vector_owner.py")
        nowhere = subprocess.DEVNULL
        command = [sys.executable, str(script), str(self._folder), str(self._grace)]
        subprocess.run(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, check=False)
