"""What a file is, by its bytes (file signatures), and the formats that Setu reads, as people call them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Final, Literal

import regex

from ingest.office.legacy_office import INSTALL, MAGIC, STREAMS, command, needs_password, top_names
from ingest.parse.text import decode
from ingest.records import PAGES, Media

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


HEAD = 65_536
"""How many of the first bytes ``sniff`` is given."""

_HTML_START = regex.compile(r"^(?:\ufeff|\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body|title|meta)\b", regex.I | regex.S)
_HTML_FRAGMENT = regex.compile(
    r"^(?:\ufeff|\s|<!--.*?-->)*<(?:article|section|main|div|p|h[1-6]|table|ul|ol|span|center)\b[^>]*>", regex.I | regex.S
)
_HTML_NAMES = frozenset({".html", ".htm", ".xhtml"})
_TEXTS: dict[str, Media] = {
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mkd": "markdown", ".csv": "csv", ".tsv": "csv", ".tab": "csv",
}  # fmt: skip
"""Formats that are plain text: how a name ends that tells them."""
_DOCX = "Save it as DOCX or PDF."
_HEADER = regex.compile(r"[A-Za-z][A-Za-z0-9-]{1,40}:(?:[ \t]|$)")
_MAIL_HEADER = regex.compile(r"^(?:message-id|received|return-path|mime-version|delivered-to|x-mailer|dkim-signature):", regex.I | regex.M)
_SENDER = regex.compile(r"^from:", regex.I | regex.M)
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%!PS", "PostScript", "Convert it to PDF."),
    (b"GIF8", "GIF image", "Make a PDF of the scanned pages."),
    (b"Rar!", "RAR archive", "Unpack it first."),
    (b"7z\xbc\xaf", "7-Zip archive", "Unpack it first."),
    (b"\x1f\x8b", "gzip archive", "Unpack it first."),
    (b"SQLite format 3", "SQLite database", "Save what you need as DOCX or PDF."),
    (b"\x7fELF", "program", "Name a document."),
    (b"MZ", "program", "Name a document."),
)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
_PACKAGES: tuple[tuple[str, str, Media], ...] = (
    ("word/", "document.xml", "docx"),
    ("ppt/", "presentation.xml", "pptx"),
    ("xl/", "workbook.xml", "xlsx"),
)
_PACKAGE_NAMES = frozenset({".docx", ".docm", ".pptx", ".pptm", ".xlsx", ".xlsm", ".epub"})
_BOOK = "META-INF/container.xml"
_OTHER_PACKAGES = (
    ("AndroidManifest.xml", "program", "Name a document."),
    ("META-INF/MANIFEST.MF", "program", "Name a document."),
)
_PRIVATE_KEY = regex.compile(
    rb"^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[ \t]*\r?\n(?:[A-Za-z-]+:.*\r?\n)*\s*[A-Za-z0-9+/=]{16}"
    rb"|^PuTTY-User-Key-File-",
    regex.M,
)
_ENCRYPTED = "EncryptedPackage"
_MESSAGE = ("__properties_version1.0", "__substg1.0_")
"""The stream at the top of an Outlook message, and what its others begin with."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``media`` when we read it, else None, with ``what`` the file is and the ``remedy``; ``zip`` is an archive of files."""

    media: Media | Literal["zip"] | None
    what: str = ""
    remedy: str = ""
    encrypted: bool = False
    secret: bool = False
    """Whether it holds a private key."""


