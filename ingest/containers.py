"""Files within files: the members of archives and mails become sources of their own, within limits that hold for all of them together.

A member is never written to disk. Its ``Source.parts`` say how to find it again (the container's path, then ``z3`` for the third entry
of a ZIP or ``m2`` for the second part of a mail), so that a reader in another process needs nothing else. What is packed into one
file that came from outside (a *submission*) counts together.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from ingest.errors import (
    ChangedFileError,
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    IngestError,
    NotFoundError,
    TooLargeError,
)
from ingest.file_access import open_document
from ingest.parse import archive, mail
from ingest.parse.archive import MAX_DEPTH, MORE_PARTS
from ingest.parse.file_types import HEAD, Verdict, sniff
from ingest.records import INSIDE, MAILS, Document, Limits, Source

Judge = Callable[[str, str, str, int, Verdict], "Source | IngestError"]


@dataclass(frozen=True, slots=True)
class Container:
    """A file that holds files: its name in errors, its kind, where it lies, and how to open it."""

    uri: str
    media: Literal["zip", "mail"]
    parts: tuple[str, ...]
    opened: Callable[[], IO[bytes]]

    @property
    def letter(self) -> str:
        """What begins a member's place."""
        return self.media[0]


def unpack(container: Container, limits: Limits, judge: Judge, passed_over: Callable[[str], bool]) -> Iterator[Source | IngestError]:
    """The documents of a container, and of those inside it, depth first; what cannot be read is its error.

    Args:
        container: The archive or mail.
        limits: As for one file; ``max_expanded_bytes`` holds for everything inside together.
        judge: Weighs name, hash, size and bytes of a member, as for a file.
        passed_over: Whether a name is no document, such as a program's.
    """
    yield from _unpack(container, limits, judge, passed_over, _Budget(limits.max_expanded_bytes, limits.max_members))


def contents(source: Source, limits: Limits) -> bytes:
    """The bytes of a source, wherever they lie.

    Raises:
        NotFoundError: the file has gone, or may not be read any more.
        EmptyFileError: it has no bytes.
        TooLargeError: it has grown beyond ``limits.max_bytes``.
        ChangedFileError: it is not what was found there: somebody is writing to it.
    """
    if source.data is not None:
        return source.data
    try:
        data = _inside(source, limits) if source.parts else _file_bytes(source.uri, limits)
    except OSError as error:
        raise _gone(source.uri, error) from error
    except (DamagedFileError, EncryptedFileError) as error:  # it was sound when it was found
        raise _changed(source) from error
    except IngestError as error:
        raise type(error)(source.uri, error.reason, error.remedy) from error
    if not data and not source.size:
        raise EmptyFileError(source.uri, "The file has no bytes.", "Copy or download it again.")
    if source.sha256 and hashlib.sha256(data).hexdigest() != source.sha256:
        raise _changed(source)
    return data


def forget_containers() -> None:
    """Let go of what was taken apart last."""
    _taken_apart.cache_clear()


def _inside(source: Source, limits: Limits) -> bytes:
    file, *steps = source.parts
    status = Path(file).stat()
    stamp = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return _taken_apart(file, stamp, tuple(steps[:-1]), steps[-1][0], limits)(steps[-1][1:])


@lru_cache(maxsize=MAX_DEPTH)
def _taken_apart(file: str, stamp: tuple[int, ...], steps: tuple[str, ...], letter: str, limits: Limits) -> Callable[[str], bytes]:
    """What gives the member at a place of a container, which is taken apart once for all its members."""
    data = _taken_apart(file, stamp, steps[:-1], steps[-1][0], limits)(steps[-1][1:]) if steps else _file_bytes(file, limits)
    return archive.reader(data, file, limits) if letter == "z" else mail.reader(data, file, limits)


def _changed(source: Source) -> ChangedFileError:
    return ChangedFileError(source.uri, "The file was changed while it was being read.", "Add it again when it is complete.")


@dataclass(slots=True)
class _Budget:
    """What is left to unpack of one file from outside, over all levels."""

    size: int
    members: int

    def spend(self, size: int, file: str, members: int = 1) -> None:
        self.size -= size
        self.members -= members
        if self.size < 0:
            raise TooLargeError(
                file, "All that is packed into it together expands to too much.", "Split it, or raise the limit (SETU_MAX_FILE_MB)."
            )
        if self.members < 0:
            raise TooLargeError(file, "Together with what is packed into it, it has too many parts.", f"Split it, or {MORE_PARTS}.")


def _unpack(
    container: Container, limits: Limits, judge: Judge, passed_over: Callable[[str], bool], budget: _Budget
) -> Iterator[Source | IngestError]:
    found = False
    try:
        for member in _members(container, limits):
            if isinstance(member, IngestError):
                found = True
                yield member
                continue
            budget.spend(len(member.data), container.uri)
            if passed_over(member.name):
                continue
            found = True
            yield from _examine(container, member, limits, judge, passed_over, budget)
    except IngestError as error:
        found = True
        yield error
    if not found and container.media == "zip":
        yield EmptyFileError(container.uri, "The archive holds no documents.", "Check that it is the file you meant.")


