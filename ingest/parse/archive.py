"""A ZIP archive: its members one by one, in memory; and packages of XML (DOCX, PPTX, XLSX, EPUB), looked at before any is parsed.

Nothing is ever unpacked to a path that the archive names.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import regex

from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, IngestError, TooLargeError, UnsupportedFormatError
from ingest.records import INSIDE, Limits, Source

MAX_DEPTH = 3
"""Containers within containers: a ZIP in a mail in a ZIP is as far as people go."""
MORE_PARTS = "raise the limit (SETU_MAX_PARTS)"
_AGAIN = "Copy or download it again, or pack it anew."
_RATIO = 200
"""Expansion beyond which a member is no document: deflate reaches 1032, plain text 10, a workbook of one repeated cell about 100."""
_RATIO_BYTES = 10 * 1024 * 1024
_SEPARATORS = regex.compile(r"[/\\]+")
_UNPRINTABLE = regex.compile(r"[\p{C}\p{Zl}\p{Zp}]")
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー、。「」（）・々〇\uff01-\uff60\u3000]")
_HALFWIDTH = regex.compile(r"[\uff61-\uff9f]")
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a container: the name it goes by, where it stands in the container, and its bytes."""

    name: str
    place: str
    data: bytes


def members(stream: IO[bytes], file: str, limits: Limits) -> Iterator[Member | IngestError]:
    """The files of a ZIP archive in its own order; a member that cannot be read is its error, and the others go on.

    Folders are left out. Names are read as UTF-8, Shift_JIS or cp437 (see ``names_of``); path steps such as ``..`` and drive letters
    are taken out of them, and a name that comes twice is numbered.

    Args:
        stream: The archive, seekable.
        file: What to call it in errors.
        limits: ``max_expanded_bytes`` for all members together, ``max_bytes`` for each, ``max_members``.

    Raises:
        DamagedFileError: no readable table of contents.
        EmptyFileError: no files in it.
        EncryptedFileError: every file needs a password.
        TooLargeError: too many members, or together too large.
    """
    archive = _opened(stream, file)
    with archive:
        entries = [(at, info) for at, info in enumerate(archive.infolist()) if not info.is_dir()]
        if not entries:
            raise EmptyFileError(file, "The archive holds no files.", "Check that it is the file you meant.")
        if len(entries) > limits.max_members:
            reason = f"The archive holds {len(entries)} files, over the limit of {limits.max_members}."
            raise TooLargeError(file, reason, f"Split it, or {MORE_PARTS}.")
        if all(info.flag_bits & _ENCRYPTED_FLAG for _, info in entries):
            raise EncryptedFileError(file, "The archive is protected by a password.", "Unpack it, and add the files themselves.")
        # zipfile never yields more bytes than an entry declares, so the declared sum bounds what can be unpacked.
        total = sum(info.file_size for _, info in entries)
        if total > limits.max_expanded_bytes:
            size = f"{total / 1e6:.1f} MB, over the limit of {limits.max_expanded_bytes / 1e6:.1f} MB"
            remedy = "Check that it is genuine; split it, or raise the limit (SETU_MAX_FILE_MB: twice that)."
            raise TooLargeError(file, f"It would expand to {size}.", remedy)
        for (at, info), name in zip(entries, names_of([info for _, info in entries]), strict=True):
            try:
                yield Member(name, str(at), unpacked(archive, info, f"{file}{INSIDE}{name}", limits))
            except IngestError as error:
                yield error


def reader(data: bytes, file: str, limits: Limits) -> Callable[[str], bytes]:
    """A function that gives the bytes of the member at a place.

    Raises:
        DamagedFileError: here, no readable table of contents; there, no such member, or a corrupt one.
        TooLargeError: there, as ``members``.
    """
    archive = _opened(io.BytesIO(data), file)
    entries = archive.infolist()

    def read(place: str) -> bytes:
        if int(place) >= len(entries):
            raise DamagedFileError(file, "The archive changed while it was read.", "Add it again.")
        return unpacked(archive, entries[int(place)], file, limits)

    return read


def too_large_together(file: str, limits: Limits) -> TooLargeError:
    """The error of attachments that are over ``limits.max_expanded_bytes`` together."""
    remedy = "Save the ones you need, or raise the limit (SETU_MAX_FILE_MB: twice that)."
    return TooLargeError(file, f"Its attachments have over {limits.max_expanded_bytes / 1e6:.1f} MB.", remedy)


