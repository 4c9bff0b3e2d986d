"""A watched folder in which files come, change, are renamed and go all the time: at rest, the base holds what the folder holds."""

from __future__ import annotations

import random
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from ingest.watch import Watched
from kb import KnowledgeBase
from tests.kb.make import base
from ui.cli.commands.ingest import keep_watch

SETTLE_S = 120


def _churn(folder: Path, chance: random.Random, steps: int) -> None:
    """Each file has one line, written at one blow or in two, so that half a file would be seen."""
    for step in range(steps):
        name, other = (folder / f"{chance.randrange(5)}.txt" for _ in range(2))
        text = f"Paper {step}: the harbour office has {step} gauges at pier {step}."
        how = chance.choice(("write", "replace", "rename", "delete", "halves"))
        if how == "write":
            name.write_text(text, encoding="utf-8")
        elif how == "replace":
            draft = folder / ".draft"
            draft.write_text(text, encoding="utf-8")
            draft.replace(name)
        elif how == "halves":
            with name.open("w", encoding="utf-8") as file:
                file.write(text[: len(text) // 2])
                file.flush()
                time.sleep(0.02)
                file.write(text[len(text) // 2 :])
        elif how == "rename" and name.exists():
            name.replace(other)
        elif how == "delete":
            name.unlink(missing_ok=True)
        time.sleep(chance.random() * 0.3)


def _held(kb: KnowledgeBase) -> dict[str, str]:
    return {Path(one.source).name: kb.text(one.id).strip() for one in kb.documents() if one.state == "published"}


def _there(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.txt")}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_folder_that_never_rests_is_followed_to_its_last_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "stays.txt").write_text("The lantern bridge is closed on Mondays.", encoding="utf-8")
    stop = threading.Event()
    monkeypatch.setattr("ingest.watch.Watched", partial(Watched, rest=0.2))
    with base(tmp_path / "home", readers=1) as kb:
        watch = threading.Thread(target=keep_watch, args=(kb, folder, stop), kwargs={"kind": None, "prune": True, "as_json": True})
        watch.start()
        try:
            _churn(folder, random.Random(seed), 60)
            end = time.monotonic() + SETTLE_S
            while _held(kb) != _there(folder) and time.monotonic() < end:
                time.sleep(0.2)
        finally:
            stop.set()
            watch.join(60)
        assert _held(kb) == _there(folder)
        assert [one.source for one in kb.documents() if one.state == "rejected" and Path(one.source).exists()] == []
        assert kb.verify() == ()
        for one in kb.documents():
            for version in kb.history(one.id):
                original = kb.original(one.id, version.number)
                assert original is not None
                assert original.read_text(encoding="utf-8").strip() == kb.text(one.id, version.number).strip()
