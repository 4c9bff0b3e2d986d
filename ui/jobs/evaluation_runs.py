"""Evaluation runs: those saved in a home (``evaluations/*.json``, as ``python -m eval … --json`` writes them), and running the small set.

The small set runs in a process of its own, so that the server stays free for those who ask; one at a time.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final, Literal, TypeAlias

import regex

import eval as eval_room
from kb.files import atomic_write, private_folder

FOLDER: Final = "evaluations"
MAX_BYTES: Final = 30_000_000
NAME: Final = regex.compile(r"[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} ._-]{0,79}")

Kind: TypeAlias = Literal["answers", "verification", "retrieval", "other"]
Run: TypeAlias = Mapping[str, Any]


class RunError(Exception):
    """A file is no run that can be kept or shown: ``reason`` is the last part of a key of the interface's strings."""

    def __init__(self, reason: Literal["large", "json", "object", "broken", "name", "gone"]) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Saved:
    """A run under the name of its file; ``at`` (UTC) is when it was made, or else when the file was written (``written_ns``)."""

    name: str
    kind: Kind
    at: datetime
    run: Run
    written_ns: int = 0

    @property
    def version(self) -> str:
        """The version of Setu that made it; "" where the run does not say."""
        made = self.run.get("made")
        return str(made.get("version", "")) if isinstance(made, Mapping) else ""


def folder(home: Path) -> Path:
    """Where the runs of a home lie."""
    return home / FOLDER


def saved(home: Path) -> tuple[Saved, ...]:
    """Every run that can be read, the newest first; other files in the folder are passed over."""
    found = []
    for path in folder(home).glob("*.json"):
        if NAME.fullmatch(path.stem):
            try:
                found.append(load(home, path.stem))
            except RunError:
                continue
    return tuple(sorted(found, key=lambda one: (one.at, one.name), reverse=True))


def load(home: Path, name: str) -> Saved:
    """One run.

    Raises:
        RunError: there is none of that name, or its file is no run.
    """
    if not NAME.fullmatch(name):
        raise RunError("name")
    path = folder(home) / f"{name}.json"
    try:
        stat = path.stat()
        if stat.st_size > MAX_BYTES:
            raise RunError("large")
        return _read(path, stat.st_mtime_ns)
    except OSError as error:
        raise RunError("gone") from error


def keep(home: Path, name: str, data: bytes) -> Saved:
    """Keep a run that was sent, under its own name or, where that is taken, one with a number; whole or not at all.

    Raises:
        RunError: it is too large or no run.
        OSError: it cannot be written.
    """
    stem = _free(home, " ".join(regex.sub(r"[^\p{L}\p{M}\p{N} ._-]", "-", Path(name.replace("\\", "/")).stem).strip(" .-_").split())[:60])
    parse(stem, data, datetime.now(UTC))
    place = folder(home)
    private_folder(place)
    atomic_write(place / f"{stem}.json", data)
    return load(home, stem)


def delete(home: Path, name: str) -> bool:
    """Remove a run; returns whether there was one of that name."""
    if not NAME.fullmatch(name):
        return False
    try:
        (folder(home) / f"{name}.json").unlink()
    except FileNotFoundError:
        return False
    return True


def fresh_name(home: Path) -> str:
    """A name for a run of the sample papers that begins now."""
    return _free(home, f"samples {datetime.now():%Y-%m-%d %H.%M}")


def parse(name: str, data: bytes, written: datetime) -> Saved:
    """The run that a file holds.

    Raises:
        RunError: it is too large, not JSON, or no report of an evaluation.
    """
    if len(data) > MAX_BYTES:
        raise RunError("large")
    try:
        run = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RunError("json") from error
    if not isinstance(run, dict) or not run:
        raise RunError("object")
    return Saved(name, kind_of(run), _made_at(run) or written, run)


def kind_of(run: Run) -> Kind:
    """Which command made a run, by what stands in it."""
    if "answer_in_quote" in run and "by_language" in run:
        return "answers"
    if "reliability" in run and "systems" in run:
        return "verification"
    sets = run.get("sets")
    if isinstance(sets, list) and sets and all(isinstance(one, dict) and "systems" in one for one in sets):
        return "retrieval"
    return "other"


@lru_cache(maxsize=64)
def _read(path: Path, written_ns: int) -> Saved:
    """Read once for each time the file is written."""
    return replace(parse(path.stem, path.read_bytes(), datetime.fromtimestamp(written_ns / 1e9, UTC)), written_ns=written_ns)


def _made_at(run: Run) -> datetime | None:
    made = run.get("made")
    try:
        at = datetime.fromisoformat(str(made["at"])) if isinstance(made, Mapping) else None
    except (KeyError, ValueError):
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None


def _free(home: Path, wanted: str) -> str:
    stem = wanted if NAME.fullmatch(wanted) else "run"
    taken = {os.path.splitext(name)[0] for name in os.listdir(folder(home))} if folder(home).is_dir() else set()
    return next(name for name in (stem, *(f"{stem} {number}" for number in range(2, 10_000))) if name not in taken)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON.")


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
