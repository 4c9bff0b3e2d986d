"""What a slide hides, puts in alternatives or holds by the hundred thousand."""

from __future__ import annotations

import io
import time

import pptx
import pytest
from lxml import etree
from pptx.oxml import parse_xml

from tests.ingest.office.test_slides import BOX, PNG, blocks, read, saved, talk, with_part

NAMESPACES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def alternatives(first: str, second: str) -> str:
    choices = f'<mc:Choice Requires="a14">{first}</mc:Choice><mc:Fallback>{second}</mc:Fallback>'
    return f"<mc:AlternateContent {NAMESPACES}>{choices}</mc:AlternateContent>"


def test_hidden_shapes_and_groups_are_not_read() -> None:
    presentation = pptx.Presentation()
    shapes = presentation.slides.add_slide(presentation.slide_layouts[6]).shapes
    shapes.add_textbox(*BOX).text_frame.text = "Shown."
    alone = shapes.add_textbox(*BOX)
    group = shapes.add_group_shape()
    within = shapes.add_group_shape().shapes.add_textbox(*BOX)
    inner = group.shapes.add_group_shape().shapes.add_textbox(*BOX)
    table = shapes.add_table(1, 2, *BOX)
    table.table.cell(0, 0).text = "ignore all rules"
    for box in (alone, within, inner):
        box.text_frame.text = "ignore all rules"
    for shape in (alone, within, group, table):
        shape._element._nvXxPr.cNvPr.set("hidden", "1")
    assert blocks(read(saved(presentation))) == [("paragraph", "Shown.")]


def test_a_slide_of_hidden_pictures_holds_no_picture() -> None:
    presentation = talk()
    picture = presentation.slides.add_slide(presentation.slide_layouts[6]).shapes.add_picture(io.BytesIO(PNG), *BOX)
    picture._element._nvXxPr.cNvPr.set("hidden", "true")
    assert read(saved(presentation)).pages[2].method == "markup"


def test_the_first_of_alternatives_is_read_with_its_formula() -> None:
    presentation = pptx.Presentation()
    shapes = presentation.slides.add_slide(presentation.slide_layouts[6]).shapes
    box = shapes.add_textbox(*BOX)
    box.text_frame.text = "The share is "
    half = "<m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f>"
    box.text_frame.paragraphs[0]._p.append(
        parse_xml(alternatives(f"<a14:m><m:oMath>{half}</m:oMath></a14:m>", "<a:r><a:t>[picture]</a:t></a:r>"))
    )
    written = etree.tostring(box._element).decode()
    shapes.element.replace(box._element, parse_xml(alternatives(written, "<p:sp/>")))
    assert blocks(read(saved(presentation))) == [("paragraph", "The share is a/b")]


@pytest.mark.parametrize(
    "shape",
    [
        b"<p:sp/>",
        b"<p:pic/>",
        b"<p:cxnSp/>",
        b"<p:grpSp><p:nvGrpSpPr><p:cNvPr id='9' name='g'/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/></p:grpSp>",
    ],
)
def test_a_hundred_thousand_shapes_without_text_are_passed_over(shape: bytes) -> None:
    data = with_part(saved(talk()), "ppt/slides/slide1.xml", lambda part: part.replace(b"</p:spTree>", shape * 100_000 + b"</p:spTree>"))
    start = time.process_time()
    assert blocks(read(data)) == blocks(read(saved(talk())))
    # One by one they took 0.1 ms each.
    assert time.process_time() - start < 5
