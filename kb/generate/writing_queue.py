"""The queue in front of a busy language model: so many answers are written at once, the others wait, first come, first served."""

from __future__ import annotations

import threading


class WritingQueue:
    """A queue of the answers of one process. Thread-safe."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._line: list[Ticket] = []
        self._moved = threading.Condition()

    def enter(self) -> Ticket:
        """A place at the end, which is held until it is left."""
        ticket = Ticket(self)
        with self._moved:
            self._line.append(ticket)
        return ticket

    def place(self, ticket: Ticket) -> int:
        """How many leave before this one's turn comes; 0: it is its turn."""
        with self._moved:
            return self._place(ticket)

    def wait(self, ticket: Ticket, seconds: float) -> None:
        """Wait until a place has changed, but not longer."""
        with self._moved:
            before = self._place(ticket)
            self._moved.wait_for(lambda: self._place(ticket) < before, timeout=seconds)

    def leave(self, ticket: Ticket) -> None:
        """Give the place up; whoever has given it up already may do so again."""
        with self._moved:
            if ticket in self._line:
                self._line.remove(ticket)
                self._moved.notify_all()

    def _place(self, ticket: Ticket) -> int:
        return max(0, self._line.index(ticket) - self._at_once + 1)


class Ticket:
    """One answer in the queue."""

    def __init__(self, queue: WritingQueue) -> None:
        self._queue = queue

    @property
    def place(self) -> int:
        """See `WritingQueue.place`."""
        return self._queue.place(self)

    def wait(self, seconds: float) -> None:
        """See `WritingQueue.wait`."""
        self._queue.wait(self, seconds)

    def leave(self) -> None:
        """See `WritingQueue.leave`."""
        self._queue.leave(self)
