"""Conversations that survive a refresh of the browser: one JSON file each, in ``SETU_HOME/conversations``.

What is kept of a citation is where it stands and what it quoted. Whether the source says so is found out again, from the
stored text, whenever the conversation is drawn.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import regex

from kb.errors import UnknownDocumentError
from kb.records import Answer, Citation, Context, Counterpart, Filters, Hit, Refusal, Statement, Timings

FORMAT: Final = 1
_ID = regex.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, the filters it was asked under, and what has been said so far; ``complete`` when that is all."""

    question: str
    filters: Filters
    answer: Answer | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """Exchanges under an id that cannot be guessed: it is the only key to them."""

    id: str
    exchanges: tuple[Exchange, ...] = ()

    def with_last(self, exchange: Exchange) -> Conversation:
        """The conversation with its last exchange replaced."""
        return replace(self, exchanges=(*self.exchanges[:-1], exchange))

    def with_new(self, exchange: Exchange) -> Conversation:
        """The conversation with one more exchange."""
        return replace(self, exchanges=(*self.exchanges, exchange))


class Conversations:
    """The folder of conversations."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "conversations"

    def new(self) -> Conversation:
        """An empty conversation; it is not on disk before it is saved."""
        return Conversation(secrets.token_urlsafe(16))

    def load(self, conversation_id: str) -> Conversation | None:
        """The conversation of that id; None when there is none, or its file is damaged or of another format."""
        if not _ID.fullmatch(conversation_id):
            return None
        try:
            stored = json.loads((self._folder / f"{conversation_id}.json").read_text(encoding="utf-8"))
            if stored["format"] != FORMAT:
                return None
            return Conversation(conversation_id, tuple(_exchange(e) for e in stored["exchanges"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def save(self, conversation: Conversation) -> None:
        """Write the file whole or not at all.

        Raises:
            OSError: the folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stored = {"format": FORMAT, "exchanges": [_stored(e) for e in conversation.exchanges]}
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".saving-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(stored, file, ensure_ascii=False)
            os.replace(name, self._folder / f"{conversation.id}.json")
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def recheck(answer: Answer, text_of: Callable[[int, int], str]) -> Answer:
    """The answer with the status of each citation found out again.

    ``text_of(document_id, version)`` gives the stored text and raises ``UnknownDocumentError`` where there is none. A quote that
    does not stand at its place is ``unsupported``.
    """

    def again(citation: Citation) -> Citation:
        try:
            stands = text_of(citation.document_id, citation.version)[citation.start : citation.end]
        except UnknownDocumentError:
            return replace(citation, status="unsupported")
        return replace(citation, status="verified" if citation.quote and stands == citation.quote else "unsupported")

    return replace(answer, statements=tuple(replace(s, citations=tuple(again(c) for c in s.citations)) for s in answer.statements))


def _stored(exchange: Exchange) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(asdict(exchange), default=_plain, ensure_ascii=False))
    for statement in (plain["answer"] or {}).get("statements", ()):
        for citation in statement["citations"]:
            del citation["status"], citation["variants"]  # both are found out anew
    for hit in ((plain["answer"] or {}).get("refusal") or {}).get("nearest", ()):
        del hit["variants"]
    return plain


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored in a conversation")


def _exchange(stored: dict[str, Any]) -> Exchange:
    limits = stored["filters"]
    filters = Filters(
        tuple(limits["kinds"]), tuple(limits["languages"]), tuple(limits["documents"]), _date(limits["date_from"]), _date(limits["date_to"])
    )
    answer = _answer(stored["answer"]) if stored["answer"] else None
    return Exchange(stored["question"], filters, answer, stored["complete"])


def _answer(stored: dict[str, Any]) -> Answer:
    statements = tuple(Statement(s["text"], s["standing"], tuple(_citation(c) for c in s["citations"])) for s in stored["statements"])
    said_no = stored["refusal"]
    refusal = Refusal(said_no["reason"], said_no["message"], tuple(_hit(h) for h in said_no["nearest"])) if said_no else None
    said = (stored.get("asked_as"), tuple(stored.get("notes", ())))
    return Answer(stored["question"], stored["language"], stored["engine"], statements, refusal, Timings(**stored["ms"]), *said)


def _citation(stored: dict[str, Any]) -> Citation:
    context = Context(**stored["context"]) if stored.get("context") else None
    beside = tuple(_counterpart(c) for c in stored.get("counterparts", ()))
    found = {"date": _date(stored["date"]), "path": tuple(stored["path"]), "counterparts": beside, "context": context}
    return Citation(**{**stored, **found}, status="unsupported")


def _hit(stored: dict[str, Any]) -> Hit:
    beside = tuple(_counterpart(c) for c in stored.get("counterparts", ()))
    return Hit(**{**stored, "date": _date(stored["date"]), "path": tuple(stored["path"]), "counterparts": beside, "context": None})


def _counterpart(stored: dict[str, Any]) -> Counterpart:
    return Counterpart(**{**stored, "path": tuple(stored["path"])})


def _date(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None
