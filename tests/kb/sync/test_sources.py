"""Who may have sources, when they are due, and that the schedule follows them."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.errors import AccessError
from kb.files import loose
from kb.sync.mirror import file_name
from kb.sync.sync_records import SyncSource
from kb.sync.sync_schedule import Schedule, is_due
from kb.sync.sync_state import SyncError
from tests.kb.sync.places import Memory, sources_of, state

NOW = datetime(2026, 3, 2, 10, 0)


@pytest.mark.parametrize(
    "reader", [Reader("rita", "editor"), Reader("asha", "admin", frozenset({"ports"})), Reader("kept", "admin", collections=frozenset({1}))]
)
def test_sources_are_for_an_admin_of_all_groups(kb: KnowledgeBase, reader: Reader) -> None:
    kb.sources.add(SyncSource(0, "papers", "folder", "/srv/papers"))
    theirs = kb.seen_by(reader).sources
    for call in (
        theirs.list, lambda: theirs.get("papers"), lambda: theirs.add(SyncSource(0, "x", "folder", "/x")), lambda: theirs.remove("papers"),
        lambda: theirs.preview("papers"), lambda: theirs.sync("papers"), lambda: theirs.change("papers", every_minutes=1),
    ):  # fmt: skip
        with pytest.raises(AccessError):
            call()
    assert [one.name for one in kb.sources.list()] == ["papers"]


@pytest.mark.parametrize(
    ("every", "ago", "due"), [(0, 1e9, False), (60, None, True), (60, 59 * 60, False), (60, 60 * 60, True), (60, -1e6, True)]
)
def test_a_source_is_due_by_its_schedule_also_when_the_clock_was_set_back(every: int, ago: float | None, due: bool) -> None:
    begun = None if ago is None else NOW - timedelta(seconds=ago)
    assert is_due(SyncSource(1, "x", "folder", "/x", every_minutes=every, begun=begun), NOW) is due


def test_the_schedule_syncs_what_is_due_once_and_a_source_that_fails_stops_no_other(kb: KnowledgeBase, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "moc.txt").write_text("The committee meets twice a year.")
    kb.sources.add(SyncSource(0, "a-gone", "folder", str(tmp_path / "gone"), every_minutes=1))
    kb.sources.add(SyncSource(0, "papers", "folder", str(papers), every_minutes=1))
    schedule = Schedule(kb, look_s=0.05).start()
    until = time.monotonic() + 30
    while kb.sources.get("papers").outcome != "done" and time.monotonic() < until:
        time.sleep(0.05)
    schedule.stop()
    assert [(one.name, one.outcome) for one in kb.sources.list()] == [("a-gone", "failed"), ("papers", "done")]
    assert list(loose(kb.settings.home)) == []
    assert state(kb) == {str(papers / "moc.txt"): "The committee meets twice a year."}


def test_a_source_is_synced_by_one_at_a_time_and_may_be_stopped(kb: KnowledgeBase) -> None:
    place = Memory()
    for n in range(3):
        place.put(f"{n}.txt", f"Paper {n} speaks of floods.")
    sources = sources_of(kb, place)
    sources.add(SyncSource(0, "papers", "graph", "https://graph.example.org"))
    seen: list[str] = []

    def meanwhile(_step: object) -> None:
        if not seen:
            with pytest.raises(SyncError, match="being synced already"):
                sources_of(kb, place).sync("papers")
            seen.append("refused")

    assert sources.sync("papers", progress=meanwhile, cancelled=lambda: len(place.reads) >= 1).outcome == "stopped"
    assert seen == ["refused"]
    assert sources.sync("papers").outcome == "done"
    assert len(state(kb)) == 3
    assert list(loose(kb.settings.home)) == []


def test_a_source_that_is_removed_leaves_its_papers_or_takes_them_along(kb: KnowledgeBase) -> None:
    for withdraw, left in ((False, 1), (True, 1)):
        place = Memory()
        place.put("moc.txt", f"The committee meets twice a year, {withdraw}.")
        sources = sources_of(kb, place)
        sources.add(SyncSource(0, "papers", "graph", "https://graph.example.org"))
        sources.sync("papers")
        sources.remove("papers", withdraw=withdraw)
        assert sum(info.state == "published" for info in kb.documents()) == left
    assert sources.list() == ()


@pytest.mark.parametrize(
    ("name", "kept"),
    [("moc.txt", "moc.txt"), ("../../etc/passwd", ".._etc_passwd"[2:]), (".hidden.pdf", "hidden.pdf"), ("a\x00b\n.txt", "a_b_.txt"),
     ("", "paper"), ("पत्र.pdf", "पत्र.pdf"), ("~$open.docx", "$open.docx")],
)  # fmt: skip
def test_a_name_there_leads_nowhere_here(name: str, kept: str) -> None:
    assert file_name(name) == kept or "/" not in file_name(name)
    assert not file_name(name).startswith(".")
    assert len(file_name("क" * 400 + ".pdf").encode()) <= 160
    assert file_name("क" * 400 + ".pdf").endswith(".pdf")
