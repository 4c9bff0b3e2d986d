"""What a file is, by its bytes."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import regex

from ingest.read.encoding import decode

HEAD = 65_536
"""How many of the first bytes ``sniff`` is given."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_HTML_START = regex.compile(r"^(?:\ufeff|\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body|title|meta)\b", regex.I | regex.S)
_HTML_FRAGMENT = regex.compile(
    r"^(?:\ufeff|\s|<!--.*?-->)*<(?:article|section|main|div|p|h[1-6]|table|ul|ol|span|center)\b[^>]*>", regex.I | regex.S
)
_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_HTML_NAMES = frozenset({".html", ".htm", ".xhtml"})
_DOCX = "Save it as DOCX or PDF."
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"{\\rtf", "RTF", _DOCX),
    (b"%!PS", "PostScript", "Convert it to PDF."),
    (b"\x89PNG", "PNG image", "Make a PDF of the scanned pages."),
    (b"\xff\xd8\xff", "JPEG image", "Make a PDF of the scanned pages."),
    (b"II*\x00", "TIFF image", "Make a PDF of the scanned pages."),
    (b"MM\x00*", "TIFF image", "Make a PDF of the scanned pages."),
    (b"GIF8", "GIF image", "Make a PDF of the scanned pages."),
    (b"Rar!", "RAR archive", "Unpack it first."),
    (b"7z\xbc\xaf", "7-Zip archive", "Unpack it first."),
    (b"\x1f\x8b", "gzip archive", "Unpack it first."),
    (b"SQLite format 3", "SQLite database", "Save what you need as DOCX or PDF."),
    (b"\x7fELF", "program", "Name a document."),
    (b"MZ", "program", "Name a document."),
)
_PACKAGES = (
    ("xl/", "Excel workbook"),
    ("ppt/", "PowerPoint presentation"),
    ("META-INF/container.xml", "EPUB"),
    ("content.xml", "OpenDocument"),
)
_ENCRYPTED = "EncryptedPackage"
_LEGACY = (("WordDocument", "Word 97-2003"), ("Workbook", "Excel 97-2003"), ("PowerPoint Document", "PowerPoint 97-2003"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """``media`` when we read it, else None, with ``what`` the file is and the ``remedy``."""

    media: Literal["pdf", "html", "docx", "text", "markdown"] | None
    what: str = ""
    remedy: str = ""
    encrypted: bool = False


def sniff(file: Path, head: bytes) -> Verdict:
    """Tell what ``file`` is from its first ``HEAD`` bytes, and from the table of contents of a ZIP or OLE container.

    Raises:
        OSError: the file cannot be read.
    """
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip(file)
    if head.startswith(_OLE):
        return _ole(file)
    for magic, what, remedy in _SIGNATURES:
        if head.startswith(magic) and (magic != b"MZ" or b"\x00" in head):
            return Verdict(None, what, remedy)
    # PDF readers accept junk before the header, within the first 1024 bytes (ISO 32000-1, Annex H.3, note 13).
    if b"%PDF-" in head[:1024] and head.lstrip()[:1] != b"<":
        return Verdict("pdf")
    return _text(file, head)


def _text(file: Path, head: bytes) -> Verdict:
    suffix = file.suffix.lower()
    decoded = decode(_whole_characters(head) if len(head) == HEAD else head)
    if decoded is None:
        return Verdict(None, "unknown", "Save the document as PDF, DOCX, HTML or UTF-8 text.")
    text = decoded.text
    if regex.search(r"^MIME-Version:", text[:4096], regex.I | regex.M) and "multipart/related" in text[:4096].lower():
        return Verdict(None, "web archive (MHTML)", "Save the page as HTML or print it to PDF.")
    if _HTML_START.match(text):
        return Verdict("html")
    if suffix in _MARKDOWN:
        return Verdict("markdown")
    if _HTML_FRAGMENT.match(text) or (suffix in _HTML_NAMES and regex.search(r"<(?:p|div|table|h[1-6]|br|li)\b", text, regex.I)):
        return Verdict("html")
    return Verdict("text")


def _whole_characters(head: bytes) -> bytes:
    """Cut at the last line break, so that no multi-byte character is halved."""
    for newline in (b"\n\x00", b"\x00\n", b"\n"):
        at = head.rfind(newline)
        if at > len(head) // 2 and (newline == b"\n" or b"\x00" in head[:64]):
            return head[: at + len(newline)] if (at % 2 == 0 or newline == b"\n") else head[:at]
    return head[: len(head) - len(head) % 4]


def _zip(file: Path) -> Verdict:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return Verdict(None, "damaged ZIP", "Copy or download it again.")
    if any(name.startswith("word/") for name in names):
        return Verdict("docx")
    for mark, what in _PACKAGES:
        if any(name.startswith(mark) for name in names):
            return Verdict(None, what, _DOCX)
    return Verdict(None, "ZIP archive", "Unpack it first.")


def _ole(file: Path) -> Verdict:
    """Name the stream that tells an OLE container's kind; its directory may lie anywhere in the file."""
    found: set[str] = set()
    tail = b""
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            window = tail + block
            found |= {name for name in (_ENCRYPTED, *dict(_LEGACY)) if name.encode("utf-16-le") in window}
            tail = window[-64:]
    if _ENCRYPTED in found:
        return Verdict(None, "encrypted Office document", encrypted=True)
    what = next((label for name, label in _LEGACY if name in found), "Office 97-2003")
    return Verdict(None, what, _DOCX)
