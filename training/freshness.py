"""Whether a module still says what the papers say: the status of its lines, outdated sources, and notes for its reader.

Every status is found out again from the stored texts and the check of the knowledge base. A source may have got a new version, been
withdrawn, or taken its words back. Notes say what a module lacks, and which of its papers another has taken the place of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from rapidfuzz import fuzz

from kb import KnowledgeBase
from kb.errors import UnknownDocumentError
from kb.records import Citation, DocumentInfo, Finding, Verdict
from kb.verify.citations import fold
from kb.verify.verdict import status_of as status_of_verdict
from lang.sentences import sentence_spans
from training.errors import UnknownLineError
from training.records import Case, Entry, Line, Module, Note, NoteCode, Paper, Part, QuizItem, Rendering, Section, Slide


def mapped(module: Module, *, line: Callable[[Line], Line], citation: Callable[[str, Citation], Citation] = lambda _id, one: one) -> Module:
    """The module with ``line`` of every line, and ``citation`` of the citations of names and wrong options, in their order.

    ``citation`` is told the id of the entry or question too.
    """

    def lines(found: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(map(line, found))

    def section(one: Section) -> Section:
        return Section(line(one.heading), lines(one.lines))

    def slide(one: Slide) -> Slide:
        return replace(one, title=line(one.title), bullets=lines(one.bullets), notes=lines(one.notes))

    def item(one: QuizItem) -> QuizItem:
        options = tuple(replace(each, citations=tuple(citation(one.id, c) for c in each.citations)) for each in one.options)
        return replace(one, proof=line(one.proof), options=options)

    def entry(one: Entry) -> Entry:
        names = tuple(replace(name, citations=tuple(citation(one.id, c) for c in name.citations)) for name in one.names)
        return replace(one, names=names, meaning=line(one.meaning) if one.meaning is not None else None)

    def case(one: Case) -> Case:
        return Case(line(one.title), lines(one.situation), lines(one.tasks))

    return replace(
        module,
        objectives=lines(module.objectives),
        briefing=tuple(map(section, module.briefing)),
        plan=tuple(replace(step, line=line(step.line)) for step in module.plan),
        slides=tuple(map(slide, module.slides)),
        handout=tuple(map(section, module.handout)),
        quiz=tuple(map(item, module.quiz)),
        case=case(module.case) if module.case is not None else None,
        glossary=tuple(map(entry, module.glossary)),
        reading=lines(module.reading),
    )


def unique(module: Module) -> Module:
    """The module with the ids of its lines made unique: a sentence that a part says twice has the second time another id."""
    seen: dict[str, int] = {}

    def line(one: Line) -> Line:
        times = seen[one.id] = seen.get(one.id, 0) + 1
        return one if times == 1 else replace(one, id=f"{one.id}-{times}")

    return mapped(module, line=line)


OF_WRITING: Final[frozenset[NoteCode]] = frozenset({"not_written", "partly_written", "kept_in_house"})
"""Notes on what a language model did, which only the making knows."""


def noted(kb: KnowledgeBase, module: Module) -> Module:
    """The module with the notes that hold of it today; those of `OF_WRITING` stay.

    They are found out at every opening: a paper that superseded another may have a title which this reader must not learn.
    """
    writing = (note for note in module.notes if note.code in OF_WRITING)
    return replace(module, notes=(*_notes(kb, module), *writing))


def _notes(kb: KnowledgeBase, module: Module) -> Iterator[Note]:
    cited = {citation.document_id for citation in module.citations()}
    papers = [paper for paper in module.papers if paper.document_id in cited]
    if len(papers) == 1:
        yield Note("one_document", papers[0].title)
    if module.case is None:
        yield Note("no_case")
    if len(module.slides) < module.request.slides:
        yield Note("few_sentences")
    if len(module.quiz) < module.request.items:
        yield Note("few_items")
    if not module.glossary:
        yield Note("no_glossary")
    if left := sum(step.minutes for step in module.plan if step.activity == "open" and not step.line.dropped):
        yield Note("thin_programme", str(left))
    if any(line.origin == "quote" and line.language not in (module.language, "und") for _, line in module.lines()):
        yield Note("other_language")
    for paper in papers:
        newer = kb.replaced(paper.document_id)
        if newer is not None and newer.relation == "supersedes":
            yield Note("superseded", f"{paper.title} → {newer.document}")


MOST_CHARS: Final = 600
"""A line that is longer is no single statement, and is not judged as one."""


def checked(kb: KnowledgeBase, module: Module) -> Module:
    """The module with the status of every citation and verdict found out again; nothing is judged anew."""
    texts = _Texts(kb)

    def line(one: Line) -> Line:
        again = replace(one, citations=tuple(map(texts.checked, one.citations)))
        return replace(again, verdict=_today(one.verdict, again.citations), beside=tuple(map(rendering, one.beside)))

    def rendering(one: Rendering) -> Rendering:
        again = replace(one, citations=tuple(map(texts.checked, one.citations)))
        return replace(again, verdict=_today(one.verdict, again.citations))

    return mapped(module, line=line, citation=lambda _id, one: texts.checked(one))


def judged(kb: KnowledgeBase, line: Line) -> Line:
    """A line that is not the papers' own wording, held against its citations as a model's sentence would be."""
    texts = _Texts(kb)
    citations = tuple(map(texts.checked, line.citations))
    return replace(line, citations=citations, verdict=verdict_of(kb, line.text, citations))


def verdict_of(kb: KnowledgeBase, text: str, citations: tuple[Citation, ...]) -> Verdict:
    """What the kb's check says of a text and its citations, which were compared with the stored texts before."""
    if not text.strip() or len(text) > MOST_CHARS:
        return Verdict("unsupported", 0.0, (Finding("scope", text[:40]),))
    return kb.judge(text, citations)


