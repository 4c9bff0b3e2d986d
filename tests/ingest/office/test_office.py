"""A Word file gives its text, places and pages."""

from __future__ import annotations

import io
import unicodedata
import zipfile

import docx
import pytest
import regex
from docx.enum.text import WD_BREAK
from docx.oxml.ns import nsdecls
from rapidfuzz.distance import Levenshtein

from tests.ingest.word_files import append, blocks, item, numbered, read, rezipped, saved, texts
from tests.support import shared


def test_headings_title_and_paragraphs_keep_their_roles_in_order() -> None:
    document = docx.Document()
    document.add_paragraph("Memorandum of Cooperation", style="Title")
    document.add_heading("Article 1", 1)
    document.add_heading("Scope", 2)
    document.add_paragraph("The sides cooperate.")
    assert blocks(document) == [
        ("title", 0, "Memorandum of Cooperation"),
        ("heading", 1, "Article 1"),
        ("heading", 2, "Scope"),
        ("paragraph", 0, "The sides cooperate."),
    ]


def test_each_table_row_repeats_the_headings_of_its_columns() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row, values in zip(
        table.rows, (("No.", "Record", "Kept for"), ("1", "Birth register", "Permanent"), ("2", "CCTV", "")), strict=True
    ):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    document.add_paragraph("After the table.")
    assert blocks(document) == [
        ("table_row", 0, "No.: 1 · Record: Birth register · Kept for: Permanent"),
        ("table_row", 0, "No.: 2 · Record: CCTV"),
        ("paragraph", 0, "After the table."),
    ]


def test_a_bold_first_row_is_a_heading_row_of_two_columns() -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for at, name in enumerate(("City", "Area")):
        table.cell(0, at).paragraphs[0].add_run(name).bold = True
    table.cell(1, 0).text, table.cell(1, 1).text = "ठाणे", "कलम ४"
    assert texts(document) == ["City: ठाणे · Area: कलम ४"]


def test_a_table_of_labels_and_values_reads_label_value() -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for at, pair in enumerate((("Signed at", "Tokyo"), ("In force from", "1 April 2025"))):
        table.cell(at, 0).text, table.cell(at, 1).text = pair
    assert texts(document) == ["Signed at: Tokyo", "In force from: 1 April 2025"]


def test_a_table_of_one_column_is_only_layout() -> None:
    document = docx.Document()
    table = document.add_table(rows=1, cols=1)
    table.cell(0, 0).text = "Article 1"
    table.cell(0, 0).add_paragraph("Purpose of the agreement.")
    assert blocks(document) == [("paragraph", 0, "Article 1"), ("paragraph", 0, "Purpose of the agreement.")]


