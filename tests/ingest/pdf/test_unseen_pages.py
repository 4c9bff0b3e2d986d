"""Pages that no threshold was tuned on: the sample papers in other fonts, smaller, askew, noisy, with right and with wrong layers."""

from __future__ import annotations

import hashlib
import subprocess
import textwrap
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont, features
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from eval.tasks.documents.extraction import character_error
from ingest.pdf.reader import read_pdf
from ingest.pipeline import read_document
from ingest.records import Limits, RawPage, Source
from tests.ingest.ocr.test_ocr import needs_tesseract
from tests.ingest.pdfs import HEIGHT, WIDTH, drawn, source
from tests.support import PROJECT

pytestmark = needs_tesseract
slow = pytest.mark.slow
PAPERS = {
    "mr": ("sahakarya-karar.pdf", "pdf", "Noto Serif Devanagari"),
    "hi": ("sagartat-samachar.txt", "text", "Noto Serif Devanagari"),
    "ja": ("flood-warning-kazehama.pdf", "pdf", "Noto Serif CJK JP"),
    "en": ("memorandum-of-cooperation.pdf", "pdf", "DejaVu Serif"),
}
KRUTI = dict(
    zip(
        "कगचजटठडतदनपफबमयरलवसहािीुूेैंः्।",
        [
            "d",
            "x",
            "p",
            "t",
            "V",
            "B",
            "M",
            "r",
            "n",
            "u",
            "i",
            "Q",
            "c",
            "e",
            ";",
            "j",
            "y",
            "o",
            "l",
            "g",
            "k",
            "f",
            "h",
            "q",
            "w",
            "s",
            "S",
            "a",
            "%",
            "~",
            "A",
        ],
        strict=True,
    )
)
"""Part of the key map of an old Devanagari font: a layer of no language over a sound picture."""


@cache
def lines(language: str) -> tuple[str, ...]:
    """Some lines of a sample paper."""
    name, media, _ = PAPERS[language]
    path = PROJECT / "samples" / "documents" / name
    data = path.read_bytes()
    text = read_document(Source(str(path), hashlib.sha256(data).hexdigest(), media, len(data))).text  # type: ignore[arg-type]
    prose = [line for line in text.splitlines() if len(line) > 60 and "\t" not in line]
    wide = 34 if language == "ja" else 62
    return tuple(part for line in prose for part in textwrap.wrap(line, wide))[:16]


def face(language: str, size: int) -> ImageFont.FreeTypeFont:
    family = PAPERS[language][2]
    told = subprocess.run(["fc-match", "-f", "%{family}\n%{file}\n%{index}", family], capture_output=True, text=True, check=True)
    found, file, index = told.stdout.split("\n")
    if family not in found or not features.check("raqm"):
        pytest.skip(f"The font {family} is not installed, or Pillow cannot shape Devanagari.")
    return ImageFont.truetype(file, size, index=int(index))


def picture(language: str, *, dpi: int = 200, points: float = 11, turn: float = 0.0, noise: float = 0.0) -> Image.Image:
    """A page of the paper as a scanner sees it."""
    scale = dpi / 72
    image = Image.new("L", (round(WIDTH * scale), round(HEIGHT * scale)), 255)
    pen, font = ImageDraw.Draw(image), face(language, round(points * scale))
    for at, line in enumerate(lines(language)):
        pen.text((70 * scale, (90 + 1.9 * points * at) * scale), line, fill=20, font=font)
    image = image.rotate(turn, Image.Resampling.BICUBIC, fillcolor=255)
    if noise:
        grain = np.random.default_rng(7).normal(0, noise, (image.height, image.width))
        image = Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))
    return image


def page(image: Image.Image, layer: tuple[str, ...] = ()) -> RawPage:
    """The picture as a page, with an invisible layer over it, as it is read."""

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(image), 0, 0, WIDTH, HEIGHT)
        text = canvas.beginText(70, HEIGHT - 100)
        text.setFont("Helvetica", 11)
        text.setTextRenderMode(3)
        text.setLeading(20.9)
        for line in layer:
            text.textLine(line)
        canvas.drawText(text)

    data = drawn(draw)
    return read_pdf(data, source(data), Limits()).pages[0]


def error(read: RawPage, language: str) -> float:
    return character_error("\n".join(block.text for block in read.blocks), "\n".join(lines(language)))


@pytest.mark.parametrize(
    ("language", "dpi", "points", "turn", "noise"),
    [
        ("mr", 200, 12, -1.5, 25),
        *(
            pytest.param(*scan, marks=slow)
            for scan in (
                ("mr", 300, 10, 1.0, 12), ("hi", 200, 11, 2.0, 12), ("hi", 300, 9, -1.0, 20), ("ja", 300, 10.5, 1.0, 12),
                ("ja", 200, 12, -1.5, 12), ("en", 150, 11, 2.0, 12), ("en", 300, 8, -2.0, 30),
            )
        ),
    ],
)  # fmt: skip
def test_a_scan_in_another_font_that_lies_askew_is_read(language: str, dpi: int, points: float, turn: float, noise: float) -> None:
    read = page(picture(language, dpi=dpi, points=points, turn=turn, noise=noise))
    assert read.method == "ocr"
    assert error(read, language) <= 0.05


@slow
@pytest.mark.parametrize("language", ["mr", "hi"])
def test_a_layer_in_the_code_of_an_old_font_is_left_for_what_the_page_shows(language: str) -> None:
    layer = tuple("".join(KRUTI.get(char, char if char == " " else "k") for char in line) for line in lines(language))
    assert page(picture(language), layer).method == "ocr"


@pytest.mark.parametrize("language", ["mr", pytest.param("ja", marks=slow)])
def test_a_layer_in_another_language_than_the_picture_is_left(language: str) -> None:
    assert page(picture(language), lines("en")).method == "ocr"


def test_a_right_layer_over_a_picture_is_kept() -> None:
    read = page(picture("en"), lines("en"))
    assert read.method == "text_layer"
    assert error(read, "en") <= 0.005


@slow
def test_a_layer_that_an_engine_for_another_script_left_is_left() -> None:
    noise = tuple("".join("aeTRlS1i"[ord(char) % 8] if char != " " else " " for char in line) for line in lines("hi"))
    assert page(picture("hi", turn=1.0), noise).method == "ocr"


@slow
def test_papers_with_sound_layers_are_not_read_by_ocr() -> None:
    for path in sorted((PROJECT / "samples" / "documents").glob("*.pdf")):
        data = path.read_bytes()
        pages = read_pdf(data, source(data), Limits()).pages
        assert {page.method for page in pages} == ({"ocr"} if "scan" in path.name else {"text_layer"}), Path(path).name
