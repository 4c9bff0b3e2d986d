"""What every request goes through before Streamlit sees it: whose it is, who may ask for what, and the headers of every answer.

Whose a connection is and where it comes from is read from its headers and cookies, before any page is drawn. The pages ask again at every
look (`ui.auth.sign_in.current`). Whatever is not named as open here takes a person who may look.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from kb.auth.loopback import FORWARDED, from_elsewhere
from kb.auth.roles import Reader, Role
from kb.errors import KnowledgeBaseError
from ui.auth.authentication import COOKIE, Mode, Visit, Why, base_path, door, goal
from ui.auth.embedding import framed, is_embedded, signed_out_page

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


NEXT: Final = "setu_next"
"""Cookie: where somebody wanted to go who is on the way to an OpenID provider, which leads back to the start page."""
MOST_SOCKETS: Final = 40
"""Open pages of one person (of one machine where nobody signs in); each may hold an unfinished message of ``server.maxMessageSize``."""
UPLOAD: Final = "/_stcore/upload_file/"
OPEN: Final = ("/_stcore/health", "/_stcore/host-config", "/ready", "/signin", "/auth/login", "/auth/logout", "/oauth2callback")
"""What a stranger needs to sign in or to see that the server is up; besides, the files of Streamlit's page below ``/static/``."""
ROLES: Final[Mapping[str, Role]] = {UPLOAD: "editor", "/_stcore/metrics": "admin"}
"""What takes more than to look, by how its path begins. An uploaded file lies in the server's memory until its page is closed."""
_FILES: Final = ("/_stcore/", "/media/", "/component/")
_MOST_UNREAD: Final = 16_000_000
"""Bytes of a refused request that are read and thrown away."""
_SAFE: Final = ("GET", "HEAD", "OPTIONS")

_PAGE_POLICY: Final = (
    # Streamlit runs the scripts of our components from blobs, and those within HTML of ours inline; nothing comes from another place.
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_FILE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
"""Of files that papers hold or that were made of them: they may run nothing and load nothing."""
HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
}
log = logging.getLogger(__name__)


def secured(headers: MutableHeaders, path: str) -> None:
    """Add the security headers that an answer does not have yet; the chat for frames may be framed by whom the settings name."""
    embedded = is_embedded(path)
    for name, value in HEADERS.items():
        if not (embedded and name == "X-Frame-Options"):  # it knows no list of origins
            headers.setdefault(name, value)
    page = framed(_PAGE_POLICY) if embedded else _PAGE_POLICY
    headers.setdefault("Content-Security-Policy", _FILE_POLICY if path.startswith(f"{base_path()}/media/") else page)


async def server_error(request: Request, error: Exception) -> Response:
    """The answer to a request that failed, which Starlette sends past every middleware."""
    response = PlainTextResponse("Internal Server Error", 500)
    secured(response.headers, request.scope["path"])
    return response


class SecurityHeaders:
    """Adds the security headers to every answer, refused web sockets included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on."""

        async def with_headers(message: Message) -> None:
            if message["type"].endswith("http.response.start"):
                secured(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, with_headers)


