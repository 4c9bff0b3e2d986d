"""A table over papers: one row for each, one column for each thing that is asked of them; or the items of one paper, one row each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.records import Kind
from kb.answer.question import Question
from kb.answer.quoting import FETCHED
from kb.answer.scoring.reading import read_first
from kb.answer.skills.evidence import Evidence, Made
from kb.answer.skills.paper_selection.editions import Edition, editions, name_cell, newest_first
from kb.answer.skills.paper_selection.selection import matter_left, over_papers, selection
from kb.answer.skills.tables.amounts import names_money
from kb.answer.skills.tables.aspects import MONEY, Aspect, aspects
from kb.answer.skills.tables.cells import Filled, Sheet
from kb.answer.skills.tables.columns import columns_in, standard, subject_of
from kb.answer.skills.tables.inventory import counts_line, earlier_papers, speaking_papers
from kb.answer.skills.tables.items import items_table
from kb.answer.skills.tables.standing import laid_out
from kb.answer.skills.tables.stored import Stored, best_stored
from kb.answer.understand.scope import held
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Refusal
from prompts.phrases import phrase

MOST_ROWS = 40
MOST_COLUMNS = 8
AMONG = 3
"""Passages that answer best which must be of one paper for the table to be of what that says."""
FILLED = 0.5
"""The share of the cells of a table of papers that are not named that must say something."""
_OF_AGREEMENTS = frozenset({"parties", "signed", "place", "in_force", "term", "renewal", "ending", "binding", "disputes", "signatories"})


def table(question: Question, ports: Ports) -> Made | None:
    """Papers in rows; None where no paper is there to make one of."""
    papers = held(ports.papers(), question.filters)
    if not papers:
        return None
    columns = columns_in(question.text)[:MOST_COLUMNS]
    evidence = Evidence(ports)
    if (stored := _in_one_paper(question, columns, papers, ports, evidence)) is not None:
        standing = laid_out(stored, question, columns, ports, evidence)
        money = any(aspect.key in MONEY for aspect in columns) and not stored.items
        if _tells(standing) and not (money and question.papers and not _has_amounts(standing)):
            return standing
    rows, named = _rows(question, columns, papers, ports)
    if not rows:
        message = phrase("table.none_such", question.said_in, counts=counts_line(editions(papers, ports), question.said_in))
        return Made(refusal=Refusal("not_in_documents", message))
    if len(rows) == 1 and (made := items_table(question, rows[0], columns, ports, evidence)) is not None:
        return made
    if not named and not earlier_papers(question, papers) and _of_one_paper(question, ports):
        return None
    columns = columns or _columns_for(question, rows)
    return _over_papers(question, rows, columns, named, ports, evidence)


def _in_one_paper(
    question: Question, columns: Sequence[Aspect], papers: Sequence[DocumentInfo], ports: Ports, evidence: Evidence
) -> Stored | None:
    """The table that is asked for where it stands in a paper: of a matter of its own, and not of several papers."""
    subject = subject_of(question.text, question.matter)
    single = len(editions(question.papers, ports)) == 1
    of_facts = any(paper.kind == "agreement" for paper in question.papers) and any(aspect.key in _OF_AGREEMENTS for aspect in columns)
    if single and not of_facts:
        return best_stored(question, subject or question.text, columns, question.papers, ports, evidence, meant=True)
    if not subject or (not single and (question.papers or over_papers(question.text) or earlier_papers(question, papers))):
        return None
    return best_stored(question, subject, columns, question.papers or papers, ports, evidence)


def _rows(question: Question, columns: Sequence[Aspect], papers: Sequence[DocumentInfo], ports: Ports) -> tuple[list[Edition], bool]:
    """The texts that are meant, and whether the question names them, so that each is shown even where it is silent."""
    wanted = selection(question.text)
    if question.papers:
        return newest_first(editions(question.papers, ports, papers)), True
    if wanted.limits:
        return newest_first(editions(wanted.of(papers, ports), ports, papers)), True
    earlier = earlier_papers(question, papers)
    if earlier:
        return newest_first(editions(earlier, ports, papers)), False
    if not columns and matter_left(question.matter):
        return speaking_papers(question.matter, question, papers, ports)[0], False
    keys = {aspect.key for aspect in columns}
    agreements = [paper for paper in papers if paper.kind == "agreement"]
    if agreements and (keys & _OF_AGREEMENTS or not columns):
        return newest_first(editions(agreements, ports, papers)), True
    return newest_first(editions(papers, ports, papers)), False


def _columns_for(question: Question, rows: Sequence[Edition]) -> list[Aspect]:
    """What a table shows where no column is named: the matter that is asked about, else what is usual for the kind."""
    if question.matter and matter_left(question.matter):
        return [Aspect(asked=question.matter.strip(" ?？。.।"))]
    kinds: Counter[Kind] = Counter(row.papers[0].kind for row in rows)
    (kind, _), *_ = kinds.most_common(1)
    return standard(kind if len(kinds) == 1 else "other")


def _over_papers(
    question: Question, rows: Sequence[Edition], columns: Sequence[Aspect], named: bool, ports: Ports, evidence: Evidence
) -> Made | None:
    language = question.said_in
    others = [paper for row in rows for paper in row.papers]
    sheet = Sheet(ports, evidence, question.language, language)
    parties = any(aspect.key == "parties" for aspect in columns)
    titled = any(aspect.key == "subject" for aspect in columns)  # then the title stands there
    made: list[tuple[Cell, ...]] = []
    told: list[bool] = []
    left = 0
    for row in rows:
        if len(made) == MOST_ROWS:
            left += 1
            continue
        filled = [sheet.fill(row, aspect, others) for aspect in columns]
        if not named and not _says_what_is_asked(filled, columns):
            continue
        told += [one is not None for one in filled]
        first = () if titled else (name_cell(row, language, evidence, ports, others, with_parties=not parties),)
        made.append((*first, *(one.cell if one is not None else Cell(phrase("table.not_stated", language)) for one in filled)))
    asked = ", ".join(aspect.label(language) for aspect in columns)
    if not made:
        return Made(refusal=Refusal("not_in_documents", phrase("table.nothing", language, asked=asked)))
    if sum(told) < FILLED * len(told) and (not named or (len(made) == 1 and question.papers)):
        return None  # such a table of one paper, or of papers that nobody named, says next to nothing: the question is looked up
    heads = tuple(aspect.label(language) for aspect in columns)
    block = Block("table", columns=heads if titled else (aspects()["title"].label(language), *heads), rows=tuple(made))
    lines = [phrase("table.head", language)]
    if any(len(row.papers) > 1 for row in rows):
        lines.append(phrase("table.versions", language))
    if left:
        lines.append(phrase("table.more", language, n=left))
    return Made(evidence.statements, (Block("text", " ".join(lines)), block))


def _has_amounts(made: Made) -> bool:
    """Whether a table says amounts of money, in a cell or in the heading of a column."""
    told = [block for block in made.blocks if block.kind == "table"]
    said = [*(head for block in told for head in block.columns), *(cell.text for block in told for row in block.rows for cell in row)]
    return any(names_money(text) or any(aspect.key in MONEY for aspect in columns_in(text)) for text in said)


def _tells(made: Made) -> bool:
    """Whether the cells beside the first of each row say something: most of them come from the paper."""
    cells = [cell for block in made.blocks if block.kind == "table" for row in block.rows for cell in row[1:]]
    return sum(bool(cell.cited) for cell in cells) >= FILLED * len(cells)


def _of_one_paper(question: Question, ports: Ports) -> bool:
    """Whether what answers best is of one paper, so that a table over many was not meant."""
    read = read_first(question.asked, ports.search(question.asked, FETCHED, question.filters).hits, ports)
    return len({one.hit.document_id for one in read[:AMONG]}) == 1


def _says_what_is_asked(filled: Sequence[Filled | None], columns: Sequence[Aspect]) -> bool:
    """Whether a row says any of what not every paper says: a title or a kind alone is no reason to show it."""
    always = ("title", "subject", "kind", "languages", "pages", "publisher", "date")
    telling = [one for one, aspect in zip(filled, columns, strict=True) if aspect.key not in always]
    return any(telling) if telling else any(filled)
