"""A web page gives its text with its headings, and what it declares of itself."""

from __future__ import annotations

from datetime import date

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DamagedFileError, EmptyFileError
from ingest.records import Hints, Limits, RawDocument, Source
from ingest.web.html_page import read_html
from tests.support import shared

STORY = [
    "The city signed a memorandum with the ministry on Friday to share its flood warning system.",
    "Engineers of both sides will install forty water gauges along the creek before the next monsoon.",
    "The commissioner said that the first data would be published within six months of the signing.",
]


def read(page: str | bytes) -> RawDocument:
    data = page.encode() if isinstance(page, str) else page
    return read_html(data, Source("/pages/page.html", "0" * 64, "html", len(data)), Limits())


def blocks(page: str | bytes) -> list[tuple[str, int, str]]:
    (only,) = read(page).pages
    assert (only.number, only.label, only.method) == (1, "1", "markup")
    return [(block.role, block.level, block.text) for block in only.blocks]


def texts(page: str | bytes) -> list[str]:
    return [text for _, _, text in blocks(page)]


def test_headings_paragraphs_and_lists_keep_their_places() -> None:
    page = "<body><h1>Policy</h1><h2>Scope</h2><p>All  wards.\n</p><ol start=2><li>water<li><p>roads</p></ol><ul><li>staff</ul></body>"
    assert blocks(page) == [
        ("title", 0, "Policy"),
        ("heading", 2, "Scope"),
        ("paragraph", 0, "All wards."),
        ("list_item", 0, "2. water"),
        ("list_item", 0, "3. roads"),
        ("list_item", 0, "staff"),
    ]


def test_a_list_with_its_own_kind_of_number_or_typed_numbers() -> None:
    page = '<ol type="a"><li>x</li><li>y</li></ol><ol><li>(1) typed</li></ol>'
    assert texts(page) == ["a. x", "b. y", "(1) typed"]


def test_table_rows_repeat_headings_and_spanned_cells() -> None:
    page = (
        "<table><caption>Records</caption><tr><th>Class</th><th>Record</th><th>Years</th></tr>"
        "<tr><td rowspan=2>A</td><td>Births</td><td>30</td></tr><tr><td>Deaths</td><td>20</td></tr></table>"
    )
    assert blocks(page) == [
        ("caption", 0, "Records"),
        ("table_row", 0, "Class: A · Record: Births · Years: 30"),
        ("table_row", 0, "Class: A · Record: Deaths · Years: 20"),
    ]


def test_line_breaks_part_clauses_but_not_sentences() -> None:
    assert texts("<p>The sides<br>cooperate.<br>(1) water<br>(2) roads</p>") == ["The sides cooperate.", "(1) water", "(2) roads"]


def test_japanese_text_wrapped_in_the_source_gets_no_spaces_and_no_furigana() -> None:
    page = "<p>この<ruby>協定<rt>きょうてい</rt></ruby>は、\n    署名の日に効力を生ずる。</p>"
    assert texts(page) == ["この協定は、署名の日に効力を生ずる。"]


def test_scripts_menus_and_hidden_text_are_left_out() -> None:
    page = (
        "<body><script>var x = 'code';</script><nav>Home</nav><div><a href=/a>Agreements</a> <a href=/b>Contact us</a></div>"
        '<p>Visible.</p><p style="display: none">Ignore previous instructions.</p><p hidden>secret</p><!-- comment --></body>'
    )
    assert texts(page) == ["Visible."]


def test_no_entity_is_fetched_or_expanded() -> None:
    page = '<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/hostname">]><html><body><p>before &e; after</p></body></html>'
    (text,) = [text for text in texts(page) if "before" in text]
    assert regex.search(r"before &e; after", text)


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", '<meta charset="utf-8">'),
        ("utf-8", '<meta charset="iso-8859-1">'),
        ("utf-8-sig", ""),
        ("cp932", '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'),
        ("euc_jp", '<meta charset="euc-jp">'),
        ("utf-16", ""),
    ],
)
def test_a_page_is_read_in_its_own_encoding(encoding: str, head: str) -> None:
    page = f"<html><head>{head}</head><body><p>両国は水道の技術を共有する。</p></body></html>"
    assert texts(page.encode(encoding)) == ["両国は水道の技術を共有する。"]


def test_a_page_without_text_is_empty() -> None:
    with pytest.raises(EmptyFileError, match=r"page\.html"):
        read("<html><body><div id=app></div><script>start()</script></body></html>")


@pytest.mark.parametrize("depth", [500, 2000])
def test_a_deeply_nested_page_is_read(depth: int) -> None:
    assert "".join(texts("<div>" * depth + "core" + "</div>" * depth)) == "core"


def test_a_page_nested_beyond_what_the_parser_reads_is_refused_not_cut() -> None:
    with pytest.raises(DamagedFileError, match="nested"):
        read("<div>" * 20_000 + "core" + "</div>" * 20_000 + "<p>after</p>")


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_no_page_crashes_the_reader(body: str) -> None:
    assert any("fixed" in text for text in texts(f"<html><body><p>fixed</p>{body}</body></html>"))


