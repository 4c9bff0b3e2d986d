from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from ingest.pdf.render import page_image, span_rectangles
from tests.ingest.ocr.test_ocr import needs_tesseract
from tests.ingest.pdfs import drawn, scan, text_page
from tests.kb.make import base

LINES = [
    "The harbour office keeps a record of every storm", "that reached the city in the last hundred years.",
    "The chief engineer reads the gauge at noon each day", "and sends the figures to the council of the port.",
]  # fmt: skip
QUOTE = "reads the gauge at noon"


@needs_tesseract
def test_a_quote_from_a_scan_is_boxed_on_the_picture_of_its_page(tmp_path: Path) -> None:
    paper = tmp_path / "log.pdf"
    paper.write_bytes(scan(LINES))
    with base(tmp_path / "home") as kb:
        kb.ingest([paper])
        (info,) = kb.documents()
        (page,) = kb.pages(info.id)
        assert page.method == "ocr"
        boxes = kb.word_boxes(info.id, 1)
        original = kb.original(info.id)
        assert original is not None
        start = page.text.index(QUOTE)
        (box,) = span_rectangles(original, 1, page.text, start, start + len(QUOTE), boxes)
        # The third line was drawn from 430 pixels down a page of 2339, in letters of 44 pixels.
        assert 430 / 2339 < (box.top + box.bottom) / 2 < 480 / 2339
        image, lines = page_image(original, 1, QUOTE, before=page.text[:start], boxes=boxes)
    assert lines == 1
    with Image.open(io.BytesIO(image)) as picture:
        tinted = picture.convert("HSV").getchannel("S").point(lambda s: 255 if s > 40 else 0).getbbox()
        size = picture.size
    assert tinted is not None
    # What is drawn is the area that was found, and no more.
    assert abs(box.top * size[1] - tinted[1]) <= 1
    assert abs(tinted[2] - box.right * size[0]) <= 1


def test_a_page_with_a_text_layer_has_no_word_boxes_of_its_own(tmp_path: Path) -> None:
    paper = tmp_path / "letter.pdf"
    paper.write_bytes(drawn(text_page(LINES)))
    with base(tmp_path / "home") as kb:
        kb.ingest([paper])
        (info,) = kb.documents()
        assert kb.word_boxes(info.id, 1) == b""