class Gate:
    """Hands on what a person may ask for; pages lead strangers to ``/signin``, and all else is refused, web sockets before they open."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._sockets = Counter[tuple[Mode, str]]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        answer = self._app if scope["type"] == "lifespan" else await self._answer(HTTPConnection(scope))
        await answer(scope, receive, send)

    async def _answer(self, asked: HTTPConnection) -> ASGIApp:
        path = asked.scope["path"].removeprefix(base_path()) or "/"
        socket = asked.scope["type"] == "websocket"
        if not socket and (path in OPEN or path.startswith("/static/")):
            return self._app
        if not _from_our_page(asked, needed=socket):
            log.warning("A request was refused: its Origin is not this server's. Behind a proxy see docs/administration.md.")
            return _refusal(asked, 403, "Sent from another origin.")
        session = _resumed(asked) if socket else path.removeprefix(UPLOAD).split("/")[0] if path.startswith(UPLOAD) else ""
        try:
            mode, who = await run_in_threadpool(reader_of, asked)
            owner = await run_in_threadpool(owner_of, session) if session else None
        except (KnowledgeBaseError, OSError):
            mode, who, owner = "password", "signed_out", None  # /signin says what is wrong
        if not socket and asked.scope["method"] == "GET" and "text/html" in asked.headers.get("accept", "") and not path.startswith(_FILES):
            return self._page(asked, mode, who)
        if not isinstance(who, Reader):
            return _refusal(asked, 403 if socket else 401, "Sign in first.")
        if not who.may(next((role for start, role in ROLES.items() if path.startswith(start)), "viewer")):
            return _refusal(asked, 403, "Your role does not allow this.")
        # A page whose person signed out meanwhile may be taken up again, and is emptied then; nothing may be sent into it.
        if owner is not None and (owner.id != who.id if isinstance(owner, Reader) else not socket):
            return _refusal(asked, 403, "That session is somebody else's.")
        place = asked.client.host if asked.client else ""
        return self._counted((mode, who.id or place)) if socket else self._app

    def _page(self, asked: HTTPConnection, mode: Mode, who: Reader | Why) -> ASGIApp:
        here = _here(asked)
        if not isinstance(who, Reader):
            if is_embedded(asked.scope["path"]):
                return signed_out_page(asked)
            return RedirectResponse(f"{base_path()}/signin?{urlencode({'next': here})}", 303, {"Cache-Control": "no-store"})
        if mode == "oidc" and NEXT in asked.cookies and here == f"{base_path()}/":
            back = RedirectResponse(goal(_unquoted(asked.cookies[NEXT])), 303, {"Cache-Control": "no-store"})
            back.delete_cookie(NEXT, path=base_path() or "/")
            return back
        return self._app

    def _counted(self, person: tuple[Mode, str]) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            if self._sockets[person] >= MOST_SOCKETS:
                await _refusal(HTTPConnection(scope), 429, "Too many pages are open.")(scope, receive, send)
                return
            self._sockets[person] += 1
            try:
                await self._app(_same_host(scope), receive, send)
            finally:
                self._sockets[person] -= 1
                if not self._sockets[person]:
                    del self._sockets[person]

        return serve


def _from_our_page(asked: HTTPConnection, *, needed: bool) -> bool:
    """Whether nothing says that a page of another server made a browser send this, with the cookies that it has for us."""
    if not needed and asked.scope["method"] in _SAFE:
        return True
    origin = asked.headers.get("origin")
    return (origin is None and not needed) or is_own_origin(origin, asked.headers.get("host"), asked.scope["scheme"])


def _same_host(scope: Scope) -> Scope:
    """A web socket as Streamlit is to see it: what it takes for another origin makes it look up this machine's public address, and wait."""
    origin = urlsplit(HTTPConnection(scope).headers["origin"]).netloc.encode("latin-1")
    return {**scope, "headers": [*(pair for pair in scope["headers"] if pair[0] != b"host"), (b"host", origin)]}


def _resumed(asked: HTTPConnection) -> str:
    """The session that a page which lost its connection asks for: the third of what Streamlit's page names as protocols."""
    return [*asked.headers.get("sec-websocket-protocol", "").split(","), "", "", ""][2].strip()


def _refusal(asked: HTTPConnection, status: int, said: str) -> ASGIApp:
    if asked.scope["type"] == "websocket" and "websocket.http.response" not in asked.scope.get("extensions", {}):

        async def close(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "websocket.close", "code": 1008, "reason": said})

        return close
    response = PlainTextResponse(said, status, {"Cache-Control": "no-store"})

    async def after_body(scope: Scope, receive: Receive, send: Send) -> None:
        # A proxy that is still sending when the connection ends says 502 instead of what was answered.
        unread = _MOST_UNREAD if scope["type"] == "http" else 0
        while unread > 0 and (message := await receive()).get("more_body"):
            unread -= len(message.get("body", b""))
        await response(scope, receive, send)

    return after_body


def _here(asked: HTTPConnection) -> str:
    path: str = asked.scope["path"]
    query: bytes = asked.scope["query_string"]
    return path + (f"?{query.decode('latin-1')}" if query else "")


def _unquoted(value: str) -> str:
    return parse_qs(f"x={value}").get("x", ["/"])[0]
