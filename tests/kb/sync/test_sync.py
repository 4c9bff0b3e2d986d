"""A knowledge base follows a place: what comes, changes, moves and goes there; whatever dies in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.sync.sync_records import SyncSource
from kb.sync.sync_state import SyncError
from tests.kb.make import base
from tests.kb.sync.places import Memory, sources_of, state


def made(kb: KnowledgeBase, place: Memory, **said: object):
    sources = sources_of(kb, place)
    sources.add(SyncSource(0, "papers", "graph", "https://graph.example.org", **said))
    return sources


def test_what_comes_and_changes_at_a_place_comes_and_changes_here_through_the_whole_pipeline(tmp_path: Path) -> None:
    with base(tmp_path / "home", readers=1) as kb:
        _comes_and_changes(kb)


def _comes_and_changes(kb: KnowledgeBase) -> None:
    place = Memory()
    place.put("moc.txt", "The committee meets twice a year in Kalpanagar.")
    place.put("notes/minutes.txt", "The pilot costs twelve crore rupees in all.")
    sources = made(kb, place)
    run = sources.sync("papers")
    assert (run.outcome, run.added) == ("done", ("moc.txt", "notes/minutes.txt"))
    assert state(kb) == {path: data.decode() for path, data in place.files.items()}
    assert sources.sync("papers").counts == {**dict.fromkeys(run.counts, 0), "unchanged": 2}
    place.put("moc.txt", "The committee meets three times a year in Kalpanagar.")
    run = sources.sync("papers")
    assert (run.updated, run.unchanged) == (("moc.txt",), 1)
    assert [len(kb.history(info.id)) for info in kb.documents()] == [2, 1]
    assert kb.verify() == ()


def test_a_paper_that_goes_is_withdrawn_after_the_grace_and_one_that_comes_back_within_it_is_kept_as_it_was(kb, at) -> None:
    place = Memory()
    for name in ("moc", "note", "stays"):
        place.put(f"{name}.txt", f"The {name} speaks of the harbour of Kalpanagar.")
    sources = made(kb, place, grace_hours=48.0)
    sources.sync("papers")
    before = {info.id: info for info in kb.documents()}
    place.delete("moc.txt")
    place.delete("note.txt")
    at(hours=1)
    assert sources.sync("papers").waiting == ("moc.txt", "note.txt")
    place.put("note.txt", "The note speaks of the harbour of Kalpanagar.")
    at(hours=21)
    assert sources.sync("papers").back == ("note.txt",)
    assert {info.id: info for info in kb.documents()} == before
    at(hours=41)
    assert sources.sync("papers").withdrawn == ()
    at(hours=60)
    run = sources.sync("papers")
    assert run.withdrawn == ("moc.txt",)
    assert set(state(kb)) == {"note.txt", "stays.txt"}
    assert "The moc speaks" in kb.text(1, 1)
    assert kb.search("What does the moc speak of?", k=5).hits[0].text != "The moc speaks of the harbour of Kalpanagar."


def test_a_clock_that_jumps_ahead_withdraws_nothing_by_itself_and_one_that_is_set_back_takes_nothing_away(kb, at) -> None:
    place = Memory()
    place.put("moc.txt", "The committee meets twice a year.")
    place.put("note.txt", "The note speaks of the harbour.")
    sources = made(kb, place, grace_hours=48.0)
    sources.sync("papers")
    place.delete("moc.txt")
    at(hours=1)
    sources.sync("papers")
    at(hours=24 * 3650)
    assert sources.sync("papers").withdrawn == ()
    at(hours=2)
    assert sources.sync("papers").withdrawn == ()
    at(hours=26)
    assert sources.sync("papers").withdrawn == ("moc.txt",)


@pytest.mark.parametrize("etags", [True, False])
def test_what_changed_is_told_by_etag_size_and_content_and_not_by_the_time_alone(kb, etags: bool) -> None:
    place = Memory(etags=etags)
    for name in ("same", "older", "touched"):
        place.put(f"{name}.txt", f"The {name} paper speaks of floods.")
    sources = made(kb, place)
    sources.sync("papers")
    place.clock = -5000.0
    place.put("older.txt", "The older paper speaks of trams.")
    place.times["touched.txt"] = 10.0
    run = sources.sync("papers")
    assert (run.updated, run.unchanged) == (("older.txt",), 2)
    assert state(kb)["older.txt"] == "The older paper speaks of trams."
    assert sources.sync("papers").unchanged == 3


def test_a_listing_that_breaks_off_changes_nothing(kb, at) -> None:
    place = Memory()
    place.put("moc.txt", "The committee meets twice a year.")
    sources = made(kb, place, grace_hours=0.0)
    sources.sync("papers")
    place.lists = False
    with pytest.raises(SyncError, match=r"nothing was changed\. The share does not answer"):
        sources.sync("papers")
    assert set(state(kb)) == {"moc.txt"}
    assert (sources.get("papers").outcome, sources.get("papers").listed) == ("failed", sources.get("papers").listed)
    place.lists = True
    assert sources.sync("papers").unchanged == 1


def test_what_lies_below_a_folder_that_cannot_be_looked_into_is_not_taken_for_deleted(kb) -> None:
    place = Memory()
    place.put("a/moc.txt", "The committee meets twice a year.")
    place.put("b/note.txt", "The note speaks of the harbour.")
    place.put("c.txt", "The third paper is about trams.")
    sources = made(kb, place, grace_hours=0.0)
    sources.sync("papers")
    place.unseen = ("a",)
    place.delete("c.txt")
    assert sources.sync("papers").withdrawn == ("c.txt",)
    assert set(state(kb)) == {"a/moc.txt", "b/note.txt"}


def test_a_place_that_has_nothing_at_all_any_more_is_only_believed_when_told(kb) -> None:
    place = Memory()
    place.put("moc.txt", "The committee meets twice a year.")
    sources = made(kb, place, grace_hours=0.0)
    sources.sync("papers")
    place.delete("moc.txt")
    assert sources.preview("papers").emptied
    run = sources.sync("papers")
    assert run.withdrawn == ()
    assert "nothing was withdrawn" in run.told[0]
    assert sources.sync("papers", emptied=True).withdrawn == ("moc.txt",)
    assert state(kb) == {}


@pytest.mark.parametrize("etags", [True, False])
def test_a_paper_that_is_moved_keeps_its_document_with_all_its_versions(kb, etags: bool) -> None:
    place = Memory(etags=etags)
    place.put("moc.txt", "The committee meets once a year.")
    sources = made(kb, place)
    sources.sync("papers")
    place.put("moc.txt", "The committee meets twice a year.")
    sources.sync("papers")
    place.put("signed/2026/moc.txt", place.files["moc.txt"].decode())
    place.delete("moc.txt")
    assert len(sources.preview("papers").moved) == (1 if etags else 0)
    run = sources.sync("papers")
    assert (run.moved, run.added, run.waiting) == ((("moc.txt", "signed/2026/moc.txt"),), (), ())
    (paper,) = kb.documents()
    assert (paper.id, len(kb.history(1))) == (1, 2)
    assert state(kb) == {"signed/2026/moc.txt": "The committee meets twice a year."}
    assert sources.sync("papers").unchanged == 1


def test_a_preview_tells_what_would_change_and_changes_nothing(kb) -> None:
    place = Memory()
    for name in ("a", "b", "c"):
        place.put(f"{name}.txt", f"The {name} paper speaks of floods.")
    sources = made(kb, place)
    assert sources.preview("papers").counts["new"] == 3
    sources.sync("papers")
    before = kb.documents(), sources.get("papers"), sources._state.kept(1)
    place.put("a.txt", "The a paper speaks of trams.")
    place.delete("b.txt")
    place.put("d.txt", "The d paper is new.")
    wanted = sources.preview("papers")
    assert [e.path for e in wanted.new] == ["d.txt"]
    assert [now.path for _, now in wanted.changed] == ["a.txt"]
    assert [one.entry.path for one in wanted.gone] == ["b.txt"]
    assert (kb.documents(), sources.get("papers"), sources._state.kept(1)) == before


def test_the_content_of_two_papers_is_there_as_long_as_one_of_them_is(kb) -> None:
    place = Memory()
    text = "Both of these papers say the very same about floods."
    place.put("one.txt", text)
    place.put("two.txt", text)
    sources = made(kb, place, grace_hours=0.0)
    sources.sync("papers")
    assert state(kb) == {"one.txt": text}
    place.delete("one.txt")
    sources.sync("papers")
    assert state(kb) == {"two.txt": text}
    place.put("three.txt", text)
    sources.sync("papers")
    place.put("two.txt", "The second paper says something else now.")
    sources.sync("papers")
    assert set(state(kb).values()) == {text, "The second paper says something else now."}


def test_a_paper_that_cannot_be_read_is_told_and_stops_no_other_and_is_tried_again(kb) -> None:
    place = Memory()
    for name in ("a", "b", "c"):
        place.put(f"{name}.txt", f"The {name} paper speaks of floods.")
    place.refused = {"b.txt"}
    place.files["broken.pdf"], place.times["broken.pdf"] = b"%PDF-1.4 nothing", 1.0
    sources = made(kb, place)
    run = sources.sync("papers")
    assert (run.outcome, run.added) == ("partly", ("a.txt", "c.txt"))
    assert [(one.path, one.reason) for one in run.troubles] == [("b.txt", "It may not be read.")]
    assert [one.path for one in run.rejected] == ["broken.pdf"]
    place.refused, place.reads = set(), []
    assert sources.sync("papers").added == ("b.txt",)
    assert place.reads == ["b.txt"]


def test_a_paper_that_somebody_deletes_here_stays_away_until_it_changes_there(kb) -> None:
    place = Memory()
    place.put("moc.txt", "The committee meets once a year.")
    place.put("note.txt", "The note speaks of the harbour.")
    sources = made(kb, place)
    sources.sync("papers")
    kb.delete(1)
    assert sources.sync("papers").unchanged == 2
    assert set(state(kb)) == {"note.txt"}
    place.put("moc.txt", "The committee meets twice a year.")
    sources.sync("papers")
    assert set(state(kb)) == {"note.txt", "moc.txt"}


def test_a_copy_that_is_lost_here_is_fetched_again(kb) -> None:
    place = Memory()
    place.put("moc.txt", "The committee meets once a year.")
    sources = made(kb, place)
    sources.sync("papers")
    (info,) = kb.documents()
    Path(info.source).unlink()
    assert sources.sync("papers").unchanged == 1
    assert Path(info.source).read_text() == "The committee meets once a year."
    assert kb.documents() == (info,)


def test_a_paper_that_moves_returns_or_stands_in_for_another_has_the_rights_of_where_it_is_now(kb) -> None:
    text = "Both of these papers say the very same about floods."
    place = Memory(rights={"open.txt": ("*",), "copy.txt": ("ports",), "board/moved.txt": ("board",)})
    place.put("open.txt", text)
    place.put("copy.txt", text)
    place.put("stays.txt", "The third paper is about trams.")
    sources = made(kb, place, rights={}, grace_hours=0.0)
    sources.sync("papers")
    place.delete("open.txt")
    sources.sync("papers")
    assert [info.groups for info in kb.documents() if info.state == "published"] == [("ports",)]
    place.delete("copy.txt")
    place.put("board/moved.txt", text)
    sources.sync("papers")
    assert [info.groups for info in kb.documents() if info.state == "published"] == [("board",)]
    place.delete("board/moved.txt")
    place.put("other.txt", "Something else stays.")
    sources.sync("papers")
    place.rights["board/moved.txt"] = ("ports",)
    place.put("board/moved.txt", text)
    sources.sync("papers")
    assert [info.groups for info in kb.documents() if info.state == "published"] == [("ports",)]


def test_a_single_paper_at_which_the_place_breaks_off_stops_no_other(kb) -> None:
    place = Memory(breaks={"b.txt"})
    for name in ("a", "b", "c"):
        place.put(f"{name}.txt", f"The {name} paper speaks of floods.")
    run = made(kb, place).sync("papers")
    assert (run.outcome, run.added, [one.path for one in run.troubles]) == ("partly", ("a.txt", "c.txt"), ["b.txt"])


def test_rights_are_taken_over_and_what_nobody_here_may_read_is_not_taken_in(kb) -> None:
    place = Memory(rights={"open.txt": ("*",), "ports.txt": ("harbour office", "x"), "secret.txt": ("board",)})
    for name in ("open", "ports", "secret", "untold"):
        place.put(f"{name}.txt", f"The {name} paper speaks of floods.")
    sources = made(kb, place, rights={"harbour office": "ports", "board": ""})
    run = sources.sync("papers")
    assert (run.added, run.held) == (("open.txt", "ports.txt"), ("secret.txt", "untold.txt"))
    assert {info.groups for info in kb.documents()} == {(), ("ports",)}
    place.rights["open.txt"], place.rights["ports.txt"] = ("harbour office",), ("board",)
    run = sources.sync("papers")
    assert (run.regrouped, run.withdrawn) == (("open.txt",), ("ports.txt",))
    assert [(info.groups, info.state) for info in kb.documents() if info.state == "published"] == [(("ports",), "published")]
    assert sources.sync("papers").regrouped == ()
