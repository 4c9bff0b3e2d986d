"""The kinds of file that a sheet can become."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from kb.errors import KnowledgeBaseError
from ui.export.blocks import Sheet

Format: TypeAlias = Literal["docx", "pdf", "md", "html"]

FORMATS: Final[dict[Format, str]] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "md": "text/markdown",
    "html": "text/html",
}
"""Name ending → media type."""


class ExportError(KnowledgeBaseError):
    """The file cannot be made on this machine; the message says what is missing and how to get it."""


def export(sheet: Sheet, into: Format) -> bytes:
    """The bytes of the file.

    Raises:
        ExportError: a PDF is wanted and this machine has no font for a script that stands on the sheet.
    """
    # A command that only prints text need not load the library of each kind of file.
    if into == "docx":
        from ui.export.word import docx

        return docx(sheet)
    if into == "pdf":
        from ui.export.pdf import pdf

        return pdf(sheet)
    from ui.export.text_formats import html_page, markdown

    return (markdown(sheet) if into == "md" else html_page(sheet)).encode()
