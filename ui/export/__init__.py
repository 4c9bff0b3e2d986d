"""Taking answers away: a file note for the clipboard, a conversation as Word document, PDF, Markdown or web page.

What stands on the paper is a `Sheet` of `blocks`, in the words of one language; `text_formats`, `word` and `pdf` only set it.
"""

from __future__ import annotations

from ui.export.answer_document import answer_sheet, conversation_sheet, draft_sheet
from ui.export.blocks import Sheet
from ui.export.formats import FORMATS, ExportError, Format, export

__all__ = ["FORMATS", "ExportError", "Format", "Sheet", "answer_sheet", "conversation_sheet", "draft_sheet", "export"]
