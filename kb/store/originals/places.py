"""The places that files can be kept in: a folder, the tables of a database, an object store. To all of them a file is a name and its bytes.

A file is there wholly or not at all. What is wrong with a place, not with a file, is an `OriginalsError` that says what to do.
"""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Protocol

from sqlalchemy import Connection, Engine, delete, insert, select, update

from kb.errors import OriginalsError
from kb.files import atomic_write, private_folder
from kb.store.originals.file_tables import stored_files, stored_parts

PART: Final = 2**20
"""Bytes of a file that are read or written at once."""
WAITING: Final = "waiting-"
"""How names of files begin that are no originals: they were sent, and wait for their turn."""


def media_suffix(media: str) -> str:
    """How the name of a kept file ends."""
    named = {"text": "txt", "markdown": "md", "mail": "eml", "outlook": "msg"}
    return f".{named.get(media, media)}"


def kept_name(sha256: str, media: str) -> str:
    """What the copy of a file of this content is called."""
    return f"{sha256}{media_suffix(media)}"


class Place(Protocol):
    """Keeps files. ``shown`` is how people know it. Every method raises `OriginalsError` when the place cannot be used."""

    shown: str

    def check(self) -> None:
        """Look whether it can be used, without changing anything."""

    def size(self, name: str) -> int | None:
        """The bytes of a file; None where there is none."""

    def put(self, name: str, data: bytes) -> None:
        """Keep a file, in the place of one of its name."""

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a file in order; `FileNotFoundError` where there is none."""

    def remove(self, name: str) -> None:
        """Keep a file no longer, if it is there."""

    def names(self) -> Iterator[str]:
        """The names of all files."""


class FolderPlace:
    """A folder of this machine, or one that several mount. One that is not the home's own is never made: it may be a drive that is gone."""

    def __init__(self, folder: Path, *, own: bool) -> None:
        self.folder, self.shown, self._own = folder, str(folder), own

    def file(self, name: str) -> Path:
        """Where a file lies, or would lie."""
        return self.folder / name

    def check(self) -> None:
        """Look whether it is there."""
        if not self._own and not self.folder.is_dir():
            raise OriginalsError(f"The folder of originals {self.shown} is not there. Mount it, make it, or correct SETU_OBJECTS_URL.")

    def size(self, name: str) -> int | None:
        """As `Place`."""
        file = self.file(name)
        if file.is_file():
            return file.stat().st_size
        self.check()
        return None

    def put(self, name: str, data: bytes) -> None:
        """As `Place`."""
        if self._own:
            private_folder(self.folder)
            atomic_write(self.file(name), data)
            return
        self.check()
        with _told(self.shown):
            atomic_write(self.file(name), data)

    def pieces(self, name: str) -> Iterator[bytes]:
        """As `Place`."""
        self.check()
        with self.file(name).open("rb") as file:
            while part := file.read(PART):
                yield part

    def remove(self, name: str) -> None:
        """As `Place`."""
        self.check()
        with _told(self.shown):
            self.file(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """As `Place`."""
        self.check()
        if self.folder.is_dir():
            yield from sorted(one.name for one in self.folder.iterdir() if one.is_file() and not one.name.endswith(".new"))


class DatabasePlace:
    """The tables of the database that the base is in. What is wrong there is told as of the whole base."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.shown = engine, "the database"

    def check(self) -> None:
        """Nothing is to be looked at beside the base itself."""

    def size(self, name: str) -> int | None:
        """As `Place`."""
        with self._engine.connect() as conn:
            found: int | None = conn.scalar(select(stored_files.c.size).where(stored_files.c.name == name))
        return found

    def put(self, name: str, data: bytes) -> None:
        """As `Place`, in a transaction of its own."""
        with self._engine.begin() as conn:
            put_file(conn, name, io.BytesIO(data))

    def pieces(self, name: str) -> Iterator[bytes]:
        """As `Place`."""
        at, query = 0, select(stored_parts.c.data)
        while True:  # one part in memory, and no connection held while it is used
            with self._engine.connect() as conn:
                if not at and conn.scalar(select(stored_files.c.size).where(stored_files.c.name == name)) is None:
                    raise FileNotFoundError(name)
                part: bytes | None = conn.scalar(query.where(stored_parts.c.name == name, stored_parts.c.ordinal == at))
            if part is None:
                return
            yield bytes(part)
            at += 1

    def remove(self, name: str) -> None:
        """As `Place`."""
        with self._engine.begin() as conn:
            remove_file(conn, name)

    def names(self) -> Iterator[str]:
        """As `Place`, without those that wait for their turn."""
        with self._engine.connect() as conn:
            found = conn.scalars(select(stored_files.c.name).order_by(stored_files.c.name)).all()
        yield from (name for name in found if not name.startswith(WAITING))


def put_file(conn: Connection, name: str, stream: IO[bytes]) -> None:
    """Keep a file with a transaction, in the place of one of its name."""
    remove_file(conn, name)
    conn.execute(insert(stored_files).values(name=name, size=0))
    size = ordinal = 0
    while part := stream.read(PART):
        conn.execute(insert(stored_parts).values(name=name, ordinal=ordinal, data=part))
        size, ordinal = size + len(part), ordinal + 1
    conn.execute(update(stored_files).where(stored_files.c.name == name).values(size=size))


def remove_file(conn: Connection, name: str) -> None:
    """Keep a file no longer with a transaction."""
    conn.execute(delete(stored_files).where(stored_files.c.name == name))


@contextmanager
def _told(shown: str) -> Iterator[None]:
    """Have what the operating system says of a shared folder be an error of ours."""
    try:
        yield
    except OSError as error:
        raise OriginalsError(f"The originals cannot be kept in {shown}: {error.strerror or error}. {_remedy(error)}") from error


def _remedy(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Make room there; nothing is kept in half, begin again what was refused."
    return "Look whether it is mounted and Setu may write there; nothing is kept in half, begin again what was refused."
