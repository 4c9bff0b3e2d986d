"""A sheet as plain text: what is copied as a file note where only text can be pasted, and what the terminal prints."""

from __future__ import annotations

from kb.printable import visible
from ui.export.laid import Laid, labelled
from ui.export.sheet import Entry, Sheet
from ui.export.source import Marks, Reference


def plain(sheet: Sheet) -> str:
    """The sheet as text, paragraphs numbered as in a file note, sources at the end with their links."""
    if sheet.bare:
        return visible("\n\n".join([*(text for entry in sheet.entries for text in map(_block, entry.blocks)), *_sources(sheet)])) + "\n"
    parts = [sheet.title, "\n".join(sheet.facts)]
    paragraph = 0
    for entry in sheet.entries:
        parts.append(_asked(entry, sheet))
        parts += filter(None, map(_block, entry.blocks))
        for group in entry.groups:
            parts += [f"{group.heading}:"] if group.heading else []
            for line in group.lines:
                paragraph += 1
                under = f"\n   ({line.standing})" if line.standing else ""
                parts.append(f"{paragraph}. {line.text} {_numbers(line.marks)}{under}")
        parts += entry.after
    parts += _sources(sheet)
    parts.append(sheet.basis)
    parts += [f"{sheet.words('note.link')}: {entry.link}" for entry in sheet.entries if len(sheet.entries) == 1]
    return visible("\n\n".join(parts)) + "\n"


def _asked(entry: Entry, sheet: Sheet) -> str:
    lines = [sheet.words("note.question", question=entry.question), *entry.before]
    return "\n".join([*lines, entry.message] if entry.message else lines)


def _sources(sheet: Sheet) -> list[str]:
    return ["\n".join([sheet.words("note.sources"), *map(_source, sheet.references)])] if sheet.references else []


def _block(block: Laid) -> str:
    """A block: a table with tabs between its cells, so that a spreadsheet takes it up."""
    rows = [[f"{part.text} {_numbers(part.marks)}".strip() for part in row] for row in block.rows]
    if block.kind == "table":
        lines = ["\t".join(" ".join(cell.split()) for cell in row) for row in ([*block.columns], *rows)]
    elif block.kind == "letter":
        lines = ["\n\n".join(" ".join(row) for row in rows)]
    else:
        lines = [f"- {item}" for item in block.items]
        said = [labelled(row, lambda part: f"{part.text} {_numbers(part.marks)}".strip()) for row in block.rows]
        lines += [f"{at}. {line}" if block.kind == "steps" else f"- {line}" for at, line in enumerate(said, 1)]
    return "\n".join([*([block.heading] if block.heading else []), *lines])


def _numbers(marks: tuple[Marks, ...]) -> str:
    return "".join(f"[{mark.reference.number}]" for mark in marks)


def _source(reference: Reference) -> str:
    quote = f" {reference.quote}" if reference.quote else ""
    return f"[{reference.number}] {reference.place}{quote} {reference.check}\n    {reference.link}"
