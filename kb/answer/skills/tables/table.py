"""A table over papers: one row for each, one column for each thing that is asked of them; or the items of one paper, one row each.

The items of one paper are its amounts of money, the rows of its table, or the items of its list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from ingest.records import Block as PaperBlock
from ingest.records import Kind
from kb.answer.document_selection.document_filters import matter_left, over_papers, selection
from kb.answer.document_selection.language_versions import Edition, editions, held, name_cell, newest_first, short_title
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.quotation.quote_selection import FETCHED, read_first
from kb.answer.skills.last_answer import told_last
from kb.answer.skills.tables.answering_sentences import fitting
from kb.answer.skills.tables.cell_values import CellReader, Filled, names_money
from kb.answer.skills.tables.inventory import counts_line, earlier_papers, speaking_papers
from kb.answer.skills.tables.source_tables import Stored, best_stored, laid_out
from kb.answer.skills.tables.table_columns import MONEY, Aspect, aspects, columns_in, standard, subject_of
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Refusal
from prompts.phrases import phrase

MOST = 30
"""Rows."""
FEWEST = 2
ROOM = 200
"""Characters of an item."""
SAID = 400
"""Characters of a list by which it is compared with what is asked."""
BREAK = "\t"
HEADINGS = " · "
"""Between the column headings of a table in the path of its rows (`ingest.parse.tables`)."""


def items_table(question: Question, edition: Edition, columns: Sequence[Aspect], ports: Ports, evidence: Evidence) -> SkillResult | None:
    """The items of one paper that are asked for; where facts of the paper are, those, one below the other. None where there is nothing."""
    language = question.said_in
    paper = edition.shown(language)
    sheet = CellReader(ports, evidence, question.language, language, lenient=True)
    keys = {aspect.key for aspect in columns}
    block: Block | None = None
    if keys & {"amount", "cost_of", "money"}:
        block = _amounts(edition, sheet, question)
    known = [aspect for aspect in columns if aspect.key or aspect.asked]
    if block is None and len(known) >= FEWEST:
        rows = [(Cell(aspect.label(language)), filled.cell) for aspect in known if (filled := sheet.fill(edition, aspect)) is not None]
        heads = (phrase("table.item", language), phrase("table.says", language))
        places = {cell.cited for _, cell in rows}  # of several things that one sentence tells, a table says no more than the sentence
        block = Block("table", columns=heads, rows=tuple(rows)) if len(rows) >= FEWEST and len(places) > 1 else None
    if block is None:
        block = _listed(question, paper, ports, evidence)
    if block is None:
        return None
    head = Block("text", phrase("table.items", language, title=short_title(paper)))
    return SkillResult(evidence.statements, (head, block))


def _amounts(edition: Edition, sheet: CellReader, question: Question) -> Block | None:
    """One row for each amount of money that the paper names, and for what it is."""
    rows = next((rows for paper in edition.readable(question.said_in) if (rows := sheet.amounts(paper, MOST))), [])
    if len(rows) < FEWEST:
        return None
    heads = tuple(aspects()[key].label(question.said_in) for key in ("amount", "cost_of"))
    return Block("table", columns=heads, rows=tuple(rows))


def _listed(question: Question, paper: DocumentInfo, ports: Ports, evidence: Evidence) -> Block | None:
    """The rows of the table, or the items of the list, that is nearest to what is asked."""
    text, outline = evidence.text(paper), evidence.outline(paper)
    groups = [group for group in _groups(outline, text) if len(group) >= FEWEST]
    if not groups:
        return None
    asked = question.matter if matter_left(question.matter) else question.text
    about = []
    for group in groups:
        said = " ".join(text[block.start : block.end] for block in group)
        about.append(" ".join((*group[0].path[:-1], _lead_in(outline, group, text), said))[:SAID])
    near = ports.embedder.passages(about) @ ports.embedder.query(asked)
    group = groups[int(near.argmax())][:MOST]
    return _item_rows(group, paper, text, question, evidence)


def _item_rows(group: Sequence[PaperBlock], paper: DocumentInfo, text: str, question: Question, evidence: Evidence) -> Block:
    split = [text[b.start : b.end].split(BREAK) for b in group]
    width = max(len(row) for row in split)
    if width > 1:
        heads = next((p for b in group for p in reversed(b.path) if HEADINGS in p), "").rpartition(" / ")[2].split(HEADINGS)
        body = list(zip(group, split, strict=True))
        if len(heads) != width:
            heads = [" ".join(cell.split()) for cell in (*split[0], *[""] * (width - len(split[0])))]
            body = body[1:]
        elif [cell.strip() for cell in split[0]] == [head.strip() for head in heads]:
            body = body[1:]
        rows = []
        for block, row in body:
            cited = evidence.cite(paper, block.start, block.end)
            rows.append(tuple(Cell(" ".join(cell.split()), cited) for cell in (*row, *[""] * (width - len(row)))))
        return Block("table", columns=tuple(heads), rows=tuple(rows))
    heads = [phrase("table.item", question.said_in), phrase("table.says", question.said_in)]
    rows = []
    for at, block in enumerate(group, 1):
        said = text[block.start : block.end]
        start, end = fitting(said, ROOM)
        rows.append((Cell(str(at)), evidence.quote(paper, block.start + start, block.start + end)))
    return Block("table", columns=tuple(heads), rows=tuple(rows))


def _groups(outline: Sequence[PaperBlock], text: str) -> list[list[PaperBlock]]:
    """The runs of table rows, and of list items under one heading."""

    def key(block: PaperBlock) -> tuple[str, tuple[str, ...]]:
        if block.role == "table_row" and BREAK in text[block.start : block.end]:
            return "table", ()
        return ("list", block.path[:-1]) if block.role == "list_item" else ("", ())

    return [list(group) for (kind, _), group in groupby(outline, key=key) if kind]


def _lead_in(outline: Sequence[PaperBlock], group: Sequence[PaperBlock], text: str) -> str:
    before = [b for b in outline if b.end <= group[0].start]
    return text[before[-1].start : before[-1].end] if before else ""


MOST_ROWS = 40
MOST_COLUMNS = 8
AMONG = 3
"""Passages that answer best which must be of one paper for the table to be of what that says."""
FILLED = 0.5
"""The share of the cells of a table of papers that are not named that must say something."""
_OF_AGREEMENTS = frozenset({"parties", "signed", "place", "in_force", "term", "renewal", "ending", "binding", "disputes", "signatories"})


def table(question: Question, ports: Ports) -> SkillResult | None:
    """Papers in rows; None where no paper is there to make one of."""
    papers = held(ports.papers(), question.filters)
    if not papers:
        return None
    columns = columns_in(question.text)[:MOST_COLUMNS]
    evidence = Evidence(ports)
    if question.again and not columns and (told := _told_before(question, evidence)) is not None:
        return told
    if (stored := _in_one_paper(question, columns, papers, ports, evidence)) is not None:
        standing = laid_out(stored, question, columns, ports, evidence)
        money = any(aspect.key in MONEY for aspect in columns) and not stored.items
        if _tells(standing) and not (money and question.papers and not _has_amounts(standing)):
            return standing
    rows, named = _rows(question, columns, papers, ports)
    if not rows:
        message = phrase("table.none_such", question.said_in, counts=counts_line(editions(papers, ports), question.said_in))
        return SkillResult(refusal=Refusal("not_in_documents", message))
    if len(rows) == 1 and (made := items_table(question, rows[0], columns, ports, evidence)) is not None:
        return made
    if not named and not earlier_papers(question, papers) and _of_one_paper(question, ports):
        return None
    columns = columns or _columns_for(question, rows)
    return _over_papers(question, rows, columns, named, ports, evidence)


def _told_before(question: Question, evidence: Evidence) -> SkillResult | None:
    """The quotes of the last answer as rows, where a message asks for a table and says nothing of what."""
    rows = [
        (Cell(HEADINGS.join(filter(None, (short_title(paper), *(entry.strip() for entry in cited.path[-1:]))))), cell)
        for paper, cited, cell in told_last(question, evidence)
    ]
    heads = (phrase("table.item", question.said_in), phrase("table.says", question.said_in))
    return SkillResult(evidence.statements, (Block("table", columns=heads, rows=tuple(rows)),)) if rows else None


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
) -> SkillResult | None:
    language = question.said_in
    others = [paper for row in rows for paper in row.papers]
    sheet = CellReader(ports, evidence, question.language, language)
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
        return SkillResult(refusal=Refusal("not_in_documents", phrase("table.nothing", language, asked=asked)))
    if sum(told) < FILLED * len(told) and (not named or (len(made) == 1 and question.papers)):
        return None  # such a table of one paper, or of papers that nobody named, says next to nothing: the question is looked up
    heads = tuple(aspect.label(language) for aspect in columns)
    block = Block("table", columns=heads if titled else (aspects()["title"].label(language), *heads), rows=tuple(made))
    lines = [phrase("table.head", language)]
    if any(len(row.papers) > 1 for row in rows):
        lines.append(phrase("table.versions", language))
    if left:
        lines.append(phrase("table.more", language, n=left))
    return SkillResult(evidence.statements, (Block("text", " ".join(lines)), block))


def _has_amounts(made: SkillResult) -> bool:
    """Whether a table says amounts of money, in a cell or in the heading of a column."""
    told = [block for block in made.blocks if block.kind == "table"]
    said = [*(head for block in told for head in block.columns), *(cell.text for block in told for row in block.rows for cell in row)]
    return any(names_money(text) or any(aspect.key in MONEY for aspect in columns_in(text)) for text in said)


def _tells(made: SkillResult) -> bool:
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
