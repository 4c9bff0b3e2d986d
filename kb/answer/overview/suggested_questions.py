"""What may be asked next: questions that the cited papers answer, made from their headings and from what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Final

import regex

from ingest.records import Block
from kb.errors import UnknownDocumentError
from kb.records import Answer, Citation, DocumentInfo, FactView
from lang.normalise import search_form
from prompts.phrases import phrase

OFFERED: Final = 3
HEADING_CHARS: Final = 60
"""A longer heading is a sentence, and makes no question."""
FACTS: Final = ("term", "parties", "signed")
"""What is asked of an agreement, where it is known; each has a phrase of ours."""
WHOLE: Final = 2**31 - 1
_NUMBER: Final = r"(?:\p{Nd}{1,3}(?:\.\p{Nd}{1,3})*|[IVXLC]+)"
_WORD: Final = r"\p{L}[\p{L}\p{M}]*\s+"
_NUMBERED: Final = regex.compile(
    rf"^(?:第[^\s条章節項]{{1,6}}[条章節項]|[(\[]?(?:{_WORD})?(?:{_NUMBER}|\p{{L}})[.):\]]+|(?:{_WORD})?{_NUMBER}(?!\S))[\s.:–—-]*(?=\p{{L}})"
)
"""The number of a heading, with the word before it: ``Article 4``, ``कलम ४``, ``II.``, ``第4条``."""

Outline = Callable[[int, int, int, int], Sequence[Block]]
Facts = Callable[[int], Sequence[FactView]]


def followups(answer: Answer, asked: Sequence[str], papers: Sequence[DocumentInfo], outline: Outline, facts: Facts) -> tuple[str, ...]:
    """At most `OFFERED` questions in the language of the answer; none under talk, a question back or a refusal.

    Args:
        answer: that under which they stand.
        asked: every question of the conversation; none of them is offered again.
        papers: those that the reader may see. Others are not spoken of.
        outline: the blocks of a span of a version, without their text.
        facts: what is known of a paper.
    """
    if answer.refusal is not None or answer.skill in ("chat", "clarify", "decline"):
        return ()
    cited = [citation for statement in answer.statements for citation in statement.citations]
    now = {(paper.id, paper.version): paper for paper in papers if paper.state == "published"}
    spoken = list(dict.fromkeys(now[key] for one in cited if (key := (one.document_id, one.version)) in now))
    if not spoken:
        return ()
    known = {_form(question) for question in asked}
    made: list[str] = []
    for question in _questions(answer, spoken, cited, outline, facts):
        if _form(question) not in known:
            known.add(_form(question))
            made.append(question)
        if len(made) == OFFERED:
            break
    return tuple(made)


def _questions(answer: Answer, papers: Sequence[DocumentInfo], cited: Sequence[Citation], outline: Outline, facts: Facts) -> Iterator[str]:
    """Of the paper that is cited first a heading, a fact and a summary, then more headings; of the next papers a summary."""
    first, *others = papers
    of_first = [one for one in cited if one.document_id == first.id]
    try:
        headings = list(_headings(of_first, outline(first.id, first.version, 0, WHOLE)))
        known = _facts(of_first, facts(first.id)) if first.kind == "agreement" else []
    except UnknownDocumentError:  # it went since the answer was given
        return
    said = [_ask("heading", answer, first, heading=heading) for heading in headings]
    summary = [_ask("summary", answer, first)] if answer.skill != "summary" else []
    yield from chain(said[:1], (_ask(name, answer, first) for name in known[:1]), summary)
    others_said = [_ask("summary", answer, paper) for paper in others]
    more = [_ask(name, answer, first) for name in known[1:]]
    yield from (one for three in zip_longest(said[1:], others_said, more) for one in three if one is not None)


def _ask(name: str, answer: Answer, paper: DocumentInfo, **values: str) -> str:
    return phrase(f"followups.{name}", answer.language, title=paper.title, **values)


def _headings(cited: Sequence[Citation], blocks: Sequence[Block]) -> Iterator[str]:
    """The headings of a paper that the answer does not cite from, those after the first passage cited before those at the beginning."""
    paths = list(dict.fromkeys(block.path[0] for block in blocks if block.path))
    used = {one.path[0] for one in cited if one.path}
    at = next((paths.index(path) for one in cited for path in one.path[:1] if path in paths), -1)
    for path in (*paths[at + 1 :], *paths[: max(at, 0)]):
        heading = _NUMBERED.sub("", " ".join(path.split())).strip(" .:–—-")
        if path not in used and regex.search(r"\p{L}[\p{L}\p{M}]", heading) and len(heading) <= HEADING_CHARS:
            yield heading


def _facts(cited: Sequence[Citation], known: Sequence[FactView]) -> list[str]:
    """What is known of an agreement and does not stand in what the answer quotes."""
    told = {view.field for view in known if any(_within(view, one) for one in cited)}
    return [name for name in FACTS if name not in told and any(view.field == name for view in known)]


def _within(view: FactView, cited: Citation) -> bool:
    return view.start is not None and view.end is not None and cited.start <= view.start and view.end <= cited.end


def _form(question: str) -> str:
    return " ".join(search_form(question).text.split())
