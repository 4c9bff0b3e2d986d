"""Setting how an obligation of a card is dealt with: who sees to it, how far it is, a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.card.card import placement, uncorrected_card
from kb.card.errors import CardError, UnknownCardLineError
from kb.card.placing import anchor_of
from kb.card.records import Card
from kb.handling import Handling

if TYPE_CHECKING:
    from kb.base import KnowledgeBase


def handle(kb: KnowledgeBase, card: Card, key: str, wanted: Handling) -> None:
    """Keep what the reader sets for the obligation of this key; it takes the place of what was set for it before.

    It takes an editor who sees the paper, and holds for later versions of the paper in which the clause is found again.

    Raises:
        UnknownCardLineError: the paper has no such obligation any more.
        CardError: nothing that returns can be done through a day, because the obligation does not return.
        AccessError: the reader is no editor.
        KnowledgeBaseError: owner or note are too long, or it cannot be kept.
    """
    now = uncorrected_card(kb, card.document_id)
    one = next((one for one in now.obligations if one.key == key), None)
    if one is None:
        raise UnknownCardLineError(f"The card of “{card.title}” has no obligation {key}. Open the card again: the paper may have changed.")
    if wanted.through is not None and (one.deadline is None or one.deadline.every is None):
        raise CardError("This obligation does not return, so it is done or not, and not done through a day. Leave the day out.")
    kb.handlings.put(card.document_id, anchor_of(one, now.obligations), wanted, _set_for(kb, now, key))
    kb.recorded("handled", f"#{card.document_id} {card.title}: {key} {wanted.state}")


def take_back_handling(kb: KnowledgeBase, card: Card, key: str) -> None:
    """Forget what was set for the obligation of this key: it is open, with nobody to see to it.

    Raises:
        UnknownCardLineError: nothing is set for it.
        AccessError: the reader is no editor.
        KnowledgeBaseError: it cannot be written.
    """
    number = _set_for(kb, uncorrected_card(kb, card.document_id), key)
    if number is None:
        raise UnknownCardLineError(f"Nothing is set for {key} of the card of “{card.title}”.")
    forget_lost(kb, card, number)


def forget_lost(kb: KnowledgeBase, card: Card, number: int) -> None:
    """Forget what is kept under a number (`Card.lost`), of a clause that is no longer found; raises as `take_back_handling` does."""
    kb.handlings.take_back(card.document_id, number)
    kb.recorded("handled", f"#{card.document_id} {card.title}: {number} taken back")


def _set_for(kb: KnowledgeBase, now: Card, key: str) -> int | None:
    found = placement(kb, now).by_key.get(key)
    return found.id if found is not None else None
