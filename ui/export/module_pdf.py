"""The paper of a module as PDF/UA, set by Typst from ``module_paper.typ``; two languages in two columns."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any, Final

from ui.export.module_paper import Block, Heading, ModulePaper, Table
from ui.export.module_said import Said
from ui.export.pdf import REGIONS, compiled, families, mark_of
from ui.export.source import one_line
from ui.i18n import Strings

TEMPLATE: Final = Path(__file__).with_name("module_paper.typ")


def pdf(paper: ModulePaper) -> bytes:
    """The PDF. Nobody is named as its author; a character that no font has is shown as U+FFFD, and the paper says so.

    Raises:
        ExportError: there is no font for Devanagari or Japanese, and the paper needs one.
    """
    parts = [
        {"columned": columned, "blocks": [_block(block, paper.words) for block in blocks]}
        for columned, blocks in groupby(paper.blocks, paper.in_columns)
    ]
    said = {
        "title": paper.title,
        "keywords": paper.keywords,
        "language": paper.language,
        "region": REGIONS.get(paper.language, "GB"),
        "fonts": families(),
        "facts": list(paper.facts),
        "columns": list(paper.columns or ()),
        "parts": parts,
        "basis": "",
    }
    return compiled(TEMPLATE, said, paper.words("note.unprintable"))


def _block(block: Block, words: Strings) -> dict[str, Any]:
    if isinstance(block, Table):
        rows = [[[_said(text, words) for text in cell] for cell in row] for row in block.rows]
        return {"kind": "table", "head": list(block.head), "rows": rows, "shares": list(block.shares), "links": list(block.links)}
    sides = {"said": _side(block.said, words), "beside": _side(block.beside, words)}
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "new_page": block.new_page, **sides}
    return {"kind": "text", "style": block.style, "number": block.number, **sides}


def _side(said: Said | None, words: Strings) -> dict[str, Any] | None:
    return None if said is None else _said(said, words)


def _said(said: Said, words: Strings) -> dict[str, Any]:
    return {
        "text": one_line(said.text),
        "language": said.language,
        "warning": said.warning,
        "quoted": said.quoted,
        "references": [{**mark_of(mark, words), "quote": one_line(mark.reference.quote)} for mark in said.marks],
    }
