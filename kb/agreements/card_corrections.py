"""What people said of a card's lines: kept with the document, whatever version of it is read, and never mixed with what was extracted.

Facts (`kb.agreements.card_records.FACTS`) are corrected in the knowledge base (`KnowledgeBase.correct`), since answers rest on them too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from kb.agreements.card_records import FACTS, FIELDS, Card, CardError, Entry, Field, Force, Obligation, UnknownCardLineError
from kb.verify.citations import fold

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

KIND: Final = "card"
_MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """One correction. ``key`` names a line that was read; "" adds one to ``field``.

    What is None stays as it was read; ``no_due`` says that the obligation has no day, whatever was read. ``who`` is an id, "" where nobody
    signs in; ``at`` is UTC.
    """

    key: str
    field: Field | None
    at: datetime
    who: str = ""
    dropped: bool = False
    value: str | None = None
    actor: str | None = None
    action: str | None = None
    force: Force | None = None
    due: date | None = None
    no_due: bool = False


_CHANGE: Final = TypeAdapter(Change)


def line_key(field: str, text: str) -> str:
    """What a line is known by: its field and its words, so that it is known again in a later version of the paper."""
    return f"{field}-{hashlib.sha256(fold(text).encode()).hexdigest()[:12]}"


def changes(kb: KnowledgeBase, document_id: int) -> tuple[Change, ...]:
    """The corrections of a document's card, the oldest first.

    Raises:
        CardError: what is kept cannot be read.
    """
    kept = kb.materials.load(_id(document_id), KIND)
    return _read(document_id, None if kept is None else kept.body)


def _read(document_id: int, body: str | None) -> tuple[Change, ...]:
    if body is None:
        return ()
    try:
        return tuple(_CHANGE.validate_python({"field": None, **one}) for one in json.loads(body)["changes"])
    except (ValueError, KeyError, TypeError) as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise CardError(
            f"The corrections of the card of document {document_id} cannot be read ({why}). Restore a backup, or take all of them back."
        ) from error


def correct(kb: KnowledgeBase, card: Card, change: Change) -> None:
    """Keep a correction; one of the same line takes the place of the earlier.

    Raises:
        UnknownCardLineError: the card has no such line.
        CardError: the field is a fact of the document, or a text is empty or too long.
        KnowledgeBaseError: it cannot be kept.
    """
    known = {one.key for one in card.entries} | {one.key for one in card.obligations}
    if change.key and change.key not in known:
        raise UnknownCardLineError(f"The card of “{card.title}” has no line {change.key}. Open the card again: the paper may have changed.")
    if change.field in FACTS:
        raise CardError(
            f"The {change.field} of “{card.title}” is a fact of the document: correct it in the library, or with setu docs correct."
        )
    for text in (change.value, change.actor, change.action):
        if text is not None and len(text) > _MAX_TEXT:
            raise CardError(f"A line of a card has at most {_MAX_TEXT} characters; this one has {len(text)}.")
    if change.value is not None and not change.value.strip():
        raise CardError("An empty line says nothing. Strike the line out instead.")
    _save(kb, card, lambda kept: [*(c for c in kept if not change.key or c.key != change.key), change])


def take_back(kb: KnowledgeBase, card: Card, key: str) -> None:
    """Let what was extracted count again, or remove the line that a person added.

    Raises:
        UnknownCardLineError: nothing was corrected there.
    """

    def without(kept: Sequence[Change]) -> list[Change]:
        left = [c for c in kept if _key_of(c) != key]
        if len(left) == len(kept):
            raise UnknownCardLineError(f"Nothing was corrected in line {key} of the card of “{card.title}”.")
        return left

    _save(kb, card, without)


def corrected(card: Card, made: Sequence[Change]) -> Card:
    """The card with what people said; lines that they added come last in their field."""
    by_key = {c.key: c for c in made if c.key}
    entries = [_entry(one, by_key.get(one.key)) for one in card.entries]
    entries += [
        Entry(_key_of(c), c.field, c.value, None, changed=c.at) for c in made if not c.key and c.field is not None and c.value is not None
    ]
    order = {field: at for at, field in enumerate(FIELDS)}
    obligations = tuple(_obligation(one, by_key.get(one.key)) for one in card.obligations)
    return replace(card, entries=tuple(sorted(entries, key=lambda one: order[one.field])), obligations=obligations)


def _entry(one: Entry, change: Change | None) -> Entry:
    if change is None:
        return one
    value = change.value if change.value is not None else one.value
    return replace(one, value=value, extracted=one.value, changed=change.at, dropped=change.dropped)


def _obligation(one: Obligation, change: Change | None) -> Obligation:
    if change is None:
        return one
    return replace(
        one,
        actor=one.actor if change.actor is None else change.actor,
        action=change.action or one.action,
        force=change.force or one.force,
        due=None if change.no_due else change.due or one.due,
        unsure=one.unsure and change.due is None,
        extracted=" · ".join(part for part in (one.actor, one.force, one.action, one.due.isoformat() if one.due else "") if part),
        changed=change.at,
        dropped=change.dropped,
    )


def now() -> datetime:
    """The time of a correction, UTC, without a zone as the catalogue keeps it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _key_of(change: Change) -> str:
    return change.key or line_key(f"added-{change.field}", f"{change.value} {change.at.isoformat()}")


def _id(document_id: int) -> str:
    return f"card-{document_id}"


def _save(kb: KnowledgeBase, card: Card, edit: Callable[[Sequence[Change]], Iterable[Change]]) -> None:
    """Change the corrections while nobody else does, so that of two people at once neither's is lost."""

    def edited(body: str | None) -> str:
        return json.dumps({"changes": [_plain(c) for c in edit(_read(card.document_id, body))]}, ensure_ascii=False)

    kb.materials.change(_id(card.document_id), KIND, card.title, edited, shared=True, role="editor")


def _plain(change: Change) -> dict[str, Any]:
    kept = _CHANGE.dump_python(change, mode="json")
    return {name: value for name, value in kept.items() if name == "key" or value not in (None, "", False)}
