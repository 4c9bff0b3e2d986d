"""A source as a government paper cites it: title, clause, page, date, version, and how the quote was checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import regex

from kb import KnowledgeBase
from kb.records import Citation
from kb.sanitize import visible
from lang.languages import Language
from ui.components.answer_wording import Numbers, doubted, page_words
from ui.components.i18n import Strings
from ui.components.markup import STATUS_ICON
from ui.components.permalinks import Passage, state_words, version_of

COMMA: Final[dict[Language, str]] = {"ja": "、"}
STOP: Final[dict[Language, str]] = {"ja": "。", "hi": "।"}
"""What parts the facts of a source and what ends them, by language of the paper; a comma and a full stop elsewhere."""
MARKS: Final[dict[Language, tuple[str, str]]] = {"ja": ("「", "」")}
"""Quotation marks by language of the quote; “…” elsewhere."""

_BREAKS = regex.compile(r"[ \t\n\f\r\v]+")  # a no-break space stays: "p. 6" belongs on one line


@dataclass(frozen=True, slots=True)
class Reference:
    """A numbered source. ``place`` is a sentence that names it, ``quote`` is there where the words are not on the paper already."""

    number: int
    place: str
    quote: str
    language: Language
    check: str
    link: str


@dataclass(frozen=True, slots=True)
class Marks:
    """A mark in the text; ``first`` for the first one of its reference, which is where a footnote is made."""

    reference: Reference
    first: bool


class Sources:
    """Numbers the sources of one paper from 1 in the order they are met; the same span of the same version keeps its number."""

    def __init__(self, kb: KnowledgeBase, words: Strings, address: str) -> None:
        self._kb = kb
        self._words = words
        self._address = address
        self._number = Numbers()
        self._met: dict[int, Reference] = {}
        self._states: dict[tuple[int, int], str] = {}

    def mark(self, citations: Iterable[Citation], *, with_quotes: bool = False) -> tuple[Marks, ...]:
        """The marks of citations, each number once; ``with_quotes`` where the quoted words do not stand on the paper."""
        marks: dict[int, Marks] = {}
        for citation in citations:
            number = self._number(citation)
            first = number not in self._met
            if first:
                self._met[number] = self._reference(number, citation, with_quotes)
            marks.setdefault(number, Marks(self._met[number], first))
        return tuple(marks.values())

    def met(self) -> tuple[Reference, ...]:
        """Every source so far, in order."""
        return tuple(self._met[number] for number in sorted(self._met))

    def _reference(self, number: int, citation: Citation, with_quote: bool) -> Reference:
        words = self._words
        facts = [
            citation.document,
            " › ".join(part.rstrip(".") for part in citation.path),
            page_words(citation, words),
            words("note.dated", date=words.date(citation.date)) if citation.date else words("note.undated"),
            self._version(citation),
        ]
        stop = STOP.get(words.language, ".")
        place = COMMA.get(words.language, ", ").join(one_line(f) for f in facts if f) + stop
        if citation.language != words.language:
            place += f" {words('chat.original', language=words(f'language.{citation.language}'))}{stop}"
        quote = quoted(citation.quote, citation.language) if with_quote else ""
        check = f"{STATUS_ICON[citation.shown]}\N{NO-BREAK SPACE}{words(f'status.{citation.shown}')}"
        if citation.doubtful:
            check += f" ({words('doubt.words', words=one_line(doubted(citation)))})"
        return Reference(number, place, quote, citation.language, check, Passage.of(citation).url(self._address))

    def _version(self, citation: Citation) -> str:
        span = (citation.document_id, citation.version)
        if span not in self._states:
            became = state_words(*version_of(self._kb, *span), self._words).rstrip(".。।")
            named = self._words("place.version", version=citation.version)
            self._states[span] = f"{named} ({became})" if became else named
        return self._states[span]


def quoted(quote: str, language: Language) -> str:
    """A quote between the marks of its language; the words are left as they are."""
    before, after = MARKS.get(language, ("“", "”"))
    return f"{before}{visible(quote)}{after}"


def one_line(text: str) -> str:
    """Text on one line, without characters that could make it read otherwise than it is."""
    return _BREAKS.sub(" ", visible(text)).strip()
