"""The office's own PowerPoint template (.potx, .pptx) as the look of a presentation: its layouts, placeholders, fonts, colours and size.

What a layout is for is told by the kind that the template gives it and by its placeholders, not by its name. Sizes of text begin with those
of the template and go down only where a text would not fit.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any, Final

from lxml import etree
from pptx import Presentation
from pptx.exc import PythonPptxError
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn

from ingest.errors import IngestError
from ingest.office.ooxml_packages import plain_package
from ingest.parse.archive import inspect_package
from ingest.records import Limits, Source
from ui.export.formats import ExportError
from ui.export.training_modules.deck.look import Look, Page, SlideLayout
from ui.export.training_modules.deck.text_room import INSET, Box, Room

MOST_MB: Final = 50
"""How large a template may be; unpacked four times as much."""
MOST_SIZE: Final = {"title": 40, "opening": 20, "body": 28}
LEAST_SIZE: Final = {"title": 12, "opening": 9, "body": 12}
"""Points between which text is set, as far as the template's own size does not say less."""
SMALL_AREA: Final = 0.15
"""A placeholder for text that takes a smaller share of the slide holds a caption or a date."""
MARGIN: Final = 0.45
"""Inches to the lower edge of a slide."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS: Final = "application/vnd.openxmlformats-officedocument.presentationml.{}.main+xml"
_AS_TEMPLATE, _AS_SHOW, _PLAIN = (_KINDS.format(name).encode() for name in ("template", "slideshow", "presentation"))
_BODIES: Final = (None, "obj", "body")
_AGAIN: Final = "Open it in PowerPoint and save it anew as a template (.potx)."


def template_look(data: bytes, name: str) -> Look:
    """The look that a template gives; what slides it has itself are left out.

    Raises:
        ExportError: it is too large, damaged, protected, no presentation, holds macros, or no layout of it has a title. It names the file.
    """
    presentation = _opened(data, name)
    if not presentation.slide_width or not presentation.slide_height:
        raise ExportError(f"{name}: the template does not say how large its slides are. {_AGAIN}")
    _emptied(presentation)
    layouts = [layout for master in presentation.slide_masters for layout in master.slide_layouts if _title(layout) is not None]
    if not layouts:
        raise ExportError(
            f"{name}: no layout of the template has a title, so no slide can be made with it. In PowerPoint choose View, Slide Master, "
            "tick Title in a layout, and save it as a template (.potx)."
        )
    look = Look(presentation, {})
    content = min(layouts, key=lambda layout: _rank(look, layout))
    opening = next((one for one in layouts if _kind(one) == "title"), None) or next((one for one in layouts if _opens(one)), content)
    bare = next((one for one in layouts if _kind(one) == "titleOnly"), None) or next((one for one in layouts if _is_bare(one)), content)
    pages: dict[SlideLayout, Page] = {
        "title": _page(look, opening, "opening"),
        "content": _page(look, content, "body"),
        "table": _page(look, bare, "bare"),
    }
    return Look(presentation, pages)


def _opened(data: bytes, name: str) -> Any:
    """The presentation; that it is a template is not said any more, since python-pptx opens none."""
    if len(data) > MOST_MB * 2**20:
        size = f"{len(data) / 2**20:.0f} MB, over the limit of {MOST_MB} MB"
        raise ExportError(f"{name}: the template has {size}. Take large pictures out of it, or compress them in PowerPoint.")
    if data.startswith(_OLE):
        raise ExportError(
            f"{name}: the template is protected by a password, or of PowerPoint 97-2003. Save it as .potx without a password."
        )
    try:
        limits = Limits(max_bytes=MOST_MB * 2**20, max_expanded_bytes=4 * MOST_MB * 2**20)
        parts = inspect_package(data, Source(name, "", "pptx", len(data)), limits)
        if any(part.endswith("vbaProject.bin") for part in parts):
            raise ExportError(f"{name}: the template holds macros, which would be in every file. Save it without them (.potx).")
        return Presentation(BytesIO(_as_presentation(plain_package(data))))
    except IngestError as error:
        raise ExportError(str(error)) from error
    except (PythonPptxError, KeyError, ValueError, AttributeError, TypeError, IndexError, etree.LxmlError, zipfile.BadZipFile) as error:
        raise ExportError(f"{name}: this is no PowerPoint template, or it is damaged ({error}). {_AGAIN}") from error


def _as_presentation(data: bytes) -> bytes:
    """The package with its main part called a presentation."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for part in dict.fromkeys(old.namelist()):
            said = old.read(part)
            if part == "[Content_Types].xml":
                said = said.replace(_AS_TEMPLATE, _PLAIN).replace(_AS_SHOW, _PLAIN)
            new.writestr(part, said)
    return out.getvalue()


