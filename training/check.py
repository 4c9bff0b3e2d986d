"""What the lines of a module are worth today: every status is found out again from the stored texts and the check of the kb."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kb import KnowledgeBase
from kb.errors import UnknownDocumentError
from kb.records import Citation, Finding, Verdict
from kb.verify.verdict import status_of as status_of_verdict
from training.records import Line, Module, Rendering
from training.walk import mapped

MOST_CHARS: Final = 600
"""A line that is longer is no single statement, and is not judged as one."""


def checked(kb: KnowledgeBase, module: Module) -> Module:
    """The module with the status of every citation and verdict found out again; nothing is judged anew."""
    texts = _Texts(kb)

    def line(one: Line) -> Line:
        again = replace(one, citations=tuple(map(texts.checked, one.citations)))
        return replace(again, verdict=_today(one.verdict, again.citations), beside=tuple(map(rendering, one.beside)))

    def rendering(one: Rendering) -> Rendering:
        again = replace(one, citations=tuple(map(texts.checked, one.citations)))
        return replace(again, verdict=_today(one.verdict, again.citations))

    return mapped(module, line=line, citation=lambda _id, one: texts.checked(one))


def judged(kb: KnowledgeBase, line: Line) -> Line:
    """A line that is not the papers' own wording, held against its citations as a model's sentence would be."""
    texts = _Texts(kb)
    citations = tuple(map(texts.checked, line.citations))
    return replace(line, citations=citations, verdict=verdict_of(kb, line.text, citations))


def verdict_of(kb: KnowledgeBase, text: str, citations: tuple[Citation, ...]) -> Verdict:
    """What the kb's check says of a text and its citations, which were compared with the stored texts before."""
    if not text.strip() or len(text) > MOST_CHARS:
        return Verdict("unsupported", 0.0, (Finding("scope", text[:40]),))
    return kb.judge(text, citations)


class _Texts:
    """The stored texts, each read once."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._read: dict[tuple[int, int], str | None] = {}

    def checked(self, citation: Citation) -> Citation:
        """The citation, ``verified`` when its quote is what is stored at its place, else ``unsupported``."""
        text = self._text(citation.document_id, citation.version)
        stands = text is not None and bool(citation.quote) and text[citation.start : citation.end] == citation.quote
        return replace(citation, status="verified" if stands else "unsupported")

    def _text(self, document_id: int, version: int) -> str | None:
        key = (document_id, version)
        if key not in self._read:
            try:
                self._read[key] = self._kb.text(document_id, version)
            except UnknownDocumentError:
                self._read[key] = None
        return self._read[key]


def _today(verdict: Verdict | None, citations: tuple[Citation, ...]) -> Verdict | None:
    """A verdict with its status: what it found holds for the quotes as they were, and for nothing where one no longer stands."""
    if verdict is None:
        return None
    stand = bool(citations) and all(citation.status == "verified" for citation in citations)
    return replace(verdict, status=status_of_verdict(verdict.support, verdict.findings) if stand else "unsupported")
