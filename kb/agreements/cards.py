"""The card of an agreement of the knowledge base, and how each of its obligations is dealt with: who sees to it, how far it is, a note."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, TypeAlias

from ingest.records import Block
from kb.agreements.card_corrections import changes, corrected, line_key
from kb.agreements.card_records import (
    Card,
    CardError,
    Draft,
    Duty,
    Entry,
    Field,
    Found,
    NotAnAgreementError,
    NoTextError,
    Obligation,
    Span,
    UnknownCardLineError,
)
from kb.agreements.clause_anchors import Placed, anchor_of, duty_words, placed
from kb.agreements.due_dates import due_on, effective_span
from kb.agreements.extraction.card_extraction import draft
from kb.errors import UnknownDocumentError
from kb.records import Citation, DocumentInfo, FactView
from kb.user_records import Handling
from kb.verify.citations import check_quote
from lang.languages import Language

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

_FACT_NAMES: Final[Mapping[str, Field]] = {
    "title": "title", "parties": "party", "signatories": "signatory", "signed": "signed", "in_force": "effective", "place": "place",
    "term": "term", "renewal": "renewal", "notice": "notice",
}  # fmt: skip
"""What the knowledge base calls a fact → the field of the card."""


def make_card(kb: KnowledgeBase, document_id: int, *, any_kind: bool = False) -> Card:
    """Read the card of a document's version in force, put people's corrections over it, and check every quote against the stored text.

    Args:
        kb: where the document lies.
        document_id: which document.
        any_kind: make a card of a document that is taken to be no agreement, too.

    Raises:
        UnknownDocumentError: there is none of that id.
        NotAnAgreementError: the document is of another kind, and ``any_kind`` is false.
        NoTextError: there is no text in it.
        CardError: the corrections that are kept cannot be read.
    """
    info = kb.document(document_id)
    if info.state == "rejected" or not info.version:
        raise NoTextError(f"“{info.title}” is not in use, so there is no card of it. {info.note}".strip())
    if info.kind != "agreement" and not any_kind:
        raise NotAnAgreementError(
            f"“{info.title}” is taken for {info.kind.replace('_', ' ')}, not for an agreement. "
            "Correct its kind, or ask for a card all the same.",
            info.kind,
        )
    text = kb.text(document_id)
    if not text.strip():
        raise NoTextError(f"No text of “{info.title}” could be read, so there is no card of it. {info.note}".strip())
    card = _read_card(kb, info, text)
    return corrected(handled(kb, card), changes(kb, document_id))


def uncorrected_card(kb: KnowledgeBase, document_id: int) -> Card:
    """The card as it is read, with what was set for its obligations, without what people corrected in it; raises as `make_card` does."""
    return handled(kb, _read_card(kb, kb.document(document_id), kb.text(document_id)))


def handled(kb: KnowledgeBase, card: Card) -> Card:
    """A card that is not corrected yet, with what people set for its obligations, and for such as it no longer has."""
    found = placement(kb, card)
    if not found.by_key and not found.lost:
        return card
    owed = tuple(replace(one, handling=found.by_key[one.key].handling) if one.key in found.by_key else one for one in card.obligations)
    return replace(card, obligations=owed, lost=found.lost)


def placement(kb: KnowledgeBase, card: Card) -> Placed:
    """What people set for the obligations of a card that is not corrected yet, by their keys."""
    kept = kb.handlings.of([card.document_id]).get(card.document_id, ())
    return placed(kept, card.obligations, partial(_duties_of, kb, card.document_id))


def _read_card(kb: KnowledgeBase, info: DocumentInfo, text: str) -> Card:
    facts = kb.facts(info.id)
    found, told = facts.get("found") or {}, facts.get("corrected") or {}
    span = effective_span(kb, info.id)
    shape = json.dumps(found, sort_keys=True)
    known = (info.id, info.version, info.title, info.source, info.kind, info.date, info.language, hash(text), len(text), shape, span)

    def read() -> _Lines:
        made = _drafted(text, tuple(kb.outline(info.id)), shape, info.language)
        cite = _Citing(kb, info, text)
        return tuple(_entries(made.found, cite)), tuple(_obligations(made.duties, cite, text, span))

    entries, owed = _KNOWN.get(known, read)
    if told:
        entries = tuple(_with_people(entries, kb.fact_views(info.id)))
    return Card(info.id, info.version, info.title, info.source, info.language, info.date, entries, owed, kb.replaced(info.id), span)


def _duties_of(kb: KnowledgeBase, document_id: int, version: int) -> tuple[Duty, ...] | None:
    """The duties that are read in a version of a document, with the words of each as its ``action``; None where it is not kept."""
    try:
        text, found = kb.text(document_id, version), kb.facts(document_id, version).get("found") or {}
        blocks = tuple(kb.outline(document_id, version))
    except UnknownDocumentError:
        return None
    return duty_words(_drafted(text, blocks, json.dumps(found, sort_keys=True), kb.document(document_id).language).duties, text)


def card_of(kb: KnowledgeBase, paper: DocumentInfo) -> Card | None:
    """The card of a paper of any kind; None where it went meanwhile, has no text, or its card cannot be read."""
    try:
        return make_card(kb, paper.id, any_kind=True)
    except (UnknownDocumentError, CardError):
        return None


@lru_cache(maxsize=64)
def _drafted(text: str, blocks: tuple[Block, ...], found: str, language: Language) -> Draft:
    """What is read of a text, kept for the next time: it rests on nothing that people correct but the language."""
    return draft(text, blocks, json.loads(found), language)


_Lines: TypeAlias = tuple[tuple[Entry, ...], tuple[Obligation, ...]]


class _Known:
    """The lines that were read of the papers last, with their citations; the words and the place of each are those of the stored text."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: OrderedDict[Hashable, _Lines] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Hashable, read: Callable[[], _Lines]) -> _Lines:
        """Those under a key, read where they are not known."""
        with self._guard:
            if key in self._lines:
                self._lines.move_to_end(key)
                return self._lines[key]
        lines = read()
        with self._guard:
            self._lines[key] = lines
            while len(self._lines) > self._most:
                self._lines.popitem(last=False)
        return lines


