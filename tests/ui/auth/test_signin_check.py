"""What `setu doctor` says of signing in."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from kb import Settings
from kb.auth.account_store import ACCOUNTS
from kb.auth.accounts import Accounts
from tests.support import PROJECT
from tests.ui.signed import CHEAP, PASSWORD
from ui.cli.doctor import check_signin

GOOD = f"""[auth]
redirect_uri = "https://setu.example.org/oauth2callback"
cookie_secret = "{"x" * 40}"
client_id = "setu"
client_secret = "hush-hush"
server_metadata_url = "https://id.example.org/.well-known/openid-configuration"
"""


def said(home: Path, secrets: str | None = None, mode: int = 0o600) -> tuple[str, str, str]:
    file = home / "secrets.toml"
    if secrets is not None:
        file.write_text(secrets, encoding="utf-8")
        file.chmod(mode)
    found = check_signin(Settings(home=home), (file,))
    assert "hush-hush" not in repr(found)
    return found.outcome, found.detail, found.remedy


def test_each_of_the_three_ways_is_named(tmp_path: Path) -> None:
    assert said(tmp_path)[:2] == ("ok", "nobody signs in: the chat is open on this machine, and nowhere else")
    people = Accounts(tmp_path, CHEAP)
    people.add("ravi", "viewer", frozenset(), PASSWORD)
    assert said(tmp_path)[0] == "warning"
    people.add("asha", "admin", None, PASSWORD)
    assert said(tmp_path)[:2] == ("ok", "with a password, 2 accounts")
    assert said(tmp_path, "[other]\n")[:2] == ("ok", "with a password, 2 accounts")
    pytest.importorskip("authlib")
    assert said(tmp_path, GOOD)[:2] == ("ok", "by OpenID at id.example.org, 2 accounts")


def test_what_is_wrong_is_named_with_the_file_and_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("authlib")
    file = tmp_path / "secrets.toml"
    without = "\n".join(line for line in GOOD.splitlines() if not line.startswith(("client_secret", "cookie")))
    assert said(tmp_path, without)[:2] == ("failed", f"[auth] in {file} lacks cookie_secret, client_secret")
    assert said(tmp_path, "[auth\nclient_secret = 'hush-hush'")[:2] == ("failed", f"{file} is not valid TOML")
    assert said(tmp_path, 'auth = "x"')[0] == "failed"
    assert said(tmp_path, GOOD, 0o644) == (
        "warning",
        f"{file} may be read by others, and holds the client's secret",
        f"Run: chmod 600 {file}",
    )
    assert said(tmp_path, GOOD.replace("x" * 40, "short"))[:2] == ("warning", f"cookie_secret in {file} is short")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert said(tmp_path, GOOD)[2] == "pip install 'setu-qa[oidc]'"
    (tmp_path / ACCOUNTS).write_text("damaged")
    assert said(tmp_path)[0] == "failed"


def test_the_example_has_all_that_is_needed_but_the_secrets(tmp_path: Path) -> None:
    pytest.importorskip("authlib")
    file = Path(shutil.copy(PROJECT / "deploy" / "secrets.toml", tmp_path / "secrets.toml"))
    file.chmod(0o600)
    assert check_signin(Settings(home=tmp_path), (file,)).detail == f"cookie_secret in {file} is short"
