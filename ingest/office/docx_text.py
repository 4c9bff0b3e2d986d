"""What a Word paragraph shows: its text with the tracked changes accepted and without what is hidden, and what is drawn beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import regex
from docx.oxml.ns import qn

from ingest.office.charts import CHART
from ingest.office.docx_styles import Styles
from ingest.office.equations import MATH_RUN, MATH_TEXT, in_one_line

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_REMOVED = frozenset(qn(tag) for tag in ("w:del", "w:moveFrom", "w:instrText", "w:delText", "w:rt", "w:rPr", "w:pPr"))
_DRAWN = frozenset(qn(tag) for tag in ("w:drawing", "w:pict", "w:object"))
_WRAPPERS = frozenset(qn(tag) for tag in ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag"))
_NOTES = {qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote"}
_CHARACTERS = {qn("w:tab"): "\t", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_RUNS = frozenset({qn("w:r"), MATH_RUN})
BOX = qn("w:txbxContent")
PAGE, RENDERED = "\x0c", "\x0e"
"""Marks in a text where a page was broken by hand, and where the word processor broke it."""
BREAKS = regex.compile(rf"([{PAGE}{RENDERED}])")


@dataclass(slots=True)
class ParagraphTexts:
    """``notes`` maps ``(footnote | endnote, id)`` to a note's element; ``referred`` collects those that the texts so far refer to."""

    styles: Styles
    notes: Mapping[tuple[str, str], Any]
    referred: list[Any] = field(default_factory=list)

    def of(self, paragraph: Any) -> str:
        """Text, line breaks and page-break marks."""
        return "".join(self._under(paragraph, self.styles.hides(paragraph)))

    def drawn(self, paragraph: Any) -> Iterator[Any]:
        """Text boxes (``BOX``) and references to charts (``CHART``) that are anchored in a paragraph; those in its boxes are not."""
        if next(paragraph.iter(BOX, CHART), None) is not None:
            yield from self._drawn(paragraph, self.styles.hides(paragraph))

    def _under(self, element: Any, hidden: bool) -> Iterator[str]:
        for child in _children(element):
            tag = child.tag
            if tag in _REMOVED or tag in _DRAWN or not isinstance(tag, str) or self._hides(child, hidden):
                continue
            if tag in {qn("w:t"), MATH_TEXT}:
                yield regex.sub(r"[\x0b-\x1f]", " ", child.text or "")
            elif tag in _CHARACTERS:
                yield _CHARACTERS[tag]
            elif tag == qn("w:br"):
                yield {"page": PAGE, "column": " "}.get(child.get(qn("w:type"), ""), "\n")
            elif tag == qn("w:lastRenderedPageBreak"):
                yield RENDERED
            elif tag in _NOTES:
                self._refer(_NOTES[tag], child.get(qn("w:id"), ""))
            elif (formula := in_one_line(child, lambda part: "".join(self._under(part, hidden)))) is not None:
                yield formula
            else:
                yield from self._under(child, hidden)

    def _drawn(self, element: Any, hidden: bool) -> Iterator[Any]:
        for child in _children(element):
            if child.tag in {BOX, CHART}:
                yield child
            elif child.tag not in _REMOVED and not self._hides(child, hidden) and not _is_hidden_shape(child):
                yield from self._drawn(child, hidden)

    def _hides(self, element: Any, hidden: bool) -> bool:
        return element.tag in _RUNS and self.styles.vanishes(element.find(qn("w:rPr")), hidden)

    def _refer(self, kind: str, number: str) -> None:
        note = self.notes.get((kind, number))
        if note is not None:
            self.referred.append(note)


def contents(element: Any, *tags: str) -> Iterator[Any]:
    """Children with one of ``tags``, through content controls and tracked insertions, but not a generated table of contents."""
    wanted = {qn(tag) for tag in tags}
    for child in _children(element):
        if child.tag in wanted:
            yield child
        elif child.tag in _WRAPPERS and not _is_contents(child):
            yield from contents(child, *tags)


def _children(element: Any) -> Iterator[Any]:
    """Children; of alternatives for old and new programs, those of the first (ECMA-376 part 3, 10.2.1)."""
    for child in element:
        if child.tag == f"{_MC}AlternateContent":
            first = next(child.iterchildren(f"{_MC}Choice", f"{_MC}Fallback"), None)
            if first is not None:
                yield from _children(first)
        else:
            yield child


def _is_contents(control: Any) -> bool:
    gallery = control.find(f"{qn('w:sdtPr')}/{qn('w:docPartObj')}/{qn('w:docPartGallery')}")
    return gallery is not None and gallery.get(qn("w:val")) == "Table of Contents"


def _is_hidden_shape(drawing: Any) -> bool:
    properties = next((one for one in drawing if isinstance(one.tag, str) and one.tag.endswith(("}docPr", "}cNvPr"))), None)
    hidden = properties is not None and properties.get("hidden") in {"1", "true"}
    return hidden or "visibility:hidden" in drawing.get("style", "").replace(" ", "")
