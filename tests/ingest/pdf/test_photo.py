"""Photos and scans that are picture files."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from eval.datasets.degraded_pages import Picture, make
from eval.tasks.documents.ocr import TEXTS, f1
from ingest.discover import discover
from ingest.errors import DamagedFileError, EmptyFileError, IngestError, TooLargeError, UnsupportedFormatError
from ingest.ocr.tesseract import INSTALL
from ingest.parse.dispatch import read
from ingest.pdf import image_files
from ingest.pdf.image_files import as_pdf, together
from ingest.pdf.pdfium import open_pdf, page_count
from ingest.pdf.render import page_image, quote_rectangles, render_page
from ingest.records import Limits, RawDocument, Source

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason=f"Tesseract is not installed: {INSTALL}")


def picture(width: int = 800, height: int = 1100, grey: int = 200) -> Image.Image:
    return Image.new("L", (width, height), grey)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def pages(pdf: bytes) -> int:
    with open_pdf(pdf, "pdf") as document:
        return page_count(document)


def found(path: Path) -> Source:
    (one,) = discover([path], Limits())
    assert isinstance(one, Source), one
    return one


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("TIFF", "tif"), ("WEBP", "webp"), ("PNG", "jpg")])
def test_a_picture_is_told_by_its_bytes_and_is_a_page(tmp_path: Path, kind: str, ending: str) -> None:
    file = tmp_path / f"notice.{ending}"
    file.write_bytes(saved(picture(), kind))
    assert found(file).media == "image"
    assert pages(as_pdf(file.read_bytes(), file.name)) == 1


def test_a_heic_photo_is_a_page(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    file = tmp_path / "notice.heic"
    file.write_bytes(saved(picture().convert("RGB"), "HEIF"))
    assert found(file).media == "image"
    assert pages(as_pdf(file.read_bytes(), file.name)) == 1


def test_a_heic_photo_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UnsupportedFormatError) as refused:
        as_pdf(b"\0\0\0\x18ftypheic" + bytes(100), "notice.heic")
    assert "pip install pillow-heif" in refused.value.remedy


def test_the_pictures_of_a_tiff_are_pages_in_order() -> None:
    first, *others = (picture(600, 800, grey) for grey in (0, 120, 255))
    pdf = as_pdf(saved(first, "TIFF", save_all=True, append_images=others), "fax.tif")
    assert pages(pdf) == 3
    drawn = [np.asarray(Image.open(io.BytesIO(render_page(pdf, number, 0.2))).convert("L")).mean() for number in (1, 2, 3)]
    assert drawn == pytest.approx([0, 120, 255], abs=4)


def test_several_photos_are_one_paper_in_the_order_given() -> None:
    pdf = together([("b.jpg", saved(picture(grey=30), "JPEG")), ("a.png", saved(picture(grey=220), "PNG"))])
    assert pages(pdf) == 2
    assert np.asarray(Image.open(io.BytesIO(render_page(pdf, 1, 0.2)))).mean() < 60


def test_a_photo_is_turned_as_the_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with open_pdf(as_pdf(saved(picture(1100, 800), "JPEG", exif=exif), "photo.jpg"), "pdf") as document:
        assert page_count(document) == 1
    drawn = Image.open(io.BytesIO(render_page(as_pdf(saved(picture(1100, 800), "JPEG", exif=exif), "photo.jpg"), 1, 0.5)))
    assert drawn.height > drawn.width


def test_what_a_scanner_says_of_its_resolution_is_kept_and_a_default_is_not() -> None:
    told = Image.open(io.BytesIO(render_page(as_pdf(saved(picture(1654, 2339), "PNG", dpi=(200, 200)), "scan.png"), 1, 1.0)))
    assert told.size == pytest.approx((595, 842), abs=2)
    guessed = Image.open(io.BytesIO(render_page(as_pdf(saved(picture(3000, 4000), "JPEG", dpi=(72, 72)), "photo.jpg"), 1, 1.0)))
    assert max(guessed.size) == pytest.approx(842, abs=2)


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (saved(picture(120, 40), "PNG"), EmptyFileError, "too small"),
        (saved(picture(), "JPEG")[:60], DamagedFileError, "cannot be decoded"),
        (saved(picture(), "PNG")[:200], DamagedFileError, "cannot be decoded"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), DamagedFileError, "cannot be decoded"),
    ],
)
def test_a_picture_that_is_no_page_is_named_with_a_remedy(data: bytes, error: type[IngestError], said: str) -> None:
    with pytest.raises(error, match=said) as refused:
        as_pdf(data, "photo.jpg")
    assert refused.value.file == "photo.jpg"
    assert refused.value.remedy


def test_a_picture_of_a_hundred_million_pixels_is_made_smaller_and_a_larger_one_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_files, "KEPT_PIXELS", 200_000)
    monkeypatch.setattr(image_files, "MOST_PIXELS", 1_000_000)
    pdf = as_pdf(saved(picture(), "JPEG"), "photo.jpg")
    assert len(pdf) < 20_000
    with pytest.raises(TooLargeError, match="million pixels"):
        as_pdf(saved(picture(1200, 1600), "JPEG"), "photo.jpg")


def test_transparent_parts_are_paper() -> None:
    pdf = as_pdf(saved(Image.new("RGBA", (400, 500), (0, 0, 0, 0)), "PNG"), "scan.png")
    assert np.asarray(Image.open(io.BytesIO(render_page(pdf, 1, 0.5)))).mean() > 250


def kept(tmp_path: Path, made: Picture, name: str) -> tuple[Path, RawDocument]:
    file = tmp_path / name
    Image.fromarray(made).save(file)
    return file, read(found(file), Limits())


@needs_tesseract
def test_a_photo_is_read_and_its_words_are_boxed_where_they_stand(tmp_path: Path) -> None:
    made = make((TEXTS / "en.txt").read_text(encoding="utf-8"), "en", "photo")
    file, document = kept(tmp_path, made.picture, "notice.jpg")
    (page,) = document.pages
    assert page.method == "ocr"
    assert f1("\n".join(block.text for block in page.blocks), made.truth) > 0.95
    boxes = quote_rectangles(as_pdf(file.read_bytes(), file.name), 1, "Hospitals and schools are served first", boxes=page.boxes)
    assert boxes
    assert all(0.25 < box.top < 0.6 for box in boxes)
    png, lines = page_image(file, 1, "Hospitals and schools are served first", boxes=page.boxes)
    assert lines == len(boxes)
    assert png.startswith(b"\x89PNG")


@needs_tesseract
def test_a_photo_of_nothing_is_a_page_that_says_so(tmp_path: Path) -> None:
    _, document = kept(tmp_path, np.asarray(picture()), "wall.png")
    (page,) = document.pages
    assert (page.method, page.blocks) == ("none", ())
    assert "No text was found" in page.note


def test_photos_in_a_zip_of_pages_are_one_paper_in_the_order_of_their_names(tmp_path: Path) -> None:
    sent = [(f"page {at}.jpg", saved(picture(grey=20 * at), "JPEG")) for at in (10, 2, 1)]
    file = tmp_path / "lease.pages.zip"
    file.write_bytes(image_files.packed(sent))
    assert found(file).media == "image"
    pdf = as_pdf(file.read_bytes(), file.name)
    drawn = [np.asarray(Image.open(io.BytesIO(render_page(pdf, number, 0.2))).convert("L")).mean() for number in (1, 2, 3)]
    assert drawn == pytest.approx([20, 40, 200], abs=5)


def test_a_zip_of_pages_that_expands_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_files, "MOST_BYTES", 10_000)
    with pytest.raises(TooLargeError, match="expands"):
        as_pdf(image_files.packed([("a.jpg", bytes(20_000))]), "a.pages.zip")
    with pytest.raises(DamagedFileError, match="cannot be opened"):
        as_pdf(b"PK\x03\x04" + bytes(40), "a.pages.zip")
    with pytest.raises(DamagedFileError, match="cannot be decoded") as refused:
        as_pdf(image_files.packed([("a.jpg", b"no picture")]), "a.pages.zip")
    assert "a.jpg" in refused.value.file


def test_a_tiff_of_more_pages_than_a_paper_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_files, "MOST_PAGES", 2)
    first, *others = (picture(400, 500) for _ in range(3))
    with pytest.raises(TooLargeError, match="3 pictures"):
        as_pdf(saved(first, "TIFF", save_all=True, append_images=others), "fax.tif")
