from __future__ import annotations

import io

import pytest
from pypdf import PdfWriter
from pypdf.constants import PageLabelStyle
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, IngestError, TooLargeError
from ingest.ocr.tesseract import INSTALL
from ingest.pdf.reader import read_pdf
from ingest.records import Limits, RawDocument
from tests.ingest.pdfs import WIDTH, drawn, rewritten, scan, source, text_page

PROSE = (
    "The Corporation recognises that efficient digital services depend on the",
    "trust of residents, and that this trust must be earned every day anew.",
)


def nothing(_: str) -> None:
    """Stands for a machine without any program."""


def read(data: bytes, limits: Limits | None = None) -> RawDocument:
    return read_pdf(data, source(data), limits or Limits(), which=nothing)


def texts(document: RawDocument) -> list[list[str]]:
    return [[block.text for block in page.blocks] for page in document.pages]


def test_wrapped_lines_become_one_paragraph_and_a_gap_begins_another() -> None:
    document = read(drawn(text_page((*PROSE, "", "Every department shall report once a year."))))
    assert texts(document) == [[" ".join(PROSE), "Every department shall report once a year."]]
    page = document.pages[0]
    assert (page.number, page.label, page.method, page.quality, page.note) == (1, "1", "text_layer", 1.0, "")


def test_headers_footers_and_page_numbers_are_left_out() -> None:
    pages = [text_page(PROSE, header="Gazette of Lahargad", footer=f"Page {n} / 3") for n in (1, 2, 3)]
    assert texts(read(drawn(*pages))) == [[" ".join(PROSE)]] * 3


def test_a_page_number_is_left_out_even_where_it_stands_on_the_only_page() -> None:
    assert texts(read(drawn(text_page(PROSE, footer="- 7 -")))) == [[" ".join(PROSE)]]


def test_numbered_headings_at_the_top_of_pages_are_not_taken_for_headers() -> None:
    pages = [text_page((f"Article {number}", "", *PROSE), top=790) for number in (3, 7, 9)]
    assert [page[0] for page in texts(read(drawn(*pages)))] == ["Article 3", "Article 7", "Article 9"]


def test_a_header_that_counts_pages_is_left_out() -> None:
    pages = [text_page((f"Report 2025, sheet {number}", "", "", "", *PROSE), top=790) for number in (11, 12, 13)]
    assert texts(read(drawn(*pages))) == [[" ".join(PROSE)]] * 3


def test_larger_lines_are_headings_and_their_size_gives_the_level() -> None:
    def page(canvas: Canvas) -> None:
        text_page(["Digital Policy"], size=20)(canvas)
        text_page(["Scope"], size=14, top=700)(canvas)
        text_page(PROSE, top=676)(canvas)

    blocks = read(drawn(page)).pages[0].blocks
    assert [(block.role, block.level, block.text) for block in blocks] == [
        ("heading", 1, "Digital Policy"),
        ("heading", 2, "Scope"),
        ("paragraph", 0, " ".join(PROSE)),
    ]


def test_list_items_begin_blocks_of_their_own() -> None:
    lines = ("The parties will cooperate in the following areas:", "(a) flood warning;", "(b) city data.")
    blocks = read(drawn(text_page(lines))).pages[0].blocks
    assert [(block.role, block.text) for block in blocks[1:]] == [("list_item", "(a) flood warning;"), ("list_item", "(b) city data.")]


def test_a_table_gives_a_row_per_block_with_tabs_between_cells() -> None:
    def page(canvas: Canvas) -> None:
        for at, row in enumerate((("Record", "Period", "Office"), ("CCTV footage", "90 days", "Security"), ("Tax", "10 years", "Revenue"))):
            for x, cell in zip((72, 250, 400), row, strict=True):
                text_page([cell], x=x, top=700 - 20 * at)(canvas)

    blocks = read(drawn(page)).pages[0].blocks
    assert [(block.role, block.text) for block in blocks] == [
        ("table_row", "Record\tPeriod\tOffice"),
        ("table_row", "CCTV footage\t90 days\tSecurity"),
        ("table_row", "Tax\t10 years\tRevenue"),
    ]


def test_two_columns_written_line_by_line_are_read_column_by_column() -> None:
    left = ("Acoustic sensors are being fitted to", "the mains in order to find the leaks", "before the dry season of next year")
    right = ("Notices have been issued to housing", "societies that do not separate waste", "and funds were set aside for closing")
    left += ("begins in the wards by the creek.",)
    right += ("the landfill at the end of this year.",)

    def page(canvas: Canvas) -> None:
        for at, pair in enumerate(zip(left, right, strict=True)):
            text_page([pair[0]], x=60, top=700 - 16 * at)(canvas)
            text_page([pair[1]], x=320, top=700 - 16 * at)(canvas)

    assert " ".join(" ".join(texts(read(drawn(page)))[0]).split()) == " ".join(left + right)


def test_a_schedule_with_cells_of_one_length_is_no_prose_in_two_columns() -> None:
    rows = (
        ("Meeting before the bids are made", "14 October 2025, at 11.00"),
        ("Last day on which to ask things", "17 October 2025, by 17.00"),
        ("Last day to hand in sealed bids", "4 November 2025, by 15.00"),
        ("Opening of the technical covers", "6 November 2025, at 16.00"),
        ("Opening of the financial covers", "12 November 2025, at noon"),
    )

    def page(canvas: Canvas) -> None:
        for at, row in enumerate(rows):
            text_page([row[0]], x=60, top=700 - 22 * at)(canvas)
            text_page([row[1]], x=320, top=700 - 22 * at)(canvas)

    assert texts(read(drawn(page)))[0] == ["\t".join(row) for row in rows]


