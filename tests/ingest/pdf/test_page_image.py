from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import DamagedFileError
from ingest.pdf.render import page_image
from ingest.processes.messages import MAX_PIXELS, MAX_WIDTH

QUOTE = "The Ministry will bear the cost."


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    file = tmp_path / "one.pdf"
    canvas = Canvas(str(file), pagesize=(400, 300))
    canvas.setFont("Helvetica", 14)
    canvas.drawString(40, 150, QUOTE)
    canvas.drawString(40, 60, "Another sentence.")
    canvas.save()
    return file


def tinted(png: bytes) -> tuple[int, int, int, int] | None:
    """The box around the pixels that are neither white nor grey."""
    with Image.open(io.BytesIO(png)) as image:
        hue = image.convert("HSV").getchannel("S").point(lambda s: 255 if s > 40 else 0)
        return hue.getbbox()


def test_the_quote_is_boxed_where_it_stands(pdf: Path) -> None:
    png, lines = page_image(pdf, 1, QUOTE)
    assert lines == 1
    box = tinted(png)
    assert box is not None
    left, top, right, bottom = box
    assert 70 <= left <= 80
    assert 2 * (300 - 150 - 20) <= top < bottom <= 2 * (300 - 150 + 10)
    assert right < 2 * 300


def test_the_edge_of_the_box_leaves_the_letters_as_they_are(pdf: Path) -> None:
    ink = [Image.open(io.BytesIO(page_image(pdf, 1, quote)[0])).convert("L").point(lambda v: v < 60) for quote in ("", QUOTE)]
    plain, boxed = (sum(picture.get_flattened_data()) for picture in ink)
    assert boxed > 0.8 * plain > 0


def test_a_quote_that_is_not_on_the_page_is_not_boxed(pdf: Path) -> None:
    png, lines = page_image(pdf, 1, "Something that nobody ever wrote on this page at all.")
    assert lines == 0
    assert tinted(png) is None


def test_a_page_that_cannot_be_drawn_says_why(pdf: Path, tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="no page 9"):
        page_image(pdf, 9, "")
    with pytest.raises(FileNotFoundError):
        page_image(tmp_path / "gone.pdf", 1, "")


@pytest.mark.parametrize(("size", "drawn"), [((400, 300), (800, 600)), ((1460, 100), (1460, 100)), ((2920, 400), (1460, 200))])
def test_a_picture_is_twice_as_large_as_the_page_and_never_wider_than_streamlit_shows(
    tmp_path: Path, size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    canvas = Canvas(str(tmp_path / "wide.pdf"), pagesize=size)
    canvas.drawString(9, 9, QUOTE)
    canvas.save()
    with Image.open(io.BytesIO(page_image(tmp_path / "wide.pdf", 1, QUOTE)[0])) as picture:
        assert picture.size == drawn
        assert picture.width <= MAX_WIDTH


def test_a_picture_of_a_page_without_end_has_no_more_pixels_than_it_may(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "long.pdf"), pagesize=(700, 90_000))
    canvas.drawString(9, 9, QUOTE)
    canvas.save()
    with Image.open(io.BytesIO(page_image(tmp_path / "long.pdf", 1, "")[0])) as picture:
        assert 0.99 * MAX_PIXELS < picture.width * picture.height <= MAX_PIXELS
