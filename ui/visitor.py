"""Whose a connection is, and where it comes from: read from its headers and cookies, before any page is drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from streamlit import runtime
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from kb.access import Reader
from ui.door import COOKIE, FORWARDED, Mode, Why, door, from_elsewhere
from ui.standing import Visit

PROVIDER_COOKIE: Final = "_streamlit_user"
"""In which Streamlit keeps, signed, what an OpenID provider says of a visitor."""
_PORTS: Final = {"http": 80, "https": 443}


def reader_of(connection: HTTPConnection) -> tuple[Mode, Reader | Why]:
    """How people come in now, and who this is, or why they are not let in. Raises `AccountsError` or `SettingsError`."""
    known = door()
    mode = known.mode()
    client = connection.client.host if connection.client else None
    return mode, _visit(connection.headers, connection.cookies, client).reader(mode, known)


def owner_of(session: str) -> Reader | Why | None:
    """Who looks at an open session of the page, of whatever browser, as `reader_of`; None when there is no such session."""
    client = runtime.get_instance().get_client(session) if runtime.exists() else None
    held = client.client_context if client is not None else None
    if held is None:
        return None
    known = door()
    return _visit(Headers(dict(held.headers)), held.cookies, held.remote_ip).reader(known.mode(), known)


def is_own_origin(origin: str | None, host: str | None, scheme: str) -> bool:
    """Whether a page of this very server sent a request: same host, same port, and TLS where the connection came by TLS.

    ``server.corsAllowedOrigins`` in ``.streamlit/config.toml`` names our address where a proxy changes the ``Host`` header.

    Args:
        origin: the ``Origin`` header, which a page cannot choose.
        host: the ``Host`` header.
        scheme: of the connection; behind a proxy the one that it names in ``X-Forwarded-Proto``.
    """
    if origin is None:
        return False
    if origin in st.get_option("server.corsAllowedOrigins"):
        return True
    try:
        page, here = urlsplit(origin), urlsplit(f"//{host or ''}")
        port = _PORTS.get(page.scheme)
        # A proxy that ends TLS without saying so looks like plain HTTP: there the page may have come by either.
        if port is None or (scheme in ("https", "wss") and page.scheme != "https"):
            return False
        return page.hostname is not None and _place(page, port) == _place(here, port)
    except ValueError:
        return False


def provider_claims(cookies: Mapping[str, str], host: str | None) -> dict[str, Any]:
    """What an OpenID provider says of the visitor; nothing when the cookie is not Streamlit's, or was given for another address."""

    def single(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1", "replace")) if value else None

    said = get_cookie_with_chunks(single, PROVIDER_COOKIE) if PROVIDER_COOKIE in cookies else None
    try:
        claims = json.loads(said) if said else {}
    except ValueError:
        return {}
    if not isinstance(claims, dict) or not claims.get("is_logged_in") or not is_own_origin(claims.get("origin"), host, "http"):
        return {}
    return claims


def _visit(headers: Headers, cookies: Mapping[str, str], client: str | None) -> Visit:
    host = headers.get("host")
    forwarded = [value for name in FORWARDED for value in headers.getlist(name)]
    elsewhere = from_elsewhere(st.get_option("server.address"), host, forwarded, client)
    return Visit(cookies.get(COOKIE), provider_claims(cookies, host), elsewhere)


def _place(parts: SplitResult, port: int) -> tuple[str | None, int]:
    return parts.hostname, parts.port or port
