"""``setu sources`` as somebody types it: made, previewed, synced, changed, removed; passwords are never printed or kept elsewhere."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.sync.source_secrets import SOURCE_SECRETS, keep_secret, secret_of
from ui.cli.main import cli

SECRET = "marigold-harbour-42"


@pytest.fixture
def setu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SETU_HOME", str(tmp_path / "home"))

    def run(*arguments: str, code: int = 0, typed: str = "") -> str:
        done = CliRunner().invoke(cli, ["sources", *arguments], input=typed)
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_a_folder_is_followed_from_the_terminal(setu, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    (papers / "2026").mkdir(parents=True)
    (papers / "2026" / "moc.txt").write_text("The committee meets twice a year in Kalpanagar.")
    (papers / "tram.txt").write_text("The tram costs twelve crore rupees.")
    assert "never synced" in setu("add", "circulars", "folder", str(papers), "--every", "15", "--grace-days", "0")
    assert "2 would be added" in setu("preview", "circulars")
    assert "done" in setu("sync", "circulars")
    shown = CliRunner().invoke(cli, ["docs", "show", "1"])
    assert f"From the source circulars: {papers}" in shown.output
    (papers / "tram.txt").rename(papers / "2026" / "tram.txt")
    (run,) = json.loads(setu("sync", "circulars", "--json"))
    assert (run["outcome"], run["moved"], run["unchanged"]) == ("done", [["tram.txt", "2026/tram.txt"]], 1)
    (papers / "2026" / "moc.txt").unlink()
    assert "1 withdrawn" in setu("sync", "--all")
    (one,) = json.loads(setu("list", "--json"))
    assert (one["outcome"], one["every_minutes"], one["counts"]["withdrawn"]) == ("done", 15, 1)
    assert setu("sync", "--due") == ""
    assert "by hand" in setu("change", "circulars", "--every", "0")
    assert "forgotten" in setu("remove", "circulars", "--yes")
    assert "There are no sources" in setu("list")


def test_what_cannot_be_is_told_in_a_sentence(setu, tmp_path: Path) -> None:
    assert "There is no source nowhere" in setu("sync", "nowhere", code=2)
    setu("add", "gone", "folder", str(tmp_path / "gone"))
    assert "could not be listed, and nothing was changed" in setu("sync", "gone", code=2)
    assert "There is a source gone already" in setu("add", "gone", "folder", str(tmp_path), code=2)
    assert "has no option colour" in setu("add", "x", "folder", "/srv", "--option", "colour=red", code=2)
    assert "does not tell who may read" in setu("add", "x", "site", "https://www.example.org/sitemap.xml", "--take-rights", code=2)


def test_a_password_is_in_its_own_file_alone_and_goes_to_no_other_server(setu, tmp_path: Path) -> None:
    told = setu("add", "letters", "mailbox", "imaps://mail.example.org/INBOX", "--user", "asha", typed=f"{SECRET}\n")
    told += setu("list") + setu("list", "--json")
    home = tmp_path / "home"
    kept = home / SOURCE_SECRETS
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert SECRET not in told
    assert [file.name for file in home.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()] == [SOURCE_SECRETS]
    assert secret_of(home, 1, "imaps://mail.example.org/Papers") == SECRET
    assert secret_of(home, 1, "imaps://elsewhere.example.org/INBOX") == ""
    keep_secret(home, 1, "imaps://mail.example.org/INBOX", "")
    assert SECRET.encode() not in kept.read_bytes()