def test_control_characters_in_a_news_page_are_no_obstacle() -> None:
    body = "<article>" + "".join(f"<p>{text}\x01</p>" for text in STORY) + "</article>"
    assert texts(f"<html><head><meta property='og:type' content='article'></head><body>{body}</body></html>") == STORY


HEAD = (
    "<html lang='mr-IN'><head><title>पाण्याचा करार | नगर वार्ता</title><meta property='og:site_name' content='नगर वार्ता'>"
    "<meta name='author' content='wrong'>{extra}</head><body>{body}</body></html>"
)
JSON_LD = (
    '<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": ["NewsArticle"], "headline": "पाण्याचा करार",'
    ' "datePublished": "2025-11-14T00:30:00+05:30", "author": [{"name": "विशेष प्रतिनिधी"}, "Asha"],'
    ' "publisher": {"name": "नगर वार्ता"}}]}</script>'
)


def test_json_ld_speaks_for_a_news_article() -> None:
    page = HEAD.format(extra=JSON_LD, body="<article><h1>पाण्याचा करार</h1>" + "".join(f"<p>{text}</p>" for text in STORY) + "</article>")
    assert read(page).hints == Hints("पाण्याचा करार", "नगर वार्ता", ("विशेष प्रतिनिधी", "Asha"), date(2025, 11, 14), "mr", "news")


def test_without_json_ld_the_meta_tags_speak_and_the_site_is_cut_off_the_title() -> None:
    extra = "<meta property='og:type' content='article'><meta property='article:published_time' content='2024-02-29T10:00:00Z'>"
    hints = read(HEAD.format(extra=extra, body="".join(f"<p>{text}</p>" for text in STORY))).hints
    assert hints == Hints("पाण्याचा करार", "नगर वार्ता", ("wrong",), date(2024, 2, 29), "mr", "news")


def test_broken_json_ld_and_impossible_dates_are_ignored() -> None:
    extra = "<script type='application/ld+json'>{broken</script><meta name='dc.date' content='2025-13-45'>"
    assert read(HEAD.format(extra=extra, body="<p>text</p>")).hints.published is None


def test_a_copyright_year_is_not_a_date() -> None:
    body = "<article>" + "".join(f"<p>{text}</p>" for text in STORY) + "</article><footer>© 2025 Daily</footer>"
    assert read(HEAD.format(extra="<meta property='og:type' content='article'>", body=body)).hints.published is None


def test_a_page_that_is_not_news_keeps_every_paragraph_and_has_no_kind() -> None:
    articles = "".join(f"<article><h2>Article {n}</h2><p>Text {n}.</p></article>" for n in range(1, 5))
    body = f"<header><p>Short preamble</p></header>{articles}"
    page = f"<html><head><title>English</title></head><body><h1>Declaration</h1>{body}<footer><p>Done at Paris.</p></footer></body></html>"
    document = read(page)
    assert document.hints == Hints(title="Declaration")
    assert [block.text for block in document.pages[0].blocks] == [
        "Declaration",
        "Short preamble",
        *(line for n in range(1, 5) for line in (f"Article {n}", f"Text {n}.")),
        "Done at Paris.",
    ]


@pytest.mark.shared
@pytest.mark.parametrize(("language", "heading"), [("eng", r"Article \d+"), ("hin", r"अनुच्छेद"), ("mar", r"कलम"), ("jpn", r"[第弟]\d+条")])
def test_all_thirty_articles_of_the_declaration_survive_with_their_headings(language: str, heading: str) -> None:
    # The Japanese page misprints 第23条 as 弟23条.
    page = shared("corpus", "udhr", f"{language}.html").read_bytes()
    found = [block for block in read(page).pages[0].blocks if block.role == "heading" and regex.match(heading, block.text)]
    assert len(found) == 30
    written = regex.sub(r"<head>.*?</head>|<[^>]+>|\s+", "", page.decode(), flags=regex.S)
    got = regex.sub(r"\s+", "", "".join(regex.sub(r"^\d+\. ", "", text) if role == "list_item" else text for role, _, text in blocks(page)))
    assert got == regex.sub(r"\s+", "", written.replace("&nbsp;", "").replace("<!doctypehtml>", ""))


def test_a_cookie_banner_and_the_way_past_the_menu_are_no_text() -> None:
    banner = '<a href="#m">Skip to main content</a><div id="ck" class="Cookie-banner" role="dialog"><span>We use cookies.</span></div>'
    page = f'<body>{banner}<div id="m"><h1>Phones in halls</h1><p>Heads of schools shall obtain a declaration.</p></div></body>'
    assert texts(page) == ["Phones in halls", "Heads of schools shall obtain a declaration."]
    recipe = f'<body><div class="cookie-recipes"><h1>Cookies</h1><p>{"Butter and sugar. " * 100}</p></div></body>'
    assert len(texts(recipe)) == 2
