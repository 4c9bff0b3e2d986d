"""The run of the small set: a process of its own, so that the server stays free for those who ask; one at a time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final, Literal, TypeAlias

import eval as eval_room
from ui.evaluation.runs import folder

State: TypeAlias = Literal["working", "done", "failed", "cancelled"]

PATIENCE_S: Final = 15.0
"""How long a process that was asked to stop may take to clean up."""
_STAGES: Final = {"read": (0.0, 0.15), "ask": (0.15, 0.85)}
"""Stage → where it begins, and how much of the whole it is: of some 45 s, 7 are spent reading (8 papers, 101 questions)."""


@dataclass(frozen=True, slots=True)
class Job:
    """How far a run is. ``name`` is that of the run once it is saved; ``reason`` is what the process said when it failed."""

    name: str
    state: State = "working"
    stage: str = "read"
    done: int = 0
    total: int = 0
    reason: str = ""

    @property
    def share(self) -> float:
        """How far it is, in [0, 1]."""
        start, length = _STAGES[self.stage]
        return start + length * min(1.0, self.done / self.total if self.total else 0.0)


def command(out: Path, engine: str) -> list[str]:
    """What is run."""
    return [sys.executable, "-m", "eval", "samples", "--steps", "--json", str(out), "--engine", engine]


class Runner:
    """Runs the small set of one home for a server process. May be shared between threads."""

    def __init__(self, home: Path, command: Callable[[Path, str], Sequence[str]] = command) -> None:
        self._home = home
        self._command = command
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._child: subprocess.Popen[str] | None = None

    @property
    def job(self) -> Job | None:
        """The run that is at work, or the last one; None before the first."""
        with self._lock:
            return self._job

    def start(self, name: str, engine: str = "extractive") -> bool:
        """Begin a run; False where one is at work already.

        Raises:
            OSError: the process cannot be started.
        """
        with self._lock:
            if self._job is not None and self._job.state == "working":
                return False
            place = folder(self._home)
            place.mkdir(parents=True, exist_ok=True)
            said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - the thread closes it
            try:
                child = subprocess.Popen(
                    self._command(place / f"{name}.json", engine),
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, encoding="utf-8", errors="replace", start_new_session=True,
                    cwd=Path(eval_room.__file__).parents[1], env={**os.environ, "SETU_HOME": str(self._home)},
                )  # fmt: skip
            except OSError:
                said.close()
                raise
            self._job, self._child = Job(name), child
        threading.Thread(target=self._follow, args=(child, said), name="evaluation", daemon=True).start()
        return True

    def cancel(self) -> None:
        """Ask the run that is at work to stop; nothing of it is saved."""
        with self._lock:
            if self._job is None or self._job.state != "working" or self._child is None:
                return
            self._job = replace(self._job, state="cancelled")
            child = self._child
        if child.stdin is not None:
            child.stdin.close()
        threading.Thread(target=_end, args=(child,), daemon=True).start()

    def forget(self) -> None:
        """Let go of what became of the last run."""
        with self._lock:
            if self._job is not None and self._job.state != "working":
                self._job = None

    def _follow(self, child: subprocess.Popen[str], said: IO[str]) -> None:
        with child, said:
            for line in child.stdout or ():
                self._take(child, line)
            status = child.wait()
            said.seek(0)
            last = next((line.strip() for line in reversed(said.read().splitlines()) if line.strip()), "")
        with self._lock:
            if self._job is not None and self._is_at_work(child):
                self._job = replace(self._job, state="done") if status == 0 else replace(self._job, state="failed", reason=last[:500])

    def _is_at_work(self, child: subprocess.Popen[str]) -> bool:
        """Whether the job is this process's; one that was cancelled may still be ending while the next is at work."""
        return self._child is child and self._job is not None and self._job.state == "working"

    def _take(self, child: subprocess.Popen[str], line: str) -> None:
        try:
            step = json.loads(line)
            stage, done, total = str(step["stage"]), int(step["done"]), int(step["total"])
        except (ValueError, KeyError, TypeError):
            return  # something else that a library of the child printed
        with self._lock:
            if stage in _STAGES and self._job is not None and self._is_at_work(child):
                self._job = replace(self._job, stage=stage, done=done, total=total)


def _end(child: subprocess.Popen[str]) -> None:
    """See to it that a process that was asked to stop is gone, with those that it started."""
    try:
        child.wait(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
