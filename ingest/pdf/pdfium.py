"""PDFium behind one lock, with every handle closed.

PDFium keeps global state and is not safe across threads; a window that draws a page while another thread reads a file must wait.
Every other module here receives raw handles that live only inside these context managers.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2.raw as pdfium

from ingest.errors import DamagedFileError, EncryptedFileError

LOCK = threading.RLock()
_ASK_FOR_COPY = "Open it in a viewer to check it, then get a sound copy of the file."
_MAX_FORM_DEPTH = 6


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A loaded page: raw handle, 1-based number and its size in points as a reader sees it (cropped and turned)."""

    handle: object
    number: int
    width: float
    height: float


@contextmanager
def open_pdf(data: bytes, file: str) -> Iterator[object]:
    """Open a PDF for the length of a ``with`` block, holding PDFium's lock.

    Args:
        data: The bytes of the file.
        file: Its name, for messages.

    Raises:
        EncryptedFileError: it needs a password other than the empty one.
        DamagedFileError: PDFium cannot make sense of it.
    """
    with LOCK:
        # PDFium reads from the bytes themselves as long as the document is open; ``data`` lives longer than that.
        document = pdfium.FPDF_LoadMemDocument64(ctypes.c_char_p(data), len(data), None)
        if not document:
            code = pdfium.FPDF_GetLastError()
            if code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
                raise EncryptedFileError(file, "The PDF needs a password.", "Save a copy without a password and add that.")
            raise DamagedFileError(file, "The PDF is corrupt or cut short.", _ASK_FOR_COPY)
        try:
            yield document
        finally:
            pdfium.FPDF_CloseDocument(document)


def page_count(document: object) -> int:
    """Number of pages that PDFium finds."""
    return int(pdfium.FPDF_GetPageCount(document))


@contextmanager
def open_page(document: object, number: int, file: str) -> Iterator[OpenPage]:
    """Load page ``number`` (from 1).

    Raises:
        DamagedFileError: the page cannot be loaded.
    """
    handle = pdfium.FPDF_LoadPage(document, number - 1)
    if not handle:
        raise DamagedFileError(file, f"Page {number} cannot be loaded.", _ASK_FOR_COPY)
    try:
        yield OpenPage(handle, number, float(pdfium.FPDF_GetPageWidthF(handle)), float(pdfium.FPDF_GetPageHeightF(handle)))
    finally:
        pdfium.FPDF_ClosePage(handle)


@contextmanager
def open_text(page: OpenPage, file: str) -> Iterator[object]:
    """Load the characters of a page.

    Raises:
        DamagedFileError: the page's content cannot be parsed.
    """
    text = pdfium.FPDFText_LoadPage(page.handle)
    if not text:
        raise DamagedFileError(file, f"The text of page {page.number} cannot be loaded.", _ASK_FOR_COPY)
    try:
        yield text
    finally:
        pdfium.FPDFText_ClosePage(text)


def page_objects(page: OpenPage) -> Iterator[tuple[int, object]]:
    """Type and handle of every page object, also those inside form XObjects."""
    yield from _objects(page.handle, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, 0)


def _objects(owner: object, count: object, get: object, depth: int) -> Iterator[tuple[int, object]]:
    for index in range(count(owner)):  # type: ignore[operator]
        item = get(owner, index)  # type: ignore[operator]
        kind = pdfium.FPDFPageObj_GetType(item)
        yield kind, item
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            yield from _objects(item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, depth + 1)


def address(handle: object) -> int:
    """The address a handle points at: equal for two handles of one object."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Picture:
    """The largest image of a page: the share of the page it covers, 0 to 1, and its resolution there in dots per inch."""

    share: float = 0.0
    dpi: float = 0.0


def largest_picture(page: OpenPage) -> Picture:
    """The image that covers most of the page; a share of 0 where there is none."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    largest = Picture()
    for kind, item in page_objects(page):
        if kind != pdfium.FPDF_PAGEOBJ_IMAGE or not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            continue
        width, height = abs(right.value - left.value), abs(top.value - bottom.value)
        share = min(1.0, width * height / max(1.0, page.width * page.height))
        if share > largest.share and pdfium.FPDFImageObj_GetImagePixelSize(item, wide, high):
            dots = max(wide.value, high.value) * 72 / max(width, height, 1.0)
            largest = Picture(share, dots)
    return largest


def drawn_paths(page: OpenPage) -> int:
    """Number of drawn paths: a page whose letters were turned into outlines has hundreds and no text."""
    return sum(kind == pdfium.FPDF_PAGEOBJ_PATH for kind, _ in page_objects(page))
