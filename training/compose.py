"""Objectives, briefing, slides, handout and case exercise: the best sentences under the papers' own headings.

A case exercise comes out of a best-practice report: what was done there, in its own words, and what to work out of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.records import Kind
from kb.records import DocumentInfo
from kb.verify.fact_check import facts_in
from lang.sentences import sentence_spans
from lang.words.search_tokens import script
from training.cited_lines import Scribe, flat, line_id
from training.material.gather import Group
from training.material.source_sentences import Heading, Sentence, headings, joined
from training.material.tables import Table
from training.phrases import phrase
from training.records import PRACTISED, Case, Line, Section, Slide

OBJECTIVES: Final = 5
BRIEFED: Final = 5
BULLETS: Final = 4
NOTES: Final = 4
WORDS: Final = 40
"""Words of a slide, its title apart; of Japanese, `CHARACTERS` count for one."""
CHARACTERS: Final = 2.2
PARAGRAPH: Final = 70
"""Words of a paragraph of the briefing and the handout."""
ROOM: Final = 2100
"""Latin characters that a page holds; a Japanese one counts for two, a Devanagari one for 1.1."""
SOURCE: Final = 140.0
"""Latin characters whose room a source takes, and a heading as well."""
HANDOUT: Final = 5600.0
"""Latin characters, those of the sources among them, that a handout of four printed pages holds. Measured in four languages: a page of
Word holds some 1,900, and title and papers take half a page."""
STORY: Final[Mapping[Kind, int]] = {"news": 0, "best_practice": 1, "report": 1, "agreement": 2, "other": 3}
"""In what order papers are told from: what happened, what was done and what came of it, what was agreed, what is to be done."""
RELEVANT: Final = 0.3
"""Score of a heading, as a share of the best one's, from which it is in the module."""
FRAME: Final = 4
"""Slides that are no content: title, objectives, exercise, closing."""
TABLES: Final = 2
"""Slides that show a table of a paper as one."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A heading with the sentences that are shown under it, and those that are left for the notes, both in the paper's order."""

    group: Group
    shown: tuple[Sentence, ...]
    left: tuple[Sentence, ...]


def width(text: str) -> float:
    """How much room a text takes, in Latin characters."""
    return len(text) * {"japanese": 2.0, "devanagari": 1.1}.get(script(text), 1.0)


def words(text: str) -> float:
    """How many words a text has."""
    return len(text) / CHARACTERS if script(text) == "japanese" else len(text.split())


def pieces(scribe: Scribe, group: Group, most: float) -> list[Sentence]:
    """What a group says, of so many words at most each; see `joined`."""
    return joined(scribe.kb, group.sentences, lambda text: words(text) <= most)


def relevant(scribe: Scribe) -> tuple[Group, ...]:
    """The headings that the module is about, by score."""
    groups = [group for group in scribe.material.groups if any(one.alone for one in group.sentences)]
    least = RELEVANT * groups[0].score if groups else 0.0
    return tuple(group for group in groups if group.score >= least)


def chosen_groups(scribe: Scribe, most: int) -> list[Group]:
    """The best headings."""
    return list(relevant(scribe)[:most])


def in_order(groups: Sequence[Group]) -> list[Group]:
    """Paper by paper, in the order of `STORY` and those with the best heading first, each in its own order."""
    best: dict[int, float] = {}
    for group in groups:
        best[group.info.id] = max(best.get(group.info.id, group.score), group.score)
    return sorted(groups, key=lambda group: (STORY[group.info.kind], -best[group.info.id], group.info.id, group.heading.start))


def main_heading(scribe: Scribe) -> Heading:
    """The title of the paper that speaks most of the topic."""
    info = relevant(scribe)[0].info
    return headings(scribe.kb, info)[0]


def content(scribe: Scribe, slides: int) -> list[Chosen]:
    """What stands on each content slide: the best headings, and where they are too few, a second slide for the long ones."""
    wanted = max(1, slides)
    groups = in_order(chosen_groups(scribe, wanted))
    chosen = [one for group in groups if (one := _choose(group, pieces(scribe, group, WORDS))) is not None]
    while len(chosen) < wanted:
        longest = max((one for one in chosen if one.left), key=lambda one: len(one.left), default=None)
        more = _choose(longest.group, longest.left) if longest is not None else None
        if longest is None or more is None:
            break
        at = chosen.index(longest)
        chosen[at : at + 1] = [Chosen(longest.group, longest.shown, ()), more]
    return chosen


