"""Answers on paper: what is written is read again, and every citation is followed to the stored text."""

from __future__ import annotations

import html as markup
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import pypdf
import pytest
import regex
from docx import Document
from hypothesis import example, given, settings
from hypothesis import strategies as some
from lxml import etree
from markdown_it import MarkdownIt

from kb import KnowledgeBase
from kb.records import Conflict, Filters, Finding, Statement, Verdict
from kb.user_records import Conversation, Exchange, answer_key
from lang.languages import LANGUAGES, Language
from tests.ui.export.conftest import COST, DAY, QUESTIONS, W, footnotes, marked, sheet_of
from tests.ui.links import AT, folded, stands
from ui.components.i18n import strings
from ui.export import FORMATS, answer_sheet, export
from ui.export.text_formats import html_fragment, plain_text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_footnote_of_the_word_document_leads_to_the_quoted_words(kb: KnowledgeBase, talk: Conversation, language: Language) -> None:
    docx = export(sheet_of(kb, talk, language), "docx")
    notes = footnotes(docx)
    quotes = marked(docx)
    assert {n for _, ids in quotes for n in ids} == notes.keys() == set(range(1, len(notes) + 1))
    for text, ids in quotes:
        for n in ids:
            assert folded(stands(kb, notes[n][1])) in folded(text)
    first = next(notes[ids[0]] for text, ids in quotes if COST in text)
    words = strings(language)
    for said in (words("place.page", label="1"), words.date(date(2025, 3, 5)), words("place.version", version=1), words("status.verified")):
        assert said in first[0]
    assert "Article 2" in first[0]


def test_every_style_that_the_word_document_uses_is_in_it(kb: KnowledgeBase, talk: Conversation) -> None:
    with zipfile.ZipFile(BytesIO(export(sheet_of(kb, talk), "docx"))) as package:
        defined = {style.get(f"{W}styleId") for style in etree.fromstring(package.read("word/styles.xml")).iter(f"{W}style")}
        for part in ("word/document.xml", "word/footnotes.xml"):
            root = etree.fromstring(package.read(part))
            used = {e.get(f"{W}val") for tag in ("pStyle", "rStyle") for e in root.iter(f"{W}{tag}")}
            assert used <= defined, used - defined


def test_a_source_that_is_quoted_again_keeps_its_footnote(kb: KnowledgeBase, talk: Conversation) -> None:
    twice = [ids for text, ids in marked(export(sheet_of(kb, talk), "docx")) if COST in text]
    assert len(twice) >= 2
    assert twice[0] == twice[-1] == [1]


def test_the_word_document_opens_with_its_headings_in_order(kb: KnowledgeBase, talk: Conversation) -> None:
    document = Document(BytesIO(export(sheet_of(kb, talk, "hi"), "docx")))
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 2"] == list(QUESTIONS)
    assert document.paragraphs[0].text == strings("hi")("note.conversation")
    assert document.core_properties.language == "hi-IN"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_link_of_the_pdf_leads_to_words_that_stand_in_it(kb: KnowledgeBase, talk: Conversation, language: Language) -> None:
    sheet = sheet_of(kb, talk, language)
    reader = pypdf.PdfReader(BytesIO(export(sheet, "pdf")))
    links = [
        annotation.get_object()["/A"]["/URI"]
        for page in reader.pages
        for annotation in page.get("/Annots") or []
        if "/URI" in annotation.get_object().get("/A", {})
    ]
    passages = {link for link in links if "passage" in link}
    assert passages == {r.link for r in sheet.references}
    text = folded("".join(page.extract_text() for page in reader.pages))
    for link in passages:
        quote = stands(kb, link)
        # pypdf does not read the ActualText by which shaped Devanagari is told (see docs/extraction.md).
        assert folded(quote) in text or regex.search(r"\p{Devanagari}", quote)
    assert {link for link in links if "answer" in link} == {f"{AT}/?answer={answer_key(talk.id, n)}" for n in range(len(QUESTIONS))}
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith(language)


def test_each_footnote_of_the_markdown_is_defined_and_leads_to_the_quoted_words(kb: KnowledgeBase, talk: Conversation) -> None:
    written = export(sheet_of(kb, talk), "md").decode()
    defined = {int(n): link for n, link in regex.findall(r"^\[\^(\d+)\]: .*\(<(.+?)>\)$", written, regex.MULTILINE)}
    seen = set()
    for line in written.splitlines():
        if line.startswith("> “"):
            said = regex.sub(r"\\(?=[[:punct:]])", "", line)
            for n in map(int, regex.findall(r"\[\^(\d+)\]", line)):
                assert folded(stands(kb, defined[n])) in folded(said)
                seen.add(n)
    assert seen == set(defined)


