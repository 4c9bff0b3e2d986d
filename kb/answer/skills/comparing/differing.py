"""What differs between two papers where nobody says in what, and which paper is meant for each kind that is named."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import regex

from ingest.records import AUTHORITY
from kb.answer.question import Question
from kb.answer.skills.comparing.apart import Said, apart
from kb.answer.skills.evidence import Evidence, Made
from kb.answer.skills.paper_selection.editions import Edition, editions, name_of
from kb.answer.skills.paper_selection.selection import word_pattern
from kb.answer.skills.tables.telling import fitting
from kb.answer.understand.paper_mentions import genres_of, named_papers
from kb.answer.understand.two_sides import opening_of
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Filters, KnownBy
from lang.codes import Language
from lang.data_files import compiled, toml_of
from lang.normalise import search_form
from prompts.phrases import phrase

FETCHED = 10
_CHECKED = frozenset(("agreement", "news"))
"""Kinds that are spoken of where a paper of them is called by its name: *the Shoreline* beside *the agreement*."""
BESIDE = " / "
"""What stands between the values of the two papers."""
ROOM = 160
"""Characters of a cell."""


def of_each_kind(question: Question, papers: Sequence[DocumentInfo], ports: Ports) -> list[Edition]:
    """For each of two kinds that are named, the text of it that fits the rest best; none where papers of both are meant already."""
    known = ports.known_by()
    named = named_papers(question.text, question.language, papers, known)
    called_by_name = named.papers if named.by_name and len(named.genres) == 1 else ()
    kinds = dict.fromkeys((*named.genres, *(paper.kind for paper in called_by_name if paper.kind in _CHECKED)))
    of = {genre: [p for p in papers if genre in genres_of(p, known.get(p.id, KnownBy()))] for genre in kinds}
    of = {genre: [p for p in those if p.kind == genre in _CHECKED] or those for genre, those in of.items() if those}
    told = question.papers if question.carried else question.named  # what is only likely meant suits the message, and not the other side
    meant = [paper for paper in question.papers if paper in told]
    if len(of) != 2 or all(any(paper in those for paper in meant) for those in of.values()):
        return []
    chosen: list[DocumentInfo] = []
    called = {paper.id for paper in (*told, *named.papers)}
    # The one that is called by its name first: the other is on the same.
    for genre in sorted(of, key=lambda genre: not any(paper.id in called for paper in of[genre])):
        there = [paper for paper in of[genre] if paper not in chosen]
        there = [paper for paper in there if paper.id in called] or there
        beside = (one.shown(question.said_in) for one in editions(chosen, ports, papers))
        asked = "\n".join(opening_of(paper, ports) for paper in beside) or question.text
        hits = ports.search(asked, FETCHED, Filters(documents=tuple(paper.id for paper in there))).hits if there else ()
        best = next((paper for hit in hits for paper in there if paper.id == hit.document_id), None)
        if best is None:
            return []
        chosen.append(best)
    return editions(chosen, ports, papers)


def differing(one: Edition, other: Edition, language: Language, ports: Ports, evidence: Evidence) -> Made | None:
    """The stretches of two papers that say different things of the same, the text that weighs more first; None where none is found."""
    first, second = sorted((one, other), key=lambda side: -AUTHORITY[side.papers[0].kind])
    shown = second.shown(language)
    versions = sorted(first.papers, key=lambda p: (p.language != shown.language, p != first.shown(language)))
    told = ((paper, found) for paper in versions if (found := apart(paper, shown, ports, evidence)))
    paper, found = next(told, (None, []))
    if paper is None:
        return None
    names = [name_of(Edition((p,)), language, ports, (paper, shown)) for p in (paper, shown)]
    rows = [(_cell(pair.one, pair.ours, evidence), _cell(pair.other, pair.theirs, evidence)) for pair in found]
    lines = [phrase("compare.apart", language, n=len(found))]
    if paper.kind == "agreement" and shown.kind != "agreement":
        lines.append(phrase("compare.signed", language, title=names[0]))
    points = []
    for pair, row in zip(found, rows, strict=True):
        said = [" ".join(s.text[slice(*at)].split()) for s, at in ((pair.one, pair.ours), (pair.other, pair.theirs))]
        points.append((Cell(BESIDE.join(said), (*row[0].cited, *row[1].cited)),))
    table = Block("table", columns=tuple(names), rows=tuple(rows))
    return Made(evidence.statements, (Block("text", " ".join(lines)), Block("points", rows=tuple(points)), table))


def asks_what_differs(text: str) -> bool:
    """Whether a wording asks in what papers differ."""
    return _words()["differs"].search(search_form(text).text) is not None


def without_asking(matter: str) -> str:
    """A matter without the words that only ask what differs."""
    form = search_form(matter).text
    for pattern in _words().values():
        form = compiled(rf"(?:{pattern.pattern})[\p{{L}}\p{{M}}]*").sub(" ", form)
    return form


def _cell(said: Said, at: tuple[int, int], evidence: Evidence) -> Cell:
    start, end = fitting(said.text, ROOM, at)
    shown = " ".join(said.text[start:end].split())
    return Cell(shown, evidence.cite(said.paper, said.start, said.end, marks=(at,)))


@cache
def _words() -> dict[str, regex.Pattern[str]]:
    stored = toml_of("kb.answer.skills.comparing", "differing.toml")
    return {name: word_pattern(words) for name, words in stored.items()}
