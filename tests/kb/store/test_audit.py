"""The audit log: who did what, without a word of a question or a text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from kb import Filters, KnowledgeBase
from kb.auth.accounts import Accounts
from kb.auth.passwords import Cost
from kb.auth.roles import Reader
from kb.backup.create import back_up
from kb.backup.restore import restore
from kb.errors import AccessError
from kb.store.schema import audit
from kb.user_records import Exchange, Opinion
from tests.kb.hidden import GROUP, INSIDER, SECRET, VIEWER, leaks, number, stock
from tests.kb.make import base, document

EDITOR = Reader("ed", "editor")
ADMIN = Reader("asha", "admin")


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path / "home") as opened:
        yield opened


def told(kb: KnowledgeBase, **limits: object) -> list[tuple[str, str, str]]:
    """The entries, the oldest first."""
    return [(e.who, e.action, e.about) for e in reversed(kb.audit.list(**limits))]  # type: ignore[arg-type]


def test_what_is_done_to_documents_is_recorded_with_who_did_it(kb: KnowledgeBase) -> None:
    view = kb.seen_by(EDITOR)
    moc = document("moc", "en", "agreement", ("The Parties shall meet twice a year in Kalpanagar.",))
    view.ingest_documents([moc])
    view.ingest_documents([moc])
    (info,) = view.documents()
    view.correct(info.id, "place", "Kalpanagar")
    view.clear_correction(info.id, "place")
    view.put_in_groups(info.id, ("water", "finance"))
    view.delete(info.id)
    kb.reindex()
    n = info.id
    assert told(kb) == [
        ("ed", "uploaded", f"#{n} test:moc"),
        ("ed", "uploaded", f"#{n} test:moc (new version)"),
        ("ed", "corrected", f"#{n} moc: place"),
        ("ed", "corrected", f"#{n} moc: place taken back"),
        ("ed", "groups_changed", f"#{n} moc: finance, water"),
        ("ed", "deleted", f"#{n} moc (test:moc)"),
        ("", "reindexed", ""),
    ]


def test_a_question_is_recorded_without_its_words(kb: KnowledgeBase) -> None:
    kb.ingest_documents([document("moc", "en", "agreement", ("The Parties shall meet twice a year in Kalpanagar.",))])
    view = kb.seen_by(VIEWER)
    view.answer("How often shall the Parties meet?")
    view.answer("What colour is the moon over Zanzibar?")
    next(view.ask("Who shall meet?"))
    events = view.ask("Where do they meet?")
    next(events)
    del events
    found = told(kb, action="asked")
    assert found[0] == ("vani", "asked", f"answered from #{kb.documents()[0].id}")
    assert {who for who, _, _ in found} == {"vani"}
    assert [about for _, _, about in found[1:]] == ["refused: out_of_scope", "stopped", "stopped"]


def test_where_nobody_signs_in_questions_are_not_recorded(kb: KnowledgeBase) -> None:
    kb.answer("How often shall the Parties meet?")
    assert told(kb) == []


def test_an_answer_is_given_also_when_the_log_cannot_be_written(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    kb.ingest_documents([document("moc", "en", "agreement", ("The Parties shall meet twice a year in Kalpanagar.",))])
    view = kb.seen_by(VIEWER)
    with kb._catalogue.write() as conn:
        conn.exec_driver_sql("DROP TABLE audit")
    assert view.answer("How often shall the Parties meet?").statements


def test_the_log_is_filtered_and_read_by_admins_only(kb: KnowledgeBase) -> None:
    for who, action in (("ben", "signed_in"), ("chie", "signed_in"), ("ben", "sign_in_failed"), ("", "uploaded")):
        kb.audit.record(Reader(who), action, "127.0.0.1\nx")
    with kb._catalogue.write() as conn:
        conn.execute(update(audit).where(audit.c.who == "chie").values(at=datetime(2020, 1, 1)))
    assert told(kb, who="ben") == [("ben", "signed_in", "127.0.0.1 x"), ("ben", "sign_in_failed", "127.0.0.1 x")]
    assert told(kb, who="") == [("", "uploaded", "127.0.0.1 x")]
    assert [who for who, _, _ in told(kb, action="signed_in")] == ["ben", "chie"]
    assert [who for who, _, _ in told(kb, until=datetime(2021, 1, 1))] == ["chie"]
    assert [who for who, _, _ in told(kb, since=datetime(2021, 1, 1), limit=2)] == ["ben", ""]
    assert kb.audit.list(since=datetime.now() + timedelta(days=2)) == ()
    for role in ("viewer", "trainer", "editor"):
        with pytest.raises(AccessError, match="admin"):
            kb.seen_by(Reader("x", role)).audit.list()  # type: ignore[arg-type]


def test_an_admin_who_does_not_see_all_is_told_nothing_of_hidden_documents(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        stock(kb)
        kb.seen_by(INSIDER).answer("Who audits the quantum ledger?")
        kb.delete(number(kb, f"test:{SECRET} budget"))
        partly = kb.seen_by(Reader("petra", "admin", frozenset()))
        assert leaks(kb.audit.list())
        assert not leaks(partly.audit.list())
        assert [e for e in partly.audit.list() if e.action in ("asked", "deleted")] == []
        assert partly.audit.list(limit=2) == partly.audit.list()[:2]


def test_a_backup_has_groups_owners_opinions_material_people_and_the_log(tmp_path: Path) -> None:
    people = Accounts(tmp_path / "home", Cost(memory=8, times=1, threads=1))
    people.add("asha", "admin", None, "eight lanterns")
    with base(tmp_path / "home") as kb:
        kb.seen_by(EDITOR).ingest_documents([document("moc", "en", "agreement", ("The Parties meet twice a year.",))], groups=(GROUP,))
        viewer = kb.seen_by(VIEWER)
        talk = viewer.conversations.new().with_new(Exchange("When?", Filters(), viewer.answer("When?"), True))
        viewer.conversations.save(talk)
        viewer.feedback.give(talk.id, 0, Opinion(False, "incomplete"))
        kb.seen_by(EDITOR).materials.save("m-1", "module", "Meetings", '{"lines": []}')
        (tmp_path / "backups").mkdir()
        archive, _ = back_up(kb.settings, tmp_path / "backups")
        log = told(kb)
    restore(tmp_path / "again", archive)
    with base(tmp_path / "again") as kb:
        assert [info.groups for info in kb.documents()] == [(GROUP,)]
        assert kb.seen_by(VIEWER).documents() == ()
        assert [t.id for t in kb.seen_by(VIEWER).conversations.list()] == [talk.id]
        assert kb.seen_by(Reader("someone")).conversations.load(talk.id) is None
        assert [(one.who, one.opinion.reason) for one in kb.seen_by(VIEWER).feedback.list()] == [(VIEWER.name, "incomplete")]
        kept = kb.seen_by(EDITOR).materials.load("m-1", "module")
        assert kept is not None
        assert (kept.info.owner, kept.info.title) == (EDITOR.name, "Meetings")
        assert kb.seen_by(VIEWER).materials.list("module") == ()
        assert told(kb)[: len(log)] == log
    restored = Accounts(tmp_path / "again").find("asha")
    assert restored is not None
    assert (restored.role, restored.groups) == ("admin", None)
