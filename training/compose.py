"""Objectives, briefing, slides, handout and case exercise: the best sentences under the papers' own headings.

A case exercise comes out of a best-practice report: what was done there, in its own words, and what to work out of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.records import Kind
from kb.records import DocumentInfo
from kb.verify.fact_check import facts_in
from lang.modality import claims
from lang.sentences import sentence_spans
from lang.words.search_tokens import content_words, script
from training.cited_lines import Scribe, called, flat, line_id, opens, short, title, topic_of
from training.glossary import defined_term
from training.material.gather import Group
from training.material.source_sentences import Heading, Sentence, headings, joined
from training.material.tables import Table
from training.material.worth import WORDS, lines_of, words
from training.phrases import phrase
from training.records import PRACTISED, Case, Line, Section, Slide

OBJECTIVES: Final = 5
TOPIC: Final = 110
"""Latin characters of a topic that an objective names."""
ASKED: Final = 4
"""Points that an objective asks for where its slides have more."""
BRIEFED: Final = 5
BULLETS: Final = 4
NOTES: Final = 4
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
FEWEST: Final = 2
"""Tasks that stand on the slide of an exercise, however long; points of a heading, and such headings, to which objectives keep."""
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


def pieces(scribe: Scribe, group: Group, most: float) -> list[Sentence]:
    """What a group says, of so many words at most each; see `joined`."""
    return joined(scribe.kb, group.sentences, lambda text: words(text) <= most)


def relevant(scribe: Scribe) -> tuple[Group, ...]:
    """The headings that the module is about, by score."""
    groups = [group for group in scribe.material.groups if any(one.alone for one in group.sentences)]
    least = RELEVANT * max((group.score for group in groups), default=0.0)
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
    """What stands on each content slide: one line of the papers, the best of all headings; each heading's others are left for its notes.

    Fewer than were asked for where fewer are worth it: of two lines that have nothing to do with each other one is out of place.
    """
    ranked = [(one, group) for group in relevant(scribe) for one in lines_of(scribe.kb, group.sentences) if _fits(one)]
    ranked.sort(key=lambda pair: (-pair[0].worth, -pair[0].score, pair[0].key))
    shown = {one.key for one, _ in ranked[: max(1, slides)]}
    chosen: list[Chosen] = []
    for group in in_order([group for group in relevant(scribe) if any(one.key in shown for one, its in ranked if its is group)]):
        lines = lines_of(scribe.kb, group.sentences)
        mine = [Chosen(group, (one,), ()) for one in lines if one.key in shown]
        chosen += [*mine[:-1], replace(mine[-1], left=tuple(one for one in lines if one.key not in shown))]
    return chosen


def objectives(scribe: Scribe) -> tuple[Line, ...]:
    """What one can do afterwards, for the headings of the slides; where all would be of one sort, every second asks for the figures."""
    shown: dict[tuple[int, int], int] = defaultdict(int)
    groups: list[Group] = []
    for one in content(scribe, scribe.material.request.slides - FRAME):
        groups += [] if one.group.heading.key in shown else [one.group]
        shown[one.group.heading.key] += sum(len(sentence_spans(piece.text, piece.language)) + len(piece.items) for piece in one.shown)
    groups = _worth_asking(groups, shown)
    best = {group.heading.key for group in sorted(groups, key=lambda group: (-shown[group.heading.key], -group.score))[:OBJECTIVES]}
    found: list[Line] = []
    parts: dict[int, list[Group]] = defaultdict(list)
    for group in groups:
        if group.heading.key in best and _of_part(scribe, group):
            parts[group.info.id].append(group)
        elif group.heading.key in best:
            found.append(_objective(scribe, group, shown[group.heading.key]))
    return (*found, *(_of_parts(scribe, own, shown) for own in parts.values()))


def _objective(scribe: Scribe, group: Group, shown: int) -> Line:
    """What one can do after the lines under a heading that tells what they are about."""
    place = "" if group.heading.title and not topic_of(scribe) else _place(scribe, group)
    terms = _terms(group)
    if len(terms) >= FEWEST:
        named = phrase("and", scribe.language).join(phrase("term", scribe.language, term=term) for term in terms[:ASKED])
        return scribe.phrase("objectives", "objective.terms", plain={"terms": named, "place": place}, heading=group.heading)
    trait, count = _trait(group, shown)
    key = "objective.answer" if group.heading.asks else f"objective.{trait}.{scribe.material.request.audience}"
    return called(scribe, "objectives", key, group.heading, {"count": _measure(scribe, count), "place": place})


def _of_parts(scribe: Scribe, groups: Sequence[Group], shown: Mapping[tuple[int, int], int]) -> Line:
    """One objective for the headings of a paper that name a part of it and no matter ("What was done"): the topic with these parts."""
    told = [
        phrase("objective.part", scribe.language, part=flat(group.heading.named.text), count=_measure(scribe, shown[group.heading.key]))
        for group in groups
    ]
    topic = topic_of(scribe, TOPIC)
    figures = sum("figures" in _told(one) for group in groups for one in group.sentences) >= FEWEST
    key = f"objective.parts{'.figures' if figures else ''}{'' if topic else '.paper'}"
    plain = {"topic": topic, "parts": phrase("and", scribe.language).join(told)}
    return scribe.phrase("objectives", key, plain=plain, paper=headings(scribe.kb, groups[0].info)[0])


def _of_part(scribe: Scribe, group: Group) -> bool:
    """Whether a heading names a part of its paper and no matter: none of its words stands in the topic or in its lines."""
    if group.heading.title or group.heading.asks or len(_terms(group)) >= FEWEST:
        return False
    said = " ".join([scribe.material.request.topic, *(one.text for one in group.sentences)])
    return not set(content_words(group.heading.named.text, scribe.language)) & set(content_words(said, scribe.language))


def _place(scribe: Scribe, group: Group) -> str:
    return phrase("objective.place", scribe.language, paper=flat(headings(scribe.kb, group.info)[0].text))


def _terms(group: Group) -> list[str]:
    """The terms that the lines of a group define, where most of its lines do."""
    found = [term for term in map(defined_term, group.sentences) if term]
    return list(dict.fromkeys(found)) if 2 * len(found) > len(group.sentences) else []


def _worth_asking(groups: list[Group], shown: Mapping[tuple[int, int], int]) -> list[Group]:
    """Those of some headings that one can be asked for: a section with a matter of its own, with several points where there are such."""
    named = [group for group in groups if not opens(group.heading)] or groups
    sections = [group for group in named if not group.heading.title]
    named = sections if len(sections) >= FEWEST else named
    several = [group for group in named if shown[group.heading.key] >= FEWEST]
    return several if len(several) >= FEWEST else named


def _measure(scribe: Scribe, count: int) -> str:
    """How many points have to be known: all of a few, some of many."""
    if count > ASKED:
        return phrase("count.least", scribe.language, n=str(ASKED), of=str(count))
    return phrase("count.one" if count == 1 else "count.many", scribe.language, n=str(count))


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
    opening = scribe.phrase("slides", "title", mark="title", plain={"topic": request.topic}, paper=main)
    room = request.slides - FRAME + (0 if with_case else 1)
    laid_out = scribe.material.tables[: min(TABLES, max(0, room - 1))]
    chosen = content(scribe, room - len(laid_out))
    found = [
        Slide(line_id("slides", "title"), "title", opening, _papers(scribe, chosen)),
        Slide(
            line_id("slides", "objectives"), "objectives", scribe.phrase("slides", "objectives", mark="objectives", paper=main),
            tuple(_again(line) for line in objectives(scribe)[:BULLETS]),
        ),
    ]  # fmt: skip
    for at, one in enumerate(chosen):
        number = sum(1 for other in chosen[:at] if other.group is one.group)
        head = title(scribe, one.group.heading, one.shown[0])
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
                tuple(_again(task) for task in _room(tasks)),
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


def _fits(one: Sentence) -> bool:
    """Whether a slide holds a line with the items that it leads in."""
    return len(one.items) < BULLETS and words(one.text) + sum(words(item.text) for item in one.items) <= WORDS


def _best(of: Sequence[Sentence], most: int) -> list[Sentence]:
    """The best of them, in the paper's order."""
    return sorted(sorted(of, key=lambda one: -one.score)[:most], key=lambda one: one.start)


