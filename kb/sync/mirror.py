"""Copies here of papers that lie elsewhere: one folder for each, so that no name there can meet another, lead out, or hide.

A copy is fetched under another name and is there wholly or not at all.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Any, Final, cast

import regex

from ingest.sources.entries import Entry, EntryError, Place, digest
from kb.files import private_folder
from kb.settings import SYNCED
from kb.sync.sync_records import Kept

_MOST_BYTES: Final = 150


class Mirror:
    """The copies of one source in a home."""

    def __init__(self, home: Path, source_id: int) -> None:
        self.folder = home / SYNCED / str(source_id)
        self._drafts = home / SYNCED / f".drafts-{source_id}"

    def target(self, kept: Kept | None, entry: Entry) -> Path:
        """Where the copy of an entry belongs: where it lies, unless its name now tells another kind of file."""
        name = file_name(entry.name)
        if kept is not None and kept.file and Path(kept.file).is_relative_to(self.folder) and Path(kept.file).suffix == Path(name).suffix:
            return Path(kept.file)
        return self.folder / hashlib.sha256(entry.key.encode("utf-8", "surrogatepass")).hexdigest()[:16] / name

    def fetch(self, place: Place, entry: Entry, most: int) -> tuple[Path, str]:
        """A draft of the content and its SHA-256.

        Raises:
            EntryError: it cannot be read, has more bytes than ``most``, or not as many as the listing says.
            SourceError: the place broke off.
        """
        if entry.size is not None and entry.size > most:
            raise EntryError(f"It has {entry.size / 1e6:.1f} MB, over the limit of {most / 1e6:.1f} MB (SETU_MAX_FILE_MB).")
        private_folder(self._drafts)
        number, name = tempfile.mkstemp(dir=self._drafts)
        draft = Path(name)
        try:
            with os.fdopen(number, "wb") as out:
                place.read(entry, cast(IO[bytes], _Bounded(out, most)))
            size = draft.stat().st_size
            if entry.size is not None and size != entry.size:
                raise EntryError(f"{size} bytes came of {entry.size}: it was changed or cut off meanwhile. The next sync reads it again.")
            return draft, digest(draft)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def clear(self) -> None:
        """Remove drafts that a run left; call it while no other run of the source is at work."""
        shutil.rmtree(self._drafts, ignore_errors=True)

    def put(self, draft: Path, target: Path) -> None:
        """Put a draft in its place."""
        private_folder(self.folder)
        private_folder(target.parent)
        draft.replace(target)

    def drop(self, file: str) -> None:
        """Remove a copy; a file that is none of these copies is left alone."""
        path = Path(file)
        if file and path.is_relative_to(self.folder):
            path.unlink(missing_ok=True)
            if path.parent != self.folder and path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()


class _Bounded(io.RawIOBase):
    """A stream that takes so many bytes and no more."""

    def __init__(self, out: IO[bytes], most: int) -> None:
        super().__init__()
        self._out = out
        self._left = most
        self._most = most

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any) -> int:
        """Write, unless it becomes too much."""
        self._left -= len(data)
        if self._left < 0:
            raise EntryError(f"It has more than {self._most / 1e6:.1f} MB, the limit (SETU_MAX_FILE_MB).")
        return self._out.write(data)


def file_name(name: str) -> str:
    """A name as a file of this machine may have it: nothing in it leads elsewhere or hides, and its end, which tells its kind, stays."""
    plain = regex.sub(r"[\p{Cc}\p{Cs}/\\\u202A-\u202E\u2066-\u2069]", "_", name).strip().lstrip(".~")
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix.encode()) > 16:
        stem, dot, suffix = plain, "", ""
    short = stem.encode()[: _MOST_BYTES - len(suffix.encode())].decode("utf-8", "ignore").strip()
    return f"{short or 'paper'}{dot}{suffix}"
