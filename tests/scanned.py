"""A paper as it is after OCR read it: its text, and of each word how likely it is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from ingest.document.build import build_document
from ingest.ocr.word_boxes import WordBox, pack
from ingest.records import Document, Kind, RawBlock, RawDocument, RawPage, Source


def scanned(text: str, doubtful: Collection[str], kind: Kind | None = None, quality: float = 0.9, name: str = "scan.pdf") -> Document:
    """One page with a block for each line of a text; the words ``doubtful``, as white space parts them, are likely misread."""
    lines = text.strip().split("\n")
    words = [
        WordBox(word, 0.1, at / len(lines), 0.2, (at + 1) / len(lines), 0.9 if word in doubtful else 0.05)
        for at, line in enumerate(lines)
        for word in line.split()
    ]
    page = RawPage(1, "1", tuple(RawBlock(line) for line in lines if line), "ocr", quality, "", pack(words))
    data = text.encode()
    return build_document(RawDocument(Source(f"/papers/{name}", hashlib.sha256(data).hexdigest(), "pdf", len(data)), (page,)), kind=kind)
