"""Setu's own look on python-pptx's layouts: wide, in the fonts of the four languages, with a band on the left edge."""

from __future__ import annotations

from typing import Any, Final

from lxml import etree
from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches

from ui.export.training_modules.deck.look import Look, Page, SlideLayout
from ui.export.training_modules.deck.text_room import Box, Room

TITLES: Final = (30, 28, 26, 24, 22, 20, 18, 16, 14)
BODIES: Final = (26, 24, 22, 20, 18, 16)
"""Sizes in points, the first that fits."""
OPENING: Final = (20, 18, 16, 14, 12)

WIDE: Final = 13.333
HIGH: Final = 7.5
TITLE: Final[Box] = (0.7, 0.3, 12.03, 1.35)
BODY: Final[Box] = (0.7, 1.8, 12.03, 4.9)
NUMBER: Final[Box] = (11.73, 6.85, 1.0, 0.4)

LAYOUTS: Final[dict[SlideLayout, str]] = {"title": "Title Slide", "content": "Title and Content", "table": "Title Only"}
FONTS: Final = {"latin": "Noto Sans", "ea": "Noto Sans CJK JP", "cs": "Noto Sans Devanagari"}
"""Font by kind of script; PowerPoint puts one of its own where a machine lacks it, and shapes Devanagari with that."""
INK: Final = "1D2733"
BLUE: Final = "1F5F8B"
THEME: Final = {"dk1": INK, "dk2": INK, "accent1": BLUE, "hlink": BLUE, "folHlink": "5B3F7A"}
BAND: Final = 0.22
"""Inches of the blue band on the left edge."""
_PLACES: Final[dict[str, Box]] = {
    "title": TITLE,
    "ctrTitle": TITLE,
    "body": BODY,
    "subTitle": BODY,
    "obj": BODY,
    "sldNum": NUMBER,
}


def house_look() -> Look:
    """A new presentation in it."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(WIDE), Inches(HIGH)
    master = presentation.slide_master
    _look(master)
    for layout in list(presentation.slide_layouts):
        if layout.name not in LAYOUTS.values():
            presentation.slide_layouts.remove(layout)
    for each in (master, *presentation.slide_layouts):
        _placed(each)
    named = {layout.name: layout for layout in presentation.slide_layouts}
    title = Room(TITLE, TITLES)
    bodies: dict[SlideLayout, Room] = {
        "title": Room(BODY, OPENING, place=1),
        "content": Room(BODY, BODIES, place=1),
        "table": Room(BODY, BODIES, indent=0),
    }
    return Look(presentation, {kind: Page(named[name], title, bodies[kind]) for kind, name in LAYOUTS.items()})


def _placed(page: Any) -> None:
    """The placeholders of a master or layout where we want them; those for a date go."""
    for shape in list(page.placeholders):
        kind = shape.element.ph.get("type", "obj")
        if kind in {"dt", "ftr"}:
            shape.element.getparent().remove(shape.element)
            continue
        left, top, wide, high = _PLACES[kind]
        shape.left, shape.top, shape.width, shape.height = Inches(left), Inches(top), Inches(wide), Inches(high)
        if kind in ("title", "ctrTitle", "subTitle"):
            shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP if kind == "subTitle" else MSO_ANCHOR.BOTTOM

        # The layout has the subtitle grey and in the middle.
        for level in shape.element.iter(*(qn(f"a:lvl{n}pPr") for n in range(1, 10))):
            level.attrib.pop("algn", None)
            for fill in level.findall(f"{qn('a:defRPr')}/{qn('a:solidFill')}"):
                fill.getparent().remove(fill)


def _look(master: Any) -> None:
    """Our fonts and colours in the theme, titles bold and to the left, and a band on the left edge."""
    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = etree.fromstring(part.blob)
    for name, font in FONTS.items():
        for each in theme.iter(qn(f"a:{name}")):
            each.set("typeface", font)
    for name, colour in THEME.items():
        (slot,) = theme.iter(qn(f"a:{name}"))
        for old in list(slot):
            slot.remove(old)
        etree.SubElement(slot, qn("a:srgbClr"), val=colour)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)
    for level in master.element.iter(qn("a:lvl1pPr")):
        if level.getparent().tag == qn("p:titleStyle"):
            level.set("algn", "l")
            level.find(qn("a:defRPr")).set("b", "1")
    band = parse_xml(_BAND.format(wide=Inches(BAND), high=Inches(HIGH)))
    master.shapes._spTree.insert(2, band)


_BAND: Final = f"""<p:sp {nsdecls("p", "a")}>
<p:nvSpPr><p:cNvPr id="900" name="Band" descr=""/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>
<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{{wide}}" cy="{{high}}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
<a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>"""
