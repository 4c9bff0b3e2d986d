"""Setu's pages without a browser: run the app, see what it shows, find what can be pressed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from tests.once import copied
from tests.support import PROJECT

__all__ = ["alone", "at", "button", "copied", "keys", "offered", "page", "shown", "taken"]


def page(**address: str) -> AppTest:
    """The whole app at an address, in English unless it says otherwise."""
    return at(AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60), {"lang": "en"} | address)


def alone(drawn: Callable[..., None], *args: object, **address: str) -> AppTest:
    """One page by itself: what a function draws."""
    return at(AppTest.from_function(drawn, default_timeout=60, args=args), address)


def at(app: AppTest, address: dict[str, str]) -> AppTest:
    """Run an app with these query parameters."""
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def shown(app: AppTest) -> str:
    """The HTML of a page that raised nothing."""
    assert not app.exception, app.exception
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def keys(app: AppTest) -> set[str]:
    """The keys of all buttons."""
    return {button.key for button in app.button if button.key}


def button(app: AppTest, key: str) -> Any:
    """The button with a key."""
    return next(b for b in app.button if b.key == key)


def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], object]]:
    """What makes the files that pages drawn from now on offer, by the key of the button."""
    found: dict[str, Callable[[], object]] = {}

    def button(_label: str, data: Callable[[], object], *_more: str, key: str, **_others: object) -> None:
        found[key] = data

    monkeypatch.setattr(st, "download_button", button)
    return found


def taken(home: Path) -> list[str]:
    """What the audit log says was taken away, the last first."""
    with KnowledgeBase.open(Settings(home=home)) as kb:
        return [entry.about for entry in kb.audit.list(action="exported")]
