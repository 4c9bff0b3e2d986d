"""A process that reads files or draws pages for another: it may crash, hang or eat memory, and only one file is lost by it.

Started by `ingest.processes.sandbox` as ``python -c "from ingest.processes.worker import main; main()" FD``. Its standard input is a
lifeline: when that ends, whoever started it is gone, and this process and the Tesseract it may have started are killed. What it is told
is pickled, as it comes from a process that is trusted; what it answers is data only (`ingest.processes.messages`).
"""

from __future__ import annotations

import pickle
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.errors import ErrorName, IngestError, ReaderFailedError
from ingest.page_cache import PageCache
from ingest.parse.dispatch import load
from ingest.pipeline import as_rejects, finish, read_document
from ingest.processes.messages import (
    Channel,
    Drawn,
    DrawPage,
    Finished,
    Opened,
    PageRead,
    PagesDone,
    ReadFile,
    ReadPages,
    Rejected,
    Reply,
    Setup,
    Split,
    Started,
    Task,
    encode,
)
from ingest.processes.sandbox import die_with_parent, leave_network, memory_limit
from ingest.records import Document, Limits, Source

if TYPE_CHECKING:
    from ingest.pdf.reader import PageReading

SPLIT_PAGES = 32
"""Missing pages from which a PDF is shared out between the processes."""
_GRACE_S = 60


def main() -> None:
    """Serve tasks on the socket whose descriptor is the last argument, until it is closed."""
    leave_network()  # where the system does not let us, `setu doctor` says so
    threading.Thread(target=die_with_parent, daemon=True).start()
    channel = Channel(socket.socket(fileno=int(sys.argv[-1])), sys.maxsize)
    told = _told(channel)
    setup: Setup = pickle.loads(next(told))
    patience = int(setup.seconds) + _GRACE_S
    if setup.draws:
        import ingest.pdf.render  # noqa: F401 - now, and not when somebody waits for a picture

    def send(reply: Reply) -> None:
        signal.alarm(patience)
        channel.send(encode(reply))

    for message in told:
        task: Task = pickle.loads(message)
        # Should the parent be gone and the lifeline unheard, because C code holds the interpreter, the alarm ends this process.
        signal.alarm(patience)
        serve(task, setup, send)
        signal.alarm(0)


def _told(channel: Channel) -> Iterator[bytes]:
    try:
        while True:
            yield from channel.arrived()
    except EOFError:
        return


def serve(task: Task, setup: Setup, send: Callable[[Reply], None]) -> None:
    """Do one task and send what became of it."""
    source = task.source
    send(Started())
    try:
        with memory_limit(setup.memory_bytes):
            if isinstance(task, DrawPage):
                send(_drawn(task))
            elif isinstance(task, ReadPages):
                for _ in _pages(source, task.numbers, setup, send):
                    pass
                send(PagesDone())
            else:
                outcome = _whole(task, setup, send)
                if outcome is not None:
                    send(Finished(outcome))
    except IngestError as error:
        send(_rejected(error))
    except MemoryError:
        send(_rejected(out_of_memory(source.uri, setup.memory_bytes), exhausted=True))


def _rejected(error: IngestError, *, exhausted: bool = False) -> Rejected:
    name: ErrorName = type(error).__name__  # type: ignore[assignment]
    return Rejected(name, error.reason, error.remedy, exhausted)


def _drawn(task: DrawPage) -> Drawn:
    with as_rejects(task.source):
        from ingest.pdf.render import page_image

        return Drawn(*page_image(task.pdf, task.number, task.quote, before=task.before, boxes=task.boxes))


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
        from ingest.pdf.reader import assemble, count_pages

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
        from ingest.pdf.reader import read_pages

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
