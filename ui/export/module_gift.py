"""The quiz in GIFT, the text format of Moodle and others (docs.moodle.org, "GIFT format").

A question whose answer is an order becomes one of matching each step with its place: GIFT knows no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import regex

from kb import KnowledgeBase
from kb.printable import visible
from training.records import BLANK, Module
from ui.export.module_html import explained, instructed, place
from ui.export.module_quiz import Asked, asked, pairs, true_is_right
from ui.export.module_said import Cited
from ui.i18n import Strings
from ui.markup import html

_SPECIAL: Final = regex.compile(r"[\\~=#{}:]")
_BREAK: Final = regex.compile(r"\s*\n\s*")


def gift(kb: KnowledgeBase, module: Module, words: Strings, *, today: date, address: str) -> str:
    """The questions; what is said after an answer quotes the proof and links to it."""
    cited = Cited.over(kb, words, address)
    title = " ".join(module.title.split())
    parts = [f"// {title} · {words('app.title')} · {today.isoformat()}", f"$CATEGORY: $course$/{title.replace('/', '//')}"]
    parts += [_question(one, words) for one in asked(module, cited)]
    return visible("\n\n".join(parts)) + "\n"


def _question(one: Asked, words: Strings) -> str:
    name = _escaped(" ".join(filter(None, [words("module.question", number=one.number), one.warning, f"({one.item.id})"])))
    before, gap, after = one.item.prompt.partition(BLANK) if one.item.kind in ("cloze", "choice") else ("", "", "")
    feedback = f"####{_escaped(explained(one, words))}"
    head = instructed(one)
    if one.item.kind == "true_false":
        return f"::{name}::[html]{_escaped(head + _said(one.item.prompt))}{{{'TRUE' if true_is_right(one.item) else 'FALSE'}{feedback}}}"
    if one.item.kind in ("match", "order"):
        lines = [f"={_escaped(html(left))} -> {_escaped(right)}" for left, right in pairs(one.item)]
        return f"::{name}::[html]{_escaped(head)}{{\n{_lines(lines)}\n{feedback}\n}}"
    if one.item.kind == "cloze":
        lines = [f"={_escaped(answer)}" for answer in one.item.answers]
    else:
        lines = [_option(option.text, option.correct, one, words) for option in one.item.options]
    # Moodle puts a line of its own where the braces are; without a gap they stand at the end.
    asked_for = f"{{\n{_lines(lines)}\n{feedback}\n}}"
    return f"::{name}::[html]{_escaped(head + html(before))}{asked_for}{_escaped(html(after))}" if gap else (
        f"::{name}::[html]{_escaped(head + html(before))}{asked_for}"
    )  # fmt: skip


def _option(text: str, correct: bool, one: Asked, words: Strings) -> str:
    marks = one.elsewhere.get(text, ())
    feedback = f"#{_escaped(html(words('module.taken_from')) + ''.join(place(mark, words) for mark in marks))}" if marks else ""
    return f"{'=' if correct else '~'}{_escaped(html(text))}{feedback}"


def _said(text: str) -> str:
    return f"<p>{html(text)}</p>"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(f"\t{line}" for line in lines)


def _escaped(text: str) -> str:
    r"""Text in which nothing is a sign of GIFT; a line break is its ``\n``."""
    return _BREAK.sub(r"\\n", _SPECIAL.sub(r"\\\g<0>", text.strip("\n")))
