"""The quiz of a module in GIFT (docs.moodle.org, "GIFT format") and as Moodle XML ("Moodle XML format").

In GIFT a question whose answer is an order becomes one of matching each step with its place: it knows no other. Moodle XML keeps languages,
tags and an id by which a question is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import regex
from lxml import etree

from kb import KnowledgeBase
from kb.sanitize import visible
from training.records import BLANK, Module
from ui.components.i18n import Strings
from ui.components.markup import html
from ui.export.training_modules.module_content import Asked, Cited, asked, explained, instructed, pairs, place, statement, true_is_right

_SPECIAL: Final = regex.compile(r"[\\~=#{}:]")
_BREAK: Final = regex.compile(r"\s*\n\s*")


def gift(kb: KnowledgeBase, module: Module, words: Strings, *, today: date, address: str) -> str:
    """The questions; what is said after an answer quotes the proof and links to it."""
    cited = Cited.over(kb, words, address)
    title = " ".join(module.title.split())
    parts = [f"// {title} · {words('app.title')} · {today.isoformat()}", f"$CATEGORY: $course$/{title.replace('/', '//')}"]
    parts += [_gift_question(one, words) for one in asked(module, cited)]
    return visible("\n\n".join(parts)) + "\n"


def _gift_question(one: Asked, words: Strings) -> str:
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


TYPES: Final = {"cloze": "shortanswer", "true_false": "truefalse", "choice": "multichoice", "match": "matching", "order": "matching"}
"""Our kind of question → Moodle's."""


def moodle(kb: KnowledgeBase, module: Module, words: Strings, *, address: str) -> bytes:
    """The file; what is said after an answer quotes the proof and links to it."""
    cited = Cited.over(kb, words, address)
    root = etree.Element("quiz")
    category = etree.SubElement(root, "question", type="category")
    _text(etree.SubElement(category, "category"), f"$course$/{' '.join(module.title.split()).replace('/', '//')}")
    for one in asked(module, cited):
        _moodle_question(root, one, module, words)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _moodle_question(root: Any, one: Asked, module: Module, words: Strings) -> None:
    question = etree.SubElement(root, "question", type=TYPES[one.item.kind])
    _text(etree.SubElement(question, "name"), " ".join(filter(None, [words("module.question", number=one.number), one.warning])))
    said = statement(one.item)
    prompt = f'<p lang="{one.item.language}">{html(said)}</p>' if said else ""
    _html(question, "questiontext", f"{instructed(one)}{prompt}")
    _html(question, "generalfeedback", explained(one, words))
    for name, value in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0"), ("idnumber", one.item.id)):
        etree.SubElement(question, name).text = value
    if one.item.kind == "true_false":
        right = true_is_right(one.item)
        _answer(question, "true", right)
        _answer(question, "false", not right)
    elif one.item.kind == "cloze":
        etree.SubElement(question, "usecase").text = "0"
        for answer in one.item.answers:
            _answer(question, answer.replace("*", r"\*"), True)  # a bare asterisk stands for anything
    elif one.item.kind == "choice":
        for name, value in (("single", "true"), ("shuffleanswers", "true"), ("answernumbering", "abc")):
            etree.SubElement(question, name).text = value
        for option in one.item.options:
            marks = one.elsewhere.get(option.text, ())
            feedback = html(words("module.taken_from")) + "".join(place(mark, words) for mark in marks) if marks else ""
            _answer(question, html(option.text), option.correct, form="html", feedback=feedback)
    else:
        etree.SubElement(question, "shuffleanswers").text = "true"
        for left, right_side in pairs(one.item):
            part = etree.SubElement(question, "subquestion", format="html")
            etree.SubElement(part, "text").text = visible(html(left.replace(BLANK, "_____")))
            _text(etree.SubElement(part, "answer"), right_side)
    tags = etree.SubElement(question, "tags")
    for tag in ("setu", module.language, one.item.asks):
        _text(etree.SubElement(tags, "tag"), tag)


def _answer(question: Any, text: str, right: bool, *, form: str = "moodle_auto_format", feedback: str = "") -> None:
    answer = etree.SubElement(question, "answer", fraction="100" if right else "0", format=form)
    etree.SubElement(answer, "text").text = visible(text)
    _html(answer, "feedback", feedback)


def _html(parent: Any, name: str, text: str) -> None:
    _text(etree.SubElement(parent, name, format="html"), text)


def _text(parent: Any, text: str) -> None:
    etree.SubElement(parent, "text").text = visible(text)
