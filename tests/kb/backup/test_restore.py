"""A restore gives back all that a backup holds, or changes nothing."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kb import KnowledgeBase, KnowledgeBaseError, Settings
from kb.backup import staging
from kb.backup.archive import FORMAT, MANIFEST, is_ours
from kb.backup.restore import restore
from kb.errors import BackupError
from tests.kb.backup.conftest import contents, rewritten, titles
from tests.kb.make import base
from tests.support import PROJECT


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 0.999])
def test_an_archive_that_was_cut_off_is_refused(archive: Path, tmp_path: Path, share: float) -> None:
    data = archive.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(BackupError, match="damaged or cut off"):
        restore(tmp_path / "new", cut)
    assert not list((tmp_path / "new").glob("catalogue*"))


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

    for changes in ({"format": FORMAT + 1}, {"layout": "999"}):
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
    staged = home / staging.STAGING
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
        staging.decide(home, "replaced-1")
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
                staging.finish(home)
                killed = False
            except KilledError:
                killed = True
        staging.finish(home)
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
        "import sys; from pathlib import Path; from kb.backup.restore import restore;"
        " restore(Path(sys.argv[1]), Path(sys.argv[2]), replace=True)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(mine), str(archive)], cwd=PROJECT)
    end = time.monotonic() + 60
    while not (mine / staging.STAGING / "scan").exists() and child.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert (mine / staging.STAGING / "catalogue.sqlite").exists()
    assert titles(mine) == {"tram"}
    restore(mine, archive, replace=True)
    assert len(titles(mine)) == 4
    assert not (mine / staging.STAGING).exists()


def test_a_catalogue_that_cannot_be_opened_gives_its_share_in_the_home_back(mine: Path, archive: Path) -> None:
    (mine / "catalogue.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(KnowledgeBaseError, match=r"catalogue\.sqlite is damaged.*setu restore"):
        KnowledgeBase.open(Settings.load(home=mine))
    restore(mine, archive, replace=True)
    assert len(titles(mine)) == 4
