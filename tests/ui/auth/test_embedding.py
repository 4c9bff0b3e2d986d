"""The chat in the frame of another page: who may frame it, what strangers see there, and how it looks and is used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

from kb import Settings
from kb.errors import SettingsError
from lang.languages import LANGUAGES
from tests.ui.browsing import Browse
from tools.screenshots import CHIPS, QUESTIONS, served
from ui.auth import embedding
from ui.auth.embedding import signed_out_page
from ui.auth.middleware import secured

PORTAL = "https://portal.example.org"


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "framers", lambda: (PORTAL,))


def headers(path: str) -> dict[str, str]:
    held = MutableHeaders()
    secured(held, path)
    return dict(held)


@pytest.mark.usefixtures("allowed")
def test_only_the_chat_for_frames_may_be_framed_and_only_by_whom_the_setting_names() -> None:
    embed = headers("/embed")
    assert embed["content-security-policy"].endswith(f"frame-ancestors 'self' {PORTAL}")
    assert "default-src 'self'" in embed["content-security-policy"]
    assert "x-frame-options" not in embed
    for path in ("/", "/library", "/embed/x", "/embedded", "/signin", "/media/embed"):
        other = headers(path)
        assert PORTAL not in other["content-security-policy"], path
        assert other["x-frame-options"] == "SAMEORIGIN"


def test_by_default_no_other_site_frames_it() -> None:
    assert Settings.load().embedding_origins == ()
    assert headers("/embed")["content-security-policy"].endswith("frame-ancestors 'self'")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("allowed")
def test_a_frame_shows_strangers_the_way_to_a_window_and_no_form(language: str) -> None:
    scope = {"type": "http", "path": "/embed", "query_string": f"lang={language}".encode(), "headers": []}
    page = signed_out_page(HTTPConnection(scope))
    drawn = bytes(page.body).decode()
    assert page.status_code == 401
    assert f'<html lang="{language}">' in drawn
    assert "<form" not in drawn
    assert "<script" not in drawn
    assert f'href="/signin?next=%2Fembed%3Flang%3D{language}&amp;lang={language}" target=_blank' in drawn
    assert f'href="/embed?lang={language}">' in drawn
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith(f"frame-ancestors 'self' {PORTAL}")


@pytest.mark.parametrize(
    "wrong", ["*", "portal.example.org", "http://portal.example.org", "https://portal.example.org/page", "https://a; script-src *"]
)
def test_an_origin_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match="origins are wanted"):
        Settings.load(embed_origins=wrong)


def test_origins_are_read_with_or_without_a_slash_and_a_port() -> None:
    set_ = Settings.load(embed_origins=f"{PORTAL}/, https://b.example:8443 ,http://127.0.0.1:8080")
    assert set_.embedding_origins == (PORTAL, "https://b.example:8443", "http://127.0.0.1:8080")


class _Page(BaseHTTPRequestHandler):
    """A portal that frames what its path names of the chat at ``chat``."""

    chat = ""

    def do_GET(self) -> None:
        body = f'<!doctype html><h1>Portal</h1><iframe title="Setu" src="{self.chat}{self.path}" style="width:100%;height:600px"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def portal() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def framing(sampled: Path) -> Iterator[tuple[str, str]]:
    """The addresses of a portal that may frame the chat, and of one that may not."""
    with portal() as ours, portal() as theirs, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SETU_EMBED_ORIGINS", ours)
        with served(sampled) as _Page.chat:
            yield ours, theirs


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1000])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_portal_frames_the_chat_and_a_question_is_asked_there_by_keyboard(browse: Browse, framing, language, width) -> None:
    with browse(viewport={"width": width, "height": 720}) as page:
        page.goto(f"{framing[0]}/embed?lang={language}")
        frame = page.frame_locator("iframe")
        frame.locator('[data-testid="stChatInputTextArea"]').wait_for()
        inside = page.frames[1]
        for _ in range(40):
            page.keyboard.press("Tab")
            if inside.evaluate("() => document.activeElement?.tagName") == "TEXTAREA":
                break
        else:
            pytest.fail("The box for questions cannot be reached with the keyboard")
        page.keyboard.type(QUESTIONS[language])
        page.keyboard.press("Enter")
        frame.locator(CHIPS).first.wait_for()
        assert not frame.locator('[data-testid="stSidebar"]').is_visible()
        assert inside.evaluate("() => document.documentElement.scrollWidth") <= width
        chip = frame.locator(CHIPS).first
        chip.focus()
        page.keyboard.press("Enter")
        frame.locator("#setu-mark").wait_for()


@pytest.mark.slow
@pytest.mark.browser
def test_no_other_page_frames_the_chat_nor_does_the_portal_frame_the_rest(browse: Browse, framing) -> None:
    ours, theirs = framing
    for address in (f"{theirs}/embed", f"{ours}/", f"{ours}/library"):
        with browse() as page:
            page.goto(address)
            page.wait_for_timeout(3000)
            assert page.frame_locator("iframe").locator('[data-testid="stApp"]').count() == 0, address
