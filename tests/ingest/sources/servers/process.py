"""A server in a process of its own, which may be killed at any time, and a wire to it that may be cut."""

from __future__ import annotations

import importlib.util
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support import PROJECT

READY = "ready"
_STARTS_S = 60.0


def needs(*packages: str) -> None:
    """Skip the tests of a module whose server or client is not installed."""
    if missing := [one for one in packages if importlib.util.find_spec(one) is None]:
        pytest.skip(f"not installed: {', '.join(missing)} (pip install -e .[dev])", allow_module_level=True)


class Process:
    """A module of this folder that runs as a program: it says ``ready`` and what a client must know, and ends with its input."""

    def __init__(self, module: str, *arguments: str | Path) -> None:
        command = [sys.executable, "-m", f"tests.ingest.sources.servers.{module}", *map(str, arguments)]
        self._process = subprocess.Popen(
            command,
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.said = self._first_words()

    def kill(self) -> None:
        """End it, with what it started."""
        with suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _first_words(self) -> list[str]:
        out = self._process.stdout
        assert out is not None
        until = time.monotonic() + _STARTS_S
        while time.monotonic() < until and select.select([out], [], [], max(0.0, until - time.monotonic()))[0]:
            line = out.readline()
            if line.startswith(READY):
                return line.split()[1:]
            if not line:
                break
        self.kill()
        raise RuntimeError("The server did not start.")


@contextmanager
def running(module: str, *arguments: str | Path) -> Iterator[Process]:
    process = Process(module, *arguments)
    try:
        yield process
    finally:
        process.kill()


def say_ready(*words: object) -> None:
    """Tell who started this program that it may be asked."""
    sys.stdout.write(" ".join(map(str, (READY, *words))) + "\n")
    sys.stdout.flush()


def wait_for_the_end() -> None:
    """Return when whoever started this program is gone."""
    sys.stdin.read()


class Wire:
    """Leads from a port of its own to a server, and breaks off once so many bytes have come from there."""

    def __init__(self, port: int, breaks_after: int | None = None) -> None:
        self.breaks_after = breaks_after
        self.port = 0
        self._to = port
        self._came = 0
        self._open: list[socket.socket] = []

    def __enter__(self) -> Wire:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def cut(self) -> None:
        """Break off all that is open."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open = []

    def breaks(self, after: int) -> None:
        """Break off after so many further bytes, and let nothing through from then on."""
        self._came, self.breaks_after = 0, after

    def mends(self) -> None:
        """Let everything through again."""
        self.breaks_after = None

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._is_broken():
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open += [near, far]
            threading.Thread(target=self._carry, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, True), daemon=True).start()

    def _is_broken(self) -> bool:
        return self.breaks_after is not None and self._came >= self.breaks_after

    def _carry(self, here: socket.socket, there: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while data := here.recv(4096):
                self._came += len(data) if counts else 0
                if self._is_broken():
                    self.cut()
                    return
                there.sendall(data)
        with suppress(OSError):
            there.shutdown(socket.SHUT_RDWR)
