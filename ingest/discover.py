"""Paths become sources: folders are walked, and every file is told by its bytes, not by its name."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import IO

from ingest.containers import Container, unpack
from ingest.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    IngestError,
    NotFoundError,
    OutsideLinkError,
    SecretFileError,
    TooLargeError,
    UnsupportedFormatError,
)
from ingest.file_access import is_inside, may_hold_secrets, open_document, open_folder
from ingest.parse.file_types import CLAIMS, HEAD, READABLE, Verdict, sniff
from ingest.records import INSIDE, MAILS, Access, Limits, Source

_NOT_DOCUMENTS = frozenset(
    {
        ".bak",
        ".bat",
        ".bib",
        ".bin",
        ".c",
        ".cfg",
        ".class",
        ".conf",
        ".cpp",
        ".css",
        ".db",
        ".dll",
        ".dylib",
        ".env",
        ".exe",
        ".gif",
        ".go",
        ".h",
        ".ico",
        ".ini",
        ".ipynb",
        ".java",
        ".js",
        ".json",
        ".jsonl",
        ".lock",
        ".log",
        ".map",
        ".mp3",
        ".mp4",
        ".otf",
        ".parquet",
        ".pkl",
        ".py",
        ".pyc",
        ".rs",
        ".scss",
        ".sh",
        ".so",
        ".sql",
        ".sqlite",
        ".svg",
        ".tmp",
        ".toml",
        ".ts",
        ".ttf",
        ".wav",
        ".woff",
        ".woff2",
        ".xml",
        ".xsd",
        ".yaml",
        ".yml",
    }
)
_LITTER = frozenset({"thumbs.db", "desktop.ini", "__macosx", "ehthumbs.db"})
_CHUNK = 1 << 20
HOME_MARK = "catalogue.sqlite"
"""A folder with this file is a Setu's own data: its copies of the documents are not documents once more."""


def discover(paths: Sequence[Path | str], limits: Limits) -> Iterator[Source | IngestError]:
    """Find the documents at ``paths``, in the order given; folders are walked in name order.

    In a folder, hidden and temporary files, the ``…_files`` folders that browsers save beside a page, files whose suffix is that of code
    or data, and the data folder of a Setu are passed over; every other file yields a ``Source`` or the reason why not. A file named
    directly is never passed over. Links are followed as far as ``limits.access`` says, and what may not be read is an error that tells why;
    a file that is reached twice is yielded once. A ZIP archive yields the documents in it, a mail itself and then its attachments.

    Args:
        paths: Files and folders, and addresses (``http://``, ``https://``) as strings; an address is one page, fetched now.
        limits: ``max_bytes`` is applied before a file is read.

    Yields:
        A ``Source``, or the ``IngestError`` (not raised) that rejects the file.
    """
    seen: set[str] = set()
    for path in paths:
        if isinstance(path, str) and is_address(path):
            yield _fetch(path, limits)
            continue
        found = False
        for item in _files(Path(path), limits.access):
            if isinstance(item, IngestError):
                found = True
                yield item
                continue
            real = os.path.realpath(item.path)
            if real in seen:
                found = True
                continue
            for outcome in _examine(item, limits):
                found = True
                if not isinstance(outcome, OutsideLinkError | SecretFileError):  # a refused path does not hide a right one
                    seen.add(real)
                yield outcome
        if not found:
            yield NotFoundError(str(path), "The folder holds no documents.", f"Name a folder with {READABLE} files.")


def candidates(folder: Path, access: Access = Access()) -> Iterator[Path | IngestError]:
    """The paths in a folder that `discover` examines, in its order, with links that it refuses; the errors of what cannot be reached."""
    for item in _walk(folder, os.path.realpath(folder), access):
        if isinstance(item, OutsideLinkError | SecretFileError):
            yield Path(item.file)
        elif isinstance(item, IngestError):
            yield item
        elif item.path.suffix.lower() not in _NOT_DOCUMENTS:
            yield item.path


@dataclass(frozen=True, slots=True)
class _File:
    """A file, whether a person ``named`` it, and the real path of the folder in which it was found."""

    path: Path
    named: bool
    folder: str | None


def _files(path: Path, access: Access) -> Iterator[_File | IngestError]:
    absolute = os.path.abspath(path)
    within = next((os.path.realpath(one) for one in access.folders if is_inside(absolute, os.path.abspath(one))), None)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        yield NotFoundError(str(path), "There is no such file or folder.", "Check the path.")
        return
    except (OSError, ValueError) as error:
        yield _unreachable(path, error)
        return
    if stat.S_ISDIR(mode):
        yield from _walk(path, within or os.path.realpath(path), access)
    else:
        yield _File(Path(absolute), True, within)


def _walk(start: Path, folder: str, access: Access) -> Iterator[_File | IngestError]:
    """The files below ``start``, which lies in ``folder``; where links lead in a circle, each folder is walked through once."""
    pending = [Path(os.path.abspath(start))]
    visited: set[tuple[int, int]] = set()
    while pending:
        current = pending.pop()
        try:
            with open_folder(current, access, folder) as descriptor:
                status = os.fstat(descriptor)
                if (status.st_dev, status.st_ino) in visited:
                    continue
                visited.add((status.st_dev, status.st_ino))
                entries = [current / name for name in sorted(os.listdir(descriptor))]
        except OSError as error:
            yield _unreachable(current, error)
            continue
        except IngestError as error:
            if not visited or current.is_symlink() or not isinstance(error, SecretFileError):
                yield error  # the data folder that merely lies in the folder is passed over
            continue
        folders = []
        names = {entry.name for entry in entries}
        if HOME_MARK in names:
            continue
        for entry in entries:
            if entry.name.startswith((".", "~$")) or entry.name.lower() in _LITTER:
                continue
            if entry.is_dir():
                page = entry.name.removesuffix("_files")
                if page == entry.name or not names & {f"{page}.html", f"{page}.htm"}:
                    folders.append(entry)
            else:
                yield _File(entry, False, folder)
        pending.extend(reversed(folders))


