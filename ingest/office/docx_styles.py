"""What a Word paragraph is, by its properties and its chain of styles, and the number that Word shows in front of it.

Word does not store these numbers; they are counted again from ``numbering.xml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import regex
from docx.oxml.ns import qn

from ingest.parse.lines import spell_number

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
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of a document, resolved. ``_all_hidden``: its defaults hide whatever does not say that it is shown."""

    _known: Mapping[str, Style]
    _default: Style
    _all_hidden: bool = False

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
                hidden = toggled(elements[step].find(qn("w:rPr")), "w:vanish")
                style = style if hidden is None else replace(style, hidden=hidden)
            known[name] = replace(style, id=name)
        default = next((key for key, e in elements.items() if e.get(qn("w:type")) == "paragraph" and e.get(qn("w:default")) == "1"), "")
        defaults = root.find("/".join(qn(tag) for tag in ("w:docDefaults", "w:rPrDefault", "w:rPr")))
        return cls(known, known.get(default, Style()), on(defaults, "w:vanish"))

    def of(self, properties: Any | None) -> Style:
        """The style in force for a paragraph with these ``w:pPr``."""
        named = None if properties is None else value(properties, "w:pStyle")
        return _with(self._known.get(named, self._default) if named else self._default, properties)

    def hides(self, paragraph: Any) -> bool:
        """Whether the text of a paragraph is hidden by its style, or by that of the table around it."""
        named = value(properties, "w:pStyle") if (properties := paragraph.find(qn("w:pPr"))) is not None else None
        table = next(paragraph.iterancestors(qn("w:tbl")), None)
        around = None if table is None else table.find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}")
        hidden = self._all_hidden or (self._known.get(named, self._default) if named else self._default).hidden
        return hidden or (around is not None and self._known.get(around.get(qn("w:val"), ""), Style()).hidden)

    def shows_mark(self, properties: Any | None) -> bool:
        """Whether the mark of a paragraph is shown, neither hidden nor deleted or moved away by a tracked change."""
        mark = None if properties is None else properties.find(qn("w:rPr"))
        gone = mark is not None and any(mark.find(qn(tag)) is not None for tag in ("w:del", "w:moveFrom"))
        return not gone and not self.vanishes(mark, self._all_hidden or self.of(properties).hidden)

    def vanishes(self, run_properties: Any | None, hidden: bool) -> bool:
        """Whether a run is hidden by itself, or else by its character style or the styles around it (``hidden``).

        Two styles that hide would show it again by the letter (ECMA-376 part 1, 17.7.3); what two styles hide is hidden here.
        """
        if (own := toggled(run_properties, "w:vanish")) is not None:
            return own
        named = None if run_properties is None else value(run_properties, "w:rStyle")
        return hidden or self._known.get(named or "", Style()).hidden


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
    if outline is not None:
        depth = integer(outline, style.heading - 1)
        style = replace(style, heading=depth + 1 if 0 <= depth < 9 else 0)
    numbered = properties.find(qn("w:numPr"))
    if numbered is not None:
        level = value(numbered, "w:ilvl")
        list_id = value(numbered, "w:numId") or style.list_id
        # Number 0 takes the paragraph out of the list that its style puts it in (ECMA-376 part 1, 17.9.18).
        style = replace(style, list_id=None if list_id == "0" else list_id, listed=style.listed and list_id != "0")
        style = replace(style, list_level=style.list_level if level is None else integer(level, style.list_level or 0))
    broken = properties.find(qn("w:pageBreakBefore"))
    return style if broken is None else replace(style, page_break=on(properties, "w:pageBreakBefore"))


def value(element: Any, tag: str) -> str | None:
    """``w:val`` of a child element."""
    child = element.find(qn(tag))
    return None if child is None else child.get(qn("w:val"))


def on(properties: Any | None, tag: str) -> bool:
    """Whether a toggle property is set: it stands there, and not as ``false``."""
    return bool(toggled(properties, tag))


def toggled(properties: Any | None, tag: str) -> bool | None:
    """As ``on``, and None where the property does not stand."""
    child = None if properties is None else properties.find(qn(tag))
    return None if child is None else child.get(qn("w:val"), "1") not in _OFF


