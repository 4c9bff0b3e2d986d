"""A web page gives its text with its headings, and what it declares of itself."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DamagedFileError, EmptyFileError
from ingest.records import Limits, RawDocument, Source
from ingest.web.html_page import read_html
from tests.support import shared


def read(page: str | bytes) -> RawDocument:
    data = page.encode() if isinstance(page, str) else page
    return read_html(data, Source("/pages/page.html", "0" * 64, "html", len(data)), Limits())


def blocks(page: str | bytes) -> list[tuple[str, int, str]]:
    (only,) = read(page).pages
    assert (only.number, only.label, only.method) == (1, "1", "markup")
    return [(block.role, block.level, block.text) for block in only.blocks]


def texts(page: str | bytes) -> list[str]:
    return [text for _, _, text in blocks(page)]


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
