"""What the workers of a run share is made once, and whole."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.once import copied, once


def test_those_who_come_while_it_is_made_wait_and_find_it_whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    name, made = f"test-{time.time_ns()}", []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "first").touch()
        time.sleep(0.2)
        (folder / "last").touch()

    with ThreadPoolExecutor(4) as workers:
        found = list(workers.map(lambda _: sorted(f.name for f in once(tmp_path_factory, name, make).iterdir()), range(4)))
    assert found == [["first", "last"]] * 4
    assert len(made) == 1


def test_what_failed_half_way_is_made_anew_from_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    name = f"test-{time.time_ns()}"

    def broken(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        once(tmp_path_factory, name, broken)
    folder = once(tmp_path_factory, name, lambda folder: (folder / "whole").touch())
    assert [f.name for f in folder.iterdir()] == ["whole"]


def test_a_copy_of_a_home_is_its_own_but_for_the_model(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("catalogue.sqlite", "model.onnx", "write.lock", "service.json"):
        (home / name).write_text("as it was", encoding="utf-8")
    copy = copied(home, tmp_path / "copy")
    assert {f.name for f in copy.iterdir()} == {"catalogue.sqlite", "model.onnx"}
    assert (copy / "model.onnx").samefile(home / "model.onnx")
    (copy / "catalogue.sqlite").write_text("changed", encoding="utf-8")
    assert (home / "catalogue.sqlite").read_text(encoding="utf-8") == "as it was"