def expanded(data: bytes) -> int:
    """What an office document in a container expands to itself, in bytes, as it declares; 0 for what is no ZIP."""
    if not data.startswith(b"PK\x03\x04"):
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return sum(info.file_size for info in package.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        return 0  # its reader says what is wrong


def names_of(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Printable, relative, distinct names of the entries.

    The ZIP format marks UTF-8 names by a flag; without it the names of one archive are taken together for UTF-8, else Shift_JIS (what
    Japanese Windows writes), else cp437 (APPNOTE 4.4.4, appendix D).
    """
    unmarked = [info.filename.encode("cp437") for info in entries if not info.flag_bits & _UTF8_FLAG and not info.filename.isascii()]
    encoding = _encoding_of(unmarked)
    taken: set[str] = set()
    names: list[str] = []
    for info in entries:
        name = info.filename
        if not info.flag_bits & _UTF8_FLAG and not name.isascii():
            name = name.encode("cp437").decode(encoding)
        name = _relative(name) or f"file {len(names) + 1}"
        stem, dot, suffix = name.rpartition(".")
        plain, again = name, 1
        while name in taken:
            again += 1
            name = f"{stem} ({again}){dot}{suffix}" if stem else f"{plain} ({again})"
        taken.add(name)
        names.append(name)
    return names


def _encoding_of(names: Sequence[bytes]) -> str:
    joined = b"\n".join(names)
    try:
        joined.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    try:
        text = joined.decode("cp932")
    except UnicodeDecodeError:
        return "cp437"
    high = regex.sub(r"[\x00-\x7f]", "", text)
    return "cp932" if len(_JAPANESE.findall(high)) > 0.8 * len(high) and len(_HALFWIDTH.findall(high)) < 0.2 * len(high) else "cp437"


def _relative(name: str) -> str:
    r"""A name without drive, root and steps up: ``..\..\C:\x\a.pdf`` is ``x/a.pdf``. It is shown and compared, never opened."""
    steps = [_UNPRINTABLE.sub("", step).strip() for step in _SEPARATORS.split(name)]
    return "/".join(step for step in steps if step and step not in {".", ".."} and not regex.fullmatch(r"[A-Za-z]:", step))


def _opened(stream: IO[bytes], file: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise DamagedFileError(file, f"The archive is cut off or corrupt ({error}).", _AGAIN) from error


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str, limits: Limits) -> bytes:
    """The bytes of one entry.

    Raises:
        DamagedFileError: corrupt.
        EncryptedFileError: it needs a password.
        TooLargeError: over ``limits.max_bytes``, or it expands as no document does.
        UnsupportedFormatError: a way of packing that cannot be unpacked.
    """
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise EncryptedFileError(file, "This file of the archive is protected by a password.", "Unpack it, and add the file itself.")
    if info.file_size > limits.max_bytes:
        size = f"{info.file_size / 1e6:.1f} MB, over the limit of {limits.max_bytes / 1e6:.1f} MB"
        raise TooLargeError(file, f"The file has {size}.", "Split it, or raise the limit (SETU_MAX_FILE_MB).")
    if info.file_size > _RATIO_BYTES and info.file_size > _RATIO * max(1, info.compress_size):
        raise TooLargeError(
            file,
            f"It would expand to {info.file_size // max(1, info.compress_size)} times its size, as no document does.",
            "Do not trust it.",
        )
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        raise DamagedFileError(file, f"This file of the archive is corrupt ({error}).", _AGAIN) from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnsupportedFormatError(file, f"It cannot be unpacked ({error}).", "Unpack it, and add the file itself.") from error


AGAIN = "Copy or download it again, or open it in its own program and save it anew."


def inspect_package(data: bytes, source: Source, limits: Limits, *, doctypes: bool = False) -> dict[str, int]:
    """Refuse a package that would hurt; the size of each part once unpacked. ``doctypes``: its XML may name a document type.

    Raises:
        DamagedFileError: not a sound ZIP, or XML that declares entities.
        EncryptedFileError: an encrypted ZIP entry.
        TooLargeError: it would expand beyond ``limits.max_expanded_bytes``.
        UnsupportedFormatError: a way of packing that cannot be unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise EncryptedFileError(source.uri, "The document is protected by a password.", "Save a copy without the password.")
            # zipfile never yields more bytes than an entry declares, so the declared sum bounds the memory.
            total = sum(entry.file_size for entry in entries)
            if total > limits.max_expanded_bytes:
                size = f"{total / 1e6:.1f} MB, over the limit of {limits.max_expanded_bytes / 1e6:.1f} MB"
                remedy = "Check that it is genuine; split it, or raise the limit (SETU_MAX_FILE_MB: twice that)."
                raise TooLargeError(source.uri, f"It would expand to {size}.", remedy)
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels", ".vml")):
                    with archive.open(entry) as part:
                        start = part.read(4096)
                    # UTF-16 is allowed in these parts, and would hide the words.
                    plain = start.replace(b"\x00", b"")
                    if (b"<!DOCTYPE" in plain and not doctypes) or b"<!ENTITY" in plain:
                        raise DamagedFileError(source.uri, "It declares XML entities; sound documents never do.", "Do not trust it.")
            return {entry.filename: entry.file_size for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise DamagedFileError(source.uri, f"The file is cut off or corrupt ({error}).", AGAIN) from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnsupportedFormatError(source.uri, f"Its ZIP cannot be unpacked ({error}).", "Save it anew in its own program.") from error
