"""``setu ingest --watch``, ``--prune`` and Ctrl-C, as a person at a terminal meets them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from tests.support import PROJECT
from tests.ui.conftest import HINDI, MEMORANDUM, Setu

PATIENCE_S = 90


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    (made / "memorandum.txt").write_text(MEMORANDUM, encoding="utf-8")
    (made / "prashikshan.txt").write_text(HINDI, encoding="utf-8")
    return made


class Watch:
    """A ``setu ingest --watch`` under way; what it prints, event by event."""

    def __init__(self, home: Path, folder: Path) -> None:
        command = [sys.executable, "-m", "ui.cli.main", "ingest", "--watch", "--prune", "--json", str(folder)]
        environment = {**os.environ, "SETU_HOME": str(home), "SETU_READERS": "1"}
        self.process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
        )
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def heard(self, count: int) -> set[tuple[str, str]]:
        """The next events, each with the name of its file."""
        try:
            events = [json.loads(self._lines.get(timeout=PATIENCE_S)) for _ in range(count)]
        except Empty:
            pytest.fail("the watch did not tell of a change")
        return {(event["event"], Path(event["file"]).name) for event in events}

    def end(self) -> int:
        """Ctrl-C, and the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def watch(fresh: Setu, folder: Path) -> Iterator[Watch]:
    started = Watch(fresh.home, folder)
    yield started
    started.process.kill()
    started.process.communicate()


@pytest.mark.slow
def test_a_watched_folder_is_kept_in_step_until_ctrl_c(watch: Watch, fresh: Setu, folder: Path) -> None:
    assert watch.heard(2) == {("added", "memorandum.txt"), ("added", "prashikshan.txt")}
    (folder / "notice.txt").write_text("The harbour office closes at half past four on Fridays.", encoding="utf-8")
    assert watch.heard(1) == {("added", "notice.txt")}
    (folder / "notice.txt").write_text("The harbour office closes at five on Fridays.", encoding="utf-8")
    assert watch.heard(1) == {("updated", "notice.txt")}
    (folder / "memorandum.txt").rename(folder / "signed.txt")
    assert watch.heard(1) == {("moved", "signed.txt")}
    (folder / "prashikshan.txt").unlink()
    assert watch.heard(1) == {("withdrawn", "prashikshan.txt")}
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 broken")
    assert watch.heard(1) == {("rejected", "bad.pdf")}
    assert watch.end() == 0
    printed = json.loads(fresh("docs", "list", "--json").stdout)
    assert {(Path(d["source"]).name, d["state"]) for d in printed} == {
        ("signed.txt", "published"), ("notice.txt", "published"), ("prashikshan.txt", "rejected"), ("bad.pdf", "rejected"),
    }  # fmt: skip
    assert "consistent" in fresh("doctor", "--verify").stdout


def test_watching_asks_for_one_folder(fresh: Setu, folder: Path) -> None:
    for wrong in ([str(folder), str(folder)], [str(folder / "memorandum.txt")], [str(folder / "nowhere")]):
        result = fresh("ingest", "--watch", *wrong)
        assert result.exit_code == 2
        assert "one folder" in result.output


def test_a_file_that_is_gone_is_named_and_with_prune_withdrawn(fresh: Setu, folder: Path) -> None:
    fresh("ingest", str(folder))
    (folder / "memorandum.txt").unlink()
    told = fresh("ingest", str(folder))
    assert "memorandum.txt: the file is gone; its document stays in use; --prune withdraws it" in " ".join(told.output.split())
    printed = json.loads(fresh("ingest", str(folder), "--prune", "--json").stdout)
    assert printed["vanished"] == printed["withdrawn"] == [str(folder / "memorandum.txt")]
    assert json.loads(fresh("search", "tide gauges", "--json").stdout)["hits"][0]["source"].endswith("prashikshan.txt")


@pytest.mark.slow
def test_ctrl_c_leaves_a_consistent_store_and_the_next_ingest_goes_on(fresh: Setu, tmp_path: Path) -> None:
    papers = tmp_path / "many"
    papers.mkdir()
    for n in range(60):
        (papers / f"{n:02}.txt").write_text("\n\n".join(f"Article {i}\n\nPaper {n} says {i}." for i in range(12)), encoding="utf-8")
    environment = {**os.environ, "SETU_HOME": str(fresh.home), "SETU_READERS": "1"}
    command = [sys.executable, "-m", "ui.cli.main", "ingest", str(papers)]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    catalogue = fresh.home / "catalogue.sqlite"
    while process.poll() is None and not catalogue.exists():
        threading.Event().wait(0.05)
    threading.Event().wait(1.0)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (0, 130)
    if process.returncode == 130 and told:
        assert "Stopped" in told
    assert "consistent" in fresh("doctor", "--verify").stdout
    printed = json.loads(fresh("ingest", str(papers), "--json").stdout)
    assert len(printed["added"]) + len(printed["unchanged"]) == 60
    assert len(json.loads(fresh("docs", "list", "--json").stdout)) == 60


def test_a_link_out_of_the_folder_is_reported_and_followed_when_asked(fresh: Setu, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "gauges.txt").write_text("The harbour office closes at half past four on Fridays.", encoding="utf-8")
    (folder / "other").symlink_to(tmp_path / "other")
    told = fresh("ingest", str(folder))
    assert told.exit_code == 1
    assert f"{folder / 'other'}: It is reached through a link that leads out of {folder}" in " ".join(told.output.split())
    followed = json.loads(fresh("ingest", str(folder), "--follow-links", "--json").stdout)
    assert followed["added"] == [str(folder / "other" / "gauges.txt")]
