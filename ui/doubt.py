"""What is said of words that were read from a picture and may be misread: of a quote, of a page, and of a paper that was just taken in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kb.ingested import BadlyRead
from kb.records import Citation
from lang.codes import LANGUAGES
from ui.i18n import Strings, strings
from ui.markup import Span


def doubted(cited: Citation) -> str:
    """The words of a quote that may be misread, each once, between quotation marks."""
    return " · ".join(dict.fromkeys(f"“{cited.quote[start:end]}”" for start, end in cited.doubtful))


def doubtful_shape(text: str, spans: Iterable[Span]) -> list[dict[str, Any]]:
    """The words at these spans of a text as JSON."""
    return [{"start": start, "end": end, "text": text[start:end]} for start, end in spans]


def badly_read_words(one: BadlyRead, words: Strings) -> str:
    """Which pages of a paper were badly read, how many of its words may be misread, and what to do."""
    pages = words.count("doubt.badly_read", len(one.pages), pages=", ".join(one.pages))
    doubtful = words.count("doubt.many", one.doubtful) if one.doubtful else ""
    return " ".join(part for part in (pages, doubtful, words("doubt.better")) if part)


def badly_read_shape(one: BadlyRead) -> dict[str, Any]:
    """The same as JSON, with what to do in each of the four languages."""
    advice = {language: badly_read_words(one, strings(language)) for language in LANGUAGES}
    return {"file": one.file, "pages": list(one.pages), "doubtful": one.doubtful, "advice": advice}
