"""The formats that Setu reads, as people call them: one list for messages, for pages and for what a file's name promises."""

from __future__ import annotations

from typing import Final

PAPERS: Final = ("PDF", "DOCX", "PPTX", "XLSX", "EPUB", "CSV", "HTML", "Markdown")
_PROGRAMS: Final = {"DOCX": "Word", "PPTX": "PowerPoint", "XLSX": "Excel"}
"""The programs by which people know a format."""
MAILS: Final = ("EML", "MSG")
SCANS: Final = ("JPEG", "PNG", "TIFF", "WebP", "HEIC")
"""Photos and scans."""

PICTURES: Final = frozenset((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif"))
"""How the names of photos and scans end."""

CLAIMS: Final[dict[str, str]] = {
    ".pdf": "PDF", ".docx": "DOCX", ".docm": "DOCX", ".doc": "Word", ".xls": "Excel", ".xlsx": "Excel", ".ppt": "PowerPoint",
    ".pptx": "PowerPoint", ".odt": "OpenDocument", ".rtf": "RTF", ".epub": "EPUB", ".zip": "ZIP", ".eml": "mail", ".msg": "Outlook message",
    **dict.fromkeys(PICTURES, "picture"),
}  # fmt: skip
"""How a name ends, and what it says that the file is."""

_TOLD: Final = tuple(f"{_PROGRAMS[name]} ({name})" if name in _PROGRAMS else name for name in PAPERS)
READABLE: Final = f"{', '.join(_TOLD)}, mail ({', '.join(MAILS)}), ZIP, text, or a photo or scan ({', '.join(SCANS)})"
"""For messages in English; the library's page says the same in its own language."""


def listed(between: str) -> dict[str, str]:
    """The names for a sentence of the page, parted as its language parts them: ``papers``, ``mails`` and ``scans``."""
    return {"papers": between.join(_TOLD), "mails": between.join(MAILS), "scans": between.join(SCANS)}
