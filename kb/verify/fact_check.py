"""Whether every number, amount, date and clause number of a statement stands in its evidence, in whatever script or calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import regex

from kb.records import Check, Finding
from lang.references import place_keys
from lang.values.calendars import MONTHS, When
from lang.values.dates import ReadDate, dates_in
from lang.values.quantities import Quantity, quantities_in
from lang.words.search_tokens import script

_LONE = [name for name in MONTHS if len(name) > 3 or not name.isascii()]
_CASES = "मध्ये|मधे|त(?!\\p{L})|ात|ला(?!\\p{L})|च\\p{M}|पर्यंत|पासून|हून|नंतर|पूर्वी|अखेर|दरम्यान|महिन|रोजी|साठी|सह|ने(?!\\p{L})"
"""What a Marathi month can end on; in ऑगस्टस none stands there."""
# "March" and "May" begin sentences as verbs: in Latin script a month needs its capital and a word before it.
_MONTH = regex.compile(
    rf"(?<=[\p{{Ll}},] )(?P<name>{'|'.join(sorted((n.title() for n in _LONE if n.isascii()), key=len, reverse=True))})(?![\p{{L}}\p{{M}}])"
    rf"|(?<![\p{{L}}\p{{M}}])(?P<name>{'|'.join(sorted((n for n in _LONE if not n.isascii() and len(n) > 2), key=len, reverse=True))})"
    rf"(?=$|[^\p{{L}}\p{{M}}]|{_CASES})|(?<!\p{{N}})(?P<number>\p{{Nd}}{{1,2}})月(?!間)"
)
_NUMBERS = regex.compile(r"\d+")
_COUNTS_NOTHING = 2
"""*One* and *two* in words are often no count: "one of the", "the two sides", एक."""
_SMALL = 10
"""Numbers that may be exchanged for *two*."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month that stands without day and year: *in December*, 12月に."""

    number: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be checked in a text: its dates, the months without a year, and the quantities outside them."""

    dates: tuple[ReadDate, ...]
    quantities: tuple[Quantity, ...]
    months: tuple[Month, ...]


@lru_cache(maxsize=2048)
def facts_in(text: str) -> Facts:
    """Dates and quantities of a text."""
    dates = dates_in(text)
    spans = [(d.start, d.end) for d in dates]
    months = tuple(_months(text, spans))
    return Facts(dates, quantities_in(text, [*spans, *((m.start, m.end) for m in months)]), months)


def _months(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Month]:
    for match in _MONTH.finditer(text):
        number = int(match["number"]) if match["number"] else MONTHS[match["name"].lower()]
        if 1 <= number <= 12 and not any(start < match.end() and match.start() < end for start, end in taken):
            yield Month(number, match[0], match.start(), match.end())


def check_facts(statement: str, evidence: Sequence[str], context: Sequence[str] = ()) -> tuple[Finding, ...]:
    """The facts of a statement that its evidence does not bear out, in the order of the statement.

    Args:
        statement: one sentence.
        evidence: the quotes it rests on.
        context: what surrounds them and may be relied on: heading path, document title, the document's own date.
    """
    said = facts_in(statement)
    shown = [facts_in(text) for text in (*evidence, *context)]
    across = script(statement) not in {script(text) for text in evidence}
    dates = [d for facts in shown for d in facts.dates]
    quantities = [q for facts in shown for q in facts.quantities]
    shares = any(q.unit == "percent" for q in said.quantities) and any(q.unit == "percent" for q in quantities)
    places = frozenset(place_keys(context))
    months = {m.number for facts in shown for m in facts.months} | {d.when.month for d in dates}
    # A day whose month has a case ending: २१ जानेवारीला.
    days = {(m.number, int(q.number)) for facts in shown for m in facts.months for q in facts.quantities if 0 <= m.start - q.end <= 1}
    found = [(m.start, Finding("date", m.text, _other_month(shown))) for m in said.months if m.number not in months]
    found += [(d.start, Finding("date", d.text, _other_date(dates))) for d in said.dates if not _dated(d, dates, quantities, days)]
    for quantity in said.quantities:
        if quantity.role == "clause":
            if not _placed(quantity, quantities, places):
                found.append((quantity.start, Finding("clause", quantity.text, _first(q.text for q in quantities if q.role == "clause"))))
        elif not (_counted(quantity, quantities, dates, shares) or (across and _written_otherwise(quantity, quantities))):
            found.append((quantity.start, Finding("number", quantity.text, _other_number(quantity, quantities))))
    return tuple(finding for _, finding in sorted(found, key=lambda pair: pair[0]))


def exchanged_facts(statement: str, sentence: str) -> tuple[Finding, ...]:
    """Facts of a statement that the sentence whose words it uses has not, where that one has another of the kind in their place.

    It finds what a look through all of the evidence cannot: a number that stands there too, but belongs to something else.
    """
    said, shown = facts_in(statement), facts_in(sentence)
    found = []
    for check, ours, theirs in (
        ("date", [(_day(d), d.text) for d in said.dates], [(_day(d), d.text) for d in shown.dates]),
        ("date", [(str(m.number), m.text) for m in said.months], [(str(m.number), m.text) for m in shown.months]),
        ("number", [(_key(q), q.text) for q in said.quantities], [(_key(q), q.text) for q in shown.quantities]),
    ):
        new = Counter(key for key, _ in ours) - Counter(key for key, _ in theirs)
        gone = Counter(key for key, _ in theirs) - Counter(key for key, _ in ours)
        if new and gone:
            instead = next(text for key, text in theirs if key in gone)
            found += [Finding(cast(Check, check), text, instead) for key, text in ours if key in new]
    return tuple(found)


def misplaced_facts(statement: str, sentence: str, context: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Facts of a statement that the sentence it follows in another language has not, where that one has another in their place.

    As `exchanged_facts`, but by the tolerant comparison of `check_facts`: a translation counts and dates in its own way. *Two*, 1 and
    *a week* count here where the sentence has another small number, or another number of weeks, instead.
    """
    spare = [finding for finding in check_facts(sentence, [statement]) if finding.check != "clause"]
    found = [f for f in check_facts(statement, [sentence], context) if f.check != "clause"] if spare else []
    said, shown = _amounts(statement), _amounts(sentence)
    for one in said:
        written = bool(one.unit) or _NUMBERS.search(one.text) is not None
        counts = (one.number == 1 and written) or (one.number == _COUNTS_NOTHING and not one.unit)
        like = [q for q in shown if q.unit == one.unit and (one.unit or q.number <= _SMALL)]
        instead = [q for q in like if q.number > one.number and q.value not in {s.value for s in said}]
        if counts and instead and one.number not in {q.number for q in shown} and one.text not in {f.said for f in found}:
            found.append(Finding("number", one.text, instead[0].text))
    return tuple(found or _repeated(statement, sentence))


