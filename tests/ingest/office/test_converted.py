"""Files that LibreOffice opens."""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
import zipfile
from pathlib import Path

import pytest

from ingest.discover import discover
from ingest.errors import DamagedFileError, TooLargeError, UnsupportedFormatError
from ingest.office.legacy_office import INSTALL, command, converted, target
from ingest.parse import file_types as sniffing
from ingest.parse.dispatch import read
from ingest.records import Limits, Source
from tests.ingest.hostile_converted import hostile_converted

needs_libreoffice = pytest.mark.skipif(command() is None, reason=f"LibreOffice is not installed: {INSTALL}")

RTF = rb"{\rtf1\ansi\deff0 {\fonttbl{\f0 Times;}} The Corporation shall repair the pier.\par It pays forty per cent.\par}"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def opendocument(kind: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<x/>")
    return held.getvalue()


def office(folder: Path, body: str) -> str:
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize(
    ("data", "into"),
    [
        (RTF, "docx"),
        (OLE + "WordDocument".encode("utf-16-le"), "docx"),
        (OLE + "Workbook".encode("utf-16-le"), "xlsx"),
        (OLE + "PowerPoint Document".encode("utf-16-le"), "pptx"),
        (opendocument("text"), "docx"),
        (opendocument("spreadsheet"), "xlsx"),
        (opendocument("presentation"), "pptx"),
    ],
)
def test_a_file_becomes_text_a_workbook_or_slides(data: bytes, into: str) -> None:
    assert target(data) == into


def test_without_libreoffice_the_line_that_installs_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sniffing, "command", lambda: None)
    file = tmp_path / "order.rtf"
    file.write_bytes(RTF)
    (refused,) = discover([file], Limits())
    assert isinstance(refused, UnsupportedFormatError)
    assert INSTALL in refused.remedy
    with pytest.raises(UnsupportedFormatError, match="not installed"):
        converted(RTF, "order.rtf", lambda _: None)


def test_what_libreoffice_does_not_open_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="needs a password") as refused:
        converted(RTF, "order.doc", lambda _: office(tmp_path, "exit 0"))
    assert "DOCX" in refused.value.remedy


def test_a_conversion_that_hangs_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="not done"):
        converted(RTF, "order.doc", lambda _: office(tmp_path, "exec sleep 20"), seconds=0.3)


@needs_libreoffice
def test_a_file_of_another_office_program_is_read(tmp_path: Path) -> None:
    file = tmp_path / "order.rtf"
    file.write_bytes(RTF)
    (source,) = discover([file], Limits())
    assert isinstance(source, Source)
    assert source.media == "office"
    document = read(source, Limits())
    assert [block.text for page in document.pages for block in page.blocks] == [
        "The Corporation shall repair the pier.",
        "It pays forty per cent.",
    ]
    assert document.source.uri == str(file)


@needs_libreoffice
def test_of_a_conversion_that_takes_too_long_nothing_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(DamagedFileError, match="not done"):
        converted(RTF.replace(b"pier", b"pier" * 4_000_000), "order.rtf", seconds=2.0)
    end = time.monotonic() + 5
    while (left := _started(tmp_path)) and time.monotonic() < end:
        time.sleep(0.1)
    assert left == []
    assert list(tmp_path.iterdir()) == []


def _started(folder: Path) -> list[bytes]:
    """The commands of processes that were told this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found.append((process / "cmdline").read_bytes())
    return [command for command in found if str(folder).encode() in command]


@needs_libreoffice
def test_a_table_whose_type_is_packed_is_a_table_and_what_it_links_to_stays_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("zebrawood,17\n", encoding="utf-8")
    files = dict(hostile_converted(str(secret), str(tmp_path / "made")))
    data = files["outside-range.ods"]
    assert b"opendocument.spreadsheet" not in data
    made, into = converted(data, "table.ods")
    assert into == "xlsx"
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        read = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Ward" in read
    assert b"zebrawood" not in read


@needs_libreoffice
def test_what_becomes_too_large_is_refused() -> None:
    with pytest.raises(TooLargeError, match="Split it"):
        converted(RTF, "order.rtf", most=1000)


@needs_libreoffice
def test_a_damaged_file_is_refused_by_libreoffice() -> None:
    with pytest.raises(DamagedFileError):
        converted(opendocument("spreadsheet"), "table.ods")
