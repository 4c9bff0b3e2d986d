"""Links that lead back: ``?answer=KEY`` to an answer that was given, ``?passage=DOCUMENT.VERSION.START.END`` to a passage of a paper.

A passage is that of the version named, whatever has become of the document since; `trace` says what has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias
from urllib.parse import parse_qs, quote, urlsplit

from kb import KnowledgeBase
from kb.errors import UnknownDocumentError
from kb.records import Answer, DocumentInfo, VersionInfo
from ui.components.i18n import Strings

ANSWER_KEY: Final = "answer"
PASSAGE_KEY: Final = "passage"

State: TypeAlias = Literal["current", "superseded", "withdrawn", "gone"]
"""What has become of a version: it is in force, a later one is, the document is out of use, or it was deleted."""


class Spanned(Protocol):
    """A citation or hit: a span of a version of a document."""

    @property
    def document_id(self) -> int: ...  # noqa: D102

    @property
    def version(self) -> int: ...  # noqa: D102

    @property
    def start(self) -> int: ...  # noqa: D102

    @property
    def end(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Passage:
    """The span ``[start, end)`` of a version of a document; a link to it holds for as long as the document is kept."""

    document: int
    version: int
    start: int
    end: int

    @classmethod
    def of(cls, cited: Spanned) -> Passage:
        """Where a citation or hit stands."""
        return cls(cited.document_id, cited.version, cited.start, cited.end)

    @classmethod
    def parse(cls, value: str | None) -> Passage | None:
        """Read ``3.1.120.180``, or a whole link that names one; None where it is not of our making."""
        parts = dotted(named(value or "", PASSAGE_KEY), 4)
        found = cls(*parts) if parts is not None else None
        return found if found is not None and found.start < found.end else None

    def __str__(self) -> str:
        return f"{self.document}.{self.version}.{self.start}.{self.end}"

    def url(self, address: str) -> str:
        """The link, under the address of the chat."""
        return f"{address.rstrip('/')}/?{PASSAGE_KEY}={self}"


@dataclass(frozen=True, slots=True)
class Traced:
    """What stands at a passage, and what has become of its version; ``text`` is "" for one that is gone or outside the document."""

    state: State
    info: DocumentInfo | None = None
    version: VersionInfo | None = None
    text: str = ""


def answer_url(address: str, key: str) -> str:
    """The link to the answer of a key (`kb.user_records.answer_key`); it does not give the conversation away."""
    return f"{address.rstrip('/')}/?{ANSWER_KEY}={quote(key)}"


def named(value: str, key: str) -> str:
    """What a whole link says of ``key``; any other text is taken to be that itself."""
    text = value.strip()
    return next(iter(parse_qs(urlsplit(text).query).get(key, [])), "") if "://" in text else text


def dotted(value: str, count: int) -> tuple[int, ...] | None:
    """So many whole numbers with dots between them; None for any other text."""
    parts = value.split(".")
    if len(parts) != count or not all(part.isascii() and part.isdecimal() and len(part) < 12 for part in parts):
        return None
    return tuple(int(part) for part in parts)


def version_of(kb: KnowledgeBase, document: int, version: int) -> tuple[State, DocumentInfo | None, VersionInfo | None]:
    """What has become of a version of a document."""
    try:
        info = kb.document(document)
        found = next((v for v in kb.history(document) if v.number == version), None)
    except UnknownDocumentError:
        return "gone", None, None
    if found is None:
        return "gone", info, None
    if found.state == "current":
        return "current", info, found
    return ("superseded" if info.version else "withdrawn"), info, found


def trace(kb: KnowledgeBase, passage: Passage) -> Traced:
    """Follow a link to its passage."""
    state, info, version = version_of(kb, passage.document, passage.version)
    if version is None:
        return Traced("gone")
    text = kb.text(passage.document, passage.version)
    return Traced(state, info, version, text[passage.start : passage.end] if passage.end <= len(text) else "")


def state_words(state: State, info: DocumentInfo | None, version: VersionInfo | None, words: Strings) -> str:
    """What has become of a version, in a few words; "" for one in force."""
    if state == "current":
        return ""
    if info is None or version is None:
        return words("source.gone")
    since = words.date(version.retired.date()) if version.retired else "–"
    return words("place.superseded", date=since, current=info.version) if info.version else words("place.withdrawn", date=since)


def changed_sources(kb: KnowledgeBase, answer: Answer, words: Strings) -> tuple[str, ...]:
    """The sources of an answer that are no longer in force, each once with what became of it."""
    cited = {(c.document_id, c.version): c.document for s in answer.statements for c in s.citations}
    told = ((title, state_words(*version_of(kb, *span), words)) for span, title in cited.items())
    return tuple(f"{title} ({what})" for title, what in told if what)
