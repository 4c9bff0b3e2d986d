"""On which day a time limit ends: it runs from the paper's signature or entry into force, where the clause says so."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, cast, get_args

import regex

from ingest.records import Span as Stretch
from kb.agreements.card_records import Deadline, Recurrence, Span, added, on_or_after
from lang.values.calendars import Duration, Unit
from lang.values.dates import durations_in

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

_PAPER = r"(?:memorandum|mo[uc]a?|agreement|framework|protocol|arrangement|deal|statement)"
_IN_FORCE = regex.compile(
    rf"\b(?:of|after|from|following)\b[^.;]{{0,60}}\b(?:{_PAPER}|its)\b[^.;]{{0,30}}\b(?:comes?\sinto|becomes?|enters?|entry|enter)\b[^.;]{{0,20}}\b(?:effect|force|operative|effective)"
    rf"|\b(?:of|after|from|following)\s(?:the\s)?(?:entry\sinto\sforce|commencement)\sof\s(?:this|the)\s{_PAPER}"
    r"|(?:करार|ज्ञापन)[^।]{0,30}(?:अं?मलात\s+आल्य|लागू\s+झाल्य|प्रभावी\s+हो|लागू\s+हो)|効力(?:が|を)?(?:発生|生じ)[^。]{0,12}(?:日)?から",
    regex.I,
)
_SIGNED = regex.compile(
    rf"\b(?:of|after|from|following)\b[^.;]{{0,30}}(?:\bdate\sof\sthis\s{_PAPER}|\bsignature\b|\bsigning\b)|(?:स्वाक्षरी|हस्ताक्षर)[^।]{{0,25}}(?:पासून|से|नंतर)|(?:署名|締結|調印)(?:の日)?(?:から|後)",
    regex.I,
)
_NEXT = regex.compile(r"\b(?:within|over|in)\s+the\s+(?:next|following)\s*$", regex.I)
_LENGTHS = frozenset(get_args(Unit))
_ENDS = regex.compile(
    rf"\s*(?:before|prior\s+to|ahead\s+of)\s+(?:it\s+expires|(?:the\s+|its\s+)?(?:date\s+of\s+)?(?:expiry|expiration|end\s+of\s+(?:the\s+|its\s+|this\s+)?(?:term|period|{_PAPER}))|(?:the|this)\s+{_PAPER}\s+expires)",
    regex.I,
)
_ENDS_BEFORE = regex.compile(
    r"(?:मुदत|कालावधी|अवधि)\s*(?:की\s+)?(?:संपण्या|समाप्ती|समाप्ति|समाप्त\s+होने)\p{M}*(?:च्या|के|से)?\s*(?:किमान|कमीत\s+कमी|कम\s+से\s+कम)?\s*$|(?:期間|期限)(?:の)?満了(?:の)?(?:日)?(?:の|より)?(?:少なくとも|遅くとも)?$"
)
_LEAD = regex.compile(r"\b(?:before|prior)\b|आधी|पूर्व|पहले|前", regex.I)


_STEPS: Final[Mapping[Recurrence, Duration]] = {
    "daily": Duration(1, "day"), "weekly": Duration(1, "week"), "monthly": Duration(1, "month"), "quarterly": Duration(3, "month"),
    "twice a year": Duration(6, "month"), "yearly": Duration(1, "year"),
}  # fmt: skip
_LONGEST: Final[Mapping[Recurrence, int]] = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "twice a year": 184, "yearly": 366}
"""The most days that each of them takes."""


def span_of(found: Mapping[str, Any], speaks: date | None) -> Span:
    """The days that an agreement's facts give; ``speaks`` is the day it speaks from."""
    signed = _day((found.get("signed") or {}).get("value"))
    in_force = (found.get("in_force") or {}).get("value")
    if isinstance(in_force, str):  # as a person types it
        in_force = {"on": in_force.removeprefix("on ")} if in_force.startswith("on ") else {"on": "date", "when": in_force}
    effective = _day((in_force or {}).get("when")) or (signed if (in_force or {}).get("on") == "signature" else None)
    term = (found.get("term") or {}).get("value")
    ends = _end(effective, term)
    return Span(speaks, signed, effective, ends, _notify(found.get("renewal") or {}, ends))


