"""A card, and the deadlines of all papers, as files to take away: table (CSV, XLSX) and calendar; every line leads to its clause.

They are made when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final, Literal, TypeAlias

import streamlit as st

from kb import KnowledgeBase
from kb.agreements.cards import make_card
from kb.agreements.obligation_register import Overview, Row, Sift, overview
from training.agreement.calendar_file import ALARMS, calendar, deadlines
from training.agreement.csv_table import handling_cells, table
from ui.components.downloads import address as app_address
from ui.components.i18n import Strings
from ui.export import FORMATS, export
from ui.export.card_document import card_sheet, passage_url
from ui.export.spreadsheets import csv_file, make_link, saved_workbook, sheet_cell, workbook, worksheet
from ui.pages.agreements.card_wording import actor_words, day_names, force_words, when_words

CARD_MIMES: Final = {"docx": FORMATS["docx"], "csv": "text/csv", "ics": "text/calendar"}


def card_downloads(kb: KnowledgeBase, document_id: int, words: Strings, address: str) -> None:
    """A button for each kind of file."""
    with st.popover(words("cards.take_away"), icon=":material/download:"):
        for into, mime in CARD_MIMES.items():
            st.download_button(
                words(f"cards.file.{into}"), data=_card_made(kb, document_id, words, address, into),
                file_name=f"setu-card-{document_id}.{into}",
                mime=mime, key=f"cards-save-{into}", on_click="ignore", width="stretch",
            )  # fmt: skip
        st.caption(words("cards.file_hint"))


def _card_made(kb: KnowledgeBase, document_id: int, words: Strings, address: str, into: str) -> Callable[[], bytes]:
    def made() -> bytes:
        card = make_card(kb, document_id, any_kind=True)
        kb.exported(f"the card of #{document_id} {card.title} as {into}")
        if into == "docx":
            return export(card_sheet(kb, card, words, today=date.today(), address=address), "docx")
        if into == "csv":
            return table(card, lambda cited: passage_url(address, cited))
        return calendar(kb, card, day_names(words), lambda cited: passage_url(address, cited))[0]

    return made


Into: TypeAlias = Literal["csv", "xlsx", "ics"]
MIMES: Final[dict[Into, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ics": "text/calendar",
}
HEADS: Final = (
    "due", "day", "deadline", "actor", "force", "obligation", "state", "through", "owner", "note", "set_by", "set_on", "document", "page",
    "article", "quote", "link", "key",
)  # fmt: skip
"""The columns of the table; the strings ``cards.due_head.*`` name them."""
_WIDTHS: Final = (20, 12, 30, 26, 12, 60, 16, 14, 22, 40, 16, 12, 44, 8, 34, 60, 12, 26)
_DAYS: Final = (1, 2, 3, 7, 14, 30, 60)


def due_file(
    rows: Sequence[Row], words: Strings, address: str, into: Into, today: date, alarms: Sequence[int] = ALARMS
) -> tuple[bytes, int]:
    """The file, and how many rows or events it holds.

    Args:
        rows: what it holds, in order.
        words: in which language its own words are.
        address: under which the app is reached, for the links.
        into: what kind of file.
        today: the day for which the rows were made.
        alarms: of a calendar, how many days before each day one is reminded of it.
    """
    if into == "ics":
        return deadlines(rows, words("cards.view_due"), day_names(words), lambda cited: passage_url(address, cited), alarms)
    made = list(lines(rows, words, address))
    heads = [words(f"cards.due_head.{head}") for head in HEADS]
    return (csv_file(heads, made) if into == "csv" else _workbook(heads, made, words, today)), len(made)


def lines(rows: Sequence[Row], words: Strings, address: str) -> Iterator[tuple[str, ...]]:
    """What stands under each of `HEADS`, by row."""
    for row in rows:
        one, cited = row.one, row.one.citation
        state, *rest = handling_cells(one.handling)
        yield (
            words(f"cards.dues.{row.due}"), row.day.isoformat() if row.day else "", when_words(row, words), actor_words(one, words),
            force_words(one, words), one.action, words(f"cards.state.{state or 'open'}"), *rest, row.paper.title, cited.page_label,
            " › ".join(cited.path), " ".join(cited.quote.split()), passage_url(address, cited), f"{row.paper.id}.{one.key}",
        )  # fmt: skip


def due_downloads(kb: KnowledgeBase, found: Overview, sift: Sift, words: Strings, today: date) -> None:
    """A button for each kind of file, of what the filters leave, and how long before one is reminded."""
    address = app_address(kb).removesuffix("/cards")
    with st.popover(words("cards.take_away"), icon=":material/download:"):
        alarms = st.multiselect(
            words("cards.alarms"), _DAYS, default=ALARMS, key="cards-alarms", help=words("cards.alarms_hint")
        )  # fmt: skip
        for into, mime in MIMES.items():
            st.download_button(
                words(f"cards.file.{into}"), data=_due_made(kb, bool(found.replaced), sift, words, address, into, today, alarms),
                file_name=f"setu-deadlines-{today.isoformat()}.{into}", mime=mime, key=f"cards-due-save-{into}", on_click="ignore",
                width="stretch",
            )  # fmt: skip
        st.caption(words("cards.due_hint"))


def _due_made(
    kb: KnowledgeBase, left: bool, sift: Sift, words: Strings, address: str, into: Into, today: date, alarms: Sequence[int]
) -> Callable[[], bytes]:
    def made() -> bytes:
        found = overview(kb, today, words.language, replaced=not left)  # as the reader may see it when the file is made
        kb.exported(f"the deadlines of all papers as {into}")
        return due_file([row for row in found.rows if sift.lets(row)], words, address, into, today, alarms)[0]

    return made


def _workbook(heads: Sequence[str], made: Sequence[tuple[str, ...]], words: Strings, today: date) -> bytes:
    book = workbook(words("cards.view_due"), words("app.title"))
    sheet = worksheet(book, words("cards.as_of", date=today.isoformat()), heads, _WIDTHS)
    link, day = HEADS.index("link"), HEADS.index("day")
    for line in made:
        cells = [sheet_cell(sheet, value) for value in line]
        make_link(cells[link], line[link], words("note.open"))
        if line[day]:
            cells[day].value, cells[day].number_format = date.fromisoformat(line[day]), "yyyy-mm-dd"  # a day that can be sorted
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{chr(ord('A') + len(HEADS) - 1)}{len(made) + 1}"
    return saved_workbook(book)
