"""A conversation about three small papers, and what stands in the files that are made of it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import regex
from docx import Document
from lxml import etree

from kb import KnowledgeBase, Settings
from kb.records import Filters
from kb.user_records import Conversation, Exchange
from lang.languages import Language
from tests.once import copied
from tests.ui.links import AT
from ui.components.i18n import strings
from ui.export import Sheet, conversation_sheet

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DAY = date(2026, 11, 25)
QUESTIONS = (
    "Who will bear the cost of the tide gauges?",
    "प्रशिक्षण का ख़र्च कौन देगा?",
    "When does the harbour office close on Fridays?",
    "What is the price of tea in Osaka?",
    "Who will bear the cost of the tide gauges?",
)
COST = "The Ministry of Tides will bear the cost of the forty tide gauges."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, stocked: Path) -> Path:
    return copied(stocked, tmp_path_factory.mktemp("export") / "home")


@pytest.fixture(scope="module")
def kb(home: Path) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(Settings(home=home)) as opened:
        yield opened


@pytest.fixture(scope="module")
def talk(kb: KnowledgeBase) -> Conversation:
    """Asked in two languages, with a refusal and a question that is asked twice, and kept."""
    conversation = kb.conversations.new()
    for question in QUESTIONS:
        conversation = conversation.with_new(Exchange(question, Filters(), kb.answer(question), True))
    kb.conversations.save(conversation)
    return conversation


def sheet_of(kb: KnowledgeBase, talk: Conversation, language: Language = "en") -> Sheet:
    return conversation_sheet(kb, talk, strings(language), today=DAY, address=AT)


def footnotes(docx: bytes) -> dict[int, tuple[str, str]]:
    """Footnote id → its text and the address that it links to."""
    with zipfile.ZipFile(BytesIO(docx)) as package:
        root = etree.fromstring(package.read("word/footnotes.xml"))
        relations = {r.get("Id"): r.get("Target") for r in etree.fromstring(package.read("word/_rels/footnotes.xml.rels"))}
    found = {}
    for note in root.iter(f"{W}footnote"):
        links = [relations[link.get(f"{R}id")] for link in note.iter(f"{W}hyperlink")]
        if links:
            found[int(note.get(f"{W}id"))] = ("".join(t.text for t in note.iter(f"{W}t")), links[0])
    return found


def marked(docx: bytes) -> list[tuple[str, list[int]]]:
    """Each paragraph that has footnotes, and their ids; a mark that repeats a footnote counts as that one."""
    found = []
    for paragraph in Document(BytesIO(docx)).element.body.iter(f"{W}p"):
        ids = [int(mark.get(f"{W}id")) for mark in paragraph.iter(f"{W}footnoteReference")]
        ids += [int(regex.search(r"NOTEREF source(\d+)", code.text)[1]) for code in paragraph.iter(f"{W}instrText")]
        if ids:
            found.append(("".join(t.text for r in paragraph.iter(f"{W}r") for t in r.iter(f"{W}t")), ids))
    return found
