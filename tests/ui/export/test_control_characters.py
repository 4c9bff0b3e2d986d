"""No control character, half of a surrogate pair or code point that is no character reaches a file, or keeps it from being made."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pytest
from docx import Document

from kb import KnowledgeBase
from kb.sanitize import visible
from kb.user_records import Conversation
from tests.control_characters import BAD, clean, package_text, spoiled
from tests.ui.export.conftest import sheet_of
from ui.export import Sheet, export
from ui.export.text_formats import html_fragment, plain_text


@pytest.fixture(scope="module")
def sheet(kb: KnowledgeBase, talk: Conversation) -> Sheet:
    return spoiled(sheet_of(kb, talk))


@pytest.mark.parametrize("bad", BAD, ids=[f"U+{ord(bad):04X}" for bad in BAD])
def test_each_of_them_becomes_one_character_that_is_seen(bad: str) -> None:
    assert visible(f"a{bad}b\t\n") == "a\ufffdb\t\n"


def test_the_word_document_can_be_opened(sheet: Sheet) -> None:
    data = export(sheet, "docx")
    assert clean(package_text(data))
    assert len(Document(BytesIO(data)).paragraphs) > len(sheet.blocks)


def test_the_pdf_can_be_opened(sheet: Sheet) -> None:
    reader = pypdf.PdfReader(BytesIO(export(sheet, "pdf")))
    assert "x\ufffdx\ufffd" in "".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize("into", ["md", "html"])
def test_texts_hold_none(sheet: Sheet, into: str) -> None:
    assert clean(export(sheet, into).decode())  # type: ignore[arg-type]


def test_what_is_copied_holds_none(sheet: Sheet) -> None:
    assert clean(plain_text(sheet))
    assert clean(html_fragment(sheet))
