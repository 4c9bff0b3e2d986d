"""What the tests in a browser wait for: a page that has asked is not at rest before it was answered and has drawn that."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from tests.ui.browsing import Browse, becomes, fits, focused, tab_to
from tools.screenshots import chromium, settled

expect = pytest.importorskip("playwright.sync_api").expect
serving = pytest.importorskip("websockets.sync.server")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")]

SLOW_S = 1.5
PAGE = """<!DOCTYPE html><html lang="en"><title>x</title>
<div data-testid="stApp" data-test-script-state="notRunning" data-test-connection-state="CONNECTED">
<div class="stMain"><button>Draw</button><input aria-label="Name"><a href="#">Away</a><p>old</p></div></div>
<script>
  const socket = new WebSocket("ADDRESS");
  socket.binaryType = "arraybuffer";
  const [app, said] = ["[data-testid=stApp]", "p"].map((one) => document.querySelector(one));
  socket.onmessage = () => {  // as Streamlit does: it runs only once the server says so
    app.dataset.testScriptState = "running";
    setTimeout(() => { said.textContent = "new"; app.dataset.testScriptState = "notRunning"; }, 300);
  };
  document.querySelector("button").onclick = () => socket.send(new Uint8Array([FIRST, 0]));
</script>"""
RERUN, OTHER = 0x5A, 0x0A
"""With what a message begins that asks for the page anew, and another."""


@pytest.fixture
def slow() -> Iterator[str]:
    """The address of a server that answers each message after a while."""

    def answer(connection) -> None:
        for message in connection:
            if message[0] == RERUN:
                time.sleep(SLOW_S)
                connection.send(b"drawn")

    with serving.serve(answer, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()


def drawn(address: str, first: int) -> str:
    return PAGE.replace("ADDRESS", address).replace("FIRST", str(first))


def test_a_page_that_has_asked_is_at_rest_only_when_the_answer_is_drawn(slow: str, browse: Browse) -> None:
    with browse() as page:
        page.set_content(drawn(slow, RERUN))
        page.wait_for_function("socket.readyState === 1")
        settled(page)
        assert page.locator("p").inner_text() == "old"
        page.get_by_role("button", name="Draw").click()
        settled(page)
        assert page.locator("p").inner_text() == "new"


def test_what_is_sent_without_asking_for_the_page_anew_is_not_waited_for(slow: str, browse: Browse) -> None:
    with browse() as page:
        page.set_content(drawn(slow, OTHER))
        page.wait_for_function("socket.readyState === 1")
        page.get_by_role("button", name="Draw").click()
        settled(page)
        assert page.locator("p").inner_text() == "old"


def test_what_does_not_come_true_or_is_not_there_is_said_to_be_so(slow: str, browse: Browse) -> None:
    with browse(viewport={"width": 400, "height": 400}) as page:
        page.set_content(drawn(slow, RERUN))
        assert tab_to(page, "Name") == "Name"
        assert tab_to(page, "Draw", back=True) == focused(page) == "Draw"
        with pytest.raises(AssertionError, match="Nowhere cannot be reached"):
            tab_to(page, "Nowhere", most=6)
        assert fits(page, 400)
        page.evaluate("document.querySelector('p').style.width = '900px'")
        page.set_default_timeout(500)
        assert not becomes(page, "document.querySelector('p').textContent === 'never'")
        assert not fits(page, 400)
