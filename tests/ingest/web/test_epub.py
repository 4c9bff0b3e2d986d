"""A book: its chapters in order, what it declares of itself, its notes and its printed pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingest.discover import discover
from ingest.pipeline import read_documents
from ingest.records import Document, Limits, RawDocument, Source
from ingest.web.epub import read_epub
from tests.ingest.books import chapter, epub, nav, ncx

GAUGES = "<h1>Flood gauges</h1><p>Forty gauges stand along the river Lahar.</p>"
COSTS = "<h1>Costs</h1><p>The city pays forty per cent.</p>"


def read(data: bytes, limits: Limits = Limits()) -> RawDocument:
    return read_epub(data, Source("/papers/plan.epub", "0" * 64, "epub", len(data)), limits)


def texts(document: RawDocument) -> list[str]:
    return [block.text for page in document.pages for block in page.blocks]


def labels(document: RawDocument) -> list[str]:
    return [page.label for page in document.pages]


def test_chapters_are_pages_in_the_order_of_the_spine_named_by_the_table_of_contents() -> None:
    contents = nav([("one.xhtml", "Flood gauges"), ("two.xhtml", "Costs")])
    book = epub({"two.xhtml": chapter(COSTS), "one.xhtml": chapter(GAUGES)}, spine=["one.xhtml", "two.xhtml"], nav_document=contents)
    document = read(book)
    assert labels(document) == ["Flood gauges", "Costs"]
    assert [[(block.role, block.level, block.text) for block in page.blocks] for page in document.pages] == [
        [("heading", 1, "Flood gauges"), ("paragraph", 0, "Forty gauges stand along the river Lahar.")],
        [("heading", 1, "Costs"), ("paragraph", 0, "The city pays forty per cent.")],
    ]


def test_what_the_book_declares_is_kept_apart_from_its_text() -> None:
    document = read(epub({"one.xhtml": chapter(GAUGES)}, language="mr-IN"))
    hints = document.hints
    assert (hints.title, hints.authors, hints.language) == ("The River Plan", ("Aparna Desai",), "mr")
    assert (hints.published, hints.publisher) == (date(2024, 5, 17), "Lahargad Press")
    assert not {"The River Plan", "Aparna Desai", "Lahargad Press"} & set(texts(document))


def test_the_day_of_publication_goes_before_that_of_a_change() -> None:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf" version="2.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Plan</dc:title><dc:creator>Unknown</dc:creator>'
        '<dc:date opf:event="modification">2025-01-02</dc:date><dc:date opf:event="publication">2020-03-04</dc:date></metadata>'
        '<manifest><item id="a" href="one.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    hints = read(epub({"one.xhtml": chapter(GAUGES)}, package=package)).hints
    assert (hints.published, hints.authors) == (date(2020, 3, 4), ())


@pytest.mark.parametrize(
    ("language", "heading", "text"),
    [
        ("mr", "पूरमापके", "लहर नदीकाठी चाळीस पूरमापके आहेत."),
        ("hi", "बाढ़ मापक", "लहर नदी के किनारे चालीस मापक लगे हैं।"),
        ("en", "Flood gauges", "Forty gauges stand along the river."),
        ("ja", "水位計", "川沿いに四十基の水位計がある。"),
    ],
)
def test_a_book_in_each_language_is_found_told_by_its_bytes_and_understood(tmp_path: Path, language: str, heading: str, text: str) -> None:
    path = tmp_path / "plan.bin2"
    path.write_bytes(epub({"one.xhtml": chapter(f"<h1>{heading}</h1><p>{text * 3}</p>")}, language=language, title=heading))
    (source,) = discover([path], Limits())
    assert isinstance(source, Source)
    assert source.media == "epub"
    (document,) = read_documents([path])
    assert isinstance(document, Document)
    assert (document.facts.title, document.facts.language) == (heading, language)
    assert text in document.text


def test_a_passage_carries_the_chapter_that_it_stands_in(tmp_path: Path) -> None:
    contents = nav([("one.xhtml", "Flood gauges"), ("two.xhtml", "Costs")])
    path = tmp_path / "plan.epub"
    path.write_bytes(epub({"one.xhtml": chapter(GAUGES), "two.xhtml": chapter(COSTS)}, nav_document=contents))
    (document,) = read_documents([path])
    assert isinstance(document, Document)
    block = next(block for block in document.blocks if "forty per cent" in block.text)
    assert document.facts.title == "The River Plan"
    assert (block.path, document.pages[block.page - 1].label) == (("Costs",), "Costs")


def test_covers_contents_and_scripts_are_not_text() -> None:
    documents = {
        "cover.xhtml": chapter('<section epub:type="cover"><h1>THE RIVER PLAN</h1><img src="c.jpg" alt=""/></section>'),
        "front.xhtml": chapter("<p>Lahargad Press presents</p>"),
        "toc.xhtml": chapter('<h1>In this book</h1><p><a href="one.xhtml">Flood gauges</a></p><p><a href="two.xhtml">Costs</a></p>'),
        "list.xhtml": chapter("".join(f'<p><a href="{to}.xhtml">Chapter {to}</a></p>' for to in ("one", "two", "three"))),
        "one.xhtml": chapter(f"<script>x()</script>{GAUGES}"),
        "two.xhtml": chapter(COSTS),
        "three.xhtml": chapter("<p>The end.</p>"),
    }
    guide = '<reference type="cover" href="front.xhtml"/><reference type="toc" href="toc.xhtml"/>'
    contents = nav([("one.xhtml", "Flood gauges")], '<nav epub:type="landmarks"><ol><li><a href="one.xhtml">Begin</a></li></ol></nav>')
    book = epub(documents, spine=["cover.xhtml", "nav.xhtml", *list(documents)[1:]], nav_document=contents, guide=guide)
    assert texts(read(book)) == [
        "Flood gauges", "Forty gauges stand along the river Lahar.", "Costs", "The city pays forty per cent.", "The end.",
    ]  # fmt: skip


def test_a_chapter_that_the_book_calls_its_cover_is_kept_when_it_holds_text() -> None:
    guide = '<reference type="cover" href="one.xhtml"/>'
    assert len(texts(read(epub({"one.xhtml": chapter(f"<p>{'The gauges stand. ' * 40}</p>")}, guide=guide)))) == 1


def test_titles_of_the_table_of_contents_are_headings_where_the_text_has_none() -> None:
    entries = [
        ("one.xhtml", "Flood gauges"),
        ("two.xhtml", "Costs"),
        ("three.xhtml#b", "Staff"),
        ("three.xhtml#c", "Training"),
        ("four.xhtml", "4"),
    ]
    documents = {
        "one.xhtml": chapter('<p class="big">Flood gauges</p><p>Forty stand.</p>'),
        "two.xhtml": chapter('<img src="title.png" alt=""/><p>Forty per cent.</p>'),
        "four.xhtml": chapter("<p>CHAPTER FOUR</p><p>Pumps stand at the harbour.</p>"),
        "three.xhtml": chapter('<p><a id="b"></a>Staff</p><p>Ten people.</p><p id="c">Training</p><p>Two weeks.</p>'),
    }
    document = read(epub(documents, ncx_document=ncx(entries)))
    assert [(block.role, block.text) for page in document.pages for block in page.blocks] == [
        ("heading", "Flood gauges"), ("paragraph", "Forty stand."), ("heading", "Costs"), ("paragraph", "Forty per cent."),
        ("paragraph", "CHAPTER FOUR"), ("paragraph", "Pumps stand at the harbour."),
        ("heading", "Staff"), ("paragraph", "Ten people."), ("heading", "Training"), ("paragraph", "Two weeks."),
    ]  # fmt: skip
    assert labels(document) == ["Flood gauges", "Costs", "4", "Staff", "Training"]


def test_the_files_of_one_chapter_are_one_page_and_chapters_of_a_part_stand_below_it() -> None:
    contents = chapter(
        '<nav epub:type="toc"><ol><li><a href="part.xhtml">Part One</a>'
        '<ol><li><a href="one.xhtml">Flood gauges</a></li></ol></li></ol></nav>'
    )
    documents = {
        "part.xhtml": chapter("<h1>Part One</h1>"),
        "one.xhtml": chapter(GAUGES),
        "one-b.xhtml": chapter("<p>They are read each hour.</p>"),
    }
    document = read(epub(documents, nav_document=contents))
    assert labels(document) == ["Part One", "Flood gauges"]
    assert document.pages[1].blocks[0].level == 2
    assert document.pages[1].blocks[-1].text == "They are read each hour."


def test_pages_of_the_paper_edition_are_pages_and_a_paragraph_stays_whole() -> None:
    mark = '<span epub:type="pagebreak" id="p{0}" title="{0}"/>'
    documents = {
        "front.xhtml": chapter("<p>To the people of Lahargad.</p>"),
        "one.xhtml": chapter(f"{mark.format(11)}{GAUGES}<p>They are read {mark.format(12)}each hour.</p><p>Ten people do so.</p>"),
        "two.xhtml": chapter(
            f"<h2>Staff</h2><table><tr><td>a</td><td>1</td></tr><tr><td>b{mark.format(13)}</td><td>2</td></tr></table><p>End.</p>"
        ),
    }
    document = read(epub(documents))
    assert [(page.number, page.label, [block.text for block in page.blocks]) for page in document.pages] == [
        (1, "1", ["To the people of Lahargad."]),
        (2, "11", ["Flood gauges", "Forty gauges stand along the river Lahar.", "They are read each hour."]),
        (3, "12", ["Ten people do so.", "Staff", "a: 1", "b: 2"]),
        (4, "13", ["End."]),
    ]


def test_a_page_list_of_the_old_kind_names_the_pages() -> None:
    documents = {"one.xhtml": chapter('<p id="x">One.</p><p>Two.<a id="y"></a></p><p>Three.</p>')}
    document = read(epub(documents, ncx_document=ncx([("one.xhtml", "All")], [("one.xhtml#x", "iv"), ("one.xhtml#y", "v")])))
    assert [(page.label, [block.text for block in page.blocks]) for page in document.pages] == [
        ("iv", ["All", "One.", "Two."]), ("v", ["Three."]),
    ]  # fmt: skip


def test_notes_stand_behind_the_text_and_their_numbers_are_not_in_the_words() -> None:
    body = (
        '<p>The river<a epub:type="noteref" href="#n1">1</a> rose.</p><aside epub:type="footnote" id="n1"><p>1. In the monsoon.</p></aside>'
        '<p>It fell<sup><a id="r2" href="notes.xhtml#n2">2</a></sup>, as <a href="two.xhtml">chapter 2</a> says.</p>'
    )
    notes = '<h1>Notes</h1><p id="n2"><a href="one.xhtml#r2">2</a>. By two metres. <a epub:type="backlink" href="one.xhtml#r2">↩</a></p>'
    document = read(epub({"one.xhtml": chapter(body), "two.xhtml": chapter(COSTS), "notes.xhtml": chapter(notes)}))
    assert [(block.role, block.text) for block in document.pages[0].blocks] == [
        ("paragraph", "The river rose."), ("paragraph", "It fell, as chapter 2 says."), ("footnote", "[1] In the monsoon."),
    ]  # fmt: skip
    assert [(block.role, block.text) for block in document.pages[2].blocks] == [("heading", "Notes"), ("footnote", "[2] By two metres.")]


def test_a_document_that_only_a_link_leads_to_is_read_last() -> None:
    documents = {"one.xhtml": chapter('<p>See <a href="annex.xhtml">the annex</a>.</p>'), "annex.xhtml": chapter("<p>Annex words.</p>")}
    assert texts(read(epub(documents, spine=["one.xhtml"]))) == ["See the annex.", "Annex words."]


def test_vertical_japanese_reads_on_and_ruby_is_not_mixed_into_the_words() -> None:
    head = '<style>html { writing-mode: vertical-rl; }</style><link rel="stylesheet" href="tate.css"/>'
    body = (
        "<h1><ruby>防<rt>ぼう</rt>災<rt>さい</rt></ruby>計画</h1><p><ruby><rb>水位計</rb><rp>（</rp><rt>すいいけい</rt><rp>）</rp></ruby>は\n"
        '<ruby>橋\n  <rt>はし</rt></ruby>に置く。令和<span class="tcy">12</span>年<ruby>風浜<rtc><rt>かぜはま</rt></rtc></ruby>市。</p>'
    )
    assert texts(read(epub({"one.xhtml": chapter(body, head=head)}, language="ja"))) == ["防災計画", "水位計は橋に置く。令和12年風浜市。"]


def test_lists_and_tables_are_read_as_on_a_web_page() -> None:
    body = (
        '<ol start="3"><li>Repair the pier</li></ol><table><tr><th>Ward</th><th>Litres</th></tr><tr><td>North</td><td>4</td></tr></table>'
    )
    document = read(epub({"one.xhtml": chapter(body)}))
    assert [(b.role, b.text) for b in document.pages[0].blocks] == [
        ("list_item", "3. Repair the pier"),
        ("table_row", "Ward: North · Litres: 4"),
    ]


def test_named_characters_and_markup_that_is_not_sound_xml_lose_nothing() -> None:
    documents = {
        "one.xhtml": chapter("<p>Water&nbsp;&eacute;tude &amp; &lt;b&gt;</p>"),
        "two.xhtml": "<html><body><p>Open <b>bold<p>Next</body>",
    }
    assert texts(read(epub(documents))) == ["Water étude & <b>", "Open bold", "Next"]


def test_the_title_in_the_text_is_the_title() -> None:
    roles = [
        block.role for block in read(epub({"t.xhtml": chapter("<h1>The River Plan</h1>"), "one.xhtml": chapter(GAUGES)})).pages[0].blocks
    ]
    assert roles == ["title"]
