"""What went wrong, as problem details (RFC 9457): every error that a program is answered has this one form."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ingest.errors import IngestError
from kb.agreements.card_records import CardError
from kb.auth.throttle import TooManyError
from kb.errors import (
    AccessError,
    AccountsError,
    CollectionError,
    CorrectionError,
    KnowledgeBaseError,
    UnknownDocumentError,
)
from server.evidence.statement_check import BadStatementError
from training.errors import BadRequestError, MapError, TrainingError, UnknownModuleError
from ui.export import ExportError

MEDIA: Final = "application/problem+json"
log = logging.getLogger(__name__)

_STATUS: Final[Mapping[type[Exception], int]] = {
    UnknownDocumentError: 404,
    UnknownModuleError: 404,
    MapError: 404,
    CollectionError: 404,
    AccessError: 403,
    CorrectionError: 422,
    CardError: 422,
    BadStatementError: 422,
    BadRequestError: 422,
    TrainingError: 422,
    ExportError: 422,
    IngestError: 422,
    TooManyError: 429,
    AccountsError: 503,
    KnowledgeBaseError: 503,
    OSError: 503,
}
"""The status of our own errors, the nearest class first; what is not here nobody foresaw."""
_HIDDEN: Final = (AccountsError, OSError)
"""Errors whose words name files of ours; a stranger is not told which."""


class ProblemError(Exception):
    """An answer that is a problem: ``status`` of HTTP, ``detail`` for a person, and what a program may read beside them."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = more


def too_many(seconds: float, detail: str) -> ProblemError:
    """The problem that somebody asks too often, with the whole seconds after which they may ask again."""
    return ProblemError(429, detail, headers={"Retry-After": str(max(1, math.ceil(seconds)))})


def answered(problem: ProblemError) -> JSONResponse:
    """The answer that tells of a problem."""
    told = {"type": "about:blank", "title": HTTPStatus(problem.status).phrase, "status": problem.status, "detail": problem.detail}
    headers = {"Cache-Control": "no-store", **problem.headers}
    return JSONResponse({**told, **problem.more}, problem.status, headers, MEDIA)


def problem_of(error: Exception) -> ProblemError:
    """The problem that an error of Setu is to whoever asked."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, TooManyError):
        return too_many(5, "You have as many unfinished jobs as you may have. Wait until one is done, or cancel one.")
    status = next((found for kind, found in _STATUS.items() if isinstance(error, kind)), 500)
    if status == 500:
        log.error("A request failed.", exc_info=error)
        return ProblemError(500, f"Setu failed unexpectedly ({type(error).__name__}). Whoever runs it finds the reason in its log.")
    if isinstance(error, _HIDDEN):
        log.warning("A request could not be served.", exc_info=error)
        return ProblemError(status, "Setu cannot serve this now. Whoever runs it finds the reason in its log and with `setu doctor`.")
    return ProblemError(status, str(error))


def handle(app: FastAPI) -> None:
    """Have every error of an application told as problem details."""

    async def ours(_request: Request, error: Exception) -> JSONResponse:
        return answered(problem_of(error))

    async def of_http(_request: Request, error: Exception) -> JSONResponse:
        assert_http = error if isinstance(error, HTTPException) else HTTPException(500)
        detail = _HTTP.get(assert_http.status_code, str(assert_http.detail))
        return answered(ProblemError(assert_http.status_code, detail, headers=assert_http.headers))

    async def invalid(_request: Request, error: Exception) -> JSONResponse:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        wrong = [{"place": [str(one) for one in each["loc"]], "detail": str(each["msg"])} for each in found[:_MOST_ERRORS]]
        named = "; ".join(f"{'.'.join(one['place'])}: {one['detail']}" for one in wrong[:3])
        return answered(ProblemError(422, f"The request is not as it must be. {named}", errors=wrong))

    for kind in (ProblemError, TooManyError, KnowledgeBaseError, TrainingError, ExportError, IngestError, OSError, Exception):
        app.add_exception_handler(kind, ours)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, invalid)


_MOST_ERRORS: Final = 20
_HTTP: Final[Mapping[int, str]] = {
    404: "There is nothing at this address. /openapi.json lists what there is.",
    405: "This address cannot be asked in this way. The header Allow says how it can.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that an operation may answer, for its description."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {
                MEDIA: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": _EXAMPLE[status]},
                }
            },
        }
        for status in statuses
    }


_EXAMPLE: Final[Mapping[int, str]] = {
    400: "This is no JSON.",
    401: "Send a key: Authorization: Bearer setu_…",
    403: "This takes the role editor, and yours is viewer. Ask an admin of this Setu for it.",
    404: "There is no document 7.",
    405: _HTTP[405],
    409: "This Idempotency-Key was sent with another body. Take a new key.",
    413: "The body is larger than 1 MB.",
    422: "The request is not as it must be. body.question: Field required",
    429: "You may ask 20 questions a minute.",
    500: "Setu failed unexpectedly (ValueError). Whoever runs it finds the reason in its log.",
    503: "Setu cannot serve this now. Whoever runs it finds the reason in its log and with `setu doctor`.",
    504: "This took longer than it may.",
}
SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "description": "Problem details, RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
