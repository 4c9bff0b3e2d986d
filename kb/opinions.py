"""What people think of an answer: whether it helped, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

from kb.talk import Exchange

Reason: TypeAlias = Literal["source", "language", "incomplete", "outdated", "fact", "other"]
"""What was wrong with an answer: the source, the language, something is missing, something is no longer so, something is not so."""

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)

MAX_COMMENT: Final = 2000


@dataclass(frozen=True, slots=True)
class Opinion:
    """Whether an answer was good; ``reason`` is None and ``comment`` "" where none was given."""

    good: bool
    reason: Reason | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer with what somebody thinks of it.

    ``ordinal`` counts the exchanges of the conversation from 0; ``who`` is the name of ``person`` (an id), "" where nobody signs in;
    ``at`` is UTC.
    """

    conversation_id: str
    ordinal: int
    who: str
    at: datetime
    opinion: Opinion
    exchange: Exchange
    person: str = ""
