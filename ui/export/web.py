"""A sheet as HTML: a fragment for the clipboard, which word processors paste with its links, and a page of its own."""

from __future__ import annotations

from typing import Final

from ui.export.laid import Laid, Part, labelled
from ui.export.sheet import Entry, Line, Sheet
from ui.export.source import Marks, Reference
from ui.markup import html

STYLE: Final = """
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.7; color: #1d2733; background: #fff;
  font-family: "Noto Serif", "Noto Serif Devanagari", "Noto Serif CJK JP", "Nirmala UI", "Kohinoor Devanagari", "Yu Mincho", serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; color: #1f5f8b; }
blockquote { margin: 0 0 .2rem; padding-left: 1rem; border-left: 3px solid #b9c4ce; } small { color: #465463; } a { color: #1f5f8b; }
li { overflow-wrap: anywhere; }
table { border-collapse: collapse; }
th, td { border: 1px solid #b9c4ce; padding: .3rem .5rem; text-align: left; vertical-align: top; }
"""


def page(sheet: Sheet) -> str:
    """A whole web page that needs nothing beside it."""
    return (
        f'<!DOCTYPE html>\n<html lang="{sheet.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{html(sheet.title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{fragment(sheet, anchors=True)}\n</body>\n</html>\n"
    )


def fragment(sheet: Sheet, *, anchors: bool = False) -> str:
    """The sheet without a page around it; with ``anchors``, its marks lead to the list of sources."""
    parts = [] if sheet.bare else [f"<h1>{html(sheet.title)}</h1>", *(f"<p>{html(fact)}</p>" for fact in sheet.facts)]
    for entry in sheet.entries:
        parts += _entry(entry, sheet, anchors)
    if sheet.references:
        parts.append(f"<h2>{html(sheet.words('note.sources'))}</h2>")
        parts.append(f"<ol>{''.join(_source(reference, sheet, anchors) for reference in sheet.references)}</ol>")
    parts += [f"<p><small>{html(sheet.basis)}</small></p>"] if sheet.basis else []
    return "\n".join(parts)


def _entry(entry: Entry, sheet: Sheet, anchors: bool) -> list[str]:
    if sheet.bare:
        return [_block(block, anchors) for block in entry.blocks]
    parts = [f"<h2>{html(sheet.words('note.question', question=entry.question))}</h2>"]
    parts += [f"<p><small>{html(note)}</small></p>" for note in entry.before]
    if entry.message:
        parts.append(f"<p><strong>{html(entry.message)}</strong></p>")
    parts += [_block(block, anchors) for block in entry.blocks]
    for group in entry.groups:
        parts += [f"<h3>{html(group.heading)}</h3>"] if group.heading else []
        parts += [_line(line, anchors) for line in group.lines]
    parts += [f"<p><small>{html(note)}</small></p>" for note in entry.after]
    parts.append(f'<p><small><a href="{html(entry.link)}">{html(sheet.words("note.link"))}</a></small></p>')
    return parts


def _block(block: Laid, anchors: bool) -> str:
    """A block as paragraphs, a list or a table."""
    head = f"<p>{html(block.heading)}</p>" if block.heading else ""

    def part(one: Part) -> str:
        return html(one.text) + _numbers(one.marks, anchors)

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
    return f'<{tag}><span lang="{line.language}">{html(line.text)}</span>{_numbers(line.marks, anchors)}</{tag}>{under}'


def _numbers(marks: tuple[Marks, ...], anchors: bool) -> str:
    numbers = [mark.reference.number for mark in marks]
    return "".join(f'<sup><a href="#source-{n}">[{n}]</a></sup>' if anchors else f"<sup>[{n}]</sup>" for n in numbers)


def _source(reference: Reference, sheet: Sheet, anchors: bool) -> str:
    at = f' id="source-{reference.number}"' if anchors else ""
    quote = f' <span lang="{reference.language}">{html(reference.quote)}</span>' if reference.quote else ""
    link = f'<a href="{html(reference.link)}">{html(sheet.words("note.open"))}</a>'
    return f"<li{at}>{html(reference.place)}{quote} {html(reference.check)} · {link}</li>"
