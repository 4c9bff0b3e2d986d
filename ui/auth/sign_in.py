"""Signing in as it is seen: the sign-in page, who looks at a page (asked at every look), and a person's own account in the sidebar.

The page on which one signs in, or reads why not, is plain HTML, which works without a script and with password managers.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlencode, urlsplit

import regex
import streamlit as st

from kb.auth import passwords
from kb.auth.loopback import FORWARDED, from_elsewhere
from kb.auth.roles import Reader
from kb.errors import AccountsError
from lang.languages import LANGUAGES
from ui import assets
from ui.auth.authentication import COOKIE, Mode, Standing, Visit, Why, base_path, door, recorded
from ui.auth.rate_limits import READER_KEY
from ui.components import query_params
from ui.components.i18n import NAMES, Strings
from ui.components.markup import html, label
from ui.components.sidebar import language_switch

Told: TypeAlias = Literal["", "wrong", "wait", "foreign", "failed"]
"""What went wrong with the last attempt, if anything did."""


@cache
def policy() -> str:
    """The page loads nothing, may not be framed, sends its form home only and has no style but its own."""
    digest = base64.b64encode(hashlib.sha256(assets.text("sign_in.css").encode()).digest()).decode()
    return f"default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src 'sha256-{digest}'"


def with_code(sentence: str) -> str:
    """A sentence of ours as HTML; what stands between backticks is a command."""
    return regex.sub(r"`([^`]+)`", r"<code>\1</code>", html(sentence))


def signin_page(words: Strings, path: str, goal: str, *, told: Told = "", minutes: int = 0, name: str = "") -> str:
    """The page with the form.

    Args:
        words: of the language it is shown in.
        path: the address of the form.
        goal: where to go afterwards, a path of this site.
        told: what went wrong.
        minutes: for "wait", how long.
        name: what was typed as name.
    """
    alert = ""
    if told:
        sentence = words("signin.wait", minutes=minutes) if told == "wait" else words(f"signin.{told}")
        alert = f'<p role="alert" id="why">{with_code(sentence)}</p>'
    described = ' aria-describedby="why" aria-invalid="true"' if told == "wrong" else ""
    focus = {"name": "" if name else " autofocus", "password": " autofocus" if name else ""}
    form = f"""{alert}
<form method="post" action="{html(path)}">
<input type="hidden" name="next" value="{html(goal)}">
<input type="hidden" name="lang" value="{words.language}">
<label for="name">{html(words("signin.name"))}</label>
<input id="name" name="name" value="{html(name)}" autocomplete="username" autocapitalize="none" spellcheck="false" required
 maxlength="200"{focus["name"]}{described}>
<label for="password">{html(words("signin.password"))}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 maxlength="800"{focus["password"]}{described}>
<button type="submit">{html(words("signin.enter"))}</button>
</form>
<p class="help">{html(words("signin.forgotten"))}</p>"""
    return _framed(words, path, goal, form)


def refusal_page(words: Strings, path: str, goal: str, sentence: str, links: Sequence[tuple[str, str]], *, window: bool = False) -> str:
    """The page that says why somebody is not let in, with links, as text and address, to what they can do about it.

    The first link opens a window of its own where ``window`` asks for that.
    """
    ways = "".join(
        f'\n<a class="way" href="{html(address)}"{" target=_blank" if window and not at else ""}>{html(text)}</a>'
        for at, (text, address) in enumerate(links)
    )
    return _framed(words, path, goal, f'<p role="status">{with_code(sentence)}</p>{ways}')


def _framed(words: Strings, path: str, goal: str, body: str) -> str:
    current = ' aria-current="true"'
    languages = "".join(
        f'<li><a href="{html(path)}?{html(urlencode({"lang": code, "next": goal}))}" lang="{code}" hreflang="{code}"'
        f"{current if code == words.language else ''}>{html(NAMES[code])}</a></li>"
        for code in LANGUAGES
    )
    return f"""<!DOCTYPE html>
