"""Papers that are hard or impossible to read, in one batch: each is named with the reason and a remedy, and the others are read."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from eval.datasets.degraded_pages import make, png
from ingest.errors import DamagedFileError, EncryptedFileError, IngestError, TooLargeError, UnsupportedFormatError
from ingest.office.legacy_office import command
from ingest.pdf import image_files
from ingest.pipeline import read_documents
from ingest.records import Document
from tests.ingest.compound_files import compound
from tests.ingest.ocr.test_ocr import needs_tesseract
from tests.ingest.pdf.test_photo import TEXTS

SOUND = "The Corporation shall repair the pier. It pays forty per cent of the costs."
GUJARATI = "\n".join(
    [
        "ગુજરાત સરકાર, શહેરી વિકાસ અને શહેરી ગૃહનિર્માણ વિભાગ", "પરિપત્ર ક્રમાંક બાર, તારીખ પંદર માર્ચ", "આથી સર્વે અધિકારીઓને જણાવવામાં આવે છે કે",
        "નદીના કાંઠે ચાલીસ માપક યંત્રો મૂકવામાં આવશે.", "દરેક યંત્રની કિંમત બે લાખ રૂપિયા રહેશે.", "ખર્ચનો ચાલીસ ટકા ભાગ મહાનગરપાલિકા ભોગવશે.",
        "બાકીનો ખર્ચ રાજ્ય સરકાર ભોગવશે.", "આ હુકમ તાત્કાલિક અસરથી અમલમાં આવશે.",
    ] * 2
)  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """What became of one file, and of the sound ones before and after it."""

    file: str
    outcome: Document | IngestError


def batch(folder: Path, name: str, data: bytes) -> Batch:
    """Read one file between two sound ones, which must be read."""
    for other in ("a-first.txt", "z-last.txt"):
        (folder / other).write_text(SOUND, encoding="utf-8")
    (folder / name).write_bytes(data)
    first, outcome, last = read_documents([folder])
    assert [isinstance(one, Document) and SOUND in one.text for one in (first, last)] == [True, True]
    return Batch(str(folder / name), outcome)


def refused(done: Batch, error: type[IngestError], reason: str, remedy: str) -> None:
    assert type(done.outcome) is error
    assert done.outcome.file == done.file
    assert reason in done.outcome.reason
    assert remedy in done.outcome.remedy


def noted(done: Batch, reason: str, remedy: str) -> Document:
    assert isinstance(done.outcome, Document)
    assert done.outcome.source.uri == done.file
    (page,) = done.outcome.pages
    assert reason in page.note
    assert remedy in page.note
    return done.outcome


def picture(width: int, height: int, words: bool = True) -> bytes:
    """A sheet with a few lines of print; it grows with its size."""
    made = Image.new("L", (827, 1169), 255)
    pen = ImageDraw.Draw(made)
    for at in range(8):
        if words:
            pen.text((80, 120 + 60 * at), f"{at + 1}. The Corporation shall repair the pier.", fill=0, font=ImageFont.load_default(26))
    held = io.BytesIO()
    made.resize((width, height), Image.Resampling.BICUBIC).save(held, "JPEG", quality=60)
    return held.getvalue()


def wall() -> bytes:
    """A plastered wall in the light of a lamp."""
    rng = np.random.default_rng(3)
    light = np.linspace(210, 120, 1400)[:, None] + np.linspace(0, 30, 1000)[None, :] + rng.normal(0, 3, (1400, 1000))
    held = io.BytesIO()
    Image.fromarray(light.clip(0, 255).astype(np.uint8)).save(held, "JPEG")
    return held.getvalue()


def word(encrypted: bool) -> bytes:
    return compound(
        {"WordDocument": b"\xec\xa5\xc1\x00" + bytes(6) + struct.pack("<H", 0x100 * encrypted) + bytes(5000), "1Table": bytes(4096)}
    )


def slides(token: int) -> bytes:
    return compound({"PowerPoint Document": bytes(5000), "Current User": bytes(8) + struct.pack("<II", 20, token) + bytes(20)})


def workbook(*records: tuple[int, bytes]) -> bytes:
    held = b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in ((0x809, bytes(16)), *records, (0x0A, b"")))
    return compound({"Workbook": held.ljust(5000, b"\x00")})


@pytest.mark.parametrize(("name", "data"), [("order.doc", word(encrypted=True)), ("talk.ppt", slides(0xF3D1C4DF))])
def test_an_old_office_file_with_a_password_says_so(tmp_path: Path, name: str, data: bytes) -> None:
    refused(batch(tmp_path, name, data), EncryptedFileError, "password", "save a copy without the password")


def test_a_workbook_with_a_password_that_libreoffice_does_not_open_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    (tmp_path / "papers").mkdir()
    locked = batch(tmp_path / "papers", "costs.xls", workbook((0x2F, bytes(54))))
    refused(locked, EncryptedFileError, "password", "without a password")
    refused(batch(tmp_path / "papers", "costs.xls", workbook((0x42, b"\xe4\x04"))), DamagedFileError, "LibreOffice cannot open it", "XLSX")


@pytest.mark.skipif(command() is None, reason="LibreOffice is not installed")
def test_an_old_office_file_without_a_password_is_not_said_to_have_one(tmp_path: Path) -> None:
    assert not isinstance(batch(tmp_path, "order.doc", word(encrypted=False)).outcome, EncryptedFileError)
    assert not isinstance(batch(tmp_path, "order.doc", slides(0xE391C05F)).outcome, EncryptedFileError)


def test_a_heic_photo_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_files, "_reads_heic", lambda: False)
    heic = b"\x00\x00\x00\x18ftypheic" + bytes(2000)
    refused(batch(tmp_path, "photo.heic", heic), UnsupportedFormatError, "HEIC", "pip install pillow-heif")


@needs_tesseract
@pytest.mark.slow
def test_a_photo_of_a_hundred_million_pixels_is_read_and_one_of_more_refused(tmp_path: Path) -> None:
    done = batch(tmp_path, "photo.jpg", picture(8400, 11900))
    assert isinstance(done.outcome, Document)
    assert "The Corporation shall repair the pier" in done.outcome.text
    refused(batch(tmp_path, "photo.jpg", picture(10_000, 13_000)), TooLargeError, "130 million pixels", "at most 120 million")


@needs_tesseract
@pytest.mark.parametrize("name", ["blank scan.jpg", "photo of a wall.jpg"])
def test_a_blank_scan_and_a_photo_of_nothing_are_pages_that_say_so(tmp_path: Path, name: str) -> None:
    data = picture(827, 1169, words=False) if name.startswith("blank") else wall()
    document = noted(batch(tmp_path, name, data), "No text was found", "scan it again")
    assert [(page.method, page.text) for page in document.pages] == [("none", "")]


@needs_tesseract
def test_a_page_that_stands_on_its_head_is_read(tmp_path: Path) -> None:
    done = batch(tmp_path, "notice.png", png(make((TEXTS / "en.txt").read_text(encoding="utf-8"), "en", "upside down")))
    assert isinstance(done.outcome, Document)
    (page,) = done.outcome.pages
    assert (page.method, page.note, page.quality > 0.85) == ("ocr", "", True)
    assert "Hospitals and schools are served first" in " ".join(page.text.split())


@needs_tesseract
@pytest.mark.slow
def test_a_page_in_gujarati_says_that_its_script_is_not_read(tmp_path: Path) -> None:
    document = noted(batch(tmp_path, "circular.png", png(make(GUJARATI, "hi", "clean"))), "much of its text", "add a translation")
    assert "another script than those of Marathi, Hindi, English and Japanese" in document.pages[0].note
    assert document.pages[0].quality < 0.5
