"""The numbers that Word shows in front of paragraphs but does not store: counted again from ``numbering.xml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import regex
from docx.oxml.ns import qn

from ingest.read.numbers import spell
from ingest.read.styles import on, value

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
                at = _integer(override.get(qn("w:ilvl")), 0)
                if (replaced := override.find(qn("w:lvl"))) is not None:
                    levels[at] = _level(replaced)[1]
                if (start := value(override, "w:startOverride")) is not None and at in levels:
                    levels[at] = replace(levels[at], start=_integer(start, 1))
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
            return spell(number, style) or ""

        return "" if level.style in {"bullet", "none"} else _PLACE.sub(shown, level.text).strip()


def _level(element: Any) -> tuple[int, _Level]:
    restart = value(element, "w:lvlRestart")
    return _integer(element.get(qn("w:ilvl")), 0), _Level(
        start=_integer(value(element, "w:start"), 0),
        style=value(element, "w:numFmt") or "decimal",
        text=value(element, "w:lvlText") or "",
        restart=_integer(restart, 0) if restart is not None else None,
        legal=on(element, "w:isLgl"),
        paragraph_style=value(element, "w:pStyle"),
    )


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and regex.fullmatch(r"-?[0-9]{1,9}", text) else default
