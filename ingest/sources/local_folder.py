"""A folder of this machine or of a drive that is mounted on it, looked through as `setu ingest` and the watch do, and read in place."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from ingest.records import Access
from ingest.sources.entries import EVERYBODY, Address, Entry, EntryError, Listing, SourceError
from ingest.watch import look_through


class LocalFolder:
    """The files of a folder that an ingest would look at; their key is their path."""

    def __init__(self, address: Address) -> None:
        self._folder = Path(address.address).expanduser().absolute()
        self._access = Access("follow" if address.option("links") == "follow" else "inside")

    def listing(self, known: Mapping[str, Entry], cursor: str) -> Listing:
        """Every file; folders in it that cannot be looked into are unseen."""
        unseen: list[Path] = []
        found = look_through(self._folder, self._access, unseen) if self._folder.is_dir() else None
        if found is None:
            raise SourceError(f"The folder {self._folder} cannot be looked into. Check that the drive is mounted and may be read.")
        entries = []
        for file, (size, changed, number) in found.items():
            try:
                status = file.lstat() if file.is_dir() else file.stat()
            except FileNotFoundError:
                continue
            except OSError:
                unseen.append(file)
                continue
            rights = _rights(status.st_mode, status.st_gid)
            etag = f"{number}-{size}-{changed}-{status.st_ctime_ns}"
            path = file.relative_to(self._folder).as_posix()
            entries.append(Entry(str(file), path, etag, size, changed / 1e9, f"{number}-{size}-{changed}", rights, str(file)))
        return Listing(tuple(entries), tuple(file.relative_to(self._folder).as_posix() for file in unseen))

    def read(self, entry: Entry, out: IO[bytes]) -> None:
        """Never asked: the file is read in place."""
        raise EntryError(f"{entry.path} is read in place.")

    def local(self, entry: Entry) -> Path | None:
        """The file."""
        return Path(entry.key)

    def close(self) -> None:
        """Nothing is open."""


def _rights(mode: int, group: int) -> tuple[str, ...]:
    """Who may read a file: everybody, or the members of its group by name."""
    if mode & stat.S_IROTH:
        return (EVERYBODY,)
    if not mode & stat.S_IRGRP:
        return ()
    import grp

    try:
        return (grp.getgrgid(group).gr_name,)
    except KeyError:
        return (str(group),)
