"""Cards, what is owed, and the exchange map as the JSON that ``setu … --json`` prints: citations with their links.

Fields may be added here, never renamed or dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ui.cli.json_output import shape
from ui.export.card_document import passage_url
from ui.export.map_files import link

if TYPE_CHECKING:
    from kb.agreements.card_records import Card, Deadline, Obligation
    from kb.agreements.obligation_register import Overview
    from kb.agreements.obligation_register import Row as Owed
    from kb.records import Citation
    from kb.user_records import Handling
    from training.exchange_map import ExchangeMap, Match, Row


def card_shape(made: Card, address: str) -> dict[str, Any]:
    """A card as JSON: ``fields`` and ``obligations``, each with its citation and link; ``lost`` is set for clauses no longer found."""
    by = made.superseded_by
    return {
        "document_id": made.document_id, "document": made.title, "source": made.source, "version": made.version, "language": made.language,
        "superseded_by": {"document_id": by.document_id, "document": by.document, "relation": by.relation} if by else None,
        "fields": [
            {
                "key": e.key, "field": e.field, "value": e.value, "sure": e.sure, "extracted": e.extracted or None,
                "changed": e.changed.isoformat() if e.changed else None, "dropped": e.dropped, "citation": _linked(e.citation, address),
            }
            for e in made.entries
        ],
        "obligations": [obligation_shape(one, address) for one in made.obligations],
        "lost": [
            {"id": kept.id, "clause": kept.anchor.clause, "path": list(kept.anchor.path), "handling": handling_shape(kept.handling)}
            for kept in made.lost
        ],
    }  # fmt: skip


def obligation_shape(one: Obligation, address: str) -> dict[str, object]:
    """An obligation as JSON; ``handling`` is what people set for it, null where nobody did."""
    return {
        "key": one.key, "actor": one.actor or None, "action": one.action, "force": one.force, "deadline": _deadline(one.deadline),
        "due": one.due.isoformat() if one.due else None, "extracted": one.extracted or None,
        "changed": one.changed.isoformat() if one.changed else None, "dropped": one.dropped, "unsure": one.unsure,
        "handling": handling_shape(one.handling) if one.handling is not None else None, "citation": _linked(one.citation, address),
    }  # fmt: skip


def handling_shape(handling: Handling) -> dict[str, object]:
    """What people set for an obligation, as JSON."""
    return {
        "state": handling.state, "through": handling.through.isoformat() if handling.through else None, "owner": handling.owner or None,
        "note": handling.note or None, "set_by": handling.who or None, "set_at": handling.at.isoformat(timespec="seconds"),
    }  # fmt: skip


def _linked(citation: Citation | None, address: str) -> dict[str, object] | None:
    return None if citation is None else {**shape(citation), "link": passage_url(address, citation)}


def _deadline(deadline: Deadline | None) -> dict[str, object] | None:
    return (
        {"text": deadline.text, "start": deadline.start, "end": deadline.end, "value": deadline.key, "ahead": deadline.ahead}
        if deadline
        else None
    )


def register_shape(found: Overview, rows: Sequence[Owed], address: str) -> dict[str, Any]:
    """Obligations as JSON, and what is not among them."""
    return {
        "today": found.today.isoformat(),
        "obligations": [_owed(row, address) for row in rows],
        "replaced": [shape(paper) for paper in found.replaced],
        "unread": [shape(paper) for paper in found.unread],
        "lost": [
            {
                "key": f"{paper.id}.{kept.id}", "document_id": paper.id, "document": paper.title, "clause": kept.anchor.clause,
                "path": list(kept.anchor.path), "handling": handling_shape(kept.handling),
            }
            for paper, those in found.lost
            for kept in those
        ],
    }  # fmt: skip


def _owed(row: Owed, address: str) -> dict[str, Any]:
    return {
        "id": f"{row.paper.id}.{row.one.key}", "document_id": row.paper.id, "document": row.paper.title, "when": row.due,
        "day": row.day.isoformat() if row.day else None, "counted": row.counted, "last": row.last.isoformat() if row.last else None,
        "over": row.over, **obligation_shape(row.one, address),
    }  # fmt: skip


def map_shape(drawn: ExchangeMap, address: str) -> dict[str, Any]:
    """The map as JSON."""
    papers = drawn.papers
    return {
        "made": drawn.made.isoformat(),
        "papers": {
            "agreements": papers.agreements, "practices": papers.practices, "others": papers.others,
            "without_areas": list(papers.without_areas),
        },
        "rows": [_row(row, address) for row in drawn.rows],
    }  # fmt: skip


def _row(row: Row, address: str) -> dict[str, Any]:
    return {
        "key": row.area.key,
        "covered": row.area.covered,
        "gaps": list(row.gaps),
        "texts": [_cited(text, address) for text in row.area.texts],
        "cells": {cell.column: [_match(match, address) for match in cell.matches] for cell in row.cells},
    }


def _match(match: Match, address: str) -> dict[str, Any]:
    found = match.confidence
    reasons = [{"signal": reason.signal, "value": reason.value, "weight": reason.weight} for reason in found.reasons]
    return {
        **_cited(match.citation, address), "probability": round(found.probability, 4), "sureness": found.sureness, "reasons": reasons,
        "report": found.report, "versions": [_cited(other, address) for other in match.versions],
    }  # fmt: skip


def _cited(citation: Citation, address: str) -> dict[str, Any]:
    return {**shape(citation), "link": link(citation, address)}
