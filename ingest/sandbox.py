"""What a process that reads papers is left with: no environment but what it needs, no network, so much memory, and no life of its own."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

_PASSED: Final = (
    "PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH", "TESSDATA_PREFIX",
)  # fmt: skip
"""What finds Tesseract, its languages and Python's own libraries, and how names of files are encoded. Nothing else: there may be keys."""
_ALONE: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}
"""One thread each: there is a process for every core."""
_NEW_USERS: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000
_PROBE: Final = "import sys; from ingest.sandbox import leave_network; sys.exit(not leave_network())"
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
