"""Text made safe to show: no hidden characters, no spreadsheet formula (CSV injection), nothing that a page or a terminal could act on.

`visible` is for all that leaves Setu, `no_formula` for every cell of a CSV or Excel file, `plain` for what a model or a document wrote.
"""

from __future__ import annotations

import unicodedata
from typing import Final

import regex

_HIDDEN: Final = regex.compile(r"[[\p{Cc}--[\n\t]]\p{Cs}\p{Noncharacter_Code_Point}\u202A-\u202E\u2066-\u2069]", regex.V1)


def visible(text: str) -> str:
    """Text of the same length with U+FFFD for what no file can hold or what makes a quote read otherwise than it is.

    That is control characters but line feed and tab, halves of surrogate pairs, code points that are no characters, and those that turn the
    direction of what follows.
    """
    return _HIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


_FIRST: Final = regex.compile(r"[\s\p{Z}\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u2800\uFFFD]*+(.)", regex.DOTALL)
"""The first character that is seen. Spreadsheets drop what stands before it, or let it be dropped."""
_SIGNS: Final = "=+-@\N{MINUS SIGN}"
"""With what a formula begins (OWASP, CSV injection); Excel for Japanese takes the full-width forms for the same."""
_BREAKS: Final = ("\t", "\n", "\v", "\f", "\r")


def no_formula(text: str) -> str:
    """Text for a cell: never a formula, and without what no file can hold."""
    first = _FIRST.match(text)
    guarded = text.startswith(_BREAKS) or (first is not None and unicodedata.normalize("NFKC", first[1])[:1] in tuple(_SIGNS))
    return f"'{visible(text)}" if guarded else visible(text)


_IMAGE_OR_LINK = regex.compile(r"!?\[([^\]\[]{0,300})\]\s?(?:\([^()\s]{0,2000}(?:\s[^()]{0,300})?\)|\[[^\]\[]{0,100}\])")
_REFERENCE = regex.compile(r"(?m)^[^\S\n]*\[[^\]\[]{1,100}\]:\s*\S+.*$")
_HTML = regex.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|</?[a-zA-Z][^<>]{0,2000}>|<![^<>]{0,200}>", regex.DOTALL | regex.IGNORECASE)
_AUTOLINK = regex.compile(r"<((?:https?|ftp|mailto|javascript|data|file):[^<>\s]{1,2000})>", regex.IGNORECASE)
_EMPHASIS = regex.compile(r"(?<![\p{L}\p{N}])(\*{1,3}|_{1,3}|`{1,3}|~~)(?=\S)(.{1,300}?)(?<=\S)\1(?![\p{L}\p{N}])")
_LINE_MARKUP = regex.compile(r"(?m)^[^\S\n]*(?:#{1,6}\s+|>\s+|[-*+]\s+)")
_KEYS = regex.compile(r"\s*(?:[\[【(（]\s*E\s?\p{Nd}{1,3}(?:\s*[,;、]\s*E\s?\p{Nd}{1,3})*\s*[\]】)）])", regex.IGNORECASE)
_ADDRESS = regex.compile(
    r"(?:[a-z][a-z0-9+.\-]{1,20}://|www\.|mailto:|javascript:|data:[a-z]+/)[^\s<>\"'”’」』）)\]।。、]+"
    r"|[\p{L}\p{N}._%+\-]{1,64}@[\p{L}\p{N}\-]{1,63}\.[\p{L}.]{2,}"
    r"|(?<![\p{L}\p{N}@.])(?:[a-z0-9\-]{2,63}\.){1,90}(?:com|net|org|info|biz|io|in|jp|ru|cn|xyz|top|example|test|gov|edu|co|link|site|app)\b(?:/[^\s।。、]*)?",
    regex.IGNORECASE,
)
_JOINERS = "\u200c\u200d"
"""Zero-width, and letters of Marathi and Hindi need them."""


def plain(text: str) -> str:
    """One line without markup, links, images, keys of evidence and invisible characters; of a link its words stay."""
    text = _KEYS.sub("", invisible_out(text))
    text = _REFERENCE.sub(" ", text)
    text = _AUTOLINK.sub(r"\1", text)
    for _ in range(3):  # one inside another
        text = _HTML.sub(" ", _IMAGE_OR_LINK.sub(r"\1", text))
    text = _EMPHASIS.sub(r"\2", _LINE_MARKUP.sub("", text))
    return " ".join(text.split())


def invisible_out(text: str) -> str:
    """The text without control, format, private-use and tag characters, which can hide words or turn their order; line breaks stay."""
    return "".join(c for c in text if c in "\n\t" or c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))


def addresses(text: str) -> tuple[str, ...]:
    """Web and mail addresses in a text, as they stand there."""
    return tuple(match[0].rstrip(".,;:!?") for match in _ADDRESS.finditer(text))
