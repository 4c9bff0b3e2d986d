"""The queue in front of a busy language model: so many answers are written at once, the others wait, first come, first served."""

from __future__ import annotations

import threading


class WritingQueue:
    """A queue of the answers of one process. Thread-safe."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.line: list[Ticket] = []
        self.moved = threading.Condition()
        """Holds the line still, and tells when somebody has left it."""

    def waiting(self) -> int:
        """How many wait for their turn."""
        with self.moved:
            return max(0, len(self.line) - self.at_once)

    def enter(self) -> Ticket:
        """A place at the end, which is held until it is left."""
        ticket = Ticket(self)
        with self.moved:
            self.line.append(ticket)
        return ticket


class Ticket:
    """One answer in a queue."""

    def __init__(self, queue: WritingQueue) -> None:
        self._queue = queue

    @property
    def place(self) -> int:
        """How many leave before this one's turn comes; 0: it is its turn."""
        with self._queue.moved:
            return max(0, self._queue.line.index(self) - self._queue.at_once + 1)

    def wait(self, seconds: float) -> None:
        """Wait until the place has changed, but not longer."""
        with self._queue.moved:
            before = self.place
            self._queue.moved.wait_for(lambda: self.place < before, timeout=seconds)

    def leave(self) -> None:
        """Give the place up; whoever has given it up already may do so again."""
        with self._queue.moved:
            if self in self._queue.line:
                self._queue.line.remove(self)
                self._queue.moved.notify_all()
