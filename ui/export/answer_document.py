"""An answer or a conversation as a document: questions, statements with standing, numbered sources; and the formats it can become.

It is in the words of one language. Its blocks are headings, lists, tables and letters whose cells carry the marks of their sources; the
writers of each format only set it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, TypeAlias

from kb import KnowledgeBase
from kb.answer.presentation.rendering import shown_apart
from kb.answer.recheck import recheck
from kb.errors import KnowledgeBaseError, UnknownDocumentError
from kb.records import Answer, Block, BlockKind, Cell, Citation, Hit, Statement
from kb.user_records import Conversation, Exchange, answer_key
from lang.languages import Language
from ui.components.answer_wording import by_heading, grade_note, heading_words, reasons
from ui.components.i18n import Strings
from ui.components.markup import STATUS_ICON
from ui.components.permalinks import answer_url
from ui.export.citations import Marks, Reference, Sources, quoted


class ExportError(KnowledgeBaseError):
    """The file cannot be made on this machine; the message says what is missing and how to get it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in one cell, point or paragraph, with its marks."""

    text: str
    marks: tuple[Marks, ...] = ()


@dataclass(frozen=True, slots=True)
class Laid:
    """A block: its ``heading``, or the words of a ``text``; the ``columns`` of a table; rows of parts; the ``items`` of choices.

    Of a block of quotes there is the heading only: its statements stand with the others of the answer.
    """

    kind: BlockKind
    heading: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Part, ...], ...] = ()
    items: tuple[str, ...] = ()


def laid_out(answer: Answer, sources: Sources, kinds: Sequence[BlockKind] = ()) -> tuple[Laid, ...]:
    """The blocks of an answer, or those of some kinds, their sources numbered in the order in which they are met."""
    return tuple(_laid(block, answer, sources) for block in answer.blocks if not kinds or block.kind in kinds)


def labelled(row: Sequence[Part], said: Callable[[Part], str]) -> str:
    """A point of several parts on one line: a label, what it says, and more of it."""
    parts = [said(part) for part in row if part.text]
    return ": ".join(parts[:2]) + "".join(f" · {part}" for part in parts[2:])


def _laid(block: Block, answer: Answer, sources: Sources) -> Laid:
    if block.kind == "quotes":
        return Laid("text", block.text)
    rows = tuple(tuple(_part(cell, answer, sources) for cell in row) for row in block.rows)
    return Laid(block.kind, block.text, block.columns, rows, block.items)


def _part(cell: Cell, answer: Answer, sources: Sources) -> Part:
    marks: dict[int, Marks] = {}
    for statement in _at(answer, cell.cited):
        for citation in statement.citations:
            shown = " ".join(citation.quote.split()) in " ".join(cell.text.split())
            for mark in sources.mark([citation], with_quotes=not shown):
                marks.setdefault(mark.reference.number, mark)
    return Part(cell.text, tuple(marks.values()))


def _at(answer: Answer, wanted: Iterable[int]) -> list[Statement]:
    """The statements of these places; one that is not there any more has no mark."""
    return [answer.statements[at] for at in wanted if 0 <= at < len(answer.statements)]


@dataclass(frozen=True, slots=True)
class Line:
    """A statement, a quote or a passage, with its marks and, under it, with what weight it speaks and how it was checked."""

    text: str
    language: Language
    quoted: bool
    marks: tuple[Marks, ...]
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under the heading of those who say so; "" for remarks that no source makes."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its answer. ``before`` and ``after`` are remarks; ``message`` is the refusal, "" where there is an answer.

    ``follow`` is what the link is called, "" where it leads to an answer. ``blocks`` are what a skill laid out; they stand before the
    ``groups``.
    """

    question: str
    before: tuple[str, ...]
    message: str
    groups: tuple[Group, ...]
    after: tuple[str, ...]
    link: str
    follow: str = ""
    blocks: tuple[Laid, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole paper. ``language`` is that of its own words; ``facts`` stand under the title, ``basis`` at the end.

    One that is ``bare`` is only what was drafted, with its sources: it has no title, question or remark of ours on it.
    """

    title: str
    language: Language
    facts: tuple[str, ...]
    entries: tuple[Entry, ...]
    references: tuple[Reference, ...]
    basis: str
    words: Strings = field(repr=False)
    bare: bool = False


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
    blocks = laid_out(answer, sources, ("letter",))
    if not blocks:
        return None
    entry = Entry("", (), "", (), (), answer_url(address, key), blocks=blocks)
    return Sheet(exchange.question, answer.language, (), (entry,), sources.met(), "", words, bare=True)


def conversation_sheet(kb: KnowledgeBase, conversation: Conversation, words: Strings, *, today: date, address: str) -> Sheet:
    """A conversation with its sources numbered throughout."""
    title = conversation.title or words("note.conversation")
    keyed = [(answer_key(conversation.id, ordinal), exchange) for ordinal, exchange in enumerate(conversation.exchanges)]
    return _sheet(kb, title, keyed, words, today, address)


def _sheet(kb: KnowledgeBase, title: str, asked: Sequence[tuple[str, Exchange]], words: Strings, today: date, address: str) -> Sheet:
    sources = Sources(kb, words, address)
    entries = tuple(_entry(kb, exchange, sources, words, answer_url(address, key)) for key, exchange in asked)
    day = words.date(today)
    return Sheet(title, words.language, (words("note.date", date=day),), entries, sources.met(), words("note.basis", date=day), words)


def _entry(kb: KnowledgeBase, exchange: Exchange, sources: Sources, words: Strings, link: str) -> Entry:
    interrupted = () if exchange.complete else (words("chat.interrupted"),)
    if exchange.answer is None:
        return Entry(exchange.question, (), "", (), interrupted, link)
    answer = recheck(exchange.answer, kb.text)
    understood = None if answer.asked_as is None else words("chat.understood", question=answer.asked_as)
    before = tuple(note for note in (understood, grade_note(answer)) if note is not None)
    blocks = laid_out(answer, sources)
    groups = [
        Group(
            heading_words(heading, words.language), tuple(line for s in statements for line in _lines(s, answer.language, sources, words))
        )
        for heading, statements in by_heading(_apart(answer))
    ]
    message = ""
    if answer.refusal is not None:
        message = answer.refusal.message
        near = tuple(
            Line(quoted(h.text, h.language), h.language, True, sources.mark([_as_it_stands(kb, h)])) for h in answer.refusal.nearest
        )
        groups += [Group(words("chat.nearest"), near)] if near else []
    groups += [Group("", remarks)] if (remarks := _disagreements(answer, sources)) else []
    return Entry(exchange.question, before, message, tuple(groups), (*answer.notes, *interrupted), link, blocks=blocks)


def _apart(answer: Answer) -> tuple[Statement, ...]:
    """The statements that are shown as quotes: those that no block lays out, and those of a block of quotes."""
    quoted_in = {at for block in answer.blocks if block.kind == "quotes" for row in block.rows for cell in row for at in cell.cited}
    apart = set(map(id, shown_apart(answer)))
    return tuple(s for at, s in enumerate(answer.statements) if id(s) in apart or at in quoted_in)


def _lines(statement: Statement, answered_in: Language, sources: Sources, words: Strings) -> Iterator[Line]:
    standing = f"{words(f'standing.{statement.standing}')} · {STATUS_ICON[statement.status]} {words(f'status.{statement.status}')}"
    if why := reasons(statement, words):
        standing = f"{standing} · {why}"
    citations = statement.citations
    if statement.text not in [c.quote for c in citations]:
        yield Line(statement.text, answered_in, False, sources.mark(citations, with_quotes=True), standing)
        return
    for c in citations:
        yield Line(quoted(c.quote, c.language), c.language, True, sources.mark([c]), standing)


def _disagreements(answer: Answer, sources: Sources) -> tuple[Line, ...]:
    """Where the sources disagree, each with the marks of the two."""
    return tuple(Line(c.note, answer.language, False, sources.mark([c.one, c.other], with_quotes=True)) for c in answer.conflicts)


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


Format: TypeAlias = Literal["docx", "pdf", "md", "html"]

FORMATS: Final[dict[Format, str]] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "md": "text/markdown",
    "html": "text/html",
}
"""Name ending → media type."""


def export(sheet: Sheet, into: Format) -> bytes:
    """The bytes of the file.

    Raises:
        ExportError: a PDF is wanted and this machine has no font for a script that stands on the sheet.
    """
    # A command that only prints text need not load the library of each kind of file.
    if into == "docx":
        from ui.export.word import docx

        return docx(sheet)
    if into == "pdf":
        from ui.export.pdf import pdf

        return pdf(sheet)
    if into == "md":
        from ui.export.text_formats import markdown

        return markdown(sheet).encode()
    from ui.export.text_formats import html_page

    return html_page(sheet).encode()
