"""An answer as Markdown with footnotes (``[^1]``), as plain text, and as HTML: a page, or a fragment for the clipboard.

Plain text is what is copied as a file note where only text can be pasted, and what the terminal prints. Word processors paste the fragment
with its links.
"""

from __future__ import annotations

from typing import Final

import regex

from kb.sanitize import visible
from ui.components.markup import html
from ui.export.answer_document import Entry, Laid, Line, Part, Sheet, labelled
from ui.export.citations import Marks, Reference

_SPECIAL = regex.compile(r"[\\`*_\[\]{}<>#|~$^&!@]|(?<=\bhttps?|\bftp):|(?<=\bwww)\.|^[-+=]|(?<=^\d+)[.)]", regex.IGNORECASE)
"""What Markdown may read as markup, addresses that it would turn into links included."""


def markdown(sheet: Sheet) -> str:
    """The sheet; every mark of the texts that Markdown could read is escaped."""
    parts = [] if sheet.bare else [f"# {escaped(sheet.title)}", *map(escaped, sheet.facts)]
    for entry in sheet.entries:
        parts += _markdown_entry(entry, sheet)
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


def _markdown_entry(entry: Entry, sheet: Sheet) -> list[str]:
    if sheet.bare:
        return [text for block in entry.blocks for text in _markdown_block(block)]
    parts = [f"## {escaped(entry.question)}", *(f"*{escaped(note)}*" for note in entry.before)]
    if entry.message:
        parts.append(f"**{escaped(entry.message)}**")
    parts += [text for block in entry.blocks for text in _markdown_block(block)]
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


def _markdown_block(block: Laid) -> list[str]:
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


def plain_text(sheet: Sheet) -> str:
    """The sheet as text, paragraphs numbered as in a file note, sources at the end with their links."""
    if sheet.bare:
        return (
            visible("\n\n".join([*(text for entry in sheet.entries for text in map(_plain_block, entry.blocks)), *_sources(sheet)])) + "\n"
        )
    parts = [sheet.title, "\n".join(sheet.facts)]
    paragraph = 0
    for entry in sheet.entries:
        parts.append(_asked(entry, sheet))
        parts += filter(None, map(_plain_block, entry.blocks))
        for group in entry.groups:
            parts += [f"{group.heading}:"] if group.heading else []
            for line in group.lines:
                paragraph += 1
                under = f"\n   ({line.standing})" if line.standing else ""
                parts.append(f"{paragraph}. {line.text} {_plain_numbers(line.marks)}{under}")
        parts += entry.after
    parts += _sources(sheet)
    parts.append(sheet.basis)
    parts += [f"{sheet.words('note.link')}: {entry.link}" for entry in sheet.entries if len(sheet.entries) == 1]
    return visible("\n\n".join(parts)) + "\n"


def _asked(entry: Entry, sheet: Sheet) -> str:
    lines = [sheet.words("note.question", question=entry.question), *entry.before]
    return "\n".join([*lines, entry.message] if entry.message else lines)


def _sources(sheet: Sheet) -> list[str]:
    return ["\n".join([sheet.words("note.sources"), *map(_plain_source, sheet.references)])] if sheet.references else []


def _plain_block(block: Laid) -> str:
    """A block: a table with tabs between its cells, so that a spreadsheet takes it up."""
    rows = [[f"{part.text} {_plain_numbers(part.marks)}".strip() for part in row] for row in block.rows]
    if block.kind == "table":
        lines = ["\t".join(" ".join(cell.split()) for cell in row) for row in ([*block.columns], *rows)]
    elif block.kind == "letter":
        lines = ["\n\n".join(" ".join(row) for row in rows)]
    else:
        lines = [f"- {item}" for item in block.items]
        said = [labelled(row, lambda part: f"{part.text} {_plain_numbers(part.marks)}".strip()) for row in block.rows]
        lines += [f"{at}. {line}" if block.kind == "steps" else f"- {line}" for at, line in enumerate(said, 1)]
    return "\n".join([*([block.heading] if block.heading else []), *lines])


def _plain_numbers(marks: tuple[Marks, ...]) -> str:
    return "".join(f"[{mark.reference.number}]" for mark in marks)


def _plain_source(reference: Reference) -> str:
    quote = f" {reference.quote}" if reference.quote else ""
    return f"[{reference.number}] {reference.place}{quote} {reference.check}\n    {reference.link}"


