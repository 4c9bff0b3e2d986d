"""A home that an older Setu wrote opens and keeps what is in it."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from kb import Filters, KnowledgeBaseError, Settings
from kb.auth.accounts import Accounts
from kb.auth.passwords import Cost
from kb.auth.roles import Reader
from kb.store import database as module
from kb.store.catalogue import Catalogue
from kb.store.database import STEPS
from kb.store.integrity import text_digest
from kb.store.schema import SCHEMA_VERSION, meta, metadata, versions
from kb.user_records import Anchor, Exchange, Handling
from tests.kb.make import base, papers
from tests.once import copied
from tests.support import PROJECT


@pytest.fixture
def old_home(tmp_path: Path) -> Path:
    conn = sqlite3.connect(tmp_path / "catalogue.sqlite")
    conn.executescript((PROJECT / "tests" / "kb" / "layout3.sql").read_text(encoding="utf-8"))
    conn.close()
    return tmp_path


def _set_layout(home: Path, value: str) -> None:
    conn = sqlite3.connect(home / "catalogue.sqlite")
    conn.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (value,))
    conn.commit()
    conn.close()


def test_a_home_of_layout_3_opens_and_keeps_its_data(old_home: Path) -> None:
    with base(old_home) as opened:
        tram, broken = opened.documents()
        assert (tram.title, tram.version, tram.publisher, tram.chunks) == ("Tram", 2, "Harbour Post", 2)
        assert (broken.state, broken.source) == ("rejected", "/papers/broken.pdf")
        assert opened.text(1, 1) == "The tram opened on line one."
        assert [p.text for p in opened.pages(1)] == ["The tram opened on line two.\nTickets cost ten crowns."]
        opened.reindex()
        assert [h.text for h in opened.search("What do tickets cost?", k=1).hits] == ["Tickets cost ten crowns."]
        assert opened.verify() == ()


def test_a_migrated_catalogue_has_the_tables_and_columns_of_a_new_one(old_home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    layouts = []
    for home in (old_home, tmp_path_factory.mktemp("new")):
        catalogue = Catalogue(Settings.load(home=home))
        with catalogue.read() as conn:
            seen = inspect(conn)
            layouts.append({t: {(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(t)} for t in seen.get_table_names()})
            assert conn.scalar(select(meta.c.value).where(meta.c.key == "schema")) == SCHEMA_VERSION
        catalogue.close()
    assert layouts[0] == layouts[1]
    assert set(metadata.tables) <= set(layouts[0])


def test_a_home_of_layout_7_opens_with_its_papers_and_things_can_be_set_for_their_obligations(full: Path, tmp_path: Path) -> None:
    home = copied(full, tmp_path / "home")
    conn = sqlite3.connect(home / "catalogue.sqlite")
    conn.execute("DROP TABLE handlings")
    conn.commit()
    conn.close()
    _set_layout(home, "7")
    with base(home) as opened:
        assert opened.handlings.of() == {}
        anchor = Anchor("obligation-1", "The port shall pay.", "port", "shall", (), 1, 0, 19)
        opened.handlings.put(1, anchor, Handling("done", "Asha"))
    with base(home) as opened:
        (kept,) = opened.handlings.of()[1]
        assert (kept.anchor, kept.handling.state, kept.handling.owner) == (anchor, "done", "Asha")


def test_a_module_that_was_shared_in_layout_5_stays_everybodys_and_one_of_somebodys_can_be_shared_and_taken_back(tmp_path: Path) -> None:
    people = Accounts(tmp_path, Cost(memory=8, times=1, threads=1))
    account, old = people.add("maya", "trainer"), Reader("maya", "trainer")
    maya = people.reader(account)
    with base(tmp_path) as opened:
        opened.materials.save("m1", "module", "everybody's", "{}", shared=True)
        opened.materials.seen_by(old).save("m2", "module", "Maya's", "{}")
    conn = sqlite3.connect(tmp_path / "catalogue.sqlite")
    conn.execute("ALTER TABLE materials DROP COLUMN sharer")
    conn.execute("DROP TABLE people")
    conn.commit()
    conn.close()
    _set_layout(tmp_path, "5")
    with base(tmp_path) as opened:
        materials = opened.materials.seen_by(maya)
        assert {(info.id, info.owner, info.sharer) for info in materials.list("module")} == {("m1", "", ""), ("m2", maya.id, "")}
        assert materials.unshare("m1", "module") is False
        assert (materials.share("m2", "module"), materials.unshare("m2", "module")) == (True, True)


OLDER = {
    "10": tuple(f"DROP TABLE {name}" for name in ("stored_parts", "stored_files", "doomed_files", "queued_items")),
    "9": ("DROP TABLE sync_entries", "DROP TABLE sync_sources"),
    "8": ("DROP TABLE model_usage", "ALTER TABLE documents DROP COLUMN in_house"),
    "7": (
        "ALTER TABLE pages DROP COLUMN doubtful",
        "DROP TABLE overviews",
        "DROP TABLE handlings",
        "DROP TABLE document_collections",
        "DROP TABLE collections",
        "ALTER TABLE documents DROP COLUMN reject_kind",
    ),
    "6": ("ALTER TABLE versions DROP COLUMN text_sha256",),
    "5": ("ALTER TABLE materials DROP COLUMN sharer",),
    "4": (
        *(f"DROP TABLE {name}" for name in ("document_groups", "audit", "feedback", "materials")),
        "ALTER TABLE conversations DROP COLUMN owner",
    ),
}
"""What takes a catalogue of the next layout back to this one, as the tables stood in the history of `kb.store.schema`."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with papers, a kept file in two versions, a correction, a conversation and a module that is shared."""
    folder = tmp_path_factory.mktemp("full")
    with base(folder / "home") as opened:
        opened.ingest_documents(papers())
        for edition in ("Mondays", "Tuesdays"):
            (folder / "notice.txt").write_text(f"The lantern bridge is closed on {edition}.\n", encoding="utf-8")
            opened.ingest([folder / "notice.txt"])
        opened.correct(1, "publisher", "Harbour Post")
        opened.conversations.save(opened.conversations.new().with_new(Exchange("When was it signed?", Filters())))
        opened.materials.save("m1", "module", "Bridges", "{}", shared=True)
    return folder / "home"


