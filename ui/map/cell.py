"""One cell of the map: where the agreements name the area, its passages with their sources, and the question about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from kb.records import Citation
from training.map import COLUMNS, Column, ExchangeMap, Match, Row
from ui import moves, state
from ui.i18n import Strings
from ui.map.wording import area_words, place_words, question_words, reasons_words, sureness_words
from ui.markup import Doubt, html, label, quote_html, status_html

CELL_KEY: Final = "cell"


def name_of(row: Row, column: Column) -> str:
    """The name of a cell in the address."""
    return f"{row.area.key}~{column}"


def open_cell(name: str) -> None:
    """Open a cell."""
    st.query_params[CELL_KEY] = name


def close_cell() -> None:
    """Back to the matrix."""
    st.query_params.pop(CELL_KEY, None)
    state.close_source()


def chosen_cell(drawn: ExchangeMap) -> tuple[Row, Column] | None:
    """The cell of the address; None where it names none that is on the map."""
    key, _, wanted = st.query_params.get(CELL_KEY, "").partition("~")
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
    documents = list(dict.fromkeys(str(match.citation.document_id) for match in row.cell(column).matches))
    if st.button(words("map.ask"), key="map-ask", icon=":material/chat:", type="primary", help=words("map.ask_hint")):
        state.ask_next(question_words(row.area, column, words))
        query: dict[str, str | list[str]] = {state.LANGUAGE_KEY: words.language}
        moves.go("chat", {**query, "document": documents} if documents else query)


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
    target = state.Opened.of(cited)
    opened = state.opened()
    shown = opened is not None and replace(opened, page=target.page) == target
    st.button(label(text), key=f"chip-map-{key}", on_click=state.open_source, args=(target,), type="primary" if shown else "secondary")