def _repeated(statement: str, sentence: str) -> list[Finding]:
    """Values that a statement has more often than the sentence, which has another in their place: *1962 and 1962* of 1961 and 1962."""
    said, shown = _values(statement), _values(sentence)
    times, there = (Counter(key for key, _ in values) for values in (said, shown))
    left = [(key, text) for key, text in shown if key not in times]
    found = {key: text for key, text in said if 0 < there[key] < times[key]}
    pairs = [(text, next((other for (kind, _), other in left if kind == key[0]), "")) for key, text in found.items()]
    return [Finding("number", text, instead) for text, instead in pairs if instead]


def _values(text: str) -> list[tuple[tuple[str, str], str]]:
    """The kind and value of each number, month and year of a text, and how it is written; without words for one and two."""
    facts = facts_in(text)
    found = [
        ((f"{q.role} {q.unit}", str(q.value)), q.text)
        for q in facts.quantities
        if q.role in ("amount", "ordinal") and not (q.spelled and q.number <= _COUNTS_NOTHING)
    ]
    found += [(("month", str(m.number)), m.text) for m in facts.months]
    return found + [(("amount ", str(d.when.year)), d.text) for d in facts.dates if d.when.precision == "year"]


def _amounts(text: str) -> list[Quantity]:
    return [q for q in facts_in(text).quantities if q.role == "amount"]


