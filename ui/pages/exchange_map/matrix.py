"""The matrix: an area a row, and in each column the surest passage, how many there are, or the gap; and one cell of it opened.

An open cell shows where the agreements name the area, its passages with their sources, and the question about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.records import Citation
from training.exchange_map import COLUMNS, Column, ExchangeMap, Match, Row
from ui.components import query_params
from ui.components.answer_wording import page_words
from ui.components.i18n import Strings
from ui.components.markup import Doubt, html, label, quote_html, status_html
from ui.components.query_params import DOCUMENTS, LANG, one_of, word
from ui.export.map_files import (
    MIMES,
    Into,
    area_words,
    made,
    place_words,
    question_words,
    reasons_words,
    short,
    sureness_words,
    tally_words,
)

CELL: Final = word("cell")


def name_of(row: Row, column: Column) -> str:
    """The name of a cell in the address."""
    return f"{row.area.key}~{column}"


def open_cell(name: str) -> None:
    """Open a cell."""
    CELL.put(name)


def close_cell() -> None:
    """Back to the matrix."""
    CELL.clear()
    query_params.close_source()


def chosen_cell(drawn: ExchangeMap) -> tuple[Row, Column] | None:
    """The cell of the address; None where it names none that is on the map."""
    key, _, wanted = (CELL.get() or "").partition("~")
    row = next((row for row in drawn.rows if row.area.key == key), None)
    column = next((column for column in COLUMNS if column == wanted), None)
    return (row, column) if row is not None and column is not None else None


def cell_view(drawn: ExchangeMap, row: Row, column: Column, words: Strings) -> None:
    """Draw a cell."""
    st.button(words("map.back"), key="map-back", on_click=close_cell, icon=":material/arrow_back:", type="tertiary")
    text = row.area.named_in(words.language)
    st.html(
        f'<h2 class="setu-title" lang="{text.language}">{html(area_words(row.area, words))}</h2>'
        f'<div class="setu-over">{html(words(f"map.column.{column}"))}</div>'
    )
    matches = row.cell(column).matches
    _ask(row, column, words)
    if not matches:
        st.html(f'<div class="setu-map-gap"><span aria-hidden="true">○</span> {html(words(f"map.missing.{column}"))}</div>')
    for at, match in enumerate(matches):
        _match(at, match, row, words)
    heading = words("map.all_texts") if row.area.covered else words("map.not_covered")
    st.html(f'<h3 class="setu-map-area">{html(heading)}</h3>')
    for at, area in enumerate(row.area.texts):
        st.html(f'<div lang="{area.language}">{quote_html(area.quote, area.language)}</div>')
        _chip(area, f"text-{at}", place_words(area, words))
    st.caption(words("map.basis"))


def _ask(row: Row, column: Column, words: Strings) -> None:
    documents = tuple(dict.fromkeys(match.citation.document_id for match in row.cell(column).matches))
    if st.button(words("map.ask"), key="map-ask", icon=":material/chat:", type="primary", help=words("map.ask_hint")):
        query_params.ask_next(question_words(row.area, column, words))
        query_params.go("chat", LANG.link(words.language) | DOCUMENTS.link(documents))


def _match(at: int, match: Match, row: Row, words: Strings) -> None:
    c = match.citation
    with st.container(key=f"map-match-{at}", gap="xxsmall"):
        marks = [status_html(c.shown, words(f"status.{c.shown}"))]
        if row.area.covered:
            marks.append(f"<span>{html(sureness_words(match.confidence, words))}</span>")
        if c.language != words.language:
            marks.append(f'<span class="setu-original">{html(words("chat.original", language=words(f"language.{c.language}")))}</span>')
        drawn = quote_html(c.quote, c.language, doubt=Doubt(c.doubtful, words("doubt.title")))
        st.html(f'{drawn}<div class="setu-marks">{"".join(marks)}</div>')
        _chip(c, str(at), place_words(c, words))
        for number, other in enumerate(match.versions):
            told = words("map.also_in", language=words(f"language.{other.language}"), place=place_words(other, words))
            _chip(other, f"{at}-{number}", told)
        if why := reasons_words(match, words):
            st.html(
                f'<details class="setu-note"><summary>{html(words("map.why"))}</summary>'
                f"<p>{html(words('map.why_hint'))} {html(why)}</p></details>"
            )


def _chip(cited: Citation, key: str, text: str) -> None:
    target = query_params.Opened.of(cited)
    opened = query_params.opened()
    shown = opened is not None and replace(opened, page=target.page) == target
    st.button(
        label(text), key=f"chip-map-{key}", on_click=query_params.open_source, args=(target,), type="primary" if shown else "secondary"
    )


WIDTHS: Final = (4, 5, 5, 5)
BRIEF_WIDTHS: Final = (7, 4, 4, 4)
PAPER: Final = 50
"""Characters of an agreement's title beside an area; the cell has it whole."""
VIEWS: Final = ("brief", "quotes")
VIEW: Final = one_of("view", VIEWS, "")
MANY: Final = 12
"""Rows from which the map opens as an overview, a line an area."""


def is_brief(drawn: ExchangeMap, words: Strings) -> bool:
    """Draw the choice between an overview and the cells with their surest quotes, which stands in the address, and return it."""
    key = f"map-view-{words.language}"
    default = VIEW.get() or ("brief" if len(drawn.rows) >= MANY else "quotes")

    def changed() -> None:
        VIEW.put(st.session_state[key] or default)

    chosen = st.segmented_control(
        words("map.view.label"), VIEWS, default=default, key=key, on_change=changed, format_func=lambda view: words(f"map.view.{view}"),
        label_visibility="collapsed",
    )  # fmt: skip
    return (chosen or default) == "brief"


