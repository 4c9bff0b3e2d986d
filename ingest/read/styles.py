"""What a Word paragraph is, from its own properties and the chain of styles that it is based on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import regex
from docx.oxml.ns import qn

_HEADING = regex.compile(r"^heading ([1-9])$")
_CONTENTS = regex.compile(r"^(?:toc(?: heading| [1-9])|table of figures)$")
_OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, slots=True)
class Style:
    """``heading`` is the outline depth (1 = top, 0 = body text); ``list_id`` and ``list_level`` refer to ``numbering.xml``."""

    id: str = ""
    heading: int = 0
    title: bool = False
    caption: bool = False
    contents: bool = False
    listed: bool = False
    list_id: str | None = None
    list_level: int | None = None
    page_break: bool = False


@dataclass(frozen=True, slots=True)
class Styles:
    """The paragraph styles of a document, resolved."""

    _known: Mapping[str, Style]
    _default: Style

    @classmethod
    def read(cls, root: Any) -> Styles:
        """Read the ``w:styles`` element."""
        elements = {style.get(qn("w:styleId"), ""): style for style in root.iterchildren(qn("w:style"))}
        known: dict[str, Style] = {}
        for name in elements:
            chain = [name]
            while (base := value(elements[chain[-1]], "w:basedOn")) in elements and base not in chain:
                chain.append(str(base))
            style = Style()
            for step in reversed(chain):
                style = _with(_named(style, elements[step]), elements[step].find(qn("w:pPr")))
            known[name] = replace(style, id=name)
        default = next((key for key, e in elements.items() if e.get(qn("w:type")) == "paragraph" and e.get(qn("w:default")) == "1"), "")
        return cls(known, known.get(default, Style()))

    def of(self, properties: Any | None) -> Style:
        """The style in force for a paragraph with these ``w:pPr``."""
        named = None if properties is None else value(properties, "w:pStyle")
        return _with(self._known.get(named, self._default) if named else self._default, properties)


def _named(style: Style, element: Any) -> Style:
    """The built-in styles are told by their English names, which Word and LibreOffice keep in every language."""
    name = (value(element, "w:name") or "").lower()
    if found := _HEADING.match(name):
        return replace(style, heading=int(found[1]))
    if name in {"title", "caption"}:
        return replace(style, title=name == "title", caption=name == "caption")
    return replace(style, contents=style.contents or bool(_CONTENTS.match(name)), listed=style.listed or name.startswith("list "))


def _with(style: Style, properties: Any | None) -> Style:
    if properties is None:
        return style
    outline = value(properties, "w:outlineLvl")
    if outline is not None and outline.isdigit():
        style = replace(style, heading=int(outline) + 1 if int(outline) < 9 else 0)
    numbered = properties.find(qn("w:numPr"))
    if numbered is not None:
        level = value(numbered, "w:ilvl")
        list_id = value(numbered, "w:numId") or style.list_id
        # Number 0 takes the paragraph out of the list that its style puts it in (ECMA-376 part 1, 17.9.18).
        style = replace(style, list_id=None if list_id == "0" else list_id, listed=style.listed and list_id != "0")
        style = replace(style, list_level=int(level) if level and level.isdigit() else style.list_level)
    broken = properties.find(qn("w:pageBreakBefore"))
    return style if broken is None else replace(style, page_break=on(properties, "w:pageBreakBefore"))


def value(element: Any, tag: str) -> str | None:
    """``w:val`` of a child element."""
    child = element.find(qn(tag))
    return None if child is None else child.get(qn("w:val"))


def on(properties: Any | None, tag: str) -> bool:
    """Whether a toggle property is set: it stands there, and not as ``false``."""
    if properties is None:
        return False
    child = properties.find(qn(tag))
    return child is not None and child.get(qn("w:val"), "1") not in _OFF
