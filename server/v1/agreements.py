"""``/v1/cards`` and ``/v1/obligations``: what agreements say of themselves, and who owes what by when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from kb.agreements.cards import make_card
from kb.agreements.obligation_register import Due, overview
from lang.languages import Language
from server.access import Asker, asker
from server.description import answers
from server.replies import tagged
from server.serving import worked
from ui.cli.agreement_json import card_shape, register_shape

router = APIRouter(tags=["agreements"])


@router.get("/v1/cards", summary="List agreements", **answers("cards", 429))
async def listed(request: Request, who: Annotated[Asker, Depends(asker)]) -> Response:
    """The documents that there are cards of."""

    def found() -> dict[str, Any]:
        return {"documents": [info for info in who.base.documents() if info.kind == "agreement" and info.version]}

    return tagged(request, await worked(request, found))


@router.get("/v1/cards/{document}", summary="Read the card of an agreement", **answers("card", 404, 429))
async def card(
    request: Request,
    document: Annotated[int, Path(ge=0, le=2**53)],
    who: Annotated[Asker, Depends(asker)],
    any_kind: Annotated[bool, Query(description="Also of a document that is taken to be no agreement")] = False,
) -> Response:
    """Parties, days, areas, clauses and obligations, each with the quote where it stands; as `setu card --json` prints it."""
    address = who.base.settings.address
    return tagged(request, await worked(request, lambda: card_shape(make_card(who.base, document, any_kind=any_kind), address)))


@router.get("/v1/obligations", summary="List what is owed", **answers("obligations", 429))
async def obligations(
    request: Request,
    who: Annotated[Asker, Depends(asker)],
    due: Annotated[list[Due] | None, Query(description="Only these; by default all that is not closed")] = None,
    document: Annotated[list[int] | None, Query(description="Only of these documents")] = None,
    replaced: Annotated[bool, Query(description="Also of papers whose place another one took")] = False,
    today: Annotated[date | None, Query(description="As of this day")] = None,
    language: Annotated[Language, Query(description="In which language papers are read that are held in several")] = "en",
) -> Response:
    """What is owed under all papers by when, as `setu due list --json` prints it."""

    def found() -> dict[str, Any]:
        register = overview(who.base, today or date.today(), language, replaced=replaced)
        rows = [
            row for row in register.rows if (row.due in due if due else row.due != "closed") and (not document or row.paper.id in document)
        ]
        return register_shape(register, rows, who.base.settings.address)

    return tagged(request, await worked(request, found))
