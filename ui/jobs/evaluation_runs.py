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
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import regex

import eval as eval_room
from kb.errors import KnowledgeBaseError
from kb.files import atomic_write, private_folder
from ui.jobs.runner import Stopped, StoppedError, Tell, Work

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


PATIENCE_S: Final = 15.0
"""How long a process that was asked to stop may take to clean up."""
_LOOK_S: Final = 0.1
_STAGES: Final = {"read": (0.0, 0.15), "ask": (0.15, 0.85)}
"""Stage → where it begins, and how much of the whole it is: of some 45 s, 7 are spent reading (8 papers, 101 questions)."""


@dataclass(frozen=True, slots=True)
class Measuring:
    """How far a run of the small set is."""

    stage: str = "read"
    done: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        """How far it is, in [0, 1]."""
        start, length = _STAGES[self.stage]
        return start + length * min(1.0, self.done / self.total if self.total else 0.0)


def command(out: Path, engine: str) -> list[str]:
    """What is run."""
    return [sys.executable, "-m", "eval", "samples", "--steps", "--json", str(out), "--engine", engine]


def work_of(home: Path, name: str, engine: str, command: Callable[[Path, str], Sequence[str]] = command) -> Work[Measuring]:
    """Measures the small set and saves the run under a name, which it returns; nothing is saved of one that was stopped."""

    def work(tell: Tell[Measuring], stopped: Stopped) -> str:
        place = folder(home)
        place.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said,
            subprocess.Popen(
                command(place / f"{name}.json", engine),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, encoding="utf-8", errors="replace", start_new_session=True,
                cwd=Path(eval_room.__file__).parents[1], env={**os.environ, "SETU_HOME": str(home)},
            ) as child,
        ):  # fmt: skip
            threading.Thread(target=_end_when, args=(child, stopped), daemon=True).start()
            for line in child.stdout or ():
                if (step := _step(line)) is not None:
                    tell(step)
            status = child.wait()
            said.seek(0)
            last = next((line.strip() for line in reversed(said.read().splitlines()) if line.strip()), "")
        if status and stopped():
            raise StoppedError
        if status:
            raise KnowledgeBaseError(last[:500])
        return name

    return work


def _step(line: str) -> Measuring | None:
    """What the process said of itself; None for something else that a library of it printed."""
    try:
        step = json.loads(line)
        now = Measuring(str(step["stage"]), int(step["done"]), int(step["total"]))
    except (ValueError, KeyError, TypeError):
        return None
    return now if now.stage in _STAGES else None


def _end_when(child: subprocess.Popen[str], stopped: Stopped) -> None:
    """Ask a process to stop when a person wants it, and see to it that it is gone, with those that it started."""
    while child.poll() is None and not stopped():
        time.sleep(_LOOK_S)
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
