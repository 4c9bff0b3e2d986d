"""A clause in another language: the parallel text where a version of its paper has one; else the original, and what needs no translation.

Nothing is translated here. Beside an original without a version in the wanted language stand its days, amounts and numbers as that language
writes them, and the names of its terms. `Original` is what a language model would be given (`passage_meant`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

import regex

from ingest.records import Block as PaperBlock
from kb.answer.presentation.quote_glosses import office_terms_in
from kb.answer.presentation.rendering import clause, joined, page, says, values
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.quotation.quote_spans import leads_in
from kb.answer.scoring.candidates import is_fragment
from kb.answer.skills.drafting.draft_content import said_of, span_in
from kb.answer.skills.lookup import numbering
from kb.errors import UnknownDocumentError
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Statement
from lang.data_files import toml_of
from lang.languages import LANGUAGES, Language
from lang.normalise import search_form
from lang.references import Reference, place_keys, references, stands_inside
from lang.sentences import sentence_spans
from lang.values.quantities import folded
from prompts.phrases import phrase

LOOKED_AT = 12
"""Hits among which a paper with the clause is looked for where the message names none."""
MOST_BLOCKS = 12
"""Blocks of a clause that are shown."""
MOST_TERMS = 20
_DOTTED = regex.compile(r"(?<![\p{Nd}.])\p{Nd}{1,3}(?:\.\p{Nd}{1,3}){1,3}(?![\p{Nd}.]?\p{Nd})")
MUCH_LONGER = 1.8
"""How many times as long as the original its counterpart may be; a longer one is a passage with more in it."""


@dataclass(frozen=True, slots=True)
class Original:
    """The passage that is to be in another language: the spans of a paper, in order, each a paragraph or item."""

    paper: DocumentInfo
    spans: tuple[tuple[int, int], ...]


def translate(question: Question, ports: Ports) -> SkillResult | None:
    """The passage that is meant, in the language that is wanted and in its own; None where no passage is found."""
    evidence = Evidence(ports)
    meant = passage_meant(question, ports, evidence)
    if meant is None:
        return None
    wanted, said_in = _wanted(question, meant), question.language
    name = {language: phrase(f"language.{language}", said_in) for language in (wanted, meant.paper.language)}
    other = _version(meant, wanted, ports, evidence) if meant.paper.language != wanted else None
    parallel = _rows(other, said_in, evidence, ports) if other is not None else ()
    rows = _rows(meant, said_in, evidence, ports)
    if not rows:
        return None
    if meant.paper.language == wanted:
        return SkillResult(evidence.statements, (Block("points", phrase("translate.already", said_in, name=name[wanted]), rows=rows),))
    original = Block("points", phrase("translate.original", said_in, name=name[meant.paper.language]), rows=rows)
    if parallel:
        official = Block("points", phrase("translate.official", said_in, name=name[wanted]), rows=parallel)
        return SkillResult(evidence.statements, (official, original))
    line = phrase("translate.none", said_in, name=name[wanted], source=name[meant.paper.language])
    return SkillResult(evidence.statements, (Block("text", line), original, *_aids(meant, wanted, rows, said_in, evidence)))


def passage_meant(question: Question, ports: Ports, evidence: Evidence) -> Original | None:
    """The clause that is named, the words that are quoted, or what the last answer showed."""
    named = references(question.text)
    if named:
        for paper in _papers(question, ports):
            if found := _at_reference(paper, named[0], evidence):
                return found
    dotted = _DOTTED.search(search_form(question.text).text)
    if dotted is not None:
        for paper in _papers(question, ports):
            if found := _numbered(paper, dotted[0], evidence):
                return found
    said = regex.search(_words()["what"]["quoted"], question.text)
    if said is not None and (found := _quoted(said["quote"], question, ports, evidence)):
        return found
    last = next((turn for turn in reversed(question.history) if turn.answer.statements), None)
    if last is not None:
        meant = {paper.id for paper in question.papers}
        own = [s for s in last.answer.statements if s.citations and s.citations[0].document_id in meant]
        return _shown((own or last.answer.statements)[0], question.text, last.question, ports, evidence)
    return _searched(question, ports, evidence)


def _wanted(question: Question, meant: Original) -> Language:
    form = search_form(question.text).text
    if question.answer_in != "und":
        return question.answer_in
    own = question.language if question.language != "und" else "en"
    for how in ("into", "named"):
        found = [language for language in LANGUAGES if any(regex.search(folded(p), form) for p in _words()[how][language])]
        if len(found) == 1 and (how == "into" or found[0] != meant.paper.language):
            return found[0]
    return own


def _papers(question: Question, ports: Ports) -> list[DocumentInfo]:
    """The papers in which a numbered clause is looked for: those that are meant, those of the last answer, those that a search finds."""
    known = {paper.id: paper for paper in ports.papers()}
    order = [paper.id for paper in question.papers]
    if not order:
        order = [c.document_id for turn in question.history[-1:] for s in turn.answer.statements for c in s.citations]
        order += [hit.document_id for hit in ports.search(question.asked, LOOKED_AT, question.filters).hits]
    return [known[number] for number in dict.fromkeys(order) if number in known]


def _of_blocks(paper: DocumentInfo, blocks: Sequence[PaperBlock]) -> Original:
    return Original(paper, tuple((block.start, block.end) for block in blocks[:MOST_BLOCKS]))


def _article(paper: DocumentInfo, at: PaperBlock, outline: Sequence[PaperBlock]) -> Original:
    """The whole article in which a block stands."""
    return _of_blocks(paper, [block for block in outline if block.path[:1] == at.path[:1]])


def _at_reference(paper: DocumentInfo, named: Reference, evidence: Evidence) -> Original | None:
    outline = _said(evidence.outline(paper))
    blocks = [block for block in outline if any(key in place_keys(block.path[:1]) for key in named.keys)]
    inside = [block for block in blocks if stands_inside(block.path, named.inside)]
    found = inside if named.inside and inside else blocks
    found = _with_items(found, outline, evidence.text(paper))
    return _of_blocks(paper, found) if found else None


def _numbered(paper: DocumentInfo, number: str, evidence: Evidence) -> Original | None:
    """The blocks that bear a number such as 4.2."""
    outline = _said(evidence.outline(paper))
    found = [block for block in outline if number in (search_form(entry).text.strip(" .") for entry in block.path[-1:])]
    return _of_blocks(paper, found) if found else None


def _with_items(found: Sequence[PaperBlock], outline: Sequence[PaperBlock], text: str) -> list[PaperBlock]:
    """The blocks, and the items of the list that the last of them leads in."""
    if not found or not leads_in(text, found[-1]):
        return list(found)
    below = outline[outline.index(found[-1]) + 1 :]
    return [*found, *takewhile(lambda block: block.role == "list_item", below)]


def _quoted(words: str, question: Question, ports: Ports, evidence: Evidence) -> Original | None:
    """Where quoted words stand in a paper."""
    pattern = regex.compile(r"\s+".join(regex.escape(word) for word in words.split()))
    known = {paper.id: paper for paper in ports.papers()}
    for hit in ports.search(words, LOOKED_AT, question.filters).hits:
        match = pattern.search(evidence.text(known[hit.document_id])) if hit.document_id in known else None
        if match is not None:
            paper = known[hit.document_id]
            return _below_heading(paper, match.start(), evidence) or Original(paper, (match.span(),))
    return None


def _below_heading(paper: DocumentInfo, at: int, evidence: Evidence) -> Original | None:
    """What stands below the heading at an offset, such as the reply to a question; None where there is none."""
    outline = evidence.outline(paper)
    heading = next((block for block in outline if block.role == "heading" and block.start <= at < block.end), None)
    below = [block for block in _said(outline) if heading is not None and heading.path and block.path[: len(heading.path)] == heading.path]
    return _of_blocks(paper, below) if below else None


def _searched(question: Question, ports: Ports, evidence: Evidence) -> Original | None:
    """The paragraph or item with the sentence that speaks to what was asked before, or is asked now."""
    matter = question.matter or (question.history[-1].question if question.history else question.asked)
    found, _ = said_of(matter, question, ports, evidence, 1)
    if not found:
        return None
    said = found[0]
    outline = _said(evidence.outline(said.paper))
    block = next((b for b in outline if b.start <= max(said.start, said.answers) < b.end), None)
    if block is None:
        return Original(said.paper, ((said.start, said.end),))
    if _names(search_form(question.text).text, "clause") and place_keys(block.path[:1]):
        return _article(said.paper, block, outline)
    return Original(said.paper, tuple((b.start, b.end) for b in _with_items([block], outline, evidence.text(said.paper))))


def _shown(statement: Statement, message: str, before: str, ports: Ports, evidence: Evidence) -> Original | None:
    """What the last answer showed first: its sentence, the clause in which that stands, or all that was shown, as the message says.

    The clause is the whole article where the question ``before`` had named one, else the item or paragraph.
    """
    cited = statement.citations[0] if statement.citations else None
    paper = next((p for p in ports.papers() if cited is not None and p.id == cited.document_id), None)
    if cited is None or paper is None:
        return None
    start, end = _sentence(statement, before, ports)
    form = search_form(message).text
    outline = _said(evidence.outline(paper))
    at = next((block for block in outline if block.start <= start < block.end), None)
    if at is None and (below := _below_heading(paper, start, evidence)):
        return below  # what a model wrote of an article may rest on its heading alone
    if at is None or (_names(form, "sentence") and not _names(form, "clause")):
        return Original(paper, ((start, end),))
    if references(before) and _names(form, "clause") and place_keys(at.path[:1]):
        return _article(paper, at, outline)
    first, last = (start, end) if _names(form, "clause") else (cited.start, cited.end)
    touched = [block for block in outline if block.start < last and block.end > first]
    return _of_blocks(paper, touched)


def _sentence(statement: Statement, before: str, ports: Ports) -> tuple[int, int]:
    """The sentence of a statement that answers; where a heading does, the sentence that is nearest to the question."""
    cited = statement.citations[0]
    start, end = statement.answering[0] if statement.answering else (0, len(cited.quote))
    spans = [s for s in sentence_spans(cited.quote, cited.language) if not is_fragment(cited.quote[slice(*s)])]
    if is_fragment(cited.quote[start:end]) and spans:
        near = ports.embedder.passages([cited.quote[slice(*span)] for span in spans]) @ ports.embedder.query(before)
        start, end = spans[int(near.argmax())]
    return cited.start + start, cited.start + end


def _names(form: str, what: str) -> bool:
    return any(regex.search(folded(pattern), form) for pattern in _words()["what"][what])


def _version(meant: Original, wanted: Language, ports: Ports, evidence: Evidence) -> Original | None:
    """The same passage in the version of its paper in a language; None where there is none, or not of all of it."""
    papers = {paper.id: paper for paper in ports.papers()}
    text, whole = evidence.text(meant.paper), {(b.start, b.end) for b in evidence.outline(meant.paper)}
    spans: list[tuple[int, int]] = []
    paper: DocumentInfo | None = None
    for start, end in meant.spans:
        found = [c for c in ports.counterparts(meant.paper.id, meant.paper.version, start, end) if c.language == wanted]
        other = next((c for c in found if c.document_id in papers), None)
        if other is None:
            return _by_number(meant, wanted, ports, evidence)
        paper = papers[other.document_id]
        if (start, end) in whole and other.end - other.start <= MUCH_LONGER * (end - start):
            spans.append((other.start, other.end))
        else:
            spans.append(span_in(evidence.text(paper), text[start:end], meant.paper.language, other, ports))
    return Original(paper, tuple(dict.fromkeys(spans))) if paper is not None else None


def _by_number(meant: Original, wanted: Language, ports: Ports, evidence: Evidence) -> Original | None:
    """The blocks of the same article in the version of the paper: those at the same places in it, where it has as many, else all."""
    group = next((group for group in ports.parallels() if meant.paper.id in group), frozenset[int]())
    version = next((paper for paper in ports.papers() if paper.id in group and paper.language == wanted), None)
    own = _said(evidence.outline(meant.paper))
    touched = [block for block in own if any(block.start < end and block.end > start for start, end in meant.spans)]
    keys = {key for block in touched for key in place_keys(block.path[:1])}
    if version is None or not keys or len({block.path[:1] for block in touched}) != 1:
        return None
    article = [block for block in own if block.path[:1] == touched[0].path[:1]]
    theirs = [block for block in _said(evidence.outline(version)) if keys & set(place_keys(block.path[:1]))]
    if len(theirs) == len(article):
        theirs = [theirs[article.index(block)] for block in touched]
    return _of_blocks(version, theirs) if theirs else None


def _rows(meant: Original, said_in: Language, evidence: Evidence, ports: Ports) -> tuple[tuple[Cell, ...], ...]:
    """Each part of a passage whole, with where it stands before the first."""
    rows: list[tuple[Cell, ...]] = []
    alone = len(meant.spans) == 1
    text = evidence.text(meant.paper)
    for first, end in meant.spans:
        start = first + (numbering(text[first:end]) if alone else 0)  # the place says the number
        cell = evidence.quote(meant.paper, start, end)
        if not cell.cited:
            continue
        try:
            place = ports.place(meant.paper.id, meant.paper.version, start)
        except UnknownDocumentError:
            return ()
        label = page(place.page_label, said_in) if meant.paper.pages > 1 else ""
        where = joined([clause(place.path if alone else place.path[:1], meant.paper.language, said_in), label], said_in)
        rows.append((Cell(where), cell) if where and not rows else (cell,))
    return tuple(rows)


def _aids(meant: Original, wanted: Language, rows: Sequence[Sequence[Cell]], said_in: Language, evidence: Evidence) -> list[Block]:
    """What needs no translation: the values of each part, and the terms with their names in the language."""
    blocks = []
    told = [(cell, values(cell.text, wanted)) for row in rows for cell in row if cell.cited]
    if any(found for _, found in told):
        points = tuple((Cell(joined(found, wanted), cell.cited),) for cell, found in told if found)
        blocks.append(Block("points", phrase("translate.values", said_in), rows=points))
    text = " ".join(evidence.text(meant.paper)[start:end] for start, end in meant.spans)
    terms: dict[str, str] = {}
    for found in office_terms_in(text, meant.paper.language):
        if usual := found.term.usual(wanted):
            terms.setdefault(found.surface, usual)
    pairs = list(terms.items())[:MOST_TERMS]
    if pairs:
        points = tuple((Cell(says(one, other, wanted)),) for one, other in pairs)
        blocks.append(Block("points", phrase("translate.terms", said_in), rows=points))
    return blocks


def _said(outline: Sequence[PaperBlock]) -> list[PaperBlock]:
    return [block for block in outline if block.role not in ("heading", "title")]


_words = partial(toml_of, "kb.answer.skills.drafting", "translation.toml")
