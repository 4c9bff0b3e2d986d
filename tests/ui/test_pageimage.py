from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ui.pageimage import ImageError, page_image

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
    with pytest.raises(ImageError, match="no page 9"):
        page_image(pdf, 9, "")
    with pytest.raises(ImageError):
        page_image(tmp_path / "gone.pdf", 1, "")
