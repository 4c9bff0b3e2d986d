"""What a collection holds, and what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kb import KnowledgeBase
from kb.document_records import DEFAULT
from kb.records import DocumentInfo
from kb.store.user_data.collection_members import SAMPLES
from kb.store.user_data.document_collections import Collection
from ui.components.i18n import Strings

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


def called(one: Collection, words: Strings) -> str:
    """The name of a collection; the default one and that of the samples have one in each language."""
    if one.name:
        return one.name
    return words("collections.samples") if one.role == SAMPLES else words("collections.default")


def names(kb: KnowledgeBase, words: Strings) -> dict[int, str]:
    """What each collection is called that the reader sees, by id."""
    return {one.id: called(one, words) for one in kb.collections.list()}


def facts(held: Sum, words: Strings) -> list[str]:
    """What a collection holds, in words: how many papers, of which kinds, in which languages, and the newest."""
    if not held.papers:
        return [words("collections.empty")]
    newest = held.newest
    return [
        words.count("collections.papers", held.papers),
        ", ".join(f"{words(f'kind.{kind}')} {n}" for kind, n in held.kinds.items()),
        ", ".join(f"{words(f'language.{language}')} {n}" for language, n in held.languages.items()),
        *([words("collections.newest", title=newest.title, date=words.date(newest.date))] if newest else []),
    ]


def named_or_made(kb: KnowledgeBase, wanted: Iterable[str]) -> tuple[int, ...]:
    """The collections of these names or numbers; one that is not there is made.

    Raises:
        AccessError: one is to be made, and the reader is no editor.
        CollectionError: a name is none that a collection can have, or several have it.
    """
    known = [word for one in kb.collections.list() for word in (one.name.casefold(), str(one.id), one.role)]
    forms = [" ".join(name.split()) for name in wanted]
    return tuple((kb.collections.named(name) if name.casefold() in known else kb.collections.make(name)).id for name in forms)


def summed(collection: int, documents: Iterable[DocumentInfo]) -> Sum:
    """What of these documents a collection holds."""
    here = [info for info in documents if collection == EVERYTHING or collection in (info.collections or (DEFAULT,))]
    used = [info for info in here if info.state != "rejected"]
    newest = max((info for info in used if info.date), key=lambda info: (info.date, info.id), default=None)
    kinds, languages = (Counter(getattr(info, name) for info in used) for name in ("kind", "language"))
    return Sum(len(used), dict(kinds.most_common()), dict(languages.most_common()), newest, len(here) - len(used))
