"""The one process that owns a Chroma folder: it runs ``chroma run`` on loopback while anyone uses it, then stops.

Run as a script (``python vector_owner.py FOLDER``), on the standard library alone, so that it is up in a moment. Chroma loses
records when two processes write to one folder, and a second reader sees stale counts; so everyone goes through this server.

Files in FOLDER: ``owner.lock`` is held by this process; ``users.lock`` is held, shared, by each client. On the socket `SOCKET` this process
says where the server listens, and is told to stop: what answers there lives, and serves this folder. ``service.json`` says the same to
people who look; nobody acts on it, since it outlives a process that is killed, and its numbers are given to others then. A client that
dies lets go of its lock, so nothing needs to be told to stop.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

SOCKET = "service.sock"
STOP = b"stop"
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
    card = folder / "service.json"
    for left in (card, folder / SOCKET):  # of an owner that was killed
        left.unlink(missing_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    child, port = _start(folder)
    try:
        signal.signal(signal.SIGCHLD, lambda *_: sys.exit(0))  # a server that died must not be named for a moment: its port is free again
        said = json.dumps({"pid": os.getpid(), "port": port}).encode()
        draft = folder / "service.json.new"
        draft.write_bytes(said)
        draft.replace(card)
        with socket.socket(socket.AF_UNIX) as listener:
            os.chdir(folder)  # the path of a socket may have a hundred characters, that of a home more
            listener.bind(SOCKET)
            listener.listen(64)
            if child.poll() is None:
                _answer(listener, said, users, grace)
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for mine in (card, folder / SOCKET):
            mine.unlink(missing_ok=True)
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answer(listener: socket.socket, said: bytes, users: int, grace: float) -> None:
    """Say to everyone who connects where the server listens, until somebody wants it stopped or nobody has used it for ``grace`` seconds.

    A client keeps its connection: when that ends, what it was told counts no more.
    """
    lines: list[socket.socket] = []
    idle_since: float | None = None
    while True:
        for one in select.select([listener, *lines], [], [], 0.25)[0]:
            if one is listener:
                lines.append(listener.accept()[0])
                heard = _passed(lines[-1], said)
            else:
                heard = _passed(one)
            if heard == STOP:
                return
        lines = [line for line in lines if line.fileno() >= 0]
        if not _unused(users):
            idle_since = None
            continue
        now = time.monotonic()
        idle_since = idle_since if idle_since is not None else now
        if now - idle_since >= grace:
            return  # the lock stays ours until we are gone: a new client waits for it and then starts a new owner
        fcntl.flock(users, fcntl.LOCK_UN)


def _passed(line: socket.socket, said: bytes = b"") -> bytes:
    """Send ``said``, or else hear what comes; the line is closed when the other end is gone."""
    try:
        if said:
            line.sendall(said)
            return said
        heard = line.recv(len(STOP))
    except OSError:
        heard = b""
    if not heard:
        line.close()
    return heard


if __name__ == "__main__":
    if os.fork():
        os._exit(0)  # nobody's child: whoever started the server may leave before it does
    os.umask(0o077)
    os.setsid()  # Ctrl-C in one user's terminal must not stop the server of the others
    serve(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else GRACE_S)
