"""Taking answers away: a file note for the clipboard, a conversation as Word document, PDF, Markdown or web page.

`answer_document` says what stands on the paper, in the words of one language; `text_formats`, `word` and `pdf` only set it.
"""

from __future__ import annotations

from ui.export.answer_document import FORMATS, ExportError, Format, Sheet, answer_sheet, conversation_sheet, draft_sheet, export

__all__ = ["FORMATS", "ExportError", "Format", "Sheet", "answer_sheet", "conversation_sheet", "draft_sheet", "export"]
