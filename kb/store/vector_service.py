"""Find the process that owns the Chroma folder, or start it."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from kb.errors import VectorServiceError
from kb.private import private_folder, private_lock
from kb.store.vector_owner import GRACE_S, SOCKET, STOP, is_up

START_S = 30.0
RETRY_S = 10.0
"""An owner that found the folder taken by one that was about to stop is gone at once; then another is started."""
_REPLY_S = 2.0
_STOP_S = 10.0
_MOST_PATH = 100
"""Bytes that the path of a socket may have on every system (Linux: 107)."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that owns a folder and said so itself. ``line`` is open as long as it lives; ``port``: of Chroma, on loopback."""

    line: socket.socket
    pid: int
    port: int

    def lives(self) -> bool:
        """Whether it is still there, and with it the server that it told of."""
        try:
            self.line.recv(1)  # it says nothing more: what there is to read is the end
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def stop(self) -> None:
        """Have it stop, and wait until it is gone."""
        try:
            self.line.settimeout(_STOP_S)
            self.line.sendall(STOP)
            self.line.recv(1)
        except OSError:
            return


def find_owner(folder: Path) -> Owner | None:
    """The process that owns a folder; None when there is none.

    Only itself is believed, on the socket in the folder: what answers there is alive and serves this folder, whereas a number in a file may
    by now be that of any other process, or the port of another folder's server.

    Raises:
        TimeoutError: there is one, but it does not answer.
    """
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(_REPLY_S)
    try:
        _connect(line, folder)
        told = json.loads(line.recv(256))
        line.setblocking(False)  # else `lives` would wait for a word
        return Owner(line, told["pid"], told["port"])
    except TimeoutError:
        line.close()
        raise
    except (OSError, ValueError):  # nobody listens, or it was about to stop
        line.close()
        return None


def _connect(line: socket.socket, folder: Path) -> None:
    path = str(folder / SOCKET)
    if len(os.fsencode(path)) <= _MOST_PATH or not os.path.isdir("/proc/self/fd"):
        line.connect(path)
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        line.connect(f"/proc/self/fd/{handle}/{SOCKET}")
    finally:
        os.close(handle)


class VectorService:
    """A share in the Chroma server of one folder, started when nobody has one, given back by `release`. Safe to share between threads."""

    def __init__(self, folder: Path, grace: float = GRACE_S) -> None:
        private_folder(folder)
        self._folder = folder
        self._grace = grace
        self._guard = threading.Lock()
        self._owner: Owner | None = None
        self._users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def port(self) -> int:
        """The loopback port of a server that answers, started now if need be.

        Raises:
            VectorServiceError: the server does not come up.
        """
        with self._guard:
            return self._running() or self._started()

    def lives(self) -> bool:
        """Whether the server that `port` told of last is still there; if not, its port may be that of another folder's by now."""
        with self._guard:
            return self._owner is not None and self._owner.lives()

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
            if (owner := self._found()) is not None:
                owner.stop()
        self._forget()
        os.close(self._users)
        self._users = -1

    def _started(self) -> int:
        with private_lock(self._folder / "start.lock"):
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

    def _running(self) -> int | None:
        owner = self._found()
        return owner.port if owner is not None and is_up(owner.port) else None

    def _found(self) -> Owner | None:
        if self._owner is not None and self._owner.lives():
            return self._owner
        self._forget()
        try:
            self._owner = find_owner(self._folder)
        except TimeoutError:
            return None
        return self._owner

    def _forget(self) -> None:
        if self._owner is not None:
            self._owner.line.close()
        self._owner = None

    def _launch(self) -> None:
        script = Path(__file__).with_name("vector_owner.py")
        nowhere = subprocess.DEVNULL
        command = [sys.executable, str(script), str(self._folder), str(self._grace)]
        subprocess.run(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, check=False)
