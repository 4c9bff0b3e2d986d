"""A module on paper, as Word document, PDF and Markdown: opened again, and every link followed to the words it stands behind."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO

import pypdf
import pytest
import regex
from docx import Document
from lxml import etree, html
from markdown_it import MarkdownIt

from kb import KnowledgeBase
from lang.languages import Language
from tests.ui.export.conftest import footnotes
from tests.ui.export.training_modules.conftest import BESIDE, DAY, SIGNS, Made, stands, written
from tests.ui.links import AT, folded
from training.records import Entry, Module
from ui.components.i18n import NAMES, strings
from ui.export.blocks import Heading, Paragraph, Said, Sheet, Table
from ui.export.training_modules.module_blocks import module_sheet
from ui.export.training_modules.module_formats import file_name

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def marked(docx: bytes) -> list[tuple[str, list[int], list[int]]]:
    """Each paragraph that has footnotes: its text, the ids of those made there, and of those pointed to again."""
    found = []
    for paragraph in Document(BytesIO(docx)).element.body.iter(f"{W}p"):
        made = [int(mark.get(f"{W}id")) for mark in paragraph.iter(f"{W}footnoteReference")]
        again = [int(regex.search(r"NOTEREF source(\d+)", code.text)[1]) for code in paragraph.iter(f"{W}instrText")]
        if made or again:
            found.append(("".join(t.text for r in paragraph.iter(f"{W}r") for t in r.iter(f"{W}t")), made, again))
    return found


@pytest.mark.parametrize("columns", [False, True])
def test_every_footnote_of_the_word_document_leads_to_the_quoted_words(
    kb: KnowledgeBase, made: Made, language: Language, columns: bool
) -> None:
    module = made(language)
    docx = written(kb, module, "docx", BESIDE[language] if columns else None)
    notes = footnotes(docx)
    lines = marked(docx)
    # Word numbers footnotes as they stand: so must we.
    assert [number for _, new, _ in lines for number in new] == list(range(1, len(notes) + 1)) == sorted(notes)
    words = strings(language)
    where = {number: text for text, new, _ in lines for number in new}
    for text, new, again in lines:
        for number in (*new, *again):
            told, link = notes[number]
            said = folded(stands(kb, link))
            assert any(said in folded(place) for place in (text, told, where[number])), (text, told)
            assert words("status.verified") in told
            assert words("place.version", version=1) in told
    cited = {f"{AT}/?passage={c.document_id}.{c.version}.{c.start}.{c.end}" for c in module.citations()}
    assert {link for _, link in notes.values()} <= cited


def test_the_word_document_ends_with_the_papers_their_versions_dates_and_links(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module = made(language)
    document = Document(BytesIO(written(kb, module, "docx")))
    table = document.tables[-1]
    assert [cell.text for cell in table.rows[0].cells] == [
        strings(language)(f"module.{n}") for n in ("document", "version", "dated", "publisher")
    ]
    links = [document.part.rels[link.get(f"{R}id")].target_ref for link in table._tbl.iter(f"{W}hyperlink")]
    assert len(links) == len(table.rows) - 1 == len({(c.document_id, c.version) for c in module.citations()})
    assert all(stands(kb, link) for link in links)
    assert all(row.cells[1].text == "1" and row.cells[2].text for row in table.rows[1:])


def test_two_languages_stand_in_two_columns_line_by_line(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    document = Document(BytesIO(written(kb, module, "docx", "mr")))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows if len(row.cells) == 2]
    assert rows[0] == [NAMES["en"], NAMES["mr"]]
    cost = next(row for row in rows if "12.40 crore" in row[0])
    assert "१२.४० कोटी" in cost[1]
    assert any(row[1] == "–" for row in rows)
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert strings("en")("module.beside_empty") in text
    assert f"{strings('en')('module.part.briefing')} · {strings('mr')('module.part.briefing')}" in text


def test_the_properties_of_the_word_document_name_title_and_language_and_nobody(kb: KnowledgeBase, made: Made) -> None:
    core = Document(BytesIO(written(kb, made("mr"), "docx"))).core_properties
    assert (core.title, core.language, core.author, core.last_modified_by) == ("पूर इशारा", "mr-IN", "", "")


def test_every_style_that_the_word_document_uses_is_in_it(kb: KnowledgeBase, made: Made) -> None:
    with zipfile.ZipFile(BytesIO(written(kb, made("en"), "docx", "mr"))) as package:
        defined = {style.get(f"{W}styleId") for style in etree.fromstring(package.read("word/styles.xml")).iter(f"{W}style")}
        for part in ("word/document.xml", "word/footnotes.xml"):
            root = etree.fromstring(package.read(part))
            used = {e.get(f"{W}val") for tag in ("pStyle", "rStyle", "tblStyle") for e in root.iter(f"{W}{tag}")}
            assert used <= defined, used - defined


def test_an_unverified_line_says_so_in_words_and_is_counted_under_the_title(kb: KnowledgeBase, hostile: Module) -> None:
    document = Document(BytesIO(written(kb, hostile, "docx")))
    texts = [paragraph.text for paragraph in document.paragraphs]
    bad = [text for text in texts if folded(SIGNS) in folded(text) and "⚠" in text]
    assert len(bad) >= len(hostile.objectives)
    assert any("not borne out" in text for text in texts[:8])


def addresses(pdf: pypdf.PdfReader) -> list[str]:
    """Where the links of a PDF lead."""
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    return [str(note["/A"]["/URI"]) for note in notes if "/URI" in note.get("/A", {})]


@pytest.mark.parametrize("columns", [False, True])
def test_every_link_of_the_pdf_leads_to_a_passage_that_is_cited(kb: KnowledgeBase, made: Made, language: Language, columns: bool) -> None:
    module = made(language)
    beside = BESIDE[language] if columns else None
    pdf = pypdf.PdfReader(BytesIO(written(kb, module, "pdf", beside)))
    paper = module_sheet(kb, module, strings(language), today=DAY, address=AT, beside=beside)
    links = set(addresses(pdf))
    assert links == {reference.link for reference in paper.references} | {text.link for text in said(paper) if text.link}
    quotes = {folded(citation.quote) for citation in module.citations()}
    assert all(folded(stands(kb, link)) in quotes for link in links)


def test_the_pdf_says_its_title_and_language_and_names_nobody(kb: KnowledgeBase, made: Made) -> None:
    pdf = pypdf.PdfReader(BytesIO(written(kb, made("ja"), "pdf")))
    assert pdf.metadata.title == "洪水警報"
    assert not pdf.metadata.author
    assert pdf.trailer["/Root"]["/Lang"] == "ja-JP"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_pdf_holds_the_lines_and_their_sources(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    text = folded("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(written(kb, module, "pdf"))).pages))
    for section in module.handout:
        for line in section.lines:
            if line.language == "en":
                assert folded(line.text)[:40] in text
    assert folded("version 1. ✓ verified") in text or folded("version 1.✓ verified") in text


def test_signs_of_typst_in_a_line_stay_text(kb: KnowledgeBase, hostile: Module) -> None:
    pdf = pypdf.PdfReader(BytesIO(written(kb, hostile, "pdf")))
    text = folded("".join(page.extract_text() for page in pdf.pages))
    assert folded(SIGNS) in text
    assert not [address for address in addresses(pdf) if "harbour.invalid" in address]


def test_every_footnote_of_the_markdown_file_leads_to_the_quoted_words(kb: KnowledgeBase, made: Made, language: Language) -> None:
    text = written(kb, made(language), "md").decode()
    notes = {int(n): (told, link) for n, told, link in regex.findall(r"(?m)^\[\^(\d+)\]: (.*)\[[^\]]*\]\(<(.*)>\)$", text)}
    body = regex.sub(r"(?m)^\[\^\d+\]: .*$", "", text)
    seen: dict[int, str] = {}
    for line in body.splitlines():
        for number in map(int, regex.findall(r"\[\^(\d+)\]", line)):
            seen.setdefault(number, line)
            told, link = notes[number]
            said = folded(stands(kb, link))
            assert any(said in folded(regex.sub(r"\\(.)", r"\1", place)) for place in (line, told, seen[number])), line
    assert sorted(notes) == list(range(1, len(notes) + 1)) == list(seen)


def test_signs_of_markdown_in_a_line_stay_text(kb: KnowledgeBase, hostile: Module) -> None:
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(written(kb, hostile, "md").decode())
    tree = html.fromstring(f"<div>{rendered}</div>")
    assert folded(SIGNS) in folded(tree.text_content())
    assert not tree.xpath("//img | //b | //code")
    assert all(str(link).startswith(f"{AT}/?passage=") for link in tree.xpath("//a/@href"))
    assert len(tree.xpath("//table")) == 3


def said(paper: Sheet) -> list[Said]:
    """Every text of a paper, in order."""
    found: list[Said | None] = []
    for block in paper.blocks:
        if isinstance(block, Table):
            found += [text for row in block.rows for cell in row for text in cell]
        elif isinstance(block, Heading | Paragraph):
            found += [block.said, block.beside]
    return [text for text in found if text is not None]


def test_the_paper_holds_every_part_but_the_slides(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module = made(language)
    paper = module_sheet(kb, module, strings(language), today=DAY, address=AT)
    texts = {text.text for text in said(paper)}
    for part, line in module.lines():
        if part not in ("slides", "quiz"):
            shown = line.in_language(language) or line
            assert shown.text in texts, (part, line.text)
    assert {item.prompt for item in module.quiz if item.kind not in ("match", "order")} <= texts
    numbers = [mark.reference.number for text in said(paper) for mark in text.marks if mark.first]
    assert numbers == list(range(1, len(paper.references) + 1))


def test_a_question_does_not_give_its_key_away(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    blocks = module_sheet(kb, module, strings("en"), today=DAY, address=AT).blocks
    words = strings("en")
    headed = [block.said.text if isinstance(block, Heading) else "" for block in blocks]
    start, end = headed.index(words("module.part.quiz")), headed.index(words("module.answers"))
    asked = blocks[start:end]
    assert not any(text.marks for block in asked if isinstance(block, Paragraph) and (text := block.said))
    offered = {option.text for item in module.quiz for option in item.options}  # of other questions, beside what is wrong there
    for item in module.quiz:
        if item.kind == "cloze" and item.answers[0] not in offered:
            assert not any(item.answers[0] == block.said.text for block in asked if isinstance(block, Paragraph) and block.said)


def test_the_glossary_has_a_column_of_meanings_only_where_a_paper_defines_a_term(kb: KnowledgeBase, made: Made) -> None:
    module, words = made("en"), strings("en")
    first = replace(module.glossary[0], meaning=replace(module.handout[0].lines[0], id="a-meaning"))

    def columns(entries: tuple[Entry, ...]) -> tuple[int, ...]:
        blocks = module_sheet(kb, replace(module, glossary=entries), words, today=DAY, address=AT).blocks
        table = next(each for each in blocks if isinstance(each, Table) and each.head[0] == "English")
        assert (words("module.meaning") in table.head) == (len(table.head) == 5)
        return (len(table.head), len(table.shares), *(len(row) for row in table.rows))

    assert set(columns(tuple(replace(entry, meaning=None) for entry in module.glossary))) == {4}
    assert set(columns((first, *module.glossary[1:]))) == {5}


def test_what_was_dropped_is_on_no_paper(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    section = module.handout[0]
    gone, stays = section.lines[0], section.lines[1]
    lean = replace(
        module,
        briefing=(),
        slides=(),
        quiz=(),
        case=None,
        glossary=(),
        handout=(replace(section, lines=(replace(gone, dropped=True), *section.lines[1:])),),
    )
    text = folded("".join(p.text for p in Document(BytesIO(written(kb, lean, "docx"))).paragraphs))
    assert folded(gone.text) not in text
    assert folded(stays.text) in text


def test_the_name_of_a_paper_in_two_languages_says_both(made: Made) -> None:
    assert file_name(made("en"), "docx", "mr") == "setu-flood-warning-en-mr.docx"
