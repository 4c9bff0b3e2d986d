"""What a paper states of its days and lengths of time: of what reading and the models take for it the likeliest, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np

from ingest.records import Confidence, Facts, Found, FoundFacts, InForce, Notice, Renewal
from kb.classify.document_lines import Line
from kb.classify.linear_model import Floats
from lang.values.calendars import Duration, When

T = TypeVar("T")

FACT: Final = 0.4
"""How likely a date or a length of time is a fact that is told."""
RULED: Final = 0.3
"""By how much likelier one is that reading also takes for it."""
CLAUSE: Final = 0.3
"""How likely a line says that a paper is renewed or takes effect with its signature, for that to be told where nothing else says it."""
SURE: Final = 0.85
_BESIDE: Final = 300
"""Letters between a name and the day on which it was signed."""
_LIKELY: Final = 0.65
"""How likely each of several days is one of signature."""


@dataclass(frozen=True, slots=True)
class Told:
    """A date or a length of time with the ``chance`` that it is a fact, ``[start, end)`` in the document."""

    value: Duration | When
    chance: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clauses:
    """The lines, and of each the chances of what it says as a whole."""

    lines: Sequence[Line]
    chances: Mapping[str, Floats]

    def renews(self, start: int) -> tuple[float, bool]:
        """How likely the line at a place says that the paper is renewed, and whether by itself."""
        at = next((at for at, line in enumerate(self.lines) if line.start <= start < line.end), None)
        if at is None:
            return 0.0, False
        automatic, agreed = (float(self.chances[name][at]) for name in ("automatic", "agreed"))
        return automatic + agreed, automatic > agreed

    def likeliest(self, *names: str) -> tuple[Line, float] | None:
        """The line that likeliest says one of these, and how likely."""
        if not self.lines:
            return None
        total = np.sum([self.chances[name] for name in names], axis=0)
        at = int(np.argmax(total))
        return self.lines[at], float(total[at])

    def stated(self, value: T, text: str, *names: str) -> Found[T] | None:
        """A value with the line that says one of these, None where that is not likely."""
        said = self.likeliest(*names)
        if said is None or said[1] < CLAUSE:
            return None
        line, chance = said
        return Found(value, text[line.start : line.end], line.start, line.end, _confidence(chance))


def with_likeliest(facts: Facts, told: Mapping[str, Sequence[Told]], text: str, clauses: Clauses | None) -> Facts:
    """The facts, of dates and lengths of time the likeliest."""
    found = facts.found
    agreed = facts.kind == "agreement"
    beside = _where_signed(facts, told.get("signed", ()))
    signed = _likeliest(found.signed, told.get("signed", ()) if agreed else beside, text, _day)
    signed = _last(signed, beside, text) if agreed else signed
    issued = _unread(told.get("published", ()), found.published, found.in_force)
    published = found.published if agreed else _likeliest(found.published, issued, text, _day)
    days = (one.value.day_value for one in (signed, published) if one is not None)
    in_force = _in_force(found, told.get("in_force", ()), text, signed, clauses)
    found = replace(found, signed=signed, published=published, in_force=in_force)
    if clauses is not None:
        renewal = _renewed(found.renewal, told.get("renewal", ()), text, clauses)
        term = _likeliest(found.term, told.get("term", ()), text, _length)
        found = replace(found, term=term, notice=_noticed(found.notice, told.get("notice", ()), text), renewal=renewal)
    return replace(facts, found=found, date=next((day for day in days if day is not None), facts.date))


def _where_signed(facts: Facts, told: Sequence[Told]) -> Sequence[Told]:
    """The days that stand with who signed."""
    places = [one.start for one in facts.found.signatories if one.start is not None]
    return [one for one in told if any(abs(one.start - place) <= _BESIDE for place in places)]


def _last(signed: Found[When] | None, told: Sequence[Told], text: str) -> Found[When] | None:
    """The last of the days on which parties signed one after the other, where the day that is told stands among such."""
    days = [one for one in told if one.chance >= _LIKELY and isinstance(one.value, When) and one.value.day_value is not None]
    if signed is None or signed.start is None or not any(one.start == signed.start for one in days):
        return signed
    last = max(days, key=lambda one: str(one.value))
    day = _day(last.value)
    if day is None or str(day) <= str(signed.value):
        return signed
    return Found(day, text[last.start : last.end], last.start, last.end, signed.confidence)


def _in_force(
    found: FoundFacts, told: Sequence[Told], text: str, signed: Found[When] | None, clauses: Clauses | None
) -> Found[InForce] | None:
    """The day from which it applies; else that it does so when it is signed, or what else reading tells."""
    rule = found.in_force
    dated = rule if rule is not None and rule.value.on == "date" else None
    day = _likeliest(dated, told, text, lambda value: InForce("date", when) if (when := _day(value)) else None) or dated
    if day is not None:
        return day
    with_signature = InForce("signature", signed.value if signed else None)
    if rule is not None and dated is None:
        return replace(rule, value=with_signature) if rule.value.on == "signature" else rule
    return clauses.stated(with_signature, text, "signature") if clauses is not None else None


def _renewed(rule: Found[Renewal] | None, told: Sequence[Told], text: str, clauses: Clauses) -> Found[Renewal] | None:
    """Whether it is renewed, by itself or not, and for how long."""
    best: tuple[float, Told] | None = None
    for one in told:
        ruled = rule is not None and _meets(rule, one) and rule.value.period == one.value
        score = one.chance + RULED * ruled
        if score >= FACT and (best is None or score > best[0]):
            best = score, one
    if best is not None:
        score, one = best
        value = Renewal(clauses.renews(one.start)[1], _length(one.value))
        if rule is not None and _meets(rule, one):  # the whole clause also says by when
            return replace(rule, value=value, confidence=_confidence(score))
        return Found(value, text[one.start : one.end], one.start, one.end, _confidence(score))
    if rule is not None and rule.start is not None:
        chance, automatic = clauses.renews(rule.start)
        if chance + RULED >= FACT:
            return replace(rule, value=Renewal(automatic or rule.value.automatic))
    said = clauses.likeliest("automatic", "agreed")
    return clauses.stated(Renewal(clauses.renews(said[0].start)[1]), text, "automatic", "agreed") if said is not None else None


def _noticed(rule: Found[Notice] | None, told: Sequence[Told], text: str) -> Found[Notice] | None:
    timed = rule if rule is not None and rule.value.period is not None else None
    best = _likeliest(timed, told, text, lambda value: Notice(length) if (length := _length(value)) else None)
    return best or (rule if timed is None else None)


def _unread(told: Sequence[Told], own: Found[Any] | None, *others: Found[Any] | None) -> Sequence[Told]:
    """What is told, without what reading takes for another fact and not for this one."""
    return [
        one for one in told if (own is not None and _meets(own, one)) or not any(rule is not None and _meets(rule, one) for rule in others)
    ]


def _likeliest(rule: Found[T] | None, told: Sequence[Told], text: str, as_fact: Callable[[Duration | When], T | None]) -> Found[T] | None:
    """The likeliest of what is told and of what reading found, as a fact; None where neither is likely enough."""
    if rule is not None and rule.start is None:
        return rule
    best: tuple[float, Found[T]] | None = None
    met = False
    for one in told:
        value = as_fact(one.value)
        ruled = rule is not None and _meets(rule, one)
        met = met or ruled
        score = one.chance + RULED * ruled
        if value is not None and score >= FACT and (best is None or score > best[0]):
            fact = Found(value, text[one.start : one.end], one.start, one.end, _confidence(score))
            best = score, rule if ruled and rule is not None else fact
    if best is not None:
        return best[1]
    return None if met else rule


def _meets(rule: Found[T], one: Told) -> bool:
    return rule.start is not None and rule.end is not None and one.start < rule.end and rule.start < one.end


def _confidence(chance: float) -> Confidence:
    return "sure" if chance >= SURE else "likely"


def _day(value: Duration | When) -> When | None:
    """A day, or a month where only that is written."""
    return value if isinstance(value, When) and value.year is not None and value.precision in ("day", "month") else None


def _length(value: Duration | When) -> Duration | None:
    return value if isinstance(value, Duration) else None
