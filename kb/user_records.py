"""What people keep: conversations, what they think of answers, and how an obligation is being dealt with (who, how far, a note).

Exchanges are written as JSON. What is derived from the stored texts is never kept: the status of a citation or verdict, and the other
papers with its story; it is found out anew when an exchange is read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final, Literal, TypeAlias, get_args

from pydantic import TypeAdapter, ValidationError

from kb.records import Answer, Filters


def without_derived(plain: Any) -> Any:
    """Records as plain JSON values, without what `with_derived` puts back."""
    if isinstance(plain, list):
        return [without_derived(one) for one in plain]
    if not isinstance(plain, dict):
        return plain
    derived = {"status", "variants"} if _checked(plain) else {"variants"}
    return {key: without_derived(value) for key, value in plain.items() if key not in derived}


def with_derived(plain: Any) -> Any:
    """The values with every status ``unsupported``, until it is found out again."""
    if isinstance(plain, list):
        return [with_derived(one) for one in plain]
    if not isinstance(plain, dict):
        return plain
    read = {key: with_derived(value) for key, value in plain.items()}
    return {**read, "status": "unsupported"} if _checked(plain) else read


def _checked(plain: dict[str, Any]) -> bool:
    """Whether it is a citation or a verdict."""
    return "quote" in plain or "findings" in plain


KEY_PREFIX: Final = 6
"""Characters of a conversation's id that stand in the keys of its answers, so that they are found quickly; the other 16 stay secret."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, the filters it was asked under, and what has been said so far; ``complete`` when that is all."""

    question: str
    filters: Filters
    answer: Answer | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """Exchanges under an id that cannot be guessed: it is the only key to them. ``title`` is "" until somebody names it."""

    id: str
    exchanges: tuple[Exchange, ...] = ()
    title: str = ""

    def with_last(self, exchange: Exchange) -> Conversation:
        """The conversation with its last exchange replaced."""
        return replace(self, exchanges=(*self.exchanges[:-1], exchange))

    def with_new(self, exchange: Exchange) -> Conversation:
        """The conversation with one more exchange."""
        return replace(self, exchanges=(*self.exchanges, exchange))


@dataclass(frozen=True, slots=True)
class TalkInfo:
    """A conversation in a list: its name, or its first question where it has none; times are UTC."""

    id: str
    title: str
    created: datetime
    changed: datetime
    questions: int


def answer_key(conversation_id: str, ordinal: int) -> str:
    """The key of one answer (``ordinal`` from 0), for its link: a digest, it opens that answer and nothing else of the conversation."""
    digest = hashlib.blake2b(f"{conversation_id}/{ordinal}".encode(), digest_size=10).hexdigest()
    return f"{conversation_id[:KEY_PREFIX]}{digest}"


def write_exchange(exchange: Exchange) -> str:
    """An exchange as JSON. The status of a citation or verdict and the other papers with its story are left out: see `kb.answer.recheck`.

    Raises:
        TypeError: a field holds something that JSON cannot.
    """
    try:
        plain = _adapter().dump_python(exchange, mode="json", warnings="error")
    except ValueError as error:
        raise TypeError(f"The exchange cannot be written down: {error}") from error
    return json.dumps(without_derived(plain), ensure_ascii=False)


def read_exchange(stored: Any) -> Exchange:
    """The exchange that a JSON text, or what was read from one, describes; every status is ``unsupported`` until it is found out again.

    Raises:
        ValueError: it is no exchange.
    """
    plain = json.loads(stored) if isinstance(stored, str) else stored
    try:
        return _adapter().validate_python(with_derived(plain))
    except ValidationError as error:
        raise ValueError(f"This is no exchange of a conversation: {error.error_count()} of its fields are wrong.") from error


@cache
def _adapter() -> TypeAdapter[Exchange]:
    return TypeAdapter(Exchange)


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
