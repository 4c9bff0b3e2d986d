"""An answer, a conversation or a draft as a sheet: questions, statements with standing, what a skill laid out, and numbered sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from kb import KnowledgeBase
from kb.answer.presentation.rendering import asks_below, shown_apart
from kb.answer.recheck import recheck
from kb.errors import UnknownDocumentError
from kb.records import Answer, Cell, Citation, Hit, Statement
from kb.records import Block as LaidOut
from kb.user_records import Conversation, Exchange, answer_key
from lang.languages import Language
from ui.components.answer_wording import by_heading, grade_note, heading_words, reasons, written_status
from ui.components.i18n import Strings
from ui.components.markup import STATUS_ICON
from ui.components.permalinks import answer_url
from ui.export.blocks import Block, Heading, List, Paragraph, Said, Sheet, Style, Table
from ui.export.citations import Marks, Sources, quoted


def answer_sheet(kb: KnowledgeBase, key: str, exchange: Exchange, words: Strings, *, today: date, address: str) -> Sheet:
    """The file note of one answer; every status is found out again from the stored texts.

    Args:
        kb: where the texts lie.
        key: that of the answer (`kb.user_records.answer_key`).
        exchange: the question and its answer.
        words: in which language the note speaks.
        today: the date of the note.
        address: under which the chat is reached, for the links.
    """
    return _sheet(kb, words("note.title"), [(key, exchange)], words, today, address)


def draft_sheet(kb: KnowledgeBase, key: str, exchange: Exchange, words: Strings, *, address: str) -> Sheet | None:
    """What was drafted, by itself: the letter as it is sent, and its sources; None for an answer that is no draft."""
    if exchange.answer is None or exchange.answer.skill != "draft":
        return None
    answer = recheck(exchange.answer, kb.text)
    sources = Sources(kb, words, address)
    blocks = tuple(_laid_out(block, answer, sources, words) for block in answer.blocks if block.kind == "letter")
    if not blocks:
        return None
    return Sheet(exchange.question, answer.language, (), blocks, sources.met(), words, author=words("app.title"), bare=True)


def conversation_sheet(kb: KnowledgeBase, conversation: Conversation, words: Strings, *, today: date, address: str) -> Sheet:
    """A conversation with its sources numbered throughout."""
    title = conversation.title or words("note.conversation")
    keyed = [(answer_key(conversation.id, ordinal), exchange) for ordinal, exchange in enumerate(conversation.exchanges)]
    return _sheet(kb, title, keyed, words, today, address)


def _sheet(kb: KnowledgeBase, title: str, asked: Sequence[tuple[str, Exchange]], words: Strings, today: date, address: str) -> Sheet:
    sources = Sources(kb, words, address)
    blocks: list[Block] = []
    for key, exchange in asked:
        blocks.append(Heading(2, Said(exchange.question)))
        if exchange.answer is not None:
            blocks += _answered(kb, recheck(exchange.answer, kb.text), sources, words)
        if not exchange.complete:
            blocks.append(_said("small", words("chat.interrupted")))
        blocks.append(Paragraph("small", Said(words("note.link"), link=answer_url(address, key))))
    day = words.date(today)
    basis = words("note.basis", date=day)
    facts = (words("note.date", date=day),)
    return Sheet(title, words.language, facts, tuple(blocks), sources.met(), words, basis, author=words("app.title"))


def _answered(kb: KnowledgeBase, answer: Answer, sources: Sources, words: Strings) -> Iterator[Block]:
    if answer.asked_as is not None:
        yield _said("small", words("chat.understood", question=answer.asked_as))
    if (note := grade_note(answer)) is not None:
        yield _said("small", note)
    if answer.refusal is not None and answer.refusal.message:
        yield _said("strong", answer.refusal.message)
    laid_out = [block for block in answer.blocks if block.text or block.rows or block.items]
    if not asks_below(answer):
        yield from (_laid_out(block, answer, sources, words) for block in laid_out)
    for heading, statements in by_heading(_apart(answer)):
        if said := heading_words(heading, words.language):
            yield Heading(3, Said(said))
        for statement in statements:
            yield from _stated(statement, answer.language, sources, words)
    if asks_below(answer):
        yield from (_laid_out(block, answer, sources, words) for block in laid_out)
    if answer.refusal is not None and answer.refusal.nearest:
        yield Heading(3, Said(words("chat.nearest")))
        for hit in answer.refusal.nearest:
            yield Paragraph("line", _quote(_as_it_stands(kb, hit), sources))
    for conflict in answer.conflicts:
        marks = sources.mark([conflict.one, conflict.other], with_quotes=True)
        yield Paragraph("line", Said(conflict.note, answer.language, marks))
    yield from (_said("small", note) for note in answer.notes)


def _said(style: Style, text: str) -> Paragraph:
    return Paragraph(style, Said(text))


def _quote(citation: Citation, sources: Sources) -> Said:
    return Said(quoted(citation.quote, citation.language), citation.language, sources.mark([citation]), quoted=True)


def _laid_out(block: LaidOut, answer: Answer, sources: Sources, words: Strings) -> Block:
    """A block that a skill laid out. Of a block of quotes there is the heading only: its statements stand with the others of the answer."""
    if block.kind in ("text", "quotes"):
        return _said("text", block.text)
    rows = [[_part(cell, answer, sources, words) for cell in row] for row in block.rows]
    if block.kind == "table":
        wide = max([len(block.columns), *map(len, rows)], default=0)
        head = (*block.columns, *[""] * (wide - len(block.columns)))
        cells = (tuple((said,) if said.text else () for said in row) + ((),) * (wide - len(row)) for row in rows)
        return Table(head, tuple(cells), caption=block.text)
    points = (*((Said(item),) for item in block.items), *(tuple(said for said in row if said.text) for row in rows))
    return List(block.kind if block.kind in ("steps", "letter") else "points", points, block.text)


def _part(cell: Cell, answer: Answer, sources: Sources, words: Strings) -> Said:
    """What stands in a cell; what a model wrote there and its quotes do not wholly bear out has a warning."""
    marks: dict[int, Marks] = {}
    for statement in _at(answer, cell.cited):
        for citation in statement.citations:
            shown = " ".join(citation.quote.split()) in " ".join(cell.text.split())
            for mark in sources.mark([citation], with_quotes=not shown):
                marks.setdefault(mark.reference.number, mark)
    status = written_status(_at(answer, cell.cited))
    return Said(cell.text, marks=tuple(marks.values()), warning="" if status in (None, "verified") else words(f"status.{status}"))


def _at(answer: Answer, wanted: Iterable[int]) -> list[Statement]:
    """The statements of these places; one that is not there any more has no mark."""
    return [answer.statements[at] for at in wanted if 0 <= at < len(answer.statements)]


def _apart(answer: Answer) -> tuple[Statement, ...]:
    """The statements that are shown as quotes: those that no block lays out, and those of a block of quotes."""
    quoted_in = {at for block in answer.blocks if block.kind == "quotes" for row in block.rows for cell in row for at in cell.cited}
    apart = set(map(id, shown_apart(answer)))
    return tuple(s for at, s in enumerate(answer.statements) if id(s) in apart or at in quoted_in)


def _stated(statement: Statement, answered_in: Language, sources: Sources, words: Strings) -> Iterator[Paragraph]:
    standing = f"{words(f'standing.{statement.standing}')} · {STATUS_ICON[statement.status]} {words(f'status.{statement.status}')}"
    if why := reasons(statement, words):
        standing = f"{standing} · {why}"
    citations = statement.citations
    if statement.text in [c.quote for c in citations]:
        yield from (Paragraph("line", _quote(c, sources), under=standing) for c in citations)
    else:
        yield Paragraph("line", Said(statement.text, answered_in, sources.mark(citations, with_quotes=True)), under=standing)


def _as_it_stands(kb: KnowledgeBase, hit: Hit) -> Citation:
    """A passage that was found, as a citation of it with the status it has today."""
    cited = Citation(
        hit.document_id, hit.document, hit.source, hit.version, hit.kind, hit.date, hit.page, hit.page_label, hit.path, hit.start, hit.end,
        hit.language, hit.text, "unsupported",
    )  # fmt: skip
    try:
        stands = kb.text(hit.document_id, hit.version)[hit.start : hit.end] == hit.text
    except UnknownDocumentError:
        return cited
    return replace(cited, status="verified") if stands else cited
