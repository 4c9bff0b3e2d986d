"""One reading process as its parent sees it: start, send, receive, kill with all that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from typing import IO

from ingest.tasks import Reply, Setup, Task

_START = "from ingest.worker import main; main()"
_ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}
"""One thread each: there is a process for every core."""
_LOUD = 600


class ReadingProcess:
    """A process that does one task at a time. It leads a group of its own, so that Ctrl-C is for its parent only."""

    def __init__(self, setup: Setup) -> None:
        ours, theirs = socket.socketpair()
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `kill`
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-c", _START, str(theirs.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env={**os.environ, **_ALONE, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            )
        self.connection: Connection = Connection(ours.detach())
        self.since = 0.0
        """When its task began, on the monotonic clock."""
        self._send(setup)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    def begin(self, task: Task) -> None:
        """Give it a task; a process that died meanwhile shows when its replies are received."""
        self.since = time.monotonic()
        self._send(task)

    def receive(self) -> Reply:
        """The next reply.

        Raises:
            EOFError: the process has died.
        """
        try:
            reply: Reply = self.connection.recv()
        except OSError as error:  # the connection was reset: it died with our task unread
            raise EOFError from error
        return reply

    def stop(self) -> str:
        """Kill it, and what it started; say how it ended if that was before."""
        try:
            ended = self._child.wait(0.2)
        except subprocess.TimeoutExpired:
            ended = None
        self.kill()
        if ended is None or ended >= 0:
            return f"it ended with status {ended}" if ended else "it ended"
        return f"signal {signal.Signals(-ended).name}"

    def kill(self) -> None:
        """Kill it and what it started, at once."""
        with contextlib.suppress(ProcessLookupError):  # nobody of the group is left
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self.connection.close()
        if self._child.stdin:
            self._child.stdin.close()
        self._said.close()

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        self._said.seek(0)
        return self._said.read()[-_LOUD:].decode("utf-8", "replace").strip()

    def _send(self, message: Setup | Task) -> None:
        with contextlib.suppress(OSError):  # that it has died is seen at the next receive
            self.connection.send(message)