def _emptied(presentation: Any) -> None:
    """Take out slides, the lists that name them, the picture of the first, and a notes page without room for text."""
    root = presentation.element
    for listed in (root.find(qn("p:sldIdLst")), root.find(qn("p:custShowLst")), root.find(qn("p:extLst"))):
        if listed is not None:
            if listed.tag == qn("p:sldIdLst"):
                for slide in list(listed):
                    presentation.part.drop_rel(slide.rId)
                    listed.remove(slide)
            else:
                root.remove(listed)
    for key, relation in list(presentation.part.package._rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            presentation.part.package.drop_rel(key)
    for key, relation in list(presentation.part.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.NOTES_MASTER:
            kinds = [each.get("type") for each in relation.target_part.notes_master.element.iter(qn("p:ph"))]
            if "body" not in kinds:
                presentation.part.rels.pop(key)
                if (listed := root.find(qn("p:notesMasterIdLst"))) is not None:
                    root.remove(listed)


def _kind(layout: Any) -> str:
    return str(layout.element.get("type", ""))


def _type(shape: Any) -> str | None:
    kind: str | None = shape.element.ph.get("type")
    return kind


def _sound(shape: Any) -> bool:
    """Whether a placeholder has a place and holds lines that run across."""
    body = shape.element.find(f"{qn('p:txBody')}/{qn('a:bodyPr')}")
    upright = shape.element.ph.get("orient") == "vert" or (body is not None and body.get("vert", "horz") != "horz")
    return not upright and None not in (shape.left, shape.top, shape.width, shape.height) and shape.width > 0 and shape.height > 0


def _title(layout: Any) -> Any:
    return next((one for one in layout.placeholders if _type(one) in ("title", "ctrTitle") and _sound(one)), None)


def _bodies(layout: Any, kinds: tuple[str | None, ...] = _BODIES) -> list[Any]:
    """Placeholders for text, the largest first."""
    found = [one for one in layout.placeholders if _type(one) in kinds and _sound(one)]
    return sorted(found, key=lambda one: -one.width * one.height)


def _opens(layout: Any) -> bool:
    return any(_type(one) in ("ctrTitle", "subTitle") for one in layout.placeholders)


def _is_bare(layout: Any) -> bool:
    """Whether a layout has a title and nothing else to fill in."""
    return all(_type(one) in ("title", "dt", "ftr", "sldNum") for one in layout.placeholders)


def _box(shape: Any) -> Box:
    return shape.left.inches, shape.top.inches, shape.width.inches, shape.height.inches


def _rank(look: Look, layout: Any) -> tuple[bool, bool, int, float]:
    """How far a layout is from a title with one large place for text; the least is the best."""
    bodies = _bodies(layout)
    area = _box(bodies[0])[2] * _box(bodies[0])[3] / (look.wide * look.high) if bodies else 0.0
    others = len(bodies) + sum(_type(one) in ("pic", "chart", "tbl", "dgm", "media", "clipArt") for one in layout.placeholders)
    return area < SMALL_AREA, _kind(layout) not in ("obj", "tx"), others, -area


def _page(look: Look, layout: Any, use: str) -> Page:
    title = _title(layout)
    head = _room(layout, title, "title", "titleStyle", indent=0)
    under = _free(look, layout, head.box)
    bodies = _bodies(layout, (*_BODIES, "subTitle"))
    if use == "bare" or not bodies or (use == "body" and _box(bodies[0])[2] * _box(bodies[0])[3] < SMALL_AREA * look.wide * look.high):
        return Page(layout, head, Room(under, _sizes(24, "opening" if use == "opening" else "body"), indent=0))
    body = _room(layout, bodies[0], use, "bodyStyle")
    if use == "opening" and body.box[1] >= head.box[1] + head.box[3] - INSET:
        # A subtitle has a line or two; the papers and the day need more, and below it there is nothing else.
        left, top, wide, high = body.box
        body = replace(body, box=(left, top, wide, max(high, under[1] + under[3] - top)), moved=True)
    return Page(layout, head, body)


def _room(layout: Any, shape: Any, use: str, style: str, indent: float | None = None) -> Room:
    levels = list(_levels(layout, shape, style))
    size = next(
        (int(found.get("sz")) // 100 for level in levels if (found := level.find(qn("a:defRPr"))) is not None and found.get("sz")), 18
    )
    margin = next((int(level.get("marL")) / 914400 for level in levels if level.get("marL")), 0.0)
    percent = next((int(one.get("val")) / 100000 for level in levels for one in level.iterfind(f"{qn('a:lnSpc')}/{qn('a:spcPct')}")), 1.0)
    spacing = max(1.0, percent) * (1.2 if any(one.get("cap") == "all" for level in levels for one in level.iter(qn("a:defRPr"))) else 1.0)
    place = None if use == "title" else shape.placeholder_format.idx
    return Room(_box(shape), _sizes(size, use), place, spacing=spacing, indent=margin if indent is None else indent)


def _sizes(own: int, use: str) -> tuple[int, ...]:
    """The template's size and those below it."""
    largest, least = min(own, MOST_SIZE[use]), LEAST_SIZE[use]
    return tuple(range(largest, least - 1, -2)) or (largest,)


def _levels(layout: Any, shape: Any, style: str) -> Iterator[Any]:
    """What is said of the first level of a placeholder's text, the nearest first: in the layout, in the master, in its styles."""
    first, wanted = qn("a:lvl1pPr"), ("title", "ctrTitle") if style == "titleStyle" else ("body", None, "obj")
    masters = [one for one in layout.slide_master.placeholders if _type(one) in wanted]
    for one in (shape, *masters):
        yield from one.element.iterfind(f"{qn('p:txBody')}/{qn('a:lstStyle')}/{first}")
    yield from layout.slide_master.element.iterfind(f"{qn('p:txStyles')}/{qn(f'p:{style}')}/{first}")


def _free(look: Look, layout: Any, title: Box) -> Box:
    """The room that is left below a title, or above one that stands low."""
    left, top, wide, high = title
    feet = [_box(one)[1] for one in layout.placeholders if _type(one) in ("sldNum", "ftr") and _sound(one)]
    floor = min([look.high - MARGIN, *(foot for foot in feet if foot > look.high / 2)])
    start = top + high + INSET
    if floor - start < look.high / 4:
        return left, MARGIN, wide, max(top - INSET - MARGIN, look.high / 4)
    return left, start, wide, floor - start