def with_corrections(found: Mapping[str, Any], made: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The facts with the values that people gave them, for counting days.

    What was read to begin on signature begins on the day of signature that a person gave, and on none where they struck that out.
    """
    out = dict(found)
    for name in ("signed", "in_force", "term", "renewal"):
        if name not in made:
            continue
        value = made[name]["value"]
        out[name] = None if value is None else {**(found.get(name) or {}), "value": value}
    begins = (out.get("in_force") or {}).get("value")
    if "signed" in made and isinstance(begins, Mapping) and begins.get("on") == "signature":
        out["in_force"] = {**out["in_force"], "value": {key: value for key, value in begins.items() if key != "when"}}
    return out


def effective_span(kb: KnowledgeBase, document_id: int) -> Span:
    """The days of a document's version in force, as people corrected them; none that was read from words that may be misread.

    Raises:
        UnknownDocumentError: there is none of that id.
    """
    facts, info = kb.facts(document_id), kb.document(document_id)
    found, told = facts.get("found") or {}, facts.get("corrected") or {}
    doubtful = kb.doubtful(document_id, info.version, 0, sys.maxsize) if info.version else ()
    speaks = None if "date" not in told and _rests_on(found, info.date, doubtful) else info.date
    return span_of(with_corrections({name: one for name, one in found.items() if not _misread(one, doubtful)}, told), speaks)


def due_on(deadline: Deadline | None, clause: str, begins: int, span: Span) -> date | None:
    """The day on which a deadline ends; None for one that runs from something else, or returns (`returns`).

    Args:
        deadline: the deadline.
        clause: the words of the clause it stands in.
        begins: where that clause begins in the document.
        span: the days of the agreement.
    """
    if deadline is None or deadline.day is not None:
        return deadline.day if deadline is not None else None
    if deadline.on and deadline.every is None:
        return on_or_after(deadline.on[0], span.speaks) if span.speaks is not None else None
    unit = deadline.unit
    if unit is None or unit not in _LENGTHS:
        return None
    if deadline.ahead:
        return _before_the_end(deadline, clause[deadline.end - begins :], clause[: deadline.start - begins], span)
    start = next(
        (day for pattern, day in ((_IN_FORCE, span.effective), (_SIGNED, span.signed or span.speaks)) if pattern.search(clause)), None
    )
    if start is None and _NEXT.search(clause[: max(deadline.start - begins, 0)]):
        start = span.signed or span.speaks
    try:
        return added(start, Duration(deadline.count, cast(Unit, unit))) if start is not None else None
    except OverflowError:
        return None


def _before_the_end(deadline: Deadline, after: str, before: str, span: Span) -> date | None:
    """The last day that is so long before the agreement ends, where that is what it must be before; nothing else is dated."""
    if span.ends is None or not (_ENDS.match(after) or _ENDS_BEFORE.search(before)):
        return None
    return added(span.ends + timedelta(days=1), Duration(-deadline.count, cast(Unit, deadline.unit))) - timedelta(days=1)


def returns(deadline: Deadline | None, span: Span, until: date) -> list[date]:
    """The days on which what returns on days of the year fell due, from the agreement's beginning until a day; () for anything else."""
    first = span.effective or span.signed or span.speaks
    if deadline is None or deadline.every is None or first is None:
        return []
    last = min(until, span.ends or until)
    days = []
    for on in deadline.on:
        day = on_or_after(on, first)
        while day <= last:
            days.append(day)
            day = on_or_after(on, day + timedelta(days=1))
    return sorted(days)


def _misread(fact: Any, doubtful: Sequence[Stretch]) -> bool:
    if not isinstance(fact, Mapping) or fact.get("start") is None:
        return False
    return any(start < fact["end"] and fact["start"] < end for start, end in doubtful)


def _rests_on(found: Mapping[str, Any], day: date | None, doubtful: Sequence[Stretch]) -> bool:
    """Whether the day that a paper speaks from is one that may be misread."""
    saying = [one for one in (found.get("signed"), found.get("published")) if isinstance(one, Mapping) and _day(one.get("value")) == day]
    return bool(saying) and all(_misread(one, doubtful) for one in saying)


def next_return(deadline: Deadline | None, span: Span, after: date) -> date | None:
    """The first day after ``after`` on which what returns falls due, until the agreement ends; None where there is none.

    Where the clause names no days, they are counted from the day on which the agreement begins.
    """
    first = span.effective or span.signed or span.speaks
    if deadline is None or deadline.every is None or first is None:
        return None
    since = max(first, after + timedelta(days=1))
    if deadline.on:
        day = min(on_or_after(on, since) for on in deadline.on)
    else:
        length = _STEPS[deadline.every]
        passed = max((since - first).days // _LONGEST[deadline.every], 0)  # no more than have passed for sure
        steps = (added(first, Duration(length.count * n, length.unit)) for n in range(passed, passed + 400))
        day = next(day for day in steps if day >= since)
    return day if span.ends is None or day <= span.ends else None


def _end(effective: date | None, term: Mapping[str, Any] | None) -> date | None:
    if effective is None or not term:
        return None
    try:
        return added(effective, Duration(term["count"], term["unit"])) - timedelta(days=1)
    except OverflowError:
        return None


def _notify(renewal: Mapping[str, Any], ends: date | None) -> date | None:
    """Three months before the end, of "by an exchange of letters at least three months before it expires"."""
    text = str(renewal.get("text") or "")
    lead = next((d.value for d in durations_in(text) if _LEAD.search(text[d.end : d.end + 25])), None)
    if ends is None or lead is None:
        return None
    return added(ends + timedelta(days=1), Duration(-lead.count, lead.unit)) - timedelta(days=1)


def _day(value: Mapping[str, Any] | str | None) -> date | None:
    try:
        return date.fromisoformat(value if isinstance(value, str) else str(value["date"])) if value else None
    except ValueError:
        return None  # only a month or a year is written
