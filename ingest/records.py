"""The records that travel from a file to the knowledge base, and those of the facts found in a document.

Every offset is a code-point offset into ``Document.text``, the normalised (NFC, repaired) text of the whole document.
Pages are numbered from 1 and carry their printed label separately. A fact that is not in the text is absent (None or an empty
tuple); nothing here is a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from lang.languages import Language
from lang.values.calendars import Duration, When

T = TypeVar("T")

Confidence: TypeAlias = Literal["sure", "likely"]
Origin: TypeAlias = Literal["text", "file"]
RelationKind: TypeAlias = Literal["amends", "supersedes", "based_on"]
Form: TypeAlias = Literal[
    "memorandum", "agreement", "letter_of_intent", "joint_statement", "declaration", "article", "report", "fact_sheet",
    "circular", "government_resolution", "notification", "rules",
]  # fmt: skip
"""What a paper calls itself, finer than its kind."""


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A fact and its evidence: ``text`` equals ``Document.text[start:end]``.

    ``origin`` is ``file`` where the fact is not in the text but declared by the file (its metadata or front matter); then ``text`` is
    empty and there are no offsets. ``likely`` marks what the text says less than outright, such as a date line without "dated".
    """

    value: T
    text: str = ""
    start: int | None = None
    end: int | None = None
    confidence: Confidence = "sure"
    origin: Origin = "text"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed; ``office`` and ``party`` are None where the signature block does not say."""

    name: str
    office: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """When a text begins to apply: on a date, or on an event ("upon signature") whose day is known only if the text dates the event."""

    on: Literal["date", "signature", "publication"]
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """Whether a term is prolonged by itself or only when the parties agree, and for how long."""

    automatic: bool
    period: Duration | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """How a party may end an agreement: with so much notice, or (None) with notice of no stated length."""

    period: Duration | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """Another document that this one changes, replaces or rests on, as it is named here."""

    kind: RelationKind
    title: str
    dated: When | None = None


@dataclass(frozen=True, slots=True)
class FoundFacts:
    """Every fact with its evidence. ``dates`` holds all dates of the text, also partial ones and those of other calendars."""

    kind: Found[str] | None = None
    form: Found[Form] | None = None
    title: Found[str] | None = None
    publisher: Found[str] | None = None
    parties: tuple[Found[str], ...] = ()
    signatories: tuple[Found[Signatory], ...] = ()
    signed: Found[When] | None = None
    in_force: Found[InForce] | None = None
    published: Found[When] | None = None
    place: Found[str] | None = None
    term: Found[Duration] | None = None
    renewal: Found[Renewal] | None = None
    notice: Found[Notice] | None = None
    relations: tuple[Found[Relation], ...] = ()
    dates: tuple[Found[When], ...] = ()
    duties: tuple[Found[str], ...] = ()
    """Lines that lay a duty on somebody; the value is whom the line, or what leads its list in, names, "" for nobody."""


def found_shape(found: FoundFacts) -> dict[str, Any]:
    """The facts as JSON: each is null or ``{value, text, start, end, confidence, origin}``; dates are as exact as they are written."""
    return {item.name: _plain(getattr(found, item.name)) for item in fields(found)}


def _plain(value: Any) -> Any:
    if isinstance(value, When):
        return {"date": str(value), "precision": value.precision, "calendar": value.calendar}
    if isinstance(value, Duration):
        return {"count": value.count, "unit": value.unit}
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


Kind: TypeAlias = Literal["agreement", "best_practice", "news", "report", "other"]

Method: TypeAlias = Literal["text_layer", "ocr", "markup", "none"]
"""How a page's text was obtained. ``none``: the page has an image that nobody has read (see ``Page.note``)."""

Media: TypeAlias = Literal["pdf", "html", "docx", "text", "markdown", "pptx", "xlsx", "csv", "mail", "outlook", "image", "office", "epub"]

Role: TypeAlias = Literal["title", "heading", "paragraph", "list_item", "table_row", "caption", "footnote"]

Span: TypeAlias = tuple[int, int]
"""Where something begins and ends in a text."""

Day: TypeAlias = date
"""The type by a name that no field has: `Facts.date` hides its own type from whoever looks the annotations up."""

MAILS: frozenset[str] = frozenset({"mail", "outlook"})
"""The media that are mails: a file itself, and what is attached to it."""

INSIDE = " › "
"""Between a container and its member in ``Source.uri``: ``/papers/mail.eml › annex.pdf``."""

PAGES = ".pages.zip"
"""How the name of a ZIP ends whose pictures are the pages of one paper."""

KINDS: tuple[Kind, ...] = ("agreement", "best_practice", "news", "report", "other")

