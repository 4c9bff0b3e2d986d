"""The kinds of file that a sheet can become."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from ui.export.sheet import Sheet

Format: TypeAlias = Literal["docx", "pdf", "md", "html"]

FORMATS: Final[dict[Format, str]] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "md": "text/markdown",
    "html": "text/html",
}
"""Name ending → media type."""


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
    if into == "md":
        from ui.export.markdown import markdown

        return markdown(sheet).encode()
    from ui.export.web import page

    return page(sheet).encode()
