"""A span of a hit as a citation, checked: does the quote stand where it is said to stand, and is what is cited still in force."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Protocol

from kb.errors import UnknownDocumentError
from kb.records import Citation, Hit, Place, Statement, Status, Superseding


def check_quote(quote: str, text: str, start: int, end: int) -> Status:
    """Compare a quote with the document it is taken from.

    Args:
        quote: what the citation shows.
        text: the whole text of the cited document version.
        start: first code point of the cited span in ``text``.
        end: one past its last code point.

    Returns:
        ``verified`` when ``text[start:end]`` is the quote, character by character; ``partial`` when the quote stands elsewhere in
        the text, or differs only in compatibility forms (NFKC) and white space; ``unsupported`` otherwise, and for an empty quote.
    """
    if not quote.strip():
        return "unsupported"
    if 0 <= start < end <= len(text) and text[start:end] == quote:
        return "verified"
    return "partial" if fold(quote) in fold(text) else "unsupported"


def fold(text: str) -> str:
    """The form in which quotes are compared: NFKC, every run of white space one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


class Placed(Protocol):
    """``[start, end)`` of a document."""

    @property
    def document_id(self) -> int:
        """The document."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


class Stored(Protocol):
    """What is asked of stored documents, by document and version: their text, where an offset stands, the words of a span in doubt."""

    @property
    def text(self) -> Callable[[int, int], str]: ...  # noqa: D102

    @property
    def place(self) -> Callable[[int, int, int], Place]: ...  # noqa: D102

    @property
    def doubtful(self) -> Callable[[int, int, int, int], tuple[tuple[int, int], ...]]: ...  # noqa: D102


def cite_span(hit: Hit, start: int, end: int, ports: Stored, at: int | None = None) -> Citation | None:
    """The citation of ``[start, end)`` of a hit's document.

    Its page and clause are those of the offset ``at``, where that is given: of the sentence in it that answers.
    None where the document was deleted by another process since the search: there is nothing left to cite.
    """
    try:
        text = ports.text(hit.document_id, hit.version)
        place = ports.place(hit.document_id, hit.version, start if at is None else at)
        doubtful = ports.doubtful(hit.document_id, hit.version, start, end)
    except UnknownDocumentError:
        return None
    quote = hit.text[start - hit.start : end - hit.start] if hit.start <= start and end <= hit.end else text[start:end]
    return Citation(
        document_id=hit.document_id,
        document=hit.document,
        source=hit.source,
        version=hit.version,
        kind=hit.kind,
        date=hit.date,
        page=place.page,
        page_label=place.page_label,
        path=place.path,
        start=start,
        end=end,
        language=hit.language,
        quote=quote,
        status=check_quote(quote, text, start, end),
        variants=hit.variants,
        ocr=place.ocr,
        doubtful=doubtful,
    )


def overlap(one: Placed, other: Placed) -> bool:
    """Whether two spans of documents share a character."""
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def inside(one: Placed, other: Placed) -> bool:
    """Whether one span of a document lies within another."""
    return one.document_id == other.document_id and other.start <= one.start and one.end <= other.end


def in_force(statements: Sequence[Statement], replaced: Callable[[int], Superseding | None]) -> list[Statement]:
    """The statements, each citation with the paper that ``replaced(document_id)`` names.

    News are not asked for, nothing replaces them.
    """
    ask = cache(replaced)

    def told(citation: Citation) -> Citation:
        by = ask(citation.document_id) if citation.kind != "news" else None
        return replace(citation, superseded_by=by) if by is not None else citation

    return [replace(s, citations=tuple(map(told, s.citations))) for s in statements]
