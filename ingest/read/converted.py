"""Files of older or other office programs: LibreOffice, where it is installed, makes DOCX, XLSX or PPTX of them."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

from ingest.errors import DamagedFileError, EncryptedFileError, TooLargeError, UnsupportedFormatError
from ingest.read.compound import needs_password, top_names

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
