"""Answers of a reading process as JSON, and back: data only, and every value of the type that its record says.

A process that reads what strangers wrote may have been taken over by it. So nothing that it sends is run or believed: not which file it
has read, and no span that does not say what stands there.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import is_dataclass, replace
from datetime import date
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from ingest import errors
from ingest.channel import MalformedReplyError
from ingest.chunk import chunk_id
from ingest.found import Found, FoundFacts
from ingest.records import Document, Source
from ingest.tasks import Drawn, Finished, Opened, PageRead, PagesDone, Rejected, Reply, Split, Started

if TYPE_CHECKING:
    from pydantic import TypeAdapter

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
