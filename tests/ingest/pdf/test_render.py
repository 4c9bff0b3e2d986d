from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from ingest.errors import DamagedFileError
from ingest.ocr.word_boxes import WordBox, pack, unpack
from ingest.pdf.reader import read_pdf
from ingest.pdf.render import Rect, quote_rectangles, render_page, span_rectangles
from ingest.records import Limits
from tests.ingest.pdfs import HEIGHT, WIDTH, drawn, rewritten, source, text_page
from tests.support import shared

LINES = (
    "The Corporation recognises that efficient services depend on the infor-",
    "mation that residents give to it of their own free will.",
)
PDF = drawn(text_page(LINES, top=740, size=11), text_page(["Second page."]))


def picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("L")


def test_a_page_is_drawn_at_the_scale_asked_for() -> None:
    image = picture(render_page(PDF, 1, 2.0))
    assert image.size == (round(WIDTH * 2), round(HEIGHT * 2))
    assert min(image.get_flattened_data() if hasattr(image, "get_flattened_data") else image.getdata()) < 60


def test_a_page_is_drawn_from_a_file_as_from_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(PDF)
    assert render_page(path, 2, 1.0) == render_page(PDF, 2, 1.0)


def test_a_huge_page_is_drawn_smaller_rather_than_filling_the_memory() -> None:
    image = picture(render_page(PDF, 1, 500.0))
    assert image.size[0] * image.size[1] <= 41_000_000


@pytest.mark.parametrize("number", [0, 3])
def test_a_page_that_is_not_there_is_an_error(number: int) -> None:
    with pytest.raises(DamagedFileError, match="no page"):
        render_page(PDF, number, 1.0)


def test_a_quote_on_one_line_has_one_rectangle_around_its_ink() -> None:
    (box,) = quote_rectangles(PDF, 1, "efficient services")
    # The baseline is 740 points from the bottom; letters of 11 points reach from about 738 to 748.
    assert box.top < 1 - 748 / HEIGHT < 1 - 740 / HEIGHT < box.bottom < 1 - 730 / HEIGHT
    assert 0.3 < box.left < box.right < 0.65


def test_a_quote_over_a_broken_word_has_a_rectangle_a_line() -> None:
    first, second = quote_rectangles(PDF, 1, "depend on the information that residents give")
    assert first.bottom < second.top + 0.005
    assert second.left == pytest.approx(72 / WIDTH, abs=0.01)


def test_the_rectangles_of_a_quote_cover_dark_ink_and_leave_the_rest() -> None:
    quote = "Second page."
    (box,) = quote_rectangles(PDF, 2, quote)
    image = picture(render_page(PDF, 2, 1.0))
    width, height = image.size
    inside = (round(box.left * width), round(box.top * height), round(box.right * width), round(box.bottom * height))
    assert image.crop(inside).getextrema()[0] < 100
    image.paste(255, inside)
    assert image.getextrema() == (255, 255)


def test_a_quote_is_boxed_on_a_turned_page() -> None:
    turned = rewritten(PDF, lambda writer: writer.pages[1].rotate(90) and None)
    boxes = quote_rectangles(turned, 2, "Second page.")
    image = picture(render_page(turned, 2, 1.0))
    width, height = image.size
    for box in boxes:
        image.paste(255, (int(box.left * width), int(box.top * height), int(box.right * width) + 1, int(box.bottom * height) + 1))
    assert boxes
    assert image.getextrema() == (255, 255)


def test_of_a_quote_over_two_pages_each_page_shows_its_part() -> None:
    quote = "that residents give to it of their own free will. Second page."
    assert len(quote_rectangles(PDF, 1, quote)) == 1
    assert (
        len(quote_rectangles(drawn(text_page(["Second page."]), text_page(["of their own free will. Second page. More."])), 2, quote)) == 1
    )