def _state(home: Path) -> tuple[object, ...]:
    with base(home) as opened:
        known = opened.documents()
        texts = {(d.id, n): opened.text(d.id, n) for d in known for n in range(1, d.version + 1)}
        kept = {key: file.read_bytes() if (file := opened.original(*key)) is not None else None for key in texts}
        talks = [talk.title for talk in opened.conversations.list()]
        found = [hit.text for hit in opened.search("When is the bridge closed?", k=9).hits]
        assert opened.verify() == ()
        return known, texts, kept, talks, found, opened.facts(1)["corrected"]


@pytest.mark.parametrize("layout", ["10", "9", "8", "7", "6", "5", "4"])
def test_a_home_of_every_earlier_layout_keeps_all_that_is_in_it(full: Path, tmp_path: Path, layout: str) -> None:
    home = copied(full, tmp_path / "home")
    before = _state(full)
    conn = sqlite3.connect(home / "catalogue.sqlite")
    for step in [said for number in OLDER if int(number) >= int(layout) for said in OLDER[number]]:
        conn.execute(step)
    conn.commit()
    conn.close()
    _set_layout(home, layout)
    assert _state(home) == before
    with base(home) as opened:
        assert opened._catalogue.setting("schema") == SCHEMA_VERSION
        assert [info.title for info in opened.materials.list("module")] == ([] if layout == "4" else ["Bridges"])
        with opened._catalogue.read() as reading:
            assert all(row.text_sha256 == text_digest(row.text) for row in reading.execute(select(versions)).all())


@pytest.mark.parametrize(("written", "said"), [("5000", "newer Setu"), ("2", "too old")])
def test_a_layout_that_no_step_leads_from_is_refused(old_home: Path, written: str, said: str) -> None:
    _set_layout(old_home, written)
    with pytest.raises(KnowledgeBaseError, match=f"{said}.*") as refusal:
        Catalogue(Settings.load(home=old_home))
    assert "another SETU_HOME" in str(refusal.value)


def test_two_that_open_an_old_home_at_once_migrate_it_once(old_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counted(conn: object) -> None:
        calls.append(1)
        STEPS["3"](conn)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "LAYOUT", replace(module.LAYOUT, steps={**STEPS, "3": counted}))
    opened: list[Catalogue] = []
    both = threading.Barrier(2)

    def open_it() -> None:
        both.wait()
        opened.append(Catalogue(Settings.load(home=old_home)))

    threads = [threading.Thread(target=open_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for catalogue in opened:
        catalogue.close()
    assert (len(opened), len(calls)) == (2, 1)


def test_a_step_that_fails_leaves_the_old_layout(old_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(conn: object) -> None:
        STEPS["3"](conn)  # type: ignore[arg-type]
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(module, "LAYOUT", replace(module.LAYOUT, steps={**STEPS, "3": failing}))
        with pytest.raises(RuntimeError):
            Catalogue(Settings.load(home=old_home))
    conn = sqlite3.connect(old_home / "catalogue.sqlite")
    assert conn.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("3",)
    conn.close()
    with base(old_home) as opened:
        assert opened.documents()[0].version == 2
