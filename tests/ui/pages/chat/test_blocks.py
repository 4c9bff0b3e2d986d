"""Answers that are laid out: lists, tables and letters, whose chips open their sources."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import Filters, KnowledgeBase, Settings
from kb.records import STANDING, Answer, Block, Cell, Citation, Refusal, Skill, Statement, Timings
from kb.user_records import Conversation, Exchange
from lang.languages import LANGUAGES, Language
from tests.ui.apps import button, keys, page, shown
from ui.components.answer_wording import CLAUSE_CHARS, TITLE_CHARS, done_words, short_place, short_titles, shortened
from ui.components.i18n import strings
from ui.pages.chat.answer_html import EXCERPT, LONG, block_html, excerpt, letter_text, quoted_html, said_html

EN = strings("en")
TALK = "abcdefghijklmnopqrstuv"
COSTS = "The Ministry of Tides will bear the cost of the forty tide gauges."
AIM = "The Participants will cooperate in tide prediction and harbour safety."
PLACE = Citation(3, "A memorandum", "/p/a.pdf", 2, "agreement", None, 6, "vi", ("Article 4", "(2)"), 4, 9, "en", "words", "verified")


def chips(cell: Cell) -> str:
    return "".join(f"<b>{at}</b>" for at in cell.cited)


def drawn(block: Block) -> str:
    return block_html(block, "en", EN, chips)


def test_a_table_has_header_cells_a_name_and_scrolls_by_keyboard() -> None:
    block = Block("table", "Terms", columns=("", "Moorland", "Fenland"), rows=((Cell("Costs"), Cell("40 per cent", (0,))),))
    html = drawn(block)
    assert '<div class="setu-table" role="region" tabindex="0" aria-label="Terms"><table>' in html
    assert '<thead><tr><td></td><th scope="col">Moorland</th><th scope="col">Fenland</th></tr></thead>' in html
    assert '<th scope="row">Costs</th><td>40 per cent<span class="setu-cites"><b>0</b></span></td><td></td></tr>' in html


def test_points_are_a_list_with_labels_and_steps_are_numbered() -> None:
    row = (Cell("Term"), Cell("five years", (1,)), Cell("renewable"))
    assert "<ul><li><strong>Term</strong>: five years" in drawn(Block("points", rows=(row,)))
    assert " · renewable</li></ul>" in drawn(Block("points", rows=(row,)))
    assert "<ol><li>Apply in writing</li><li>Wait</li></ol>" in drawn(Block("steps", rows=((Cell("Apply in writing"),), (Cell("Wait"),))))


def test_what_is_to_be_filled_in_is_marked_and_a_reference_is_not() -> None:
    html = drawn(Block("letter", rows=((Cell("Dear [name] of ［部署名］,"),), (Cell("see [1] and [2026]"),))))
    assert '<mark class="setu-gap">[name]</mark> of <mark class="setu-gap">［部署名］</mark>' in html
    assert "see [1] and [2026]" in html


def test_a_letter_is_copied_without_its_chips() -> None:
    block = Block("letter", "Draft", rows=((Cell("To: [name]"), Cell("Lahargad")), (Cell("It is “agreed”.", (0,)),)))
    assert letter_text(block) == "To: [name]\nLahargad\n\nIt is “agreed”."
    assert 'data-copy="To: [name]\nLahargad\n\nIt is “agreed”."' in drawn(block)


@pytest.mark.parametrize("kind", ["text", "points", "steps", "table", "letter"])
def test_a_document_cannot_bring_markup_into_a_block(kind: str) -> None:
    bad = '<img src=x onerror="alert(1)">['
    html = drawn(Block(kind, bad, columns=(bad, bad), rows=((Cell(bad), Cell(bad, (0,))),)))  # type: ignore[arg-type]
    assert "<img" not in html
    assert 'onerror="' not in html


def test_a_chip_is_short_and_still_names_title_clause_and_page() -> None:
    long = replace(
        PLACE, document="Memorandum of Cooperation on Smart Urban Infrastructure and Flood Resilience", path=("Part I", "Article 4", "(2)")
    )
    assert short_place(long, EN) == "Memorandum of Cooperation on Smart Urban… · Article 4 › (2) · p.\u00a0vi"
    assert shortened("風浜市における洪水警報システムの実践報告", 10) == "風浜市における洪水…"
    assert shortened("a b", 3) == "a b"
    assert max(len(shortened("word " * 40, most)) for most in (TITLE_CHARS, CLAUSE_CHARS)) <= TITLE_CHARS


def test_titles_that_begin_alike_are_told_apart_by_what_comes_after() -> None:
    alike = "Memorandum of Understanding Between the Government of the Northern Isles and the Government of "
    titles = [f"{alike}Moorland on Peat", f"{alike}Fenland on Reeds", f"{alike}Fenland on Eels", "A notice"]
    short = short_titles(titles)
    assert [short[title] for title in titles] == [
        "…Moorland on Peat",
        "…Fenland on Reeds",
        "…Fenland on Eels",
        "A notice",
    ]
    assert short_titles([alike.strip(), titles[0]]) == {alike.strip(): "…of", titles[0]: "…of Moorland on Peat"}
    assert short_titles(["湿地の鳥の調査についての覚書その一", "湿地の鳥の調査についての覚書その二"], 8) == {
        "湿地の鳥の調査についての覚書その一": "…一",
        "湿地の鳥の調査についての覚書その二": "…二",
    }
    again = f"{alike}Fenland concerning the Reeds, the Peat and the Boats of "
    assert short_titles([titles[0], f"{again}Reedham", f"{again}Peatham"])[f"{again}Peatham"] == "…Peatham"
    html = drawn(Block("table", columns=("", *titles[:2]), rows=((Cell("Term"), Cell("a"), Cell("b")),)))
    assert f'<th scope="col" title="{titles[0]}">…Moorland on Peat</th>' in html


@given(st.lists(st.text("ab ", min_size=1, max_size=30), min_size=1, max_size=6, unique=True))
def test_short_titles_cover_all_and_are_no_longer_than_asked(titles: list[str]) -> None:
    short = short_titles(titles, 6)
    assert set(short) == set(titles)


SKILLS: tuple[Skill, ...] = (
    "summary",
    "compare",
    "table",
    "obligations",
    "timeline",
    "inventory",
    "define",
    "draft",
    "translate",
)


def answer(skill: Skill, *cited: int, **more: object) -> Answer:
    statements = tuple(Statement("words", "agreed", (replace(PLACE, document_id=one),)) for one in cited)
    return replace(Answer("?", "en", "extractive", statements, None, Timings(0, 0, 840.0), skill=skill), **more)  # type: ignore[arg-type]


def test_the_line_above_an_answer_says_what_was_done() -> None:
    assert done_words(answer("summary", 1, 1), EN) == "Summary of 1 paper · 0.8 s"
    assert done_words(answer("compare", 1, 2), EN) == "Comparison of 2 papers · 0.8 s"
    assert done_words(answer("inventory"), EN) == "Answered in 0.8 s"
    assert done_words(answer("lookup", 1, 2), EN) == "Answered with 2 quotes in 0.8 s"
    assert done_words(answer("lookup", 1, 2, grade="nearest"), EN) == "Not sure: 2 passages shown · 0.8 s"
    assert done_words(answer("draft", 1, grade="nearest"), EN) == "Draft from 1 paper · 0.8 s"  # the note above says that it is not sure
    assert done_words(answer("chat"), EN) == done_words(answer("clarify"), EN) == ""
    assert done_words(answer("decline", refusal=Refusal("out_of_scope", "no")), EN) == ""
    assert done_words(answer("lookup", refusal=Refusal("not_in_documents", "no")), EN) == EN("chat.refused")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("skill", SKILLS)
def test_every_skill_has_its_line_in_every_language(skill: Skill, language: Language) -> None:
    one, two = (done_words(answer(skill, *papers), strings(language)) for papers in ((7,), (7, 8)))
    assert "1" in one
    assert "2" in two


def kept(home: Path, *blocks: Block, quotes: tuple[str, ...] = (COSTS, AIM)) -> str:
    """The address of a conversation whose answer has these blocks and quotes the memorandum of the home."""
    with KnowledgeBase.open(Settings(home=home)) as kb:
        paper = next(one for one in kb.documents() if one.kind == "agreement")
        text = kb.text(paper.id)
        cited = []
        for quote in quotes:
            start = text.index(quote)
            end = start + len(quote)
            place = kb.place(paper.id, paper.version, start)
            one = Citation(
                paper.id, paper.title, paper.source, paper.version, paper.kind, paper.date, place.page, place.page_label, place.path,
                start, end, paper.language, quote, "verified",
            )  # fmt: skip
            cited.append(Statement(quote, STANDING[paper.kind], (one,)))
        said = Answer("Lay it out", "en", "extractive", tuple(cited), None, Timings(0, 0, 500), skill="table", blocks=blocks)
        kb.conversations.save(Conversation(TALK, (Exchange("Lay it out", Filters(), said, True),)))
    return TALK


def test_a_chip_in_a_table_names_the_button_that_opens_the_quote_and_what_is_laid_out_is_not_quoted_again(home: Path) -> None:
    table = Block("table", "Costs", columns=("Matter", "Says"), rows=((Cell("Costs"), Cell("The Ministry", (0,))),))
    app = page(c=kept(home, table))
    html = shown(app)
    assert 'data-chip="chip-0-s1"' in html
    assert 'aria-label="Source 1: MEMORANDUM OF COOPERATION' in html
    assert html.count(COSTS) == 1  # in the sources, which are folded
    assert f'<blockquote class="setu-quote" lang="en">{AIM}</blockquote>' in html  # no block has it
    assert [one.label for one in app.expander if "source" in one.label] == ["1 source, with its words"]
    assert "Table from 1 paper · 0.5 s" in html
    assert html.index("setu-table") < html.index(AIM)
    button(app, "chip-0-s1").click().run()
    assert COSTS in shown(app).split('<mark id="setu-mark">')[1].split("</mark>")[0]


def test_a_source_that_says_it_no_more_is_marked_in_the_cell(home: Path) -> None:
    talk = kept(home, Block("points", rows=((Cell("Costs"), Cell("The Ministry", (0,))),)))
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.delete(next(one.id for one in kb.documents() if one.kind == "agreement"))
    html = shown(page(c=talk))
    assert 'class="setu-cite setu-unsupported"' in html
    assert "not found in the source" in html.split('aria-label="Source 1')[1].split('"')[0]


def test_quotes_in_their_place_and_choices_that_ask_themselves(home: Path) -> None:
    blocks = (
        Block("text", "First the aim."),
        Block("quotes", rows=((Cell("", (1,)),),)),
        Block("options", "Which?", items=("Who bears the cost of the tide gauges?",)),
    )
    app = page(c=kept(home, *blocks))
    html = shown(app)
    assert html.index("First the aim.") < html.index(AIM) < html.index("Which?") < html.index(COSTS)
    assert "said-0-2-0" in keys(app)
    button(app, "said-0-2-0").click().run()
    assert "chip-1-1" in keys(app)


def test_what_can_be_asked_instead_stands_below_why_there_is_no_answer(home: Path) -> None:
    talk = kept(home, Block("options", "Ask instead:", items=("Who bears the cost?",)))
    with KnowledgeBase.open(Settings(home=home)) as kb:
        said = kb.conversations.load(talk)
        assert said is not None
        assert said.exchanges[0].answer is not None
        refused = replace(said.exchanges[0].answer, statements=(), refusal=Refusal("out_of_scope", "That is no matter of these papers."))
        kb.conversations.save(said.with_last(replace(said.exchanges[0], answer=refused)))
    html = shown(page(c=talk))
    assert html.index("That is no matter of these papers.") < html.index("Ask instead:")


def test_which_paper_is_meant_is_asked_below_what_they_say(home: Path) -> None:
    talk = kept(home, Block("options", "Which?", items=("Who bears the cost?", "Who pays?")))
    with KnowledgeBase.open(Settings(home=home)) as kb:
        said = kb.conversations.load(talk)
        assert said is not None
        assert said.exchanges[0].answer is not None
        asks = replace(said.exchanges[0].answer, skill="clarify")
        kb.conversations.save(said.with_last(replace(said.exchanges[0], answer=asks)))
    html = shown(page(c=talk))
    assert html.index(AIM) < html.index("Which?")
    assert html.index(COSTS) < html.index("Which?")


def test_a_cell_that_cites_what_is_not_there_is_drawn_without_a_chip(home: Path) -> None:
    html = shown(page(c=kept(home, Block("points", rows=((Cell("Costs", (7,)),),)))))
    assert "<li>Costs</li>" in html


def test_a_link_draws_the_blocks_too(home: Path) -> None:
    from kb.user_records import answer_key

    kept(home, Block("letter", rows=((Cell("Dear [name],"),),)))
    assert '<mark class="setu-gap">[name]</mark>' in shown(page(answer=answer_key(TALK, 0)))


LONG_QUOTE = (
    "The gauges stand on the river. " * 40 + "The Ministry of Tides pays for them. " + "The harbour office reads them at noon. " * 40
)


def test_a_long_quote_shows_the_answering_sentence_with_what_surrounds_it_and_unfolds() -> None:
    at = LONG_QUOTE.index("The Ministry")
    span = at, at + len("The Ministry of Tides pays for them.")
    cited = replace(PLACE, quote=LONG_QUOTE)
    html = quoted_html(cited, Statement(LONG_QUOTE, "agreed", (cited,), answering=(span,)), EN)
    first, rest = html.split("<details", 1)
    assert '<mark class="setu-answering">The Ministry of Tides pays for them.</mark>' in first
    assert re.sub("<[^>]+>", "", first).startswith("… ")
    assert re.sub("<[^>]+>", "", first).endswith(" …")
    assert len(re.sub("<[^>]+>", "", first)) < EXCERPT + 10
    assert re.sub("<[^>]+>", "", rest.split("</summary>")[1].split("</blockquote>")[0]) == LONG_QUOTE
    assert "Show all" in rest


def test_an_excerpt_does_not_end_at_the_number_of_the_next_item() -> None:
    quote = "1. The boats are counted. " + "2. The crews are paid by the harbour office each week. " * 40
    start, end = excerpt(quote, [(0, 25)])
    assert start == 0
    assert quote[:end].endswith("each week.")


def test_a_short_quote_is_not_folded() -> None:
    cited = replace(PLACE, quote=LONG_QUOTE[:LONG])
    assert "<details" not in quoted_html(cited, Statement(cited.quote, "agreed", (cited,)), EN)


@given(st.text("ab。 、\n", min_size=LONG + 1, max_size=3 * LONG), st.integers(0, 3 * LONG), st.integers(1, 3 * LONG))
def test_an_excerpt_holds_the_answering_sentence_whole_unless_it_is_too_long(quote: str, first: int, length: int) -> None:
    span = min(first, len(quote) - 1), min(first + length, len(quote))
    start, end = excerpt(quote, [span] if span[0] < span[1] else [])
    assert 0 <= start < end <= len(quote)
    assert end - start <= max(EXCERPT, min(span[1] - span[0], EXCERPT))
    if span[1] - span[0] <= EXCERPT and span[0] < span[1]:
        assert start <= span[0]
        assert span[1] <= end


def test_the_values_of_a_quote_in_another_language_are_said_below_it_and_cannot_be_markup() -> None:
    text = "十四日以内に<b>直す。"
    cited = replace(PLACE, quote=text, language="ja")
    statement = Statement(text, "agreed", (cited,), marks=((0, 3),))
    assert said_html(cited, statement, "en") == '<div class="setu-note" lang="en">In English: 14 days</div>'
    assert said_html(cited, statement, "ja") == ""
    assert said_html(replace(cited, document_id=9), statement, "en") == ""
