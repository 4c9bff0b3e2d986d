"""A card as rows, and as a CSV file that spreadsheets open."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Final

from kb.agreements.card_records import Card
from kb.records import Citation
from kb.sanitize import no_formula
from kb.user_records import Handling

COLUMNS: Final = (
    "field", "value", "actor", "force", "action", "deadline", "due", "page", "article", "quote", "status", "extracted", "corrected",
    "document", "version", "link", "state", "through", "owner", "note", "set_by", "set_on",
)  # fmt: skip
_HANDLED: Final = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, in the order of `COLUMNS`."""

    cells: tuple[str, ...]


def rows(card: Card, link: Callable[[Citation], str]) -> Iterator[Row]:
    """The fields, then the obligations; what a person struck out is left out."""
    for entry in card.entries:
        if not entry.dropped:
            yield _row(card, (entry.field, entry.value, "", "", "", "", ""), entry.citation, entry.extracted, entry.changed, link)
    for one in card.obligations:
        if not one.dropped:
            key, due = one.deadline.key if one.deadline else "", one.due.isoformat() if one.due else ""
            said = ("obligation", one.citation.quote, one.actor, one.force, one.action, key, due)
            yield _row(card, said, one.citation, one.extracted, one.changed, link, handling_cells(one.handling))


def handling_cells(handling: Handling | None) -> tuple[str, ...]:
    """What people set for an obligation: ``state``, ``through``, ``owner``, ``note``, ``set_by``, ``set_on``; all "" where nobody did."""
    if handling is None:
        return ("",) * _HANDLED
    through = handling.through.isoformat() if handling.through else ""
    return handling.state, through, handling.owner, handling.note, handling.who, handling.at.date().isoformat()


def _row(
    card: Card,
    said: tuple[str, ...],
    cited: Citation | None,
    extracted: str,
    changed: datetime | None,
    link: Callable[[Citation], str],
    handled: tuple[str, ...] = ("",) * _HANDLED,
) -> Row:
    place = (cited.page_label, " › ".join(cited.path), " ".join(cited.quote.split()), cited.shown) if cited else ("", "", "", "")
    made = (extracted, changed.date().isoformat() if changed else "")
    return Row((*said, *place, *made, card.title, str(card.version), link(cited) if cited else "", *handled))


def table(card: Card, link: Callable[[Citation], str]) -> bytes:
    """The file, UTF-8 with the mark by which Excel knows that."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([no_formula(cell) for cell in row.cells] for row in rows(card, link))
    return out.getvalue().encode("utf-8-sig")