_KNOWN: Final = _Known(1000)
"""So many papers with about 60 lines each are some 60 MB; with them a card takes a few queries, without them 20 to 200 ms."""


class _Citing:
    """Spans of one document as citations, with the status that comparing them with the stored text gives."""

    def __init__(self, kb: KnowledgeBase, info: DocumentInfo, text: str) -> None:
        self._kb = kb
        self._info = info
        self._text = text

    def __call__(self, start: int, end: int) -> Citation:
        info = self._info
        place = self._kb.place(info.id, info.version, start)
        quote = self._text[start:end]
        return Citation(
            info.id, info.title, info.source, info.version, info.kind, info.date, place.page, place.page_label, place.path, start, end,
            info.language, quote, check_quote(quote, self._text, start, end), ocr=place.ocr,
            doubtful=self._kb.doubtful(info.id, info.version, start, end),
        )  # fmt: skip


def _entries(found: Sequence[Found], cite: _Citing) -> Iterator[Entry]:
    met: dict[str, int] = {}
    for one in found:
        citation = cite(one.start, one.end) if one.start is not None and one.end is not None else None
        key = line_key(one.field, one.value)
        met[key] = met.get(key, 0) + 1
        yield Entry(key if met[key] == 1 else f"{key}-{met[key]}", one.field, one.value, citation, one.sure)


def _obligations(duties: Sequence[Duty], cite: _Citing, text: str, span: Span) -> Iterator[Obligation]:
    met: dict[str, int] = {}
    for one in duties:
        clause = text[one.start : one.end]
        key = line_key("obligation", clause)
        met[key] = met.get(key, 0) + 1
        cited, when = cite(one.start, one.end), one.deadline
        unsure = when is not None and any(when.start < one.start + last and one.start + first < when.end for first, last in cited.doubtful)
        due = None if unsure else due_on(when, clause, one.start, span)
        name = key if met[key] == 1 else f"{key}-{met[key]}"
        yield Obligation(name, one.actor, one.action, one.force, when, due, cited, unsure=unsure)


def _with_people(entries: Sequence[Entry], views: Sequence[FactView]) -> list[Entry]:
    """The entries with what people said of the document's facts: theirs stands first, what was read is kept beside it."""
    out = list(entries)
    told = {view.field for view in views if view.origin == "person"}
    for name, field in _FACT_NAMES.items():
        if name not in told:
            continue
        read = [entry for entry in out if entry.field == field]
        said = [view for view in views if view.field == name and view.origin == "person"]
        out = [entry for entry in out if entry.field != field]
        for view in said:
            citation = read[0].citation if read else None
            values = [v.strip() for v in view.value.split(";")] if name in ("parties", "signatories") else [view.value]
            for value in values:
                dropped = value == "none"
                shown = (read[0].value if read else "") if dropped else value
                if shown:
                    out.append(
                        Entry(
                            line_key(field, value), field, shown, citation, extracted=view.extracted, changed=view.changed, dropped=dropped
                        )
                    )
    return out


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
