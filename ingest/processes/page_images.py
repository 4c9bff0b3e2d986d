"""Pictures of pages for many people at once, drawn by processes with limits: a page made to do harm costs whoever looks at it a wait.

PDFium holds a lock while it draws, and nothing stops it but the end of its process: a few bytes of PDF make it draw for days, or take
all memory. So pages are drawn by other processes, which are killed when one takes too long or nobody waits any more. One person has one
page drawn at a time; what was drawn is kept for all, and so is, for a while, that a page could not be.
"""

from __future__ import annotations

import logging
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Final, Literal, TypeAlias

from ingest.processes.messages import MAX_PIXELS, MAX_WIDTH, Drawn, DrawPage, MalformedReplyError, Rejected, Reply, Setup
from ingest.processes.sandbox import ReadingProcess, living
from ingest.records import Limits

log = logging.getLogger(__name__)

Reason: TypeAlias = Literal["slow", "large", "damaged"]
"""Why there is no picture: it takes too long, or too much memory, or the page cannot be drawn (which may end the process)."""

_TICK_S: Final = 0.1
_TRIES: Final = 2
_PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


class ImageError(Exception):
    """The page cannot be shown as an image; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What drawing may cost: one page in seconds and megabytes, all at once in ``processes``, and what is kept in megabytes."""

    seconds: float = 20.0
    memory_mb: int = 512
    processes: int = 4
    kept_mb: int = 64
    failed_seconds: float = 600.0
    """How long a page that could not be drawn is not tried again."""
    grace_seconds: float = 1.0
    """How long a page is drawn though nobody waits: who leafs on quickly shall find the process warm."""


@dataclass(slots=True)
class _Drawing:
    page: DrawPage
    person: str
    waiting: int = 0
    outcome: Drawn | Reason | None = None


