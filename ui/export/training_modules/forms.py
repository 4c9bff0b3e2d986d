"""Forms for a training: who was there, and what they thought of it. In every language of the module, a page for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lang.languages import Language
from training.programme import days_of
from training.records import Module
from ui.components.i18n import Strings, strings
from ui.export.blocks import Block, Heading, Paragraph, Said, Sheet, Table

PLACES: Final = 25
"""Rows of an attendance list."""
SCALE: Final = ("1", "2", "3", "4", "5")
RATED: Final = ("content", "pace", "material", "use")
OPEN: Final = ("best", "missing", "next")
LINES: Final = 2
"""Empty lines for an answer in one's own words."""
_LINE: Final = "_" * 72
_BLANK: Final = "_" * 24


def attendance_sheet(module: Module, words: Strings) -> Sheet:
    """A list to be signed, with a place for a signature on each day of the programme."""
    blocks = [block for language in module.request.languages for block in _attendance(module, strings(language), language)]
    return _sheet(module, "attendance", blocks, words)


def feedback_sheet(module: Module, words: Strings) -> Sheet:
    """A form without names, on which the module's objectives are the lines to be rated."""
    blocks = [block for language in module.request.languages for block in _feedback(module, strings(language), language)]
    return _sheet(module, "feedback", blocks, words)


def _sheet(module: Module, what: str, blocks: list[Block], words: Strings) -> Sheet:
    title = f"{words(f'module.contents.{what}')}: {module.title}"
    return Sheet(title, module.language, (), tuple(blocks), (), words)


def _head(module: Module, words: Strings, language: Language, what: str) -> Iterator[Block]:
    if language != module.language:  # the title of the sheet is that of the first form
        yield Heading(2, Said(f"{words(f'module.contents.{what}')}: {module.title}", language), new_page=True)
    filled = " · ".join(f"{words(f'module.{name}')}: {_BLANK}" for name in ("place", "date"))
    yield Paragraph("text", Said(filled, language))
    yield Paragraph("text", Said(f"{words('module.trainer')}: {_BLANK}", language))


def _attendance(module: Module, words: Strings, language: Language) -> Iterator[Block]:
    yield from _head(module, words, language, "attendance")
    days = days_of(module.request.length)
    signed = [words("module.signature")] if days == 1 else [words("module.signature_day", n=day) for day in range(1, days + 1)]
    head = (words("module.number"), words("module.person"), words("module.office"), *signed)
    left = (0.07, 0.3, 0.28) if days == 1 else (0.07, 0.24, 0.21)
    shares = (*left, *((1 - sum(left)) / days for _ in range(days)))
    rows = tuple(((Said(str(at)),), *(() for _ in head[1:])) for at in range(1, PLACES + 1))
    yield Table(head, rows, shares)
    yield Paragraph("small", Said(words("module.attendance_use"), language))


def _feedback(module: Module, words: Strings, language: Language) -> Iterator[Block]:
    yield from _head(module, words, language, "feedback")
    yield Paragraph("small", Said(words("module.anonymous"), language))
    objectives = [line for line in module.objectives if not line.dropped]
    if objectives:
        yield Heading(2, Said(words("module.can_now"), language))
        yield Paragraph("small", Said(words("module.scale"), language))
        said = [line.in_language(language) or line for line in objectives]
        yield _rated(words("module.objective"), [Said(one.text, one.language) for one in said])
    yield Heading(2, Said(words("module.was"), language))
    yield _rated(words("module.statement"), [Said(words(f"module.rated.{name}"), language) for name in RATED])
    for name in OPEN:
        yield Heading(2, Said(words(f"module.open.{name}"), language))
        yield from (Paragraph("text", Said(_LINE, language)) for _ in range(LINES))


def _rated(head: str, lines: list[Said]) -> Table:
    shares = (0.6, *(0.08 for _ in SCALE))
    return Table((head, *SCALE), tuple(((line,), *((Said("☐"),) for _ in SCALE)) for line in lines), shares)
