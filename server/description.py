"""How the paths describe themselves: OpenAPI 3.1, and a page of it that needs no script and nothing from elsewhere."""

from __future__ import annotations

import html
import json
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi

from ingest.records import KINDS
from server.examples import ANSWERS, ASKED
from server.problems import SCHEMA, documented
from server.replies import filed

ABOUT: Final = """Setu answers from an office's own papers, word for word and with page and clause, or says that they do not say it.

Send a key with every request: `Authorization: Bearer setu_…` (`setu keys create`). What a key may not see is not there for it by any path.
Every error is a problem document (RFC 9457). GET answers carry an `ETag`; send it as `If-None-Match` to be told that nothing changed."""
_ALWAYS: Final = (401, 403, 422, 500, 503, 504)
_FILES: Final = {"file": "application/octet-stream", "image": "image/png"}
_READ: Final = {"ask", "search", "verify"}
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def answers(what: str, *problems: int, status: int = 200) -> dict[str, Any]:
    """What an operation answers, for its decorator: ``what`` names an example, or a kind of file; "" is nothing but the status."""
    good: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if what in _FILES:
        good["content"] = {_FILES[what]: {"schema": {"type": "string", "format": "binary"}}}
    elif what:
        needed = ["id", "state"] if what == "job" else sorted(ANSWERS[what])
        held: dict[str, Any] = {"schema": {"type": "object", "required": needed}, "example": ANSWERS[what]}
        good["content"] = {"application/json": held}
        if what == "ask":
            good["content"]["text/event-stream"] = {"schema": {"type": "string"}, "example": _STREAM}
    unread = (400,) if 413 in problems else ()  # what has a body may have one that cannot be read
    found: dict[int | str, dict[str, Any]] = {status: good, **documented(*sorted({*_ALWAYS, *problems, *unread}))}
    if status == 200 and what not in _READ:
        found[304] = {"description": "Nothing has changed since the answer with this ETag"}
    return {"responses": found, "response_class": Response, "response_model": None}


_STREAM: Final = """event: progress
data: {"stage": "searching", "language": "en", "asked_as": null}

event: statement
data: {"text": "The Ministry of Tides will bear the cost …", "citations": []}

event: done
data: {"question": "…"}
"""


def form() -> dict[str, Any]:
    """The form by which a file is sent, which is read only when it is known who sends it."""
    properties = {
        "file": {"type": "string", "contentMediaType": "application/octet-stream", "description": "The document"},
        "kind": {"type": "string", "enum": list(KINDS), "description": "What it is, whatever it seems to be"},
        "group": {"type": "array", "items": {"type": "string"}, "description": "Access groups, of your own"},
        "collection": {"type": "array", "items": {"type": "integer", "minimum": 0}, "description": "Collections that it comes into"},
    }
    schema = {"type": "object", "required": ["file"], "properties": properties, "additionalProperties": False}
    example = {"file": "memorandum.txt", "kind": "agreement"}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema, "example": example}}}}


def describe(app: FastAPI) -> None:
    """Have an application tell of its paths at ``/openapi.json`` and ``/docs``; there is nothing in them that takes a key."""

    def schema() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, summary=app.summary, description=app.description, routes=app.routes,
                openapi_version="3.1.0",
            )  # fmt: skip
            parts = made.setdefault("components", {})
            held = parts.setdefault("schemas", {})
            held["Problem"] = dict(SCHEMA)
            for name, example in ASKED.items():
                if name in held:
                    held[name]["examples"] = [example]
            for unused in ("HTTPValidationError", "ValidationError"):
                held.pop(unused, None)
            sent = "A key of `setu keys create`, or a token of the OpenID provider of the chat."
            parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": sent}}
            made["security"] = [{"key": []}]
            app.openapi_schema = made
        return app.openapi_schema

    async def told(request: Request) -> Response:
        return filed(request, json.dumps(schema(), ensure_ascii=False).encode(), "application/json")

    async def shown(request: Request) -> Response:
        page = filed(request, _page(schema()).encode(), "text/html; charset=utf-8")
        page.headers["Content-Security-Policy"] = _POLICY
        return page

    app.openapi = schema  # type: ignore[method-assign]
    app.add_api_route("/openapi.json", told, include_in_schema=False)
    app.add_api_route("/docs", shown, include_in_schema=False)


_STYLE: Final = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h2{margin-top:2.5rem;border-top:1px solid #ccc;padding-top:1rem}code,pre{font:14px/1.4 ui-monospace,monospace}
pre{background:#f3f3f3;padding:.75rem;overflow:auto;max-height:24rem}b{color:#0b5394}
table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#eee;background:#181818}pre{background:#262626}b{color:#8ab8ff}}"""


def _page(schema: dict[str, Any]) -> str:
    drawn = [f"<p>{_worded(part)}</p>" for part in schema["info"]["description"].split("\n\n")]
    listed, sections = [], []
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            key = operation["operationId"]
            name = f"<code><b>{method.upper()}</b> {html.escape(path)}</code>"
            listed.append(f'<li><a href="#{key}">{name}</a> {html.escape(operation["summary"])}</li>')
            sections.append(f'<h2 id="{key}">{name}</h2>{_operation(operation, schema)}')
    body = "".join([*drawn, f"<ul>{''.join(listed)}</ul>", *sections])
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Setu: paths for programs</title><style>{_STYLE}</style></head><body><main><h1>Setu for programs</h1>"
        f'<p>Version {html.escape(schema["info"]["version"])} · <a href="openapi.json">openapi.json</a></p>{body}</main></body></html>'
    )


def _operation(operation: dict[str, Any], schema: dict[str, Any]) -> str:
    drawn = [f"<p>{_worded(part)}</p>" for part in operation.get("description", "").split("\n\n")]
    rows = [(one["name"], one["in"], one.get("description", "")) for one in operation.get("parameters", [])]
    for media, held in operation.get("requestBody", {}).get("content", {}).items():
        name = held["schema"].get("$ref", "").rpartition("/")[2]
        found = schema["components"]["schemas"][name] if name else held["schema"]
        rows += [(field, media, one.get("description", "")) for field, one in found.get("properties", {}).items()]
        example = held.get("example") or next(iter(found.get("examples", [])), None)
        if example is not None:
            drawn.append(f"<p>Asked:</p><pre>{_json(example)}</pre>")
    if rows:
        cells = "".join(
            f"<tr><td><code>{html.escape(a)}</code></td><td>{html.escape(b)}</td><td>{_worded(c)}</td></tr>" for a, b, c in rows
        )
        drawn.append(f"<table><tr><th>Field</th><th>Sent in</th><th></th></tr>{cells}</table>")
    for status, answer in operation["responses"].items():
        for media, held in answer.get("content", {}).items():
            if status.startswith("2") and "example" in held:
                drawn.append(f"<p>Answered, {status}, <code>{media}</code>:</p><pre>{_json(held['example'])}</pre>")
    problems = ", ".join(status for status in operation["responses"] if status.startswith(("4", "5")))
    return "".join([*drawn, f"<p>Problems: {problems}</p>"])


def _json(value: Any) -> str:
    return html.escape(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1))


def _worded(text: str) -> str:
    parts = html.escape(text).split("`")
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))
