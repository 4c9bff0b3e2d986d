from __future__ import annotations

import shutil
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.ocr.image_preprocessing import View
from ingest.ocr.tesseract import INSTALL, Engine, OcrUnavailableError
from ingest.pdf.reader import read_pdf
from ingest.records import Limits, RawPage
from tests.ingest.pdfs import HEIGHT, WIDTH, drawn, mapped_to_private_use, scan, source, text_page

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason=f"Tesseract is not installed: {INSTALL}")

HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def program(folder: Path, body: str) -> Path:
    """A stand-in for Tesseract: a shell script."""
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def stand_in(folder: Path, languages: str, script: str, table: str) -> Path:
    (folder / "table.tsv").write_text(table, encoding="utf-8")
    return program(
        folder,
        f"""cat >/dev/null </dev/null
case "$*" in
  *--list-langs*) printf 'List of available languages:\\n{languages}\\n';;
  *"--psm 0"*) printf 'Script: {script}\\n';;
  *) echo "$@" >> {folder}/calls; cat {folder}/table.tsv;;
esac""",
    )


def words(*parts: tuple[int, int, str, float]) -> str:
    """A TSV with one word a part: line, left, text, confidence."""
    page = "1\t1\t0\t0\t0\t0\t0\t0\t1654\t2339\t-1\t"
    rows = (f"5\t1\t1\t1\t{line}\t1\t{left}\t{200 + 60 * line}\t100\t40\t{conf}\t{text}" for line, left, text, conf in parts)
    return "\n".join((HEADER, page, *rows))


def read(data: bytes, command: Path | None) -> RawPage:
    return read_pdf(data, source(data), Limits(), which=lambda _: str(command) if command else None).pages[0]


SCAN = scan(["A page that is a picture"])
WHITE = View(np.full((40, 40), 255, np.uint8), 200, np.eye(3), (40, 40))


def test_a_scanned_page_is_read_and_its_quality_is_the_confidence_weighted_by_letters(tmp_path: Path) -> None:
    command = stand_in(tmp_path, "eng\\nosd", "Latin", words((1, 200, "Flood", 90.0), (1, 320, "map", 50.0)))
    page = read(SCAN, command)
    assert [block.text for block in page.blocks] == ["Flood map"]
    assert (page.method, page.quality, page.note) == ("ocr", 0.75, "")
    assert "--dpi 200 --psm 3 -l eng tsv" in (tmp_path / "calls").read_text()


def test_the_script_of_the_page_chooses_the_languages(tmp_path: Path) -> None:
    command = stand_in(tmp_path, "eng\\nhin\\nmar\\nosd", "Devanagari", words((1, 200, "धोरण", 90.0)))
    assert read(SCAN, command).method == "ocr"
    assert "-l mar+hin+eng tsv" in (tmp_path / "calls").read_text()


def test_devanagari_is_not_read_with_the_data_for_latin_alone(tmp_path: Path) -> None:
    page = read(SCAN, stand_in(tmp_path, "eng\\nosd", "Devanagari", words((1, 200, "TT", 40.0))))
    assert page.method == "none"
    assert "(mar, hin)" in page.note


def test_ruled_lines_are_not_text(tmp_path: Path) -> None:
    table = words((1, 200, "|", 30.0), (1, 320, "Tax|", 90.0), (1, 430, "___", 20.0), (2, 200, "|_", 10.0))
    assert [block.text for block in read(SCAN, stand_in(tmp_path, "eng\\nosd", "Latin", table)).blocks] == ["Tax"]


def test_japanese_that_makes_no_sense_across_is_read_as_vertical_text(tmp_path: Path) -> None:
    across = words((1, 200, "口一", 40.0))
    # Two vertical lines, the right one first in reading order though Tesseract gives it last; boxes 40 wide and 400 high.
    rows = [
        f"5\t1\t1\t1\t{at}\t1\t{left}\t200\t40\t400\t92\t{text}" for at, (left, text) in enumerate(((800, "二行目"), (900, "一行目の")))
    ]
    down = "\n".join((HEADER, "1\t1\t0\t0\t0\t0\t0\t0\t1654\t2339\t-1\t", *rows))
    (tmp_path / "down.tsv").write_text(down, encoding="utf-8")
    command = stand_in(tmp_path, "jpn\\njpn_vert\\nosd", "Japanese", across)
    script = command.read_text(encoding="utf-8").replace("*) echo", f"*jpn_vert*) cat {tmp_path}/down.tsv;;\n  *) echo")
    command.write_text(script, encoding="utf-8")
    page = read(SCAN, command)
    assert "".join(block.text for block in page.blocks) == "一行目の二行目"
    assert page.quality == 0.92


def test_japanese_characters_that_ocr_gives_one_by_one_are_not_spaced(tmp_path: Path) -> None:
    command = stand_in(tmp_path, "jpn\\nosd", "Japanese", words((1, 200, "国土", 95.0), (1, 310, "交通", 95.0), (1, 420, "省", 95.0)))
    assert [block.text for block in read(SCAN, command).blocks] == ["国土交通省"]


