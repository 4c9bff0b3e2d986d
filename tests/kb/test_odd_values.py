"""Values that nobody would write in the files of a home get an error that names the file and says what to do, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb import KnowledgeBaseError, Settings
from kb.auth.accounts import Accounts
from kb.auth.sessions import Sessions
from kb.backup import staging
from kb.errors import AccountsError, SettingsError
from tests.support import PROJECT
from tests.ui.conftest import Setu

SETTINGS = (
    'max_pages = "many"', "max_pages = -1", f"max_pages = {10**40}.5", "max_pages = []", "max_pages = nan", "readers = nan",
    "embedder = 7", "embedder = {}", "home = 1", 'llm_key = "x"', "colour = 1", "max_pages = [", "address = false",
    f"glossary = {'[' * 5000}", "session_hours = 1e400", "oidc_default_role = 'king'", "database_url = [1]", "log = 3", "\x00",
)  # fmt: skip


@pytest.mark.parametrize("text", SETTINGS)
def test_odd_settings_are_named_with_their_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refusal:
        Settings.load(home=tmp_path)
    assert str(tmp_path / "settings.toml") in str(refusal.value)


def test_an_odd_setting_of_the_environment_is_named_by_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETU_MAX_PAGES", "many")
    with pytest.raises(SettingsError, match=r"SETU_MAX_PAGES: .*setu settings --example"):
        Settings.load(home=tmp_path)


PEOPLE = (
    "people = 7", "people = []", "people = {a = 1}", '[people.a]\nrole = "king"\ngroups = []', '[people.a]\nrole = 1\ngroups = []',
    '[people.a]\nrole = "admin"', '[people.a]\nrole = "admin"\ngroups = "x"', '[people.a]\nrole = "admin"\ngroups = [1]',
    '[people.a]\nrole = "admin"\ngroups = []\nsince = 1', '[people.a]\nrole = "admin"\ngroups = []\ncreated = 2025-01-01',
    '[people.a]\nrole = "admin"\ngroups = []\npassword = "x"', '[people.a]\nrole = "admin"\ngroups = []\ndisabled = "no"',
    '[people.a]\nrole = ["admin"]\ngroups = []', "other = 1", "[", f"people = {'[' * 5000}",
)  # fmt: skip


@pytest.mark.parametrize("text", PEOPLE)
def test_odd_accounts_are_named_with_their_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "users.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(AccountsError) as refusal:
        Accounts(tmp_path).all()
    assert str(file) in str(refusal.value)


NOW = "2026-11-26T09:00:00+00:00"
ENTRY = {"person": "p-1", "begun": NOW, "until": NOW}


ODD = (
    {"person": None}, {"person": ["x"]}, {"begun": 5}, {"until": None}, {"until": "2099-01-01"}, {"until": "soon"}, {"until": 10**40},
    {"x": 1},
)  # fmt: skip
HELD = ("", "[]", "7", "null", '{"k": null}', '{"k": []}', '{"k": {"person": "a"}}', "[" * 100_000, "\x00")


@pytest.mark.parametrize("held", [*HELD, *(json.dumps({"k": ENTRY | odd}) for odd in ODD)])
def test_odd_sessions_let_nobody_in_and_keep_nobody_out(tmp_path: Path, held: str) -> None:
    (tmp_path / "sessions.json").write_text(held, encoding="utf-8")
    sessions, asha = Sessions(tmp_path, 1.0), Accounts(tmp_path).add("asha", "admin")
    assert sessions.find("token") is None
    found = sessions.find(sessions.begin(asha))
    assert found is not None
    assert found.person == asha.id


NOTES = (
    "", "{", "[]", "7", '{"aside": null, "items": []}', '{"aside": "a/../../b", "items": []}', '{"aside": "a", "items": 3}',
    '{"aside": "a", "items": ["../x"]}', '{"aside": "a", "items": [[]]}',
)  # fmt: skip


@pytest.mark.parametrize("said", NOTES)
def test_an_odd_note_of_a_restore_moves_nothing_and_is_named(tmp_path: Path, said: str) -> None:
    (tmp_path / staging.STAGING).mkdir()
    (tmp_path / staging.STAGING / staging.READY).write_text(said)
    (tmp_path / "catalogue.sqlite").write_text("old")
    with pytest.raises(KnowledgeBaseError, match=r"ready\.json is damaged.*delete"):
        staging.finish(tmp_path)
    assert (tmp_path / "catalogue.sqlite").read_text() == "old"


def _read_only(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command with a home on a file system that is mounted read-only, in a namespace of its own."""
    script = f'mount --bind "{home}" "{home}" && mount -o remount,ro,bind "{home}" && exec "$@" || exit 99'
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", *command], env={**os.environ, "SETU_HOME": str(home)}, cwd=PROJECT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_a_read_only_home_is_named_with_the_remedy(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if shutil.which("unshare") is None or _read_only(home, "true").returncode:
        pytest.skip("no file system can be mounted here")
    (tmp_path / "a.txt").write_text("The lantern bridge is closed on Mondays.")
    assert Setu(home)("ingest", str(tmp_path / "a.txt")).exit_code == 0
    for command in (["search", "bridge"], ["ingest", str(tmp_path / "a.txt")], ["users", "add", "x", "--no-password"]):
        done = _read_only(home, sys.executable, "-m", "ui.cli.main", *command)
        assert done.returncode == 2
        assert f"Read-only file system: {home}/" in done.stderr
        assert "SETU_HOME" in done.stderr
    done = _read_only(home, sys.executable, "-m", "ui.cli.main", "health", "--json")
    assert {check["name"]: check["outcome"] for check in json.loads(done.stdout)["checks"]}["disk"] == "failed"
