"""``/v1/passages``: the passage that a link names, whatever has become of its version since."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from server.access import Asker, asker
from server.description import answers
from server.problems import ProblemError
from server.replies import tagged
from server.serving import worked
from ui.components.permalinks import Passage, trace

router = APIRouter(tags=["documents"])


@router.get("/v1/passages/{passage}", summary="Read a passage", **answers("passage", 404, 429))
async def read(
    request: Request,
    passage: Annotated[str, Path(max_length=60, description="DOCUMENT.VERSION.START.END, as in the links of citations")],
    who: Annotated[Asker, Depends(asker)],
) -> Response:
    """The text at a span of a version, what stands around it, its page and clause, and whether that version is in force."""
    wanted = Passage.parse(passage) if "://" not in passage else None
    if wanted is None:
        raise ProblemError(404, "There is no such passage. It is named DOCUMENT.VERSION.START.END.")

    def found() -> dict[str, object]:
        traced = trace(who.base, wanted)
        if traced.state == "gone" or not traced.text or traced.info is None:
            raise ProblemError(404, "There is no such passage.")
        place = who.base.place(wanted.document, wanted.version, wanted.start)
        return {
            "id": str(wanted), "state": traced.state, "document": traced.info, "version": traced.version, "text": traced.text,
            "context": who.base.context(wanted.document, wanted.version, wanted.start, wanted.end),
            "page": place.page, "page_label": place.page_label, "path": place.path, "link": wanted.url(who.base.settings.address),
        }  # fmt: skip

    return tagged(request, await worked(request, found))
