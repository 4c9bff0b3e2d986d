"""What a place where papers lie is to the rest: it lists what it has and reads one of it. Each kind is a module beside this one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Protocol

EVERYBODY: Final = "*"
"""In `Entry.rights`: whoever may use the place may read it."""


class SourceError(Exception):
    """A place cannot be reached, refuses, or broke off; what it has is not known then. The message says what to do."""


class EntryError(Exception):
    """One paper of a place cannot be read, while the place itself answers: it went meanwhile, or may not be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file at a place, as its listing tells. What the place does not tell is "" or None.

    ``key`` is what it is known by for good, ``path`` is what people call it there, with ``/`` between. ``etag`` is another one whenever the
    content is; ``trace`` is something that stays when the file is moved. ``modified`` is in seconds since 1970 by the clock of the place.
    ``rights`` names who may read it there (`EVERYBODY` among them: all), None where that is not told. ``origin`` says in words where it
    comes from. ``empty``: nothing is to be taken in of it; it is told so that it need not be looked at again.
    """

    key: str
    path: str
    etag: str = ""
    size: int | None = None
    modified: float | None = None
    trace: str = ""
    rights: tuple[str, ...] | None = None
    origin: str = ""
    empty: bool = False

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Listing:
    """All that a place has. ``unseen`` are paths below which nothing could be looked at: of what lies there nothing is known.

    ``cursor`` is what the place wants to be told next time; ``notes`` is what else a person should know.
    """

    entries: tuple[Entry, ...] = ()
    unseen: tuple[str, ...] = ()
    cursor: str = ""
    notes: tuple[str, ...] = ()


class Place(Protocol):
    """A place where papers lie. Used by one thread, and closed at the end."""

    def listing(self, known: Mapping[str, Entry], cursor: str) -> Listing:
        """All that it has: wholly, or not at all. ``known`` and ``cursor`` are from the last listing of which all was taken in.

        Raises:
            SourceError: it could not be listed to the end.
        """
        ...

    def read(self, entry: Entry, out: IO[bytes]) -> None:
        """Write the whole content of an entry.

        Raises:
            EntryError: this one cannot be read.
            SourceError: nothing can be read any more.
        """
        ...

    def local(self, entry: Entry) -> Path | None:
        """The file itself where it lies on this machine and is read in place."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class Address:
    """Where a place is, and how it is reached. ``options`` are the kind's own; ``secret`` is a password or key, and never shown."""

    kind: str
    address: str
    options: Mapping[str, str] = field(default_factory=dict)
    secret: str = field(default="", repr=False)

    def option(self, name: str, default: str = "") -> str:
        """An option of the kind."""
        return self.options.get(name, default)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
