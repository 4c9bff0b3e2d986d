"""The quiz as Moodle XML (docs.moodle.org, "Moodle XML format"), which keeps languages, tags and an id by which a question is replaced."""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from kb import KnowledgeBase
from training.records import BLANK, Module
from ui.export.footnotes import xml
from ui.export.module_html import explained, instructed, place
from ui.export.module_quiz import Asked, asked, pairs, statement, true_is_right
from ui.export.module_said import Cited
from ui.i18n import Strings
from ui.markup import html

TYPES: Final = {"cloze": "shortanswer", "true_false": "truefalse", "choice": "multichoice", "match": "matching", "order": "matching"}
"""Our kind of question → Moodle's."""


def moodle(kb: KnowledgeBase, module: Module, words: Strings, *, address: str) -> bytes:
    """The file; what is said after an answer quotes the proof and links to it."""
    cited = Cited.over(kb, words, address)
    root = etree.Element("quiz")
    category = etree.SubElement(root, "question", type="category")
    _text(etree.SubElement(category, "category"), f"$course$/{' '.join(module.title.split()).replace('/', '//')}")
    for one in asked(module, cited):
        _question(root, one, module, words)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _question(root: Any, one: Asked, module: Module, words: Strings) -> None:
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
            etree.SubElement(part, "text").text = xml(html(left.replace(BLANK, "_____")))
            _text(etree.SubElement(part, "answer"), right_side)
    tags = etree.SubElement(question, "tags")
    for tag in ("setu", module.language, one.item.asks):
        _text(etree.SubElement(tags, "tag"), tag)


def _answer(question: Any, text: str, right: bool, *, form: str = "moodle_auto_format", feedback: str = "") -> None:
    answer = etree.SubElement(question, "answer", fraction="100" if right else "0", format=form)
    etree.SubElement(answer, "text").text = xml(text)
    _html(answer, "feedback", feedback)


def _html(parent: Any, name: str, text: str) -> None:
    _text(etree.SubElement(parent, name, format="html"), text)


def _text(parent: Any, text: str) -> None:
    etree.SubElement(parent, "text").text = xml(text)
