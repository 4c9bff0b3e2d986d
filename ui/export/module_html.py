"""A question of a module in HTML, for programs that show it so: what is to be done, and what is said after the answer."""

from __future__ import annotations

from ui.export.module_quiz import Asked
from ui.export.source import Marks
from ui.i18n import Strings
from ui.markup import html


def instructed(one: Asked) -> str:
    """What is to be done; before it, that the papers do not bear out the question."""
    warning = f"<p><strong>{html(one.warning)}</strong></p>" if one.warning else ""
    return f"{warning}<p><em>{html(one.instruction)}</em></p>"


def explained(one: Asked, words: Strings) -> str:
    """The key with every place that proves it: the words of the paper, where they stand, how they were checked, and a link."""
    warning = f"<p><strong>{html(one.warning)}</strong></p>" if one.warning else ""
    return f"{warning}<p>{html(words('module.answer', answer=one.key))}</p>{''.join(place(mark, words) for mark in one.marks)}"


def place(mark: Marks, words: Strings) -> str:
    """A source with its quote and a link to it."""
    r = mark.reference
    quote = f'<blockquote lang="{r.language}">{html(r.quote)}</blockquote>' if r.quote else ""
    return f'{quote}<p>{html(r.place)} {html(r.check)} · <a href="{html(r.link)}">{html(words("note.open"))}</a></p>'