def sniff(name: str, head: bytes, opened: Callable[[], IO[bytes]]) -> Verdict:
    """Tell what a file is from its first ``HEAD`` bytes, and from the table of contents of a ZIP or OLE container.

    Args:
        name: Its name, which decides between kinds of text.
        head: Its beginning.
        opened: Opens it for a closer look; seekable.

    Raises:
        OSError: the file cannot be read.
    """
    if b"\x00" not in head and _PRIVATE_KEY.search(head):
        return Verdict(None, "private key", secret=True)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return Verdict("image") if name.lower().endswith(PAGES) else _zip(PurePath(name).suffix.lower(), opened)
    if head.startswith(MAGIC):
        return _ole(opened)
    if head.startswith(_PICTURES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP") or (head[4:8] == b"ftyp" and head[8:12] in _HEIC):
        return Verdict("image")
    if head.startswith(b"{\\rtf"):
        return _by_libreoffice("RTF", "DOCX")
    for magic, what, remedy in _SIGNATURES:
        if head.startswith(magic) and (magic != b"MZ" or b"\x00" in head):
            return Verdict(None, what, remedy)
    suffix = PurePath(name).suffix.lower()
    # A mail may carry a PDF's first bytes in its text; a PDF never begins with a header line.
    if (suffix == ".eml" or _HEADER.match(head[:64].decode("latin-1"))) and _is_mail(head, suffix):
        return Verdict("mail")
    # PDF readers accept junk before the header, within the first 1024 bytes (ISO 32000-1, Annex H.3, note 13).
    if b"%PDF-" in head[:1024] and head.lstrip()[:1] != b"<":
        return Verdict("pdf")
    return _text(suffix, head)


def _is_mail(head: bytes, suffix: str) -> bool:
    """Whether the first lines are mail headers (RFC 5322); a memo in plain text that begins "From: …" has none that programs write."""
    start = head.lstrip(b"\xef\xbb\xbf \r\n").decode("latin-1")
    if start.startswith("From ") and "\n" in start:
        start = start.split("\n", 1)[1]
    lines = regex.split(r"\r?\n[ \t]*\r?\n", start, maxsplit=1)[0]
    if not _HEADER.match(lines) or _is_web_archive(lines):
        return False
    return bool(_SENDER.search(lines) and (suffix == ".eml" or _MAIL_HEADER.search(lines)))


def _is_web_archive(headers: str) -> bool:
    return "multipart/related" in headers.lower() and bool(
        regex.search(r"^(?:snapshot-content-location|from: <saved by)", headers, regex.I | regex.M)
    )


def _text(suffix: str, head: bytes) -> Verdict:
    decoded = decode(_whole_characters(head) if len(head) == HEAD else head)
    if decoded is None:
        return Verdict(None, "unknown", "Save the document as PDF, DOCX, HTML or UTF-8 text.")
    text = decoded.text
    if regex.search(r"^MIME-Version:", text[:4096], regex.I | regex.M) and "multipart/related" in text[:4096].lower():
        return Verdict(None, "web archive (MHTML)", "Save the page as HTML or print it to PDF.")
    if _HTML_START.match(text):
        return Verdict("html")
    if suffix in _TEXTS:
        return Verdict(_TEXTS[suffix])
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


def _zip(suffix: str, opened: Callable[[], IO[bytes]]) -> Verdict:
    try:
        with opened() as stream, zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:80] if "mimetype" in names and archive.getinfo("mimetype").file_size < 200 else b""
    except (zipfile.BadZipFile, NotImplementedError, ValueError, RuntimeError, zlib.error, EOFError):
        return Verdict(None, "damaged ZIP", "Copy or download it again.")
    if "xl/workbook.bin" in names:
        return _by_libreoffice("binary Excel workbook", "XLSX")
    if kind.startswith(b"application/epub+zip") or (_BOOK in names and not kind.strip()):
        return Verdict("epub")
    if "content.xml" in names and kind.startswith(b"application/vnd.oasis"):
        return _by_libreoffice("OpenDocument", "DOCX, XLSX, PPTX or PDF")
    for mark, what, remedy in _OTHER_PACKAGES:
        if mark in names:
            return Verdict(None, what, remedy)
    for folder, main, media in _PACKAGES:
        if folder + main in names or ("[Content_Types].xml" in names and any(name.startswith(folder) for name in names)):
            return Verdict(media)
    return Verdict(None, "damaged ZIP", "Copy or download it again.") if suffix in _PACKAGE_NAMES else Verdict("zip")


def _ole(opened: Callable[[], IO[bytes]]) -> Verdict:
    """Tell an OLE container by the streams at its top: what is attached to a message, or put into a document, has streams of its own."""
    with opened() as stream:
        names = top_names(stream, (_ENCRYPTED, *_MESSAGE, *(name for name, _, _ in STREAMS)))
        if needs_password(stream) in {"WordDocument", "PowerPoint Document"}:
            return Verdict(None, "encrypted Office document", encrypted=True)
    if _ENCRYPTED in names:
        return Verdict(None, "encrypted Office document", encrypted=True)
    if any(name in names for name in _MESSAGE):
        return Verdict("outlook")
    what, as_ = next(((what, into.upper()) for name, what, into in STREAMS if name in names), ("", ""))
    return _by_libreoffice(what, as_) if what else Verdict(None, "Office 97-2003", _DOCX)


def _by_libreoffice(what: str, as_: str) -> Verdict:
    """A file that LibreOffice opens, where it is installed."""
    if command() is not None:
        return Verdict("office")
    return Verdict(None, what, f"Save it as {as_}, or install LibreOffice, which opens it ({INSTALL}).")
