"""The queues of a process, by name, so that their lengths can be shown; a queue that nobody holds any more is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

Q = TypeVar("Q")
_queues: WeakKeyDictionary[Any, tuple[str, Callable[[Any], int]]] = WeakKeyDictionary()
_lock = threading.Lock()


def show(name: str, queue: Q, length: Callable[[Q], int]) -> None:
    """Show how long a queue is from now on; ``length`` is asked when somebody looks, and holds nothing of the queue."""
    with _lock:
        _queues[queue] = name, length


def lengths() -> dict[str, int]:
    """How long the queues of each name are together."""
    with _lock:
        known = [(name, length, queue) for queue, (name, length) in _queues.items()]
    found: dict[str, int] = {}
    for name, length, queue in known:
        found[name] = found.get(name, 0) + length(queue)
    return found
