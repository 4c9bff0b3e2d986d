"""Drafts: a letter, an office note, an e-mail, a reminder, an agenda, a press note, a circular, in the language of the asker.

The frame is ours, the facts are quotes of the papers with their place, and what nobody has said yet is a visible placeholder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from kb.answer.document_selection.language_versions import held as held_by
from kb.answer.presentation.rendering import clause, joined, numeral, page, quoted, says, values
from kb.answer.query_understanding.intent import adds, asked_in_form
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.skills.drafting.correspondents import parties
from kb.answer.skills.drafting.draft_content import (
    answered,
    by_parts,
    discussed,
    items_of,
    made_of,
    owed,
    papers_for,
    parallel_to,
    row_of,
    said_at,
    said_of,
    told,
)
from kb.answer.skills.drafting.draft_request import Wanted, remade, wanted
from kb.answer.skills.drafting.draft_templates import Line, Parts, lines_of
from kb.answer.skills.lookup import FoundStretch
from kb.answer.skills.summaries.summary_sentences import on_one_line
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Grade, Turn
from kb.search.follow_up import content
from lang.languages import Language
from lang.sentences import sentence_spans
from lang.words.search_tokens import analyse
from prompts.phrases import phrase

OWN = 3
"""Words that a request for a draft has of its own which is about something else than the answer before it."""
FACTS, TOLD, ITEMS = 3, 5, 6
"""Stretches in a letter, sentences where it leans on the answer before or tells a paper's stored facts, and items of an agenda."""
ADDED = 2
"""Stretches that are put in where a message adds to a draft."""
LONGEST_SUBJECT = 100
"""Characters of a subject in the words of the request; else it is what the paper is called that is quoted."""


def draft(question: Question, ports: Ports) -> SkillResult | None:
    """The draft that is asked for, or the last one made anew as it is now wanted."""
    again = remade(question)
    added = question.text if again is not None and adds(question.text) else ""
    if again is not None:
        asked, first, at = again
        language = question.answer_in if question.answer_in != "und" else first.answer.language
        question = replace(
            question, text=first.question, asked=first.answer.asked_as or first.question, answer_in=language,
            language=first.answer.language, matter="", carried=False, papers=(), history=question.history[:at],
        )  # fmt: skip
    else:
        asked = wanted(question.text, question.language)
    evidence = Evidence(ports)
    before = _leans_on(asked, question)
    matter, about = _matter(asked, question, before)
    found, grade = (_quoted_before(again[1], evidence), again[1].answer.grade) if again is not None else ([], "answers")
    if found and added:
        among = replace(question, papers=tuple({said.paper.id: said.paper for said in found}.values()))
        found += _added(added, found, among, ports, evidence)
    if not found:
        found, grade = _found(matter, asked, question, ports, evidence)
    if before is not None and again is None:
        told_before = answered(before, ports, evidence)
        held = {said.paper.id for said in told_before}
        more = [said for said in found if said.paper.id in held]
        found = list({(said.paper.id, said.start): said for said in [*told_before, *more]}.values())[:TOLD]
        about = _subject(found, question) or about
    for papers in _papers(question, found, ports):
        sender, addressee = parties(asked.sender, asked.addressee, papers, question.said_in, ports, evidence)
        if sender.cited or addressee.cited:
            break
    patched = _patched(about, asked, question)
    if patched:
        about = _subject(found, question)
    if len(about) > LONGEST_SUBJECT:
        about = _subject(found, question) or _first_sentence(about, question.language)
    shown = [parallel_to(said, question.said_in, ports, evidence) for said in found]
    named = list({said.paper.id: said.paper for said in shown}.values())
    lead = phrase("draft.lead" if shown else "draft.silent", question.said_in)
    request = " ".join((added or question.text).split()) if added or patched else ""
    parts = Parts(
        asked, _in_language(about, shown, question), sender, addressee, _facts(shown, named, asked, question.said_in, evidence),
        _references(named, question.said_in, evidence, ports), question.said_in, request,
    )  # fmt: skip
    rows = tuple((Cell(line.text, line.cited),) for line in lines_of(parts))
    return SkillResult(evidence.statements, (Block("text", lead), Block("letter", rows=rows)), grade=grade)


def _added(message: str, found: Sequence[FoundStretch], question: Question, ports: Ports, evidence: Evidence) -> list[FoundStretch]:
    """What the papers of a draft say to a message that adds to it and is not quoted yet."""
    more = by_parts(message, said_of(message, question, ports, evidence, TOLD)[0], question, ports, evidence)
    fresh = (_after(said, found) for said in more)
    return [said for said in fresh if len(said.text) > 1 and not any(_within(said, one) for one in found)][:ADDED]


