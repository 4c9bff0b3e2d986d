"""Private files and folders, atomic writes, and the locks: what Setu keeps is its owner's alone, and is there wholly or not at all.

Folders have mode 700, files 600, also the locks, which others could hold for ever. `WriteLock` lets one writer at a time change what is
stored, for as short as it can.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kb.errors import KnowledgeBaseError

_OTHERS = 0o077


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner may look into, unless it is there; those above it are made as usual."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def private_file(file: Path) -> None:
    """Make an empty file that only its owner may read, unless it is there: who writes it later keeps its mode."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))


def private_lock(file: Path) -> FileLock:
    """A lock that only its owner can take."""
    return FileLock(file, mode=0o600)


def loose(home: Path) -> Iterator[Path]:
    """The home itself and what is in it, as far as others than its owner may use it; links are not followed."""
    if not home.is_dir():
        return
    if stat.S_IMODE(home.stat().st_mode) & _OTHERS:
        yield home
    for folder, folders, files in os.walk(home):
        for name in (*folders, *files):
            path = Path(folder, name)
            try:
                mode = path.lstat().st_mode
            except FileNotFoundError:  # it went meanwhile
                continue
            if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & _OTHERS:
                yield path


def tighten(home: Path) -> tuple[int, list[Path]]:
    """Take the rights of others from all that is in a home; how much that was, and what could not be changed."""
    mended, left = 0, []
    for path in list(loose(home)):
        try:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
            mended += 1
        except FileNotFoundError:
            continue
        except OSError:
            left.append(path)
    return mended, left


def atomic_write(file: Path, data: bytes) -> None:
    """Write a file under another name, have the disk keep it, then give it its name and have the disk keep that: in this order.

    A file system may keep a new name before the content that belongs to it; after a power failure the file would be there, and empty.
    """
    draft = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            os.fchmod(out.fileno(), 0o600)
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
        sync(file.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have the disk keep a file or the names in a folder before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


LOCK_WAIT_S = 600.0


class WriteLock:
    """A lock between threads and processes; the thread that holds it may take it again."""

    def __init__(self, file: Path) -> None:
        self._lock = private_lock(file)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it.

        Raises:
            KnowledgeBaseError: another process has been writing for ten minutes.
        """
        try:
            self._lock.acquire(timeout=LOCK_WAIT_S)
        except Timeout as error:
            raise KnowledgeBaseError("Another process is adding documents. Wait until it is done, then try again.") from error
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def quiet(self, timeout: float = 0.0) -> Iterator[bool]:
        """Keep writers out for a look at the whole; False when one is at work and does not finish in time."""
        try:
            self._lock.acquire(timeout=timeout)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            self._lock.release()
