"""Word files made for a test, and what is read of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.office.docx import read_docx
from ingest.records import Limits, RawDocument, Source

LIMITS = Limits()


def source(data: bytes) -> Source:
    return Source("/papers/agreement.docx", "0" * 64, "docx", len(data))


def saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def read(document: Any, limits: Limits = LIMITS) -> RawDocument:
    data = document if isinstance(document, bytes) else saved(document)
    return read_docx(data, source(data), limits)


def blocks(document: Any) -> list[tuple[str, int, str]]:
    return [(block.role, block.level, block.text) for page in read(document).pages for block in page.blocks]


def texts(document: Any) -> list[str]:
    return [text for _, _, text in blocks(document)]


def append(document: Any, xml: str) -> None:
    body = document.element.body
    body.insert(len(body) - 1, parse_xml(xml.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)))


def rezipped(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return stream.getvalue()
