"""No control character, half of a surrogate pair or code point that is no character reaches a file of a module."""

from __future__ import annotations

import csv
import sqlite3
import zipfile
from io import BytesIO, StringIO

import pypdf
import pytest
from lxml import etree
from pptx import Presentation

from kb import KnowledgeBase
from tests.control_characters import clean, package_text, spoiled
from tests.ui.export.training_modules.conftest import Made, written
from training.records import Module


@pytest.fixture(scope="module")
def module(made: Made) -> Module:
    return spoiled(made("en"))


@pytest.mark.parametrize("into", ["docx", "pptx"])
def test_office_files_are_xml_throughout(kb: KnowledgeBase, module: Module, into: str) -> None:
    data = written(kb, module, into)  # type: ignore[arg-type]
    assert clean(package_text(data))
    if into == "pptx":
        assert len(Presentation(BytesIO(data)).slides) >= len(module.slides)


def test_the_pdf_can_be_opened(kb: KnowledgeBase, module: Module) -> None:
    reader = pypdf.PdfReader(BytesIO(written(kb, module, "pdf")))
    assert "x\ufffdx\ufffd" in "".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize("into", ["md", "gift"])
def test_texts_hold_none(kb: KnowledgeBase, module: Module, into: str) -> None:
    assert clean(written(kb, module, into).decode())  # type: ignore[arg-type]


def test_the_quiz_for_moodle_is_xml(kb: KnowledgeBase, module: Module) -> None:
    root = etree.fromstring(written(kb, module, "moodle"))
    assert clean("".join(root.itertext()))
    assert len(root) == len(module.quiz) + 1


def test_the_table_has_as_many_columns_in_every_row(kb: KnowledgeBase, module: Module) -> None:
    text = written(kb, module, "csv").decode("utf-8-sig")
    assert clean(text, "\t\r\n")
    assert len({len(row) for row in csv.reader(StringIO(text))}) == 1


def test_the_cards_for_anki_have_two_sides(kb: KnowledgeBase, module: Module) -> None:
    with zipfile.ZipFile(BytesIO(written(kb, module, "anki"))) as package:
        base = sqlite3.connect(":memory:")
        base.deserialize(package.read("collection.anki2"))
    for (fields,) in base.execute("SELECT flds FROM notes"):
        sides = fields.split("\x1f")
        assert len(sides) == 2
        assert all(clean(side) for side in sides)
