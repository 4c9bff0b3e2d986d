"""What the server does before any page is drawn: the address ``/signin``, and turning away who is not signed in.

The pages ask again at every look (`ui.signin.current`); the gate here keeps strangers from the rest: uploads, and files of the pages.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.records import Language
from kb.errors import KnowledgeBaseError
from kb.signin import Refused
from ui.door import COOKIE, FORWARDED, Mode, base_path, door, from_elsewhere, goal
from ui.i18n import LANGUAGE_COOKIE, first_of, from_locale, strings
from ui.signin_page import POLICY, Told, signin_page

NEXT: Final = "setu_next"
"""Where somebody wanted to go who is on the way to an OpenID provider, which leads back to the start page."""
PROVIDER_COOKIE: Final = "_streamlit_user"
MOST_FORM: Final = 16 * 1024
_OWN: Final = ("/_stcore", "/static", "/component", "/auth", "/oauth2callback", "/signin")
log = logging.getLogger(__name__)


def routes() -> list[Route]:
    """The routes beside those of the pages."""
    return [Route(f"{base_path()}/signin", _signin, methods=["GET", "POST"])]


class Gate:
    """Turns requests away: uploads and files of the pages without a session, and pages to ``/signin``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        path = request.url.path.removeprefix(base_path()) or "/"
        closed = path.startswith(("/_stcore/upload_file", "/media/")) and scope["method"] != "OPTIONS"
        page = not closed and scope["method"] == "GET" and not path.startswith(_OWN) and "text/html" in request.headers.get("accept", "")
        if not closed and not page:
            await self._app(scope, receive, send)
            return
        try:
            mode = await run_in_threadpool(lambda: door().mode())
            admitted = await run_in_threadpool(_admitted, request, mode)
        except (KnowledgeBaseError, OSError):
            mode, admitted = "open", False  # the page says what is wrong
        if closed and not admitted:
            await PlainTextResponse("Sign in first.", 401)(scope, receive, send)
        elif page and mode == "password" and not admitted:
            asked = urlencode({"next": _here(request)})
            await RedirectResponse(f"{base_path()}/signin?{asked}", 303, {"Cache-Control": "no-store"})(scope, receive, send)
        elif page and mode == "oidc":
            await self._kept(request, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _kept(self, request: HTTPConnection, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep where somebody wanted to go until the provider has led them back."""
        known = PROVIDER_COOKIE in request.cookies
        here = _here(request)
        if known and NEXT in request.cookies and here == f"{base_path()}/":
            back = RedirectResponse(goal(_unquoted(request.cookies[NEXT])), 303)
            back.delete_cookie(NEXT, path=base_path() or "/")
            await back(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                marked = Response()
                marked.set_cookie(
                    NEXT, urlencode({"": here})[1:], 600, path=base_path() or "/", httponly=True, samesite="lax", secure=_tls(request)
                )
                MutableHeaders(scope=message).append("set-cookie", marked.headers["set-cookie"])
            await send(message)

        await self._app(scope, receive, send if known else with_cookie)


async def _signin(request: Request) -> Response:
    """Show the form, or take what was typed into it."""
    try:
        mode = await run_in_threadpool(lambda: door().mode())
        if mode != "password":
            return RedirectResponse(goal(request.query_params.get("next")), 303)
        if request.method == "POST":
            return await _typed(request)
        wanted = _goal(request.query_params.get("next"))
        if await run_in_threadpool(_admitted, request, mode):
            return RedirectResponse(wanted, 303)
        return _page(request, _language(request, request.query_params.get("lang"), wanted), wanted)
    except (KnowledgeBaseError, OSError) as error:
        log.warning("Signing in is not possible.", exc_info=error)
        return _page(request, _language(request, request.query_params.get("lang")), f"{base_path()}/", told="failed", status=503)


async def _typed(request: Request) -> Response:
    fields = parse_qs((await _body(request)).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    name, password, wanted = (fields.get(key, [""])[0] for key in ("name", "password", "next"))
    language = _language(request, fields.get("lang", [""])[0])
    wanted = _goal(wanted)
    if not _from_here(request):
        return _page(request, language, wanted, told="foreign", status=403)
    place = request.client.host if request.client else ""
    entered = await run_in_threadpool(partial(door().signin.enter, name[:200], password, place))
    if isinstance(entered, Refused):
        minutes = -(-entered.wait // 60)
        told: Told = "wait" if entered.wait else "wrong"
        refused = _page(request, language, wanted, told=told, minutes=minutes, name=name[:200], status=429 if entered.wait else 401)
        if entered.wait:
            refused.headers["Retry-After"] = str(entered.wait)
        return refused
    if (held := request.cookies.get(COOKIE)) is not None:
        await run_in_threadpool(door().signin.leave, held)  # one person at a time in a browser
    done = RedirectResponse(goal(wanted, language), 303, {"Cache-Control": "no-store"})
    # Lax, not Strict: with Strict a link to an answer in a mail would find nobody signed in. The web socket, through which all else
    # goes, is opened by the page itself, and Streamlit compares its origin.
    hours = door().settings.session_hours
    done.set_cookie(COOKIE, entered, int(hours * 3600), path=base_path() or "/", httponly=True, samesite="lax", secure=_tls(request))
    return done


async def _body(request: Request) -> bytes:
    held = b""
    async for piece in request.stream():
        held += piece
        if len(held) > MOST_FORM:
            return b""
    return held


def _page(
    request: Request, language: Language, wanted: str, *, told: Told = "", minutes: int = 0, name: str = "", status: int = 200
) -> HTMLResponse:
    made = signin_page(strings(language), f"{base_path()}/signin", wanted, told=told, minutes=minutes, name=name)
    shown = HTMLResponse(made, status)
    shown.headers.update(
        {
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
    )
    if COOKIE in request.cookies and request.method == "GET":
        shown.delete_cookie(COOKIE, path=base_path() or "/")
    return shown


def _admitted(request: HTTPConnection, mode: Mode) -> bool:
    if mode == "password":
        return door().signin.reader(request.cookies.get(COOKIE)) is not None
    if mode == "oidc":
        return PROVIDER_COOKIE in request.cookies  # whether it is genuine Streamlit says to the page
    forwarded = [request.headers[name] for name in FORWARDED if name in request.headers]
    client = request.client.host if request.client else None
    return not from_elsewhere(st.get_option("server.address"), request.headers.get("host"), forwarded, client)


def _from_here(request: Request) -> bool:
    """Whether a form comes from our own page: another site must not sign its visitors in as somebody of its choice."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _language(request: HTTPConnection, chosen: str | None, wanted: str = "") -> Language:
    named = [chosen, parse_qs(urlsplit(wanted).query).get("lang", [None])[-1], request.cookies.get(LANGUAGE_COOKIE)]
    return first_of(named) or from_locale(request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip())


def _goal(wanted: str | None) -> str:
    return goal(wanted or f"{base_path()}/")


def _here(request: HTTPConnection) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _unquoted(value: str) -> str:
    return parse_qs(f"x={value}").get("x", ["/"])[0]


def _tls(request: HTTPConnection) -> bool:
    return request.url.scheme == "https"
