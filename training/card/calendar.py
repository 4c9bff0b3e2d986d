"""The days of an agreement as a calendar file (RFC 5545): what falls due, what returns, and when it begins and ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from icalendar import Calendar, Event

from kb import KnowledgeBase
from kb.card.due import effective_span
from kb.card.records import Card, Obligation, Recurrence, Span, on_or_after
from kb.printable import visible
from kb.records import Citation

PRODUCT: Final = "-//Setu//Agreement card//EN"
_RULES: Final[Mapping[Recurrence, dict[str, Any]]] = {
    "daily": {"freq": "daily"},
    "weekly": {"freq": "weekly"},
    "monthly": {"freq": "monthly"},
    "quarterly": {"freq": "monthly", "interval": 3},
    "twice a year": {"freq": "monthly", "interval": 6},
    "yearly": {"freq": "yearly"},
}
_SAID_IN: Final = {"signed": "signed", "effective": "effective", "ends": "term", "notify": "renewal"}
_LONGEST_TITLE = 120


def calendar(kb: KnowledgeBase, card: Card, named: Mapping[str, str], link: Callable[[Citation], str]) -> tuple[bytes, int]:
    """The file, and how many events it holds.

    Args:
        kb: where the agreement lies, for its days as people corrected them.
        card: the card.
        named: what ``signed``, ``effective``, ``ends`` and ``notify`` are called in the calendar.
        link: the address under which a passage opens.
    """
    span = effective_span(kb, card.document_id)
    out = Calendar()
    out.add("prodid", PRODUCT)
    out.add("version", "2.0")
    out.add("x-wr-calname", _line(card.title)[:_LONGEST_TITLE])
    events = [
        *_of_the_paper(card, span, named, link),
        *(e for one in card.obligations if not one.dropped for e in _of_duty(card, one, span, link)),
    ]
    for event in events:
        out.add_component(event)
    return out.to_ical(), len(events)


def _of_the_paper(card: Card, span: Span, named: Mapping[str, str], link: Callable[[Citation], str]) -> Iterator[Event]:
    """When it was signed, begins and ends, and by when its renewal must be declared, each with the clause that says so."""
    days = {"signed": span.signed, "effective": span.effective, "ends": span.ends, "notify": span.notify}
    for name, day in days.items():
        if day is None:
            continue
        entry = next((e for e in card.entries if e.field == _SAID_IN[name] and not e.dropped and e.citation is not None), None)
        yield _event(f"{name}-{card.document_id}", f"{named[name]}: {card.title}", day, entry.citation if entry else None, link)


def _of_duty(card: Card, one: Obligation, span: Span, link: Callable[[Citation], str]) -> Iterator[Event]:
    title = f"{one.actor}: {one.action}" if one.actor else one.action
    if one.unsure:
        return
    if one.due is not None:
        yield _event(f"{one.key}-{card.document_id}", title, one.due, one.citation, link)
        return
    first = span.effective or span.signed or span.speaks
    if one.deadline is None or one.deadline.every is None or first is None:
        return
    days = [on_or_after(on, first) for on in one.deadline.on]
    rule = dict(_RULES["yearly" if days else one.deadline.every])
    if span.ends is not None:
        rule["until"] = span.ends
    for at, day in enumerate(days or [first]):
        event = _event(f"{one.key}{f'-{at}' if at else ''}-{card.document_id}", title, day, one.citation, link)
        event.add("rrule", rule)
        yield event


def _event(uid: str, title: str, day: date, citation: Citation | None, link: Callable[[Citation], str]) -> Event:
    event = Event()
    title = _line(title)
    event.add("uid", f"{_line(uid)}@setu")
    event.add("dtstamp", datetime.now(UTC))
    event.add("summary", title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…")
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")  # a deadline takes nobody's time
    if citation is not None:
        event.add("description", f"{_text(citation.quote)}\n\n{_line(' › '.join(citation.path))}\n{link(citation)}")
        event.add("url", link(citation))
    return event


def _text(text: str) -> str:
    """Text of several lines without control characters (RFC 5545, 3.3.11), each break one that all programs know."""
    return visible("\n".join(text.splitlines()))


def _line(text: str) -> str:
    return " ".join(visible(text).split())