def test_a_word_broken_by_a_hyphen_is_whole_again() -> None:
    lines = ("This memorandum covers the exchange of infor-", "mation between the two participants only.")
    assert texts(read(drawn(text_page(lines)))) == [
        ["This memorandum covers the exchange of information between the two participants only."]
    ]


def test_title_and_author_are_hints_and_the_creation_date_is_not_taken_for_a_date_of_publication() -> None:
    hints = read(drawn(text_page(PROSE), title="Flood Report", author="Ministry of Water")).hints
    assert (hints.title, hints.publisher, hints.published) == ("Flood Report", "Ministry of Water", None)


@pytest.mark.parametrize("title", ["untitled", "(anonymous)", "Microsoft Word - draft3.docx", "scan0007.pdf"])
def test_what_programs_put_for_a_title_is_no_title(title: str) -> None:
    assert read(drawn(text_page(PROSE), title=title)).hints.title is None


def test_printed_page_labels_are_kept_beside_the_page_numbers() -> None:
    def label(writer: PdfWriter) -> None:
        writer.set_page_label(0, 1, PageLabelStyle.LOWERCASE_ROMAN)
        writer.set_page_label(2, 3, PageLabelStyle.DECIMAL, prefix="A-")

    pages = read(rewritten(drawn(*[text_page(PROSE)] * 4), label)).pages
    assert [(page.number, page.label) for page in pages] == [(1, "i"), (2, "ii"), (3, "A-1"), (4, "A-2")]


def test_an_image_without_an_ocr_program_is_an_unread_page_that_says_what_to_install() -> None:
    page = read(scan(["Nobody reads this"])).pages[0]
    assert (page.method, page.quality, page.blocks) == ("none", 0.0, ())
    assert page.note == f"The page is an image. Tesseract is not installed. To read it: {INSTALL}"


def test_a_blank_page_among_others_says_that_it_is_blank() -> None:
    pages = read(drawn(text_page(PROSE), lambda canvas: None)).pages
    assert [page.note for page in pages] == ["", "The page is blank or shows only drawings."]


def test_a_file_locked_with_the_empty_password_is_read() -> None:
    data = rewritten(drawn(text_page(PROSE)), lambda writer: writer.encrypt("", "owner", algorithm="AES-256"))
    assert texts(read(data)) == [[" ".join(PROSE)]]


SOUND = drawn(text_page(PROSE))


def pageless() -> bytes:
    out = io.BytesIO()
    with PdfWriter() as writer:
        writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"", EmptyFileError, "no bytes"),
        (SOUND[: len(SOUND) // 2], DamagedFileError, "cut short"),
        (SOUND[:-40], DamagedFileError, "cut short"),
        (SOUND + b"\n9 0 obj\n<< /Type /Page", DamagedFileError, "cut short"),
        (b"<!doctype html><title>404</title><p>Not found", DamagedFileError, "not one"),
        (b"%PDF-1.7\n" + b"\x00\x01" * 200 + b"\nstartxref\n9\n%%EOF", DamagedFileError, "corrupt"),
        (pageless(), DamagedFileError, "no pages"),
        (drawn(lambda canvas: None), EmptyFileError, "neither text nor images"),
        (rewritten(SOUND, lambda writer: writer.encrypt("secret", algorithm="AES-256")), EncryptedFileError, "password"),
        (rewritten(SOUND, lambda writer: writer.encrypt("secret", algorithm="RC4-128")), EncryptedFileError, "password"),
    ],
    ids=["zero", "half", "no-end", "cut-update", "html", "garbage", "no-pages", "blank", "aes", "rc4"],
)
def test_bad_files_are_rejected_with_file_reason_and_remedy(data: bytes, kind: type[IngestError], reason: str) -> None:
    with pytest.raises(kind) as caught:
        read(data)
    assert type(caught.value) is kind
    assert caught.value.file == "/papers/paper.pdf"
    assert reason in caught.value.reason
    assert caught.value.remedy.endswith(".")


def test_a_file_over_the_page_limit_is_rejected_before_it_is_read() -> None:
    data = drawn(*[text_page(PROSE)] * 3)
    with pytest.raises(TooLargeError, match="3 pages, over the limit of 2"):
        read(data, Limits(max_pages=2))
    assert len(read(data, Limits(max_pages=3)).pages) == 3


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_that_lies_on_its_side_reads_the_same(angle: int) -> None:
    turned = rewritten(SOUND, lambda writer: writer.pages[0].rotate(angle) and None)
    assert texts(read(turned)) == [[" ".join(PROSE)]]


def test_a_landscape_page_drawn_sideways_and_turned_for_show_reads_in_order() -> None:
    def page(canvas: Canvas) -> None:
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        text_page(PROSE, top=400)(canvas)

    turned = rewritten(drawn(page), lambda writer: writer.pages[0].rotate(90) and None)
    assert texts(read(turned)) == [[" ".join(PROSE)]]
