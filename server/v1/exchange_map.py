"""``/v1/map``: what the agreements cover, against practice, pilots and reports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from server.access import Asker, asker
from server.description import answers
from server.replies import tagged
from server.serving import worked
from training.exchange_map import Sift, current, sifted
from ui.cli.agreement_json import map_shape

router = APIRouter(tags=["training"])


@router.get("/v1/map", summary="Read the exchange map", **answers("map", 404, 429))
async def read(
    request: Request,
    who: Annotated[Asker, Depends(asker)],
    agreement: Annotated[list[int] | None, Query(description="Only areas that these agreements name")] = None,
    area: Annotated[str, Query(max_length=200, description="Only areas with these words in their text")] = "",
) -> Response:
    """The rows of the map as `setu map --json` prints them. It is drawn when the documents have changed, which can take a minute."""

    def found() -> dict[str, Any]:
        drawn = current(who.base).checked(who.base.text)
        return map_shape(sifted(drawn, Sift(tuple(agreement or ()), named=area)), who.base.settings.address)

    return tagged(request, await worked(request, found))
