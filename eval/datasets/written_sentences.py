"""Sentences that somebody wrote who read papers as a language model would, with their quotes, and variants that these do not bear out.

A line of a file is one: ``id, language, across`` (whether its quotes are in other languages), ``document``, ``quotes``, ``text``, and
``false``, its variants by kind; it may have ``path``, the headings above the quotes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kb.records import Citation
from lang.languages import Language, detect

TRUE: Final = "true"


@dataclass(frozen=True, slots=True)
class Reply:
    """A sentence with its quotes; ``kind`` is ``true``, or what is wrong with it."""

    id: str
    language: Language
    across: bool
    document: str
    quotes: tuple[str, ...]
    text: str
    kind: str
    path: tuple[str, ...] = ()

    def citations(self) -> tuple[Citation, ...]:
        """Its quotes as verified citations of the document."""
        return tuple(verified_citation(quote, self.document, self.path) for quote in self.quotes)


def replies(file: Path) -> Iterator[Reply]:
    """The sentences of a file, the true one before its variants.

    Raises:
        ValueError: a line is none of such a file.
    """
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row: dict[str, Any] = json.loads(line)
            false = [(kind, text) for kind, texts in row["false"].items() for text in texts]
            for kind, text in ((TRUE, row["text"]), *false):
                path = tuple(row.get("path", ()))
                yield Reply(row["id"], row["language"], row["across"], row["document"], tuple(row["quotes"]), text, kind, path)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{file}, line {number}: not a reply of such a set ({error!r}).") from error


def verified_citation(quote: str, document: str = "", path: tuple[str, ...] = ()) -> Citation:
    """A verified citation of a quote in a document of its own."""
    return Citation(1, document, "", 1, "other", None, 1, "1", path, 0, len(quote), detect(quote), quote, "verified")