def _examine(
    container: Container, member: archive.Member, limits: Limits, judge: Judge, passed_over: Callable[[str], bool], budget: _Budget
) -> Iterator[Source | IngestError]:
    uri = f"{container.uri}{INSIDE}{member.name}"
    parts = (*container.parts, f"{container.letter}{member.place}")
    verdict = sniff(member.name, member.data[:HEAD], lambda: io.BytesIO(member.data))
    inner: Container | None = None
    if verdict.media in {"docx", "pptx", "xlsx", "epub", "office"}:
        budget.spend(archive.expanded(member.data), container.uri, members=0)
    if verdict.media in {"zip", *MAILS}:
        if len(parts) > MAX_DEPTH:
            yield TooLargeError(uri, f"It is packed {len(parts) - 1} containers deep.", "Unpack it, and add the files themselves.")
            return
        inner = Container(uri, "zip" if verdict.media == "zip" else "mail", parts, lambda: io.BytesIO(member.data))
    if verdict.media != "zip":
        if not member.data:
            yield EmptyFileError(uri, "The file has no bytes.", "Pack it again.")
            return
        judged = judge(uri, PurePosixPath(member.name).suffix.lower(), hashlib.sha256(member.data).hexdigest(), len(member.data), verdict)
        yield judged if isinstance(judged, IngestError) else replace(judged, parts=parts)
    if inner is not None:
        yield from _unpack(inner, limits, judge, passed_over, budget)


def _members(container: Container, limits: Limits) -> Iterator[archive.Member | IngestError]:
    try:
        stream = container.opened()
    except OSError as error:
        raise _gone(container.uri, error) from error
    with closing(stream):
        if container.media == "zip":
            yield from archive.members(stream, container.uri, limits)
        else:
            yield from mail.attachments(stream.read(), container.uri, limits)


def _file_bytes(path: str, limits: Limits) -> bytes:
    """The bytes of a file. Where a link leads was judged when it was found; that it is still the same file, its hash says."""
    with open_document(Path(path), replace(limits.access, links="follow")) as stream:
        data = stream.read(min(limits.max_bytes, os.fstat(stream.fileno()).st_size) + 1)
    if len(data) > limits.max_bytes:
        most = f"{limits.max_bytes / 1e6:.1f} MB"
        raise TooLargeError(path, f"The file has grown over the limit of {most}.", "Split it, or raise the limit (SETU_MAX_FILE_MB).")
    return data


def _gone(uri: str, error: OSError) -> NotFoundError:
    reason = f"It cannot be read: {error.strerror or type(error).__name__}."
    return NotFoundError(uri, reason, "Check that it still exists and that you may read it.")


PAGES = 50
"""Pages that the time limit is meant for, as for one file (`ingest.processes.pool.FREE_PAGES`)."""


@dataclass(slots=True)
class _Spent:
    """What the documents of one file from outside came to. ``over`` says which limit they went over, and what to do."""

    characters: int = 0
    rows: int = 0
    pages: int = 0
    seconds: float = 0.0
    over: tuple[str, str] | None = None


@dataclass(slots=True)
class Submissions:
    """What was spent of ``limits`` so far, by file; ``seconds`` is for every 50 pages of a container."""

    limits: Limits
    seconds: float
    _spent: dict[str, _Spent] = field(default_factory=dict)

    def refusal(self, source: Source) -> TooLargeError | None:
        """The error of a member of a container that is over a limit already."""
        over = self._of(source).over
        return TooLargeError(source.uri, *over) if over is not None else None

    def waited(self, source: Source, seconds: float) -> bool:
        """Count time that was waited for a member of a container; whether the container is over its limit now."""
        spent = self._of(source)
        spent.seconds += seconds
        allowed = self.seconds * max(1.0, spent.pages / PAGES)
        if spent.over is None and source.parts and spent.seconds > allowed:
            spent.over = (
                f"Reading what is packed into {_name(source)} takes more than {allowed:.0f} s.",
                "Take it apart and add what you need, or raise the limit (SETU_FILE_SECONDS).",
            )
        return spent.over is not None

    def take(self, document: Document) -> Document | TooLargeError:
        """Count a document; itself, or why it is left out."""
        spent, source = self._of(document.source), document.source
        spent.pages += len(document.pages)
        spent.characters += len(document.text)
        spent.rows += sum(block.role == "table_row" for block in document.blocks)
        most = self.limits.max_characters, self.limits.max_rows
        for count, limit, what, setting in zip(
            (spent.characters, spent.rows), most, ("characters", "rows of tables"), ("CHARACTERS", "ROWS"), strict=True
        ):
            if spent.over is None and count > limit:
                whole = f"All in {_name(source)} together" if source.parts else "It"
                spent.over = f"{whole} has more than {limit:,} {what}.", f"Split it, or raise the limit (SETU_MAX_{setting})."
        return self.refusal(source) or document

    def _of(self, source: Source) -> _Spent:
        return self._spent.setdefault(source.parts[0] if source.parts else source.uri, _Spent())


def _name(source: Source) -> str:
    return source.parts[0].rpartition("/")[2] if source.parts else source.uri.partition(INSIDE)[0]
