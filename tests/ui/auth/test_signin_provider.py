"""Signing in with an OpenID provider from the first request to the page that is drawn, and what a provider or a stranger cannot do."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from kb.auth.accounts import Accounts
from tests.test_deploy import environment
from tests.ui.provider import CLIENT, Provider, provider
from tests.ui.signed import CHEAP
from tests.ui.socket_client import messages, opened, refused
from tools.screenshots import served
from ui.auth.middleware import PROVIDER_COOKIE
from ui.components.i18n import strings

pytest.importorskip("authlib")
HTML = {"Accept": "text/html"}
LONG_LINES = ("WEBSOCKETS_MAX_LINE_LENGTH", environment("setu.service")["WEBSOCKETS_MAX_LINE_LENGTH"])
MINA = {"email": "Mina@example.org", "email_verified": True}


class Chat:
    """A chat whose people come by a provider."""

    def __init__(self, address: str, home: Path, house: Provider) -> None:
        self.address, self.home, self.house = address, home, house
        self.browsers = ExitStack()

    def browser(self) -> httpx.Client:
        """One that has not been here before."""
        return self.browsers.enter_context(httpx.Client(headers=HTML, follow_redirects=True, timeout=30))

    def visit(self, path: str = "/library?kind=news", **claims: Any) -> tuple[httpx.Client, httpx.Response]:
        """Somebody of whom the provider says this asks for a page, signs in, and is led wherever; the last answer."""
        self.house.claims = MINA | claims
        browser = self.browser()
        asked = browser.get(self.address + path)
        assert asked.url.path == "/signin"
        return browser, browser.get(f"{self.address}/signin?{urlencode({'provider': '', 'next': asked.url.params['next']})}")


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    folder = tmp_path_factory.mktemp("by-provider")
    Accounts(folder / "home", CHEAP).add("mina@example.org", "editor", frozenset({"ports"}))
    with provider() as house, pytest.MonkeyPatch.context() as patch:
        file = folder / "secrets.toml"
        client = (
            f'client_id = "{CLIENT}"\nclient_secret = "secret"\nserver_metadata_url = "{house.address}/.well-known/openid-configuration"\n'
        )
        head = f'[auth]\nredirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"\ncookie_secret = "{"x" * 40}"\n'
        file.write_text(f"{head}{client}\n[auth.state]\n{client}")
        patch.setenv("STREAMLIT_SECRETS_FILES", str(file))
        patch.setenv(*LONG_LINES)
        with served(folder / "home") as address:
            chat = Chat(address, folder / "home", house)
            with chat.browsers:
                yield chat


@pytest.fixture(autouse=True)
def _as_it_should_be(chat: Chat) -> None:
    chat.house.signs_with, chat.house.access, chat.house.denies = chat.house.key, "access", False


def cookies(browser: httpx.Client) -> str:
    return "; ".join(f"{one.name}={one.value}" for one in browser.cookies.jar)


def page_of(chat: Chat, browser: httpx.Client) -> str:
    """What the page says that is drawn for somebody over the web socket."""
    browser.get(f"{chat.address}/_stcore/health")
    with opened(chat.address, cookies(browser), token=browser.cookies["_streamlit_xsrf"]) as socket:
        return str([str(message) for message in messages(socket)])


def test_who_the_provider_vouches_for_comes_to_the_page_that_was_asked_for(chat: Chat) -> None:
    shown = httpx.get(f"{chat.address}/signin?lang=ja", headers=HTML).text
    for sentence in (strings("ja")("signin.provider_default"), strings("ja")("signin.provider", name="State")):
        assert sentence in shown
    browser, reached = chat.visit()
    assert str(reached.url) == f"{chat.address}/library?kind=news&lang=en"
    assert "_streamlit" not in reached.text  # the shell of the page
    assert "mina\\u2060" in page_of(chat, browser).replace("\N{WORD JOINER}", "\\u2060")
    assert browser.get(f"{chat.address}/signin?next=/map").url.path == "/map"


def test_a_stranger_gets_no_web_socket_and_a_cookie_of_their_own_making_is_none(chat: Chat) -> None:
    browser, _ = chat.visit()
    genuine = browser.cookies[PROVIDER_COOKIE]
    forged = [genuine[:-5] + ("A" if genuine[-5] != "A" else "B") + genuine[-4:], genuine.split(".")[0], "x", "{}", "é"]
    for cookie in ("", *(f"{PROVIDER_COOKIE}={one}" for one in forged)):
        answer = refused(chat.address, cookie)
        assert answer is not None
        assert answer.status_code == 403
    assert refused(chat.address, f"{PROVIDER_COOKIE}={genuine}") is None


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another"}, {"iss": "http://127.0.0.1:1"}, {"nonce": "of somebody else"}, {"exp": 1}, {"iat": int(time.time()) + 86400}],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_was_made_for_another_place_or_moment_signs_nobody_in(chat: Chat, claims: dict[str, Any]) -> None:
    browser, reached = chat.visit(**claims)
    assert reached.url.path == "/signin"
    assert strings("en")("signin.provider_default") in reached.text.replace("&#x27;", "'")
    assert refused(chat.address, cookies(browser)) is not None


def test_a_token_that_another_key_signed_signs_nobody_in(chat: Chat) -> None:
    chat.house.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    browser, reached = chat.visit()
    assert reached.url.path == "/signin"
    assert refused(chat.address, cookies(browser)) is not None


def test_a_provider_that_refuses_leads_back_to_the_ways_in(chat: Chat) -> None:
    chat.house.denies = True
    _, reached = chat.visit()
    assert (reached.url.path, reached.status_code) == ("/signin", 200)


def test_the_way_back_from_the_provider_serves_the_browser_that_went_there_alone(chat: Chat) -> None:
    browser, reached = chat.visit()
    back = next(str(one.url) for one in reached.history if one.url.path == "/oauth2callback")
    another = chat.browser()
    assert another.get(back).url.path == "/signin"
    assert refused(chat.address, cookies(another)) is not None
    assert browser.get(back).url.path != "/signin"  # who is in stays in


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": "stranger@example.org", "sub": "2"}, "unknown"),
        ({"email_verified": False}, "unverified"),
        ({"iat": 1_600_000_000}, "signed_out"),
    ],
)
def test_whom_nobody_here_knows_is_told_so_and_gets_no_web_socket(chat: Chat, claims: dict[str, Any], why: str) -> None:
    browser, reached = chat.visit(**claims)
    assert reached.url.path == "/signin"
    said = strings("en")(f"signin.{why}", name=claims.get("email", MINA["email"]))
    assert said in reached.text.replace("&#x27;", "'")
    assert (f'href="/auth/logout">{strings("en")("signin.leave")}' in reached.text) == (why != "signed_out")
    assert refused(chat.address, cookies(browser)) is not None


def test_a_cookie_that_was_given_for_another_address_is_none_at_this(chat: Chat) -> None:
    browser, _ = chat.visit()
    other = chat.address.replace("127.0.0.1", "localhost")
    asked = httpx.get(f"{other}/library", headers={**HTML, "Cookie": cookies(browser)})
    assert (asked.status_code, asked.headers["location"]) == (303, "/signin?next=%2Flibrary")
    assert refused(other, cookies(browser)) is not None


def test_who_signs_out_at_the_provider_is_out_and_long_tokens_do_not_keep_anybody_out(chat: Chat) -> None:
    chat.house.access = secrets.token_urlsafe(4500)  # as some providers give them; Streamlit keeps them in cookies
    browser, reached = chat.visit(groups=[f"group-{n:04}" for n in range(200)])
    assert reached.url.path == "/library"
    assert len(cookies(browser)) > 8192
    assert "mina\\u2060" in page_of(chat, browser).replace("\N{WORD JOINER}", "\\u2060")
    assert browser.get(f"{chat.address}/auth/logout").url.path == "/signin"
    assert refused(chat.address, cookies(browser)) is not None
