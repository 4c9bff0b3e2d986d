"""What a skill laid out stands on paper as it was laid out: letters as paragraphs, tables as tables, each cell with its sources."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO

import pypdf
import pytest
from docx import Document
from lxml import etree
from markdown_it import MarkdownIt

from kb import KnowledgeBase
from kb.records import Answer, Block, Cell, Filters, Status, Verdict
from kb.user_records import Conversation, Exchange
from tests.ui.export.conftest import COST, QUESTIONS, W, footnotes, marked, sheet_of
from tests.ui.links import AT, folded, stands
from ui.components.i18n import strings
from ui.export import draft_sheet, export
from ui.export.text_formats import plain_text

LETTER = Block("letter", rows=((Cell("Dear Sir/Madam,"),), (Cell(f"Article 2: “{COST}”", (0,)),), (Cell("Yours faithfully,"),)))
BLOCKS = (
    Block("text", "Who pays"),
    Block(
        "table",
        columns=("Matter", "a|b"),
        rows=((Cell("cost"), Cell("the Ministry | all of it", (0,))), (Cell("tea"), Cell("says nothing"))),
    ),
    Block("points", "In short", rows=((Cell("cost"), Cell("the Ministry", (0,))), (Cell("no more"),))),
    Block("steps", rows=((Cell("ask"),), (Cell("wait"),))),
    Block("options", items=("Who pays?",)),
)


@pytest.fixture(scope="module")
def answer(kb: KnowledgeBase) -> Answer:
    found = kb.answer(QUESTIONS[0])
    return replace(found, statements=found.statements[:1], blocks=BLOCKS, skill="table")


def exchange(answer: Answer, **changes: object) -> Exchange:
    return Exchange(QUESTIONS[0], Filters(), replace(answer, **changes), True)  # type: ignore[arg-type]


def talk_of(answer: Answer) -> Conversation:
    return Conversation("a" * 22, (exchange(answer),))


@pytest.mark.parametrize(("status", "support"), [("verified", 0.9), ("partial", 0.3), ("unsupported", 0.1)])
def test_what_a_model_wrote_in_a_cell_and_is_not_borne_out_says_so(
    kb: KnowledgeBase, answer: Answer, status: Status, support: float
) -> None:
    written = replace(answer.statements[0], text="the Ministry | all of it", verdict=Verdict(status, support))
    made = plain_text(sheet_of(kb, talk_of(replace(answer, statements=(written,)))))
    assert (f"{strings('en')(f'status.{status}')}: the Ministry | all of it" in made) is (status != "verified")


def test_the_word_document_has_a_real_table_whose_cells_have_their_footnotes(kb: KnowledgeBase, answer: Answer) -> None:
    made = export(sheet_of(kb, talk_of(answer)), "docx")
    (table,) = Document(BytesIO(made)).tables
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert [row[0] for row in cells] == ["Matter", "cost", "tea"]
    assert cells[1][1].startswith("the Ministry | all of it")
    assert cells[2][1] == "says nothing"
    notes = footnotes(made)
    assert list(notes) == [1]
    assert stands(kb, notes[1][1]) == answer.statements[0].citations[0].quote
    assert folded(COST) in folded(notes[1][0])  # the words do not stand on the paper
    assert [ids for text, ids in marked(made) if "the Ministry" in text] == [[1], [1]]
    said = [paragraph.text for paragraph in Document(BytesIO(made)).paragraphs]
    assert "Who pays" in said
    assert any(text.startswith("• cost: the Ministry") for text in said)
    assert {"1. ask", "2. wait", "• Who pays?"} <= set(said)


def test_markdown_and_web_page_have_the_table_and_the_lists(kb: KnowledgeBase, answer: Answer) -> None:
    sheet = sheet_of(kb, talk_of(answer))
    for page in (export(sheet, "html").decode(), MarkdownIt("gfm-like", {"linkify": False}).render(export(sheet, "md").decode())):
        root = etree.fromstring(page, etree.HTMLParser())
        assert ["".join(cell.itertext()) for cell in root.iter("th")] == ["Matter", "a|b"]
        assert ["".join(cell.itertext())[:24] for cell in root.iter("td")][1] == "the Ministry | all of it"
        assert len(root.xpath("//ul")) == 2
        assert "".join(root.xpath("//ol")[0].itertext()).split() in (["ask", "wait"], ["askwait"])


def test_the_copied_note_has_a_table_that_a_spreadsheet_takes_up_and_what_no_block_shows_as_quotes(
    kb: KnowledgeBase, answer: Answer
) -> None:
    note = plain_text(sheet_of(kb, talk_of(answer)))
    assert "cost\tthe Ministry | all of it [1]" in note
    assert "- cost: the Ministry [1]" in note
    assert "1. ask\n2. wait" in note
    assert "✓ verified)" not in note
    alone = plain_text(sheet_of(kb, talk_of(replace(answer, blocks=BLOCKS[:1]))))
    assert "✓ verified)" in alone


def test_the_pdf_shows_the_cells(kb: KnowledgeBase, answer: Answer) -> None:
    reader = pypdf.PdfReader(BytesIO(export(sheet_of(kb, talk_of(answer)), "pdf")))
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())
    for said in ("Who pays", "the Ministry | all of it", "says nothing", "ask", COST):
        assert said in text


def test_a_draft_by_itself_is_the_letter_with_its_sources_and_nothing_of_ours(kb: KnowledgeBase, answer: Answer) -> None:
    one = exchange(answer, skill="draft", blocks=(Block("text", "A draft to be checked."), LETTER))
    sheet = draft_sheet(kb, "k", one, strings("en"), address=AT)
    assert sheet is not None
    made = export(sheet, "docx")
    said = [paragraph.text for paragraph in Document(BytesIO(made)).paragraphs]
    assert said == ["Dear Sir/Madam,", f"Article 2: “{COST}”", "Yours faithfully,"]
    assert stands(kb, footnotes(made)[1][1]) == answer.statements[0].citations[0].quote
    with zipfile.ZipFile(BytesIO(made)) as package:
        defined = {style.get(f"{W}styleId") for style in etree.fromstring(package.read("word/styles.xml")).iter(f"{W}style")}
        used = {e.get(f"{W}val") for e in etree.fromstring(package.read("word/document.xml")).iter(f"{W}pStyle", f"{W}rStyle")}
    assert used <= defined
    note = plain_text(sheet)
    assert note.startswith("Dear Sir/Madam,")
    assert f"“{COST}” [1]" in note
    assert QUESTIONS[0] not in note
    for ending in ("pdf", "md", "html"):
        assert export(sheet, ending)  # type: ignore[arg-type]


def test_an_answer_that_is_no_draft_has_no_letter(kb: KnowledgeBase, answer: Answer) -> None:
    assert draft_sheet(kb, "k", exchange(answer), strings("en"), address=AT) is None
    assert draft_sheet(kb, "k", Exchange("?", Filters()), strings("en"), address=AT) is None
