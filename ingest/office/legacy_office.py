"""Older office files: compound files (OLE, [MS-CFB]), and LibreOffice, which makes DOCX, XLSX or PPTX of them where it is installed.

A compound file is a file system within a file: what Office wrote until 2003 and Outlook writes messages in. olefile reads them; what
a file claims of its sizes is compared with the file before it is believed.
"""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, Any, Final, Literal, TypeAlias

import olefile

from ingest.errors import DamagedFileError, EncryptedFileError, TooLargeError, UnsupportedFormatError

MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_ENTRIES = 200_000
"""Streams and folders; a message with 2,000 attachments has about 80,000."""
_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, struct.error)
"""What olefile 0.47 raises on files that are not sound."""
_CUT = "The file is cut off or corrupt"
_COPY_AGAIN = "Copy or download it again, or save it anew in its own program."


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
            raise DamagedFileError(file, f"{_CUT}.", _COPY_AGAIN)
        try:
            self._ole = _Bounded(stream)
        except _BROKEN as error:
            raise DamagedFileError(file, f"{_CUT} ({error or type(error).__name__}).", _COPY_AGAIN) from error

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
            raise DamagedFileError(self._file, f"{_CUT} (its part {name} says that it is longer than the file).", _COPY_AGAIN)
        try:
            data: bytes = self._ole.openstream("/".join(path)).read()
        except _BROKEN as error:
            raise DamagedFileError(self._file, f"{_CUT} (in its part {name}).", _COPY_AGAIN) from error
        if len(data) != entry.size:
            raise DamagedFileError(self._file, f"{_CUT} (in its part {name}).", _COPY_AGAIN)
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


Into: TypeAlias = Literal["docx", "xlsx", "pptx"]

INSTALL: Final = "apt-get install -y --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
"""The line that makes such files readable."""
SECONDS: Final = 180
MOST_BYTES: Final = 400_000_000
"""Of what is made of a file."""
_AGAIN: Final = 81
"""The status by which LibreOffice's program asks to be started once more, which it does with every new profile."""
_STARTS: Final = 3
_SETTINGS: Final = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "1"),
)
"""Of a profile in which nothing that a paper brings runs, and no other file that it names is loaded."""
_FILTERS: Final[dict[Into, str]] = {"docx": "MS Word 2007 XML", "xlsx": "Calc MS Excel 2007 XML", "pptx": "Impress MS PowerPoint 2007 XML"}
_KINDS: Final[Mapping[str, Into]] = {"text": "docx", "spreadsheet": "xlsx", "presentation": "pptx"}
_MIMETYPE = 200
STREAMS: Final[tuple[tuple[str, str, Into], ...]] = (
    ("WordDocument", "Word 97-2003", "docx"),
    ("PowerPoint Document", "PowerPoint 97-2003", "pptx"),
    ("Workbook", "Excel 97-2003", "xlsx"),
)
"""The stream by which an OLE container is known, what it is, and what it is made into."""

Which = Callable[[str], str | None]


def command(which: Which = shutil.which) -> str | None:
    """LibreOffice on the path, None where it is not installed."""
    return which("soffice") or which("libreoffice")


def target(data: bytes) -> Into:
    """What a file is made into: text, a workbook, or slides."""
    if data.startswith(b"PK"):
        return _packed_target(data)
    if data.startswith(b"{\\rtf"):
        return "docx"
    names = top_names(io.BytesIO(data), [name for name, _, _ in STREAMS])
    return next((into for name, _, into in STREAMS if name in names), "docx")


def _packed_target(data: bytes) -> Into:
    """By the type that an OpenDocument file names, packed or not; the only other package is a binary workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("mimetype") as named:
            kind = named.read(_MIMETYPE).decode("latin-1").strip().rpartition(".opendocument.")[2]
    except KeyError:
        return "xlsx"
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError):
        return "docx"
    return _KINDS.get(kind.removesuffix("-template"), "docx")


def converted(data: bytes, file: str, which: Which = shutil.which, seconds: float = SECONDS, most: int = MOST_BYTES) -> tuple[bytes, Into]:
    """The file in a format that Setu reads, and which.

    Raises:
        UnsupportedFormatError: LibreOffice is not installed.
        DamagedFileError: LibreOffice cannot open it, or takes too long.
        EncryptedFileError: it needs a password.
        TooLargeError: what it makes of it has more than ``most`` bytes.
    """
    office, into = command(which), target(data)
    if office is None:
        raise UnsupportedFormatError(file, "LibreOffice, which opens this kind of file, is not installed.", _install(into))
    with tempfile.TemporaryDirectory(prefix="setu-office-") as folder:
        source, profile = Path(folder) / "paper", Path(folder) / "profile"
        source.write_bytes(data)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_profile(), encoding="utf-8")
        call = [
            _program(office), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck",
            "--convert-to", f"{into}:{_FILTERS[into]}", "--outdir", str(Path(folder) / "out"), str(source),
        ]  # fmt: skip
        try:
            _run(call, {**os.environ, "HOME": folder}, time.monotonic() + seconds)
        except subprocess.TimeoutExpired as error:
            raise DamagedFileError(file, f"LibreOffice was not done with it after {seconds:.0f} s.", _save(into)) from error
        except OSError as error:
            raise UnsupportedFormatError(file, f"LibreOffice cannot be started: {error.strerror}.", _install(into)) from error
        made = Path(folder) / "out" / f"paper.{into}"
        if not made.is_file():
            if needs_password(data):
                raise EncryptedFileError(file, "The document is protected by a password.", _save(into))
            raise DamagedFileError(file, "LibreOffice cannot open it: it is damaged or needs a password.", _save(into))
        if made.stat().st_size > most:
            raise TooLargeError(file, f"As {into.upper()} it has over {most / 1e6:.0f} MB.", "Split it.")
        return made.read_bytes(), into


def _profile() -> str:
    items = "".join(
        f'<item oor:path="/org.openoffice.Office.{place}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for place, name, value in _SETTINGS
    )
    return f'<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'


def _program(office: str) -> str:
    """What the script on the path starts, where it lies beside it: as a child of ours it ends when it is killed, else it would go on."""
    program = Path(office).resolve().with_name("soffice.bin")
    return str(program) if os.access(program, os.X_OK) else office


def _run(call: Sequence[str], environment: Mapping[str, str], end: float) -> None:
    for _ in range(_STARTS):
        done = subprocess.run(
            call, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=max(0.0, end - time.monotonic()), env=environment, check=False,
        )  # fmt: skip
        if done.returncode != _AGAIN:
            return


def _install(into: Into) -> str:
    return f"Install it ({INSTALL}), or save it as {into.upper()}."


def _save(into: Into) -> str:
    return f"Open it in its own program and save it as {into.upper()}, without a password."