_PLACE = regex.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    style: str
    text: str
    restart: int | None
    legal: bool
    paragraph_style: str | None = None


@dataclass(slots=True)
class Numbering:
    """Counters of all lists of a document; ``label`` must be called for the numbered paragraphs in reading order."""

    _lists: Mapping[str, tuple[str, Mapping[int, _Level], frozenset[int]]]
    _counters: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def read(cls, root: Any | None) -> Numbering:
        """Read the ``w:numbering`` element; None is a document without lists."""
        if root is None:
            return cls({})
        abstract: dict[str, dict[int, _Level]] = {}
        links: dict[str, str] = {}
        styles: dict[str, str] = {}
        for element in root.iterchildren(qn("w:abstractNum")):
            own = element.get(qn("w:abstractNumId"), "")
            abstract[own] = dict(_level(level) for level in element.iterchildren(qn("w:lvl")))
            if (link := value(element, "w:numStyleLink")) is not None:
                links[own] = link
            if (style := value(element, "w:styleLink")) is not None:
                styles[style] = own
        lists: dict[str, tuple[str, Mapping[int, _Level], frozenset[int]]] = {}
        for element in root.iterchildren(qn("w:num")):
            key = value(element, "w:abstractNumId") or ""
            key = styles.get(links.get(key, ""), key)
            levels = dict(abstract.get(key, {}))
            restarted = set()
            for override in element.iterchildren(qn("w:lvlOverride")):
                at = integer(override.get(qn("w:ilvl")), 0)
                if (replaced := override.find(qn("w:lvl"))) is not None:
                    levels[at] = _level(replaced)[1]
                if (start := value(override, "w:startOverride")) is not None and at in levels:
                    levels[at] = replace(levels[at], start=integer(start, 1))
                    restarted.add(at)
            lists[element.get(qn("w:numId"), "")] = (key, levels, frozenset(restarted))
        return cls(lists)

    def level_of(self, list_id: str, style_id: str) -> int:
        """The level that a paragraph style is tied to in a list; the top one when it is tied to none."""
        levels = self._lists[list_id][1] if list_id in self._lists else {}
        return next((at for at, level in levels.items() if level.paragraph_style == style_id), 0)

    def label(self, list_id: str, at: int) -> str | None:
        """The label of the next paragraph of a list at level ``at`` (0 = top), e.g. ``Article 4`` or ``(b)``; "" for a bullet.

        None when the list is not defined (``numId`` 0 takes a paragraph out of its list).
        """
        if list_id not in self._lists:
            return None
        key, levels, restarted = self._lists[list_id]
        level = levels.get(at)
        if level is None:
            return None
        counters = self._counters.setdefault(key, {})
        if at in restarted and (list_id, at) not in self._started:
            counters.pop(at, None)
        self._started.add((list_id, at))
        counters[at] = counters[at] + 1 if at in counters else level.start
        for deeper in [other for other in counters if other > at]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart != 0 and (restart is None or at < restart):
                del counters[deeper]

        def shown(found: Any) -> str:
            place = int(found[1]) - 1
            named = levels.get(place)
            number = counters.get(place, named.start if named else 1)
            style = "decimal" if level.legal or named is None else named.style
            return spell_number(number, style) or ""

        return "" if level.style in {"bullet", "none"} else _PLACE.sub(shown, level.text).strip()


def _level(element: Any) -> tuple[int, _Level]:
    restart = value(element, "w:lvlRestart")
    return integer(element.get(qn("w:ilvl")), 0), _Level(
        start=integer(value(element, "w:start"), 0),
        style=value(element, "w:numFmt") or "decimal",
        text=value(element, "w:lvlText") or "",
        restart=integer(restart, 0) if restart is not None else None,
        legal=on(element, "w:isLgl"),
        paragraph_style=value(element, "w:pStyle"),
    )


def integer(text: str | None, default: int) -> int:
    """A number as the file writes it; ``default`` for none, or what is none."""
    return int(text) if text and regex.fullmatch(r"-?[0-9]{1,9}", text) else default
