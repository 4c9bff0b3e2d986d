"""Stretches of work that a node is watched by: a request, a search, an answer, an ingest.

Nobody watches unless `watch` was called, and then a stretch costs a look at an empty tuple. What is noted of one are numbers and words of
ours, never text of a question or a paper, nor who asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Literal, Protocol, TypeAlias, TypeVar

from kb.event_log import Value

Name: TypeAlias = Literal["request", "search", "answer", "ingest"]
T = TypeVar("T")


class Stretch(Protocol):
    """One stretch as a watcher has it."""

    def within(self) -> AbstractContextManager[object]:
        """What is begun in this context belongs to the stretch."""

    def end(self, fields: dict[str, Value], error: BaseException | None) -> None:
        """It is over, with what was noted of it."""


Watcher: TypeAlias = Callable[[Name], Stretch]
"""Is told that a stretch begins."""

_watchers: tuple[Watcher, ...] = ()
_lock = threading.Lock()


def watch(watcher: Watcher) -> Callable[[], None]:
    """Have a watcher told of every stretch from now on, until the function that is returned is called."""
    global _watchers  # noqa: PLW0603 - one process has one set of watchers, as it has one log
    with _lock:
        _watchers = (*_watchers, watcher)

    def end() -> None:
        global _watchers  # noqa: PLW0603
        with _lock:
            _watchers = tuple(one for one in _watchers if one is not watcher)

    return end


def watched() -> bool:
    """Whether anybody watches."""
    return bool(_watchers)


class Span:
    """A stretch of work, from entering it to leaving it."""

    def __init__(self, name: Name, watchers: tuple[Watcher, ...]) -> None:
        self._begun = [watcher(name) for watcher in watchers]
        self._fields: dict[str, Value] = {}
        self._inside = ExitStack()

    def note(self, **fields: Value) -> None:
        """Note numbers and words of ours."""
        self._fields |= fields

    def within(self) -> ExitStack:
        """A context in which what is begun belongs to this."""
        with ExitStack() as entered:
            for one in self._begun:
                entered.enter_context(one.within())
            return entered.pop_all()

    def end(self, error: BaseException | None = None) -> None:
        """It is over."""
        for one in self._begun:
            one.end(self._fields, error)

    def __enter__(self) -> Span:
        self._inside = self.within()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._inside.close()
        self.end(error)


class _Unwatched(Span):
    """A stretch that nobody watches; one for all."""

    def __init__(self) -> None: ...

    def note(self, **fields: Value) -> None: ...

    def __enter__(self) -> Span:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


_UNWATCHED = _Unwatched()


def span(name: Name) -> Span:
    """A stretch of work, to be entered with ``with``."""
    return Span(name, _watchers) if _watchers else _UNWATCHED


def spanned(name: Name, steps: Generator[T, None, None]) -> Generator[T, None, None]:
    """The same steps, as one stretch from the first that is asked for to the last; whoever reads them is outside of it."""
    return _spanned(name, steps) if _watchers else steps


def _spanned(name: Name, steps: Generator[T, None, None]) -> Generator[T, None, None]:
    whole = Span(name, _watchers)
    error: BaseException | None = None
    try:
        yield from _steps(whole, steps)
    except GeneratorExit:
        whole.note(outcome="stopped")
        raise
    except BaseException as failed:
        error = failed
        raise
    finally:
        steps.close()
        whole.end(error)


def _steps(whole: Span, steps: Iterator[T]) -> Iterator[T]:
    while True:
        with whole.within():
            try:
                one = next(steps)
            except StopIteration:
                return
        yield one
