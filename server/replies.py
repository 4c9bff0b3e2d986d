"""Answers of paths: JSON of Setu's records, with a tag by which a program asks whether it has changed, and files."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request, Response

from ui.cli.json_output import shape

_PRIVATE: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}


def told(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Records as JSON in the form that ``setu … --json`` prints."""
    return Response(_bytes(value), status, {"Cache-Control": "no-store", **(headers or {})}, "application/json")


def tagged(request: Request, value: Any) -> Response:
    """The same for what is read again and again: 304 where it is as the asker has it."""
    return filed(request, _bytes(value), "application/json")


def filed(request: Request, data: bytes, media: str, name: str = "") -> Response:
    """Bytes with their tag; with a name they are offered as a file of that name."""
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {**_PRIVATE, "ETag": tag}
    had = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in had or "*" in had:
        return Response(status_code=304, headers=headers)
    if name:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, 200, headers, media)


def _bytes(value: Any) -> bytes:
    return json.dumps(shape(value), ensure_ascii=False).encode("utf-8", "replace")
