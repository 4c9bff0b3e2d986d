"""PowerPoint templates as institutes have them, made on python-pptx's: 4:3, renamed, in own colours, without places for text."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

from lxml import etree
from PIL import Image
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Inches

GREEN = "1B5E20"
FONT = "Lohit Devanagari"


def template(change: Callable[[Any], None] = lambda _presentation: None, *, kind: str = "template") -> bytes:
    """A .potx with a slide of its own, the institute's colours and fonts, after ``change``."""
    presentation = Presentation()
    _coloured(presentation)
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "Delete this slide"
    slide.notes_slide.notes_text_frame.text = "Delete these notes"
    change(presentation)
    out = BytesIO()
    presentation.save(out)
    return as_kind(out.getvalue(), kind)


def as_kind(data: bytes, kind: str) -> bytes:
    """The package with its main part called a template, a show or a presentation."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(b"presentationml.presentation.main", f"presentationml.{kind}.main".encode())
            new.writestr(name, part)
    return out.getvalue()


def renamed(presentation: Any) -> None:
    """Layouts that are called in another language and do not say what they are for; wide, with a footer."""
    presentation.slide_width = Inches(13.333)
    for at, layout in enumerate(presentation.slide_layouts):
        layout.element.find(qn("p:cSld")).set("name", f"विन्यास {at}")
        layout.element.attrib.pop("type", None)
        for shape in layout.placeholders:
            if shape.element.ph.get("type") == "ftr":
                shape.text_frame.text = "Institute of Public Administration"


def textless(presentation: Any) -> None:
    """Only layouts with a title and nothing to write in."""
    for layout in list(presentation.slide_layouts):
        if layout.name not in ("Title Only", "Blank"):
            for slide in list(presentation.slides._sldIdLst):
                presentation.part.drop_rel(slide.rId)
                presentation.slides._sldIdLst.remove(slide)
            presentation.slide_layouts.remove(layout)


def titleless(presentation: Any) -> None:
    """Layouts without titles."""
    for layout in presentation.slide_layouts:
        for shape in list(layout.placeholders):
            if shape.element.ph.get("type") in ("title", "ctrTitle"):
                shape.element.getparent().remove(shape.element)


def crowded(presentation: Any) -> None:
    """Text down to the lower edge, in large letters and wide lines, and a banner across the top."""
    for layout in presentation.slide_layouts:
        for shape in layout.placeholders:
            if shape.element.ph.get("type") in (None, "obj", "body") and layout.name == "Title and Content":
                shape.left, shape.top, shape.width, shape.height = map(Inches, (0.1, 1.4, 9.8, 6.05))
    style = presentation.slide_master.element.find(qn("p:txStyles")).find(qn("p:bodyStyle")).find(qn("a:lvl1pPr"))
    style.find(qn("a:defRPr")).set("sz", "4400")
    style.insert(0, etree.fromstring(f'<a:lnSpc xmlns:a="{_A}"><a:spcPct val="150000"/></a:lnSpc>'))


_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def _coloured(presentation: Any) -> None:
    part = presentation.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = etree.fromstring(part.blob)
    for name in ("accent1", "dk2"):
        (slot,) = theme.iter(qn(f"a:{name}"))
        slot.clear()
        etree.SubElement(slot, qn("a:srgbClr"), val=GREEN)
    for each in theme.iter(qn("a:latin")):
        each.set("typeface", FONT)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)
    title = presentation.slide_master.element.find(qn("p:txStyles")).find(qn("p:titleStyle")).find(f"{qn('a:lvl1pPr')}/{qn('a:defRPr')}")
    title.find(qn("a:solidFill")).find(qn("a:schemeClr")).set("val", "accent1")


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 100)) -> bytes:
    """A logo."""
    out = BytesIO()
    Image.new("RGB", size, f"#{GREEN}").save(out, kind)
    return out.getvalue()