class _Texts:
    """The stored texts, each read once."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._read: dict[tuple[int, int], str | None] = {}

    def checked(self, citation: Citation) -> Citation:
        """The citation, ``verified`` when its quote is what is stored at its place, else ``unsupported``."""
        text = self._text(citation.document_id, citation.version)
        stands = text is not None and bool(citation.quote) and text[citation.start : citation.end] == citation.quote
        return replace(citation, status="verified" if stands else "unsupported")

    def _text(self, document_id: int, version: int) -> str | None:
        key = (document_id, version)
        if key not in self._read:
            try:
                self._read[key] = self._kb.text(document_id, version)
            except UnknownDocumentError:
                self._read[key] = None
        return self._read[key]


def _today(verdict: Verdict | None, citations: tuple[Citation, ...]) -> Verdict | None:
    """A verdict with its status: what it found holds for the quotes as they were, and for nothing where one no longer stands."""
    if verdict is None:
        return None
    stand = bool(citations) and all(citation.status == "verified" for citation in citations)
    return replace(verdict, status=status_of_verdict(verdict.support, verdict.findings, verdict.scorer) if stand else "unsupported")


Reason: TypeAlias = Literal["withdrawn", "changed", "gone", "moved"]
"""The source is no longer in use; it says it otherwise now; it says nothing like it any more; it says it at another place."""

LIKE: Final = 60.0
"""Likeness (0 to 100, `rapidfuzz.fuzz.ratio`) from which a sentence of the new version is offered in place of the old one."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A citation that does not hold today: of the line, question or entry ``id`` in ``part``.

    ``offered`` is what the version in force says instead, or where it says the same now; None where there is nothing to offer.
    """

    id: str
    part: Part
    reason: Reason
    text: str
    citation: Citation
    offered: Citation | None = None


def stale(kb: KnowledgeBase, module: Module) -> tuple[Stale, ...]:
    """Everything of a module whose source has changed, in the module's order; ``moved`` ones still say what they said."""
    papers = _Papers(kb)
    found: list[Stale] = []
    seen: set[tuple[str, tuple[int, int, int, int]]] = set()
    for part, one_id, text, citation in _cited(module):
        key = (one_id, _place(citation))
        reason, offered = papers.today(citation)
        if reason is not None and key not in seen:
            seen.add(key)
            found.append(Stale(one_id, part, reason, text, citation, offered))
    return tuple(found)


