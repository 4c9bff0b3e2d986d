"""What goes over the socket between the main program and the processes that read: tasks, replies, and how they are checked.

Each message has its length in front. Replies are JSON, data only, and every value is of the type that its record says: a process
that reads what strangers wrote may have been taken over by it. So nothing that it sends is run or believed: not which file it has
read, and no span that does not say what stands there.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass, is_dataclass, replace
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ingest import errors
from ingest.document.chunking import chunk_id
from ingest.errors import ErrorName
from ingest.records import Document, Found, FoundFacts, Kind, Limits, Source

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_LENGTH: Final = struct.Struct(">Q")
_READ: Final = 1 << 20


class MalformedReplyError(Exception):
    """A reading process sent what is no answer of ours; the message says what is wrong with it."""


class Channel:
    """One end. ``most`` bounds what is accepted in one message, in bytes."""

    def __init__(self, end: socket.socket, most: int, patience: float | None = None) -> None:
        """``patience``: seconds after which a send to somebody who does not read fails; None waits."""
        self._socket = end
        self._socket.settimeout(patience)
        self._most = most
        self._come = bytearray()

    def fileno(self) -> int:
        """The descriptor, to wait on."""
        return self._socket.fileno()

    def send(self, message: bytes) -> None:
        """Send one message.

        Raises:
            OSError: the other end is gone, or does not read.
        """
        self._socket.sendall(_LENGTH.pack(len(message)))
        self._socket.sendall(message)

    def arrived(self) -> list[bytes]:
        """Read once, and return the messages that are complete by now: none, where one is still on its way.

        Raises:
            EOFError: the other end is gone.
            MalformedReplyError: a message is announced that is larger than ``most``.
        """
        try:
            read = self._socket.recv(_READ)
        except OSError as error:  # the connection was reset: it died with our message unread
            raise EOFError from error
        if not read:
            raise EOFError
        self._come += read
        messages: list[bytes] = []
        at = 0
        while len(self._come) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._come, at)
            if length > self._most:
                raise MalformedReplyError(f"a message of {length} bytes, where {self._most} are allowed")
            end = at + _LENGTH.size + length
            if len(self._come) < end:
                break
            messages.append(bytes(self._come[at + _LENGTH.size : end]))
            at = end
        del self._come[:at]
        return messages

    def close(self) -> None:
        """Close this end."""
        self._socket.close()


MAX_WIDTH: Final = 1460
"""Pixels of a page's picture. Streamlit would unpack a wider one and make it smaller, in the chat's own process."""
MAX_PIXELS: Final = 12_000_000
"""Of the whole picture: a page that is drawn as wide as may be can be four sheets long."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Sent once: what holds for every task. ``memory_bytes`` is what one task may add to the process.

    ``draws``: the process will draw pages, and makes itself ready for that.
    """

    kind: Kind | None
    limits: Limits
    memory_bytes: int
    seconds: float
    cache: Path | None
    run: str
    draws: bool = False


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Read and understand a whole file. ``may_split``: a long PDF is answered with `Split` instead."""

    source: Source
    may_split: bool


@dataclass(frozen=True, slots=True)
class ReadPages:
    """Read some pages of a PDF into the page cache; `PagesDone` follows."""

    source: Source
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DrawPage:
    """Draw page ``number`` of a PDF with the quote boxed; `Drawn` follows. ``before`` and ``boxes`` as in `quote_rectangles`."""

    pdf: Path
    number: int
    quote: str = ""
    before: str = ""
    boxes: bytes = b""

    @property
    def source(self) -> Source:
        """The file, for messages."""
        return Source(str(self.pdf), "", "pdf", 0)


@dataclass(frozen=True, slots=True)
class Started:
    """The process is up and has begun: from here on the file's time counts."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The file has so many pages, of which ``kept`` were read before."""

    pages: int
    kept: int


@dataclass(frozen=True, slots=True)
class PageRead:
    """One more page was read."""

    number: int


