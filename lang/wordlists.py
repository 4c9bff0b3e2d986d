"""Word lists as they are easiest to read and review: words parted by white space."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of ``text``."""
    return frozenset(text.split())


def ordered(text: str) -> tuple[str, ...]:
    """The words of ``text``, in order."""
    return tuple(text.split())
