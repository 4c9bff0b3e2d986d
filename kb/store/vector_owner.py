"""The one process that owns a Chroma folder: it runs ``chroma run`` on loopback while anyone uses it, then stops.

Run as a script (``python vector_owner.py FOLDER``), on the standard library alone, so that it is up in a moment. Chroma loses
records when two processes write to one folder, and a second reader sees stale counts; so everyone goes through this server.

Files in FOLDER: ``owner.lock`` is held by this process; ``users.lock`` is held, shared, by each client; ``service.json`` says
where the server listens. A client that dies lets go of its lock, so nothing needs to be told to stop.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

GRACE_S = 10.0
"""How long the server stays up after its last user has left."""
START_S = 20.0
_RUN = """
import ctypes, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 15)  # PR_SET_PDEATHSIG, SIGTERM: never outlive the owner
import chromadb_rust_bindings
chromadb_rust_bindings.cli(sys.argv)
"""


def free_port() -> int:
    """A port on loopback that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_up(port: int) -> bool:
    """Whether a Chroma server answers on this port of loopback."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=2) as reply:
            return bool(reply.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def _start(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(3):  # another program may take the free port first
        port = free_port()
        with (folder / "server.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-c", _RUN, "run", "--path", str(folder / "chroma"), "--host", "127.0.0.1", "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
            )
        end = time.monotonic() + START_S
        while time.monotonic() < end and child.poll() is None:
            if is_up(port):
                return child, port
            time.sleep(0.02)
        child.kill()
        child.wait()
    raise SystemExit(1)


def _unused(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def serve(folder: Path, grace: float) -> None:
    """Own ``folder`` until nobody has used it for ``grace`` seconds. Returns at once if another process owns it already."""
    owner = os.open(folder / "owner.lock", os.O_RDWR | os.O_CREAT, 0o600)
    users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    child, port = _start(folder)
    card = folder / "service.json"
    try:
        draft = folder / "service.json.new"
        draft.write_text(json.dumps({"pid": os.getpid(), "port": port}), encoding="utf-8")
        draft.replace(card)
        idle_since: float | None = None
        while child.poll() is None:
            time.sleep(0.25)
            if not _unused(users):
                idle_since = None
                continue
            now = time.monotonic()
            idle_since = idle_since if idle_since is not None else now
            if now - idle_since >= grace:
                break  # the lock stays ours until we are gone: a new client waits for it and then starts a new owner
            fcntl.flock(users, fcntl.LOCK_UN)
    finally:
        card.unlink(missing_ok=True)
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    if os.fork():
        os._exit(0)  # nobody's child: whoever started the server may leave before it does
    os.setsid()  # Ctrl-C in one user's terminal must not stop the server of the others
    serve(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else GRACE_S)
