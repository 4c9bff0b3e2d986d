"""The quiz of a module: as many questions as were asked for, of all kinds, over all its headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from training.compose import relevant
from training.papers import Heading, Sentence, headings
from training.quiz.items import Bench, choice, clause, cloze, denied, false, fit, true
from training.quiz.lists import match, order
from training.quiz.prove import flaw
from training.quiz.slots import roster
from training.records import QuizItem
from training.sources import Scribe

_TURNS: Final = ("choice", "false", "cloze", "true", "choice", "clause", "cloze", "denied")
"""The kinds that questions over one sentence take in turn."""
_FEW: Final = {"clause": "clause", "denied": "duty"}
"""Kinds of which a fifth of the quiz at most is made, by what they ask for: they teach less than the others."""


def quiz(scribe: Scribe, count: int, tell: Callable[[int, int], None] = lambda _done, _total: None) -> tuple[QuizItem, ...]:
    """Up to ``count`` questions, each on another sentence, each with its key proved; ``tell`` hears how many there are, of how many.

    Fewer where the papers have too few facts that can be asked for without doubt.
    """
    if count <= 0:
        return ()
    bench = Bench.of(scribe, roster(scribe.kb, scribe.material.papers))
    found: list[QuizItem] = []
    used: set[tuple[int, int]] = set()
    turns = list(_in_turns(scribe))
    for item in _several(bench, scribe, turns):
        if len(found) < max(1, count // 5) and not flaw(item) and not _taken(item, used):
            found.append(item)
            used |= {(citation.document_id, citation.start) for citation in item.proof.citations}
            tell(len(found), count)
    others = {info.id: headings(scribe.kb, info) for info in scribe.material.papers}
    few = max(1, count // 5)
    turn = 0
    for one in turns:
        if len(found) >= count:
            break
        if one.key in used or not fit(one):
            continue
        for step in range(len(_TURNS)):
            kind = _TURNS[(turn + step) % len(_TURNS)]
            if kind in _FEW and sum(item.asks == _FEW[kind] for item in found) >= few:
                continue
            made = _make(kind, bench, one, others[one.info.id])
            if made is not None and not flaw(made):
                found.append(made)
                used.add(one.key)
                turn += step + 1
                tell(len(found), count)
                break
    return tuple(found)


def _several(bench: Bench, scribe: Scribe, turns: Sequence[Sentence]) -> Iterator[QuizItem]:
    """Questions over several sentences: one of each kind first."""
    papers = {group.info.id: group.info for group in relevant(scribe) if group.info.language == scribe.language}
    yield from list(order(bench, list(papers.values())))[:1]
    own = [one for one in turns if one.language == scribe.language]
    matching = match(bench, own, [one for one in own if fit(one)][:40])
    if matching is not None:
        yield matching


def _make(kind: str, bench: Bench, one: Sentence, of_paper: tuple[Heading, ...]) -> QuizItem | None:
    if kind == "clause":
        return clause(bench, one, of_paper)
    makers = {"choice": choice, "cloze": cloze, "true": true, "false": false, "denied": denied}
    return makers[kind](bench, one)


def _in_turns(scribe: Scribe) -> Iterator[Sentence]:
    """The best sentence of each heading, then the second best of each, in the languages of the module, its own first.

    Where the papers have nothing in any of them, those in others: a question in another language is better than none.
    """
    groups = [sorted(group.sentences, key=lambda one: -one.score) for group in relevant(scribe)]
    turns = [one for rank in range(max(map(len, groups), default=0)) for group in groups for one in group[rank : rank + 1]]
    chosen = scribe.material.request.languages
    own = [one for one in turns if one.language in chosen]
    pictures = {(info.id, page.number) for info in scribe.material.papers for page in scribe.kb.pages(info.id) if page.method == "ocr"}

    def rank(one: Sentence) -> tuple[int, bool]:
        # What was read from a picture may be misread ("झाळा" for "शाळा"): it is asked about last.
        return chosen.index(one.language) if one.language in chosen else len(chosen), (one.info.id, one.page) in pictures

    yield from sorted(own or turns, key=rank)


def _taken(item: QuizItem, used: set[tuple[int, int]]) -> bool:
    return any((citation.document_id, citation.start) in used for citation in item.proof.citations)
