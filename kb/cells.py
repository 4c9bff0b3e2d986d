"""Text for the cells of tables that a spreadsheet opens."""

from __future__ import annotations

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell begins that a spreadsheet would take for a formula (OWASP, CSV injection)."""


def no_formula(text: str) -> str:
    """Text for a cell: never a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
