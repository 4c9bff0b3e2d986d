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


def with_shapes(shape: str, count: int) -> bytes:
    more = shape.encode() * count + b"</p:spTree>"
    return with_part(saved(talk()), "ppt/slides/slide1.xml", lambda part: part.replace(b"</p:spTree>", more))


def seconds(data: bytes) -> float:
    """Processor time of this thread, the less of two readings: other tests leave threads behind that work on."""

    def once() -> float:
        start = time.thread_time()
        read(data)
        return time.thread_time() - start

    return min(once(), once())


def shape(kind: str, words: str = "") -> str:
    full = kind[0].upper() + kind[1:]
    names = f'<p:nv{full}Pr><p:cNvPr id="9" name="x"/><p:cNv{full}Pr/><p:nvPr/></p:nv{full}Pr>'
    return f"<p:{kind}>{names}<p:{'grpSpPr' if kind == 'grpSp' else 'spPr'}/>{words}</p:{kind}>"


@pytest.mark.parametrize("kind", ["sp", "pic", "cxnSp", "grpSp"])
def test_shapes_without_text_take_a_fraction_of_the_time_of_those_with_text(kind: str) -> None:
    words = "<p:txBody><a:bodyPr/><a:p><a:r><a:t>x</a:t></a:r></a:p></p:txBody>"
    wordless = with_shapes(shape(kind), 10_000)
    assert blocks(read(wordless)) == blocks(read(saved(talk())))
    assert seconds(wordless) < 0.5 * seconds(with_shapes(shape("sp", words), 10_000))
