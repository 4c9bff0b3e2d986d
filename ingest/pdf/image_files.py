"""A photo or scan that is a picture file: its pages as a PDF, which is read, shown and boxed like any other."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import PurePath

import regex
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from ingest.errors import DamagedFileError, EmptyFileError, TooLargeError, UnsupportedFormatError
from ingest.records import INSIDE

MOST_PIXELS = 120_000_000
"""Of a page, before it is made smaller: more are no photo of a sheet of paper."""
KEPT_PIXELS = 16_000_000
"""Of a page as it is kept: 400 dpi of A4."""
LEAST_SIDE = 300
"""Pixels of the longer side below which a picture is an icon and no page."""
MOST_BYTES = 400_000_000
MOST_PAGES = 500
"""Of a TIFF or a ZIP of pages, and what that expands to."""
_A4_LONG = 11.69
_DPI = (72.0, 600.0)
_QUALITY = 92
_HEIC = "Install it (pip install pillow-heif), or save the photo as JPEG."
_AGAIN = "Copy or download it again, or save it as JPEG."


def as_pdf(data: bytes, file: str) -> bytes:
    """The pictures of a file as the pages of a PDF, upright as the camera says, of the size of a sheet where no resolution is told.

    Raises:
        DamagedFileError: it cannot be decoded.
        EmptyFileError: it has no pictures, or they are icons.
        TooLargeError: a picture with more than `MOST_PIXELS`.
        UnsupportedFormatError: a HEIC photo, and the library that reads them is not installed.
    """
    return together(_members(data, file) if data.startswith(b"PK") else [(file, data)])


def packed(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Photos of one paper as a file called ``….pages.zip``, which `as_pdf` takes for its pages."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for at, (name, data) in enumerate(sorted(files, key=lambda one: natural(one[0])), start=1):
            archive.writestr(f"{at:03d} {PurePath(name).name}", data)
    return held.getvalue()


def natural(name: str) -> list[tuple[int, str]]:
    """A key by which page 2 stands before page 10."""
    return [(int(part), "") if part.isdigit() else (-1, part.casefold()) for part in regex.split(r"(\d+)", name)]


def _members(data: bytes, file: str) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [one for one in archive.infolist() if not one.is_dir() and not _is_litter(one.filename)]
            if sum(one.file_size for one in inside) > MOST_BYTES or len(inside) > MOST_PAGES:
                raise TooLargeError(file, f"It expands to over {MOST_BYTES / 1e6:.0f} MB or {MOST_PAGES} pages.", "Split it.")
            return [(f"{file}{INSIDE}{one.filename}", archive.read(one)) for one in sorted(inside, key=lambda one: natural(one.filename))]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise DamagedFileError(file, f"The ZIP of pages cannot be opened: {error}.", "Copy or download it again.") from error


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePath(name).name.startswith(".")


def together(files: list[tuple[str, bytes]]) -> bytes:
    """Several picture files, in order, as one PDF.

    Args:
        files: name and bytes of each.

    Raises:
        IngestError: as for `as_pdf`.
    """
    pages = [page for file, data in files for page in _pages(data, file)]
    if not pages:
        raise EmptyFileError(files[0][0] if files else "", "It holds no picture.", _AGAIN)
    held = io.BytesIO()
    first, *others = (page for page, _ in pages)
    first.save(held, "PDF", save_all=True, append_images=others, resolution=pages[0][1], quality=_QUALITY)
    return held.getvalue()


def _pages(data: bytes, file: str) -> list[tuple[Image.Image, float]]:
    """Each picture of a file, in grey or colours, with its dots an inch."""
    if data[4:8] == b"ftyp" and not _reads_heic():
        raise UnsupportedFormatError(file, "The library that reads HEIC photos is not installed.", _HEIC)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as opened:
                _check(opened, file)
                if opened.format == "JPEG":
                    opened.draft(None, _smaller(opened.size))  # a camera's 100 million pixels are not all unpacked
                return [_page(frame.copy(), _dpi(opened)) for frame in ImageSequence.Iterator(opened)]
    except Image.DecompressionBombError as error:
        raise TooLargeError(file, "The picture has too many pixels for a page.", _too_large()) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise DamagedFileError(file, "The picture cannot be decoded: it is cut off or corrupt.", _AGAIN) from error


def _check(opened: Image.Image, file: str) -> None:
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise TooLargeError(file, f"The picture has {width * height / 1e6:.0f} million pixels.", _too_large())
    if (pages := getattr(opened, "n_frames", 1)) > MOST_PAGES:
        raise TooLargeError(file, f"It holds {pages} pictures, over the limit of {MOST_PAGES}.", "Split it.")
    if max(width, height) < LEAST_SIDE:
        raise EmptyFileError(
            file, f"The picture is too small to be a page ({width} x {height} pixels).", "Scan the page at 200 to 300 dpi."
        )


def _too_large() -> str:
    return f"Save it with at most {MOST_PIXELS / 1e6:.0f} million pixels; 300 dpi of A4 are 9 million."


def _page(frame: Image.Image, dpi: float | None) -> tuple[Image.Image, float]:
    upright = ImageOps.exif_transpose(frame) or frame
    if upright.mode in ("RGBA", "LA", "PA", "P"):
        white = Image.new("RGBA", upright.size, "white")
        white.alpha_composite(upright.convert("RGBA"))
        upright = white
    page = upright if upright.mode in ("1", "L", "RGB") else upright.convert("RGB")
    size = _smaller(page.size)
    told = dpi * size[0] / page.width if dpi else max(size) / _A4_LONG
    return (page.resize(size, Image.Resampling.LANCZOS) if size != page.size else page), told


def _smaller(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, (KEPT_PIXELS / (size[0] * size[1])) ** 0.5)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _dpi(opened: Image.Image) -> float | None:
    """What the file says, where it can be: 72 and 96 are what programs write when they do not know."""
    told = opened.info.get("dpi")
    across = float(told[0]) if isinstance(told, tuple) and told else 0.0
    return across if _DPI[0] < across <= _DPI[1] and round(across) not in (72, 96) else None


def _reads_heic() -> bool:
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True
