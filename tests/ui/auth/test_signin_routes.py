"""The address ``/signin`` and the gate, as a browser sees them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import regex
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from kb.auth.account_store import ACCOUNTS
from kb.auth.accounts import Accounts
from lang.languages import LANGUAGES, Language
from tests.ui.signed import CHEAP, PASSWORD
from ui.auth.authentication import COOKIE, door
from ui.auth.middleware import Gate, SecurityHeaders
from ui.auth.sign_in_routes import DEVICE, routes
from ui.components.i18n import strings

PAGE = {"accept": "text/html,*/*"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SETU_HOME", str(tmp_path))
    st.cache_resource.clear()
    people = Accounts(tmp_path, CHEAP)
    people.add("asha", "admin", None, PASSWORD)
    people.add("ravi", "viewer", frozenset(), PASSWORD)
    people.add("edda", "editor", frozenset(), PASSWORD)
    yield tmp_path
    st.cache_resource.clear()


def site() -> TestClient:
    inside = [
        Route(path, lambda request: PlainTextResponse("inside"), methods=["GET", "PUT"]) for path in ("/", "/library", "/{rest:path}")
    ]
    app = Starlette(routes=[*routes(), *inside], middleware=[Middleware(SecurityHeaders), Middleware(Gate)])
    return TestClient(app, base_url="http://127.0.0.1:8501", follow_redirects=False, client=("127.0.0.1", 5000))


def sign_in(browser: TestClient, name: str = "ravi", password: str = PASSWORD, **headers: str):  # type: ignore[no-untyped-def]
    return browser.post("/signin", data={"name": name, "password": password, "next": "/library?kind=news", "lang": "mr"}, headers=headers)


def test_a_page_leads_to_the_form_and_from_there_to_the_page_that_was_asked_for(home: Path) -> None:
    browser = site()
    turned = browser.get("/library?kind=news", headers=PAGE)
    assert (turned.status_code, turned.headers["location"]) == (303, "/signin?next=%2Flibrary%3Fkind%3Dnews")
    form = browser.get(turned.headers["location"])
    assert 'name="next" value="/library?kind=news"' in form.text
    entered = sign_in(browser)
    assert (entered.status_code, entered.headers["location"]) == (303, "/library?kind=news&lang=mr")
    assert browser.get("/library?kind=news", headers=PAGE).text == "inside"
    assert browser.get("/signin?next=/library").headers["location"] == "/library"  # who is in need not sign in


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_ends_with_the_session(home: Path) -> None:
    for cookie, seconds in zip(sign_in(site()).headers.get_list("set-cookie"), (12 * 3600, 180 * 24 * 3600), strict=True):
        assert {part.strip() for part in cookie.split(";")[1:]} == {"HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={seconds}"}
    behind_tls = TestClient(Starlette(routes=routes()), base_url="https://setu.example.org", follow_redirects=False)
    assert all("; Secure" in cookie for cookie in sign_in(behind_tls).headers.get_list("set-cookie"))


def test_a_wrong_password_an_unknown_name_and_a_disabled_account_look_the_same(home: Path) -> None:
    Accounts(home, CHEAP).change("ravi", disabled=True)
    answers = [
        sign_in(site(), name, password) for name, password in (("asha", "wrong guess"), ("nobody", "wrong guess"), ("ravi", PASSWORD))
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    texts = {regex.sub(r'value="(asha|nobody|ravi)"', 'value="…"', answer.text) for answer in answers}
    assert len(texts) == 1
    assert strings("mr")("signin.wrong") in texts.pop()
    assert all("set-cookie" not in answer.headers for answer in answers)


def test_after_five_failures_the_form_says_how_long_to_wait(home: Path) -> None:
    browser = site()
    for _ in range(5):
        sign_in(browser, password="wrong guess")
    waits = sign_in(browser)
    assert waits.status_code == 429
    assert 170 < int(waits.headers["retry-after"]) <= 180
    assert strings("mr")("signin.wait", minutes=3) in waits.text


def test_a_browser_in_which_somebody_has_signed_in_is_not_kept_out_by_who_guesses(home: Path) -> None:
    browser = site()
    sign_in(browser)
    browser.cookies.delete(COOKIE)
    for _ in range(5):
        sign_in(site(), password="wrong guess")
    assert sign_in(site()).status_code == 429
    assert sign_in(browser).status_code == 303
    browser.cookies.delete(DEVICE)
    assert sign_in(browser).status_code == 429


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8501"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://127.0.0.1:8501"}, 303),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_another_site_cannot_sign_its_visitors_in(home: Path, headers: dict[str, str], status: int) -> None:
    answer = sign_in(site(), **headers)
    assert answer.status_code == status
    assert ("set-cookie" in answer.headers) == (status == 303)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_speaks_each_language_and_offers_the_others(home: Path, language: Language) -> None:
    shown = site().get(f"/signin?lang={language}&next=/library").text
    words = strings(language)
    for key in ("name", "password", "enter", "forgotten"):
        assert words(f"signin.{key}") in shown
    assert f'<html lang="{language}">' in shown
    assert all(f'href="/signin?lang={other}&amp;next=%2Flibrary"' in shown for other in LANGUAGES)
    assert 'autocomplete="username"' in shown
    assert "autofocus" in shown
    assert 'lang="hi"' in site().get("/signin", headers={"accept-language": "hi-IN,hi;q=0.9,en;q=0.8"}).text.split("<head>")[0]


def test_what_is_typed_never_becomes_markup_and_the_page_loads_nothing(home: Path) -> None:
    shown = sign_in(site(), '"><script>alert(1)</script>', "wrong guess")
    assert "<script" not in shown.text
    assert "&lt;script&gt;" in shown.text
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]
    assert shown.headers["cache-control"] == "no-store"
    assert site().get("/signin", params={"next": "//evil.example"}).text.count("evil.example") == 0


def test_uploads_and_files_of_the_pages_need_a_session_and_health_does_not(home: Path) -> None:
    stranger = site()
    assert stranger.put("/_stcore/upload_file/a/b").status_code == 401
    assert stranger.get("/media/abc.pdf", headers=PAGE).status_code == 401
    assert stranger.get("/_stcore/health").text == "inside"
    assert stranger.get("/static/index.js").text == "inside"
    sign_in(stranger)
    assert stranger.put("/_stcore/upload_file/a/b").status_code == 403  # a viewer may not
    sign_in(stranger, "edda")
    assert stranger.put("/_stcore/upload_file/a/b").text == "inside"
    door().signin.leave(stranger.cookies[COOKIE])
    assert stranger.put("/_stcore/upload_file/a/b").status_code == 401
    assert stranger.get("/", headers=PAGE).status_code == 303


def test_a_browser_holds_one_session_at_a_time(home: Path) -> None:
    browser = site()
    sign_in(browser)
    before = browser.cookies[COOKIE]
    sign_in(browser, "asha")
    assert door().signin.reader(before) is None
    assert door().signin.reader(browser.cookies[COOKIE]).name == "asha"  # type: ignore[union-attr]


def test_without_accounts_there_is_no_form_and_strangers_elsewhere_cannot_upload(home: Path) -> None:
    (home / ACCOUNTS).unlink()
    inside = site()
    assert inside.get("/signin?next=/library").headers["location"] == "/library"
    here = {"host": "127.0.0.1:8501"}
    assert inside.put("/_stcore/upload_file/a/b", headers=here).text == "inside"
    assert inside.put("/_stcore/upload_file/a/b", headers={"host": "setu.example.org"}).status_code == 401
    assert inside.put("/_stcore/upload_file/a/b", headers=here | {"x-forwarded-for": "192.0.2.9"}).status_code == 401
    elsewhere = TestClient(inside.app, base_url="http://setu.example.org", follow_redirects=False)
    turned = elsewhere.get("/library?lang=ja", headers=PAGE)
    assert (turned.status_code, turned.headers["location"]) == (303, "/signin?next=%2Flibrary%3Flang%3Dja")
    assert "<code>setu users add NAME --role admin</code>" in elsewhere.get(turned.headers["location"]).text


def test_a_damaged_file_lets_nobody_in_and_says_what_to_do(home: Path) -> None:
    file = home / ACCOUNTS
    file.chmod(0o644)
    shown = site().get("/signin?lang=en")
    assert shown.status_code == 503
    assert "<code>setu users check</code>" in shown.text
    assert str(home) not in shown.text
    assert site().put("/_stcore/upload_file/a/b").status_code == 401
    file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert sign_in(site()).status_code == 303