STYLE: Final = """
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.7; color: #1d2733; background: #fff;
  font-family: "Noto Serif", "Noto Serif Devanagari", "Noto Serif CJK JP", "Nirmala UI", "Kohinoor Devanagari", "Yu Mincho", serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; color: #1f5f8b; }
blockquote { margin: 0 0 .2rem; padding-left: 1rem; border-left: 3px solid #b9c4ce; } small { color: #465463; } a { color: #1f5f8b; }
li { overflow-wrap: anywhere; }
table { border-collapse: collapse; }
th, td { border: 1px solid #b9c4ce; padding: .3rem .5rem; text-align: left; vertical-align: top; }
"""


def html_page(sheet: Sheet) -> str:
    """A whole web page that needs nothing beside it."""
    return (
        f'<!DOCTYPE html>\n<html lang="{sheet.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{html(sheet.title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{html_fragment(sheet, anchors=True)}\n</body>\n</html>\n"
    )


def html_fragment(sheet: Sheet, *, anchors: bool = False) -> str:
    """The sheet without a page around it; with ``anchors``, its marks lead to the list of sources."""
    parts = [] if sheet.bare else [f"<h1>{html(sheet.title)}</h1>", *(f"<p>{html(fact)}</p>" for fact in sheet.facts)]
    for entry in sheet.entries:
        parts += _html_entry(entry, sheet, anchors)
    if sheet.references:
        parts.append(f"<h2>{html(sheet.words('note.sources'))}</h2>")
        parts.append(f"<ol>{''.join(_html_source(reference, sheet, anchors) for reference in sheet.references)}</ol>")
    parts += [f"<p><small>{html(sheet.basis)}</small></p>"] if sheet.basis else []
    return "\n".join(parts)


def _html_entry(entry: Entry, sheet: Sheet, anchors: bool) -> list[str]:
    if sheet.bare:
        return [_html_block(block, anchors) for block in entry.blocks]
    parts = [f"<h2>{html(sheet.words('note.question', question=entry.question))}</h2>"]
    parts += [f"<p><small>{html(note)}</small></p>" for note in entry.before]
    if entry.message:
        parts.append(f"<p><strong>{html(entry.message)}</strong></p>")
    parts += [_html_block(block, anchors) for block in entry.blocks]
    for group in entry.groups:
        parts += [f"<h3>{html(group.heading)}</h3>"] if group.heading else []
        parts += [_line(line, anchors) for line in group.lines]
    parts += [f"<p><small>{html(note)}</small></p>" for note in entry.after]
    parts.append(f'<p><small><a href="{html(entry.link)}">{html(sheet.words("note.link"))}</a></small></p>')
    return parts


def _html_block(block: Laid, anchors: bool) -> str:
    """A block as paragraphs, a list or a table."""
    head = f"<p>{html(block.heading)}</p>" if block.heading else ""

    def part(one: Part) -> str:
        return html(one.text) + _html_numbers(one.marks, anchors)

    if block.kind == "table":
        columns = "".join(f'<th scope="col">{html(column)}</th>' for column in block.columns)
        rows = "".join(f"<tr>{''.join(f'<td>{part(one)}</td>' for one in row)}</tr>" for row in block.rows)
        return f"{head}<table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table>"
    if block.kind == "letter":
        return head + "".join(f"<p>{' '.join(map(part, row))}</p>" for row in block.rows)
    items = [html(item) for item in block.items] + [labelled(row, part) for row in block.rows]
    tag = "ol" if block.kind == "steps" else "ul"
    return head + (f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>" if items else "")


def _line(line: Line, anchors: bool) -> str:
    tag = "blockquote" if line.quoted else "p"
    under = f"<p><small>{html(line.standing)}</small></p>" if line.standing else ""
    return f'<{tag}><span lang="{line.language}">{html(line.text)}</span>{_html_numbers(line.marks, anchors)}</{tag}>{under}'


def _html_numbers(marks: tuple[Marks, ...], anchors: bool) -> str:
    numbers = [mark.reference.number for mark in marks]
    return "".join(f'<sup><a href="#source-{n}">[{n}]</a></sup>' if anchors else f"<sup>[{n}]</sup>" for n in numbers)


def _html_source(reference: Reference, sheet: Sheet, anchors: bool) -> str:
    at = f' id="source-{reference.number}"' if anchors else ""
    quote = f' <span lang="{reference.language}">{html(reference.quote)}</span>' if reference.quote else ""
    link = f'<a href="{html(reference.link)}">{html(sheet.words("note.open"))}</a>'
    return f"<li{at}>{html(reference.place)}{quote} {html(reference.check)} · {link}</li>"
