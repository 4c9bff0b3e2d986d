"""The address ``/signin``: the form for name and password, the ways to an OpenID provider, or why somebody is not let in."""

from __future__ import annotations

import importlib.util
import logging
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit.auth_util import encode_provider_token

from kb.auth.roles import Reader
from kb.auth.sign_in import Refused
from kb.errors import AccountsError, KnowledgeBaseError, MissingExtraError
from lang.languages import Language
from ui.auth.authentication import COOKIE, Mode, Why, base_path, door, goal, providers
from ui.auth.middleware import NEXT, is_own_origin, provider_claims, reader_of
from ui.auth.sign_in import Told, policy, refusal_page, signin_page
from ui.components.i18n import LANGUAGE_COOKIE, first_of, from_locale, strings

DEVICE: Final = "setu_device"
"""Cookie by which a browser is known in which somebody has signed in (`kb.auth.sign_in.SignIn.device`)."""
DEVICE_S: Final = 180 * 24 * 3600
MOST_FORM: Final = 16 * 1024
log = logging.getLogger(__name__)


def routes() -> list[Route]:
    """The routes beside those of the pages."""
    return [Route(f"{base_path()}/signin", _signin, methods=["GET", "POST"])]


async def _signin(request: Request) -> Response:
    """Show how to come in, or why not; take what was typed; or lead on to an OpenID provider."""
    wanted = _goal(request.query_params.get("next"))
    language = _language(request, request.query_params.get("lang"), wanted)
    try:
        mode, who = await run_in_threadpool(reader_of, request)
        if mode == "password" and request.method == "POST":
            return await _typed(request)
        if isinstance(who, Reader):
            return RedirectResponse(wanted, 303)
        if mode == "password":
            return _page(request, language, wanted)
        provider = request.query_params.get("provider")
        if mode == "oidc" and provider in providers():
            return await run_in_threadpool(_to_provider, request, provider, goal(wanted, language))
        return await run_in_threadpool(_refused, request, language, wanted, mode, who)
    except (KnowledgeBaseError, OSError) as error:
        log.warning("Signing in is not possible.", exc_info=error)
        if isinstance(error, AccountsError):  # a stranger is not told which file of ours it is
            return _page(request, language, wanted, told="failed", status=503)
        words = strings(language)
        sentence = f"{words('error.start', reason=error)} {words('error.retry', command='`setu doctor`')}"
        return _sent(request, refusal_page(words, f"{base_path()}/signin", wanted, sentence, ()), 503)


def _refused(request: Request, language: Language, wanted: str, mode: Mode, why: Why) -> Response:
    """Say why somebody is not let in, and offer the ways in or out that there are."""
    words, links = strings(language), list[tuple[str, str]]()
    if mode == "oidc" and why == "signed_out":
        for name in providers():
            said = words("signin.provider", name=name.capitalize()) if name else words("signin.provider_default")
            links.append((said, f"{base_path()}/signin?{urlencode({'provider': name, 'next': wanted, 'lang': language})}"))
    elif mode == "oidc":
        links.append((words("signin.leave"), f"{base_path()}/auth/logout"))
    claims = provider_claims(request.cookies, request.headers.get("host"))
    sentence = words(f"signin.{why}", name=str(claims.get(door().settings.oidc_name_claim, "")))
    return _sent(request, refusal_page(words, f"{base_path()}/signin", wanted, sentence, links), 200)


def _to_provider(request: Request, provider: str, wanted: str) -> Response:
    """Begin signing in with a provider; raises `MissingExtraError`."""
    if importlib.util.find_spec("authlib") is None:
        raise MissingExtraError("Signing in with a provider needs Authlib. Install it: pip install 'setu-qa[oidc]'")
    token = encode_provider_token(provider or "default")
    to = RedirectResponse(f"{base_path()}/auth/login?{urlencode({'provider': token})}", 303, {"Cache-Control": "no-store"})
    to.set_cookie(NEXT, quote(wanted, safe=""), 600, path=base_path() or "/", httponly=True, samesite="lax", secure=_tls(request))
    return to


async def _typed(request: Request) -> Response:
    fields = parse_qs((await _body(request)).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    name, password, wanted = (fields.get(key, [""])[0] for key in ("name", "password", "next"))
    name = name[:200]
    language = _language(request, fields.get("lang", [""])[0])
    wanted = _goal(wanted)
    if not _from_here(request):
        return _page(request, language, wanted, told="foreign", status=403)
    place = request.client.host if request.client else ""
    entered = await run_in_threadpool(door().signin.enter, name, password, place, request.cookies.get(DEVICE, ""))
    if isinstance(entered, Refused):
        minutes = -(-entered.wait // 60)
        told: Told = "wait" if entered.wait else "wrong"
        refused = _page(request, language, wanted, told=told, minutes=minutes, name=name, status=429 if entered.wait else 401)
        if entered.wait:
            refused.headers["Retry-After"] = str(entered.wait)
        return refused
    if (held := request.cookies.get(COOKIE)) is not None:
        await run_in_threadpool(door().signin.leave, held)  # one person at a time in a browser
    done = RedirectResponse(goal(wanted, language), 303, {"Cache-Control": "no-store"})
    # Lax, not Strict: with Strict a link to an answer in a mail would find nobody signed in. The web socket, through which all else
    # goes, is opened by the page itself, and the gate compares its origin.
    hours = door().settings.session_hours
    kept = {COOKIE: (entered, int(hours * 3600)), DEVICE: (await run_in_threadpool(door().signin.device, name), DEVICE_S)}
    for key, (value, seconds) in kept.items():
        done.set_cookie(key, value, seconds, path=base_path() or "/", httponly=True, samesite="lax", secure=_tls(request))
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
    return _sent(request, made, status)


def _sent(request: Request, page: str, status: int) -> HTMLResponse:
    shown = HTMLResponse(page, status, {"Content-Security-Policy": policy(), "Cache-Control": "no-store"})
    if COOKIE in request.cookies and request.method == "GET":
        shown.delete_cookie(COOKIE, path=base_path() or "/")
    return shown


def _from_here(request: Request) -> bool:
    """Whether a form comes from our own page: another site must not sign its visitors in as somebody of its choice."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or is_own_origin(origin, request.headers.get("host"), request.scope["scheme"])


def _language(request: HTTPConnection, chosen: str | None, wanted: str = "") -> Language:
    named = [chosen, parse_qs(urlsplit(wanted).query).get("lang", [None])[-1], request.cookies.get(LANGUAGE_COOKIE)]
    return first_of(named) or from_locale(request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip())


def _goal(wanted: str | None) -> str:
    return goal(wanted or f"{base_path()}/")


def _tls(request: HTTPConnection) -> bool:
    return bool(request.scope["scheme"] == "https")
