"""``/v1/documents``: what papers there are, their versions, facts and pages; adding, correcting and deleting them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import StrictStr, StringConstraints
from starlette.datastructures import FormData, UploadFile

from ingest.processes.messages import DrawPage
from ingest.processes.page_images import ImageError
from ingest.records import KINDS, Kind
from kb import KnowledgeBase
from kb.auth.accounts import checked_groups
from kb.errors import AccountsError, UnknownDocumentError
from kb.records import DocumentInfo
from lang.languages import Language
from server.access import Asker, asker
from server.bodies import Body
from server.cursors import part
from server.description import answers, form
from server.problems import ProblemError, too_many
from server.replies import filed, tagged, told
from server.serving import Serving, serving, worked
from ui.cli.json_output import shape
from ui.jobs import ingest_jobs
from ui.jobs.ingest_tasks import Choice, discard, file_task

router = APIRouter(tags=["documents"])
Number = Annotated[int, Path(ge=0, le=2**53)]
DRAWN: Final = ".pdf"
_FORM: Final = ("file", "kind", "group", "collection")


@router.get("/v1/documents", summary="List documents", **answers("documents", 429))
async def listed(
    request: Request,
    who: Annotated[Asker, Depends(asker)],
    kind: Annotated[list[Kind] | None, Query(description="Only of these kinds")] = None,
    language: Annotated[list[Language] | None, Query(description="Only in these languages")] = None,
    state: Annotated[list[str] | None, Query(description="published, needs_ocr or rejected")] = None,
    collection: Annotated[list[int] | None, Query(description="Only in these collections")] = None,
    title: Annotated[str | None, Query(max_length=200, description="Only with these words in the title")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the part before")] = None,
) -> Response:
    """The documents in order of their numbers, so many at a time; `next` is the cursor of the next part, null at the end."""
    wanted = (kind, language, state, collection, title)

    def found() -> dict[str, Any]:
        papers = [
            info
            for info in who.base.documents()
            if (not kind or info.kind in kind)
            and (not language or info.language in language)
            and (not state or info.state in state)
            and (not collection or not set(collection).isdisjoint(info.collections or (0,)))
            and (not title or title.casefold() in info.title.casefold())
        ]
        shown, more = part(sorted(papers, key=lambda info: info.id), lambda info: info.id, limit, cursor, wanted)
        return {"documents": shown, "next": more, "total": len(papers)}

    return tagged(request, await worked(request, found))


@dataclass(frozen=True, slots=True)
class _Sent:
    """A file as it was sent."""

    name: str
    size: int


@router.post(
    "/v1/documents", status_code=202, summary="Add a document", **answers("job", 403, 404, 409, 413, 429, status=202), openapi_extra=form()
)
async def upload(
    request: Request,
    who: Annotated[Asker, Depends(asker)],
    idempotency_key: Annotated[str, Header(max_length=200, description="Sent again with the same file, nothing is done again")] = "",
) -> Response:
    """Take a file in, in the background: `/v1/jobs/{id}` tells what becomes of it. A file of a known name is its next version."""
    who.needs("editor")
    have = serving(request)
    most = have.settings.uploads_per_hour
    async with request.form(max_files=1, max_fields=64) as sent:
        file, choice = await _form(sent, who)
        data = file.file
        digest = await worked(request, _digest, data, file.filename or "", choice)

        def begin() -> str:
            if wait := have.uploads.wait(who.visitor, most):
                raise too_many(wait, f"You may add {most} files an hour.")
            task = file_task(who.base, _Sent(file.filename or "", file.size or 0), data, choice)
            return ingest_jobs.start(have.jobs, who.reader.id, [task])

        def lost(job: str) -> bool:
            found = have.jobs.get(job, who.reader.id)
            return found is not None and found.state == "interrupted"

        job, again = await worked(request, have.replays.once, who.reader.id, idempotency_key, digest, begin, lost)
    headers = {"Location": f"/v1/jobs/{job}", **({"Idempotency-Replayed": "true"} if again else {})}
    return told({"id": job, "state": "waiting"}, 202, headers)


async def _form(sent: FormData, who: Asker) -> tuple[UploadFile, Choice]:
    """The file and what is said of it."""
    unknown = sorted(set(sent) - set(_FORM))
    files = sent.getlist("file")
    if unknown or len(files) != 1 or not isinstance(files[0], UploadFile):
        wrong = f" Not: {', '.join(unknown)}." if unknown else ""
        raise ProblemError(422, f"The form has one file, named file, and may have {', '.join(_FORM[1:])}.{wrong}")
    kinds = [str(one) for one in sent.getlist("kind")]
    kind = next((one for one in KINDS if kinds == [one]), None)
    if kinds and kind is None:
        raise ProblemError(422, f"kind is one of {', '.join(KINDS)}.")
    numbers = [str(one) for one in sent.getlist("collection")]
    if not all(one.isascii() and one.isdecimal() and len(one) < 16 for one in numbers):
        raise ProblemError(422, "collection is the number of a collection.")
    into = tuple(who.base.collections.get(int(one)).id for one in numbers) or _only(who)
    try:
        groups = checked_groups([str(one) for one in sent.getlist("group")]) or frozenset()
    except AccountsError as error:
        raise ProblemError(422, str(error)) from error
    if who.reader.groups is not None and not groups <= who.reader.groups:
        raise ProblemError(403, "You can put documents into your own access groups only. Ask an admin for others.")
    return files[0], Choice(kind, tuple(sorted(groups)), who.reader.sight is None, into)


def _only(who: Asker) -> tuple[int, ...]:
    """The collection that a document comes into which is said to be for none: that to which the key is kept."""
    kept = who.reader.collections
    if kept is not None and len(kept) != 1:
        raise ProblemError(422, "This key is kept to several collections. Say into which of them the document is to come: collection.")
    return tuple(kept or ())


def _digest(data: IO[bytes], name: str, choice: Choice) -> str:
    found = hashlib.sha256(repr((name, choice)).encode("utf-8", "replace"))
    while piece := data.read(2**20):
        found.update(piece)
    data.seek(0)
    return found.hexdigest()


@router.get("/v1/documents/{document}", summary="Read what is known of a document", **answers("document", 404, 429))
async def read(request: Request, document: Number, who: Annotated[Asker, Depends(asker)]) -> Response:
    """The document as it is in force, all its versions, and its facts with their places; `corrected` facts are what people said."""

    def found() -> dict[str, Any]:
        info = who.base.document(document)
        facts = who.base.fact_views(document) if info.version else ()
        return {**shape(info), "versions": who.base.history(document), "facts": facts}

    return tagged(request, await worked(request, found))


class Correction(Body):
    """What a person says a fact is."""

    field: Annotated[StrictStr, StringConstraints(min_length=1, max_length=64)]
    """Such as title, kind, language, date, publisher or parties."""
    value: Annotated[StrictStr, StringConstraints(min_length=1, max_length=2000)] | None
    """What is right; "none" says that there is no such fact, null takes an earlier correction back."""


@router.patch("/v1/documents/{document}", summary="Correct a fact", **answers("document", 403, 404, 413, 429))
async def correct(request: Request, document: Number, correction: Correction, who: Annotated[Asker, Depends(asker)]) -> Response:
    """Correct a fact of a document, for all its versions; the answer is the document with it."""
    who.needs("editor")

    def done() -> dict[str, Any]:
        if correction.value is None:
            who.base.clear_correction(document, correction.field)
        else:
            who.base.correct(document, correction.field, correction.value)
        return {**shape(who.base.document(document)), "versions": who.base.history(document), "facts": who.base.fact_views(document)}

    return told(await worked(request, done))


@router.delete("/v1/documents/{document}", status_code=204, summary="Delete a document", **answers("", 403, 404, 429, status=204))
async def delete(request: Request, document: Number, who: Annotated[Asker, Depends(asker)]) -> Response:
    """Remove a document with all its versions, and the file that was sent; no search finds it any more."""
    who.needs("editor")
    have = serving(request)

    def done() -> None:
        info = who.base.document(document)
        who.base.delete(document)
        discard(have.base, info.source)  # others' documents may be in the same archive

    await worked(request, done)
    return Response(status_code=204)


@router.get("/v1/documents/{document}/versions/{version}/file", summary="Get the file", **answers("file", 404, 429))
async def original(request: Request, document: Number, version: Number, who: Annotated[Asker, Depends(asker)]) -> Response:
    """The kept file of a version, as it was taken in."""

    def found() -> tuple[bytes, str]:
        file = who.base.original(document, version)
        if file is None:
            raise UnknownDocumentError(f"No file of version {version} of document {document} is kept.")
        who.base.recorded("exported", f"the file of #{document}, version {version}")
        return file.read_bytes(), file.name

    data, name = await worked(request, found)
    return filed(request, data, "application/octet-stream", name)


@router.get("/v1/documents/{document}/versions/{version}/pages/{page}", summary="Read a page", **answers("page", 404, 429))
async def text(request: Request, document: Number, version: Number, page: Number, who: Annotated[Asker, Depends(asker)]) -> Response:
    """The text of a page of a version, with the words that may be misread."""
    return tagged(request, await worked(request, lambda: _page(who.base, document, version, page)))


@router.get("/v1/documents/{document}/versions/{version}/pages/{page}/image", summary="See a page", **answers("image", 404, 429))
async def image(
    request: Request,
    document: Number,
    version: Number,
    page: Number,
    who: Annotated[Asker, Depends(asker)],
    start: Annotated[int | None, Query(ge=0, le=2**53, description="Where a quote begins that is boxed")] = None,
    end: Annotated[int | None, Query(ge=0, le=2**53, description="Where it ends")] = None,
) -> Response:
    """A page of a PDF or a scan as a picture (PNG), with the quote at `[start, end)` of the version boxed."""
    return filed(request, await worked(request, _drawn, serving(request), who, (document, version, page), (start, end)), "image/png")


def _drawn(have: Serving, who: Asker, at: tuple[int, int, int], span: tuple[int | None, int | None]) -> bytes:
    document, version, page = at
    shown = _page(who.base, document, version, page)
    file = who.base.original(document, version)
    if file is None or file.suffix != DRAWN:
        raise ProblemError(404, "There is no picture of this page: its file is no PDF, or was not kept.")
    start, end = span
    quote = before = ""
    if start is not None and end is not None and shown.start <= start < end <= shown.end:
        before, quote = shown.text[: start - shown.start], shown.text[start - shown.start : end - shown.start]
    boxes = who.base.word_boxes(document, page, version) if quote and shown.method == "ocr" else b""
    try:
        return have.images.image(DrawPage(file, page, quote, before, boxes), who.visitor).png
    except ImageError as error:
        raise ProblemError(422, f"The page cannot be drawn ({error.reason}).") from error


def _page(base: KnowledgeBase, document: int, version: int, page: int) -> Any:
    found = next((one for one in base.pages(document, version) if one.number == page), None)
    if found is None:
        raise UnknownDocumentError(f"Document {document} has no page {page} in version {version}.")
    return found


def documents_of(base: KnowledgeBase, sources: Sequence[str]) -> list[DocumentInfo]:
    """The documents that came of files, as far as the reader sees them."""
    wanted = set(sources)
    return [info for info in base.documents() if info.source in wanted]
