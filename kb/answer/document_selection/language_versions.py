"""Papers as a person counts them: a text in several languages is one, called by the title that the reader can read.

Which papers an answer may be of (those that the filters let through, those of the answer before), taken together where they are one text;
and of such a text the version to be read to somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from kb.answer.document_selection.document_mentions import Named, named_papers
from kb.answer.quotation.citation_builder import Evidence
from kb.errors import UnknownDocumentError
from kb.ports import Ports
from kb.records import Answer, Cell, DocumentInfo, FactView, Filters
from lang.languages import Language
from lang.normalise import search_form
from lang.words.search_tokens import content_words
from prompts.phrases import spoken


def one_version_each(papers: Sequence[DocumentInfo], language: Language, ports: Ports) -> list[DocumentInfo]:
    """The papers, each text once: in ``language`` where the reader may see such a version of it, else as it came."""
    seen = {paper.id: paper for paper in ports.papers()}
    sets = list(ports.parallels())
    taken: set[int] = set()
    out = []
    for paper in papers:
        if paper.id in taken:
            continue
        versions = next((one for one in sets if paper.id in one), frozenset({paper.id}))
        taken |= versions
        in_language = [seen[number] for number in sorted(versions) if number in seen and seen[number].language == language]
        out.append(paper if paper.language == language or not in_language else in_language[0])
    return out


def held(papers: Sequence[DocumentInfo], filters: Filters) -> list[DocumentInfo]:
    """The papers that the filters let through."""
    return [paper for paper in papers if _passes(paper, filters)]


def _passes(paper: DocumentInfo, filters: Filters) -> bool:
    since, until = filters.date_from, filters.date_to
    return (
        (not filters.documents or paper.id in filters.documents)
        and filters.collected(paper.collections)
        and (not filters.kinds or paper.kind in filters.kinds)
        and (not filters.languages or paper.language in filters.languages)
        and (since is None or (paper.date is not None and paper.date >= since))
        and (until is None or (paper.date is not None and paper.date <= until))
    )


def texts_of(papers: Sequence[DocumentInfo], ports: Ports) -> set[frozenset[int]]:
    """The papers, those that are one text in several languages taken together."""
    together = {at: group for group in ports.parallels() for at in group}
    return {together.get(paper.id, frozenset((paper.id,))) for paper in papers}


def cited_of(answer: Answer, papers: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """Those of some papers that an answer cites, in the order in which it does."""
    known = {paper.id: paper for paper in papers}
    cited = dict.fromkeys(c.document_id for statement in answer.statements for c in statement.citations if c.document_id in known)
    return [known[at] for at in cited]


def among(filters: Filters, papers: Sequence[DocumentInfo]) -> Filters:
    """The filters, for these papers alone where there are any."""
    return replace(filters, documents=tuple(paper.id for paper in papers)) if papers else filters


def papers_before(answer: Answer, papers: Sequence[DocumentInfo], ports: Ports, *, every: bool) -> tuple[DocumentInfo, ...]:
    """The papers that the answer before was about: those that its question named, else those it cites; of a look-up the first."""
    looked_up = answer.skill in ("lookup", "clarify", "decline")
    asked = named_papers(answer.asked_as or answer.question, answer.language, papers, ports.known_by()) if looked_up else Named()
    if asked.papers and asked.genres and len(texts_of(asked.papers, ports)) == 1:
        return asked.papers
    found = sorted(cited_of(answer, papers), key=lambda paper: paper not in asked.of_kind)
    return tuple(found if every or not looked_up else found[:1])


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
