"""``/v1/verify``: is a statement borne out by the papers, and where? Whoever wrote it; no language model is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, StrictInt, model_validator

from kb import KnowledgeBase
from kb.records import Citation, DocumentInfo, Status, weakest
from kb.verify.citations import check_quote, fold
from lang.languages import LANGUAGES, Language
from server.access import Asker, questioner
from server.bodies import Body, Id, Narrowed, Text
from server.description import answers
from server.evidence.statement_check import check_statement
from server.replies import told
from server.serving import worked
from ui.cli.json_output import shape
from ui.components.answer_wording import findings
from ui.components.i18n import strings

router = APIRouter(tags=["ask"])


class Quote(Body):
    """Words that are said to stand in a document; with `start` and `end` they must stand exactly there."""

    document: Id
    version: Id | None = None
    """By default the one in force."""
    quote: Text
    start: Annotated[StrictInt, Field(ge=0, le=2**53)] | None = None
    end: Annotated[StrictInt, Field(ge=0, le=2**53)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Quote:
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end go together")
        return self


class Claim(Narrowed):
    """A statement, with the quotes that it rests on, or the documents that it may rest on."""

    statement: Text
    """One sentence or several, in one of the four languages."""
    quotes: list[Quote] = Field(default_factory=list, max_length=50)
    """What it is said to rest on; without any, the passages that come nearest are looked up."""
    speak: Language | None = None
    """In which language the reasons are told; by default that of the statement."""


@router.post("/v1/verify", summary="Hold a statement against the documents", **answers("verify", 404, 413, 429))
async def verify(request: Request, claim: Claim, who: Annotated[Asker, Depends(questioner)]) -> Response:
    """Each sentence is `verified`, `partial` or `unsupported`, with the reasons and the quotes it was held against.

    Given `quotes` are first looked up where they are said to stand: one that does not stand there bears nothing out. Without them the
    nearest passages that the asker sees are taken, of `documents` or other filters where these are given. The statement is as good as its
    weakest sentence. `findings` name what is not borne out: what the statement says, and what the papers say instead.
    """
    return told(await worked(request, _verified, claim, who.base))


def _verified(claim: Claim, base: KnowledgeBase) -> dict[str, Any]:
    given = tuple(_given(claim.quotes, base))
    checked = check_statement(base, claim.statement, claim.of(base), given)
    speak = claim.speak or checked.language
    words = strings(speak if speak in LANGUAGES else "en")
    return {
        "statement": claim.statement,
        "language": checked.language,
        "status": weakest(one.verdict.status for one in checked.sentences),
        "sentences": [
            {
                "text": one.text,
                "status": one.verdict.status,
                "reasons": findings(one.verdict, one.verdict.status, words),
                "verdict": shape(one.verdict),
                "citations": [shape(citation) for citation in one.citations],
            }
            for one in checked.sentences
        ],
        "quotes": [{"document_id": one.document_id, "quote": one.quote, "status": one.status} for one in given],
    }


def _given(quotes: Iterable[Quote], base: KnowledgeBase) -> Iterator[Citation]:
    """The quotes as citations, each with whether it stands where it is said to."""
    for one in quotes:
        info = base.document(one.document)
        version = one.version or info.version
        text = base.text(info.id, version)
        start = text.find(one.quote) if one.start is None else one.start
        end = start + len(one.quote) if one.end is None else one.end
        if start < 0:  # it may stand there in other forms of its letters, but then nobody knows where
            yield _cited(base, info, version, 0, 0, one.quote, "partial" if fold(one.quote) in fold(text) else "unsupported")
        else:
            yield _cited(base, info, version, start, end, one.quote, check_quote(one.quote, text, start, end))


def _cited(base: KnowledgeBase, info: DocumentInfo, version: int, start: int, end: int, quote: str, status: Status) -> Citation:
    place = base.place(info.id, version, start)
    doubtful = base.doubtful(info.id, version, start, end) if status == "verified" else ()
    return Citation(
        info.id, info.title, info.source, version, info.kind, info.date, place.page, place.page_label, place.path, start, end,
        info.language,
        quote, status, ocr=place.ocr, doubtful=doubtful, superseded_by=base.replaced(info.id) if info.kind != "news" else None,
    )  # fmt: skip
