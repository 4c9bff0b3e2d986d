"""``/v1/jobs``: what becomes of the files that were sent."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from server.access import Asker, asker
from server.description import answers
from server.problems import ProblemError
from server.replies import tagged
from server.serving import serving, worked
from server.v1.documents import documents_of
from ui.jobs.ingest_jobs import Items, items_of, share_of
from ui.jobs.runner import Job

router = APIRouter(tags=["documents"])
Key = Annotated[str, Path(max_length=64)]


@router.get("/v1/jobs", summary="List your jobs", **answers("jobs", 429))
async def listed(request: Request, who: Annotated[Asker, Depends(asker)]) -> Response:
    """The jobs of whoever asks, the newest first; finished ones for a week. One whose server ended before it is `interrupted`."""
    have = serving(request)
    return tagged(request, await worked(request, lambda: {"jobs": [_shape(job, who) for job in have.jobs.of(who.reader.id)]}))


@router.get("/v1/jobs/{job}", summary="See what becomes of a file", **answers("job", 404, 429))
async def read(request: Request, job: Key, who: Annotated[Asker, Depends(asker)]) -> Response:
    """How far a job is, what became of each file, and which documents came of it."""
    return tagged(request, await worked(request, lambda: _shape(_job(request, job, who), who)))


@router.delete("/v1/jobs/{job}", status_code=202, summary="Stop a job", **answers("job", 404, 429, status=202))
async def stop(request: Request, job: Key, who: Annotated[Asker, Depends(asker)]) -> Response:
    """Ask a job to stop; what it has taken in stays."""
    _job(request, job, who)
    serving(request).jobs.cancel(job, who.reader.id)
    return await read(request, job, who)


def _job(request: Request, key: str, who: Asker) -> Job[Items]:
    found = serving(request).jobs.get(key, who.reader.id)
    if found is None:
        raise ProblemError(404, "There is no job of that id that is yours.")
    return found


def _shape(job: Job[Items], who: Asker) -> dict[str, Any]:
    items = items_of(job)
    taken = [one.source for item in items for one in item.outcomes if one.source]
    return {
        "id": job.id,
        "state": job.state,
        "stopping": job.stopping,
        "share": round(share_of(items), 3),
        "files": [
            {
                "name": item.name,
                "state": item.state,
                "trouble": item.trouble,
                "notes": item.notes,
                "outcomes": [{"name": o.name, "result": o.result, "reason": o.reason, "remedy": o.remedy} for o in item.outcomes],
            }
            for item in items
        ],
        "documents": documents_of(who.base, taken) if taken else [],
    }