def _examine(file: _File, limits: Limits) -> Iterator[Source | IngestError]:
    """Open a file once for its hash, kind and members; nothing comes of one that is passed over."""
    name = str(file.path)
    suffix = file.path.suffix.lower()
    if not file.named and suffix in _NOT_DOCUMENTS:
        return
    try:
        name.encode()
    except UnicodeEncodeError:
        printable = name.encode("utf-8", "replace").decode()
        yield UnsupportedFormatError(printable, "The name of the file is not valid UTF-8.", "Rename the file.")
        return
    try:
        with open_document(file.path, limits.access, file.folder) as stream:
            yield from _outcomes(name, suffix, stream, limits)
    except OSError as error:
        yield _unreachable(file.path, error)
    except IngestError as error:
        yield error


def _outcomes(name: str, suffix: str, stream: IO[bytes], limits: Limits) -> Iterator[Source | IngestError]:
    def again() -> IO[bytes]:
        os.lseek(stream.fileno(), 0, os.SEEK_SET)
        return os.fdopen(os.dup(stream.fileno()), "rb")

    if (refusal := _refused(name, os.fstat(stream.fileno()), limits)) is not None:
        yield refusal
        return
    digest, size_read, head = _hash(stream)
    verdict = sniff(name, head, again)
    if verdict.media != "zip":
        yield _judge(name, suffix, digest, size_read, verdict)
    if verdict.media in {"zip", *MAILS}:
        container = Container(name, "zip" if verdict.media == "zip" else "mail", (name,), again)
        yield from unpack(container, limits, _judge, passed_over)


def _refused(name: str, status: os.stat_result, limits: Limits) -> IngestError | None:
    if status.st_size == 0:
        return EmptyFileError(name, "The file has no bytes.", "Copy or download it again.")
    if status.st_size > limits.max_bytes:
        size = f"{status.st_size / 1e6:.1f} MB, over the limit of {limits.max_bytes / 1e6:.1f} MB"
        return TooLargeError(name, f"The file has {size}.", "Split it, or raise the limit (SETU_MAX_FILE_MB).")
    return None


def passed_over(name: str) -> bool:
    """Whether a member of a container is what a walk through a folder passes over."""
    steps = name.split("/")
    return any(step.startswith((".", "~$")) or step.lower() in _LITTER for step in steps) or PurePath(name).suffix.lower() in _NOT_DOCUMENTS


def is_address(text: str) -> bool:
    """Whether ``text`` is a web address rather than a path."""
    return text.lower().startswith(("http://", "https://"))


def _fetch(address: str, limits: Limits) -> Source | IngestError:
    """One page of the web, with its bytes."""
    from ingest.web.download import fetch

    try:
        page = fetch(address, limits)
    except IngestError as error:
        return error
    data, name = page.data, page.name
    verdict = sniff(name, data[:HEAD], lambda: io.BytesIO(data))
    if verdict.media in {"zip", *MAILS}:
        return UnsupportedFormatError(address, "An archive or mail is not read from an address.", "Download it, and add the file.")
    judged = _judge(address, "", hashlib.sha256(data).hexdigest(), len(data), verdict)
    return judged if isinstance(judged, IngestError) else replace(judged, data=data)


def _judge(name: str, suffix: str, digest: str, size: int, verdict: Verdict) -> Source | IngestError:
    """Weigh what the bytes are against what the name claims."""
    claim = CLAIMS.get(suffix)
    if verdict.secret or may_hold_secrets(name.rpartition(INSIDE)[2]):
        return SecretFileError(name, "It holds passwords or keys.", "Rename it if it is a document, or take the key out of it.")
    if verdict.encrypted:
        return EncryptedFileError(name, "The document is protected by a password.", "Open it and save a copy without the password.")
    if verdict.media is None or verdict.media == "zip":
        if claim and verdict.what in {"damaged ZIP", "unknown"}:
            return DamagedFileError(
                name, f"The file is not a readable {claim} file: it is cut off or corrupt.", "Copy or download it again."
            )
        return UnsupportedFormatError(name, f"Setu does not read this kind of file ({verdict.what}).", verdict.remedy)
    if verdict.media == "html" and claim:
        return DamagedFileError(
            name,
            f"The file is an HTML page, not a {claim} file, as happens when a download fails or asks for a login.",
            "Open it in a browser, download the document again, or rename it to .html if the page is what you want.",
        )
    if verdict.media in {"text", "markdown", "csv"}:
        if claim:
            return DamagedFileError(name, f"The file is plain text, not a {claim} file.", "Download it again, or rename it to .txt.")
        if suffix in _NOT_DOCUMENTS:
            return UnsupportedFormatError(name, f"A {suffix} file is code or data, not a document.", "Save its text as .txt, DOCX or PDF.")
    return Source(name, digest, verdict.media, size)


def _hash(stream: IO[bytes]) -> tuple[str, int, bytes]:
    """SHA-256 in hex, the bytes counted while reading, and the first bytes."""
    digest = hashlib.sha256()
    size = 0
    head = b""
    while block := stream.read(_CHUNK):
        head = head or block[:HEAD]
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size, head


def _unreachable(path: Path, error: OSError | ValueError) -> NotFoundError:
    detail = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
    return NotFoundError(str(path), f"It cannot be read: {detail}.", "Check that it still exists and that you may read it.")