def test_missing_language_data_leaves_the_page_unread_and_says_what_to_install(tmp_path: Path) -> None:
    command = stand_in(tmp_path, "eng\\nosd", "Japanese", words((1, 200, "x", 90.0)))
    page = read(SCAN, command)
    assert (page.method, page.quality, page.blocks) == ("none", 0.0, ())
    assert page.note == f"The page is an image. Tesseract lacks the data for Japanese script (jpn). To read it: {INSTALL}"


def test_missing_data_for_scripts_leaves_the_page_unread(tmp_path: Path) -> None:
    page = read(SCAN, stand_in(tmp_path, "eng", "Latin", words((1, 200, "x", 90.0))))
    assert page.method == "none"
    assert "(osd)" in page.note
    assert INSTALL in page.note


def test_a_picture_without_text_is_no_empty_success(tmp_path: Path) -> None:
    page = read(SCAN, stand_in(tmp_path, "eng\\nosd", "Latin", words()))
    assert (page.method, page.blocks) == ("none", ())
    assert page.note.startswith("The page is an image. No text was found in the image of the page. If there is some, scan it again")


def stamped() -> bytes:
    """A scan over which a line of text was stamped."""

    def stamp(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (1654, 2339), 255)), 0, 0, WIDTH, HEIGHT)
        canvas.drawString(72, 40, "Downloaded from the archive on 3 May 2025")

    return drawn(stamp)


def test_a_scan_with_a_stamp_is_read_from_its_image_when_that_says_more(tmp_path: Path) -> None:
    long = words(*((at, 200, "A line of the order that was scanned", 85.0) for at in range(1, 5)))
    page = read(stamped(), stand_in(tmp_path, "eng\\nosd", "Latin", long))
    assert (page.method, page.quality) == ("ocr", 0.85)


def test_a_page_with_a_picture_behind_its_few_words_keeps_them(tmp_path: Path) -> None:
    page = read(stamped(), stand_in(tmp_path, "eng\\nosd", "Latin", words((1, 200, "Downloaded fron the archive on 3 May", 60.0))))
    assert [block.text for block in page.blocks] == ["Downloaded from the archive on 3 May 2025"]
    assert (page.method, page.quality, page.note) == ("text_layer", 1.0, "")


def test_a_stamped_scan_that_cannot_be_read_says_so_beside_its_stamp() -> None:
    page = read(stamped(), None)
    assert [block.text for block in page.blocks] == ["Downloaded from the archive on 3 May 2025"]
    assert page.note == f"Most of the page is an image. Tesseract is not installed. To read it: {INSTALL}"


UNMAPPED = mapped_to_private_use(
    drawn(text_page(["The shapes of these letters are right but what they", "stand for is not in the file any more at all."]))
)


def test_a_text_layer_without_letters_is_left_out_when_nothing_better_can_be_had() -> None:
    page = read(UNMAPPED, None)
    assert (page.method, page.quality, page.blocks) == ("none", 0.0, ())
    assert page.note == f"100.0% of the characters in its text layer stand for no letter. Tesseract is not installed. To read it: {INSTALL}"


def test_a_text_layer_without_letters_is_replaced_by_what_the_page_shows(tmp_path: Path) -> None:
    page = read(UNMAPPED, stand_in(tmp_path, "eng\\nosd", "Latin", words((1, 200, "The shapes", 90.0))))
    assert [block.text for block in page.blocks] == ["The shapes"]
    assert "--dpi 300 " in (tmp_path / "calls").read_text(encoding="utf-8")


def test_a_program_that_fails_is_reported_with_what_it_said(tmp_path: Path) -> None:
    command = program(tmp_path, 'case "$*" in *--list-langs*) printf "x\\neng\\nosd\\n";; *) echo "out of memory" >&2; exit 3;; esac')
    page = read(SCAN, command)
    assert page.method == "none"
    assert "Tesseract failed: out of memory" in page.note


def test_a_program_that_hangs_is_stopped(tmp_path: Path) -> None:
    command = program(tmp_path, 'case "$*" in *--list-langs*) printf "x\\neng\\nosd\\n";; *) exec sleep 30;; esac')
    engine = Engine.find(lambda _: str(command))
    with pytest.raises(OcrUnavailableError, match="gave up"):
        engine.words(WHITE, ("eng",), seconds=0.2)


def test_without_the_program_the_engine_says_what_to_install() -> None:
    with pytest.raises(OcrUnavailableError, match="apt-get install -y tesseract-ocr tesseract-ocr-mar"):
        Engine.find(lambda _: None)


@needs_tesseract
def test_tesseract_reads_an_english_scan() -> None:
    lines = ["The Corporation recognises that services", "depend on the trust of the residents", "of every ward of this city by the sea."]
    data = scan(lines)
    page = read_pdf(data, source(data), Limits()).pages[0]
    assert page.method == "ocr"
    assert page.quality > 0.8
    assert " ".join(block.text for block in page.blocks) == " ".join(lines)
