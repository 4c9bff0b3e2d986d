"""Word files made for a test, and what is read of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
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


_NAMESPACES = " ".join(
    f'xmlns:{prefix}="http://schemas.openxmlformats.org/{name}"'
    for prefix, name in (
        ("w", "wordprocessingml/2006/main"),
        ("m", "officeDocument/2006/math"),
        ("mc", "markup-compatibility/2006"),
        ("wp", "drawingml/2006/wordprocessingDrawing"),
        ("a", "drawingml/2006/main"),
        ("c", "drawingml/2006/chart"),
        ("r", "officeDocument/2006/relationships"),
    )
)


def elements(xml: str) -> list[Any]:
    """Elements of a body, with the prefixes that Word uses."""
    return list(parse_xml(f'<w:body {_NAMESPACES} xmlns:v="urn:schemas-microsoft-com:vml">{xml}</w:body>'))


def append_all(document: Any, xml: str) -> None:
    body = document.element.body
    for element in elements(xml):
        body.insert(len(body) - 1, element)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def numbered(levels: list[tuple[str, str]]) -> Any:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    written = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (style, text) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{written}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    return document


def item(document: Any, level: int, text: str) -> None:
    numbers = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr></w:pPr>'
    append(document, f"<w:p>{numbers}<w:r><w:t>{text}</w:t></w:r></w:p>")


def rezipped(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return stream.getvalue()