def _within(said: FoundStretch, other: FoundStretch) -> bool:
    return said.paper.id == other.paper.id and other.start <= said.start < other.end


def _after(said: FoundStretch, found: Sequence[FoundStretch]) -> FoundStretch:
    """What of a stretch is not quoted yet."""
    ends = [one.end for one in found if one.paper.id == said.paper.id and one.start <= said.start < one.end < said.end]
    if not ends:
        return said
    rest = said.text[max(ends) - said.start :].lstrip()
    return replace(said, start=said.end - len(rest), text=rest)


def _in_language(about: str, shown: Sequence[FoundStretch], question: Question) -> str:
    """The subject in the language of the draft: where it was asked for in another, the heading of what is quoted in that language."""
    if question.language == question.said_in:
        return about
    own = next((said for said in shown if said.language == question.said_in), None)
    heading = next((entry for entry in reversed(own.path) if len(entry) > 6), own.paper.title) if own is not None else ""
    return heading or about


def _patched(about: str, asked: Wanted, question: Question) -> bool:
    """Whether a subject is the words of the message with others taken out from amidst them, which is no line to send."""
    said = " ".join((asked.matter or question.matter).split())
    return said != "" and said.casefold() in about.casefold() and not question.says(said)


def _first_sentence(text: str, language: Language) -> str:
    """The first sentence of a text, without the mark that ends it."""
    spans = sentence_spans(text, language)
    return text[slice(*spans[0])].rstrip(" .।。") if spans else text


def _quoted_before(turn: Turn, evidence: Evidence) -> list[FoundStretch]:
    """What a draft quoted, as far as it still stands there: the same is quoted again."""
    letter = " ".join(cell.text for block in turn.answer.blocks for row in block.rows for cell in row)
    found = []
    for cited in (statement.citations[0] for statement in turn.answer.statements if statement.citations):
        paper = evidence.paper_of(cited)
        if paper is not None and quoted(" ".join(cited.quote.split()), turn.answer.language) in letter:
            found.append(FoundStretch(paper, cited.start, cited.end, cited.quote, cited.language, cited.path, cited.page_label))
    return found


def _leans_on(asked: Wanted, question: Question) -> Turn | None:
    """The turn whose answer is to be put into the draft: the last, where the request has hardly a word of its own that it does not have."""
    before = question.history[-1] if question.history else None
    if before is None or before.answer.skill in ("draft", "clarify") or not before.answer.statements:
        return None
    told = " ".join([before.answer.asked_as or before.question, *(statement.text for statement in before.answer.statements[:2])])
    known = set(analyse(told, question.language).words)
    own = [word for word in content(asked.matter, question.language) if not known.issuperset(analyse(word, question.language).words)]
    return before if len(own) < OWN else None


def _subject(found: Sequence[FoundStretch], question: Question) -> str:
    """What the first paper that is quoted is called, where it is in the language of the draft."""
    return found[0].paper.title if found and found[0].language == question.said_in else ""


def _matter(asked: Wanted, question: Question, leans_on: Turn | None) -> tuple[str, str]:
    """What is looked up, and what the subject line says."""
    said = asked.matter or question.matter
    subject = phrase("draft.about", question.language, matter=said) if asked.oblique else said[:1].upper() + said[1:]
    before = next((turn for turn in reversed(question.history) if turn.answer.skill != "draft"), None)
    if not said and len(question.papers) == 1:
        subject = question.papers[0].title
    if before is None or not (leans_on or question.carried or question.asked != question.text or not said):
        return said or question.asked, subject
    earlier = before.answer.asked_as or before.question
    about = " ".join(content(earlier, before.answer.language))
    if leans_on is not None:
        return f"{said} {earlier}".strip(), about
    few = len(content(said, question.language)) < 2
    return f"{said} {earlier}".strip(), (f"{subject} – {about}" if said else about) if few else subject


def _found(matter: str, asked: Wanted, question: Question, ports: Ports, evidence: Evidence) -> tuple[list[FoundStretch], Grade]:
    if not (asked.matter or question.matter) and question.papers and not question.history:  # the paper itself is the matter
        found = [said for paper in question.papers for said in told(paper, ports, evidence)][:TOLD]
        if found:
            return found, "answers"
    question = replace(question, papers=papers_for(asked, matter, question, ports))
    if asked_in_form(question.text) == "obligations" and (duties := owed(question.papers, ports, evidence)):
        return duties[:TOLD], "answers"
    found, grade = said_of(matter, question, ports, evidence, FACTS)
    row = row_of(asked, question.papers[0], evidence) if len(question.papers) == 1 else None
    if row is not None:
        own = said_at(question.papers[0], row.start, row.end, row.language, ports, evidence)
        found = [own, *(said for said in found if not made_of(said, ("table_row",), evidence) and not _within(own, said))]
    if found and asked.kind != "agenda":
        found = by_parts(asked.matter or matter, found, question, ports, evidence)[:TOLD]
    if asked.kind == "agenda" and found:
        items = discussed(found[0].paper, ITEMS, ports, evidence) or [item for said in found for item in items_of(said, evidence)]
        found = list({(item.paper.id, item.start): item for item in items}.values())[:ITEMS]
    return found, grade if found else "answers"


