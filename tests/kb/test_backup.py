"""A backup holds all that cannot be made again, and a restore gives all of it back or changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from kb import KnowledgeBase, Settings
from kb.archive import CATALOGUE, FILES, FOLDERS, MANIFEST, check, is_ours, opened
from kb.backup import back_up
from kb.errors import BackupError
from kb.records import Filters, Progress
from kb.restore import restore
from kb.store import swap
from kb.store.postings import metadata as keyword_tables
from kb.talk import Exchange
from tests.kb.make import base, document, papers
from tests.support import PROJECT

QUESTION = "When was the memorandum signed?"
SIGNED = "This Memorandum was signed in Kalpanagar on 12 March 2025."
GLOSSARY = "mr\thi\ten\tja\nकंदील\tलालटेन\tlantern\t提灯\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three papers, one of them with a kept file, a conversation, settings and a glossary. Tests only read it."""
    home = tmp_path_factory.mktemp("full")
    (home / "settings.toml").write_text("max_pages = 77\n", encoding="utf-8")
    (home / "glossary.tsv").write_text(GLOSSARY, encoding="utf-8")
    kept = home.parent / "notice.txt"
    kept.write_text("The lantern bridge is closed on Mondays.\n", encoding="utf-8")
    with base(home) as opened:
        opened.ingest_documents(papers())
        opened.ingest([kept])
        opened.conversations.save(opened.conversations.new().with_new(Exchange(QUESTION, Filters())))
    return home


@pytest.fixture(scope="module")
def archive(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written, _ = back_up(Settings.load(home=home), tmp_path_factory.mktemp("backups"))
    return written


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one other paper."""
    home = tmp_path_factory.mktemp("other")
    with base(home) as opened:
        opened.ingest_documents([document("tram", "en", "news", ("The tram to the harbour opens in May.",))])
    return home


@pytest.fixture
def mine(other: Path, tmp_path: Path) -> Path:
    """A copy of the home with one other paper, to be replaced."""
    return Path(shutil.copytree(other, tmp_path / "mine"))


def rewritten(archive: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of an archive with other parts."""
    with zipfile.ZipFile(archive) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    change(parts)
    with zipfile.ZipFile(target, "w") as written:
        for name, data in parts.items():
            written.writestr(name, data)
    return target


def titles(home: Path) -> set[str]:
    with base(home) as opened:
        assert opened.verify() == ()
        return {info.title for info in opened.documents()}


def contents(home: Path) -> dict[str, bytes]:
    """What is in a home, but for the files by which processes keep out of each other's way."""
    return {
        str(file.relative_to(home)): file.read_bytes()
        for file in sorted(home.rglob("*"))
        if file.is_file() and file.suffix != ".lock" and "cache" not in file.parts and not file.name.startswith("catalogue")
    }


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
    from kb import backup

    taken = backup.snapshot

    def snapshot_then_delete(catalogue: Path, copy: Path) -> object:
        held = taken(catalogue, copy)
        for file in (mine / "originals").iterdir():
            file.unlink()
        return held

    monkeypatch.setattr(backup, "snapshot", snapshot_then_delete)
    _, manifest = back_up(Settings.load(home=mine), tmp_path)
    assert (manifest.missing, manifest.originals, manifest.documents) == (1, 0, 4)


def test_all_that_a_backup_holds_is_swapped_by_a_restore() -> None:
    assert {CATALOGUE, *FILES, *FOLDERS} == {item for item in swap.KEPT if not item.endswith(("-wal", "-shm"))}
    assert all(is_ours(name) for name in (CATALOGUE, *FILES))


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


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 0.999])
def test_an_archive_that_was_cut_off_is_refused(archive: Path, tmp_path: Path, share: float) -> None:
    data = archive.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(BackupError, match="damaged or cut off"):
        restore(tmp_path / "new", cut)
    assert not list((tmp_path / "new").glob("catalogue*"))


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


def test_a_damaged_archive_leaves_the_home_as_it_was(archive: Path, mine: Path, tmp_path: Path) -> None:
    def spoil(parts: dict[str, bytes]) -> None:
        name = next(name for name in parts if name.startswith("originals/"))
        parts[name] = parts[name].replace(b"lantern", b"lentern")

    before = contents(mine)
    with pytest.raises(BackupError, match="is damaged: originals/"):
        restore(mine, rewritten(archive, tmp_path / "spoilt.zip", spoil), replace=True)
    assert contents(mine) == before
    assert titles(mine) == {"tram"}


