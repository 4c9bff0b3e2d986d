"""Paths become sources: folders are walked, and every file is told by its bytes, not by its name."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    IngestError,
    NotFoundError,
    TooLargeError,
    UnsupportedFormatError,
)
from ingest.read.sniff import HEAD, Verdict, sniff
from ingest.records import Limits, Source

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
        ".csv",
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
        ".tsv",
        ".ttf",
        ".wav",
        ".webp",
        ".woff",
        ".woff2",
        ".xml",
        ".xsd",
        ".yaml",
        ".yml",
    }
)
_LITTER = frozenset({"thumbs.db", "desktop.ini", "__macosx", "ehthumbs.db"})
_CLAIMS = {".pdf": "PDF", ".docx": "DOCX", ".docm": "DOCX", ".doc": "Word", ".xls": "Excel", ".xlsx": "Excel", ".ppt": "PowerPoint"}
_CLAIMS |= {".pptx": "PowerPoint", ".odt": "OpenDocument", ".rtf": "RTF", ".epub": "EPUB"}
_CHUNK = 1 << 20


def discover(paths: Sequence[Path], limits: Limits) -> Iterator[Source | IngestError]:
    """Find the documents at ``paths``, in the order given; folders are walked in name order.

    In a folder, hidden and temporary files, the ``…_files`` folders that browsers save beside a page, and files whose suffix is that
    of code or data are passed over; every other file yields a ``Source`` or the reason why not. A file named directly is never passed over.
    Links are followed; a file that is reached twice is yielded once.

    Args:
        paths: Files and folders.
        limits: ``max_bytes`` is applied before a file is read.

    Yields:
        A ``Source``, or the ``IngestError`` (not raised) that rejects the file.
    """
    seen: set[str] = set()
    for path in paths:
        found = False
        for item in _files(path):
            if isinstance(item, IngestError):
                found = True
                yield item
                continue
            file, named = item
            real = os.path.realpath(file)
            if real in seen:
                found = True
                continue
            outcome = _examine(file, named, limits)
            if outcome is not None:
                found = True
                seen.add(real)
                yield outcome
        if not found:
            yield NotFoundError(str(path), "The folder holds no documents.", "Name a folder with PDF, DOCX, HTML, text or Markdown files.")


def _files(path: Path) -> Iterator[tuple[Path, bool] | IngestError]:
    """Files at ``path`` and whether a person named them directly."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        yield NotFoundError(str(path), "There is no such file or folder.", "Check the path.")
        return
    except (OSError, ValueError) as error:
        yield _unreachable(path, error)
        return
    if stat.S_ISDIR(mode):
        yield from _walk(path, set())
    else:
        yield Path(os.path.abspath(path)), True


def _walk(folder: Path, visited: set[tuple[int, int]]) -> Iterator[tuple[Path, bool] | IngestError]:
    pending = [Path(os.path.abspath(folder))]
    while pending:
        current = pending.pop()
        try:
            status = current.stat()
            if (status.st_dev, status.st_ino) in visited:
                continue
            visited.add((status.st_dev, status.st_ino))
            entries = sorted(current.iterdir())
        except OSError as error:
            yield _unreachable(current, error)
            continue
        folders = []
        names = {entry.name for entry in entries}
        for entry in entries:
            if entry.name.startswith((".", "~$")) or entry.name.lower() in _LITTER:
                continue
            if entry.is_dir():
                page = entry.name.removesuffix("_files")
                if page == entry.name or not names & {f"{page}.html", f"{page}.htm"}:
                    folders.append(entry)
            else:
                yield entry, False
        pending.extend(reversed(folders))


def _examine(file: Path, named: bool, limits: Limits) -> Source | IngestError | None:
    """Read a file once for its hash and kind; None when it is passed over."""
    name = str(file)
    suffix = file.suffix.lower()
    if not named and suffix in _NOT_DOCUMENTS:
        return None
    try:
        name.encode()
    except UnicodeEncodeError:
        printable = name.encode("utf-8", "replace").decode()
        return UnsupportedFormatError(printable, "The name of the file is not valid UTF-8.", "Rename the file.")
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            return UnsupportedFormatError(name, "This is a device or a pipe, not a file.", "Name a file.")
        if status.st_size == 0:
            return EmptyFileError(name, "The file has no bytes.", "Copy or download it again.")
        if status.st_size > limits.max_bytes:
            size = f"{status.st_size / 1e6:.1f} MB, over the limit of {limits.max_bytes / 1e6:.1f} MB"
            return TooLargeError(name, f"The file has {size}.", "Split it, or raise the limit (SETU_MAX_FILE_MB).")
        digest, size_read, head = _hash(file)
        verdict = sniff(file, head)
    except OSError as error:
        return _unreachable(file, error)
    return _judge(name, suffix, Source(name, digest, verdict.media, size_read) if verdict.media else None, verdict)


def _judge(name: str, suffix: str, source: Source | None, verdict: Verdict) -> Source | IngestError:
    """Weigh what the bytes are against what the name claims."""
    claim = _CLAIMS.get(suffix)
    if verdict.encrypted:
        return EncryptedFileError(name, "The document is protected by a password.", "Open it and save a copy without the password.")
    if source is None:
        if claim and verdict.what in {"damaged ZIP", "unknown"}:
            return DamagedFileError(
                name, f"The file is not a readable {claim} file: it is cut off or corrupt.", "Copy or download it again."
            )
        return UnsupportedFormatError(name, f"Setu does not read this kind of file ({verdict.what}).", verdict.remedy)
    if source.media == "html" and claim:
        return DamagedFileError(
            name,
            f"The file is an HTML page, not a {claim} file, as happens when a download fails or asks for a login.",
            "Open it in a browser, download the document again, or rename it to .html if the page is what you want.",
        )
    if source.media in {"text", "markdown"}:
        if claim:
            return DamagedFileError(name, f"The file is plain text, not a {claim} file.", "Download it again, or rename it to .txt.")
        if suffix in _NOT_DOCUMENTS:
            return UnsupportedFormatError(name, f"A {suffix} file is code or data, not a document.", "Save its text as .txt, DOCX or PDF.")
    return source


def _hash(file: Path) -> tuple[str, int, bytes]:
    """SHA-256 in hex, the bytes counted while reading, and the first bytes."""
    digest = hashlib.sha256()
    size = 0
    head = b""
    with file.open("rb") as stream:
        while block := stream.read(_CHUNK):
            head = head or block[:HEAD]
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size, head


def _unreachable(path: Path, error: OSError | ValueError) -> NotFoundError:
    detail = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
    return NotFoundError(str(path), f"It cannot be read: {detail}.", "Check that it still exists and that you may read it.")
