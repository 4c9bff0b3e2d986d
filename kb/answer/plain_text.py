"""An answer as plain text in Markdown: what is copied, printed in a terminal, put into a file and scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from kb.answer.rendering import gloss, joined
from kb.records import Answer, Block, Cell, Statement
from lang.codes import Language
from prompts.phrases import phrase

Signed = Callable[[Statement], str]
"""The marks of a statement's citations, e.g. `` [1]``."""
MOST_VALUES = 4
"""Values that are said again beside a quote in another language."""


def block_text(block: Block, statements: Sequence[Statement], signed: Signed = lambda _statement: "") -> str:
    """One block, its citations marked by ``signed``."""
    head = f"{block.text}\n\n" if block.text else ""
    if block.kind == "text":
        return block.text
    if block.kind == "options":
        return head + "\n".join(f"- {item}" for item in block.items)
    rows = [[_cell(cell, statements, signed) for cell in row] for row in block.rows]
    if block.kind == "table":
        lines = [list(block.columns), ["---"] * len(block.columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
        return head + "\n".join("| " + " | ".join(line) + " |" for line in lines)
    if block.kind in ("points", "steps"):
        numbered = block.kind == "steps"
        return head + "\n".join((f"{at}. " if numbered else "- ") + _labelled(row) for at, row in enumerate(rows, 1))
    return head + "\n\n".join("\n".join(row) for row in rows)


def blocks_text(answer: Answer, signed: Signed = lambda _statement: "") -> str:
    """All blocks of an answer."""
    return "\n\n".join(block_text(block, answer.statements, signed) for block in answer.blocks)


OPEN: Final = 2
"""Quotes of an answer that are open; those after them are folded."""


def shown_apart(answer: Answer) -> tuple[Statement, ...]:
    """The statements that no block lays out: they are shown as quotes."""
    laid_out = {at for block in answer.blocks for row in block.rows for cell in row for at in cell.cited}
    return tuple(statement for at, statement in enumerate(answer.statements) if at not in laid_out)


def answer_text(answer: Answer, signed: Signed = lambda _statement: "") -> str:
    """All that an answer shows: whether it is sure, its blocks, its quotes under who says them, or why there are none."""
    refusal = answer.refusal
    parts = [phrase("grade.nearest", answer.language)] if answer.grade == "nearest" and answer.skill == "lookup" and not refusal else []
    if refusal is not None:
        parts += [refusal.message, *(hit.text for hit in refusal.nearest)]
    parts.append(blocks_text(answer, signed))
    if refusal is None:
        parts += _quotes(answer, signed)
    return "\n\n".join(part for part in (*parts, *(conflict.note for conflict in answer.conflicts), *answer.notes) if part)


def led_in(statement: Statement, language: Language) -> str:
    """Who says a statement, and in which language where that is not the reader's: "The newspaper reports (in Marathi):"."""
    first = statement.citations[0] if statement.citations else None
    by_kind = first is not None and statement.standing != "inferred"
    says = phrase(f"says.{first.kind}" if first is not None and by_kind else f"standing.{statement.standing}", language)
    if first is None or first.language in (language, "und") or statement.verdict is not None:
        return says + ("：" if language == "ja" else ":")
    return phrase("plain.foreign", language, says=says, tongue=phrase(f"language.{first.language}", language))


def beside(statement: Statement, language: Language) -> str:
    """The fact asked for in a quote of another language, and the values of the sentence that answers, as the reader writes them."""
    first = statement.citations[0] if statement.citations else None
    if first is None or first.language in (language, "und") or first.quote != statement.text:
        return ""
    text = statement.text
    found = (*gloss(text, language, 0, statement.marks), *gloss(text, language, None, statement.answering or None))
    return phrase("plain.values", language, values=joined(list(dict.fromkeys(found))[:MOST_VALUES], language)) if found else ""


def _quotes(answer: Answer, signed: Signed) -> Iterator[str]:
    """The statements that no block lays out, each group of them led in."""
    before = ""
    for statement in shown_apart(answer):
        lead = led_in(statement, answer.language)
        yield (
            (f"{lead}\n\n" if lead != before else "")
            + statement.text
            + signed(statement)
            + (f"\n{said}" if (said := beside(statement, answer.language)) else "")
        )
        before = lead


def _cell(cell: Cell, statements: Sequence[Statement], signed: Signed) -> str:
    return cell.text + "".join(dict.fromkeys(signed(statements[at]) for at in cell.cited))


def _labelled(row: Sequence[str]) -> str:
    return ": ".join(row[:2]) + "".join(f" · {cell}" for cell in row[2:] if cell)
