"""A reading process and what it is left with: no environment but what it needs, no network, so much memory, no life of its own.

`ReadingProcess` is that process as its parent sees it: start, send, receive, kill with all that it started.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from ingest.processes.messages import Channel, MalformedReplyError, Reply, Setup, Started, Task, decode

_PASSED: Final = (
    "PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH", "TESSDATA_PREFIX",
)  # fmt: skip
"""What finds Tesseract, its languages and Python's own libraries, and how names of files are encoded. Nothing else: there may be keys."""
_ALONE: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}
"""One thread each: there is a process for every core."""
_NEW_USERS: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000
_PROBE: Final = "import sys; from ingest.processes.sandbox import leave_network; sys.exit(not leave_network())"
_PROBE_S: Final = 60


def environment(given: Mapping[str, str], home: str) -> dict[str, str]:
    """The environment of a reading process, given ours; what it writes beside its answers goes into ``home``."""
    path = os.pathsep.join(os.path.abspath(place) for place in sys.path if place)
    return {**{name: given[name] for name in _PASSED if name in given}, **_ALONE, "HOME": home, "TMPDIR": home, "PYTHONPATH": path}


def leave_network() -> bool:
    """Move this process, and all it will start, to where there is no network; say whether the system let us.

    To be called before the first thread is started. Linux lets root do it, and others in a namespace of users of their own, where that
    is not forbidden; other systems have no such thing.
    """
    if sys.platform != "linux":
        return False
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    # Root stays root of the files as well, so a namespace of users is only for those who need it.
    return unshare is not None and (unshare(_NEW_NETWORK) == 0 or unshare(_NEW_USERS | _NEW_NETWORK) == 0)


def can_leave_network() -> bool:
    """Whether reading processes have no network on this machine, tried in a process of its own."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROBE], env=environment(os.environ, os.devnull), stdin=subprocess.DEVNULL, capture_output=True,
            timeout=_PROBE_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@contextlib.contextmanager
def memory_limit(extra: int) -> Iterator[None]:
    """Let the address space grow by ``extra`` bytes and no more; a child process inherits the limit."""
    mapped = Path("/proc/self/statm")
    if not mapped.exists():  # macOS does not enforce the limit either
        yield
        return
    now = int(mapped.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = now + extra
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def die_with_parent() -> None:
    """Wait until standard input ends, which is when the parent is gone, however it went; then end, with all that was started here."""
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    with contextlib.suppress(OSError):  # nobody else will remove it; where something was left in it, it stays
        os.rmdir(os.environ["HOME"])
    os.killpg(os.getpgid(0), signal.SIGKILL)


_START = "from ingest.processes.worker import main; main()"
_LOUD = 600
_UNHEARD_S = 60.0
"""After so long a process that does not read what it is told is given up."""
_START_S = 60.0
"""What a process may take to start, beside the time of its task."""


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
        """The replies that are complete by now, but for `Started`, which is noted; call when something is on the `connection`.

        Raises:
            EOFError: the process has died.
            MalformedReplyError: what it sent is no reply; the process is not to be used again.
        """
        replies: list[Reply] = []
        for message in self.connection.arrived():
            reply = decode(message)
            if not isinstance(reply, Started):
                replies.append(reply)
            elif self.started:
                raise MalformedReplyError("it began twice")
            else:
                self.since, self.started = time.monotonic(), True
        return replies

    @property
    def spent(self) -> float:
        """Seconds since its task began."""
        return time.monotonic() - self.since

    def is_over(self, seconds: float) -> bool:
        """Whether its task takes longer than that; one that has not begun yet may take a minute more to start."""
        return self.spent > seconds + (0.0 if self.started else _START_S)

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


def living(idle: list[ReadingProcess]) -> ReadingProcess | None:
    """Take one that is alive, if there is one; the dead are cleared away."""
    while idle:
        process = idle.pop()
        if process.is_alive:
            return process
        process.kill()
    return None
