"""Which documents a card can be made of, the latest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kb.records import DocumentInfo


def agreements(documents: Iterable[DocumentInfo]) -> list[DocumentInfo]:
    """The agreements in use, the latest first, those without a date last."""
    found = [info for info in documents if info.kind == "agreement" and info.version and info.state != "rejected"]
    return sorted(found, key=lambda info: (info.date is None, -(info.date or date.min).toordinal(), info.title))
