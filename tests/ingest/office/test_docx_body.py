"""Numbers, rows, alternatives and charts in the body of a Word file."""

from __future__ import annotations

from typing import Any

import docx
import pptx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from tests.ingest.word_files import append_all, blocks, item, numbered, paragraph, read, run, texts

NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>'


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text))}</w:tc>"


def test_an_empty_numbered_paragraph_counts_as_it_does_on_the_page() -> None:
    document = numbered([("decimal", "%1.")])
    item(document, 0, "One")
    append_all(document, paragraph("", NUMBERED))
    append_all(document, paragraph("", f'{NUMBERED}<w:rPr><w:del w:id="1" w:author="x"/></w:rPr>'))
    item(document, 0, "Three")
    assert texts(document) == ["1. One", "3. Three"]


def test_a_cell_with_nothing_but_its_number_shows_it() -> None:
    document = numbered([("decimal", "%1")])
    number = f"<w:tc>{paragraph('', NUMBERED)}</w:tc>"
    rows = "".join(f"<w:tr>{number}{cell(ward)}{cell(years)}</w:tr>" for ward, years in (("North", "40"), ("South", "60")))
    append_all(document, f"<w:tbl><w:tr>{cell('No.')}{cell('Ward')}{cell('Litres')}</w:tr>{rows}</w:tbl>")
    assert texts(document) == ["No.: 1 · Ward: North · Litres: 40", "No.: 2 · Ward: South · Litres: 60"]


def test_a_row_that_begins_late_keeps_its_cells_under_their_headings() -> None:
    late = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    head = f"<w:tr>{cell('Ward')}{cell('Year')}{cell('Gauges')}</w:tr><w:tr>{cell('North')}{cell('2024')}{cell('4')}</w:tr>"
    document = docx.Document()
    append_all(document, f"<w:tbl>{head}<w:tr>{late}{cell('2025')}{cell('9')}</w:tr></w:tbl>")
    assert texts(document) == ["Ward: North · Year: 2024 · Gauges: 4", "Year: 2025 · Gauges: 9"]


def test_a_page_break_in_a_merged_cell_turns_one_page() -> None:
    broken = '<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>North</w:t><w:lastRenderedPageBreak/></w:r></w:p></w:tc>'
    on = "".join(f"<w:tr>{cell('', '<w:vMerge/>')}{cell(year)}</w:tr>" for year in ("2025", "2026"))
    document = docx.Document()
    append_all(document, f"<w:tbl><w:tr>{broken}{cell('2024')}</w:tr>{on}</w:tbl>{paragraph(run('After.'))}")
    assert [[block.text for block in page.blocks] for page in read(document).pages] == [
        ["North: 2024"],
        ["North: 2025", "North: 2026", "After."],
    ]


def alternatives(first: str, second: str) -> str:
    return f'<mc:AlternateContent><mc:Choice Requires="w14">{first}</mc:Choice><mc:Fallback>{second}</mc:Fallback></mc:AlternateContent>'


def test_the_first_of_alternatives_is_read_wherever_it_stands() -> None:
    document = docx.Document()
    append_all(document, alternatives(paragraph(run("A paragraph.")), paragraph(run("The same for old programs."))))
    append_all(document, paragraph(run("Before ") + alternatives(run("within"), run("old")) + run(" after.")))
    row = f"<w:tr>{cell('Ward')}{cell('North')}</w:tr>"
    append_all(document, f"<w:tbl>{alternatives(row, '')}</w:tbl>")
    append_all(document, "<mc:AlternateContent/>")
    assert texts(document) == ["A paragraph.", "Before within after.", "Ward: North"]


def with_chart(document: Any) -> str:
    """A run with a chart of two years."""
    slides = pptx.Presentation()
    data = CategoryChartData()
    data.categories = ["2024", "2025"]
    data.add_series("Sensors", (12, 40))
    data.add_series("Alarms", (3, None))
    shapes = slides.slides.add_slide(slides.slide_layouts[6]).shapes
    chart = shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 99, 99, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Growth"
    kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    part = Part(PackURI("/word/charts/chart1.xml"), kind, chart.part.blob, document.part.package)
    identity = document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart")
    graphic = f'<a:graphic><a:graphicData><c:chart r:id="{identity}"/></a:graphicData></a:graphic>'
    return f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="c"/>{graphic}</wp:inline></w:drawing></w:r>'


def test_a_chart_is_read_behind_its_paragraph_as_the_table_behind_it() -> None:
    document = docx.Document()
    chart = with_chart(document)
    append_all(document, paragraph(run("The chart:") + alternatives(chart, chart)) + paragraph(run("After it.")))
    assert blocks(document) == [
        ("paragraph", 0, "The chart:"),
        ("caption", 0, "Growth"),
        ("table_row", 0, "2024 · Sensors: 12 · Alarms: 3"),
        ("table_row", 0, "2025 · Sensors: 40"),
        ("paragraph", 0, "After it."),
    ]


def test_a_chart_in_a_cell_stays_in_it_and_one_without_a_part_is_left_out() -> None:
    document = docx.Document()
    chart = with_chart(document)
    lost = chart.replace("r:id=", "r:none=")
    inside = f"<w:tc>{paragraph(chart)}{paragraph(lost)}</w:tc>"
    append_all(document, f"<w:tbl><w:tr>{cell('Plan')}{inside}</w:tr></w:tbl>")
    assert texts(document) == ["Plan: Growth 2024 · Sensors: 12 · Alarms: 3 2025 · Sensors: 40"]


@pytest.mark.parametrize("number", ["9" * 5_000, "²", "-5", "", "x"])
def test_numbers_that_are_none_do_no_harm(number: str) -> None:
    document = numbered([("lowerLetter", "%1")])
    numbers = f'<w:outlineLvl w:val="{number}"/><w:numPr><w:ilvl w:val="{number}"/><w:numId w:val="77"/></w:numPr>'
    span = f'<w:gridSpan w:val="{number}"/>'
    append_all(document, paragraph(run("text"), numbers))
    append_all(document, f'<w:tbl><w:tr><w:trPr><w:gridBefore w:val="{number}"/></w:trPr>{cell("", span)}{cell("cell")}</w:tr></w:tbl>')
    assert [text.removeprefix("a ") for text in texts(document)] == ["text", "cell"]