def accept(kb: KnowledgeBase, module: Module, changes: tuple[Stale, ...]) -> Module:
    """The module with what is offered in place of what is stale: a quote becomes the new words, other wording is judged against them.

    A question on words that are now others is dropped: its key is no longer proved. Make the quiz again for new ones.

    Raises:
        UnknownLineError: for one of the changes there is nothing to put in its place.
    """
    bare = next((change for change in changes if change.offered is None), None)
    if bare is not None:
        raise UnknownLineError(f"For “{bare.text[:80]}” the papers offer nothing in its place. Drop the line, or make its part again.")
    instead = {(change.id, _place(change.citation)): change.offered for change in changes if change.offered is not None}

    def rendering(one_id: str, one: Rendering) -> Rendering:
        citations = tuple(instead.get((one_id, _place(c)), c) for c in one.citations)
        if citations == one.citations:
            return one
        if one.origin == "quote":
            return replace(one, citations=citations, text=" ".join(citations[0].quote.split()))
        return replace(one, citations=citations, verdict=verdict_of(kb, one.text, citations))

    def line(one: Line) -> Line:
        citations = tuple(instead.get((one.id, _place(c)), c) for c in one.citations)
        beside = tuple(rendering(one.id, each) for each in one.beside)
        if citations == one.citations:
            return replace(one, beside=beside)
        if one.origin == "quote":
            old = next(i for i, c in enumerate(one.citations) if c != citations[i])
            if fold(citations[old].quote) == fold(one.citations[old].quote):
                return replace(one, citations=citations, beside=beside)
            same = fold(one.text) == fold(one.citations[old].quote)
            return replace(one, citations=citations, text=" ".join(citations[old].quote.split()) if same else one.text, beside=())
        if one.origin == "phrase":
            text = one.text
            for before, after in zip(one.citations, citations, strict=True):
                text = text.replace(" ".join(before.quote.split()), " ".join(after.quote.split()))
            return replace(one, text=text, citations=citations)
        return judged(kb, replace(one, citations=citations, beside=beside))

    def citation(one_id: str, one: Citation) -> Citation:
        return instead.get((one_id, _place(one))) or one

    changed = mapped(module, line=line, citation=citation)
    reworded = {change.id for change in changes if change.part == "quiz" and change.reason == "changed"}
    quiz = tuple(replace(item, dropped=True) if item.proof.id in reworded else item for item in changed.quiz)
    changed = replace(changed, quiz=quiz)
    return checked(kb, replace(changed, papers=tuple(_paper(kb, paper) for paper in changed.papers)))


def _cited(module: Module) -> Iterator[tuple[Part, str, str, Citation]]:
    for part, line in module.lines():
        if not line.dropped:
            yield from ((part, line.id, line.text, citation) for citation in line.citations)
            for rendering in line.beside:
                yield from ((part, line.id, rendering.text, citation) for citation in rendering.citations)
    for item in module.quiz:
        for option in item.options:
            yield from (("quiz", item.id, option.text, citation) for citation in option.citations)
    for entry in module.glossary:
        for name in entry.names:
            yield from (("glossary", entry.id, name.text, citation) for citation in name.citations)


def _place(citation: Citation) -> tuple[int, int, int, int]:
    return citation.document_id, citation.version, citation.start, citation.end


class _Papers:
    """The versions in force, each read once."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._infos = {info.id: info for info in kb.documents() if info.in_use}
        self._texts: dict[int, str] = {}
        self._sentences: dict[int, list[tuple[int, int]]] = {}

    def today(self, citation: Citation) -> tuple[Reason | None, Citation | None]:
        """What became of a citation, and what to put in its place."""
        info = self._infos.get(citation.document_id)
        if info is None:
            return "withdrawn", None
        try:
            text = self._text(info)
        except UnknownDocumentError:
            return "withdrawn", None
        if text[citation.start : citation.end] == citation.quote:
            return (None, None) if info.version == citation.version else self._elsewhere(info, citation, citation.start)
        at = text.find(citation.quote)
        if at >= 0:
            return "moved", self._at(info, citation, at, at + len(citation.quote))
        span = self._likest(info, text, citation.quote)
        return ("gone", None) if span is None else ("changed", self._at(info, citation, *span))

    def _elsewhere(self, info: DocumentInfo, citation: Citation, at: int) -> tuple[Reason | None, Citation | None]:
        """A quote that stands in the new version at the same offset: it has not moved, unless its clause is another now."""
        again = self._at(info, citation, at, at + len(citation.quote))
        return (None, None) if again.path == citation.path else ("moved", again)

    def _at(self, info: DocumentInfo, citation: Citation, start: int, end: int) -> Citation:
        place = self._kb.place(info.id, info.version, start)
        return replace(
            citation, document=info.title, source=info.source, version=info.version, kind=info.kind, date=info.date, page=place.page,
            page_label=place.page_label, path=place.path, start=start, end=end, quote=self._text(info)[start:end], status="verified",
        )  # fmt: skip

    def _likest(self, info: DocumentInfo, text: str, quote: str) -> tuple[int, int] | None:
        spans = self._sentences.setdefault(info.id, sentence_spans(text, info.language))
        scored = [(fuzz.ratio(quote, text[start:end]), start, end) for start, end in spans]
        best = max(scored, default=(0.0, 0, 0))
        return None if best[0] < LIKE else best[1:]

    def _text(self, info: DocumentInfo) -> str:
        if info.id not in self._texts:
            self._texts[info.id] = self._kb.text(info.id, info.version)
        return self._texts[info.id]


def _paper(kb: KnowledgeBase, paper: Paper) -> Paper:
    info = next((one for one in kb.documents() if one.id == paper.document_id and one.version), None)
    if info is None:
        return paper
    return Paper(info.id, info.title, info.source, info.version, info.kind, info.language, info.date, info.publisher)