def objectives(scribe: Scribe) -> tuple[Line, ...]:
    """What one can do afterwards, for the headings of the slides; where all would be of one sort, every second asks for the figures."""
    shown: dict[tuple[int, int], int] = defaultdict(int)
    groups: list[Group] = []
    for one in content(scribe, scribe.material.request.slides - FRAME):
        groups += [] if one.group.heading.key in shown else [one.group]
        shown[one.group.heading.key] += sum(len(sentence_spans(piece.text, piece.language)) + len(piece.items) for piece in one.shown)
    best = {group.heading.key for group in sorted(groups, key=lambda group: -group.score)[:OBJECTIVES]}
    found: list[Line] = []
    last = ""
    for group in groups:
        if group.heading.key not in best:
            continue
        trait = _trait(group)
        trait = "figures" if trait == last and _figures(group) else trait
        last = trait
        key, count = f"objective.{trait}.{scribe.material.request.audience}", shown[group.heading.key]
        points = phrase("count.one" if count == 1 else "count.many", scribe.language, n=str(count))
        title = flat(headings(scribe.kb, group.info)[0].text)
        place = "" if group.heading.title else phrase("objective.place", scribe.language, paper=title)
        found.append(scribe.phrase("objectives", key, plain={"count": points, "place": place}, heading=group.heading.named))
    return tuple(found)


def briefing(scribe: Scribe) -> tuple[Section, ...]:
    """One page: the best sentence or two under each of the best headings."""
    found: list[Section] = []
    left = float(ROOM)
    for group in in_order(chosen_groups(scribe, BRIEFED)):
        best = sorted((one for one in pieces(scribe, group, PARAGRAPH) if not one.items), key=lambda one: -one.score)[:2]
        kept = []
        for one in sorted(best, key=lambda one: one.start):
            if width(one.text) <= left:
                kept.append(one)
                left -= width(one.text)
        if kept:
            found.append(Section(scribe.heading("briefing", group.heading.named), scribe.quotes("briefing", kept)))
    return tuple(found)


def handout(scribe: Scribe) -> tuple[Section, ...]:
    """What the slides and their notes say, to take away: on four printed pages at most, the best of each heading first."""
    wanted = max(1, scribe.material.request.slides - FRAME)
    groups = in_order(chosen_groups(scribe, wanted))
    best = {group.heading.key: _best(pieces(scribe, group, PARAGRAPH), BULLETS + NOTES) for group in groups}
    turns = [
        (turn, -group.score, group, one)
        for group in groups
        for turn, one in enumerate(sorted(best[group.heading.key], key=lambda one: -one.score))
    ]  # fmt: skip
    taken: dict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
    left = HANDOUT
    for _, _, group, one in sorted(turns, key=lambda turn: turn[:2]):
        cost = sum(width(said.text) + SOURCE for said in (one, *one.items)) + (0 if group.heading.key in taken else SOURCE)
        if cost <= left:
            taken[group.heading.key].add(one.key)
            left -= cost
    found = [(group, [one for one in best[group.heading.key] if one.key in taken[group.heading.key]]) for group in groups]
    return tuple(Section(scribe.heading("handout", group.heading.named), scribe.quotes("handout", kept)) for group, kept in found if kept)


def slides(scribe: Scribe, *, with_case: bool, tasks: Sequence[Line] = ()) -> tuple[Slide, ...]:
    """The slides of a module; a case exercise gets one of its own, with the ``tasks`` on it."""
    request = scribe.material.request
    main = main_heading(scribe)
    title = scribe.phrase("slides", "title", mark="title", plain={"topic": request.topic}, paper=main)
    room = request.slides - FRAME + (0 if with_case else 1)
    laid_out = scribe.material.tables[: min(TABLES, max(0, room - 1))]
    chosen = content(scribe, room - len(laid_out))
    found = [
        Slide(line_id("slides", "title"), "title", title, _papers(scribe, chosen)),
        Slide(
            line_id("slides", "objectives"), "objectives", scribe.phrase("slides", "objectives", mark="objectives", paper=main),
            tuple(_again(line) for line in objectives(scribe)[:BULLETS]),
        ),
    ]  # fmt: skip
    for at, one in enumerate(chosen):
        number = sum(1 for other in chosen[:at] if other.group is one.group)
        head = scribe.heading("slides", one.group.heading.named)
        head = head if not number else _numbered(head, number)
        found.append(
            Slide(
                line_id("slides", one.group.heading.key, number), "content", head, scribe.quotes("slides", one.shown),
                scribe.quotes("slides", _best(one.left, NOTES)),
            )
        )  # fmt: skip
        last = all(other.group.info.id != one.group.info.id for other in chosen[at + 1 :])
        found += [_table(scribe, table) for table in laid_out if table.info.id == one.group.info.id] if last else []
    shown = {one.group.info.id for one in chosen}
    found += [_table(scribe, table) for table in laid_out if table.info.id not in shown]
    if with_case and tasks:
        papers = {cited.document_id for cited in tasks[0].citations}
        practice = next(group for group in scribe.material.groups if group.info.id in papers)
        report = headings(scribe.kb, practice.info)[0]
        found.append(
            Slide(
                line_id("slides", "case"), "case", scribe.phrase("slides", "case", mark="case", paper=report),
                tuple(_again(task) for task in tasks[:BULLETS]),
            )
        )  # fmt: skip
    points: list[Sentence] = []
    for point in sorted((max(each.shown, key=lambda one: one.score) for each in chosen), key=lambda point: -point.score):
        if len(points) < BULLETS and sum(words(other.text) for other in (*points, point)) <= WORDS:
            points.append(point)
    closing = scribe.phrase("slides", "closing", mark="closing", paper=main)
    found.append(Slide(line_id("slides", "closing"), "closing", closing, tuple(_again(line) for line in scribe.quotes("slides", points))))
    return tuple(found)