def _trait(group: Group, shown: int) -> tuple[str, int]:
    """What is worth learning of a heading with so many points, and of how many points: duties, figures, what was done, or its matter.

    It is what most of its lines tell, whatever their paper is: a report lays down duties too, and an agreement has dates.
    """
    told = Counter(trait for one in group.sentences for trait in _told(one))
    lines = len(group.sentences)
    if shown < FEWEST:
        return "general", shown  # of one point, none is chosen
    if 2 * told["duty"] > lines or (group.info.kind == "agreement" and 2 * told["figures"] <= lines):
        return "duty", shown
    if told["figures"] >= FEWEST and 2 * told["figures"] >= lines:
        return "figures", min(told["figures"], shown)
    return ("practice" if group.info.kind in PRACTISED and 2 * told["practice"] > lines else "general"), shown


def _told(one: Sentence) -> Iterator[str]:
    """What a line tells: something that has to be done, that was done, dates or measures."""
    said, facts = claims(one.text), facts_in(one.text)
    if "must" in said:
        yield "duty"
    elif "done" in said:
        yield "practice"
    if facts.dates or any(quantity.unit for quantity in facts.quantities):
        yield "figures"


def _papers(scribe: Scribe, chosen: Sequence[Chosen]) -> tuple[Line, ...]:
    infos = list(dict.fromkeys(one.group.info for one in chosen))
    return tuple(scribe.heading("slides", headings(scribe.kb, info)[0]) for info in infos[:BULLETS])


def _room(tasks: Sequence[Line]) -> list[Line]:
    """As many tasks as a slide holds, two at least."""
    return [task for at, task in enumerate(tasks[:BULLETS]) if at < FEWEST or sum(words(one.text) for one in tasks[: at + 1]) <= WORDS]


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
    local = next((group for group in scribe.material.groups if group.info.kind == "agreement"), None)
    whole = short(headings(scribe.kb, practice.info)[0])
    tasks = [scribe.phrase("case", "task.problem", practice=whole)]
    if local is not None:
        tasks.append(scribe.phrase("case", "task.compare", local=local.heading.named))
    tasks.append(scribe.phrase("case", "task.start", practice=whole))
    tasks.append(scribe.phrase("case", f"task.{scribe.material.request.audience}", practice=whole))
    return tuple(tasks)