def _papers(question: Question, found: Sequence[FoundStretch], ports: Ports) -> tuple[list[DocumentInfo], list[DocumentInfo]]:
    """The papers among whose people the sender and addressee are looked for: those that are meant or quoted; then the agreements."""
    held = [*question.papers, *(said.paper for said in found)]
    others = {c.document_id for said in found for c in ports.counterparts(said.paper.id, said.paper.version, said.start, said.end)}
    first = list({paper.id: paper for paper in [*held, *(paper for paper in ports.papers() if paper.id in others)]}.values())
    seen = {paper.id for paper in first}
    agreements = [p for p in held_by(ports.papers(), question.filters) if p.kind == "agreement" and p.id not in seen]
    return first, agreements


def _facts(
    shown: Sequence[FoundStretch], named: Sequence[DocumentInfo], asked: Wanted, language: Language, evidence: Evidence
) -> tuple[Line, ...]:
    if not shown:
        return (Line(phrase("draft.gap.fact", language), 1),)
    lines = []
    for at, said in enumerate(shown):
        words = on_one_line(said.text)
        place = _place(said, named, asked, language)
        line = says(place, quoted(words, language), language)
        if said.language != language and (rendered := values(words, language)):
            line = f"{line} {phrase('draft.values', language, values=joined(rendered, language))}"
        lines.append(Line(line, min(1 + at, 4), evidence.cite(said.paper, said.start, said.end)))
    return tuple(lines)


def _place(said: FoundStretch, named: Sequence[DocumentInfo], asked: Wanted, language: Language) -> str:
    """Where a quote stands, short: its clause and page, and which of the references it is of."""
    where = page(said.page_label, language) if said.paper.pages > 1 else ""
    place = joined([clause(said.path, said.language, language), where], language)
    if asked.kind == "press":
        return joined([said.paper.publisher or said.paper.title, place], language)
    if len(named) == 1:
        return place
    number = numeral([paper.id for paper in named].index(said.paper.id) + 1, language)
    return phrase("draft.in_reference", language, n=number, place=place) if place else phrase("draft.reference_only", language, n=number)


def _references(named: Sequence[DocumentInfo], language: Language, evidence: Evidence, ports: Ports) -> tuple[Line, ...]:
    lines = []
    for at, paper in enumerate(named, 1):
        title = quoted(paper.title, language)
        cited: tuple[int, ...] = ()
        fact = next((f for f in ports.facts(paper.id) if f.field == "date" and f.start is not None and f.end is not None), None)
        if fact is not None and fact.start is not None and fact.end is not None:
            start, end = _line_around(evidence.text(paper), fact.start, fact.end)
            cited = evidence.cite(paper, start, end)
        day = values(paper.date.isoformat(), language) if paper.date is not None else ()
        of = joined([_number_of(paper, evidence), title, *(phrase("label.dated", language, date=one) for one in day[:1])], language)
        key = "draft.reference" if len(named) == 1 else "draft.reference_n"
        count = {} if len(named) == 1 else {"n": numeral(at, language)}
        lines.append(Line(phrase(key, language, of=of, **count), 4, cited or evidence.cite(paper, 0, _first_line(evidence.text(paper)))))
    return tuple(lines)


_NUMBERED = regex.compile(
    r"(?:[\p{L}\p{M}.]+ ){0,3}(?:क्रमांक|क्र\.|क्र|संख्या|No\.|Number)\s?[:.\-–]?\s?"
    r"[\p{L}\p{M}\p{N}/.\-()]*\p{N}[\p{L}\p{N}/.\-()]*|第\p{N}+号",
    regex.IGNORECASE,
)
HEAD = 600
"""Characters at the head of a paper in which its number stands."""


def _number_of(paper: DocumentInfo, evidence: Evidence) -> str:
    """The number of a circular, order or letter, as it stands on a line at its head; "" for other papers."""
    if paper.kind != "other":
        return ""
    match = _NUMBERED.search(evidence.text(paper)[:HEAD])
    return " ".join(match[0].split()) if match is not None else ""


def _line_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The line in which a span stands; the span itself where that is long."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    last = last if last >= 0 else len(text)
    return (first, last) if last - first <= 200 else (start, end)


def _first_line(text: str) -> int:
    end = text.find("\n")
    return end if 0 < end <= 300 else min(len(text), 300)
