"""A sheet as Markdown with footnotes (``[^1]``), as GitHub, Pandoc and most editors read them."""

from __future__ import annotations

import regex

from kb.printable import visible
from ui.export.laid import Laid, Part, labelled
from ui.export.sheet import Entry, Sheet

_SPECIAL = regex.compile(r"[\\`*_\[\]{}<>#|~$^&!@]|(?<=\bhttps?|\bftp):|(?<=\bwww)\.|^[-+=]|(?<=^\d+)[.)]", regex.IGNORECASE)
"""What Markdown may read as markup, addresses that it would turn into links included."""


def markdown(sheet: Sheet) -> str:
    """The sheet; every mark of the texts that Markdown could read is escaped."""
    parts = [] if sheet.bare else [f"# {escaped(sheet.title)}", *map(escaped, sheet.facts)]
    for entry in sheet.entries:
        parts += _entry(entry, sheet)
    parts += [escaped(sheet.basis)] if sheet.basis else []
    parts += [
        f"[^{r.number}]: {' '.join(filter(None, [escaped(r.place), escaped(r.quote), escaped(r.check)]))} "
        f"· [{escaped(sheet.words('note.open'))}](<{r.link}>)"
        for r in sheet.references
    ]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Text on one line in which no character is markup."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(visible(text).split()))


def _entry(entry: Entry, sheet: Sheet) -> list[str]:
    if sheet.bare:
        return [text for block in entry.blocks for text in _block(block)]
    parts = [f"## {escaped(entry.question)}", *(f"*{escaped(note)}*" for note in entry.before)]
    if entry.message:
        parts.append(f"**{escaped(entry.message)}**")
    parts += [text for block in entry.blocks for text in _block(block)]
    for group in entry.groups:
        parts += [f"### {escaped(group.heading)}"] if group.heading else []
        for line in group.lines:
            said = escaped(line.text) + "".join(f"[^{mark.reference.number}]" for mark in line.marks)
            under = f"*{escaped(line.standing)}*" if line.standing else ""
            parts.append(
                "\n>\n".join(f"> {part}" for part in (said, under) if part) if line.quoted else "\n\n".join(filter(None, (said, under)))
            )
    parts += [f"*{escaped(note)}*" for note in entry.after]
    parts.append(f"[{escaped(sheet.words('note.link'))}](<{entry.link}>)")
    return parts


def _block(block: Laid) -> list[str]:
    """The paragraphs, list or table of a block."""
    heading = escaped(block.heading)
    parts = [heading if block.kind == "text" else f"**{heading}**"] if heading else []
    if block.kind == "table":
        rows = [[_part(part) for part in row] for row in block.rows]
        lines = [[escaped(column) for column in block.columns], ["---"] * len(block.columns), *rows]
        parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    elif block.kind == "letter":
        parts += [" ".join(_part(part) for part in row) for row in block.rows]
    elif block.rows or block.items:
        said = [labelled(row, _part) for row in block.rows]
        lines_of = [f"{at}. {line}" if block.kind == "steps" else f"- {line}" for at, line in enumerate(said, 1)]
        parts.append("\n".join([*(f"- {escaped(item)}" for item in block.items), *lines_of]))
    return parts


def _part(part: Part) -> str:
    return escaped(part.text) + "".join(f"[^{mark.reference.number}]" for mark in part.marks)
