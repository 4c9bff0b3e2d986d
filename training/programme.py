"""The plan of a longer training: half a day, or three days with breaks, exercises, tests, and talks about what to do here.

Each part of the module fills so much time as its slides, questions and headings carry, and no more; time for which the papers hold nothing
is left open, and the plan says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from training.cited_lines import Scribe, flat, line_id
from training.compose import main_heading, practised
from training.lesson import timings
from training.material.source_sentences import Heading, headings
from training.records import Activity, Length, Slide, Step

UNIT: Final = 5
"""Minutes to which all is rounded."""
LEAST_OPEN: Final = 15
"""Less time than that is not left open, but given to what there is."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How long a training is: its days, the minutes of each without breaks, and the breaks, after so many of these minutes each."""

    days: int
    minutes: int
    breaks: tuple[tuple[int, Activity, int], ...]
    slide: int
    """Minutes that a slide carries, with what is asked and said of it."""
    talk: int
    """Minutes that a talk carries about what a heading means here."""
    question: float
    """Minutes that a question of a test carries, its proof apart."""
    case: int
    opening: int

    @property
    def whole(self) -> int:
        """Minutes of all days, breaks included."""
        return self.days * (self.minutes + sum(minutes for _, _, minutes in self.breaks))


FRAMES: Final[Mapping[Length, Frame]] = {
    "half_day": Frame(1, 225, ((110, "break", 15),), 5, 10, 1.0, 40, 10),
    "three_days": Frame(3, 330, ((90, "break", 15), (165, "lunch", 60), (255, "break", 15)), 8, 25, 2.0, 90, 20),
}
SLIDES: Final[Mapping[Length, int]] = {"half_day": 24, "three_days": 40}
ITEMS: Final[Mapping[Length, int]] = {"half_day": 20, "three_days": 40}
"""Slides and questions that a module of a length is asked for where nobody said how many."""


def days_of(length: Length) -> int:
    """On how many days a training is held."""
    return FRAMES[length].days if length in FRAMES else 1


@dataclass(frozen=True, slots=True)
class _Unit:
    """What fills some minutes: an activity about a heading, with the slides that are shown."""

    activity: Activity
    minutes: int
    heading: Heading
    slides: tuple[str, ...] = ()


def carried(length: Length, *, slides: int, headings: int, items: int, case: bool, terms: int = 0) -> int:
    """Minutes that a module of so many slides, headings, questions and terms fills, breaks apart.

    Of a single session nothing is said: it takes as long as it is given.
    """
    frame = FRAMES[length]
    fixed = 2 * frame.opening + 3 * UNIT
    tests = 3 * _rounded(items * frame.question) if items else 0
    exercise = frame.case + frame.case // 3 if case else 0
    return fixed + slides * frame.slide + headings * frame.talk + tests + exercise + (2 * UNIT if terms else 0)


def too_thin(length: Length, *, slides: int, headings: int, items: int, case: bool, terms: int = 0) -> bool:
    """Whether a module leaves time of a training open."""
    if length not in FRAMES:
        return False
    frame = FRAMES[length]
    filled = carried(length, slides=slides, headings=headings, items=items, case=case, terms=terms)
    return frame.days * frame.minutes - filled >= LEAST_OPEN * frame.days


def programme(scribe: Scribe, slides: Sequence[Slide], *, items: int, case: bool, terms: int) -> tuple[Step, ...]:
    """The steps of a training of half a day or three days, day by day; breaks stand where a part ends."""
    length = scribe.material.request.length
    frame = FRAMES[length]
    found: list[Step] = []
    for day, units in enumerate(_by_day(frame, list(_units(scribe, frame, slides, items, case, terms))), start=1):
        filled = _filled(frame, units, main_heading(scribe))
        for number, unit in enumerate(_with_breaks(frame, filled)):
            line = scribe.phrase("plan", f"step.{unit.activity}", mark=f"{day} {number}", heading=unit.heading.named)
            made = Step(line_id("plan", length, day, number), unit.activity, unit.minutes, line, unit.slides, day)
            found.append(made)
    return tuple(found)


def _rounded(minutes: float) -> int:
    return max(UNIT, round(minutes / UNIT) * UNIT)


def _units(scribe: Scribe, frame: Frame, slides: Sequence[Slide], items: int, case: bool, terms: int) -> Iterator[_Unit]:
    """Everything that fills time, in the order of the days."""
    main, test = main_heading(scribe), _rounded(items * frame.question)
    known = {flat(group.heading.named.text): group.heading for group in scribe.material.groups}

    def of_kind(*kinds: str) -> tuple[str, ...]:
        return tuple(slide.id for slide in slides if slide.kind in kinds)

    yield _Unit("opening", frame.opening, main, of_kind("title", "objectives"))
    if items:
        yield _Unit("pretest", test, main)
    yield _Unit("briefing", 3 * UNIT, main)
    if terms:
        yield _Unit("glossary", 2 * UNIT, main)
    shown = [slide for slide in slides if slide.kind == "content"]
    for title, group in groupby(shown, key=lambda slide: slide.title.text):
        ids = tuple(slide.id for slide in group)
        about = known.get(flat(title), main)
        yield _Unit("slides", _rounded(len(ids) * frame.slide), about, ids)
        yield _Unit("discussion", frame.talk, about)
    practice = practised(scribe) if case else None
    if practice is not None:
        report = headings(scribe.kb, practice)[0]
        yield _Unit("case", frame.case, report, of_kind("case"))
        yield _Unit("report", _rounded(frame.case / 3), report)
    if items:
        yield _Unit("quiz", 2 * test, main)
    yield _Unit("closing", frame.opening, main, of_kind("closing"))


def _by_day(frame: Frame, units: Sequence[_Unit]) -> list[list[_Unit]]:
    """The units in their order, on each day about as much."""
    total, done = sum(unit.minutes for unit in units), 0.0
    days: list[list[_Unit]] = [[] for _ in range(frame.days)]
    for unit in units:
        at = min(frame.days - 1, int((done + unit.minutes / 2) * frame.days / total))
        days[at].append(unit)
        done += unit.minutes
    return days


def _filled(frame: Frame, units: Sequence[_Unit], main: Heading) -> list[_Unit]:
    """The units of a day with the minutes that they get of it; before the last of them stands what is left open."""
    given = sum(unit.minutes for unit in units)
    left = frame.minutes - given
    if left >= LEAST_OPEN or not units:
        at = len(units) - 1 if units and units[-1].activity == "closing" else len(units)
        return [*units[:at], _Unit("open", left, main), *units[at:]]
    shared = timings(frame.minutes, [unit.minutes for unit in units])
    return [replace(unit, minutes=minutes) for unit, minutes in zip(units, shared, strict=True)]


def _with_breaks(frame: Frame, units: Sequence[_Unit]) -> Iterator[_Unit]:
    """The units with the breaks of a day between them, each where the part ends that is nearest; open time is cut by them."""
    clock, marks = 0, list(frame.breaks)
    for unit in units:
        left, cut = unit, unit.activity in ("open", "case")
        while marks:
            after, activity, minutes = marks[0]
            if clock and after <= clock + (UNIT if cut else left.minutes / 2):
                yield _Unit(activity, minutes, left.heading)
            elif cut and after <= clock + left.minutes - LEAST_OPEN:
                yield replace(left, minutes=after - clock)
                yield _Unit(activity, minutes, left.heading)
                clock, left = after, replace(left, minutes=left.minutes - (after - clock))
            else:
                break
            marks.pop(0)
        clock += left.minutes
        yield left
