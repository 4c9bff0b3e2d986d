"""Pictures of the app with the sample papers: ``make screenshots`` (``python -m tools.screenshots``) renews those of ``docs/images``.

Needs Chromium (``/usr/bin/chromium``, or the path in the environment variable ``CHROMIUM``) and the ``dev`` extra.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from PIL import Image

from lang.languages import Language
from ui.components.i18n import strings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROJECT: Final = Path(__file__).parents[1]
SAMPLES: Final = PROJECT / "samples" / "documents"
STARTUP_SECONDS: Final = 120
_PORTS = 3
CHROMIUM_FLAGS: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
ANSWER_MS: Final = 120_000
COLOURS: Final = 128
QUESTIONS: Final[dict[Language, str]] = {
    "en": "Who bears the cost of the flood-warning pilot?",
    "mr": "पूर इशारा पथदर्शी प्रकल्पाचा खर्च कोण करणार?",
    "hi": "लहरगड़ के अधिकारी प्रशिक्षण के लिए कहाँ जाएँगे?",
    "ja": "風浜市では避難指示から越水までの猶予時間はどれだけ延びましたか。",
}
CHIPS: Final = '[class*="st-key-chip-"] button'
LISTENING: Final = """(() => {
  const talk = (window.setuTalk = { asked: 0, answered: 0 });
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (!this.setuHeard) this.addEventListener("message", () => { talk.answered = talk.asked; });
    this.setuHeard = true;
    if ((ArrayBuffer.isView(data) ? data : new Uint8Array(data))[0] === 0x5a) talk.asked += 1;  // BackMsg.rerun_script
    return send.call(this, data);
  };
})()"""
"""Counts how often the page has asked Streamlit to draw it again, and to which of these anything came back.

Streamlit says that its script runs only when the server has told so: after a press the page looks finished until then.
"""
RESTING: Final = """(turn) => {
  const app = document.querySelector('[data-testid="stApp"]')?.dataset;
  const still = app?.testScriptState === "notRunning" && app.testConnectionState === "CONNECTED"
    && window.setuTalk.asked === window.setuTalk.answered
    && document.getAnimations().every((one) => one.playState !== "running");
  if (window.setuTurn !== turn) Object.assign(window, { setuTurn: turn, setuCalm: 0 });
  window.setuCalm = still ? window.setuCalm + 1 : 0;
  return window.setuCalm > 12;
}"""
"""Whether all is drawn, and nothing has moved for the last twelve frames: a fifth of a second, and longer where the machine is busy."""


def chromium() -> str | None:
    """The browser to drive, or None where there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The chat page of a home on a free port of this machine; its address.

    Raises:
        RuntimeError: the server did not come up.
    """
    server, address = _started(home)
    try:
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def chromium_runs() -> Iterator[Browser]:
    """A headless Chromium that talks to nobody else."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def paged(browser: Browser, **context: Any) -> Iterator[Page]:
    """A page in a browser, as somebody sees it who has never been here; what is waited for may take `ANSWER_MS`."""
    visitor = browser.new_context(**context)
    try:
        visitor.set_default_timeout(ANSWER_MS)
        visitor.add_init_script(LISTENING)
        yield visitor.new_page()
    finally:
        visitor.close()


@contextmanager
def browsed(**context: Any) -> Iterator[Page]:
    """A page in a Chromium of its own."""
    with chromium_runs() as browser, paged(browser, **context) as page:
        yield page


def ask(page: Page, question: str) -> None:
    """Type a question into the page and wait for the answer to be whole."""
    settled(page)
    box = page.locator('[data-testid="stChatInputTextArea"]')
    box.fill(question)
    box.press("Enter")
    page.locator(".setu-question", has_text=question).last.wait_for()
    page.locator(f"{CHIPS} >> visible=true").last.wait_for()  # those of a table lie folded below it
    page.wait_for_function("() => !document.querySelector('.setu-busy')")  # while it is redrawn there may be two
    settled(page)


def settled(page: Page) -> None:
    """Wait until everything that was asked for is drawn and nothing of it moves or fades any more.

    What is pressed while the page is being replaced may be lost in the browser.
    """
    page.wait_for_function(RESTING, arg=time.monotonic())


