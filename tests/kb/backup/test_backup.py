"""A backup holds all that cannot be made again, and what is damaged of it is noticed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
import zipfile
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kb import Settings
from kb.auth.account_store import ACCOUNTS
from kb.backup import staging
from kb.backup.archive import CATALOGUE, FILES, FOLDERS, MANIFEST, check, is_ours, opened
from kb.backup.create import back_up
from kb.backup.restore import restore
from kb.errors import BackupError
from kb.index.inverted_index import metadata as keyword_tables
from kb.records import Progress
from tests.kb.backup.conftest import GLOSSARY, QUESTION, titles
from tests.kb.make import base, document, papers


def test_what_was_backed_up_is_there_after_a_restore(home: Path, archive: Path, tmp_path: Path) -> None:
    steps: list[Progress] = []
    done = restore(tmp_path / "new", archive, progress=steps.append)
    assert {step.stage for step in steps} == {"read", "publish"}  # nothing is embedded again
    assert (done.manifest.documents, done.manifest.conversations, done.manifest.originals, done.aside) == (4, 1, 1, None)
    assert (tmp_path / "new" / "settings.toml").read_text(encoding="utf-8") == "max_pages = 77\n"
    assert (tmp_path / "new" / "glossary.tsv").read_text(encoding="utf-8") == GLOSSARY
    with base(tmp_path / "new") as opened, base(home) as before:
        assert opened.settings.max_pages == 77
        assert opened.verify() == ()
        assert opened.documents() == before.documents()
        for question in (QUESTION, "पूर इशारा संवेदक किती आहेत?", "lantern"):
            found, was = (b.search(question, k=20).hits for b in (opened, before))
            assert [(h.document, h.start, round(h.score, 4)) for h in found] == [(h.document, h.start, round(h.score, 4)) for h in was]
        (talk,) = opened.conversations.list()
        assert talk.title == QUESTION
        notice = next(info.id for info in opened.documents() if info.title.startswith("The lantern"))
        kept = opened.original(notice)
        assert kept is not None
        assert kept.read_text(encoding="utf-8") == "The lantern bridge is closed on Mondays.\n"


def test_projections_and_keys_are_in_no_backup(home: Path, archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        opened.extract("catalogue.sqlite", tmp_path)
    originals = [name for name in names if name.startswith("originals/")]
    assert sorted(names) == sorted(["catalogue.sqlite", "settings.toml", "glossary.tsv", MANIFEST, *originals])
    assert (archive.stat().st_mode & 0o777) == 0o600
    with closing(sqlite3.connect(home / "catalogue.sqlite")) as live, closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as copy:
        for table in keyword_tables.tables:
            assert live.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] > 0
            assert copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] == 0


def test_the_text_of_a_deleted_paper_is_in_no_later_backup(tmp_path: Path) -> None:
    with base(tmp_path / "home") as opened:
        opened.ingest_documents(papers())
        secret = document("secret", "en", "report", ("The Xylophone Clause was struck out.",))
        opened.ingest_documents([secret])
        opened.delete(next(info.id for info in opened.documents() if info.title == "secret"))
        written, _ = back_up(opened.settings, tmp_path)
    with zipfile.ZipFile(written) as archive:
        assert b"Xylophone" not in archive.read("catalogue.sqlite")


def test_a_backup_taken_during_an_ingest_holds_what_was_published_and_nothing_half_done(tmp_path: Path) -> None:
    taken: list[Path] = []
    with base(tmp_path / "home") as opened:
        opened.ingest_documents(papers())

        def during(step: Progress) -> None:
            if step.stage == "embed" and not taken:
                taken.append(back_up(opened.settings, tmp_path)[0])

        late = [document(f"late {n}", "en", "report", (f"Report number {n} tells of bridge {n}.",)) for n in range(20)]
        opened.ingest_documents(late, progress=during)
        assert len(opened.documents()) == 23
    restore(tmp_path / "new", taken[0])
    assert titles(tmp_path / "new") == {"moc", "batmi", "houkoku"}


def test_a_file_that_goes_while_the_backup_is_made_is_counted(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Path(shutil.copytree(home, tmp_path / "mine"))
    from kb.backup import create

    taken = create.snapshot

    def snapshot_then_delete(catalogue: Path, copy: Path) -> object:
        held = taken(catalogue, copy)
        for file in (mine / "originals").iterdir():
            file.unlink()
        return held

    monkeypatch.setattr(create, "snapshot", snapshot_then_delete)
    _, manifest = back_up(Settings.load(home=mine), tmp_path)
    assert (manifest.missing, manifest.originals, manifest.documents) == (1, 0, 4)


def test_all_that_a_backup_holds_is_swapped_by_a_restore() -> None:
    assert {CATALOGUE, ACCOUNTS, *FILES, *FOLDERS} == {item for item in staging.KEPT if not item.endswith(("-wal", "-shm"))}
    assert all(is_ours(name) for name in (CATALOGUE, ACCOUNTS, *FILES))


def test_what_a_killed_backup_left_is_removed_a_day_later(home: Path, tmp_path: Path) -> None:
    for name, hours in (("old", 25), ("new", 1)):
        (tmp_path / f".setu-backup-{name}").mkdir()
        os.utime(tmp_path / f".setu-backup-{name}", (0, time.time() - hours * 3600))
    back_up(Settings.load(home=home), tmp_path / "backup.zip")
    assert {file.name for file in tmp_path.iterdir()} == {".setu-backup-new", "backup.zip"}


def test_an_existing_file_is_not_overwritten_and_a_catalogue_elsewhere_is_refused(home: Path, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="exists already"):
        back_up(Settings.load(home=home), archive)
    with pytest.raises(BackupError, match="pg_dump"):
        back_up(Settings.load(home=home, database_url="postgresql://db/setu"), tmp_path)
    with pytest.raises(BackupError, match="nothing to back up"):
        back_up(Settings.load(home=tmp_path / "empty"), tmp_path)
    assert not list(tmp_path.glob("*.zip"))
    assert not list(tmp_path.glob(".setu-backup*"))


def test_any_damaged_byte_is_noticed_or_changes_nothing(archive: Path, tmp_path: Path) -> None:
    data = archive.read_bytes()
    whole = check(archive)
    refused = 0
    for at in range(11, len(data), max(1, len(data) // 60)):
        damaged = bytearray(data)
        damaged[at] ^= 0x55
        (tmp_path / "damaged.zip").write_bytes(damaged)
        try:
            assert replace(check(tmp_path / "damaged.zip")) == whole
        except BackupError:
            refused += 1
    assert refused >= 58  # a byte of a time stamp or of a header that is written twice may go unnoticed


def test_a_damaged_byte_of_the_archives_directory_is_an_error_of_ours_or_does_no_harm(archive: Path, tmp_path: Path) -> None:
    data = archive.read_bytes()
    begins = data.index(b"PK\x01\x02")
    assert len(data) - begins > 200
    refused = 0
    for at in range(begins, len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 0x55
        (tmp_path / "damaged.zip").write_bytes(damaged)
        with suppress(BackupError), opened(tmp_path / "damaged.zip"):
            continue
        refused += 1
    assert refused > 50
