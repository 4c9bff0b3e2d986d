"""The app in a real browser, as the tests drive it: one Chromium and one server for a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.screenshots import ANSWER_MS, chromium_runs, paged, served, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

Browse = Callable[..., AbstractContextManager["Page"]]
"""Opens a page that has not been here before; takes what ``Browser.new_context`` takes."""

FITS = "(width) => [document.documentElement, document.querySelector('.stMain')].every((one) => !one || one.scrollWidth <= width)"
FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at?.matches("a, button, input, textarea, summary, [role]")) return "";  // what scrolls can have the focus too
  return (at.getAttribute("aria-label") || at.innerText || at.getAttribute("placeholder") || at.className).trim();
}"""


@pytest.fixture(scope="module")
def browse() -> Iterator[Browse]:
    """Opens pages in one browser. It ends with the module: while it runs, nothing else in the thread can run an event loop."""
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect.set_options(timeout=ANSWER_MS)
    with chromium_runs() as browser:
        yield partial(paged, browser)


@pytest.fixture(scope="module")
def address(sampled: Path) -> Iterator[str]:
    """Where the sample papers are served, for one module."""
    with served(sampled) as address:
        yield address


def becomes(page: Page, condition: str, arg: object = None) -> bool:
    """Whether a condition, written in JavaScript, comes true on the page in time."""
    from playwright.sync_api import TimeoutError as Late

    try:
        page.wait_for_function(condition, arg=arg)
    except Late:
        return False
    return True


def fits(page: Page, width: int) -> bool:
    """Whether nothing on the page, at rest, is wider than the screen."""
    settled(page)
    return becomes(page, FITS, width)


def focused(page: Page) -> str:
    """The control that has the focus: its accessible name, or its class where it has none."""
    said: str = page.evaluate(FOCUSED)
    return said


def tab_to(page: Page, name: str, *, back: bool = False, most: int = 80) -> str:
    """From a page at rest, press Tab until what has this name has the focus; all that it is called.

    Raises:
        AssertionError: nothing of that name was reached.
    """
    settled(page)
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if name in (said := focused(page)):
            return said
    raise AssertionError(f"{name} cannot be reached with the keyboard; the last was {focused(page)}")
