"""The numbers in front of the points of a slide."""

from __future__ import annotations

from typing import Any

import pptx
import pytest
from pptx.oxml import parse_xml

from tests.ingest.office.test_slides import BOX, blocks, read, saved

A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def slide_of(*points: tuple[int, str, str]) -> Any:
    """A presentation with one text box of points: outline level, what stands in front of it (XML), text."""
    presentation = pptx.Presentation()
    frame = presentation.slides.add_slide(presentation.slide_layouts[6]).shapes.add_textbox(*BOX).text_frame
    for at, (level, bullet, text) in enumerate(points):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
        if bullet:
            paragraph._p.get_or_add_pPr().append(parse_xml(f'<a:{bullet} xmlns:a="{A}"/>'))
    return presentation


def texts(presentation: Any) -> list[str]:
    return [text for _, text in blocks(read(saved(presentation)))]


def auto(scheme: str, start: int | None = None) -> str:
    return f'buAutoNum type="{scheme}"' + (f' startAt="{start}"' if start else "")


def test_points_are_counted_level_by_level() -> None:
    first, second = auto("arabicPeriod"), auto("alphaLcParenBoth")
    presentation = slide_of(
        (0, first, "Measure"),
        (1, second, "water"),
        (1, second, "rain"),
        (0, first, ""),
        (0, first, "Warn"),
        (1, second, "people"),
        (0, 'buChar char="•"', "Open the gates"),
        (0, first, "Begin anew"),
    )
    assert blocks(read(saved(presentation))) == [
        ("list_item", text) for text in ("1. Measure", "(a) water", "(b) rain", "2. Warn", "(a) people", "Open the gates", "1. Begin anew")
    ]


@pytest.mark.parametrize(
    ("scheme", "start", "labels"),
    [
        ("alphaUcPeriod", None, ["A.", "B."]),
        ("romanLcParenR", 4, ["iv)", "v)"]),
        ("arabicPlain", 9, ["9", "10"]),
        ("circleNumDbPlain", None, ["①", "②"]),
        ("ea1JpnKorPeriod", None, ["一.", "二."]),
        ("arabicDbPeriod", None, ["１.", "２."]),
        ("hindiNumPeriod", None, ["१.", "२."]),
        ("hindiAlphaPeriod", None, ["अ.", "आ."]),
        ("thaiNumPeriod", None, ["1.", "2."]),
        ("unheardOf", None, ["1", "2"]),
    ],
)
def test_numbers_are_written_as_their_list_says(scheme: str, start: int | None, labels: list[str]) -> None:
    presentation = slide_of((0, auto(scheme, start), "x"), (0, auto(scheme, start), "x"))
    assert texts(presentation) == [f"{label} x" for label in labels]


def test_a_text_box_numbers_all_its_points_but_those_that_say_otherwise() -> None:
    presentation = slide_of((0, "", "Measure"), (0, "buNone", "not a point"), (0, "", "Warn"))
    frame = presentation.slides[0].shapes[0].text_frame
    styles = f'<a:lstStyle xmlns:a="{A}"><a:lvl1pPr><a:buAutoNum type="arabicParenR"/></a:lvl1pPr></a:lstStyle>'
    frame._txBody.insert(1, parse_xml(styles))
    assert texts(presentation) == ["1) Measure", "not a point", "1) Warn"]


def test_points_in_a_cell_are_numbered() -> None:
    presentation = pptx.Presentation()
    table = presentation.slides.add_slide(presentation.slide_layouts[6]).shapes.add_table(1, 2, *BOX).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Steps", "Measure\nWarn"
    for paragraph in table.cell(0, 1).text_frame.paragraphs:
        paragraph._p.get_or_add_pPr().append(parse_xml(f'<a:{auto("arabicPeriod")} xmlns:a="{A}"/>'))
    assert texts(presentation) == ["Steps: 1. Measure 2. Warn"]