def _day(date: ReadDate) -> str:
    return f"{date.when.year}-{date.when.month}-{date.when.day}"


def _key(quantity: Quantity) -> str:
    return f"{quantity.code or quantity.value} {quantity.unit}"


def _dated(
    said: ReadDate, dates: Iterable[ReadDate], quantities: Iterable[Quantity], days: Collection[tuple[int | None, int | None]]
) -> bool:
    if any(_covers(shown.when, said.when) for shown in dates):
        return True
    if said.when.year is None and (said.when.month, said.when.day) in days:
        return True
    year = said.when.year if said.when.precision == "year" else None
    return year is not None and any(q.role == "amount" and not q.unit and q.number == year for q in quantities)


def _covers(shown: When, said: When) -> bool:
    """Whether a date of the evidence says all that the statement's date says."""
    if (shown.calendar in ("saka", "vikram")) != (said.calendar in ("saka", "vikram")) or said.fiscal != shown.fiscal:
        return False
    return all(one is None or one == other for one, other in zip(_parts(said), _parts(shown), strict=True))


def _parts(when: When) -> tuple[int | None, int | None, int | None]:
    return when.year, when.month, when.day


def _placed(said: Quantity, shown: Iterable[Quantity], places: frozenset[str]) -> bool:
    """Whether the evidence speaks of that clause, or stands in it."""
    article, *inside = said.code.split(".")
    return (article in places and not inside) or any(
        q.role == "clause" and (q.code == said.code or q.code.startswith(f"{said.code}.")) for q in shown
    )


def _counted(said: Quantity, shown: Iterable[Quantity], dates: Iterable[ReadDate], shares: bool) -> bool:
    """Whether the evidence has that number; ``shares`` tells that both speak of percents, so that *20 or 30 per cent* may stand there."""
    if said.spelled and said.number <= _COUNTS_NOTHING and not said.unit:
        return True
    if said.role == "code":
        return any(q.role == "code" and q.code == said.code for q in shown)
    if not said.unit and any(d.when.year == said.number or said.number in (d.when.month, d.when.day) for d in dates):
        return True
    return any(_same(said, q) and (shares or (said.unit == "percent") is (q.unit == "percent")) for q in shown)


def _written_otherwise(said: Quantity, shown: Sequence[Quantity]) -> bool:
    """Whether evidence in another script has a number in a way that only a script or language has: *a week*, कोविड-19, ५४ व्या वर्षी."""
    if said.role == "code":
        return any(q.role == "amount" and not q.unit and not q.spelled and str(q.number) in _NUMBERS.findall(said.code) for q in shown)
    if said.number == 1:
        return not said.unit or not any(q.unit and (q.number == 1 or q.unit == said.unit) for q in shown)
    if not said.unit and any(q.role == "code" and str(said.number) in _NUMBERS.findall(q.code) for q in shown):
        return True
    return any(q.number == said.number and {q.role, said.role} == {"amount", "ordinal"} for q in shown)


def _same(said: Quantity, shown: Quantity) -> bool:
    if shown.role not in ("amount", "ordinal") or (said.role == "amount" and shown.role == "ordinal"):
        return False
    if not said.unit or not shown.unit:
        return said.number == shown.number
    return said.unit == shown.unit and said.value == shown.value


def _other_date(dates: Sequence[ReadDate]) -> str:
    return dates[0].text if dates else ""


def _other_month(shown: Iterable[Facts]) -> str:
    return _first(m.text for facts in shown for m in facts.months) or _first(d.text for facts in shown for d in facts.dates)


def _other_number(said: Quantity, shown: Sequence[Quantity]) -> str:
    """The number of the evidence that stands in the statement's place, as far as the unit tells."""
    return _first(q.text for q in shown if q.role == said.role and q.unit == said.unit) or _first(
        q.text for q in shown if q.role == said.role
    )


def _first(texts: Iterable[str]) -> str:
    return next(iter(texts), "")
