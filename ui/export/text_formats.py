"""A sheet as Markdown with footnotes (``[^1]``), as plain text, and as HTML: a page, or a fragment for the clipboard.

Plain text is what is copied as a file note where only text can be pasted, and what the terminal prints. Word processors paste the fragment
with its links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import regex

from kb.sanitize import visible
from ui import assets
from ui.components.markup import html
from ui.export.blocks import Block, Heading, List, Paragraph, Said, Sheet, Table
from ui.export.citations import Marks, Reference

_SPECIAL = regex.compile(r"[\\`*_\[\]{}<>#|~$^&!@]|(?<=\bhttps?|\bftp):|(?<=\bwww)\.|^[-+=]|(?<=^\d+)[.)]", regex.IGNORECASE)
"""What Markdown may read as markup, addresses that it would turn into links included."""


def markdown(sheet: Sheet) -> str:
    """The sheet in its first language; every mark of the texts that Markdown could read is escaped."""
    parts = [] if sheet.bare else [f"# {escaped(sheet.title)}", *map(escaped, sheet.facts)]
    parts += map(_markdown_block, sheet.blocks)
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


def _markdown_block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_markdown_said(block.said)}"
        case Paragraph():
            return _markdown_paragraph(block)
        case List():
            body = ("\n\n" if block.kind == "letter" else "\n").join(_rows(block, _markdown_said))
        case Table():
            rows = [[" ".join(map(_markdown_said, cell)) for cell in row] for row in block.rows]
            lines = [[escaped(name) for name in block.head], ["---"] * len(block.head), *rows]
            body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return "\n\n".join(filter(None, [f"**{escaped(block.caption)}**" if block.caption else "", body]))


def _markdown_paragraph(block: Paragraph) -> str:
    said = "" if block.said is None else _markdown_said(block.said)
    if block.style == "bullet":
        return f"- {said}"
    if block.style in ("small", "strong"):
        mark = "*" if block.style == "small" else "**"
        return said if block.said is None or block.said.link else f"{mark}{said}{mark}"
    parts = [said, f"*{escaped(block.under)}*" if block.under else ""]
    if block.style == "line" and block.said is not None and block.said.quoted:
        return "\n>\n".join(f"> {part}" for part in parts if part)
    # A number that Markdown would count by itself: it may begin anywhere, and an answer need not be a list.
    return (f"{escaped(block.number)} " if block.number else "") + "\n\n".join(filter(None, parts))


def _markdown_said(said: Said) -> str:
    warning = f"**{escaped(said.warning)}:** " if said.warning else ""
    text = f"[{escaped(said.text)}](<{said.link}>)" if said.link else escaped(said.text)
    return f"{warning}{text}{''.join(f'[^{mark.reference.number}]' for mark in said.marks)}"


def _rows(block: List, said: Callable[[Said], str]) -> Iterator[str]:
    """The rows of a list, each on a line."""
    for at, row in enumerate(block.rows, 1):
        line = _row(block, row, said)
        yield line if block.kind == "letter" else f"{at}. {line}" if block.kind == "steps" else f"- {line}"


def _row(block: List, row: Sequence[Said], said: Callable[[Said], str]) -> str:
    parts = [said(part) for part in row]
    return " ".join(parts) if block.kind == "letter" else ": ".join(parts[:2]) + "".join(f" · {part}" for part in parts[2:])


def plain_text(sheet: Sheet) -> str:
    """The sheet as text, paragraphs numbered as in a file note, sources at the end with their links."""
    parts = [] if sheet.bare else [sheet.title, "\n".join(sheet.facts)]
    links, paragraph = [], 0
    for block in sheet.blocks:
        if isinstance(block, Paragraph) and block.said is not None and block.said.link:
            links.append(f"{block.said.text}: {block.said.link}")
        elif isinstance(block, Paragraph) and block.style == "line":
            paragraph += 1
            parts.append(f"{paragraph}. {_plain_block(block, sheet)}")
        else:
            parts.append(_plain_block(block, sheet))
    if sheet.references:
        parts.append("\n".join([sheet.words("note.sources"), *map(_plain_source, sheet.references)]))
    parts += [sheet.basis] if sheet.basis else []
    parts += links if len(links) == 1 else []
    return visible("\n\n".join(parts)) + "\n"


def _plain_block(block: Block, sheet: Sheet) -> str:
    """A block: a table with tabs between its cells, so that a spreadsheet takes it up."""
    match block:
        case Heading():
            said = _plain_said(block.said)
            return sheet.words("note.question", question=said) if block.level == 2 else f"{said}:"
        case Paragraph():
            said = "–" if block.said is None else _plain_said(block.said)
            number = f"{block.number} " if block.number else "- " if block.style == "bullet" else ""
            return f"{number}{said}" + (f"\n   ({block.under})" if block.under else "")
        case List():
            body = ("\n\n" if block.kind == "letter" else "\n").join(_rows(block, _plain_said))
        case Table():
            rows = [[" ".join(map(_plain_said, cell)) for cell in row] for row in block.rows]
            body = "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in (block.head, *rows))
    return f"{block.caption}\n{body}" if block.caption else body


def _plain_said(said: Said) -> str:
    warning = f"{said.warning}: " if said.warning else ""
    return f"{warning}{said.text} {''.join(f'[{mark.reference.number}]' for mark in said.marks)}".strip()


def _plain_source(reference: Reference) -> str:
    quote = f" {reference.quote}" if reference.quote else ""
    return f"[{reference.number}] {reference.place}{quote} {reference.check}\n    {reference.link}"


def html_page(sheet: Sheet) -> str:
    """A whole web page that needs nothing beside it."""
    return (
        f'<!DOCTYPE html>\n<html lang="{sheet.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{html(sheet.title)}</title>\n'
        f"<style>\n{assets.text('exported_page.css')}\n</style>\n</head>\n<body>\n{html_fragment(sheet, anchors=True)}\n</body>\n</html>\n"
    )


def html_fragment(sheet: Sheet, *, anchors: bool = False) -> str:
    """The sheet without a page around it, in its first language; with ``anchors``, its marks lead to the list of sources."""
    parts = [] if sheet.bare else [f"<h1>{html(sheet.title)}</h1>", *(f"<p>{html(fact)}</p>" for fact in sheet.facts)]
    parts += [_html_block(block, anchors) for block in sheet.blocks]
    if sheet.references:
        parts.append(f"<h2>{html(sheet.words('note.sources'))}</h2>")
        parts.append(f"<ol>{''.join(_html_source(reference, sheet, anchors) for reference in sheet.references)}</ol>")
    parts += [f"<p><small>{html(sheet.basis)}</small></p>"] if sheet.basis else []
    return "\n".join(parts)


def _html_block(block: Block, anchors: bool) -> str:
    def said(one: Said) -> str:
        return _html_said(one, anchors)

    match block:
        case Heading():
            return f"<h{block.level}>{said(block.said)}</h{block.level}>"
        case Paragraph():
            return _html_paragraph(block, "–" if block.said is None else said(block.said))
        case List(kind="letter"):
            body = "".join(f"<p>{_row(block, row, said)}</p>" for row in block.rows)
        case List():
            tag = "ol" if block.kind == "steps" else "ul"
            body = f"<{tag}>{''.join(f'<li>{_row(block, row, said)}</li>' for row in block.rows)}</{tag}>" if block.rows else ""
        case Table():
            head = "".join(f'<th scope="col">{html(name)}</th>' for name in block.head)
            cells = [["<br>".join(map(said, cell)) for cell in row] for row in block.rows]
            rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
            body = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return (f"<p>{html(block.caption)}</p>" if block.caption else "") + body


def _html_paragraph(block: Paragraph, said: str) -> str:
    if block.style == "bullet":
        return f"<ul><li>{said}</li></ul>"
    if block.style in ("small", "strong"):
        return f"<p><{block.style}>{said}</{block.style}></p>"
    tag = "blockquote" if block.style == "line" and block.said is not None and block.said.quoted else "p"
    number = f"{html(block.number)} " if block.number else ""
    under = f"<p><small>{html(block.under)}</small></p>" if block.under else ""
    return f"<{tag}>{number}{said}</{tag}>{under}"


def _html_said(said: Said, anchors: bool) -> str:
    text = html(said.text)
    if said.link:
        text = f'<a href="{html(said.link)}">{text}</a>'
    elif said.language is not None:
        text = f'<span lang="{said.language}">{text}</span>'
    warning = f"<strong>{html(said.warning)}:</strong> " if said.warning else ""
    return f"{warning}{text}{_html_numbers(said.marks, anchors)}"


def _html_numbers(marks: tuple[Marks, ...], anchors: bool) -> str:
    numbers = [mark.reference.number for mark in marks]
    return "".join(f'<sup><a href="#source-{n}">[{n}]</a></sup>' if anchors else f"<sup>[{n}]</sup>" for n in numbers)


def _html_source(reference: Reference, sheet: Sheet, anchors: bool) -> str:
    at = f' id="source-{reference.number}"' if anchors else ""
    quote = f' <span lang="{reference.language}">{html(reference.quote)}</span>' if reference.quote else ""
    link = f'<a href="{html(reference.link)}">{html(sheet.words("note.open"))}</a>'
    return f"<li{at}>{html(reference.place)}{quote} {html(reference.check)} · {link}</li>"
