"""A process that reads files for an ingest: it may crash, hang or eat memory, and only one file is lost by it.

Started by `ingest.workers` as ``python -c "from ingest.worker import main; main()" FD``. Its standard input is a lifeline: when
that ends, the ingest is gone, however it went, and this process and the Tesseract it may have started are killed.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import IngestError, ReaderFailedError
from ingest.page_cache import PageCache
from ingest.pipeline import as_rejects, finish, read_document
from ingest.read.dispatch import load
from ingest.records import Document, Limits, Source
from ingest.tasks import Finished, Opened, PageRead, PagesDone, ReadFile, ReadPages, Reply, Setup, Split, Started, Task

if TYPE_CHECKING:
    from ingest.read.pdf import PageReading

SPLIT_PAGES = 32
"""Missing pages from which a PDF is shared out between the processes."""
_GRACE_S = 60


def main() -> None:
    """Serve tasks on the connection whose descriptor is the last argument, until it is closed."""
    threading.Thread(target=_die_with_parent, daemon=True).start()
    connection: Connection = Connection(int(sys.argv[-1]))
    setup: Setup = connection.recv()
    patience = int(setup.seconds) + _GRACE_S

    def send(reply: Reply) -> None:
        signal.alarm(patience)
        connection.send(reply)

    while True:
        try:
            task: Task = connection.recv()
        except EOFError:
            return
        # Should the ingest be gone and the lifeline unheard, because C code holds the interpreter, the alarm ends this process.
        signal.alarm(patience)
        serve(task, setup, send)
        signal.alarm(0)


def serve(task: Task, setup: Setup, send: Callable[[Reply], None]) -> None:
    """Do one task and send what became of it."""
    source = task.source
    send(Started())
    try:
        with _memory_limit(setup.memory_bytes):
            if isinstance(task, ReadPages):
                for _ in _pages(source, task.numbers, setup, send):
                    pass
                send(PagesDone())
            else:
                outcome = _whole(task, setup, send)
                if outcome is not None:
                    send(Finished(outcome))
    except IngestError as error:
        send(Finished(error))
    except MemoryError:
        send(Finished(out_of_memory(source.uri, setup.memory_bytes), exhausted=True))


def out_of_memory(file: str, memory_bytes: int) -> ReaderFailedError:
    """The reject of a file that takes more memory than it may."""
    return ReaderFailedError(
        file,
        f"Reading it takes more than {memory_bytes / 2**20:.0f} MB of memory.",
        "Split it or save it again in its own program, or raise the limit (SETU_FILE_MEMORY_MB).",
    )


def _whole(task: ReadFile, setup: Setup, send: Callable[[Reply], None]) -> Document | None:
    source = task.source
    if source.media != "pdf":
        return read_document(source, kind=setup.kind, limits=setup.limits)
    with as_rejects(source):
        from ingest.read.pdf import assemble, count_pages

        data = _load(source, setup.limits)
        numbers = range(1, count_pages(data, source, setup.limits) + 1)
        cache = _cache(setup)
        kept = cache.held(source.sha256, numbers) if cache else set()
        send(Opened(len(numbers), len(kept)))
        missing = tuple(n for n in numbers if n not in kept)
        if task.may_split and cache is not None and len(missing) >= SPLIT_PAGES:
            send(Split(missing))
            return None
        raw = assemble(data, source, tuple(_pages(source, tuple(numbers), setup, send)))
        return finish(raw, kind=setup.kind)


def _pages(source: Source, numbers: tuple[int, ...], setup: Setup, send: Callable[[Reply], None]) -> Iterator[PageReading]:
    """The pages in order: from the cache, where they are in it; read and put there, where they are not."""
    with as_rejects(source):
        from ingest.read.pdf import read_pages

        data = _load(source, setup.limits)
        cache = _cache(setup)
        found = {n: reading for n in numbers if cache and (reading := cache.get(source.sha256, n)) is not None}
        fresh = read_pages(data, source, [n for n in numbers if n not in found])
        for number in numbers:
            reading = found.pop(number, None)
            if reading is None:
                reading = next(fresh)
                if cache:
                    cache.put(source.sha256, reading)
                send(PageRead(number))
            yield reading


@lru_cache(maxsize=1)
def _load(source: Source, limits: Limits) -> bytes:
    return load(source, limits)


@lru_cache(maxsize=1)
def _cache(setup: Setup) -> PageCache | None:
    return PageCache(setup.cache, setup.run) if setup.cache is not None else None


@contextlib.contextmanager
def _memory_limit(extra: int) -> Iterator[None]:
    """Let the address space grow by ``extra`` bytes and no more; a child process inherits the limit."""
    mapped = Path("/proc/self/statm")
    if not mapped.exists():  # macOS does not enforce the limit either
        yield
        return
    now = int(mapped.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = now + extra
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _die_with_parent() -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    main()