def _table(scribe: Scribe, table: Table) -> Slide:
    """A slide with a table of a paper; each row is cited."""
    head = scribe.heading("slides", table.heading.named)
    rows = scribe.quotes("slides", table.rows)
    return Slide(line_id("slides", "table", table.key), "content", _numbered(head, table.rows[0].start), rows, columns=table.columns)


def _choose(group: Group, of: Sequence[Sentence]) -> Chosen | None:
    """The best sentences that a slide holds; None where each of them is too long for one."""
    shown: list[Sentence] = []
    room, places = float(WORDS), BULLETS
    for one in sorted(of, key=lambda one: -one.score):
        size = 1 + len(one.items)
        cost = words(one.text) + sum(words(item.text) for item in one.items)
        if one.alone and cost <= room and size <= places:
            shown.append(one)
            room -= cost
            places -= size
    if not shown:
        return None
    keys = {one.key for one in shown}
    return Chosen(group, tuple(sorted(shown, key=lambda one: one.start)), tuple(one for one in of if one.key not in keys))


def _best(of: Sequence[Sentence], most: int) -> list[Sentence]:
    """The best of them, in the paper's order."""
    return sorted(sorted(of, key=lambda one: -one.score)[:most], key=lambda one: one.start)


def _trait(group: Group) -> str:
    """What is worth learning of a heading: a practice, duties, figures, or its matter."""
    if group.info.kind in PRACTISED:
        return "practice"
    if group.info.kind == "agreement":
        return "duty"
    return "figures" if _figures(group) else "general"


def _figures(group: Group) -> bool:
    facts = [facts_in(one.text) for one in group.sentences]
    return sum(len(f.dates) + len([q for q in f.quantities if q.unit]) for f in facts) >= 2


def _papers(scribe: Scribe, chosen: Sequence[Chosen]) -> tuple[Line, ...]:
    infos = list(dict.fromkeys(one.group.info for one in chosen))
    return tuple(scribe.heading("slides", headings(scribe.kb, info)[0]) for info in infos[:BULLETS])


def _again(line: Line) -> Line:
    """A line that stands elsewhere in the module, as a line of a slide."""
    return replace(line, id=line_id("slides", "again", line.id))


def _numbered(line: Line, number: int) -> Line:
    return replace(line, id=line_id("slides", line.id, number))


SENTENCES: Final = 6


def practised(scribe: Scribe) -> DocumentInfo | None:
    """The report that the exercise is drawn from; None where no report of a practice speaks of the topic."""
    groups = _practices(scribe)
    return max(groups, key=lambda group: group.score).info if groups else None


def case_exercise(scribe: Scribe) -> Case | None:
    """The exercise; None where no report of a practice speaks of the topic."""
    info = practised(scribe)
    if info is None:
        return None
    own = [group for group in _practices(scribe) if group.info.id == info.id]
    situation = scribe.quotes("case", _situation(scribe, own))
    title = scribe.phrase("case", "case", paper=headings(scribe.kb, info)[0])
    return Case(title, situation, _tasks(scribe, own[0]))


def _practices(scribe: Scribe) -> list[Group]:
    return [group for group in scribe.material.groups if group.info.kind in PRACTISED and any(one.alone for one in group.sentences)]


def _situation(scribe: Scribe, groups: list[Group]) -> list[Sentence]:
    """The best sentence of each of the best headings, then more of them, in the order of the report."""
    told = [pieces(scribe, group, PARAGRAPH) for group in groups[:5]]
    ranked = [sorted((one for one in of if not one.items), key=lambda one: -one.score) for of in told]
    turns = [one for rank in range(3) for row in ranked for one in row[rank : rank + 1]]
    return sorted(turns[:SENTENCES], key=lambda one: one.start)


def _tasks(scribe: Scribe, practice: Group) -> tuple[Line, ...]:
    of_ours = (group for group in scribe.material.groups if group.info.kind not in PRACTISED)
    local = next(of_ours, None)
    tasks = [scribe.phrase("case", "task.problem", practice=practice.heading.named)]
    if local is not None:
        tasks.append(scribe.phrase("case", "task.compare", local=local.heading.named))
    tasks.append(scribe.phrase("case", "task.start", practice=practice.heading.named))
    tasks.append(scribe.phrase("case", f"task.{scribe.material.request.audience}", practice=practice.heading.named))
    return tuple(tasks)
