"""Somebody signed in, for tests of pages without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.auth.accounts import Accounts
from kb.auth.passwords import Cost
from kb.auth.roles import Role
from kb.auth.sessions import Sessions
from ui.auth import sign_in

CHEAP = Cost(memory=8, times=1, threads=1)
PASSWORD = "eight lanterns"


def signed_in(home: Path, monkeypatch: pytest.MonkeyPatch, name: str, role: Role = "viewer", groups: frozenset[str] | None = None) -> str:
    """Make an account where there is none, and have the page find its session in the browser; returns the token."""
    people = Accounts(home, CHEAP)
    account = people.find(name) or people.add(name, role, groups, PASSWORD)
    token = Sessions(home, 12).begin(account)
    monkeypatch.setattr(sign_in, "presented", lambda: token)
    return token
