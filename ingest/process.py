"""One reading process as its parent sees it: start, send, receive, kill with all that it started."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import IO

from ingest.channel import Channel
from ingest.sandbox import environment
from ingest.serialization import decode
from ingest.tasks import Reply, Setup, Task

_START = "from ingest.worker import main; main()"
_LOUD = 600
_UNHEARD_S = 60.0
"""After so long a process that does not read what it is told is given up."""


class ReadingProcess:
    """A process that does one task at a time. It leads a group of its own, so that Ctrl-C is for its parent only."""

    def __init__(self, setup: Setup) -> None:
        ours, theirs = socket.socketpair()
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `kill`
        self._home = tempfile.TemporaryDirectory(prefix="setu-reading-", ignore_cleanup_errors=True)
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-c", _START, str(theirs.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env=environment(os.environ, self._home.name),
                cwd=self._home.name,
            )
        self.connection = Channel(ours, setup.memory_bytes, _UNHEARD_S)
        self.since = 0.0
        """When its task began, on the monotonic clock."""
        self.started = False
        """Whether it has said that it began."""
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
        self.since, self.started = time.monotonic(), False
        self._send(task)

    def receive(self) -> list[Reply]:
        """The replies that are complete by now; to be called when there is something on the `connection`.

        Raises:
            EOFError: the process has died.
            MalformedReplyError: what it sent is no reply; the process is not to be used again.
        """
        return [decode(message) for message in self.connection.arrived()]

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
        self._home.cleanup()

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        self._said.seek(0)
        return self._said.read()[-_LOUD:].decode("utf-8", "replace").strip()

    def _send(self, message: Setup | Task) -> None:
        with contextlib.suppress(OSError):  # that it has died is seen at the next receive
            self.connection.send(pickle.dumps(message, protocol=5))
