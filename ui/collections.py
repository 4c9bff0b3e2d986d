"""What a collection holds, and what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kb.found import DEFAULT
from kb.records import DocumentInfo

EVERYTHING: Final = -1
"""Not a collection: all the documents that are handed over."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many papers there are, by kind and by language, the most first; the newest by its date; and how many files were not read."""

    papers: int
    kinds: Mapping[str, int]
    languages: Mapping[str, int]
    newest: DocumentInfo | None
    rejected: int


def summed(collection: int, documents: Iterable[DocumentInfo]) -> Sum:
    """What of these documents a collection holds."""
    here = [info for info in documents if collection == EVERYTHING or collection in (info.collections or (DEFAULT,))]
    used = [info for info in here if info.state != "rejected"]
    newest = max((info for info in used if info.date), key=lambda info: (info.date, info.id), default=None)
    kinds, languages = (Counter(getattr(info, name) for info in used) for name in ("kind", "language"))
    return Sum(len(used), dict(kinds.most_common()), dict(languages.most_common()), newest, len(here) - len(used))