AUTHORITY: dict[Kind, int] = {"agreement": 4, "best_practice": 3, "report": 3, "news": 2, "other": 1}
"""A signed agreement outranks an official report, which outranks news."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was found, before it is read.

    ``uri`` is the absolute path or URL, or for a member of an archive or mail the container's and its own name (see ``INSIDE``);
    ``media`` is sniffed from the bytes, not taken from the name.
    """

    uri: str
    sha256: str
    media: Media
    size: int
    parts: tuple[str, ...] = ()
    """For a member of a container: the container's path, then the member's place in it, one entry for each level of nesting."""
    data: bytes | None = field(default=None, repr=False, compare=False)
    """The bytes themselves, where they lie in no file: a page fetched from the web."""


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A run of text as a reader found it, in reading order; ``level`` is the outline depth of a heading (1 = top), else 0."""

    text: str
    role: Role = "paragraph"
    level: int = 0


@dataclass(frozen=True, slots=True)
class RawPage:
    """What a reader got from one page. ``note`` says what is wrong and what to do, e.g. which OCR package to install.

    ``boxes`` says where each word stands on a page that OCR read (see `ingest.ocr.word_boxes`); b"" on any other.
    """

    number: int
    label: str
    blocks: tuple[RawBlock, ...]
    method: Method
    quality: float = 1.0
    note: str = ""
    boxes: bytes = b""


@dataclass(frozen=True, slots=True)
class Hints:
    """Facts that the file itself declares (metadata, JSON-LD, `<meta>`), to be weighed against its text."""

    title: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    language: str | None = None
    kind: Kind | None = None
    sure_title: bool = False
    """Whether the title is that of the whole work even where the text begins otherwise: a book begins with its first chapter."""
    margins: tuple[str, ...] = ()
    """The lines around the text that are no part of it, in order: running heads and feet, the masthead of a web page."""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """What a reader returns: pages in order and what the file says of itself."""

    source: Source
    pages: tuple[RawPage, ...]
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True)
class Page:
    """One page; ``text`` equals ``Document.text[start:end]``; ``boxes`` as in `RawPage`.

    ``doubtful`` are the words that OCR may have misread, as spans of ``Document.text``, in order.
    """

    number: int
    label: str
    text: str
    start: int
    end: int
    method: Method
    quality: float
    language: Language
    note: str = ""
    boxes: bytes = b""
    doubtful: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item or table row; ``text`` equals ``Document.text[start:end]``.

    ``path`` names the place: ``("Article 4 Areas of Cooperation", "(2)")``. A heading's own path ends with itself.
    """

    page: int
    role: Role
    path: tuple[str, ...]
    text: str
    start: int
    end: int
    language: Language


@dataclass(frozen=True, slots=True)
class DatedFact:
    """A date found in the text and what it means there; ``text`` equals ``Document.text[start:end]``."""

    role: Literal["signed", "in_force", "published", "mentioned"]
    value: date
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document is. ``date`` is the day it speaks from: signed, else published; None when the text does not say."""

    kind: Kind
    title: str
    language: Language
    publisher: str | None = None
    date: Day | None = None
    parties: tuple[str, ...] = ()
    dates: tuple[DatedFact, ...] = ()
    found: FoundFacts = field(default_factory=FoundFacts)
    """Every fact with the place where it stands, also what the fields above do not hold: signatories, term, notice, relations."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage that is embedded and searched: ``text`` equals ``Document.text[start:end]``.

    ``id`` depends only on the document's content hash and the span. A chunk never crosses an article boundary.
    """

    id: str
    ordinal: int
    start: int
    end: int
    text: str
    page_first: int
    page_last: int
    path: tuple[str, ...]
    language: Language


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was understood: its normalised text, and pages, blocks and chunks as spans of that text."""

    source: Source
    facts: Facts
    text: str
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    chunks: tuple[Chunk, ...]
    margins: tuple[str, ...] = ()
    """As in `Hints`: what stands around the text tells who brought it out."""

    @property
    def authority(self) -> int:
        """Rank of the document's kind, higher speaks with more weight."""
        return AUTHORITY[self.facts.kind]


Links: TypeAlias = Literal["inside", "follow", "none"]
"""Symbolic links: followed inside the folder that was named, followed anywhere, or refused."""


@dataclass(frozen=True, slots=True)
class Access:
    """Which files may be read, whatever path leads to them (see `ingest.file_access`).

    ``folders`` are such that were named before: a path that lies in one counts as found in it. What is ``private`` (folders and files) is
    never read, but for the folders in it that are ``shared``.
    """

    links: Links = "inside"
    folders: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a single file may cost, with all that is packed into it. What is over a limit is rejected with ``TooLargeError``."""

    max_bytes: int = 200 * 1024 * 1024
    max_pages: int = 5000
    max_expanded_bytes: int = 400 * 1024 * 1024
    max_members: int = 2000
    """Files in an archive, parts of a mail."""
    max_characters: int = 20_000_000
    max_rows: int = 100_000
    """Rows of tables; of a workbook or delimited text the first ones are read."""
    max_web_bytes: int = 30 * 1024 * 1024
    max_web_seconds: float = 60.0
    private_addresses: bool = False
    """Whether a page may be fetched from a private or loopback address."""
    access: Access = Access()