@dataclass(frozen=True, slots=True)
class Split:
    """These pages are missing, and are enough to be shared out."""

    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PagesDone:
    """The pages of a `ReadPages` are in the cache."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The file was read and understood. Which file that was is known to whoever asked, and not taken from here."""

    document: Document


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture of a page, and in how many lines the quote was found (0: not found, or none asked for)."""

    png: bytes
    lines: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """The task failed; ``error`` names the class. ``exhausted``: the process ran out of memory and should not be given another task."""

    error: ErrorName
    reason: str
    remedy: str
    exhausted: bool = False


Task: TypeAlias = ReadFile | ReadPages | DrawPage
Reply: TypeAlias = Started | Opened | PageRead | Split | PagesDone | Finished | Drawn | Rejected


_KINDS: Final = {kind.__name__: kind for kind in (Started, Opened, PageRead, Split, PagesDone, Finished, Drawn, Rejected)}
_SHOWN: Final = 200


def encode(reply: Reply) -> bytes:
    """The reply as bytes."""
    return json.dumps([type(reply).__name__, reply], default=_plain, separators=(",", ":")).encode()


def decode(message: bytes) -> Reply:
    """The reply that `encode` made these bytes of.

    Raises:
        MalformedReplyError: it made no such bytes.
    """
    from pydantic import ValidationError

    kind = message[2 : message.find(b'"', 2)].decode("ascii", "replace")
    if kind not in _KINDS:
        raise MalformedReplyError(f"an answer of no kind of ours: {kind[:_SHOWN]!r}")
    try:
        found: tuple[str, Reply] = _reader(kind).validate_json(message)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise MalformedReplyError(f"{kind}.{'.'.join(map(str, first['loc'][2:]))}: {first['msg']}"[:_SHOWN]) from error
    return found[1]


def received(reply: Finished | Rejected, source: Source) -> Document | errors.IngestError:
    """What became of the file that was to be read.

    Raises:
        MalformedReplyError: the document is not one of that file: it has a span that says something else than what stands there.
    """
    if isinstance(reply, Rejected):
        kind: type[errors.IngestError] = getattr(errors, reply.error)
        return kind(source.uri, reply.reason, reply.remedy)
    document = replace(reply.document, source=source)
    _check(document)
    return document


def _check(document: Document) -> None:
    text, pages = document.text, {page.number for page in document.pages}
    spans: Iterable[Any] = chain(document.pages, document.blocks, document.chunks, document.facts.dates, _found(document.facts.found))
    for span in spans:
        start, end = span.start or 0, span.end or 0
        if not 0 <= start <= end <= len(text) or span.text != text[start:end]:
            raise MalformedReplyError(f"{type(span).__name__} {start} to {end} is not what stands there")
    if not pages.issuperset(chain((block.page for block in document.blocks), *((c.page_first, c.page_last) for c in document.chunks))):
        raise MalformedReplyError("a block or a passage on a page that is not there")
    for chunk in document.chunks:
        if chunk.id != chunk_id(document.source.sha256, chunk.start, chunk.end):
            raise MalformedReplyError(f"passage {chunk.start} to {chunk.end} has the name of another")


def _found(facts: FoundFacts) -> Iterable[Found[Any]]:
    for name in facts.__dataclass_fields__:
        value = getattr(facts, name)
        for fact in value if isinstance(value, tuple) else (value,):
            if fact is not None and fact.start is not None:
                yield fact


@cache
def _reader(kind: str) -> TypeAdapter[tuple[str, Reply]]:
    from pydantic import ConfigDict, TypeAdapter

    shape: Any = tuple[str, _KINDS[kind]]  # type: ignore[valid-type]
    return TypeAdapter(shape, config=ConfigDict(strict=True, val_json_bytes="base64"))


def _plain(value: object) -> object:
    """A value that JSON does not know, by those it knows."""
    if isinstance(value, Source):  # whoever asked knows which file it is
        return {"uri": "", "sha256": value.sha256, "media": value.media, "size": value.size}
    if is_dataclass(value):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    if isinstance(value, bytes):
        return base64.urlsafe_b64encode(value).decode("ascii")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an answer")
