"""Conversations, and how they are written down: as JSON, without anything that is derived from the stored texts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from kb.derived import with_derived, without_derived
from kb.records import Answer, Filters

__all__ = ["Conversation", "Exchange", "TalkInfo", "answer_key", "read_exchange", "write_exchange"]


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
