"""Text for the cells of tables that a spreadsheet opens: the one guard of every CSV and Excel file."""

from __future__ import annotations

import unicodedata
from typing import Final

import regex

from kb.printable import visible

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
