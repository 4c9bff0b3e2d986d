"""The days of an agreement as a calendar file (RFC 5545): what falls due, what returns, and when it begins and ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from icalendar import Alarm, Calendar, Event

from kb import KnowledgeBase
from kb.agreements.card_records import Card, Deadline, Obligation, Recurrence, Span
from kb.agreements.due_dates import effective_span, next_return
from kb.agreements.obligation_register import Row
from kb.records import Citation
from kb.sanitize import visible

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
ALARMS: Final = (7, 1)
"""How many days before its day an event is announced, where nobody says otherwise."""
_AT: Final = timedelta(hours=9)
"""The time of day of an alarm: the events take whole days, which begin at midnight, when nobody is at work."""


def calendar(
    kb: KnowledgeBase, card: Card, named: Mapping[str, str], link: Callable[[Citation], str], alarms: Sequence[int] = ALARMS
) -> tuple[bytes, int]:
    """The file of one agreement, and how many events it holds; what people said is done, or not ours, is left out.

    Args:
        kb: where the agreement lies, for its days as people corrected them.
        card: the card.
        named: what ``signed``, ``effective``, ``ends`` and ``notify`` are called in the calendar, and ``owner`` who sees to something.
        link: the address under which a passage opens.
        alarms: how many days before each day one is reminded of it.
    """
    span = effective_span(kb, card.document_id)
    made = _Events(named, link, alarms)
    duties = (e for one in card.obligations if not one.dropped for e in made.of_duty(card, one, span))
    return _file(card.title, [*made.of_the_paper(card, span), *duties])


def deadlines(
    rows: Iterable[Row], title: str, named: Mapping[str, str], link: Callable[[Citation], str], alarms: Sequence[int] = ALARMS
) -> tuple[bytes, int]:
    """The file of obligations of several papers, each with its paper's title, and how many events it holds; otherwise as `calendar`."""
    made = _Events(named, link, alarms)
    return _file(title, [event for row in rows for event in made.of_duty(row.card, row.one, row.card.span, row.paper.title)])


def _file(title: str, events: Sequence[Event]) -> tuple[bytes, int]:
    out = Calendar()
    out.add("prodid", PRODUCT)
    out.add("version", "2.0")
    out.add("x-wr-calname", _line(title)[:_LONGEST_TITLE])
    for event in events:
        out.add_component(event)
    return out.to_ical(), len(events)


class _Events:
    """Makes events with their alarms; the arguments are those of `calendar`."""

    def __init__(self, named: Mapping[str, str], link: Callable[[Citation], str], alarms: Sequence[int]) -> None:
        self._named = named
        self._link = link
        self._alarms = sorted(set(alarms), reverse=True)

    def of_the_paper(self, card: Card, span: Span) -> Iterator[Event]:
        """When it was signed, begins and ends, and by when its renewal must be declared, each with the clause that says so."""
        days = {"signed": span.signed, "effective": span.effective, "ends": span.ends, "notify": span.notify}
        for name, day in days.items():
            if day is None:
                continue
            entry = next((e for e in card.entries if e.field == _SAID_IN[name] and not e.dropped and e.citation is not None), None)
            title = f"{self._named[name]}: {card.title}"
            event = self._event(f"{name}-{card.document_id}", title, day, entry.citation if entry else None)
            yield self._announced(event) if name in ("ends", "notify") else event

    def of_duty(self, card: Card, one: Obligation, span: Span, paper: str = "") -> Iterator[Event]:
        """The day on which it is due, or on which it returns; none where nothing is left to do."""
        handling = one.handling
        if one.unsure or (handling is not None and handling.closed):
            return
        title = f"{one.actor}: {one.action}" if one.actor else one.action
        more = [paper] if paper else []
        if handling is not None:
            more += [f"{self._named['owner']}: {handling.owner}"] if handling.owner else []
            more += [handling.note] if handling.note else []
        if one.due is not None:
            yield self._announced(self._event(f"{one.key}-{card.document_id}", title, one.due, one.citation, more))
            return
        if one.deadline is None or one.deadline.every is None:
            return
        after = handling.through if handling is not None and handling.through is not None else date.min
        each = [replace(one.deadline, on=(on,)) for on in one.deadline.on] or [one.deadline]
        for at, deadline in enumerate(each):
            day = next_return(deadline, span, after)
            if day is None:
                continue
            event = self._event(f"{one.key}{f'-{at}' if at else ''}-{card.document_id}", title, day, one.citation, more)
            event.add("rrule", _rule(deadline, day, span))
            yield self._announced(event)

    def _announced(self, event: Event) -> Event:
        for days in self._alarms:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", str(event["summary"]))
            alarm.add("trigger", _AT - timedelta(days=days))
            event.add_component(alarm)
        return event

    def _event(self, uid: str, title: str, day: date, citation: Citation | None, more: Sequence[str] = ()) -> Event:
        event = Event()
        title = _line(title)
        event.add("uid", f"{_line(uid)}@setu")
        event.add("dtstamp", datetime.now(UTC))
        event.add("summary", title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…")
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")  # a deadline takes nobody's time
        if citation is not None:
            said = "".join(f"{_text(one)}\n" for one in more)
            event.add("description", f"{said}{_text(citation.quote)}\n\n{_line(' › '.join(citation.path))}\n{self._link(citation)}")
            event.add("url", self._link(citation))
        return event


def _rule(deadline: Deadline, first: date, span: Span) -> dict[str, Any]:
    """How an event returns that falls on ``first``: in a shorter month on its last day, which a rule must be told (RFC 5545, 3.3.10)."""
    every = deadline.every or "yearly"
    rule = dict(_RULES["yearly" if deadline.on else every])
    if rule["freq"] == "monthly" and first.day > 28:
        rule |= {"bymonthday": list(range(28, first.day + 1)), "bysetpos": -1}
    elif deadline.on == ((2, 0),):
        rule |= {"bymonth": 2, "bymonthday": -1}
    if span.ends is not None:
        rule["until"] = span.ends
    return rule


def _text(text: str) -> str:
    """Text of several lines without control characters (RFC 5545, 3.3.11), each break one that all programs know."""
    return visible("\n".join(text.splitlines()))


def _line(text: str) -> str:
    return " ".join(visible(text).split())
