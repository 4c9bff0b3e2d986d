"""A case exercise out of a best-practice report: what was done there, in its own words, and what to work out of it."""

from __future__ import annotations

from typing import Final

from kb.records import DocumentInfo
from training.gather import Group
from training.papers import Sentence, headings
from training.records import Case, Line
from training.sources import Scribe

SENTENCES: Final = 6
_PRACTICE: Final = ("best_practice", "report")


def practised(scribe: Scribe) -> DocumentInfo | None:
    """The report that the exercise is drawn from; None where no report of a practice speaks of the topic."""
    groups = _practices(scribe)
    # A report on the topic itself teaches more than one in the module's language on something beside it.
    return max(groups, key=lambda group: (group.named, group.score)).info if groups else None


def case(scribe: Scribe) -> Case | None:
    """The exercise; None where no report of a practice speaks of the topic."""
    info = practised(scribe)
    if info is None:
        return None
    own = [group for group in _practices(scribe) if group.info.id == info.id]
    situation = scribe.quotes("case", _situation(own))
    title = scribe.phrase("case", "case", paper=headings(scribe.kb, info)[0])
    return Case(title, situation, _tasks(scribe, own[0]))


def _practices(scribe: Scribe) -> list[Group]:
    return [group for group in scribe.material.groups if group.info.kind in _PRACTICE and any(one.alone for one in group.sentences)]


def _situation(groups: list[Group]) -> list[Sentence]:
    """The best sentence of each of the best headings, then more of them, in the order of the report."""
    ranked = [sorted((one for one in group.sentences if one.alone and not one.items), key=lambda one: -one.score) for group in groups[:5]]
    turns = [one for rank in range(3) for row in ranked for one in row[rank : rank + 1]]
    return sorted(turns[:SENTENCES], key=lambda one: one.start)


def _tasks(scribe: Scribe, practice: Group) -> tuple[Line, ...]:
    of_ours = (group for group in scribe.material.groups if group.info.kind not in _PRACTICE)
    local = next(of_ours, None)
    tasks = [scribe.phrase("case", "task.problem", practice=practice.heading)]
    if local is not None:
        tasks.append(scribe.phrase("case", "task.compare", local=local.heading))
    tasks.append(scribe.phrase("case", "task.start", practice=practice.heading))
    tasks.append(scribe.phrase("case", f"task.{scribe.material.request.audience}", practice=practice.heading))
    return tuple(tasks)