def speaks(page: Page, language: Language) -> None:
    """Wait until the page is settled and says that it is in this language."""
    settled(page)
    page.wait_for_function("(language) => document.documentElement.lang === language", arg=language)


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: of which page of the app, in which language, what is done on it first, and on how large and dark a screen."""

    name: str
    language: Language
    act: Callable[[Page, Language], None]
    place: str = ""
    width: int = 1280
    height: int = 800
    dark: bool = False


def answered(page: Page, language: Language) -> None:
    """An answer, and beside it the source of its first quote."""
    ask(page, QUESTIONS[language])
    page.locator(CHIPS).first.click()
    page.locator("#setu-mark").wait_for()


def printed(page: Page, language: Language) -> None:
    """The same with the printed page, the quote boxed."""
    answered(page, language)
    settled(page)
    page.get_by_role("radio", name=strings(language)("source.image")).click()
    page.locator(".st-key-source img").wait_for()


def asked(page: Page, language: Language) -> None:
    """An answer, from its question on."""
    ask(page, QUESTIONS[language])
    page.locator(".setu-quote >> visible=true").last.wait_for()


def titled(page: Page, language: Language) -> None:
    """A page as it opens."""
    page.locator(".stMain h2").first.wait_for()


def outlined(page: Page, language: Language) -> None:
    """A document with its articles, one of them opened."""
    articles = page.get_by_role("navigation", name=strings(language)("library.document.outline"))
    articles.get_by_role("button").nth(5).click()
    page.locator("#setu-mark").wait_for()


SHOTS: Final = (
    Shot("chat", "en", answered, height=940),
    Shot("chat-mr", "mr", printed, height=940),
    Shot("chat-hi", "hi", answered, dark=True),
    Shot("chat-ja", "ja", printed, height=940),
    Shot("narrow", "ja", asked, width=390, height=844),
    Shot("history", "mr", titled, "history"),
    Shot("library", "en", titled, "library"),
    Shot("document", "en", outlined, "library?document={memorandum}", height=1080),
    Shot("cards", "ja", titled, "cards", height=1000),
    Shot("evaluation", "hi", titled, "evaluation", height=1000),
    Shot("admin", "en", titled, "admin"),
)


AT_TOP: Final = """() => {
  const main = document.querySelector(".stMain");
  window.calm = main.scrollTop === 0 ? (window.calm ?? 0) + 1 : 0;
  main.scrollTop = 0;
  return window.calm > 30;
}"""
"""The chat shows the last question by itself while its answer grows; whether it has stayed at its beginning for half a second."""


def take(shot: Shot, browser: Browser, address: str, memorandum: int, out: Path) -> Path:
    """Take a picture of a served home, in which the memorandum has this number."""
    place = shot.place.format(memorandum=memorandum)
    scheme = "dark" if shot.dark else "light"
    with paged(browser, viewport={"width": shot.width, "height": shot.height}, color_scheme=scheme, locale="en-US") as page:
        page.add_init_script("for (const who of ['', 'local']) localStorage.setItem(`setu-tour ${who}`, '1')")  # the tour is over
        page.goto(f"{address}/{place}{'&' if '?' in place else '?'}lang={shot.language}")
        speaks(page, shot.language)
        shot.act(page, shot.language)
        page.mouse.move(0, 0)
        speaks(page, shot.language)
        page.evaluate("document.activeElement.blur()")
        page.wait_for_function(AT_TOP)
        drawn = page.screenshot()
    with Image.open(io.BytesIO(drawn)) as picture:
        # The page has few colours, so a palette is a third of the size and looks the same.
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out / f"{shot.name}.png", optimize=True)
    return out / f"{shot.name}.png"


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=PROJECT / "docs" / "images", show_default=True, help="Where the pictures go."
)
@click.argument("names", nargs=-1, type=click.Choice([shot.name for shot in SHOTS]))
def main(out: Path, names: tuple[str, ...]) -> None:
    """Index the sample papers into a scratch folder and take the pictures of these NAMES, or all of them."""
    out.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not names or shot.name in names]
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        _run(home, "ui.cli.main", "ingest", str(SAMPLES))
        listed = json.loads(_run(home, "ui.cli.main", "docs", "list", "--json"))
        memorandum = next(one["id"] for one in listed if one["source"].endswith("memorandum-of-cooperation.pdf"))
        if any(shot.place == "evaluation" for shot in shots):
            (home / "evaluations").mkdir()
            _run(home, "eval", "samples", "--json", str(home / "evaluations" / "samples.json"))
        with served(home) as address, chromium_runs() as browser:
            for shot in shots:
                made = take(shot, browser, address, memorandum, out)
                click.echo(f"{made}: {made.stat().st_size // 1024} KB")


def _run(home: Path, module: str, *arguments: str) -> str:
    environment = {**os.environ, "SETU_HOME": str(home)}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _started(home: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The server and its address. Another program may take the port that was free before the server does: then another one is tried."""
    for _ in range(_PORTS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.address=127.0.0.1"]
        server = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, "SETU_HOME": str(home)}, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        if _is_up(f"{address}/_stcore/health", server):
            return server, address
        if server.poll() is None:
            server.kill()
            server.wait()
            break
    raise RuntimeError(f"The chat page did not start within {STARTUP_SECONDS} s. Run `streamlit run app.py` to see why.")


def _is_up(address: str, server: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    return False


if __name__ == "__main__":
    main()
