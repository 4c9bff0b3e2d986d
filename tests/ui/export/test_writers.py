"""Every kind of block in every format: what is written is worked out by hand."""

from __future__ import annotations

from io import BytesIO

import pypdf
from docx import Document

from ui.components.i18n import strings
from ui.export import Sheet, export
from ui.export.blocks import Heading, List, Paragraph, Said, Table
from ui.export.citations import Marks, Reference
from ui.export.text_formats import html_fragment, plain_text

SOURCE = Reference(1, "A paper, p. 1.", "“so *much*”", "en", "✓ verified", "http://x.example/?passage=1.1.0.4")
BLOCKS = (
    Heading(2, Said("Who pays?")),
    Paragraph("small", Said("a remark")),
    Paragraph("strong", Said("No.")),
    Paragraph("line", Said("भाग", "hi", (Marks(SOURCE, True),), quoted=True), under="agreed"),
    Paragraph("line", Said("said", "en", (Marks(SOURCE, False),), "⚠ not found"), number="1."),
    Paragraph("bullet", Said("a point")),
    Paragraph("option", Said("a choice"), number="a)"),
    Paragraph("text", None),
    List("steps", ((Said("ask"),), (Said("wait"), Said("long"), Said("very"))), "How"),
    List("letter", ((Said("Dear"), Said("Sir")), (Said("Yours"),))),
    Table(("a|b", "c"), (((Said("one"), Said("two")), ()),), (0.5, 0.5), "What"),
    Paragraph("small", Said("Open it", link="http://x.example/")),
)
SHEET = Sheet("A title", "en", ("today",), BLOCKS, (SOURCE,), strings("en"), "The basis.")


def test_markdown_has_each_block_in_its_own_marks() -> None:
    assert export(SHEET, "md").decode().split("\n\n") == [
        "# A title", "today", "## Who pays?", "*a remark*", "**No.**", "> भाग[^1]\n>\n> *agreed*",
        "1\\. **⚠ not found:** said[^1]", "- a point", "a) a choice", "", "**How**", "1. ask\n2. wait: long · very",
        "Dear Sir", "Yours", "**What**", "| a\\|b | c |\n| --- | --- |\n| one two |  |", "[Open it](<http://x.example/>)", "The basis.",
        "[^1]: A paper, p. 1. “so \\*much\\*” ✓ verified · [Open the source](<http://x.example/?passage=1.1.0.4>)\n",
    ]  # fmt: skip


def test_a_web_page_has_each_block_in_its_own_tag() -> None:
    assert html_fragment(SHEET, anchors=True).splitlines() == [
        "<h1>A title</h1>", "<p>today</p>", "<h2>Who pays?</h2>", "<p><small>a remark</small></p>", "<p><strong>No.</strong></p>",
        '<blockquote><span lang="hi">भाग</span><sup><a href="#source-1">[1]</a></sup></blockquote><p><small>agreed</small></p>',
        '<p>1. <strong>⚠ not found:</strong> <span lang="en">said</span><sup><a href="#source-1">[1]</a></sup></p>',
        "<ul><li>a point</li></ul>", "<p>a) a choice</p>", "<p>–</p>", "<p>How</p><ol><li>ask</li><li>wait: long · very</li></ol>",
        "<p>Dear Sir</p><p>Yours</p>",
        '<p>What</p><table><thead><tr><th scope="col">a|b</th><th scope="col">c</th></tr></thead>'
        "<tbody><tr><td>one<br>two</td><td></td></tr></tbody></table>",
        '<p><small><a href="http://x.example/">Open it</a></small></p>', "<h2>Sources</h2>",
        '<ol><li id="source-1">A paper, p. 1. <span lang="en">“so *much*”</span> ✓ verified · '
        '<a href="http://x.example/?passage=1.1.0.4">Open the source</a></li></ol>',
        "<p><small>The basis.</small></p>",
    ]  # fmt: skip


def test_plain_text_numbers_what_is_said_and_ends_with_the_link() -> None:
    assert plain_text(SHEET).split("\n\n") == [
        "A title", "today", "Question: Who pays?", "a remark", "No.", "1. भाग [1]\n   (agreed)", "2. 1. ⚠ not found: said [1]", "- a point",
        "a) a choice", "–", "How\n1. ask\n2. wait: long · very", "Dear Sir", "Yours", "What\na|b\tc\none two\t",
        "Sources\n[1] A paper, p. 1. “so *much*” ✓ verified\n    http://x.example/?passage=1.1.0.4", "The basis.",
        "Open it: http://x.example/\n",
    ]  # fmt: skip


def test_the_word_document_and_the_pdf_hold_every_block() -> None:
    document = Document(BytesIO(export(SHEET, "docx")))
    said = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]
    assert said == [
        ("Heading 1", "A title"), ("Setu Small", "today"), ("Heading 2", "Who pays?"), ("Setu Small", "a remark"), ("Normal", "No."),
        ("Setu Quote", "भाग"), ("Setu Standing", "agreed"), ("Normal", "1.\N{NO-BREAK SPACE}⚠ not found: said1"),
        ("List Bullet", "a point"), ("Setu Quote", "a)\N{NO-BREAK SPACE}a choice"), ("Normal", "–"),
        ("Normal", "How"), ("Normal", "1. ask"),
        ("Normal", "2. wait: long · very"), ("Normal", "Dear Sir"), ("Normal", "Yours"), ("Normal", "What"), ("Normal", ""),
        ("Setu Small", "Open it"), ("Setu Small", "The basis."),
    ]  # fmt: skip
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [["a|b", "c"], ["one\ntwo", ""]]
    text = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(export(SHEET, "pdf"))).pages).split())
    for words in ("A title", "a remark", "agreed", "⚠ not found", "a choice", "wait: long · very", "Dear Sir", "one", "The basis."):
        assert words in text
