from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from ui.components.markup import html, label, page_html, quote_html, status_html


class Reader(HTMLParser):
    """What a browser would see: the tags, the text, and the text inside ``mark``."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.marked = ""
        self._in_mark = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        self._in_mark = tag == "mark" or self._in_mark

    def handle_endtag(self, tag: str) -> None:
        self._in_mark = self._in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_mark:
            self.marked += data


def read(markup: str) -> Reader:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader


PRINTABLE = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)


@given(PRINTABLE, st.integers(-5, 40), st.integers(-5, 40))
def test_a_page_shows_all_its_text_and_marks_just_the_quote(text: str, start: int, end: int) -> None:
    seen = read(page_html(text, "mr", start, end))
    assert seen.text == text
    assert seen.tags == (["div", "mark"] if text[max(0, start) : max(0, end)] else ["div"])
    assert seen.marked == text[max(0, start) : max(0, end)]


def test_a_document_cannot_bring_its_own_markup() -> None:
    assert html('<img src="x" onerror=alert(1)>') == "&lt;img src=&quot;x&quot; onerror=alert(1)&gt;"
    assert read(quote_html("</blockquote><script>alert(1)</script>", "en")).tags == ["blockquote"]


def test_the_fact_in_a_quote_is_strong_and_its_signs_stay_signs() -> None:
    quote = "Signed <b> on 18 February 2026 & sealed."
    shown = quote_html(quote, "en", [(14, 30)])
    assert "<strong>18 February 2026</strong>" in shown
    assert "&lt;b&gt;" in shown
    assert read(shown).tags == ["blockquote", "strong"]


def test_text_that_reorders_itself_is_made_visible() -> None:
    assert html("pay \u202e0001\u202c") == "pay \ufffd0001\ufffd"


def test_a_label_is_not_read_as_markdown() -> None:
    assert label("![x](y) **b** :red[z] $m$ `c` <i>") == "\\!\\[x\\]\\(y\\) \\*\\*b\\*\\* \\:red\\[z\\] \\$m\\$ \\`c\\` \\<i\\>"


def test_a_label_leaves_words_in_every_script_as_they_are() -> None:
    for words in ("सहकार्य करार", "कलम ४ › २", "協力覚書 第四条", "Article 4 › 2"):
        assert label(words) == words


def test_a_web_address_in_a_label_is_broken() -> None:
    assert "http:" not in label("see http://a.invalid")
    assert "www." not in label("see www.a.invalid")


def test_a_status_is_a_sign_and_a_word() -> None:
    seen = read(status_html("unsupported", "not found in the source"))
    assert seen.text == "✗ not found in the source"