@dataclass(slots=True)
class PageImages:
    """The pictures of one server. May be shared between threads."""

    limits: ImageLimits = field(default_factory=ImageLimits)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _under_way: dict[DrawPage, _Drawing] = field(default_factory=dict)
    _kept: OrderedDict[DrawPage, tuple[Drawn | Reason, float]] = field(default_factory=OrderedDict)
    _idle: list[ReadingProcess] = field(default_factory=list)

    def warm(self) -> None:
        """Have a process ready, so that who asks for a picture next need not wait for its start."""
        with self._changed:
            if not self._idle and not self._under_way:
                self._idle.append(self._new())

    def image(self, page: DrawPage, person: str, tick: Callable[[], None] = lambda: None) -> Drawn:
        """The picture of a page.

        Args:
            page: Which, and what to box on it. The file must never change, as a kept original.
            person: Who asks; of theirs, one is drawn at a time.
            tick: Called several times a second while waiting. What it raises comes out here, and ends the drawing if nobody else waits.

        Raises:
            ImageError: it cannot be drawn.
        """
        drawing: _Drawing | None = None
        try:
            while True:
                with self._changed:
                    outcome = drawing.outcome if drawing else self._look_up(page)
                    if outcome is None and drawing is None:
                        drawing = self._join(page, person)
                    if outcome is None:
                        self._changed.wait(_TICK_S)
                        outcome = drawing.outcome if drawing else None
                if isinstance(outcome, Drawn):
                    return outcome
                if outcome is not None:
                    raise ImageError(outcome)
                tick()
        finally:
            if drawing is not None:
                with self._changed:
                    drawing.waiting -= 1

    def close(self) -> None:
        """End the processes that draw nothing now."""
        with self._changed:
            idle, self._idle = self._idle, []
        for process in idle:
            process.kill()

    def _look_up(self, page: DrawPage) -> Drawn | Reason | None:
        outcome, since = self._kept.get(page, (None, 0.0))
        if isinstance(outcome, str) and time.monotonic() - since > self.limits.failed_seconds:
            del self._kept[page]
            return None
        if outcome is not None:
            self._kept.move_to_end(page)
        return outcome

    def _join(self, page: DrawPage, person: str) -> _Drawing | None:
        """Wait with others for this page, or have it drawn; None: not yet, other pages are before it."""
        drawing = self._under_way.get(page)
        if drawing is None:
            others = self._under_way.values()
            if len(others) >= self.limits.processes or any(other.person == person for other in others):
                return None
            drawing = self._under_way[page] = _Drawing(page, person)
            threading.Thread(target=self._run, args=(drawing,), name="page-image", daemon=True).start()
        drawing.waiting += 1
        return drawing

    def _run(self, drawing: _Drawing) -> None:
        outcome: Drawn | Reason | None = "damaged"
        try:
            outcome = self._draw(drawing)
        finally:
            with self._changed:
                drawing.outcome = outcome
                if self._under_way.get(drawing.page) is drawing:
                    del self._under_way[drawing.page]
                if outcome is not None:
                    self._keep(drawing.page, outcome)
                self._changed.notify_all()

    def _keep(self, page: DrawPage, outcome: Drawn | Reason) -> None:
        self._kept[page] = outcome, time.monotonic()
        size = sum(_size(page, outcome) for page, (outcome, _) in self._kept.items())
        while size > self.limits.kept_mb * 2**20 and len(self._kept) > 1:
            oldest, (dropped, _) = self._kept.popitem(last=False)
            size -= _size(oldest, dropped)

    def _draw(self, drawing: _Drawing) -> Drawn | Reason | None:
        """What comes of it; None where nobody waits any more."""
        for _ in range(_TRIES):
            process = self._take()
            process.begin(drawing.page)
            try:
                outcome = self._answer(process, drawing)
            except EOFError:
                how = process.stop()
                if process.started:
                    log.warning("a process died drawing page %d of %s (%s)", drawing.page.number, drawing.page.pdf.name, how)
                    return "damaged"
                continue  # it had died before, while it was idle
            except MalformedReplyError as error:
                log.warning("a process gave no picture of page %d of %s: %s", drawing.page.number, drawing.page.pdf.name, error)
                process.kill()
                return "damaged"
            if outcome in (None, "slow", "large") or not self._put_back(process):
                process.kill()
            return outcome
        return "damaged"

    def _answer(self, process: ReadingProcess, drawing: _Drawing) -> Drawn | Reason | None:
        while not self._is_abandoned(drawing, process):
            for reply in process.receive() if wait([process.connection.fileno()], _TICK_S) else ():
                return _judged(reply)
            if process.is_over(self.limits.seconds):
                return "slow"
        return None

    def _is_abandoned(self, drawing: _Drawing, process: ReadingProcess) -> bool:
        with self._changed:
            if drawing.waiting or not process.started or process.spent < self.limits.grace_seconds:
                return False
            del self._under_way[drawing.page]
            return True

    def _take(self) -> ReadingProcess:
        with self._changed:
            process = living(self._idle)
        return process or self._new()

    def _put_back(self, process: ReadingProcess) -> bool:
        """Keep it for the next picture; one is enough."""
        with self._changed:
            if self._idle:
                return False
            self._idle.append(process)
            return True

    def _new(self) -> ReadingProcess:
        return ReadingProcess(Setup(None, Limits(), self.limits.memory_mb * 2**20, self.limits.seconds, None, "", draws=True))


def _judged(reply: Reply) -> Drawn | Reason:
    """A picture that may be shown: one that nobody has to unpack to see that it is not too large."""
    if isinstance(reply, Rejected):
        return "large" if reply.exhausted else "damaged"
    if not isinstance(reply, Drawn) or not reply.png.startswith(_PNG):
        raise MalformedReplyError(f"{type(reply).__name__} is no picture")
    width, height = struct.unpack_from(">II", reply.png.ljust(len(_PNG) + 8, b"\0"), len(_PNG))
    if not (0 < width <= MAX_WIDTH and height > 0 and width * height <= MAX_PIXELS):
        raise MalformedReplyError(f"a picture of {width} x {height} pixels")
    return reply


def _size(page: DrawPage, outcome: Drawn | Reason) -> int:
    return len(page.before) + len(page.boxes) + (len(outcome.png) if isinstance(outcome, Drawn) else 0)
