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
from kb.records import Block, Cell, Citation, Hit, Skill, Statement
from kb.verify.citations import inside
from lang.languages import Language
from prompts.phrases import phrase

READ_AS_A_WHOLE: Final = frozenset[Skill]({"summary", "compare", "draft"})
"""Skills whose quotes are worded in whatever language they are."""


def to_word(made: SkillResult, skill: Skill, language: Language) -> tuple[Statement, ...]:
    """The quotes of what a skill made that a model is to word in a language: those whose own words stand in a cell."""
    if language == "und":
        return ()
    shown = {at for block in made.blocks for row in block.rows for cell in row for at in cell.cited if _is_quote(cell, made.statements[at])}
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
    places: dict[int, list[int]] = {}
    ahead: list[int] = []
    for at, sentence in enumerate(written, start=first):
        held = [n for n, quote in enumerate(made.statements) if quote in quotes and _rests_on(sentence, quote.citations[0])]
        if held:
            places.setdefault(held[0], []).append(at)
        else:
            ahead.append(at)
    statements = (*made.statements, *written)

    def cell(one: Cell) -> Cell:
        said = next((places[at] for at in one.cited if at in places and _is_quote(one, statements[at])), None)
        return Cell(" ".join(statements[at].text for at in said), tuple(said)) if said is not None else one

    blocks = tuple(replace(block, rows=tuple(tuple(map(cell, row)) for row in block.rows)) for block in made.blocks)
    if skill == "translate":
        both = [(new, old) for new, old in zip(blocks, made.blocks, strict=True) if new != old][:1]
        blocks = tuple(one for new, old in both for one in (replace(new, text=phrase("translate.written", language)), old))
    above = (Block("points", rows=tuple((Cell(statements[at].text, (at,)),) for at in ahead)),) if ahead else ()
    return replace(made, statements=statements, blocks=(*above, *blocks)).laid_out()


def _is_quote(cell: Cell, statement: Statement) -> bool:
    """Whether a cell shows the words of a quote, and no value that was read from it."""
    said = " ".join(cell.text.split())
    return len(cell.cited) == 1 and said != "" and said in " ".join(statement.text.split())


def _rests_on(sentence: Statement, quote: Citation) -> bool:
    return bool(sentence.citations) and all(inside(citation, quote) for citation in sentence.citations)


def _hit(rank: int, cited: Citation) -> Hit:
    return Hit(
        rank, 0.0, {}, 0, cited.document_id, cited.document, cited.source, cited.version, cited.kind, cited.language, cited.date,
        cited.page, cited.page_label, cited.path, cited.start, cited.end, cited.quote, cited.counterparts, cited.variants,
    )  # fmt: skip
