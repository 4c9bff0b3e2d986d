"""Modules and parts of them in the making: the work belongs to the server process, so that the page may be left or loaded anew.

One is made at a time, for it takes a processor; the others wait for their turn and can be stopped meanwhile. Nothing is kept of one that
was stopped or failed.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from ingest.errors import IngestError
from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from kb.records import Engine
from training import module_store
from training.errors import MakingCancelledError
from training.freshness import OF_WRITING
from training.make import Progress, Tell, make, remake
from training.records import Module, Note, Part, Request
from ui.auth.rate_limits import MOST_WAITING, TooManyError

log = logging.getLogger(__name__)

State: TypeAlias = Literal["waiting", "working", "done", "failed", "cancelled"]
Run: TypeAlias = Callable[[Tell, Callable[[], bool]], str]
"""Makes and keeps a module, and returns its id."""

KEPT: Final = 50
"""Finished ones that can still be looked at."""
_TURN_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Making:
    """How far one is. ``module`` is the id of what is kept, of a part being made again from the beginning; ``trouble`` is why it failed."""

    id: str
    owner: str
    request: Request
    module: str = ""
    part: Part | None = None
    state: State = "waiting"
    progress: Progress | None = None
    trouble: KnowledgeBaseError | IngestError | OSError | None = None
    stopping: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def share(self) -> float:
        """How far it is, in [0, 1]; of a part that is made again, its one step is most of the work."""
        step = self.progress
        if self.finished or step is None:
            return 1.0 if self.finished else 0.0
        inner = min(1.0, step.inner / step.of) if step.of else 0.0
        if self.part is not None:
            return 0.5 * inner if step.part == "gather" else 0.5 + 0.4 * inner
        return min(1.0, (step.done + inner) / step.total)


class Makings:
    """Those of a server process. May be shared between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._all: dict[str, Making] = {}

    def start(self, owner: str, request: Request, run: Run, *, module: str = "", part: Part | None = None) -> str:
        """Begin; the key under which it is found again, which cannot be guessed.

        Raises:
            TooManyError: this owner has enough that waits.
        """
        key = secrets.token_urlsafe(9)
        with self._lock:
            if sum(making.owner == owner and not making.finished for making in self._all.values()) >= MOST_WAITING:
                raise TooManyError
            finished = [one for one, making in self._all.items() if making.finished]
            for old in finished[: max(0, len(finished) - KEPT + 1)]:
                del self._all[old]
            self._all[key] = Making(key, owner, request, module, part)
        threading.Thread(target=self._work, args=(key, run), name=f"studio-{key}", daemon=True).start()
        return key

    def get(self, key: str | None, owner: str) -> Making | None:
        """One of this owner as it is now; None where there is none."""
        with self._lock:
            found = self._all.get(key or "")
        return found if found is not None and found.owner == owner else None

    def unfinished(self, owner: str) -> Making | None:
        """The newest of this owner that is still at work."""
        with self._lock:
            found = [one for one in self._all.values() if one.owner == owner and not one.finished]
        return found[-1] if found else None

    def parts_of(self, module_id: str) -> frozenset[Part]:
        """Which parts of a module somebody is having made again."""
        with self._lock:
            return frozenset(m.part for m in self._all.values() if m.module == module_id and m.part is not None and not m.finished)

    def cancel(self, key: str, owner: str) -> None:
        """Ask it to stop at its next step."""
        with self._lock:
            found = self._all.get(key)
            if found is not None and found.owner == owner and not found.finished:
                self._all[key] = replace(found, stopping=True)

    def _stopping(self, key: str) -> bool:
        with self._lock:
            return self._all[key].stopping

    def _put(self, key: str, **changes: object) -> None:
        with self._lock:
            self._all[key] = replace(self._all[key], **changes)  # type: ignore[arg-type]

    def _work(self, key: str, run: Run) -> None:
        while not self._turn.acquire(timeout=_TURN_S):
            if self._stopping(key):
                self._put(key, state="cancelled")
                return
        # Whatever else is raised goes on to the log of the server, and the page says that it failed.
        end: dict[str, object] = {"state": "failed"}
        try:
            self._put(key, state="working")
            module = run(lambda step: self._put(key, progress=step), lambda: self._stopping(key))
            end = {"state": "done", "module": module}
        except MakingCancelledError:
            end = {"state": "cancelled"}
        except (KnowledgeBaseError, IngestError, OSError) as error:
            log.info("A module was not made: %s", type(error).__name__)
            end = {"state": "failed", "trouble": error}
        finally:
            self._turn.release()
            self._put(key, **end)


def making(kb: KnowledgeBase, request: Request, engine: Engine | None) -> Run:
    """A whole module."""

    def run(tell: Tell, cancelled: Callable[[], bool]) -> str:
        module = make(kb, request, tell=tell, cancelled=cancelled, engine=engine)
        module_store.save(kb, module)
        return module.id

    return run


def remaking(kb: KnowledgeBase, module_id: str, part: Part) -> Run:
    """A part of a kept module, of quotes alone where all of it is; whatever was changed meanwhile in its other parts stays."""

    def run(tell: Tell, cancelled: Callable[[], bool]) -> str:
        before = module_store.load(kb, module_id)
        quotes: Engine | None = "extractive" if before.model is None else None
        fresh = remake(kb, before, part, tell=tell, cancelled=cancelled, engine=quotes)
        module_store.change(
            kb, module_id, lambda now: replace(now, papers=fresh.papers, notes=_notes(before, now, fresh), **{part: getattr(fresh, part)})
        )
        return module_id

    return run


def _notes(before: Module, now: Module, fresh: Module) -> tuple[Note, ...]:
    """What is known of a model's writing after a part was made again: as it came out, with what came to be known meanwhile."""
    writing = [note for note in fresh.notes if note.code in OF_WRITING]
    writing += [note for note in now.notes if note.code in OF_WRITING and note not in before.notes and note not in writing]
    return (*(note for note in now.notes if note.code not in OF_WRITING), *writing)
