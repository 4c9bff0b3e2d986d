"""A sheet as Markdown with footnotes (``[^1]``), as GitHub, Pandoc and most editors read them."""

from __future__ import annotations

import regex

from kb.printable import visible
from ui.export.sheet import Entry, Sheet

_SPECIAL = regex.compile(r"[\\`*_\[\]{}<>#|~$^&!@]|(?<=\bhttps?|\bftp):|(?<=\bwww)\.|^[-+=]|(?<=^\d+)[.)]", regex.IGNORECASE)
"""What Markdown may read as markup, addresses that it would turn into links included."""


def markdown(sheet: Sheet) -> str:
    """The sheet; every mark of the texts that Markdown could read is escaped."""
    parts = [f"# {escaped(sheet.title)}", *map(escaped, sheet.facts)]
    for entry in sheet.entries:
        parts += _entry(entry, sheet)
    parts.append(escaped(sheet.basis))
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
    parts = [f"## {escaped(entry.question)}", *(f"*{escaped(note)}*" for note in entry.before)]
    if entry.message:
        parts.append(f"**{escaped(entry.message)}**")
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