@pytest.mark.parametrize("quote", ["", "   ", "Nothing of this kind stands on that page at all."])
def test_a_quote_that_is_not_there_has_no_rectangles(quote: str) -> None:
    assert quote_rectangles(PDF, 1, quote) == ()


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["mr_policy.chr", "mr_policy.lo", "hi_policy.lo", "ja_policy.chr", "ja_policy.lo", "en_policy.lo", "ja_tate.chr", "mr_twocol.lo"],
)
def test_every_block_that_is_read_can_be_boxed_on_its_page(name: str) -> None:
    path = shared("corpus", "extraction", f"{name}.pdf")
    data = path.read_bytes()
    for page in read_pdf(data, source(data), Limits()).pages:
        for block in page.blocks:
            boxes = quote_rectangles(data, page.number, block.text)
            assert boxes, block.text
            assert all(0 <= box.left < box.right <= 1 and 0 <= box.top < box.bottom <= 1 for box in boxes)


def test_pages_may_be_drawn_and_searched_from_several_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        drawn_pages = [pool.submit(render_page, PDF, 1 + at % 2, 0.5) for at in range(12)]
        boxes = [pool.submit(quote_rectangles, PDF, 2, "Second page.") for _ in range(12)]
    assert {page.result() for page in drawn_pages[::2]} == {render_page(PDF, 1, 0.5)}
    assert {len(found.result()) for found in boxes} == {1}


BLANK = drawn(text_page([]))


def words_of(text: str, left: float, top: float, *, fall: float = 0.0) -> list[WordBox]:
    """Words 60 points wide and 12 high, 70 points apart, each lower than the one before by ``fall`` points."""
    return [
        WordBox(word, (left + 70 * at) / WIDTH, (top + fall * at) / HEIGHT, (left + 70 * at + 60) / WIDTH, (top + fall * at + 12) / HEIGHT)
        for at, word in enumerate(text.split())
    ]


def test_a_quote_on_a_page_that_ocr_read_is_boxed_where_its_words_stand() -> None:
    record = pack([*words_of("The fee is ten rupees", 72, 100), *words_of("and paid in advance", 72, 120)])
    first, second = quote_rectangles(BLANK, 1, "ten rupees and paid", boxes=record)
    assert (first.left * WIDTH, first.top * HEIGHT) == (pytest.approx(72 + 3 * 70, abs=1), pytest.approx(100, abs=1))
    assert (second.right * WIDTH, second.bottom * HEIGHT) == (pytest.approx(72 + 130, abs=1), pytest.approx(132, abs=1))
    assert (first.fall, first.lean) == (0, 0)


def test_part_of_a_word_that_ocr_read_is_boxed_by_its_share_of_the_word() -> None:
    (box,) = quote_rectangles(BLANK, 1, "港湾", boxes=pack(words_of("第二港湾部", 72, 100)))
    assert (box.left * WIDTH, box.right * WIDTH) == (pytest.approx(72 + 24, abs=1), pytest.approx(72 + 48, abs=1))


def test_on_a_scan_that_lies_askew_the_box_is_turned_with_the_line() -> None:
    # One degree: 1.22 points lower at every step of 70 points.
    (box,) = quote_rectangles(BLANK, 1, "fee is ten rupees", boxes=pack(words_of("The fee is ten rupees", 72, 100, fall=1.22)))
    assert box.fall * HEIGHT == pytest.approx(1.22 / 70 * (box.right - box.left) * WIDTH, rel=0.03)
    x0, y0, x1, y1, *_ = box.corners
    assert y1 - y0 == pytest.approx(box.fall)
    assert (box.left, box.right) == (pytest.approx(min(box.corners[::2])), pytest.approx(max(box.corners[::2])))
    assert (box.top, box.bottom) == (pytest.approx(min(box.corners[1::2])), pytest.approx(max(box.corners[1::2])))
    assert (box.bottom - box.top - box.fall) * HEIGHT < 14 < (box.bottom - box.top) * HEIGHT
    assert x0 < x1


def test_a_letter_that_ocr_boxed_as_high_as_the_line_does_not_make_the_box_higher() -> None:
    words = words_of("The fee is ten rupees", 72, 100)
    tall = WordBox("a", 0.72, 94 / HEIGHT, 0.73, 118 / HEIGHT)
    (box,) = quote_rectangles(BLANK, 1, "The fee is ten rupees a", boxes=pack([*words, tall]))
    assert (box.bottom - box.top) * HEIGHT < 14
    assert box.right > 0.73