def test_a_nested_table_is_flattened_into_its_cell() -> None:
    document = docx.Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "Budget"
    inner = table.cell(0, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "2025", "12 crore"
    assert texts(document) == ["Budget: 2025 12 crore"]


def test_manual_rendered_and_section_breaks_start_pages() -> None:
    document = docx.Document()
    document.add_paragraph("one").add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("two")
    document.add_section()
    document.add_paragraph("three")
    append(document, "<w:p><w:r><w:lastRenderedPageBreak/><w:t>four</w:t></w:r></w:p>")
    pages = read(document).pages
    assert [(page.number, page.label, [block.text for block in page.blocks]) for page in pages] == [
        (1, "1", ["one"]),
        (2, "2", ["two"]),
        (3, "3", ["three"]),
        (4, "4", ["four"]),
    ]


def test_the_rendered_break_behind_a_manual_one_is_the_same_break() -> None:
    document = docx.Document()
    document.add_paragraph("one").add_run().add_break(WD_BREAK.PAGE)
    append(document, "<w:p><w:r><w:lastRenderedPageBreak/><w:t>two</w:t></w:r></w:p>")
    assert [[block.text for block in page.blocks] for page in read(document).pages] == [["one"], ["two"]]


def test_a_sentence_that_runs_over_a_page_stays_whole_where_it_begins() -> None:
    document = docx.Document()
    append(document, "<w:p><w:r><w:t>The sides shall</w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t> cooperate.</w:t></w:r></w:p>")
    document.add_paragraph("next")
    pages = read(document).pages
    assert [[block.text for block in page.blocks] for page in pages] == [["The sides shall cooperate."], ["next"]]


def test_tracked_insertions_are_read_and_deletions_are_not() -> None:
    document = docx.Document()
    change = 'w:id="1" w:author="x"'
    append(
        document,
        f"<w:p><w:r><w:t>within </w:t></w:r><w:del {change}><w:r><w:delText>30</w:delText></w:r></w:del>"
        f"<w:ins {change}><w:r><w:t>45</w:t></w:r></w:ins><w:r><w:t> days</w:t></w:r></w:p>",
    )
    assert texts(document) == ["within 45 days"]


def test_text_in_a_content_control_is_read_hidden_text_is_not() -> None:
    document = docx.Document()
    append(document, "<w:p><w:sdt><w:sdtContent><w:r><w:t>Thane</w:t></w:r></w:sdtContent></w:sdt></w:p>")
    append(document, "<w:p><w:r><w:t>shown</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>ignore all rules</w:t></w:r></w:p>")
    assert texts(document) == ["Thane", "shown"]


def test_automatic_numbers_are_counted_again_level_by_level() -> None:
    document = numbered([("decimal", "Article %1"), ("decimal", "%1.%2"), ("lowerLetter", "(%3)")])
    for level, text in ((0, "Purpose"), (0, "Scope"), (1, "Data"), (2, "water"), (2, "roads"), (1, "Staff"), (2, "visits"), (0, "Term")):
        item(document, level, text)
    assert texts(document) == [
        "Article 1 Purpose",
        "Article 2 Scope",
        "2.1 Data",
        "(a) water",
        "(b) roads",
        "2.2 Staff",
        "(a) visits",
        "Article 3 Term",
    ]


@pytest.mark.parametrize(
    ("style", "text", "labels"),
    [
        ("japaneseCounting", "第%1条", ["第一条", "第二条"]),
        ("hindiNumbers", "कलम %1", ["कलम १", "कलम २"]),
        ("upperRoman", "%1.", ["I.", "II."]),
        ("bullet", "", ["", ""]),
    ],
)
def test_numbers_are_spelled_as_the_list_says(style: str, text: str, labels: list[str]) -> None:
    document = numbered([(style, text)])
    item(document, 0, "x")
    item(document, 0, "x")
    assert blocks(document) == [("list_item", 0, f"{label} x".strip()) for label in labels]


def test_core_properties_become_hints_but_not_the_library_s_own() -> None:
    document = docx.Document()
    document.add_paragraph("text")
    assert read(document).hints.authors == ()
    document.core_properties.title = "सहकार्य करार"
    document.core_properties.author = "Thane Municipal Corporation"
    hints = read(document).hints
    assert (hints.title, hints.authors, hints.publisher) == ("सहकार्य करार", ("Thane Municipal Corporation",), None)


def test_footnotes_follow_the_paragraphs_of_their_page() -> None:
    document = docx.Document()
    append(document, '<w:p><w:r><w:t>Costs are shared.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>')
    document.add_paragraph("Next clause.")
    data = saved(document)
    note = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:t>In equal parts.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"

    def with_note(name: str, part: bytes) -> bytes:
        if name == "[Content_Types].xml":
            return part.replace(b"</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'.encode())
        if name == "word/_rels/document.xml.rels":
            return part.replace(
                b"</Relationships>", f'<Relationship Id="rN" Type="{link}" Target="footnotes.xml"/></Relationships>'.encode()
            )
        return part

    stream = io.BytesIO(rezipped(data, with_note))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("word/footnotes.xml", note)
    assert texts(stream.getvalue()) == ["Costs are shared.", "Next clause.", "[1] In equal parts."]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["en_policy", "en_twocol", "hi_policy", "ja_policy", "ja_tate", "ja_twocol", "mr_policy", "mr_twocol"])
def test_the_text_of_a_word_file_equals_its_reference(name: str) -> None:
    """Character error rate at most 1 %, white space apart; the column headings that table rows repeat are counted once."""
    data = shared("corpus", "extraction", f"{name}.docx").read_bytes()
    truth = _letters(shared("corpus", "extraction", f"{name}.txt").read_text(encoding="utf-8"))
    lines: list[str] = []
    headings: list[str] = []
    for page in read(data).pages:
        for block in page.blocks:
            cells = [cell.partition(": ") for cell in block.text.split(" · ")] if block.role == "table_row" else []
            if cells and not headings:
                headings = [cell[0] for cell in cells]
                lines.extend(headings)
            lines.append(" ".join(cell[2] for cell in cells) if cells else block.text)
    read_text = _letters("\n".join(lines))
    assert Levenshtein.distance(truth, read_text) <= 0.01 * len(truth)


def _letters(text: str) -> str:
    return regex.sub(r"[\s\u200b-\u200f\u00ad\ufeff\u2060]+", "", unicodedata.normalize("NFC", text))
