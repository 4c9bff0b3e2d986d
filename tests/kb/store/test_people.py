"""Names are not identities: an account of an old name is another person, and what is kept of somebody stays theirs alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from kb import Filters, KnowledgeBase
from kb.auth.account_schema import accounts
from kb.auth.accounts import Accounts, provider_identity
from kb.auth.passwords import Cost
from kb.auth.roles import Reader, Role
from kb.auth.sign_in import SignIn
from kb.errors import AccessError, AccountsError
from kb.user_records import Conversation, Exchange, Opinion, answer_key
from tests.kb.make import base, document

CHEAP = Cost(memory=8, times=1, threads=1)
PASSWORD = "eight lanterns"
QUESTION = "How often do the Parties meet?"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def kb(home: Path) -> Iterator[KnowledgeBase]:
    with base(home) as opened:
        opened.ingest_documents([document("moc", "en", "agreement", ("The Parties shall meet twice a year in Kalpanagar.",))])
        yield opened


def somebody(home: Path, name: str, role: Role = "trainer", groups: frozenset[str] | None = None) -> Reader:
    """A new account."""
    people = Accounts(home, CHEAP)
    return people.reader(people.add(name, role, groups, PASSWORD))


def leave_traces(kb: KnowledgeBase, reader: Reader) -> Conversation:
    """A conversation, an opinion of it, material of their own and shared, an entry of the log."""
    view = kb.seen_by(reader)
    talk = view.conversations.new().with_new(Exchange(QUESTION, Filters(), kb.answer(QUESTION), True))
    view.conversations.save(talk)
    view.feedback.give(talk.id, 0, Opinion(False, "incomplete", "of the old one"))
    view.materials.save(f"own-{reader.id}", "module", "Own", "{}")
    view.materials.save(f"shared-{reader.id}", "module", "Shared", "{}")
    view.materials.share(f"shared-{reader.id}", "module")
    view.recorded("exported", "a conversation")
    return talk


def test_an_account_of_an_old_name_inherits_nothing(home: Path, kb: KnowledgeBase) -> None:
    old = somebody(home, "ravi")
    talk = leave_traces(kb, old)
    Accounts(home, CHEAP).remove("ravi")
    new = somebody(home, "ravi")
    assert new.id != old.id
    view = kb.seen_by(new)
    assert (view.conversations.list(), view.conversations.search("parties"), view.conversations.load(talk.id)) == ((), (), None)
    assert not view.conversations.rename(talk.id, "mine")
    assert not view.conversations.delete(talk.id)
    with pytest.raises(AccessError):
        view.conversations.save(talk)
    assert (view.feedback.list(), view.feedback.of(talk.id, 0), view.feedback.take_back(talk.id, 0)) == ((), None, False)
    assert [one.id for one in view.materials.list("module")] == [f"shared-{old.id}"]
    assert not view.materials.unshare(f"shared-{old.id}", "module")
    assert view.materials.load(f"own-{old.id}", "module") is None


def test_the_log_and_the_feedback_tell_two_of_one_name_apart(home: Path, kb: KnowledgeBase) -> None:
    old = somebody(home, "ravi")
    leave_traces(kb, old)
    Accounts(home, CHEAP).remove("ravi")
    new = somebody(home, "ravi")
    leave_traces(kb, new)
    log = kb.audit.list(who="ravi", action="exported")
    assert [(one.who, one.person) for one in log] == [("ravi", new.id), ("ravi", old.id)]
    assert [one.person for one in kb.audit.list(who=old.id, action="exported")] == [old.id]
    assert [(one.who, one.person) for one in kb.feedback.list()] == [("ravi", new.id), ("ravi", old.id)]


def test_a_session_of_a_removed_account_is_not_that_of_its_name(home: Path) -> None:
    door = SignIn(home, 12, cost=CHEAP)
    door.accounts.add("ravi", "viewer", None, PASSWORD)
    token = door.enter("ravi", PASSWORD, "192.0.2.7")
    assert isinstance(token, str)
    door.accounts.remove("ravi")
    made = door.accounts.add("ravi", "viewer", None, PASSWORD)
    # Also where the clock says that the session is younger than the account, as when it was set back.
    with door._store.writing() as conn:
        conn.execute(accounts.update().where(accounts.c.id == made.id).values(since=datetime(2020, 1, 1)))
    assert door.reader(token) is None


def test_a_renamed_account_keeps_all_that_is_theirs_and_is_called_by_the_new_name(home: Path, kb: KnowledgeBase) -> None:
    talk = leave_traces(kb, somebody(home, "ravi"))
    people = Accounts(home, CHEAP)
    people.rename("ravi", "ravi.kumar")
    reader = people.reader(people.get("ravi.kumar"))
    view = kb.seen_by(reader)
    assert [one.id for one in view.conversations.list()] == [talk.id]
    view.recorded("exported", "a card")
    assert {one.who for one in kb.audit.list(who=reader.id)} == {"ravi.kumar"}
    assert [one.who for one in kb.feedback.list()] == ["ravi.kumar"]
    assert {one.owner_name for one in view.materials.list("module") if one.owner} == {"ravi.kumar"}


def test_a_removed_persons_conversations_are_nobodys_but_their_answers_links_open(home: Path, kb: KnowledgeBase) -> None:
    old = somebody(home, "ravi")
    talk = leave_traces(kb, old)
    Accounts(home, CHEAP).remove("ravi")
    for reader in (somebody(home, "asha", "admin"), somebody(home, "petra", "admin", frozenset()), somebody(home, "mina", "editor")):
        view = kb.seen_by(reader)
        assert view.conversations.load(talk.id) is None
        assert view.conversations.answered(answer_key(talk.id, 0)) is not None
    kept = {one.id: (one.name, one.conversations, one.opinions, one.materials) for one in kb.people.all()}
    assert kept[old.id] == ("ravi", 1, 1, 1)


def test_what_is_kept_of_a_person_is_deleted_when_an_admin_says_so_but_for_the_log_and_what_they_shared(
    home: Path, kb: KnowledgeBase
) -> None:
    old, other = somebody(home, "ravi"), somebody(home, "mina")
    talk, theirs = leave_traces(kb, old), leave_traces(kb, other)
    admin = kb.seen_by(somebody(home, "asha", "admin"))
    admin.feedback.give(talk.id, 0, Opinion(True))
    assert admin.people.forget(old.id) == 3
    assert kb.conversations.answered(answer_key(talk.id, 0)) is None
    assert {one.person for one in kb.feedback.list()} == {other.id}
    assert {one.id for one in kb.materials.list("module")} == {f"shared-{old.id}", f"own-{other.id}", f"shared-{other.id}"}
    assert [one.who for one in kb.audit.list(who=old.id, action="exported")] == ["ravi"]
    assert [one.id for one in kb.seen_by(other).conversations.list()] == [theirs.id]


def test_what_is_kept_of_a_person_is_handed_over(home: Path, kb: KnowledgeBase) -> None:
    old, new = somebody(home, "ravi"), somebody(home, "ravi@example.org")
    talk = leave_traces(kb, old)
    kb.seen_by(somebody(home, "mina", "admin")).feedback.give(talk.id, 0, Opinion(True))
    kb.people.hand_over(old.id, new.id)
    view = kb.seen_by(new)
    assert [one.id for one in view.conversations.list()] == [talk.id]
    assert view.feedback.of(talk.id, 0) == Opinion(False, "incomplete", "of the old one")
    assert view.materials.unshare(f"shared-{old.id}", "module")
    assert kb.seen_by(old).conversations.list() == ()
    assert [one.person for one in kb.audit.list(who=old.id, action="exported")] == [old.id]


@pytest.mark.parametrize("role", ["viewer", "trainer", "editor", "admin"])
def test_only_who_administers_somebody_says_what_becomes_of_what_is_kept_of_them(home: Path, kb: KnowledgeBase, role: Role) -> None:
    inside, outside = somebody(home, "ravi", groups=frozenset({"ports"})), somebody(home, "tom", groups=frozenset({"finance"}))
    for one in (inside, outside):
        leave_traces(kb, one)
    reader = somebody(home, "petra", role, frozenset({"ports"}))
    view = kb.seen_by(reader).people
    with pytest.raises(AccessError):
        view.forget(outside.id)
    with pytest.raises(AccessError):
        view.hand_over(outside.id, reader.id)
    if role != "admin":
        for call in (lambda: view.forget(reader.id), lambda: view.forget(inside.id), view.all):
            with pytest.raises(AccessError):
                call()
    else:
        with pytest.raises(AccessError):
            view.hand_over(inside.id, outside.id)
        assert [one.name for one in view.all()] == ["ravi"]
        assert view.forget(inside.id) == 3
    assert len(kb.seen_by(outside).conversations.list()) == 1


def test_feedback_materials_and_the_log_are_an_admins_of_groups_only_as_far_as_they_administer(home: Path, kb: KnowledgeBase) -> None:
    paper = kb.documents()[0].id
    inside, outside, second = (
        somebody(home, name, groups=frozenset(groups)) for name, groups in (("ravi", ["ports"]), ("tom", ["ports", "x"]), ("olaf", []))
    )
    for one in (inside, outside, second):
        leave_traces(kb, one)
    kb.recorded("deleted", "#99 gone", "a name alone")
    kb.recorded("uploaded", f"#{paper} moc")
    petra = kb.seen_by(somebody(home, "petra", "admin", frozenset({"ports"})))
    root = kb.seen_by(somebody(home, "root", "admin"))
    assert {one.who for one in petra.feedback.list()} == {"ravi", "olaf"}
    assert {one.who for one in root.feedback.list()} == {"ravi", "tom", "olaf"}
    assert len(petra.feedback.list(limit=1)) == 1
    assert {one.owner_name for one in petra.materials.list("module")} == {"", "ravi", "olaf"}
    assert {one.owner_name for one in root.materials.list("module")} == {"", "ravi", "tom", "olaf"}
    for person, theirs in ((outside, False), (inside, True)):
        assert (petra.materials.load(f"own-{person.id}", "module") is not None) == theirs
        assert petra.materials.delete(f"own-{person.id}", "module") == theirs
    told = petra.audit.list()
    assert {one.who for one in told} == {"", "ravi", "olaf"}
    assert [one.about for one in told if not one.who] == [f"#{paper} moc", f"#{paper} test:moc"]
    assert {one.who for one in root.audit.list()} == {"", "ravi", "tom", "olaf"}


def test_what_was_kept_while_nobody_signed_in_is_an_admins_of_all_groups(home: Path, kb: KnowledgeBase) -> None:
    talk = kb.conversations.new().with_new(Exchange(QUESTION, Filters(), kb.answer(QUESTION), True))
    kb.conversations.save(talk)
    kb.feedback.give(talk.id, 0, Opinion(True))
    root, petra = (kb.seen_by(somebody(home, name, "admin", groups)) for name, groups in (("root", None), ("petra", frozenset({"ports"}))))
    assert [one.id for one in root.conversations.list()] == [talk.id]
    assert (petra.conversations.list(), petra.feedback.list()) == ((), ())


def test_who_a_provider_vouches_for_is_told_by_issuer_and_subject_together() -> None:
    pairs = [("https://a.example", "1"), ("https://a.example", "2"), ("https://b.example", "1"), ("https://a.example1", ""), ("a", 'b"]')]
    assert len({provider_identity(*pair) for pair in pairs}) == len(pairs)


def taken_back_to_layout_6(home: Path) -> None:
    conn = sqlite3.connect(home / "catalogue.sqlite")
    conn.execute("DROP TABLE people")
    conn.execute("UPDATE meta SET value = '6' WHERE key = 'schema'")
    conn.commit()
    conn.close()


def test_a_home_of_layout_6_gives_what_was_kept_by_name_to_todays_accounts(home: Path) -> None:
    """A catalogue and a file of accounts as they were: names in the columns, no ids."""
    with base(home) as kb:
        kb.ingest_documents([document("moc", "en", "agreement", ("The Parties shall meet twice a year in Kalpanagar.",))])
        talks = {name: leave_traces(kb, Reader(name, "trainer")).id for name in ("ravi", "gone")}
        kb.seen_by(Reader("RAVI", "admin")).feedback.give(talks["ravi"], 0, Opinion(True))  # as a provider spelled it once
        kb.seen_by(Reader("ravi")).feedback.give(talks["gone"], 0, Opinion(True))
        open_talk = kb.conversations.new().with_new(Exchange(QUESTION, Filters(), kb.answer(QUESTION), True))
        kb.conversations.save(open_talk)
    taken_back_to_layout_6(home)
    file = home / "users.toml"
    file.write_text('[people."Ravi"]\nrole = "trainer"\ngroups = ["*"]\npassword = ""\ncreated = 2026-11-01T09:00:00+00:00\n')
    file.chmod(0o600)
    with base(home) as kb:
        people = Accounts(home, CHEAP)
        before = people.get("ravi").id
        ravi = kb.seen_by(people.reader(people.get("ravi")))
        assert [one.id for one in ravi.conversations.list()] == [talks["ravi"]]
        assert {one.title for one in ravi.materials.list("module") if one.owner} == {"Own"}
        assert ravi.materials.unshare("shared-ravi", "module")
        assert {(one.conversation_id, one.person) for one in ravi.feedback.list()} == {(talks["ravi"], before), (talks["gone"], before)}
        assert {one.person for one in kb.audit.list(who="ravi")} == {before}
        assert {one.id for one in kb.seen_by(Reader("root", "admin")).conversations.list()} == {open_talk.id}
        gone = next(one for one in kb.people.all() if one.name == "gone")
        assert (gone.conversations, gone.opinions, gone.materials) == (1, 1, 1)
        assert gone.id not in ("gone", before)
        new = kb.seen_by(people.reader(people.add("gone", "trainer", None, PASSWORD)))
        assert new.conversations.list() == ()
    people.remove("ravi")
    assert people.add("Ravi", "trainer", None, PASSWORD).id != before


def test_a_file_of_accounts_that_cannot_be_used_stops_the_migration_and_nothing_is_lost(home: Path) -> None:
    with base(home) as kb:
        talk = keep_by_name(kb)
    taken_back_to_layout_6(home)
    file = home / "users.toml"
    file.write_text('[people.ravi]\nrole = "viewer"\ngroups = ["*"]\n')
    file.chmod(0o644)
    with pytest.raises(AccountsError, match="chmod 600"), base(home):
        pass
    file.chmod(0o600)
    with base(home) as kb:
        people = Accounts(home, CHEAP)
        assert [one.id for one in kb.seen_by(people.reader(people.get("ravi"))).conversations.list()] == [talk]


def keep_by_name(kb: KnowledgeBase) -> str:
    """A conversation that an older Setu kept under the name of somebody."""
    view = kb.seen_by(Reader("ravi", "viewer"))
    talk = view.conversations.new().with_new(Exchange(QUESTION, Filters()))
    view.conversations.save(talk)
    return talk.id
