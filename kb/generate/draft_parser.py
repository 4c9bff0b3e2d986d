"""What a model wrote, read as it comes: each statement is there as soon as its closing brace is.

Asked for is one JSON object a line. Taken is what models make of that: fences around it, a list or an object around the statements, other
names for the fields, line breaks inside a string. What cannot be read is counted and left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_CHARS = 20_000
"""An object longer than this is no statement."""
MOST_DEPTH = 8
"""Objects one in another that are followed; of more, the outermost is given up. So no character is read more often than this."""
MOST_QUOTES = 8

_TEXT = ("text", "statement", "sentence", "answer")
_QUOTES = ("quotes", "citations", "evidence", "sources")
_KEY = ("key", "id", "source", "evidence")
_QUOTE = ("quote", "text", "words")


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement as the model wrote it, with the keys and quotes it names; nothing of it is checked yet."""

    text: str
    quotes: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Reader:
    """Reads pieces of output.

    ``silent``: the model said that the passages do not answer; ``searches``: in which words it would look for what they lack;
    ``garbled``: objects that were no statement.
    """

    silent: bool = False
    searches: list[str] = field(default_factory=list)
    garbled: int = 0
    _text: list[str] = field(default_factory=list)
    """Characters since the outermost open object began."""
    _starts: list[int] = field(default_factory=list)
    """Where in them each open object begins, the outermost first."""
    _in_string: bool = False
    _escaped: bool = False

    def feed(self, piece: str) -> Iterator[Draft]:
        """Take the next piece, in time proportional to its length; yields the statements that it completes."""
        for character in piece:
            if self._starts or character == "{":
                yield from self._take(character)

    def _take(self, character: str) -> Iterator[Draft]:
        if character == "{" and not self._in_string:
            self._open()
        self._text.append(character)
        if self._in_string:
            if self._escaped:
                self._escaped = False
            elif character == "\\":
                self._escaped = True
            elif character == '"':
                self._in_string = False
        elif character == '"':
            self._in_string = True
        elif character == "}":
            text = "".join(self._text[self._starts.pop() :])
            yield from self._closed(text, inside=bool(self._starts))
        if self._starts and (len(self._text) - self._starts[-1] > MOST_CHARS or self._lost()):
            self.garbled += 1
            self._starts, self._in_string, self._escaped = [], False, False
            if character == "{":
                self._open()
                self._text.append(character)

    def _open(self) -> None:
        if not self._starts:
            self._text.clear()
        self._starts.append(len(self._text))
        if len(self._starts) > MOST_DEPTH:
            del self._starts[0]
            self.garbled += 1

    def _lost(self) -> bool:
        """Whether a quotation mark was left open: a new line begins an object inside what is taken for a string."""
        return self._in_string and self._text[-2:] == ["\n", "{"]

    def _closed(self, text: str, *, inside: bool) -> Iterator[Draft]:
        try:
            found = json.loads(text, strict=False)
        except (ValueError, RecursionError):  # ValueError also for a number of too many digits
            self.garbled += 1
            return
        if draft := draft_of(found):
            yield draft
        elif isinstance(words := found.get("search"), str):
            self.searches.append(words)
        elif found.get("silent") is True or found.get("statements") == []:
            self.silent = True
        elif not inside and not any(isinstance(value, list) for value in found.values()):
            self.garbled += 1


def draft_of(found: Mapping[str, Any]) -> Draft | None:
    """The statement in an object, or None when there is none in it."""
    text, quotes = _first(found, _TEXT), _first(found, _QUOTES)
    if not isinstance(text, str) or not isinstance(quotes, list) or not text.strip():
        return None
    return Draft(text, tuple(_pairs(quotes[:MOST_QUOTES])))


def _pairs(quotes: list[Any]) -> Iterator[tuple[str, str]]:
    for one in quotes:
        if isinstance(one, Mapping):
            key, quote = _first(one, _KEY), _first(one, _QUOTE)
            yield (key if isinstance(key, str) else "", quote if isinstance(quote, str) else "")
        elif isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one):
            yield (one[0], one[1])
        else:
            # A key without a quote, or something else: a citation that can be checked for nothing.
            yield (one if isinstance(one, str) else "", "")


def _first(found: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((found[name] for name in names if name in found), None)