def matrix(drawn: ExchangeMap, words: Strings, *, brief: bool) -> None:
    """Draw the rows; what no area covers stands at the end, under its own heading."""
    st.html(f'<p class="setu-facts">{html(tally_words(drawn, words))}</p>')
    with st.container(key="map-heads"):
        heads = (words("map.head.area"), *(words(f"map.column.{column}") for column in COLUMNS))
        for place, text in zip(st.columns(BRIEF_WIDTHS if brief else WIDTHS, gap="medium"), heads, strict=True):
            place.html(f'<div class="setu-map-head">{html(text)}</div>')
    covered = [row for row in drawn.rows if row.area.covered]
    for row in covered:
        _row(row, words, brief)
    if len(covered) < len(drawn.rows):
        st.html(f'<h3 class="setu-map-area">{html(words("map.not_covered"))}</h3>')
        for row in drawn.rows:
            if not row.area.covered:
                _row(row, words, brief)


def downloads(kb: KnowledgeBase, drawn: ExchangeMap, words: Strings, address: str) -> None:
    """A button for each kind of file."""
    day = f"{date.today():%Y-%m-%d}"
    with st.popover(words("map.take_away"), icon=":material/download:"):
        for into, mime in MIMES.items():
            st.download_button(
                words(f"map.file.{into}"), data=_made(kb, drawn, words, address, into), file_name=f"setu-map-{day}.{into}", mime=mime,
                key=f"map-save-{into}", on_click="ignore", width="stretch",
            )  # fmt: skip
        st.caption(words("map.file_hint"))


def _made(kb: KnowledgeBase, drawn: ExchangeMap, words: Strings, address: str, into: Into) -> Callable[[], bytes]:
    def written() -> bytes:
        for paper in {citation.document_id for citation in drawn.citations()}:
            kb.document(paper)  # one that is no longer seen is an unknown one
        data = made(drawn, words, address, into)
        kb.exported(f"the exchange map as {into}")
        return data

    return written


def _row(row: Row, words: Strings, brief: bool) -> None:
    key = row.area.key.replace(".", "-")
    with st.container(key=f"map-row-{key}"):
        head, *cells = st.columns(BRIEF_WIDTHS if brief else WIDTHS, gap="medium")
        text = row.area.named_in(words.language)
        languages = " · ".join(dict.fromkeys(words(f"language.{t.language}") for t in row.area.texts))
        paper = f'<span lang="{text.language}">{html(short(text.document, PAPER))}</span>'
        under = f'<div class="setu-map-under">{paper} · {html(languages)}</div>'
        head.html(f'<h3 class="setu-map-area" lang="{text.language}">{html(area_words(row.area, words))}</h3>{"" if brief else under}')
        for place, column in zip(cells, COLUMNS, strict=True):
            with place:
                _brief(row, column, key, words) if brief else _cell(row, column, key, words)


def _brief(row: Row, column: Column, key: str, words: Strings) -> None:
    """A cell in one line: how many passages and how sure the surest is, or the gap; either opens it."""
    matches = row.cell(column).matches
    if not matches and not row.area.covered:
        return
    text = words(f"map.missing.{column}")
    if matches:
        sure = f" · {sureness_words(matches[0].confidence, words)}" if row.area.covered else ""
        text = f"{words.count('map.passages', len(matches))}{sure}"
    name = words(f"map.column.{column}")
    with st.container(key=f"map-cell-{key}-{column}", gap="xxsmall"):
        st.html(f'<div class="setu-map-label">{html(name)}</div>')
        st.button(
            label(text), key=f"map-open-{key}-{column}", on_click=open_cell, args=(name_of(row, column),),
            icon=":material/arrow_forward:" if matches else ":material/circle:", type="secondary" if matches else "tertiary",
            help=label(f"{area_words(row.area, words)} · {name}"),
        )  # fmt: skip


def _cell(row: Row, column: Column, key: str, words: Strings) -> None:
    matches = row.cell(column).matches
    with st.container(key=f"map-cell-{key}-{column}", gap="xxsmall"):
        if not matches and not row.area.covered:
            return
        st.html(f'<div class="setu-map-label">{html(words(f"map.column.{column}"))}</div>')
        if not matches:
            st.html(f'<div class="setu-map-gap"><span aria-hidden="true">○</span> {html(words(f"map.missing.{column}"))}</div>')
        else:
            best = matches[0]
            c = best.citation
            sure = sureness_words(best.confidence, words) if row.area.covered else ""
            under = " · ".join(html(part) for part in (page_words(c, words), sure) if part)
            paper = f'<span lang="{c.language}">{html(short(c.document, 70))}</span>'
            st.html(
                f'<blockquote class="setu-map-quote" lang="{c.language}">{html(short(c.quote))}</blockquote>'
                f'<div class="setu-map-under">{" · ".join(part for part in (paper, under) if part)}</div>'
            )
        count = words.count("map.passages", len(matches))
        text = f"{words(f'map.column.{column}')}: {count}" if matches else words("map.ask")
        st.button(
            label(text), key=f"map-open-{key}-{column}", on_click=open_cell, args=(name_of(row, column),),
            icon=":material/arrow_forward:" if matches else ":material/chat:", help=area_words(row.area, words),
        )  # fmt: skip