def test_a_newer_archive_or_layout_is_refused_by_name(archive: Path, tmp_path: Path) -> None:
    def with_manifest(**changes: object) -> Path:
        def change(parts: dict[str, bytes]) -> None:
            parts[MANIFEST] = json.dumps(json.loads(parts[MANIFEST]) | changes).encode()

        return rewritten(archive, tmp_path / "newer.zip", change)

    for changes in ({"format": 2}, {"layout": "999"}):
        with pytest.raises(BackupError, match="A newer Setu wrote"):
            restore(tmp_path / "new", with_manifest(**changes))
    with pytest.raises(BackupError, match="manifest cannot be read"):
        restore(tmp_path / "new", with_manifest(files=[1, 2]))


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/evil", "originals/../../evil", "originals/x.txt", "vectors/chroma/x", "write.lock", "originals\\..\\evil"]
)
def test_a_part_that_would_lie_elsewhere_is_refused_before_anything_is_written(archive: Path, tmp_path: Path, name: str) -> None:
    assert not is_ours(name)

    def smuggle(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts[MANIFEST])
        manifest["files"][name] = {"size": 4, "sha256": "0" * 64}
        parts[MANIFEST] = json.dumps(manifest).encode()
        parts[name] = b"evil"

    with pytest.raises(BackupError, match="other parts"):
        restore(tmp_path / "deep" / "new", rewritten(archive, tmp_path / "smuggled.zip", smuggle))
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["smuggled.zip", "restore.lock"]


def test_a_home_that_holds_something_is_replaced_only_when_that_is_asked_and_is_set_aside(archive: Path, mine: Path) -> None:
    with pytest.raises(BackupError, match="--replace"):
        restore(mine, archive)
    done = restore(mine, archive, replace=True)
    assert len(titles(mine)) == 4
    assert done.aside is not None
    with base(done.aside) as aside:  # what was set aside is a home, but for its projections
        aside.reindex()
    assert titles(done.aside) == {"tram"}


def test_a_home_in_use_is_not_replaced(archive: Path, mine: Path) -> None:
    with base(mine) as reader, pytest.raises(BackupError, match="in use"):
        restore(mine, archive, replace=True)
    with closing(sqlite3.connect(mine / "catalogue.sqlite")) as conn:
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("SELECT * FROM meta").fetchall()
        with pytest.raises(BackupError, match="in use"):
            restore(mine, archive, replace=True)
    assert reader is not None
    assert titles(mine) == {"tram"}


def prepare(home: Path) -> None:
    """A home of a few files, and beside it what is to take its place."""
    staged = home / swap.STAGING
    for folder, word in ((staged, "new"), (home, "old")):
        for item in ("catalogue.sqlite", "originals/a.txt", "vectors/chroma/a"):
            (folder / item).parent.mkdir(parents=True, exist_ok=True)
            (folder / item).write_text(word)
    (home / "catalogue.sqlite-wal").write_text("old")
    (home / "glossary.tsv").write_text("old")
    (home / "scan").mkdir()
    (staged / "settings.toml").write_text("new")


def test_a_swap_that_is_killed_between_any_two_steps_is_completed_by_the_next_to_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    real = {name: getattr(Path, name) for name in ("rename", "unlink", "rmdir")}
    for fatal in range(20):
        home = tmp_path / str(fatal)
        prepare(home)
        swap.decide(home, "replaced-1")
        left = [fatal]

        def counted(name: str, left: list[int] = left) -> Callable[..., object]:
            def call(self: Path, *arguments: object, **options: object) -> object:
                if self.suffix != ".lock":
                    if left[0] == 0:
                        raise KilledError
                    left[0] -= 1
                return real[name](self, *arguments, **options)

            return call

        with monkeypatch.context() as patched:
            for name in real:
                patched.setattr(Path, name, counted(name))
            try:
                swap.finish(home)
                killed = False
            except KilledError:
                killed = True
        swap.finish(home)
        now = {str(f.relative_to(home)): f.read_text() for f in home.rglob("*") if f.is_file() and f.suffix != ".lock"}
        aside = {"catalogue.sqlite": "old", "catalogue.sqlite-wal": "old", "originals/a.txt": "old", "glossary.tsv": "old"}
        assert now == {
            **dict.fromkeys(("catalogue.sqlite", "originals/a.txt", "vectors/chroma/a", "settings.toml"), "new"),
            **{f"replaced-1/{name}": text for name, text in aside.items()},
        }
        if not killed:
            break
    assert fatal >= 9  # so many steps were tried, and the last run had none left to be killed at


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_the_old_home_and_can_be_done_again(archive: Path, mine: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kb.restore import restore; restore(Path(sys.argv[1]), Path(sys.argv[2]), replace=True)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(mine), str(archive)], cwd=PROJECT)
    end = time.monotonic() + 60
    while not (mine / swap.STAGING / "vectors" / "service.json").exists() and child.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert (mine / swap.STAGING / "catalogue.sqlite").exists()
    assert titles(mine) == {"tram"}
    restore(mine, archive, replace=True)
    assert len(titles(mine)) == 4
    assert not (mine / swap.STAGING).exists()


def test_a_catalogue_that_cannot_be_opened_gives_its_share_in_the_home_back(mine: Path, archive: Path) -> None:
    (mine / "catalogue.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(DatabaseError):
        KnowledgeBase.open(Settings.load(home=mine))
    restore(mine, archive, replace=True)
    assert len(titles(mine)) == 4
