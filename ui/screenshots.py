"""Pictures of the chat page with the sample papers: ``python -m ui.screenshots`` renews ``docs/images/chat.png``.

Needs Chromium (``/usr/bin/chromium``, or the path in the environment variable ``CHROMIUM``) and the ``dev`` extra.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ingest.records import LANGUAGES, Language

if TYPE_CHECKING:
    from playwright.sync_api import Page

PROJECT: Final = Path(__file__).parents[1]
SAMPLES: Final = PROJECT / "samples" / "documents"
STARTUP_SECONDS: Final = 60
CHROMIUM_FLAGS: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
ANSWER_MS: Final = 60_000
QUESTIONS: Final[dict[Language, str]] = {
    "en": "Who bears the cost of the flood-warning pilot?",
    "mr": "पूर इशारा पथदर्शी प्रकल्पाचा खर्च कोण करणार?",
    "hi": "लहरगड़ के अधिकारी प्रशिक्षण के लिए कहाँ जाएँगे?",
    "ja": "風浜市では避難指示から越水までの猶予時間はどれだけ延びましたか。",
}
CHIPS: Final = '[class*="st-key-chip-"] button'


def chromium() -> str | None:
    """The browser to drive, or None where there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The chat page of a home on a free port of this machine; its address.

    Raises:
        RuntimeError: the server did not come up.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.address=127.0.0.1"]
    server = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, "SETU_HOME": str(home)}, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/_stcore/health", server)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def browsed(**context: Any) -> Iterator[Page]:
    """A page of a headless Chromium that talks to nobody else."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        try:
            yield browser.new_page(**context)
        finally:
            browser.close()


def ask(page: Page, question: str) -> None:
    """Type a question into the page and wait for the answer to be whole."""
    box = page.locator('[data-testid="stChatInputTextArea"]')
    box.fill(question)
    box.press("Enter")
    page.locator(CHIPS).first.wait_for(timeout=ANSWER_MS)
    page.locator(".setu-busy").wait_for(state="detached", timeout=ANSWER_MS)


def settled(page: Page) -> None:
    """Wait until everything is drawn and nothing of it moves or fades any more.

    What is pressed while the page is being replaced may be lost in the browser.
    """
    page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached", timeout=ANSWER_MS)
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')", timeout=ANSWER_MS)


def speaks(page: Page, language: Language) -> None:
    """Wait until the page is settled and says that it is in this language."""
    settled(page)
    page.wait_for_function("(language) => document.documentElement.lang === language", arg=language, timeout=ANSWER_MS)


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=PROJECT / "docs" / "images", show_default=True, help="Where the pictures go."
)
@click.option("--all", "every", is_flag=True, help="One picture per language instead of chat.png alone.")
def main(out: Path, every: bool) -> None:
    """Index the sample papers into a scratch folder, ask, open the source and take the picture."""
    out.mkdir(parents=True, exist_ok=True)
    languages: tuple[Language, ...] = LANGUAGES if every else ("en",)
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        subprocess.run(
            [sys.executable, "-m", "ui.cli", "ingest", str(SAMPLES)], cwd=PROJECT, env={**os.environ, "SETU_HOME": str(home)}, check=True
        )
        with served(home) as address, browsed(viewport={"width": 1280, "height": 900}) as page:
            for language in languages:
                page.goto(f"{address}/?lang={language}")
                ask(page, QUESTIONS[language])
                page.locator(CHIPS).first.click()
                page.locator("mark").wait_for(timeout=ANSWER_MS)
                page.mouse.move(0, 0)
                time.sleep(1.0)
                name = f"chat-{language}.png" if every else "chat.png"
                page.screenshot(path=out / name)
                click.echo(f"{out / name}: {(out / name).stat().st_size // 1024} KB")


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError(f"The chat page did not start within {STARTUP_SECONDS} s. Run `streamlit run app.py` to see why.")


if __name__ == "__main__":
    main()
