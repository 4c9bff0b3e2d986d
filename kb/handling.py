"""How an obligation is being dealt with, as people set it: who sees to it, how far it is, and a note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias, get_args

HandlingState: TypeAlias = Literal["open", "in_progress", "done", "not_ours"]
"""How far an obligation is; ``not_ours``: it is none, or none of this office's. What nobody has set is ``open``."""

STATES: Final[tuple[HandlingState, ...]] = get_args(HandlingState)
CLOSED: Final[frozenset[HandlingState]] = frozenset({"done", "not_ours"})
"""States in which nothing is left to do."""
MAX_OWNER: Final = 200
MAX_NOTE: Final = 2000


@dataclass(frozen=True, slots=True)
class Anchor:
    """The clause that something was set for, as it stood then: by this it is found again when the paper is read anew.

    ``clause`` are its words, at ``[start, end)`` of the text of ``version``. Where the same words stand in the paper several times, it was
    the ``nth`` of ``of``. ``scanned``: OCR read them, so that another reading may spell them otherwise.
    """

    key: str
    clause: str
    actor: str
    force: str
    path: tuple[str, ...]
    version: int
    start: int
    end: int
    nth: int = 1
    of: int = 1
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Handling:
    """What was set for one obligation.

    ``owner`` is the name of who sees to it, as it was typed or as their account is called, "" for nobody; ``owner_id`` is the id of that
    account, "" where it is none. ``through``: of what returns, what fell due up to this day is done; a ``state`` in which nothing is left
    to do then speaks of that, and any other of what comes after it. ``who`` set it (``person`` is their id, both "" where nobody signs in)
    at a time in UTC.
    """

    state: HandlingState = "open"
    owner: str = ""
    note: str = ""
    through: date | None = None
    owner_id: str = ""
    who: str = ""
    person: str = ""
    at: datetime = datetime.min

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do, now or ever again."""
        return self.state in CLOSED and self.through is None

    @property
    def now(self) -> HandlingState:
        """How far it is with what is to be done next."""
        return "open" if self.state in CLOSED and self.through is not None else self.state

    def covers(self, due: date) -> bool:
        """Whether what fell due on a day is done, or was none of ours."""
        return self.closed or (self.through is not None and due <= self.through)


@dataclass(frozen=True, slots=True)
class Kept:
    """A handling as it is kept, with the clause that it was set for; ``id`` is its number in the catalogue."""

    id: int
    document_id: int
    anchor: Anchor
    handling: Handling
