"""A span of a document as a citation."""

from __future__ import annotations

from typing import cast

from kb import KnowledgeBase
from kb.records import Citation, DocumentInfo
from lang.codes import Language


def cite(kb: KnowledgeBase, info: DocumentInfo, start: int, end: int, language: str | None = None) -> Citation:
    """What stands at ``[start, end)`` of a document's version in force, with page and path.

    Raises:
        UnknownDocumentError: there is no such document.
    """
    place = kb.place(info.id, info.version, start)
    quote = kb.text(info.id, info.version)[start:end]
    spoken = cast(Language, language or info.language)
    return Citation(
        info.id, info.title, info.source, info.version, info.kind, info.date, place.page, place.page_label, place.path, start, end,
        spoken if spoken != "und" else info.language, quote, "verified", ocr=place.ocr,
        doubtful=kb.doubtful(info.id, info.version, start, end),
    )  # fmt: skip
