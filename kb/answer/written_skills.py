"""What a skill laid out of quotes, worded by a language model in the language of the answer.

A sentence that rests on one quote takes its place; one that joins several stands above all. What was not worded, or did not pass the
check, stays a quote, and so does what is in the language of the answer already: there a paper's own words are best, but for a text that
is read as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from kb.answer.quotation.citation_builder import SkillResult
from kb.records import Block, Cell, Citation, Hit, Skill, Statement, Turn
from kb.verify.citations import fold, inside
from lang.languages import Language
from prompts.phrases import phrase

_OPENING: Final = tuple('“「『"')
_CLOSING: Final = tuple('”」』"')
READ_AS_A_WHOLE: Final = frozenset[Skill]({"summary", "compare", "draft"})
"""Skills whose quotes are worded in whatever language they are."""


def to_word(made: SkillResult, skill: Skill, language: Language) -> tuple[Statement, ...]:
    """The quotes of what a skill made that a model is to word in a language: those whose own words stand in cells."""
    if language == "und" or skill == "inventory":
        return ()  # names of papers and parties are given as they stand
    cells = (cell for block in made.blocks for row in block.rows for cell in row if _are_quotes(cell, made.statements))
    shown = {at for cell in cells for at in cell.cited}
    quotes = [one for at, one in enumerate(made.statements) if at in shown or not made.blocks]
    if skill == "translate" and any(one.citations[0].language == language for one in quotes):
        return ()  # the papers have it in that language
    return tuple(one for one in quotes if skill in READ_AS_A_WHOLE or one.citations[0].language != language)


def passages(quotes: Sequence[Statement]) -> tuple[Hit, ...]:
    """What quotes cite, as passages that were found, in their order."""
    return tuple(_hit(rank, one.citations[0]) for rank, one in enumerate(quotes, start=1))


def worded(made: SkillResult, quotes: Collection[Statement], written: Sequence[Statement], skill: Skill, language: Language) -> SkillResult:
    """What a skill made with what was written of its ``quotes`` in their places; a translation stands above its original."""
    if not written:
        return made
    first = len(made.statements)
    statements = (*made.statements, *written)
    wanted = {at for at, quote in enumerate(made.statements) if quote in quotes}
    placed: set[int] = set()

    def cell(one: Cell) -> Cell:
        if not wanted.issuperset(one.cited) or not _are_quotes(one, made.statements):
            return one
        own = [statements[at] for at in one.cited]
        said = {at: sentence for at, sentence in enumerate(written, start=first) if _rests_on(sentence.citations, *own)}
        text, order = " ".join(one.text.split()), list[int]()
        for at in one.cited:
            citation = statements[at].citations[0]
            mine = [n for n, sentence in said.items() if n not in order and inside(sentence.citations[0], citation)]
            joined = any(inside(each, citation) for sentence in said.values() for each in sentence.citations)
            order += mine if joined else [at]
            if joined:
                text = _in_place(text, " ".join(citation.quote.split()), [statements[n].text for n in mine], language)
        placed.update(said)
        return Cell(_without_values(text, language), tuple(order)) if said else one

    blocks = tuple(replace(block, rows=tuple(tuple(map(cell, row)) for row in block.rows)) for block in made.blocks)
    if skill == "translate":
        blocks = _translated(blocks, made.blocks, language)
    ahead = [at for at in range(first, len(statements)) if at not in placed and not _stands_below(statements[at], skill, language)]
    above = (Block("points", rows=tuple((Cell(statements[at].text, (at,)),) for at in ahead)),) if ahead else ()
    return replace(made, statements=statements, blocks=(*above, *blocks)).laid_out()


def _stands_below(sentence: Statement, skill: Skill, language: Language) -> bool:
    """Whether what a sentence joins is told in its places as well: the points of a summary in the language of the answer."""
    return skill == "summary" and all(cited.language == language for cited in sentence.citations)


def _without_values(text: str, language: Language) -> str:
    """A line of a letter without the values that were told beside a quote in another language."""
    head, _, tail = phrase("draft.values", language, values="\n").partition("\n")
    told = text.rfind(head)
    return text[:told].rstrip() if told > 0 and text.endswith(tail) else text


def _translated(worded: Sequence[Block], original: Sequence[Block], language: Language) -> tuple[Block, ...]:
    """A translation above its original; where part of it is missing, with what can be told without translating."""
    at = next((at for at, (new, old) in enumerate(zip(worded, original, strict=True)) if new != old), None)
    if at is None:
        return tuple(worded)
    rows = zip(worded[at].rows, original[at].rows, strict=True)
    whole = all(new != old for new_row, old_row in rows for new, old in zip(new_row, old_row, strict=True) if old.cited)
    return (replace(worded[at], text=phrase("translate.written", language)), *original[at : at + 1 if whole else None])


def as_quoted(turn: Turn) -> Turn:
    """A turn of a conversation as a later message leans on it: of what a model wrote, the first quote that each sentence rests on."""
    statements = tuple(map(_first_quote, turn.answer.statements))
    return replace(turn, answer=replace(turn.answer, statements=statements)) if statements != turn.answer.statements else turn


def _first_quote(statement: Statement) -> Statement:
    if statement.verdict is None or not statement.citations:
        return statement
    quote = statement.citations[0].quote
    return replace(statement, text=quote, verdict=None, answering=((0, len(quote)),))


def _are_quotes(cell: Cell, statements: Sequence[Statement]) -> bool:
    """Whether a cell shows what it cites whole, and no value or name that was read from it; titles are names."""
    said = " ".join(cell.text.split())
    cited = [statements[at].citations[0] for at in cell.cited]
    return bool(cited) and all(" ".join(one.quote.split()) in said and fold(one.quote) != fold(one.document) for one in cited)


def _in_place(text: str, quote: str, said: Sequence[str], language: Language) -> str:
    """A text with what was written in the place of a quote, whose quotation marks go with it."""
    written = ("" if language == "ja" else " ").join(" ".join(one.split()) for one in said)
    start, _, end = text.partition(quote)
    marked = start[-1:] in _OPENING and end[:1] in _CLOSING
    return f"{start[:-1]}{written}{end[1:]}" if marked and start and end else f"{start}{written}{end}".strip()


def _rests_on(citations: Sequence[Citation], *quotes: Statement) -> bool:
    """Whether all that is cited lies in what some quotes cite."""
    return bool(citations) and all(any(inside(one, quote.citations[0]) for quote in quotes) for one in citations)


def _hit(rank: int, cited: Citation) -> Hit:
    return Hit(
        rank, 0.0, {}, 0, cited.document_id, cited.document, cited.source, cited.version, cited.kind, cited.language, cited.date,
        cited.page, cited.page_label, cited.path, cited.start, cited.end, cited.quote, cited.counterparts, cited.variants,
    )  # fmt: skip
