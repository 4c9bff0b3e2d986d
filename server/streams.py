"""Work on the knowledge base, done on threads beside the loop that serves everybody; for clients that may read slowly or hang up.

All paths do theirs in one pool, so that no more is worked on at once than it has threads.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, TypeVar

T = TypeVar("T")
AT_ONCE: Final = 16
"""Requests that are worked on at once; the others wait for their turn."""
Tell: TypeAlias = Callable[[T | None], None]
"""Is told what work gives, step by step; None tells nothing. Raises `UnheardError` when nobody waits any more."""


class UnheardError(Exception):
    """Nobody waits for the work any more."""


@dataclass(frozen=True, slots=True)
class _Ended:
    error: Exception | None = None


def new_pool() -> ThreadPoolExecutor:
    """The threads of one server."""
    return ThreadPoolExecutor(AT_ONCE, "setu-request")


async def done_in(pool: Executor, work: Callable[..., T], *arguments: object, **named: object) -> T:
    """What work gives, done in a pool."""
    return await asyncio.get_running_loop().run_in_executor(pool, partial(copy_context().run, work, *arguments, **named))


async def told_by(work: Callable[[Tell[T]], None], pool: Executor, silence: float) -> AsyncGenerator[T | None, None]:
    """What work tells, and None whenever it has told nothing for so many seconds.

    What is told waits here for a slow reader, so that the work is done with its thread as soon as it can be. When nobody reads any more the
    work is stopped when it next tells something, or not begun. An error of the work is raised here.
    """
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[T | _Ended] = asyncio.Queue()
    stopped = threading.Event()

    def put(one: T | _Ended) -> None:
        with suppress(RuntimeError):  # the server has ended
            loop.call_soon_threadsafe(told.put_nowait, one)

    def tell(one: T | None) -> None:
        if stopped.is_set():
            raise UnheardError
        if one is not None:
            put(one)

    def run() -> None:
        try:
            work(tell)
        except UnheardError:
            put(_Ended())
        except Exception as error:  # noqa: BLE001 - raised again where it is read
            put(_Ended(error))
        else:
            put(_Ended())

    running = loop.run_in_executor(pool, copy_context().run, run)
    try:
        while True:
            try:
                one = await asyncio.wait_for(told.get(), silence)
            except TimeoutError:
                yield None
                continue
            if isinstance(one, _Ended):
                if one.error is not None:
                    raise one.error
                return
            yield one
    finally:
        stopped.set()
        running.cancel()


def events_of(work: Callable[[], Generator[T, None, None]], pool: Executor, silence: float) -> AsyncGenerator[T | None, None]:
    """The same of work that gives its events one by one; with None it tells nothing, and is stopped there when nobody reads any more."""

    def run(tell: Tell[T]) -> None:
        with closing(work()) as events:
            for one in events:
                tell(one)

    return told_by(run, pool, silence)
