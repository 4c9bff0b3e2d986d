"""What is kept is its owner's alone, whatever the umask of whoever runs Setu; what an older Setu left open, doctor closes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import Filters, event_log
from kb.auth.accounts import Accounts
from kb.auth.sessions import Sessions
from kb.backup.create import back_up
from kb.backup.restore import restore
from kb.files import loose, private_lock
from kb.user_records import Exchange
from tests.kb.make import base
from tests.support import PROJECT
from tests.ui.conftest import Setu
from ui.cli.doctor import check_private


@pytest.fixture(autouse=True)
def everybodys() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(home: Path) -> list[str]:
    """What others may use, but for the model, which is everybody's anyway."""
    return [str(path.relative_to(home)) for path in loose(home) if path.suffix != ".onnx"]


def test_nothing_that_is_made_in_a_home_may_be_used_by_others(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "notice.html").write_text("<p>The lantern bridge is closed on Mondays.</p>", encoding="utf-8")
    with base(home, exact_limit=0) as opened:
        event_log.start(opened.settings)
        opened.ingest([tmp_path / "notice.html", PROJECT / "samples" / "documents"], cancelled=lambda: False)
        assert opened.search("bridge").hits
        opened.conversations.save(opened.conversations.new().with_new(Exchange("When?", Filters())))
        opened.verify()
        Accounts(home).add("asha", "admin", None)
        Sessions(home, 1.0).begin(Accounts(home).get("asha"))
        names = {file.name for file in home.rglob("*")}
        assert {
            "catalogue.sqlite-wal",
            "catalogue.sqlite-shm",
            "write.lock",
            "users.lock",
            "accounts.sqlite3",
            "accounts.lock",
            "setu.log",
            "en.json",
            "chroma.sqlite3",
        } <= names
        assert open_to_others(home) == []
        written, _ = back_up(opened.settings, tmp_path)
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
    restore(tmp_path / "new", written)
    assert open_to_others(tmp_path / "new") == []


def test_a_lock_cannot_be_taken_by_others(tmp_path: Path) -> None:
    with private_lock(tmp_path / "write.lock"):
        assert stat.S_IMODE((tmp_path / "write.lock").stat().st_mode) == 0o600


def test_doctor_closes_what_an_older_setu_left_open_and_tells(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with base(home) as opened:
        opened.search("bridge")
    (tmp_path / "elsewhere.txt").write_text("not ours")
    (home / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    home.chmod(0o755)
    (home / "catalogue.sqlite").chmod(0o644)
    (home / "write.lock").write_text("")
    (home / "write.lock").chmod(0o666)
    before = len(list(loose(home)))
    told = Setu(home)("doctor")
    assert f"others might use {before} files" in told.stdout
    assert list(loose(home)) == []
    assert stat.S_IMODE((tmp_path / "elsewhere.txt").stat().st_mode) == 0o666
    assert "only its owner may use the data folder" in Setu(home)("doctor").stdout


def test_what_is_another_users_is_told_with_the_line_that_mends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "foreign.txt").write_text("x")
    real = Path.chmod

    def refused(self: Path, mode: int) -> None:
        if self.name == "foreign.txt":
            raise PermissionError(1, "Operation not permitted", str(self))
        real(self, mode)

    monkeypatch.setattr(Path, "chmod", refused)
    check = check_private(tmp_path)
    assert (check.outcome, check.remedy) == ("warning", f"As their owner run: chmod -R go= {tmp_path}")
    assert "foreign.txt" in check.detail
