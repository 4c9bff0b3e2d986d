"""What goes over the channel between whoever wants something read and the processes that read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from ingest.errors import ErrorName
from ingest.records import Document, Kind, Limits, Source

MAX_WIDTH: Final = 1460
"""Pixels of a page's picture. Streamlit would unpack a wider one and make it smaller, in the chat's own process."""
MAX_PIXELS: Final = 12_000_000
"""Of the whole picture: a page that is drawn as wide as may be can be four sheets long."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Sent once: what holds for every task. ``memory_bytes`` is what one task may add to the process.

    ``draws``: the process will draw pages, and makes itself ready for that.
    """

    kind: Kind | None
    limits: Limits
    memory_bytes: int
    seconds: float
    cache: Path | None
    run: str
    draws: bool = False


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Read and understand a whole file. ``may_split``: a long PDF is answered with `Split` instead."""

    source: Source
    may_split: bool


@dataclass(frozen=True, slots=True)
class ReadPages:
    """Read some pages of a PDF into the page cache; `PagesDone` follows."""

    source: Source
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DrawPage:
    """Draw page ``number`` of a PDF with the quote boxed; `Drawn` follows. ``before`` and ``boxes`` as in `quote_rectangles`."""

    pdf: Path
    number: int
    quote: str = ""
    before: str = ""
    boxes: bytes = b""

    @property
    def source(self) -> Source:
        """The file, for messages."""
        return Source(str(self.pdf), "", "pdf", 0)


@dataclass(frozen=True, slots=True)
class Started:
    """The process is up and has begun: from here on the file's time counts."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The file has so many pages, of which ``kept`` were read before."""

    pages: int
    kept: int


@dataclass(frozen=True, slots=True)
class PageRead:
    """One more page was read."""

    number: int


@dataclass(frozen=True, slots=True)
class Split:
    """These pages are missing, and are enough to be shared out."""

    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PagesDone:
    """The pages of a `ReadPages` are in the cache."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The file was read and understood. Which file that was is known to whoever asked, and not taken from here."""

    document: Document


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture of a page, and in how many lines the quote was found (0: not found, or none asked for)."""

    png: bytes
    lines: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """The task failed; ``error`` names the class. ``exhausted``: the process ran out of memory and should not be given another task."""

    error: ErrorName
    reason: str
    remedy: str
    exhausted: bool = False


Task: TypeAlias = ReadFile | ReadPages | DrawPage
Reply: TypeAlias = Started | Opened | PageRead | Split | PagesDone | Finished | Drawn | Rejected
