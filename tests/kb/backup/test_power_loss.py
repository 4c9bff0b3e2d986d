"""A power failure: what a file system forgets that was not told to keep it. Nothing that was done is lost, nothing is half there.

The calls that write are recorded. `Disk` then plays them to a file system that keeps a file's content only when the file was synced, and
its name only when its folder was, and may forget either at any moment: the worst that POSIX allows.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kb.auth.account_store import ACCOUNTS
from kb.auth.accounts import Accounts
from kb.backup import staging
from kb.files import atomic_write
from tests.kb.make import base
from ui.jobs import evaluation_runs

TEXT = b"The lantern bridge is closed on Mondays.\n"


@dataclass
class Disk:
    """What would be there after a power failure: ``names`` of files by path, with the content that was synced, None where none was."""

    root: Path
    kept: dict[int, bytes] = field(default_factory=dict)
    names: dict[Path, int] = field(default_factory=dict)
    moments: list[dict[str, bytes | None]] = field(default_factory=list)

    def synced(self, handle: int) -> None:
        """A file or folder was synced."""
        found = os.fstat(handle)
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        if not path.is_relative_to(self.root):
            return
        if stat.S_ISDIR(found.st_mode):
            self.names = {name: inode for name, inode in self.names.items() if name.parent != path}
            self.names |= {file: file.stat().st_ino for file in path.iterdir() if file.is_file()}
        else:
            self.kept[found.st_ino] = path.read_bytes()
        self.moment()

    def moment(self) -> None:
        """Remember what a failure now would leave: also with the names that the disk wrote of itself, before it was told to."""
        there = self.names | {file: file.stat().st_ino for file in self.root.rglob("*") if file.is_file()}
        self.moments.append({str(file.relative_to(self.root)): self.kept.get(inode) for file, inode in there.items()})

    def now(self) -> dict[str, bytes | None]:
        """What is there for certain after all that was done."""
        return {str(file.relative_to(self.root)): self.kept.get(inode) for file, inode in self.names.items()}


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk(tmp_path)
    real_sync, real_replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        real_sync(handle)
        made.synced(handle)

    def replace(self: Path, target: Path) -> Path:
        done = real_replace(self, target)
        made.moment()
        return done

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    return made


def test_a_file_is_kept_before_its_name_and_its_name_before_it_is_said_to_be_there(disk: Disk, tmp_path: Path) -> None:
    atomic_write(tmp_path / "a.txt", b"old")
    assert disk.now()["a.txt"] == b"old"
    atomic_write(tmp_path / "a.txt", b"new")
    assert disk.now() == {"a.txt": b"new"}
    assert {moment.get("a.txt", b"not there") for moment in disk.moments} == {b"old", b"new", b"not there"}  # never None: there, and empty


def test_the_recording_knows_a_write_that_is_not_kept(disk: Disk, tmp_path: Path) -> None:
    (tmp_path / "a.new").write_bytes(b"new")
    (tmp_path / "a.new").replace(tmp_path / "a.txt")
    assert disk.moments[-1] == {"a.txt": None}  # so it was with the kept files before
    assert disk.now() == {}


@pytest.mark.parametrize("what", ["original", "card", "accounts", "decision", "run"])
def test_what_a_home_relies_on_is_never_there_and_empty(disk: Disk, tmp_path: Path, what: str) -> None:
    name = _WRITERS[what](tmp_path)
    files = [file for file in disk.now() if file.endswith(name)]
    assert files
    for file in files:
        assert disk.now()[file]
        assert all(moment.get(file, b"-") is not None for moment in disk.moments)


def _original(home: Path) -> str:
    (home / "notice.txt").write_bytes(TEXT)
    with base(home / "home") as opened:
        opened.ingest([home / "notice.txt"])
    return f"{hashlib.sha256(TEXT).hexdigest()}.txt"


def _card(home: Path) -> str:
    _original(home)
    with base(home / "home") as opened:
        assert opened.search("bridge").hits
    return "en.json"


def _accounts(home: Path) -> str:
    Accounts(home).add("asha", "admin", None)
    return ACCOUNTS


def _decision(home: Path) -> str:
    (home / staging.STAGING).mkdir()
    staging.decide(home, "replaced-1")
    return staging.READY


def _run(home: Path) -> str:
    evaluation_runs.keep(home, "answers.json", b'{"questions": 1}')
    return "answers.json"


_WRITERS: dict[str, Callable[[Path], str]] = {
    "original": _original,
    "card": _card,
    "accounts": _accounts,
    "decision": _decision,
    "run": _run,
}


def test_the_catalogue_has_the_disk_keep_every_transaction(tmp_path: Path) -> None:
    with base(tmp_path) as opened:
        with opened._catalogue.read() as conn:
            assert conn.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL
        with opened._catalogue.write() as conn:
            assert conn.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_of_a_log_of_writes_that_the_disk_kept_in_part_whole_transactions_count(tmp_path: Path, share: float) -> None:
    """SQLite's log is cut where the power went: what it holds in full is there, the rest never was."""
    home = tmp_path / "home"
    with base(home) as opened:
        for number in range(4):
            (tmp_path / f"{number}.txt").write_bytes(TEXT.replace(b"lantern", b"lantern%d" % number))
            opened.ingest([tmp_path / f"{number}.txt"])
        after = tmp_path / "after"
        after.mkdir()
        for name in ("catalogue.sqlite", "catalogue.sqlite-wal"):
            (after / name).write_bytes((home / name).read_bytes())
    log = (after / "catalogue.sqlite-wal").read_bytes()
    (after / "catalogue.sqlite-wal").write_bytes(log[: int(len(log) * share)])
    with closing(sqlite3.connect(after / "catalogue.sqlite")) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with base(after) as opened:
        opened.ingest([tmp_path / f"{number}.txt" for number in range(4)])
        opened.reindex()
        assert opened.verify() == ()
        assert len(opened.documents()) == 4
