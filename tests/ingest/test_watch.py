"""A folder under watch, by the clock of the test."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from ingest import watch
from ingest.watch import Changes, Watched, wakes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    (made / "a.txt").write_text("The city agreed.", encoding="utf-8")
    return made


def settled(watched: Watched, at: float) -> Changes:
    """What two looks, the second when everything has stood still for long enough, tell."""
    watched.look(at)
    return watched.look(at + watched.rest)


def test_what_is_there_at_first_is_told_once(folder: Path) -> None:
    watched = Watched(folder)
    assert watched.look(0.0) == Changes()
    assert watched.is_restless
    assert watched.look(2.0) == Changes((folder / "a.txt",))
    assert not watched.is_restless
    assert watched.look(9.0) == Changes()


def test_a_file_that_is_still_being_written_is_waited_for(folder: Path) -> None:
    watched = Watched(folder)
    settled(watched, 0.0)
    growing = folder / "long.txt"
    for second in range(10, 20):
        with growing.open("a", encoding="utf-8") as file:
            file.write("The Parties agree. ")
        assert watched.look(float(second)) == Changes()
    assert watched.look(20.9) == Changes()
    assert watched.look(21.0) == Changes((growing,))


def test_a_file_that_changed_is_told_again(folder: Path) -> None:
    watched = Watched(folder)
    settled(watched, 0.0)
    (folder / "a.txt").write_text("The city did not agree.", encoding="utf-8")
    assert settled(watched, 10.0) == Changes((folder / "a.txt",))


def test_a_file_that_is_replaced_at_one_blow_by_one_of_the_same_size_and_time_is_told_again(folder: Path) -> None:
    watched = Watched(folder)
    settled(watched, 0.0)
    before = (folder / "a.txt").stat()
    draft = folder / ".draft"
    draft.write_text("The town agreed.", encoding="utf-8")
    draft.replace(folder / "a.txt")
    os.utime(folder / "a.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert settled(watched, 10.0) == Changes((folder / "a.txt",))


def test_a_file_that_is_gone_is_told_later_than_one_that_came(folder: Path) -> None:
    watched = Watched(folder)
    settled(watched, 0.0)
    (folder / "a.txt").rename(folder / "b.txt")
    assert watched.look(10.0) == Changes()
    assert watched.look(12.0) == Changes((folder / "b.txt",))
    assert watched.look(13.9) == Changes()
    assert watched.look(14.0) == Changes((), (folder / "a.txt",))
    assert watched.look(20.0) == Changes()


def test_a_file_that_comes_back_was_never_gone(folder: Path) -> None:
    watched = Watched(folder)
    settled(watched, 0.0)
    text = (folder / "a.txt").read_text(encoding="utf-8")
    (folder / "a.txt").unlink()
    assert watched.look(10.0) == Changes()
    (folder / "a.txt").write_text(text, encoding="utf-8")
    assert watched.look(11.0) == Changes()
    assert watched.look(20.0) == Changes((folder / "a.txt",))


def test_a_folder_that_cannot_be_reached_has_lost_nothing(folder: Path, tmp_path: Path) -> None:
    watched = Watched(folder)
    settled(watched, 0.0)
    folder.rename(tmp_path / "away")
    assert settled(watched, 10.0) == Changes()
    assert watched.look(60.0) == Changes()
    (tmp_path / "away").rename(folder)
    assert settled(watched, 70.0) == Changes()


def test_hidden_files_drafts_and_code_are_passed_over(folder: Path) -> None:
    for name in (".hidden.txt", "~$memo.docx", "tool.py"):
        (folder / name).write_text("x", encoding="utf-8")
    assert settled(Watched(folder), 0.0) == Changes((folder / "a.txt",))


def test_what_could_not_be_taken_in_is_told_again(folder: Path) -> None:
    watched = Watched(folder)
    (file,) = settled(watched, 0.0).changed
    watched.again([file])
    assert settled(watched, 10.0) == Changes((file,))


@pytest.mark.parametrize("told", [True, False])
def test_a_change_wakes_the_watch_whether_or_not_the_system_tells(folder: Path, monkeypatch: pytest.MonkeyPatch, told: bool) -> None:
    def dumb(*_: object, **__: object) -> None:
        raise OSError(28, "no space left on device: too many watches")

    if not told:
        monkeypatch.setattr(watch, "watch", dumb)
    monkeypatch.setattr(watch, "POLL_S", 0.1)
    stop = threading.Event()
    watched = Watched(folder, rest=0.2)
    seen: list[Path] = []
    end = time.monotonic() + 60
    for _ in wakes(watched, stop):
        seen += watched.look(time.monotonic()).changed
        if seen == [folder / "a.txt"] and not (folder / "b.txt").exists():
            shutil.copy(folder / "a.txt", folder / "b.txt")
        if len(seen) == 2 or time.monotonic() > end:
            stop.set()
    assert seen == [folder / "a.txt", folder / "b.txt"]