def ink_of(pdf: bytes, number: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all that is drawn on a page, in points."""
    bounds = picture(render_page(pdf, number, 4.0)).point(lambda grey: 255 if grey < 128 else 0).getbbox()
    assert bounds is not None
    return bounds[0] / 4, bounds[1] / 4, bounds[2] / 4, bounds[3] / 4


def points(box: Rect) -> tuple[float, float, float, float]:
    return box.left * WIDTH, box.top * HEIGHT, box.right * WIDTH, box.bottom * HEIGHT


def test_a_box_reaches_less_than_a_point_beyond_the_ink_of_the_words() -> None:
    (box,) = quote_rectangles(PDF, 2, "Second page.")
    for ours, ink, outward in zip(points(box), ink_of(PDF, 2), (-1, -1, 1, 1), strict=True):
        assert 0 <= (ours - ink) * outward < 1


@pytest.mark.parametrize(("left", "top", "right", "bottom"), [(0, 8, 0, 6), (2, -2, 2, -1), (-3, 0, 0, 9)])
def test_a_box_of_ocr_that_is_too_high_or_low_or_a_little_off_is_drawn_to_the_ink(left: int, top: int, right: int, bottom: int) -> None:
    x0, y0, x1, y1 = ink_of(PDF, 2)
    said = WordBox("Secondpage.", (x0 - left) / WIDTH, (y0 - top) / HEIGHT, (x1 + right) / WIDTH, (y1 + bottom) / HEIGHT)
    (box,) = quote_rectangles(PDF, 2, "Second page.", boxes=pack([said]))
    assert points(box) == pytest.approx((x0, y0, x1, y1), abs=1.2)


def test_the_ink_of_the_line_above_and_below_stays_outside_the_box() -> None:
    (box,) = quote_rectangles(THREE, 1, "middle gypsy line", boxes=pack(words_of_three()))
    image = picture(render_page(THREE, 1, 4.0))
    inside = image.crop(tuple(round(4 * at) for at in points(box)))
    alone = ink_of(drawn(text_page(["", "A middle gypsy line"], top=740, size=11)), 1)
    assert (box.top * HEIGHT, box.bottom * HEIGHT) == (pytest.approx(alone[1], abs=1), pytest.approx(alone[3], abs=1))
    assert inside.getextrema()[0] < 100


THREE = drawn(text_page(["The gypsy above", "A middle gypsy line", "The line below"], top=740, size=11))


def words_of_three() -> list[WordBox]:
    """The words of `THREE` as OCR might say them: each box from the middle of the line above to that of the line below."""
    x0, y0, x1, y1 = ink_of(drawn(text_page(["", "A middle gypsy line"], top=740, size=11)), 1)
    wide = (x1 - x0) / 19
    return [
        WordBox(word, (x0 + wide * at) / WIDTH, (y0 - 5) / HEIGHT, (x0 + wide * (at + len(word))) / WIDTH, (y1 + 5) / HEIGHT)
        for word, at in (("A", 0), ("middle", 2), ("gypsy", 9), ("line", 15))
    ]


def test_of_words_that_stand_twice_those_are_boxed_that_follow_the_text_before() -> None:
    record = pack([*words_of("Article one ends here", 72, 100), *words_of("Article two ends here", 72, 300)])
    text = "Article one ends here Article two ends here"
    (box,) = span_rectangles(BLANK, 1, text, text.rindex("ends"), len(text), record)
    assert box.top * HEIGHT == pytest.approx(300, abs=1)


def test_a_damaged_record_of_word_boxes_is_an_error() -> None:
    with pytest.raises(ValueError, match="damaged"):
        unpack(b"no record")


def test_word_boxes_come_back_to_the_nearest_step() -> None:
    (word,) = unpack(pack([WordBox("ठाणे", 0.12345, 0.5, 0.2, 0.51)]))
    assert (word.text, word.left, word.bottom) == ("ठाणे", pytest.approx(0.12345, abs=1e-4), pytest.approx(0.51, abs=1e-4))
