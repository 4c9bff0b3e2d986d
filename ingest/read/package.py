"""Packages of XML (DOCX, PPTX, XLSX, EPUB): looked at before any of it is parsed."""

from __future__ import annotations

import io
import zipfile
import zlib

from ingest.errors import DamagedFileError, EncryptedFileError, TooLargeError, UnsupportedFormatError
from ingest.records import Limits, Source

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
