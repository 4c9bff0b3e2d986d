"""Compound files (OLE, [MS-CFB]): what Office wrote until 2003 and Outlook writes messages in. A file system within a file.

olefile reads them; what a file claims of its sizes is compared with the file before it is believed.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import IO, Any, Final

import olefile

from ingest.errors import DamagedFileError

MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_ENTRIES = 200_000
"""Streams and folders; a message with 2,000 attachments has about 80,000."""
_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, struct.error)
"""What olefile 0.47 raises on files that are not sound."""
_CUT = "The file is cut off or corrupt"
_AGAIN = "Copy or download it again, or save it anew in its own program."


class _Bounded(olefile.OleFileIO):  # type: ignore[misc]
    """olefile follows the directory as far as it leads."""

    entries = 0

    def _load_direntry(self, sid: int) -> Any:
        self.entries += 1
        if self.entries > _MOST_ENTRIES:
            raise ValueError("too many entries")
        return super()._load_direntry(sid)


class Compound:
    """An opened compound file; close it when done. Paths are tuples of names, compared without regard to case."""

    def __init__(self, stream: IO[bytes], file: str) -> None:
        """Read the table of contents.

        Raises:
            DamagedFileError: cut off, or not what it says.
        """
        self._file = file
        self._size = _length(stream)
        head = stream.read(76)
        stream.seek(0)
        # A FAT of more sectors than the file has would be read round and round.
        if len(head) < 76 or max(struct.unpack_from("<I", head, at)[0] for at in (0x2C, 0x40, 0x48)) > self._size // 512 + 1:
            raise DamagedFileError(file, f"{_CUT}.", _AGAIN)
        try:
            self._ole = _Bounded(stream)
        except _BROKEN as error:
            raise DamagedFileError(file, f"{_CUT} ({error or type(error).__name__}).", _AGAIN) from error

    def close(self) -> None:
        """Let go of the file."""
        self._ole.close()

    def names(self, folder: tuple[str, ...] = ()) -> list[str]:
        """The names in a folder, in the order of the names; none where there is no such folder."""
        entry = self._entry(folder)
        return sorted(str(kid.name) for kid in getattr(entry, "kids", ()))

    def size(self, *path: str) -> int:
        """How long a stream says that it is; 0 where there is none."""
        entry = self._entry(path)
        return int(entry.size) if entry is not None and entry.entry_type == olefile.STGTY_STREAM else 0

    def read(self, *path: str) -> bytes | None:
        """The bytes of a stream; None where there is none.

        Raises:
            DamagedFileError: it is cut off.
        """
        entry = self._entry(path)
        if entry is None or entry.entry_type != olefile.STGTY_STREAM:
            return None
        name = path[-1]
        root = self._ole.root
        if entry.size > self._size or (root is not None and root.size > self._size):
            raise DamagedFileError(self._file, f"{_CUT} (its part {name} says that it is longer than the file).", _AGAIN)
        try:
            data: bytes = self._ole.openstream("/".join(path)).read()
        except _BROKEN as error:
            raise DamagedFileError(self._file, f"{_CUT} (in its part {name}).", _AGAIN) from error
        if len(data) != entry.size:
            raise DamagedFileError(self._file, f"{_CUT} (in its part {name}).", _AGAIN)
        return data

    def _entry(self, path: tuple[str, ...]) -> Any | None:
        entry = self._ole.root
        for name in path:
            entry = getattr(entry, "kids_dict", {}).get(name.lower()) if entry is not None else None
        return entry


def top_names(stream: IO[bytes], known: Sequence[str]) -> frozenset[str]:
    """The names at the top of a compound file; of one that is not sound, those of ``known`` that stand anywhere in it."""
    try:
        with closing(Compound(stream, "")) as compound:
            return frozenset(compound.names())
    except DamagedFileError:
        stream.seek(0)
    found: set[str] = set()
    tail = b""
    while block := stream.read(1 << 20):
        window = tail + block
        found |= {name for name in known if name.encode("utf-16-le") in window}
        tail = window[-64:]
    return frozenset(found)


def needs_password(data: bytes | IO[bytes]) -> str:
    """The stream by which an Office 97-2003 file is known whose content is encrypted; "" for any other file.

    Word says so in its first bytes ([MS-DOC] 2.5.2, ``fEncrypted``), PowerPoint in the token of the current user ([MS-PPT] 2.3.2), Excel
    by a record FilePass ([MS-XLS] 2.4.117), which also stands in workbooks that open without asking.
    """
    try:
        with closing(Compound(io.BytesIO(data) if isinstance(data, bytes) else data, "")) as compound:
            word, user = compound.read("WordDocument"), compound.read("Current User")
            book = compound.read("Workbook") or compound.read("Book")
    except DamagedFileError:
        return ""
    if word is not None and len(word) > 11 and word[11] & 0x01:
        return "WordDocument"
    if user is not None and user[12:16] == bytes.fromhex("dfc4d1f3"):
        return "PowerPoint Document"
    return "Workbook" if book is not None and any(kind == 0x2F for kind in _records(book)) else ""


def _records(book: bytes) -> Iterator[int]:
    """The kinds of the first records of a workbook, up to the end of what they say of the whole."""
    at = 0
    for _ in range(64):
        if at + 4 > len(book):
            return
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind
        if kind == 0x0A:
            return
        at += 4 + length


def _length(stream: IO[bytes]) -> int:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size
