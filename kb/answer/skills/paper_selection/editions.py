"""Papers as a person counts them: a text in two languages is one, called by the title that the reader can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from kb.answer.skills.evidence import Evidence
from kb.errors import UnknownDocumentError
from kb.ports import Ports
from kb.records import Cell, DocumentInfo, FactView
from lang.codes import Language
from lang.lexical.content_words import content_words
from lang.normalise import search_form
from prompts.phrases import spoken

LONGEST = 110
"""Characters of a title that is shown whole."""
MOST_PARTIES = 3
"""Parties that are named beside a title."""
_SHARED = 40
"""Characters that two titles must begin with alike for what follows to be shown rather than that."""
_TITLE_ROOM = 400
_LETTER = regex.compile(r"\p{L}")


@dataclass(frozen=True, slots=True)
class Edition:
    """One text and the papers that hold it, one for each language, that which came in first leading."""

    papers: tuple[DocumentInfo, ...]

    def shown(self, language: Language) -> DocumentInfo:
        """The paper in a language, or where there is none, the first."""
        return next((paper for paper in self.papers if paper.language == language), self.papers[0])

    def readable(self, language: Language) -> tuple[DocumentInfo, ...]:
        """All its papers, that in the reader's language first."""
        return tuple(sorted(self.papers, key=lambda paper: paper.language != language))


def editions(papers: Sequence[DocumentInfo], ports: Ports, among: Sequence[DocumentInfo] | None = None) -> list[Edition]:
    """The papers, versions of one text together, in the order of their first.

    With ``among``, versions that are there are taken in as well: who asks of the Marathi text may read the English one.
    """
    sets = {one: together for together in ports.parallels() for one in together}
    known = {paper.id: paper for paper in (*papers, *(among or ()))}
    found: list[Edition] = []
    done: set[int] = set()
    for paper in papers:
        if paper.id not in done:
            together = [known[one] for one in sorted(sets.get(paper.id, {paper.id})) if one in known]
            found.append(Edition(tuple(together)))
            done |= {one.id for one in together}
    return found


def facts_of(paper: DocumentInfo, ports: Ports) -> Sequence[FactView]:
    """What is known of a paper; nothing where it went meanwhile."""
    try:
        return ports.facts(paper.id)
    except UnknownDocumentError:
        return ()


def short_title(paper: DocumentInfo, others: Sequence[DocumentInfo] = (), room: int = LONGEST) -> str:
    """A title in at most ``room`` characters. Of titles that begin alike, what differs is kept rather than what comes first."""
    title = " ".join(paper.title.split())
    if len(title) <= room:
        return title
    alike = max((_shared(title, " ".join(o.title.split())) for o in others if o.id != paper.id and o.title != paper.title), default=0)
    if alike < _SHARED:
        return f"{_cut(title, room)}…"
    begin = _cut(title, room // 3)
    rest = title[alike:]
    return f"{begin} … {rest if len(rest) <= room - len(begin) else _cut(rest, room - len(begin)) + '…'}"


def newest_first(found: Sequence[Edition]) -> list[Edition]:
    """The texts by their dates, those without one last."""
    return sorted(found, key=lambda one: str(max((p.date for p in one.papers if p.date is not None), default="")), reverse=True)


def name_cell(
    edition: Edition, language: Language, evidence: Evidence, ports: Ports, others: Sequence[DocumentInfo] = (), with_parties: bool = True
) -> Cell:
    """The name of a text, cited to where the paper has its title."""
    return Cell(name_of(edition, language, ports, others, with_parties), cite_title(edition.shown(spoken(language)), evidence))


def name_of(edition: Edition, language: Language, ports: Ports, others: Sequence[DocumentInfo] = (), with_parties: bool = True) -> str:
    """The title by which a reader knows the text; an agreement's also names its parties, where the title does not."""
    paper = edition.shown(spoken(language))
    text = short_title(paper, others)
    if with_parties and paper.kind == "agreement" and " … " not in text:  # that is what tells it from others whose titles begin alike
        named = [fact.value for fact in facts_of(paper, ports) if fact.field == "parties"]
        if len(named) <= MOST_PARTIES and not all(_says(text, party, paper.language) for party in named):
            whole = len(text) <= LONGEST - _SHARED
            text = f"{text if whole else short_title(paper, (), LONGEST - _SHARED)} ({' – '.join(named)})"
    return text


def cite_title(paper: DocumentInfo, evidence: Evidence) -> tuple[int, ...]:
    """A citation of the title as it stands in the paper, or of its first lines."""
    outline = evidence.outline(paper)
    text = evidence.text(paper)
    titles = [block for block in outline if block.role == "title"]
    if titles and titles[0].start <= _TITLE_ROOM:
        run = [titles[0]]
        for block in titles[1:]:
            if block.start - run[-1].end > 2 or block.end - run[0].start > _TITLE_ROOM:
                break
            run.append(block)
        return evidence.cite(paper, run[0].start, run[-1].end)
    first = next((block for block in outline if _LETTER.search(text[block.start : block.end])), None)
    if first is None:
        return ()
    return evidence.cite(paper, first.start, min(first.end, first.start + _TITLE_ROOM))


def _says(title: str, party: str, language: Language) -> bool:
    """Whether a title names a party: most of its words stand there."""
    words, there = set(content_words(party, language)), set(content_words(title, language))
    return search_form(party).text in search_form(title).text or (bool(words) and len(words & there) > len(words) / 2)


def _shared(one: str, other: str) -> int:
    """Up to where two titles agree, at the beginning of a word."""
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a.casefold() != b.casefold()), min(len(one), len(other)))
    return one.rfind(" ", 0, at) + 1


def _cut(text: str, room: int) -> str:
    """The words that fit; in Japanese, which parts none, the characters."""
    if len(text) <= room:
        return text
    at = text.rfind(" ", 0, room + 1)
    return text[: at if at > room // 2 else room].rstrip(" ,;:、（(")
