"""Somebody signed in, for tests of pages without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.access import Role
from kb.accounts import Accounts
from kb.passwords import Cost
from kb.sessions import Sessions
from ui import signin

CHEAP = Cost(n=16, r=1, p=1)
PASSWORD = "eight lanterns"


def signed_in(home: Path, monkeypatch: pytest.MonkeyPatch, name: str, role: Role = "viewer", groups: frozenset[str] | None = None) -> str:
    """Make an account where there is none, and have the page find its session in the browser; returns the token."""
    people = Accounts(home, CHEAP)
    account = people.find(name) or people.add(name, role, groups, PASSWORD)
    token = Sessions(home, 12).begin(account)
    monkeypatch.setattr(signin, "presented", lambda: token)
    return token
