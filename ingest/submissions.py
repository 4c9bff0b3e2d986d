"""Limits on all that comes in one file from outside: what is packed into a mail or an archive counts together."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.errors import TooLargeError
from ingest.records import INSIDE, Document, Limits, Source

PAGES = 50
"""Pages that the time limit is meant for, as for one file (`ingest.workers.FREE_PAGES`)."""


@dataclass(slots=True)
class _Spent:
    """What the documents of one file from outside came to. ``over`` says which limit they went over, and what to do."""

    characters: int = 0
    rows: int = 0
    pages: int = 0
    seconds: float = 0.0
    over: tuple[str, str] | None = None


@dataclass(slots=True)
class Submissions:
    """What was spent of ``limits`` so far, by file; ``seconds`` is for every 50 pages of a container."""

    limits: Limits
    seconds: float
    _spent: dict[str, _Spent] = field(default_factory=dict)

    def refusal(self, source: Source) -> TooLargeError | None:
        """The error of a member of a container that is over a limit already."""
        over = self._of(source).over
        return TooLargeError(source.uri, *over) if over is not None else None

    def waited(self, source: Source, seconds: float) -> bool:
        """Count time that was waited for a member of a container; whether the container is over its limit now."""
        spent = self._of(source)
        spent.seconds += seconds
        allowed = self.seconds * max(1.0, spent.pages / PAGES)
        if spent.over is None and source.parts and spent.seconds > allowed:
            spent.over = (
                f"Reading what is packed into {_name(source)} takes more than {allowed:.0f} s.",
                "Take it apart and add what you need, or raise the limit (SETU_FILE_SECONDS).",
            )
        return spent.over is not None

    def take(self, document: Document) -> Document | TooLargeError:
        """Count a document; itself, or why it is left out."""
        spent, source = self._of(document.source), document.source
        spent.pages += len(document.pages)
        spent.characters += len(document.text)
        spent.rows += sum(block.role == "table_row" for block in document.blocks)
        most = self.limits.max_characters, self.limits.max_rows
        for count, limit, what, setting in zip(
            (spent.characters, spent.rows), most, ("characters", "rows of tables"), ("CHARACTERS", "ROWS"), strict=True
        ):
            if spent.over is None and count > limit:
                whole = f"All in {_name(source)} together" if source.parts else "It"
                spent.over = f"{whole} has more than {limit:,} {what}.", f"Split it, or raise the limit (SETU_MAX_{setting})."
        return self.refusal(source) or document

    def _of(self, source: Source) -> _Spent:
        return self._spent.setdefault(source.parts[0] if source.parts else source.uri, _Spent())


def _name(source: Source) -> str:
    return source.parts[0].rpartition("/")[2] if source.parts else source.uri.partition(INSIDE)[0]
