"""A presentation: every slide is a page, and nothing that stands on it is lost."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from typing import Any

import pptx
import pytest
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingest.errors import DamagedFileError, EmptyFileError, IngestError, TooLargeError
from ingest.office.slides import read_pptx
from ingest.records import Limits, RawDocument, Source
from tests.support import shared

BOX = (Inches(1), Inches(3), Inches(4), Inches(1))
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")


def saved(presentation: Any) -> bytes:
    stream = io.BytesIO()
    presentation.save(stream)
    return stream.getvalue()


def read(data: bytes, limits: Limits = Limits()) -> RawDocument:
    return read_pptx(data, Source("/papers/talk.pptx", "0" * 64, "pptx", len(data)), limits)


def blocks(document: RawDocument, page: int = 1) -> list[tuple[str, str]]:
    return [(block.role, block.text) for block in document.pages[page - 1].blocks]


def with_part(data: bytes, name: str, change: Any) -> bytes:
    """The package with one of its parts changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(old.read(entry)) if entry.filename == name else old.read(entry))
    return stream.getvalue()


def talk() -> Any:
    """Two slides: a title with a list, and a title with a table in a group's company."""
    presentation = pptx.Presentation()
    first = presentation.slides.add_slide(presentation.slide_layouts[1])
    first.shapes.title.text = "Flood warning in Lahargad"
    frame = first.placeholders[1].text_frame
    frame.text = "Forty sensors"
    frame.add_paragraph().text = "Two at each bridge"
    frame.paragraphs[1].level = 1
    first.notes_slide.notes_text_frame.text = "Ask the commissioner first."
    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    second.shapes.title.text = "जतन कालावधी"
    group = second.shapes.add_group_shape()
    inner = group.shapes.add_group_shape()
    inner.shapes.add_textbox(*BOX).text_frame.text = "गटातील मजकूर येथे आहे."
    table = second.shapes.add_table(3, 2, *BOX).table
    for row, cells in enumerate((("Record", "Years"), ("Births", "50"), ("Taxes", "10"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    return presentation


def test_a_slide_is_a_page_with_its_title_as_heading_its_list_and_its_notes() -> None:
    document = read(saved(talk()))
    assert document.hints.title == "Flood warning in Lahargad"
    assert blocks(document) == [
        ("title", "Flood warning in Lahargad"),
        ("list_item", "Forty sensors"),
        ("list_item", "Two at each bridge"),
        ("paragraph", "Ask the commissioner first."),
    ]


def test_groups_within_groups_and_tables_are_read() -> None:
    assert blocks(read(saved(talk())), 2) == [
        ("heading", "जतन कालावधी"),
        ("paragraph", "गटातील मजकूर येथे आहे."),
        ("table_row", "Record: Births · Years: 50"),
        ("table_row", "Record: Taxes · Years: 10"),
    ]


def test_a_merged_cell_is_repeated_down_its_rows() -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    table = slide.shapes.add_table(3, 3, *BOX).table
    for row, cells in enumerate((("Ward", "Year", "Gauges"), ("North", "2024", "4"), ("", "2025", "9"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    assert [text for _, text in blocks(read(saved(presentation)))] == [
        "Ward: North · Year: 2024 · Gauges: 4",
        "Ward: North · Year: 2025 · Gauges: 9",
    ]


def test_a_chart_is_read_as_the_table_behind_it() -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["2024", "2025"]
    data.add_series("Sensors", (12, 40))
    data.add_series("Alarms", (3, None))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Growth"
    assert blocks(read(saved(presentation))) == [
        ("caption", "Growth"),
        ("table_row", "2024 · Sensors: 12 · Alarms: 3"),
        ("table_row", "2025 · Sensors: 40"),
    ]


def chart_slide(kind: Any, data: Any, change: Any = lambda chart: None) -> bytes:
    """A presentation of one chart; ``change`` may alter its XML."""
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    slide.shapes.add_textbox(*BOX).text_frame.text = "Beside the chart."
    change(slide.shapes.add_chart(kind, *BOX, data).chart.element)
    return saved(presentation)


def bars() -> CategoryChartData:
    data = CategoryChartData()
    data.categories = ["2024", "2025"]
    data.add_series("Sensors", (12, 0.1))
    return data


def test_a_chart_in_depth_is_read_like_a_flat_one() -> None:
    data = chart_slide(XL_CHART_TYPE.COLUMN_CLUSTERED, bars(), in_depth)
    assert [text for _, text in blocks(read(data))] == ["Beside the chart.", "2024 · Sensors: 12", "2025 · Sensors: 0.1"]


def in_depth(chart: Any) -> None:
    plot = chart.find(f".//{C}barChart")
    plot.tag = f"{C}bar3DChart"


def test_points_of_a_scatter_plot_are_read_series_by_series() -> None:
    data = XyChartData()
    for name, points in (("North", ((1, 4), (2, 9))), ("South", ((1.5, 7),))):
        series = data.add_series(name)
        for x, y in points:
            series.add_data_point(x, y)
    texts = [text for _, text in blocks(read(chart_slide(XL_CHART_TYPE.XY_SCATTER, data)))]
    assert texts == ["Beside the chart.", "1 · North: 4", "2 · North: 9", "1.5 · South: 7"]


def test_categories_on_two_levels_read_from_the_outer_to_the_inner_one() -> None:
    data = CategoryChartData()
    for year in ("2024", "2025"):
        category = data.add_category(year)
        for half in ("April", "October"):
            category.add_sub_category(half)
    data.add_series("Gauges", (1, 2, 3, 4))
    texts = [text for _, text in blocks(read(chart_slide(XL_CHART_TYPE.COLUMN_CLUSTERED, data)))]
    assert texts[1:] == ["2024 April · Gauges: 1", "2024 October · Gauges: 2", "2025 April · Gauges: 3", "2025 October · Gauges: 4"]


def test_categories_without_names_are_numbered() -> None:
    def nameless(chart: Any) -> None:
        for names in chart.findall(f".//{C}cat"):
            names.getparent().remove(names)

    texts = [text for _, text in blocks(read(chart_slide(XL_CHART_TYPE.LINE, bars(), nameless)))]
    assert texts == ["Beside the chart.", "1 · Sensors: 12", "2 · Sensors: 0.1"]


def test_a_chart_that_cannot_be_read_is_left_out_of_its_slide() -> None:
    data = chart_slide(XL_CHART_TYPE.LINE, bars(), lambda chart: chart.clear())
    assert blocks(read(data)) == [("paragraph", "Beside the chart.")]
    lost = with_part(data, "ppt/slides/_rels/slide1.xml.rels", lambda part: re.sub(rb'<Relationship [^>]*/chart"[^>]*>', b"", part))
    assert lost != data
    assert blocks(read(lost)) == [("paragraph", "Beside the chart.")]


def test_the_words_of_a_diagram_are_read_in_order() -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Steps"
    dgm = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    point = '<dgm:pt modelId="{}" type="{}"><dgm:t><a:bodyPr/><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>'
    points = point.format(1, "node", "Measure") + point.format(2, "pres", "not this") + point.format(3, "node", "Warn")
    blob = f'<dgm:dataModel xmlns:dgm="{dgm}" xmlns:a="{a}"><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>'.encode()
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    kind = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"
    part = Part(PackURI("/ppt/diagrams/data1.xml"), kind, slide.part.package, blob)
    identity = slide.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/diagramData")
    frame = slide.shapes.add_table(1, 1, *BOX)._element
    graphic = frame.find(f".//{{{a}}}graphicData")
    graphic.set("uri", dgm)
    for child in list(graphic):
        graphic.remove(child)
    from lxml import etree

    ids = etree.SubElement(graphic, f"{{{dgm}}}relIds")
    ids.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm", identity)
    assert blocks(read(saved(presentation))) == [("title", "Steps"), ("list_item", "Measure"), ("list_item", "Warn")]


def test_the_label_is_the_number_that_the_slide_shows() -> None:
    data = with_part(
        saved(talk()), "ppt/presentation.xml", lambda part: part.replace(b"<p:presentation ", b'<p:presentation firstSlideNum="7" ')
    )
    assert [(page.number, page.label) for page in read(data).pages] == [(1, "7"), (2, "8")]


def test_a_hidden_slide_keeps_its_number_and_says_that_it_was_left_out() -> None:
    presentation = talk()
    presentation.slides[0].element.set("show", "0")
    document = read(saved(presentation))
    assert document.pages[0].blocks == ()
    assert "hidden" in document.pages[0].note
    assert document.pages[1].blocks


def test_a_slide_of_pictures_alone_is_unread_and_says_so() -> None:
    presentation = talk()
    presentation.slides.add_slide(presentation.slide_layouts[6]).shapes.add_picture(io.BytesIO(PNG), *BOX)
    page = read(saved(presentation)).pages[2]
    assert (page.method, page.blocks) == ("none", ())
    assert "PDF" in page.note


def test_a_presentation_without_any_text_is_empty() -> None:
    presentation = pptx.Presentation()
    presentation.slides.add_slide(presentation.slide_layouts[6])
    with pytest.raises(EmptyFileError):
        read(saved(presentation))


def test_too_many_slides_are_too_large() -> None:
    with pytest.raises(TooLargeError):
        read(saved(talk()), Limits(max_pages=1))


def test_a_bomb_is_refused_before_it_expands() -> None:
    bomb = with_part(saved(talk()), "ppt/slides/slide1.xml", lambda part: part + b" " * 60_000_000)
    with pytest.raises(TooLargeError):
        read(bomb, Limits(max_expanded_bytes=50_000_000))


def test_entities_are_refused() -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    data = with_part(saved(talk()), "ppt/slides/slide1.xml", lambda part: re.sub(rb"<\?xml.*?\?>", evil, part))
    with pytest.raises(DamagedFileError, match="entities"):
        read(data)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.98])
def test_a_truncated_presentation_is_rejected(share: float) -> None:
    data = saved(talk())
    with pytest.raises(IngestError):
        read(data[: int(len(data) * share)])


@pytest.mark.parametrize(
    "name", ["ppt/presentation.xml", "ppt/slides/slide1.xml", "[Content_Types].xml", "ppt/_rels/presentation.xml.rels"]
)
@pytest.mark.parametrize("junk", [b"", b"<a", b"<a/>", b"\x00\xff" * 40])
def test_a_damaged_part_is_an_error_of_ours(name: str, junk: bytes) -> None:
    with pytest.raises(IngestError):
        read(with_part(saved(talk()), name, lambda part: junk))


@pytest.mark.shared
def test_the_reference_presentation_is_read_whole() -> None:
    data = shared("corpus/extraction/mr_slides.pptx").read_bytes()
    texts = [text for _, text in blocks(read(data))]
    assert texts[0] == "स्मार्ट सिटी नवोन्मेष व माहिती संरक्षण धोरण"
    assert texts[-2:] == ["गटातील मजकूर", "टिपण: आयुक्तांची मान्यता आवश्यक"]
    rows = [line.split("\t") for line in shared("corpus/extraction/mr_policy.txt").read_text(encoding="utf-8").splitlines() if "\t" in line]
    head, *cells = rows
    assert texts[2:-2] == [" · ".join(f"{name}: {cell}" for name, cell in zip(head, row, strict=True)) for row in cells]