def test_each_source_of_the_web_page_leads_to_the_quoted_words(kb: KnowledgeBase, talk: Conversation) -> None:
    root = etree.fromstring(export(sheet_of(kb, talk, "ja"), "html"), etree.HTMLParser(encoding="utf-8"))
    links = {item.get("id"): item.xpath(".//a/@href")[-1] for item in root.iter("li") if item.get("id")}
    quotes = root.xpath("//blockquote")
    assert quotes
    for quote in quotes:
        for anchor in quote.xpath(".//sup/a/@href"):
            assert folded(stands(kb, links[anchor.removeprefix("#")])) in folded("".join(quote.itertext()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_note_has_question_quote_standing_source_and_date_in_the_language_of_the_interface(
    kb: KnowledgeBase, talk: Conversation, language: Language
) -> None:
    words = strings(language)
    sheet = answer_sheet(kb, answer_key(talk.id, 0), talk.exchanges[0], words, today=DAY, address=AT)
    note = plain_text(sheet)
    source = next(line for line in note.splitlines() if line.startswith("[1] "))
    assert QUESTIONS[0] in note
    quoted = " ".join(talk.exchanges[0].answer.statements[0].text.split())
    assert COST in quoted
    assert f"1. “{quoted}” [1]" in " ".join(note.split())
    assert f"({words('standing.agreed')} · ✓ {words('status.verified')})" in note
    for said in ("MEMORANDUM OF COOPERATION", "Article 2", words("place.page", label="1"), words.date(date(2025, 3, 5))):
        assert said in source
    assert words("place.version", version=1) in source
    assert words.date(DAY) in note
    assert f"{AT}/?answer={answer_key(talk.id, 0)}" in note
    assert "{" not in note
    copied = html_fragment(sheet)
    assert markup.escape(COST) in copied
    assert {stands(kb, link) for link in regex.findall(r'href="([^"]+passage[^"]+)"', copied)} == {
        c.quote for s in talk.exchanges[0].answer.statements for c in s.citations
    }


def test_what_a_paper_says_becomes_no_markup_in_any_kind_of_file(kb: KnowledgeBase) -> None:
    hostile = "<script>alert(1)</script> ![x](http://harbour.invalid/x.png) [y](http://harbour.invalid) #pagebreak() $x$ *b* `c`"
    answer = kb.answer(QUESTIONS[0])
    first = answer.statements[0]
    said = replace(answer, statements=(replace(first, text=hostile),))
    talk = Conversation("a" * 22, (Exchange(hostile, Filters(), said, True),), hostile)
    sheet = sheet_of(kb, talk)
    page = export(sheet, "html").decode()
    assert "<script" not in page
    assert "harbour.invalid" not in "".join(regex.findall(r'(?:href|src)="[^"]*"', page))
    rendered = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(export(sheet, "md").decode())
    assert "<script" not in rendered
    assert "<img" not in rendered
    assert "harbour.invalid" not in "".join(regex.findall(r'(?:href|src)="[^"]*"', rendered))
    reader = pypdf.PdfReader(BytesIO(export(sheet, "pdf")))
    assert "#pagebreak()" in "".join(page.extract_text() for page in reader.pages)
    assert all("harbour" not in str(a.get_object().get("/A")) for page in reader.pages for a in page.get("/Annots") or [])
    document = Document(BytesIO(export(sheet, "docx")))
    assert document.paragraphs[0].text == hostile


@settings(max_examples=30, deadline=None)
@given(some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
@example("\ufffe and \uffff are no characters of XML")
@example("0\U0001f3fb, a skin tone of no hand")
@example("private \uf0b7, tag \U000e0041, \x0b\x1b")
def test_any_text_can_be_set_in_every_kind_of_file(kb: KnowledgeBase, text: str) -> None:
    sheet = sheet_of(kb, Conversation("a" * 22, (Exchange(text, Filters()),), text))
    for ending in FORMATS:
        assert export(sheet, ending)
    folded_title = folded(Document(BytesIO(export(sheet, "docx"))).paragraphs[0].text)
    letters = "".join(c for c in folded(text) if c.isalnum())
    assert "".join(c for c in folded_title if c.isalnum()) == letters


def test_a_quote_that_no_longer_stands_is_marked_on_paper(kb: KnowledgeBase, talk: Conversation) -> None:
    answer = talk.exchanges[0].answer
    first = answer.statements[0]
    altered = replace(first, text="The Port pays.", citations=(replace(first.citations[0], quote="The Port pays."),))
    one = Exchange(QUESTIONS[0], Filters(), replace(answer, statements=(altered,)), True)
    note = plain_text(answer_sheet(kb, "k", one, strings("en"), today=DAY, address=AT))
    assert "✗ not found in the source" in note
    assert "✓" not in note


def test_a_written_statement_stands_with_its_quotes_in_the_source_and_says_why_it_is_not_verified(
    kb: KnowledgeBase, talk: Conversation
) -> None:
    answer = talk.exchanges[0].answer
    cited = answer.statements[0].citations[0]
    verdict = Verdict("partial", 0.9, (Finding("number", "fifty", "forty"),))
    written = Statement("The Ministry pays for fifty gauges.", "agreed", (cited,), verdict)
    conflict = Conflict("number", cited, replace(cited, start=cited.start + 4, quote=cited.quote[4:]), "a", "b", "open", "They disagree.")
    one = Exchange(QUESTIONS[0], Filters(), replace(answer, statements=(written,), conflicts=(conflict,)), True)
    sheet = answer_sheet(kb, "k", one, strings("en"), today=DAY, address=AT)
    note = plain_text(sheet)
    assert "The Ministry pays for fifty gauges. [1]" in note
    assert "fifty" in note.split("(agreed", 1)[1].split(")")[0]
    assert "They disagree. [1][2]" in note
    assert all(r.quote for r in sheet.references)
    notes = footnotes(export(sheet, "docx"))
    assert [cited.quote in notes[n][0] for n in (1, 2)] == [True, False]
    assert len(pypdf.PdfReader(BytesIO(export(sheet, "pdf"))).pages) == 1
