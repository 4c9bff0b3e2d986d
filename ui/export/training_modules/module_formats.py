"""The kinds of file that a training module can become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, TypeAlias

import regex

from kb import KnowledgeBase
from lang.languages import Language
from training.freshness import checked
from training.records import Module
from ui.components.i18n import Strings
from ui.export.blocks import Sheet
from ui.export.formats import ExportError, export
from ui.export.training_modules.module_blocks import module_sheet
from ui.export.training_modules.module_content import kept

ModuleFormat: TypeAlias = Literal["pptx", "docx", "pdf", "md", "gift", "moodle", "anki", "csv"]


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file's name ends in, and its media type. ``quiz`` where it holds the questions alone, ``paper`` where columns may stand."""

    ending: str
    mime: str
    quiz: bool = False
    paper: bool = False


MODULE_FORMATS: Final[dict[ModuleFormat, FileKind]] = {
    "pptx": FileKind("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "docx": FileKind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", paper=True),
    "pdf": FileKind("pdf", "application/pdf", paper=True),
    "md": FileKind("md", "text/markdown"),
    "gift": FileKind("gift.txt", "text/plain", quiz=True),
    "moodle": FileKind("xml", "application/xml", quiz=True),
    "anki": FileKind("apkg", "application/apkg"),
    "csv": FileKind("csv", "text/csv"),
}
"""Format → what kind of file it is."""

Contents: TypeAlias = Literal["module", "handout", "pre", "post", "attendance", "feedback", "pack"]
"""What of a module a file holds: all of it, the handout, one of two tests, a form, or a source pack."""
CONTENTS: Final[dict[Contents, tuple[ModuleFormat, ...]]] = {
    "module": tuple(MODULE_FORMATS),
    "handout": ("docx", "pdf", "md"),
    "pre": ("docx", "pdf", "md", "gift", "moodle"),
    "post": ("docx", "pdf", "md", "gift", "moodle"),
    "attendance": ("docx", "pdf"),
    "feedback": ("docx", "pdf"),
    "pack": ("docx", "pdf", "md"),
}
"""Contents → the kinds of file that they can be."""

_NAME: Final = 60
"""Characters of a title in the name of a file."""


def export_module(
    kb: KnowledgeBase,
    module: Module,
    into: ModuleFormat,
    words: Strings,
    *,
    today: date,
    address: str,
    beside: Language | None = None,
    contents: Contents = "module",
    seed: int = 0,
    template: Path | None = None,
    logo: Path | None = None,
) -> bytes:
    """The bytes of a file; every status is found out again from the stored texts, and what a person dropped is left out.

    Args:
        kb: where the texts lie.
        module: what is to be written.
        into: the kind of file.
        words: in which language the file speaks around the module's own lines; best that of the module.
        today: the date of the comparison.
        address: under which the chat is reached, for the links.
        beside: a language of the module that stands in a second column, of the kinds that are ``paper``.
        contents: what of the module is written.
        seed: of the two tests, which questions are put otherwise and in which order; the same gives the same.
        template: a PowerPoint template for the slides; None takes the office's, or Setu's own look where it has none.
        logo: a PNG or JPEG on the slides; None takes the office's.

    Raises:
        ExportError: there are no questions for a quiz, the module has not the other language or the contents are no such file, a PDF lacks
            a font, or no slides can be made with the template or the logo.
    """
    module = kept(checked(kb, module))
    _possible(module, into, beside, contents, drawn=template is not None or logo is not None)
    if contents in ("pre", "post"):
        from ui.export.training_modules.part_sheets import as_test

        module = as_test(module, contents, words, seed)
    # A command that only shows a module need not load the library of each kind of file.
    if into == "pptx":
        from ui.export.training_modules.deck.office_files import logo_of, look_of, template_of
        from ui.export.training_modules.slides import pptx

        look = look_of(template or template_of(kb.settings), logo or logo_of(kb.settings))
        return pptx(kb, module, words, today=today, address=address, look=look)
    if into in ("docx", "pdf", "md"):
        return export(_sheet(kb, module, contents, words, today, address, beside), into)
    if into == "gift":
        from ui.export.training_modules.quiz_formats import gift

        return gift(kb, module, words, today=today, address=address).encode()
    if into == "moodle":
        from ui.export.training_modules.quiz_formats import moodle

        return moodle(kb, module, words, address=address)
    if into == "anki":
        from ui.export.training_modules.anki import deck

        return deck(kb, module, words, address=address)
    from ui.export.spreadsheets import module_table

    return module_table(module, address)


def _possible(module: Module, into: ModuleFormat, beside: Language | None, contents: Contents, *, drawn: bool) -> None:
    """Refuse what no file can be."""
    kind = MODULE_FORMATS[into]
    if into not in CONTENTS[contents]:
        raise ExportError(f"There is no {into} of this ({contents}). Choose one of: {', '.join(CONTENTS[contents])}.")
    if (kind.quiz or contents in ("pre", "post")) and not module.quiz:
        raise ExportError("This module has no questions, so there is no quiz to write. Make its quiz again, or choose another file.")
    if contents == "handout" and not module.handout:
        raise ExportError("This module has no handout. Make it again, or choose another file.")
    if drawn and into != "pptx":
        raise ExportError(f"A template and a logo are for slides alone, and {into} has none. Choose pptx, or leave them out.")
    if beside is not None and (not kind.paper or contents not in ("module", "handout")):
        papers = ", ".join(name for name, each in MODULE_FORMATS.items() if each.paper)
        raise ExportError(f"Two languages cannot stand in columns in {into} of this ({contents}). Choose one of: {papers or 'none'}.")
    if beside is not None and (beside == module.language or beside not in module.request.languages):
        others = ", ".join(one for one in module.request.languages if one != module.language)
        raise ExportError(f"The module has no {beside} beside its {module.language}. It has: {others or 'no other language'}.")


def _sheet(
    kb: KnowledgeBase, module: Module, contents: Contents, words: Strings, today: date, address: str, beside: Language | None
) -> Sheet:
    if contents == "module":
        return module_sheet(kb, module, words, today=today, address=address, beside=beside)
    if contents in ("attendance", "feedback"):
        from ui.export.training_modules.forms import attendance_sheet, feedback_sheet

        return attendance_sheet(module, words) if contents == "attendance" else feedback_sheet(module, words)
    from ui.export.training_modules.part_sheets import handout_sheet, sheet_of_test, source_pack

    if contents == "handout":
        return handout_sheet(kb, module, words, today=today, address=address, beside=beside)
    if contents == "pack":
        return source_pack(kb, module, words, today=today, address=address)
    return sheet_of_test(kb, module, words, address=address)


def file_name(module: Module, into: ModuleFormat, beside: Language | None = None, contents: Contents = "module") -> str:
    """A name that says what is in the file: title, what of the module, language and what it ends in."""
    title = regex.sub(r"[^\p{L}\p{M}\p{N}]+", "-", module.title)[:_NAME].strip("-") or "module"
    parts = [title, "" if contents == "module" else contents, module.language, beside]
    return f"setu-{'-'.join(filter(None, parts))}.{MODULE_FORMATS[into].ending}"
