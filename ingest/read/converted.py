"""Files of older or other office programs: LibreOffice, where it is installed, makes DOCX, XLSX or PPTX of them."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, TypeAlias

from ingest.errors import DamagedFileError, EncryptedFileError, UnsupportedFormatError
from ingest.read.compound import needs_password, top_names

Into: TypeAlias = Literal["docx", "xlsx", "pptx"]

INSTALL: Final = "apt-get install -y --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
"""The line that makes such files readable."""
SECONDS: Final = 180
_FILTERS: Final[dict[Into, str]] = {"docx": "MS Word 2007 XML", "xlsx": "Calc MS Excel 2007 XML", "pptx": "Impress MS PowerPoint 2007 XML"}
_KINDS: Final[tuple[tuple[bytes, Into], ...]] = (
    (b"application/vnd.oasis.opendocument.text", "docx"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "xlsx"),
    (b"application/vnd.oasis.opendocument.presentation", "pptx"),
    (b"xl/workbook.bin", "xlsx"),
)
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
        return next((into for mark, into in _KINDS if mark in data), "docx")
    if data.startswith(b"{\\rtf"):
        return "docx"
    names = top_names(io.BytesIO(data), [name for name, _, _ in STREAMS])
    return next((into for name, _, into in STREAMS if name in names), "docx")


def converted(data: bytes, file: str, which: Which = shutil.which, seconds: float = SECONDS) -> tuple[bytes, Into]:
    """The file in a format that Setu reads, and which.

    Raises:
        UnsupportedFormatError: LibreOffice is not installed.
        DamagedFileError: LibreOffice cannot open it, or takes too long.
        EncryptedFileError: it needs a password.
    """
    office, into = command(which), target(data)
    if office is None:
        raise UnsupportedFormatError(file, "LibreOffice, which opens this kind of file, is not installed.", _install(into))
    with tempfile.TemporaryDirectory(prefix="setu-office-") as folder:
        source = Path(folder) / "paper"
        source.write_bytes(data)
        call = [
            office, f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck",
            "--convert-to", f"{into}:{_FILTERS[into]}", "--outdir", str(Path(folder) / "out"), str(source),
        ]  # fmt: skip
        try:
            environment = {**os.environ, "HOME": folder}
            subprocess.run(call, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, env=environment, check=False)
        except subprocess.TimeoutExpired as error:
            raise DamagedFileError(file, f"LibreOffice was not done with it after {seconds:.0f} s.", _save(into)) from error
        except OSError as error:
            raise UnsupportedFormatError(file, f"LibreOffice cannot be started: {error.strerror}.", _install(into)) from error
        made = Path(folder) / "out" / f"paper.{into}"
        if not made.is_file():
            if needs_password(data):
                raise EncryptedFileError(file, "The document is protected by a password.", _save(into))
            raise DamagedFileError(file, "LibreOffice cannot open it: it is damaged or needs a password.", _save(into))
        return made.read_bytes(), into


def _install(into: Into) -> str:
    return f"Install it ({INSTALL}), or save it as {into.upper()}."


def _save(into: Into) -> str:
    return f"Open it in its own program and save it as {into.upper()}, without a password."
