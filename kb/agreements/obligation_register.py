"""What is owed under all papers, by when it falls due: overdue, soon, later, returning, and what has no day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from ingest.records import Kind
from kb.agreements.card_records import Card, Obligation
from kb.agreements.cards import card_of
from kb.agreements.due_dates import next_return, returns
from kb.records import DocumentInfo
from kb.user_records import Handling, HandlingState, Kept
from lang.languages import Language

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.base import KnowledgeBase

Due: TypeAlias = Literal["overdue", "days30", "days90", "later", "returning", "relative", "undated", "closed"]
"""When an obligation is due.

``overdue``: its day is past, and nobody said that it is done; ``days30``, ``days90``: within so many days; ``later``; ``returning``: what
comes back later, or on days that the clause does not name; ``relative``: a time limit that runs from, or must be left before, what the
papers do not date; ``undated``: no time is stated, or it is a prohibition, which is kept and not done by a day; ``closed``: done, or not
ours.
"""
DUES: Final[tuple[Due, ...]] = get_args(Due)
KINDS: Final[tuple[Kind, ...]] = ("agreement", "other", "report")
"""Papers that lay down duties; news and reports on practice tell of them."""
SOON, NEXT = 30, 90
NOBODY: Final = "-"
"""Of a filter: obligations that name nobody, or that nobody sees to."""


@dataclass(frozen=True, slots=True)
class Row:
    """One obligation of one paper.

    ``day`` is that on which it falls due, or returns next; None where no day can be told. ``counted``: of what returns, the clause names no
    day, and it was counted from the beginning of the agreement. ``last``: of what returns on days that are named, the last of them that is
    past. ``over``: it returned until the agreement ended.
    """

    paper: DocumentInfo
    card: Card
    one: Obligation
    due: Due
    day: date | None = None
    counted: bool = False
    last: date | None = None
    over: bool = False

    @property
    def handling(self) -> Handling:
        """What people set for it."""
        return self.one.handling or Handling()


@dataclass(frozen=True, slots=True)
class Overview:
    """The obligations of all papers, by day, as of ``today``.

    ``replaced`` are papers whose place another one took, whose obligations are left out; ``unread`` those whose card cannot be read;
    ``lost`` is what was set for clauses that are no longer found, by paper.
    """

    today: date
    rows: tuple[Row, ...] = ()
    replaced: tuple[DocumentInfo, ...] = ()
    unread: tuple[DocumentInfo, ...] = ()
    lost: tuple[tuple[DocumentInfo, tuple[Kept, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Sift:
    """Which obligations are wanted; what is empty limits nothing.

    ``party`` is who owes them, as the papers name them, ``owner`` who sees to them; `NOBODY` asks for those where that is nobody.
    """

    dues: tuple[Due, ...] = ()
    states: tuple[HandlingState, ...] = ()
    party: str = ""
    owner: str = ""
    documents: tuple[int, ...] = ()

    def lets(self, row: Row) -> bool:
        """Whether a row is wanted."""
        return (
            (not self.dues or row.due in self.dues)
            and (not self.states or row.handling.now in self.states)
            and (not self.party or _same(self.party, row.one.actor))
            and (not self.owner or _same(self.owner, row.handling.owner))
            and (not self.documents or row.paper.id in self.documents)
        )


def overview(
    kb: KnowledgeBase,
    today: date,
    language: Language,
    *,
    replaced: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Overview:
    """What is owed under the agreements and other papers that the reader sees.

    A text that is held in several languages is read once: in the version for which something was set, else in ``language``.

    Args:
        kb: the knowledge base as the reader sees it.
        today: the day that it is.
        language: in which papers are read where they are held in several.
        replaced: whether papers whose place another one took are read too.
        progress: told how many papers of how many are read.
    """
    kept = kb.handlings.of()
    papers = _one_version_each([p for p in kb.documents() if p.in_use and p.kind in KINDS], kb, kept, language)
    rows: list[Row] = []
    left: list[DocumentInfo] = []
    unread: list[DocumentInfo] = []
    lost: list[tuple[DocumentInfo, tuple[Kept, ...]]] = []
    for done, paper in enumerate(papers):
        if progress is not None:
            progress(done, len(papers))
        card = card_of(kb, paper)
        if card is None:
            unread.append(paper)
            continue
        if card.lost:
            lost.append((paper, card.lost))
        if card.superseded_by is not None and card.superseded_by.relation == "supersedes" and not replaced:
            left.append(paper)
            continue
        rows += [row_of(paper, card, one, today) for one in card.obligations if one.binds]
    return Overview(today, in_order(rows), tuple(left), tuple(unread), tuple(lost))


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """By day, those without one last; within a day by paper and place."""
    return tuple(sorted(rows, key=lambda row: (row.day is None, row.day or date.max, row.paper.id, row.one.citation.start)))


def row_of(paper: DocumentInfo, card: Card, one: Obligation, today: date) -> Row:
    """An obligation with when it is due, as of a day."""
    handling, deadline = one.handling or Handling(), one.deadline
    if handling.closed:
        return Row(paper, card, one, "closed", one.due)
    if one.force == "must_not":
        return Row(paper, card, one, "undated")
    if one.due is not None:
        return Row(paper, card, one, _within(one.due, today), one.due)
    if deadline is None or deadline.every is None or one.unsure:
        return Row(paper, card, one, "relative" if deadline is not None and deadline.unit is not None else "undated")
    past = [day for day in returns(deadline, card.span, today) if day < today]
    last = past[-1] if past else None
    if handling.through is not None and last is not None and not handling.covers(last):
        return Row(paper, card, one, "overdue", next(day for day in past if not handling.covers(day)), last=last)
    day = next_return(deadline, card.span, max(handling.through or date.min, today - timedelta(days=1)))
    if day is None or not deadline.on:
        shown = day if deadline.every not in ("daily", "weekly") else None  # the next day, or one within a week, tells nobody anything
        return Row(
            paper, card, one, "returning", shown, counted=shown is not None, last=last, over=card.span.ends is not None and day is None
        )
    due = _within(day, today)
    return Row(paper, card, one, "returning" if due == "later" else due, day, last=last)


def _within(day: date, today: date) -> Due:
    if day < today:
        return "overdue"
    left = (day - today).days
    return "days30" if left <= SOON else "days90" if left <= NEXT else "later"


def _same(wanted: str, name: str) -> bool:
    return not name if wanted == NOBODY else wanted.casefold() == name.casefold()


def _one_version_each(
    papers: Sequence[DocumentInfo], kb: KnowledgeBase, kept: Mapping[int, tuple[Kept, ...]], language: Language
) -> list[DocumentInfo]:
    """The papers, each text once: in the version for which most was set, else in ``language``, else the one that came first."""
    together = {at: group for group in kb.parallels() for at in group}
    best: dict[frozenset[int], DocumentInfo] = {}
    for paper in papers:
        text = together.get(paper.id, frozenset((paper.id,)))
        best[text] = min((paper, best.get(text, paper)), key=lambda one: (-len(kept.get(one.id, ())), one.language != language, one.id))
    return sorted(best.values(), key=lambda paper: paper.id)
