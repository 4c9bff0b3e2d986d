"""Taking answers away: a file note for the clipboard, a conversation as Word document, PDF, Markdown or web page.

`sheet` says what stands on the paper, in the words of one language; `note`, `page`, `word` and `pdf` only set it.
"""

from __future__ import annotations

from ui.export.errors import ExportError
from ui.export.formats import FORMATS, Format, export
from ui.export.sheet import Sheet, answer_sheet, conversation_sheet, draft_sheet

__all__ = ["FORMATS", "ExportError", "Format", "Sheet", "answer_sheet", "conversation_sheet", "draft_sheet", "export"]
