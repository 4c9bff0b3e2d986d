"""Ids of what is kept: conversations, modules."""

from __future__ import annotations

import secrets


def new_id(size: int) -> str:
    """An id of ``size`` random bytes that cannot be guessed; it does not begin with a hyphen, for a command would take it for an option."""
    while (made := secrets.token_urlsafe(size)).startswith("-"):
        pass
    return made
