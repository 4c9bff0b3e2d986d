"""Small PDFs made for the tests."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.records import Source

WIDTH, HEIGHT = 595.0, 842.0


def source(data: bytes, name: str = "/papers/paper.pdf") -> Source:
    return Source(name, hashlib.sha256(data).hexdigest(), "pdf", len(data))


def drawn(*pages: Callable[[Canvas], None], title: str = "", author: str = "") -> bytes:
    """A PDF whose pages are drawn by functions."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT))
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def text_page(
    lines: Sequence[str], *, header: str = "", footer: str = "", x: float = 72, top: float = 740, size: float = 11
) -> Callable[[Canvas], None]:
    """A page with lines 16 points apart; an empty line leaves a gap."""

    def draw(canvas: Canvas) -> None:
        if header:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(72, 805, header)
        if footer:
            canvas.setFont("Helvetica", 8)
            canvas.drawCentredString(WIDTH / 2, 30, footer)
        canvas.setFont("Helvetica", size)
        for at, line in enumerate(lines):
            canvas.drawString(x, top - 16 * at, line)

    return draw


def scan(lines: Sequence[str], font: str | None = None) -> bytes:
    """A PDF with one page that is a picture of text at 200 dpi."""
    picture = Image.new("L", (1654, 2339), 255)
    pen = ImageDraw.Draw(picture)
    face = ImageFont.truetype(font, 44) if font else ImageFont.load_default(44)
    for at, line in enumerate(lines):
        pen.text((200, 250 + 90 * at), line, fill=0, font=face)

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)

    return drawn(draw)


def rewritten(data: bytes, change: Callable[[PdfWriter], None]) -> bytes:
    """A PDF changed with pypdf."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    writer.close()
    return out.getvalue()


def mapped_to_private_use(data: bytes) -> bytes:
    """The PDF with fonts whose letters are mapped to private-use code points, as symbol and legacy fonts do."""
    cmap = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
    cmap += b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <21> <7E> <E121> endbfrange\n"
    cmap += b"endcmap CMapName currentdict /CMap defineresource pop end end"

    def change(writer: PdfWriter) -> None:
        stream = DecodedStreamObject()
        stream.set_data(cmap)
        reference = writer._add_object(stream)
        for page in writer.pages:
            for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
                font.get_object()[NameObject("/ToUnicode")] = reference

    return rewritten(data, change)
