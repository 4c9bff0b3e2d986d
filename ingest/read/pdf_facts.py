"""What a PDF says about itself, read with pypdf: title, author, printed page labels."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass

import regex
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ingest.records import Hints

_UNREADABLE = (PyPdfError, ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)
"""What pypdf (7.1) raises on objects that are not what the standard says; PDFium often still reads such a file."""

_FILLER = regex.compile(
    r"\(?(?:untitled|anonymous|unspecified|unknown|author|user|python-docx)\)?|microsoft \w+ - .*|.*\.(?:docx?|pdf|odt|indd|html?)", regex.I
)


@dataclass(frozen=True, slots=True)
class Declared:
    """``labels`` has one printed label a page, or is empty when the file gives none or they cannot be read."""

    hints: Hints
    labels: tuple[str, ...]


def declared(data: bytes) -> Declared:
    """Facts a PDF declares, as far as they can be read.

    The creation date is left out: it is the day of the export, not the day the document speaks from.
    """
    # It logs every flaw that it works around; what matters of them shows in the text.
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        with PdfReader(io.BytesIO(data), strict=False) as reader:
            if reader.is_encrypted and not reader.decrypt(""):
                return Declared(Hints(), ())
            return Declared(_hints(reader), _labels(reader))
    except _UNREADABLE:
        return Declared(Hints(), ())


def _hints(reader: PdfReader) -> Hints:
    try:
        facts = reader.metadata
        title, author = (facts.title, facts.author) if facts else (None, None)
        language = reader.root_object.get("/Lang")
    except _UNREADABLE:
        return Hints()
    return Hints(title=_clean(title), publisher=_clean(author), language=_clean(language))


def _labels(reader: PdfReader) -> tuple[str, ...]:
    try:
        return tuple(reader.page_labels)
    except _UNREADABLE:
        return ()


def _clean(value: object) -> str | None:
    """One line of text; None for what programs write when nobody has filled the field in."""
    text = " ".join(str(value).replace("\x00", "").split()) if value is not None else ""
    return None if not text or _FILLER.fullmatch(text) else text
