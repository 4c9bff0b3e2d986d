"""Errors in the shape that clients of the OpenAI API read."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kb import event_log
from kb.errors import AccessError, CollectionError, KnowledgeBaseError, UnknownDocumentError
from server.evidence.askers import NotLetInError, TooOftenError

NO_TOOLS: Final = "it calls no tools of others. It is a tool itself, by MCP."


class OpenAIError(Exception):
    """A request that is refused; ``param`` is what of it, ``code`` says why for a program."""

    def __init__(self, message: str, *, status: int = 400, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param


def unsupported(param: str, why: str) -> OpenAIError:
    """What Setu cannot do, asked for by a parameter."""
    return OpenAIError(f"Setu does not support {param}: {why}", code="unsupported_parameter", param=param)


def must_call(choice: Any) -> bool:
    """Whether a tool must be called. Where one only may be, as windows offer theirs with every question, the answer is one without."""
    return choice not in (None, "", "auto", "none")


def answer_of(error: Exception) -> Response:
    """The answer to a request that failed with an error."""
    if isinstance(error, OpenAIError):
        return _shaped(error.status, str(error), error.code, error.param)
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, TooOftenError):
        return _shaped(429, str(error), "rate_limit_exceeded", headers={"Retry-After": str(error.seconds)})
    if isinstance(error, NotLetInError):
        code = {401: "invalid_api_key", 403: "permission_denied"}.get(error.status, "server_error")
        headers = {"WWW-Authenticate": 'Bearer realm="setu"'} if error.status == 401 else {}
        return _shaped(error.status, str(error), code, headers=headers | error.headers)
    if isinstance(error, AccessError):
        return _shaped(403, str(error), "permission_denied")
    if isinstance(error, UnknownDocumentError | CollectionError):
        return _shaped(404, str(error), "not_found")
    if isinstance(error, KnowledgeBaseError):
        event_log.failure("openai", error)
        return _shaped(400, str(error), None)
    if isinstance(error, HTTPException):
        return _shaped(error.status_code, str(error.detail), None, headers=dict(error.headers or {}))
    event_log.failure("openai", error)
    return _shaped(500, "Setu could not do this; its log says why.", "server_error")


class OpenAIRoute(APIRoute):
    """A path whose errors are in that shape, also where the body is not as it must be."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the path."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:  # noqa: BLE001 - every error has an answer, and the log says what it was
                return answer_of(error)

        return handled


def error_body(status: int, message: str, code: str | None, param: str | None = None) -> dict[str, Any]:
    """An error as JSON."""
    kinds = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
    kind = kinds.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _shaped(status: int, message: str, code: str | None, param: str | None = None, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(error_body(status, message, code, param), status_code=status, headers=headers)


def _invalid(error: RequestValidationError) -> Response:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "body") or None
    return _shaped(400, f"{where or 'The body'}: {first['msg']}", "invalid_value", where)
