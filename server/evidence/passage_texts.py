"""Passages and papers by the ids that programs are given, and the links under which people open them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kb.document_records import DocumentInfo, Filters, VersionInfo
from kb.errors import KnowledgeBaseError, UnknownDocumentError
from kb.sanitize import visible
from ui.cli.json_output import shape
from ui.components.permalinks import PASSAGE_KEY, Passage, State, dotted, named, version_of

if TYPE_CHECKING:
    from kb import KnowledgeBase

LONGEST: Final = 50_000
"""Characters of a paper that are given at once; the next id follows them."""
SCHEME: Final = "setu://"
_PLACE: Final = frozenset({"document_id", "version", "start", "end"})


class BadIdError(KnowledgeBaseError):
    """An id names neither a passage nor a paper."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a version of a paper that was asked for, and what has become of that version; ``next_id`` is the one after it."""

    passage: Passage
    title: str
    text: str
    state: State
    info: DocumentInfo
    version: VersionInfo
    next_id: str | None


def linked(value: Any, address: str) -> Any:
    """Shapes of records (`ui.cli.json_output`) with an ``id`` and ``url`` for each that names a span of a paper."""
    if isinstance(value, list):
        return [linked(one, address) for one in value]
    if not isinstance(value, dict):
        return value
    inside = {key: linked(one, address) for key, one in value.items()}
    if not value.keys() >= _PLACE:
        return inside
    passage = Passage(value["document_id"], value["version"], value["start"], value["end"])
    return {"id": str(passage), "url": passage.url(address), **inside}


def linked_shape(record: Any, address: str) -> Any:
    """A record as ``setu … --json`` prints it, with ids and links."""
    return linked(shape(record), address)


def document_url(info: DocumentInfo, address: str) -> str:
    """The link to the beginning of a paper."""
    return Passage(info.id, info.version, 0, 1).url(address)


def read_stretch(kb: KnowledgeBase, wanted: str) -> Stretch:
    """The text of a passage (``3.1.120.180``), or of a paper from its beginning (``3``, or a version: ``3.1``).

    ``wanted`` may be a link to a passage or the URI of a resource, too.

    Raises:
        BadIdError: it names neither.
        UnknownDocumentError: there is no such paper, version or passage.
    """
    value = named(wanted, PASSAGE_KEY) if wanted.startswith(("http://", "https://")) else wanted.strip()
    value = value.removeprefix(SCHEME).removeprefix("passage/").removeprefix("document/")
    whole = dotted(value, 1) or dotted(value, 2)
    passage = Passage.parse(value)
    if passage is None and whole is None:
        raise BadIdError(
            f"“{visible(wanted[:80])}” is no id. One of a passage is like 3.1.120.180, one of a paper like 3; search gives them."
        )
    number = passage.document if passage is not None else whole[0] if whole else 0
    info = kb.document(number)
    version = passage.version if passage is not None else whole[1] if whole and len(whole) > 1 else info.version
    state, _, found = version_of(kb, number, version)
    if found is None:
        raise UnknownDocumentError(f"There is no version {version} of “{info.title}” with text. {info.note}".strip())
    text = kb.text(number, version)
    passage = passage or Passage(number, version, 0, max(1, len(text)))
    if passage.end > max(1, len(text)):
        raise UnknownDocumentError(f"“{info.title}” ends at character {len(text)}; there is no passage {passage}.")
    end = min(passage.end, passage.start + LONGEST)
    cut = Passage(number, version, passage.start, end)
    following = str(Passage(number, version, end, passage.end)) if end < passage.end else None
    return Stretch(cut, found.title, text[cut.start : cut.end], state, info, found, following)


def chosen(
    kb: KnowledgeBase,
    *,
    kinds: tuple[Any, ...] = (),
    languages: tuple[Any, ...] = (),
    documents: tuple[int, ...] = (),
    collections: tuple[str, ...] = (),
    date_from: Any = None,
    date_to: Any = None,
) -> Filters:
    """Filters of names and numbers that a program gave.

    Raises:
        UnknownDocumentError: one of the documents is none.
        CollectionError: one of the collections is none.
        BadIdError: the first day is after the last.
    """
    for number in documents:
        kb.document(number)
    if date_from and date_to and date_from > date_to:
        raise BadIdError(f"The day {date_from} is after {date_to}; no paper can match.")
    inside = tuple(kb.collections.named(name).id for name in collections)
    return Filters(kinds, languages, documents, date_from, date_to, inside)
