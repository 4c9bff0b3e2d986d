"""The card of an agreement of the knowledge base."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ingest.records import Block, Language
from kb.answer.verify.quotes import check
from kb.card.corrections import changes, corrected, line_key
from kb.card.draft import draft
from kb.card.due import due_on, effective_span
from kb.card.errors import CardError, NotAnAgreementError, NoTextError
from kb.card.records import Card, Draft, Duty, Entry, Field, Found, Obligation, Span
from kb.errors import UnknownDocumentError
from kb.records import Citation, DocumentInfo, FactView

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
    facts = kb.facts(document_id)
    found = facts.get("found") or {}
    made = _drafted(text, tuple(kb.outline(document_id)), json.dumps(found, sort_keys=True), info.language)
    cite = _Citing(kb, info, text)
    span = effective_span(kb, document_id)
    entries = tuple(_with_people(list(_entries(made.found, cite)), kb.fact_views(document_id)))
    owed = tuple(_obligations(made.duties, cite, text, span))
    replaced = kb.replaced(document_id)
    card = Card(info.id, info.version, info.title, info.source, info.language, info.date, entries, owed, replaced, span)
    return corrected(card, changes(kb, document_id))


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
            info.language, quote, check(quote, self._text, start, end), ocr=place.ocr,
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
