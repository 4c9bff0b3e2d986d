"""``/v1/verify``: is a statement borne out by the papers, and where? Whoever wrote it; no language model is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, StrictInt, model_validator

from kb import KnowledgeBase
from kb.records import Citation, DocumentInfo, Status, Verdict, weakest
from kb.verify.citations import check_quote, fold
from lang.languages import LANGUAGES, Language, detect
from lang.sentences import sentence_spans
from server.access import Asker, questioner
from server.bodies import Body, Id, Narrowed, Text
from server.description import answers
from server.evidence.statement_check import MOST_SENTENCES, checked_sentence
from server.problems import ProblemError
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


@dataclass(frozen=True, slots=True)
class _Part:
    """A sentence with its verdict and what it was held against."""

    text: str
    verdict: Verdict
    citations: tuple[Citation, ...]

    @property
    def status(self) -> Status:
        return weakest((self.verdict.status, *(() if self.citations else ("unsupported",))))


@router.post("/v1/verify", summary="Hold a statement against the documents", **answers("verify", 404, 413, 429))
async def verify(request: Request, claim: Claim, who: Annotated[Asker, Depends(questioner)]) -> Response:
    """Each sentence is `verified`, `partial` or `unsupported`, with the reasons and the quotes it was held against.

    Given `quotes` are first looked up where they are said to stand: one that does not stand there bears nothing out. Without them the
    nearest passages that the asker sees are taken, of `documents` or other filters where these are given. The statement is as good as its
    weakest sentence. `findings` name what is not borne out: what the statement says, and what the papers say instead.
    """
    most = who.base.settings.max_question_chars
    if len(claim.statement) > most:
        raise ProblemError(422, f"The statement has {len(claim.statement)} characters, and may have {most}.")
    return told(await worked(request, _verified, claim, who.base))


def _verified(claim: Claim, base: KnowledgeBase) -> dict[str, Any]:
    language = detect(claim.statement, "en")
    spans = sentence_spans(claim.statement, language)
    parts = [text for start, end in spans if (text := claim.statement[start:end].strip())]
    if len(parts) > MOST_SENTENCES:
        raise ProblemError(422, f"The statement has {len(parts)} sentences, and may have {MOST_SENTENCES}. Send them in parts.")
    given = tuple(_given(claim.quotes, base))
    filters = claim.of(base)
    judged = []
    for text in parts:
        if given:
            judged.append(_Part(text, base.judge(text, given), given))
        else:
            found = checked_sentence(base, text, filters)
            judged.append(_Part(text, found.verdict, found.citations))
    speak = claim.speak or language
    words = strings(speak if speak in LANGUAGES else "en")
    return {
        "statement": claim.statement,
        "language": language,
        "status": weakest(part.status for part in judged),
        "sentences": [
            {
                "text": part.text,
                "status": part.status,
                "reasons": findings(part.verdict, part.status, words),
                "verdict": shape(part.verdict),
                "citations": [shape(one) for one in part.citations],
            }
            for part in judged
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
