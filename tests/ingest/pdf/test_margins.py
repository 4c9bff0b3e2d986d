"""What stands around a text: kept as a hint, out of the text, and asked who brought the paper out."""

from __future__ import annotations

from pathlib import Path

import docx

from ingest.document.build import read_as
from ingest.extract.title_rules import find_publisher
from ingest.pdf.headers_and_footnotes import Sheet, running_words, without_running_lines
from ingest.pdf.text_lines import Line
from ingest.pipeline import read_documents
from ingest.records import Document, Hints, Kind

PAGE = """<html><head><title>E-paper | Login</title></head><body>
<header><a href="/">The Penwith Courier</a><nav><ul><li>News</li><li>Sport</li></ul></nav></header>
<article><h1>Lido to open again after nine years</h1>
<p>The lido at Porthmellin will open again in May, the town council said on Friday. Its pool was closed in 2016, when the sea broke the
wall that keeps it apart from the harbour, and has been empty since then.</p>
<p>The council has put in two million pounds. Swimmers will pay four pounds a visit, said the mayor, and children swim free.</p></article>
<footer>All rights reserved by the Courier Press</footer></body></html>"""


def read(path: Path) -> Document:
    (found,) = read_documents([path])
    assert isinstance(found, Document)
    return found


def letter(path: Path) -> Path:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "Porthmellin Harbour Trust"
    made.sections[0].footer.paragraphs[0].text = "2"
    made.add_heading("Rules for the use of the slipway", 0)
    for line in ("Boats are launched between six in the morning and ten at night.", "The harbour master may close the slipway in a gale."):
        made.add_paragraph(line)
    made.save(str(path))
    return path


def test_a_running_header_of_word_is_no_text_and_names_the_publisher(tmp_path: Path) -> None:
    found = read(letter(tmp_path / "rules.docx"))
    assert found.margins == ("Porthmellin Harbour Trust",)
    assert "Harbour Trust" not in found.text
    assert found.facts.publisher == "Porthmellin Harbour Trust"
    told = found.facts.found.publisher
    assert told is not None
    assert (told.origin, told.start) == ("file", None)


def test_who_stands_in_a_margin_is_no_publisher_of_an_agreement(tmp_path: Path) -> None:
    found = read(letter(tmp_path / "rules.docx"))
    kinds: tuple[Kind, ...] = ("agreement", "report")
    assert [read_as(found, kind).facts.publisher for kind in kinds] == [None, "Porthmellin Harbour Trust"]


def test_the_masthead_of_a_web_page_is_kept_and_its_menu_is_not(tmp_path: Path) -> None:
    file = tmp_path / "lido.html"
    file.write_text(PAGE, encoding="utf-8")
    found = read(file)
    assert found.margins == ("The Penwith Courier", "All rights reserved by the Courier Press")
    assert found.facts.publisher == "Penwith Courier"


def test_running_lines_of_a_pdf_are_told_once_and_page_numbers_never() -> None:
    def line(text: str, top: float) -> Line:
        return Line(text, 60, top, 60 + 6 * len(text), top + 12, 12.0)

    sheets = [
        Sheet((line("Harbour Trust", 20), line(f"Rule {name}.", 400), line(str(page), 780)), 600, 800)
        for page, name in ((1, "a"), (2, "b"))
    ]
    assert running_words(sheets, without_running_lines(sheets)) == ("Harbour Trust",)


def test_the_name_of_a_device_is_no_publisher(tmp_path: Path) -> None:
    found = read(letter(tmp_path / "rules.docx"))
    title = found.facts.found.title
    assert title is not None
    assert find_publisher(found.text, found.blocks, Hints(publisher="scanner-3"), "other", title) is None
    declared = find_publisher(found.text, found.blocks, Hints(publisher="Ministry of Tides"), "other", title)
    assert declared is not None
    assert declared.value == "Ministry of Tides"
