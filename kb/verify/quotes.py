"""Does a quote stand where its citation says it stands?"""

from __future__ import annotations

import unicodedata

from kb.records import Status


def check(quote: str, text: str, start: int, end: int) -> Status:
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
