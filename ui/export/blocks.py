"""A sheet: what stands on a file of any format, as headings, paragraphs, lists and tables whose texts carry the marks of their sources.

Answers, cards and training modules build blocks; `word`, `pdf` and `text_formats` only set them. Blocks are made in the order in which they
are read, for that is the order in which sources are numbered and footnotes stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from lang.languages import Language
from ui.components.i18n import NAMES, Strings
from ui.export.citations import Marks, Reference

TAGS: Final[dict[Language | None, str]] = {"mr": "mr-IN", "hi": "hi-IN", "ja": "ja-JP", "en": "en-GB"}
"""Language → the name by which office files and readers of PDF know it."""

Style: TypeAlias = Literal["line", "text", "bullet", "number", "option", "small", "strong"]
"""Of a paragraph: ``line`` is a statement, a quote or a line of a module, ``text`` goes between them."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text with its marks; None of ``language`` is that of the sheet.

    ``warning`` says what is wrong with it, "" where it is verified; ``quoted`` is the paper's own words; ``link`` is where it leads.
    """

    text: str
    language: Language | None = None
    marks: tuple[Marks, ...] = ()
    warning: str = ""
    quoted: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 or 3 (the title is 1). A ``wide`` one has no other column."""

    level: int
    said: Said
    beside: Said | None = None
    new_page: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``number`` stands before it, and ``under`` it how it was checked.

    ``beside`` is it in the other language, None where there is none; a ``wide`` one has no other column.
    """

    style: Style
    said: Said | None
    beside: Said | None = None
    number: str = ""
    under: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class List:
    """Rows of parts, each row on a line: a label, what it says, and more of it; those of a ``letter`` are paragraphs."""

    kind: Literal["points", "steps", "letter"]
    rows: tuple[tuple[Said, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of cells, each of which may hold several texts; ``shares`` of the width that columns take, () where they find their own."""

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[Said, ...], ...], ...]
    shares: tuple[float, ...] = ()
    caption: str = ""


Block: TypeAlias = Heading | Paragraph | List | Table


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole paper. ``language`` is that of its own words; ``facts`` stand under the title, ``basis`` at the end.

    ``beside`` is a second language, whose words stand in a column of their own. A sheet that is ``bare`` is only what was drafted, with its
    sources: its title is not shown.
    """

    title: str
    language: Language
    facts: tuple[str, ...]
    blocks: tuple[Block, ...]
    references: tuple[Reference, ...]
    words: Strings = field(repr=False)
    basis: str = ""
    author: str = ""
    keywords: str = ""
    beside: Language | None = None
    bare: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """What the two columns are headed with; () where there are none."""
        return () if self.beside is None else (NAMES[self.language], NAMES[self.beside])

    def in_columns(self, block: Block) -> bool:
        """Whether a block stands in the two columns."""
        if self.beside is None or isinstance(block, List | Table) or block.wide:
            return False
        return not (isinstance(block, Heading) and block.level == 2)
