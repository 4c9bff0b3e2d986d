"""The lesson plan, whose minutes add up to the length that was asked for, and what to read on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from training.cited_lines import Scribe, line_id
from training.compose import BRIEFED, FRAME, chosen_groups, in_order, main_heading, practised, relevant
from training.material.source_sentences import Heading, headings
from training.records import Activity, Line, Slide, Step

SHARES: Final[Mapping[Activity, float]] = {"opening": 0.1, "briefing": 0.12, "slides": 0.4, "case": 0.2, "quiz": 0.12, "closing": 0.06}
"""How much of the time each part of a lesson takes."""
STEP: Final = 5
"""Minutes to which the parts are rounded where the lesson is long enough."""
READINGS: Final = 8


def lesson_plan(scribe: Scribe, slides: Sequence[Slide], *, with_case: bool, with_quiz: bool) -> tuple[Step, ...]:
    """The steps with their minutes; without a case or a quiz their time goes to the others."""
    shares = {
        activity: share for activity, share in SHARES.items() if (activity != "case" or with_case) and (activity != "quiz" or with_quiz)
    }
    minutes = timings(scribe.material.request.minutes, list(shares.values()))
    about = _about(scribe)
    shown: dict[Activity, tuple[str, ...]] = {
        "opening": tuple(slide.id for slide in slides if slide.kind in ("title", "objectives")),
        "slides": tuple(slide.id for slide in slides if slide.kind == "content"),
        "case": tuple(slide.id for slide in slides if slide.kind == "case"),
        "closing": tuple(slide.id for slide in slides if slide.kind == "closing"),
    }
    return tuple(
        Step(line_id("plan", activity), activity, time, scribe.phrase("plan", f"step.{activity}", heading=about[activity].named),
             shown.get(activity, ()))
        for activity, time in zip(shares, minutes, strict=True)
    )  # fmt: skip


def timings(minutes: int, shares: Sequence[float]) -> list[int]:
    """Whole minutes for each share, at least one each, adding up to ``minutes``; in steps of five where there are enough.

    What rounding leaves goes to the shares that lost most by it (the largest-remainder method).
    """
    unit = STEP if minutes % STEP == 0 and minutes >= STEP * len(shares) * 1.5 else 1
    whole, total = minutes // unit, sum(shares)
    exact = [share / total * whole for share in shares]
    given = [max(1, int(one)) for one in exact]
    while sum(given) < whole:
        at = max(range(len(given)), key=lambda i: (exact[i] - given[i], -i))
        given[at] += 1
    while sum(given) > whole and max(given) > 1:
        at = max((i for i in range(len(given)) if given[i] > 1), key=lambda i: (given[i] - exact[i], given[i], -i))
        given[at] -= 1
    return [one * unit for one in given]


def further_reading(scribe: Scribe) -> tuple[Line, ...]:
    """The papers, and the headings of theirs that go on with the topic, the best first."""
    found: list[Line] = []
    titles: dict[int, Heading] = {}
    for group in scribe.material.groups:
        title = titles.setdefault(group.info.id, headings(scribe.kb, group.info)[0])
        if group.heading.title:
            found.append(scribe.heading("reading", title))
        else:
            found.append(scribe.phrase("reading", "reading", paper=title, heading=group.heading))
        if len(found) == READINGS:
            break
    return tuple(found)


def _about(scribe: Scribe) -> dict[Activity, Heading]:
    main = main_heading(scribe)
    best = relevant(scribe)
    briefed = in_order(chosen_groups(scribe, BRIEFED))[0].heading
    shown = in_order(chosen_groups(scribe, max(1, scribe.material.request.slides - FRAME)))[0].heading
    practice = practised(scribe)
    return {
        "opening": main,
        "briefing": briefed,
        "slides": shown,
        "case": headings(scribe.kb, practice)[0] if practice is not None else main,
        "quiz": main,
        "closing": best[0].heading,
    }
