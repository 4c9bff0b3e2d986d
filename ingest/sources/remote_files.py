"""Files behind WebDAV, SFTP and SMB, listed folder by folder, and what S3 has in common with them.

`fsspec`'s own walk passes over what it cannot list, which would be taken for deleted; so folders are listed here, one by one.
"""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, ClassVar

from ingest.discover import passed_over
from ingest.sources.entries import Entry, EntryError, Listing, SourceError

FileSystem = Any
"""An `fsspec` file system, or as much of one: ``ls`` and ``open``. ``number`` of a folder is the same by any name."""
_STAMPS = ("mtime", "modified", "LastModified", "last_modified", "last_write_time")
_ETAGS = ("etag", "ETag")
_MOST_DEPTH = 64


class RemoteFiles:
    """The files below a folder of a file system; their key is their path below it."""

    login: ClassVar[str] = "the user and the password"
    """What to check where a place lets nobody in."""

    def __init__(self, opened: Callable[[], FileSystem], root: str, shown: str) -> None:
        """``opened`` connects, and is called when something is first asked for; ``shown`` is the address as people are told it."""
        self._opened = opened
        self._root = root.rstrip("/")
        self._shown = shown.rstrip("/")
        self._system: FileSystem = None

    def listing(self, known: Mapping[str, Entry], cursor: str) -> Listing:
        """Every file; folders that may not be looked into are unseen, and links are not followed."""
        entries: list[Entry] = []
        unseen: list[str] = []
        links: list[str] = []
        pending: list[tuple[str, tuple[object, ...]]] = [("", ())]
        while pending:
            folder, above = pending.pop()
            for path, told in self._below(folder, unseen):
                kind = told.get("type", "file")
                if passed_over(path):
                    continue
                number = told.get("number") or None
                if kind == "directory" and (number is None or number not in above):
                    if len(above) >= _MOST_DEPTH:
                        raise SourceError(
                            f"{self._shown} has folders in folders without end, at {path}. Take away the link that leads back."
                        )
                    pending.append((path, (*above, number)))
                elif kind in ("link", "directory"):
                    links.append(path)
                elif kind == "file":
                    entries.append(self._entry(path, told))
        notes = (f"Links are not followed; {len(links)} were passed over, such as {min(links)}.",) if links else ()
        return Listing(tuple(sorted(entries, key=lambda one: one.key)), tuple(unseen), notes=notes)

    def read(self, entry: Entry, out: IO[bytes]) -> None:
        """Write a file."""
        try:
            with self._asked(), self._connected().open(self._full(entry.key), "rb") as stream:
                shutil.copyfileobj(stream, out, 1 << 20)
        except FileNotFoundError as error:
            raise EntryError("It went while the source was being read.") from error
        except PermissionError as error:
            raise EntryError("The source does not let it be read.") from error

    def local(self, entry: Entry) -> Path | None:
        """It lies elsewhere."""
        return None

    def close(self) -> None:
        """End the connection; a file system that holds none has nothing to end."""
        system, self._system = self._system, None
        if callable(end := getattr(system, "close", None)):
            end()

    def _below(self, folder: str, unseen: list[str]) -> list[tuple[str, dict[str, Any]]]:
        try:
            with self._asked() if folder else self._listed():
                found = self._connected().ls(self._full(folder), detail=True)
        except PermissionError:
            unseen.append(folder)
            return []
        except FileNotFoundError:
            return []  # it went meanwhile
        names = ((posixpath.basename(str(told["name"]).rstrip("/")), told) for told in found)
        return [(f"{folder}/{name}" if folder else name, told) for name, told in names if name and name not in (".", "..")]

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Have it be an error of ours that a place breaks off; it is connected anew when it is next asked."""
        try:
            yield
        except (EntryError, SourceError, FileNotFoundError, PermissionError):
            raise
        except Exception as error:
            with suppress(Exception):
                self.close()
            raise self._broken(error) from error

    @contextmanager
    def _listed(self) -> Iterator[None]:
        """The same of the place as a whole, which may be shut, or not be there."""
        try:
            with self._asked():
                yield
        except PermissionError as error:
            raise SourceError(f"{self._shown} does not let its papers be listed ({_said(error)}). Check {self.login}.") from error
        except FileNotFoundError as error:
            raise SourceError(f"There is no {self._shown}. Check the address.") from error

    def _entry(self, path: str, told: Mapping[str, Any]) -> Entry:
        etag = next((str(told[key]).strip('"') for key in _ETAGS if told.get(key)), "")
        size = told.get("size")
        modified = next((_seconds(told[key]) for key in _STAMPS if told.get(key) is not None), None)
        return Entry(path, path, etag, int(size) if size is not None else None, modified, etag, None, f"{self._shown}/{path}")

    def _full(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root or "/"

    def _connected(self) -> FileSystem:
        if self._system is None:
            self._system = self._opened()
        return self._system

    def _broken(self, error: Exception) -> SourceError:
        said = f"{type(error).__name__}: {_said(error)}".removesuffix(": ")
        return SourceError(f"{self._shown} does not answer as it should ({said}). Check the address, {self.login}, or try again later.")


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _seconds(told: Any) -> float | None:
    """A time as a file system tells it, in seconds since 1970; None where it cannot be told."""
    if isinstance(told, datetime):
        return told.timestamp()
    if isinstance(told, int | float):
        return float(told)
    try:
        return datetime.fromisoformat(str(told)).timestamp()
    except ValueError:
        from email.utils import parsedate_to_datetime

        try:
            return parsedate_to_datetime(str(told)).timestamp()
        except ValueError:
            return None
