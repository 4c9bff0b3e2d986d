"""Signing in with a real browser: by password, and by an OpenID provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.auth.accounts import Accounts
from tests.ui.apps import copied
from tests.ui.browsing import FITS, Browse, becomes
from tests.ui.provider import CLIENT, provider
from tests.ui.signed import CHEAP, PASSWORD
from tools.screenshots import chromium, served, settled
from ui.components.i18n import NAMES, strings

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.browser, pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")]

CHAT = '[data-testid="stChatInputTextArea"]'
PERSON = '[class*="st-key-account-"] button'


@pytest.fixture
def home(stocked: Path, tmp_path: Path) -> Path:
    copy = copied(stocked, tmp_path / "home")
    people = Accounts(copy, CHEAP)
    people.add("asha", "admin", None, PASSWORD)
    people.add("ravi", "viewer", frozenset(), PASSWORD)
    return copy


def test_a_person_signs_in_by_keyboard_stays_in_over_a_refresh_and_a_restart_and_signs_out(home: Path, browse: Browse) -> None:
    with browse(viewport={"width": 390, "height": 844}) as page:
        with served(home) as address:
            page.goto(f"{address}/?lang=ja&kind=news")
            page.get_by_role("link", name="मराठी").click()
            expect(page.get_by_label(strings("mr")("signin.name"))).to_be_focused()
            page.keyboard.type("ravi")
            page.keyboard.press("Tab")
            page.keyboard.type("wrong guess")
            page.keyboard.press("Enter")
            page.get_by_role("alert").wait_for()
            expect(page.locator("#password")).to_be_focused()
            assert becomes(page, FITS, 390)
            page.keyboard.type(PASSWORD)
            page.keyboard.press("Enter")
            page.locator(CHAT).wait_for()
            settled(page)
            assert "kind=news" in page.url
            assert "lang=mr" in page.url
            assert page.evaluate("document.cookie").find("setu_session") == -1  # out of reach of scripts
            page.reload()
            page.locator(CHAT).wait_for()
            page.goto(f"{address}/admin?lang=en")
            settled(page)
            expect(page.locator(".st-key-admin")).to_have_count(0)  # not for a viewer
        with served(home) as address:
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(f"{address}/?lang=en")
            page.locator(PERSON).first.wait_for()
            settled(page)
            page.locator(PERSON).first.click()
            settled(page)
            page.get_by_role("button", name=strings("en")("signin.leave"), exact=True).click()
            page.locator(".setu-enter").wait_for()
            settled(page)
            expect(page.locator(CHAT)).to_have_count(0)
            page.goto(f"{address}/library?lang=en")
            page.locator("#password").wait_for()
            assert "/signin?next=%2Flibrary" in page.url


@pytest.fixture
def no_secrets_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / "secrets.toml"
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(file))
    return file


@pytest.mark.slow
def test_a_person_comes_by_a_provider_to_the_page_that_was_asked_for(home: Path, no_secrets_elsewhere: Path, browse: Browse) -> None:
    pytest.importorskip("authlib")
    people = Accounts(home, CHEAP)
    people.add("mina@example.org", "editor", frozenset({"ports"}))
    with provider() as house:
        no_secrets_elsewhere.write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"\ncookie_secret = "{"x" * 40}"\nclient_id = "{CLIENT}"\n'
            f'client_secret = "secret"\nserver_metadata_url = "{house.address}/.well-known/openid-configuration"\n',
            encoding="utf-8",
        )
        house.claims = {"email": "Mina@example.org", "email_verified": True}
        with served(home) as address, browse(viewport={"width": 1280, "height": 900}) as page:
            page.goto(f"{address}/library?lang=en&kind=news")
            page.get_by_role("link", name=NAMES["hi"]).click()
            page.get_by_role("link", name=strings("hi")("signin.provider_default")).click()
            page.locator(PERSON).first.wait_for()
            settled(page)
            assert "mina@example.org" in page.locator(PERSON).first.inner_text().replace("\u2060", "")
            assert "/library" in page.url
            assert "kind=news" in page.url
            page.reload()
            page.locator(PERSON).first.wait_for()
            settled(page)
            people.change("mina@example.org", disabled=True)
            page.reload()
            page.get_by_text("Mina@example.org").first.wait_for()
            assert "/signin?next=%2Flibrary" in page.url
            house.claims = {"email": "stranger@example.org"}
            page.get_by_role("link", name=strings("hi")("signin.leave")).click()
            page.locator(".way").click()
            page.get_by_text("stranger@example.org").first.wait_for()
            expect(page.locator(CHAT)).to_have_count(0)
