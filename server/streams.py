"""Work that tells event by event, on a thread of its own, for a client that may read slowly or hang up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import Executor
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Ended:
    error: Exception | None = None


async def events_of(work: Callable[[], Generator[T, None, None]], pool: Executor, silence: float) -> AsyncIterator[T | None]:
    """What work tells, and None whenever it has told nothing for so many seconds.

    What is told waits here for a slow reader, so that the work is done with its thread as soon as it can be. When nobody reads any more the
    work is stopped at its next event, or not begun. An error of the work is raised here.
    """
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[T | _Ended] = asyncio.Queue()
    stopped = threading.Event()

    def tell(one: T | _Ended) -> None:
        with suppress(RuntimeError):  # the server has ended
            loop.call_soon_threadsafe(told.put_nowait, one)

    def run() -> None:
        try:
            with closing(work()) as events:
                for one in events:
                    if stopped.is_set():
                        return
                    tell(one)
        except Exception as error:  # noqa: BLE001 - raised again where it is read
            tell(_Ended(error))
        else:
            tell(_Ended())

    running = loop.run_in_executor(pool, run)
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