<html lang="{words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{html(words("signin.title"))} · {html(words("app.title"))}</title>
<style>{assets.text("sign_in.css")}</style>
</head>
<body>
<main>
<h1>{html(words("app.title"))}</h1>
<p>{html(words("app.tagline"))}</p>
{body}
<nav aria-label="{html(words("app.language"))}"><ul>{languages}</ul></nav>
</main>
</body>
</html>
"""


_CHANGED: Final = "setu_password_changed"


def current(words: Strings, pages: Sequence[str]) -> Reader | None:
    """Who is looking now, and is asked again at every write; None when nobody is let in, after drawing why and what to do.

    Args:
        words: the interface strings.
        pages: the addresses that there are, so that signing in leads on to the one that was asked for.

    Raises:
        AccountsError: the accounts or secrets cannot be read.
    """
    known, visit = door(), _visit()
    mode = known.mode()
    found = visit.reader(mode, known)
    if isinstance(found, Reader):
        if mode == "oidc":
            _arrived(found.id, str(visit.claims.get("iat")), found)
        _belongs_to(found)
        return replace(found, standing=Standing(visit, known, words))
    _belongs_to(None)
    _refused(found, mode, pages, words)
    return None


def person(reader: Reader, words: Strings) -> None:
    """Draw who is signed in, with signing out and the own password; nothing where nobody signs in."""
    if not reader.name:
        return
    mode = door().mode()
    if st.session_state.pop(_CHANGED, False):
        st.success(words("signin.changed"))
    named = f"{label(reader.name)} · {words(f'signin.role_{reader.role}')}"
    with st.popover(named, icon=":material/person:", key=f"account-{words.language}", width="stretch"):
        st.button(words("signin.leave"), key="leave", icon=":material/logout:", on_click=_leave, args=(mode, reader), width="stretch")
        if mode == "password":
            st.button(
                words("signin.everywhere"),
                key="leave-everywhere",
                help=words("signin.everywhere_help"),
                icon=":material/devices_off:",
                on_click=_leave,
                args=(mode, reader),
                kwargs={"everywhere": True},
                width="stretch",
            )
            _own_password(reader, words)


def presented() -> str | None:
    """The token that the browser holds."""
    held = st.context.cookies.get(COOKIE)
    return held if isinstance(held, str) else None


def visitor_address() -> str:
    """The address of the browser, "" on this machine."""
    client = st.context.ip_address
    return client if isinstance(client, str) else ""


def claims() -> dict[str, Any]:
    """What the OpenID provider says of the visitor; nothing when they have not been there."""
    return st.user.to_dict() if st.user.get("is_logged_in") else {}


def _visit() -> Visit:
    headers = st.context.headers
    forwarded = [value for name in FORWARDED for value in headers.get_all(name)]
    elsewhere = from_elsewhere(st.get_option("server.address"), headers.get("Host"), forwarded, visitor_address())
    return Visit(presented(), claims(), elsewhere)


@st.cache_resource(show_spinner=False, max_entries=1000)
def _arrived(person: str, made: str, _reader: Reader) -> None:
    """Record, once for each set of claims, that a provider's people are signed in."""
    recorded(_reader, "signed_in", "by the provider")


def _belongs_to(reader: Reader | None) -> None:
    """Empty what a session of the page remembers when it is somebody else's from now on: a broken connection may come back so."""
    person = reader.id if reader is not None else None
    if st.session_state.get(READER_KEY, person) != person:
        for key in list(st.session_state):
            del st.session_state[key]
    st.session_state[READER_KEY] = person


def _refused(why: Why, mode: Mode, pages: Sequence[str], words: Strings) -> None:
    """Draw a page that says why, under every address, so that the address stays."""

    def draw() -> None:
        with st.container(key="signin", gap="medium"):
            st.html(f'<h1 class="setu-brand">{html(words("app.title"))}</h1><p class="setu-tagline">{html(words("app.tagline"))}</p>')
            language_switch(words)
            name = str(claims().get(door().settings.oidc_name_claim, "")) if mode == "oidc" else ""
            sentence = words(f"signin.{why}", name=name)
            st.html(f'<div class="setu-refusal" role="status"><span aria-hidden="true">ⓘ</span><span>{with_code(sentence)}</span></div>')
            if mode != "open":
                _way_in(words)

    drawn = [
        st.Page(draw, title=f"{words('signin.title')} · {NAMES[words.language]}", url_path=key, default=number == 0)
        for number, key in enumerate(pages)
    ]
    st.navigation(drawn, position="hidden").run()


def _way_in(words: Strings) -> None:
    address = f"{base_path()}/signin?{urlencode({'next': _here(words)})}"
    st.html(f'<a class="setu-enter" href="{html(address)}" target="_self">{html(words("signin.again"))}</a>')


def _here(words: Strings) -> str:
    pairs = [(key, value) for key in st.query_params for value in st.query_params.get_all(key) if key != query_params.LANG.name]
    path = urlsplit(st.context.url or "").path or f"{base_path()}/"
    return f"{path}?{urlencode([*pairs, (query_params.LANG.name, words.language)])}"


def _leave(mode: Mode, reader: Reader, *, everywhere: bool = False) -> None:
    token = presented()
    if mode == "oidc":
        recorded(reader, "signed_out", "")
        st.logout()
    elif token is not None:
        door().signin.leave(token, everywhere=everywhere)


def _own_password(reader: Reader, words: Strings) -> None:
    st.html(f'<h2 class="setu-over">{html(words("signin.change"))}</h2>')
    with st.form("password-form", border=False, clear_on_submit=True):
        old = st.text_input(words("signin.old"), type="password", autocomplete="current-password", max_chars=800)
        new = st.text_input(words("signin.new"), type="password", autocomplete="new-password", max_chars=800)
        again = st.text_input(words("signin.repeat"), type="password", autocomplete="new-password", max_chars=800)
        sent = st.form_submit_button(words("signin.save"), type="primary", width="stretch")
    if sent:
        wrong = _changed(reader, old, new, again, words)
        if wrong:
            st.error(label(wrong))
        else:
            st.session_state[_CHANGED] = True
            st.rerun()


def _changed(reader: Reader, old: str, new: str, again: str, words: Strings) -> str:
    """Change the own password; returns what is wrong, or ""."""
    if new != again:
        return words("signin.differ")
    weak = passwords.weakness(new, reader.name)
    if weak is not None:
        return words(f"signin.{weak}", least=passwords.SHORTEST)
    try:
        door().signin.change_password(presented() or "", old, new, visitor_address())
    except AccountsError as error:
        if error.code == "wrong":
            return words("signin.wrong_old")
        if error.code == "wait":
            return words("signin.wait", minutes=3)
        return words("signin.signed_out")
    return ""
