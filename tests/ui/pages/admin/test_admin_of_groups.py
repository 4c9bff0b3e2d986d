"""What the pages show and offer an admin of access groups: what belongs to their groups, and of everything else not even a number.

Who may do what is decided below the pages: tests/kb/auth/test_administration.py, tests/kb/store/test_people.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb import Filters, KnowledgeBase, Settings
from kb.auth.accounts import Accounts
from kb.auth.roles import Reader, Role
from kb.user_records import Exchange, Opinion
from tests.kb.make import document
from tests.ui.apps import alone, shown
from tests.ui.pages.admin.test_admin import field, page, press
from tests.ui.signed import CHEAP, PASSWORD, signed_in
from ui.cli.health_checks import look
from ui.components.i18n import strings

PORTS, BOTH = frozenset({"ports"}), frozenset({"ports", "finance"})
PEOPLE: dict[str, tuple[Role, frozenset[str] | None]] = {
    "root": ("admin", None),
    "petra": ("admin", PORTS),
    "eve": ("editor", PORTS),
    "tom": ("trainer", BOTH),
    "vani": ("viewer", PORTS),
    "olaf": ("viewer", frozenset()),
}
KNOWS: dict[str, set[str]] = {
    "root": set(PEOPLE),
    "petra": {"petra", "eve", "vani", "olaf"},
    **{name: {name} for name in ("eve", "tom", "vani", "olaf")},
}
"""Of whose opinions and deeds each may know, by hand."""


@dataclass(frozen=True)
class House:
    home: Path
    readers: dict[str, Reader]


@pytest.fixture
def house(home: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("kb.auth.passwords.COST", CHEAP)
    accounts = Accounts(home, CHEAP)
    for name, (role, groups) in PEOPLE.items():
        accounts.add(name, role, groups, PASSWORD)
    readers = {name: accounts.reader(accounts.get(name)) for name in PEOPLE}
    with KnowledgeBase.open(Settings.load()) as kb:
        before = len(kb.documents())
        for number, groups in enumerate((("ports",), ("finance",), ("finance",))):
            kb.ingest_documents([document(f"paper {number}", "en", "report", (f"The ledger {number} is audited twice.",))], groups=groups)
        assert len(kb.documents()) == before + 3
        for name, reader in readers.items():
            view = kb.seen_by(reader)
            talk = view.conversations.new().with_new(Exchange(f"{name} asks", Filters(), view.answer("Who walks on the moon?"), True))
            view.conversations.save(talk)
            view.feedback.give(talk.id, 0, Opinion(False, "other", f"{name} says"))
            view.recorded("exported", f"{name} took this")
    return House(home, readers)


@pytest.fixture
def kb(house: House) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(Settings.load()) as opened:
        yield opened


def feedback_drawn(name: str) -> None:
    from kb.auth.accounts import Accounts
    from ui.auth.authentication import knowledge_base
    from ui.components.i18n import strings
    from ui.pages.chat.feedback import feedback_page

    base = knowledge_base()
    accounts = Accounts(base.settings.home)
    reader = accounts.reader(accounts.get(name))
    feedback_page(base.seen_by(reader), reader, strings("en"))


@pytest.mark.parametrize("who", PEOPLE)
def test_the_page_of_feedback_tells_of_whom_one_administers(house: House, who: str) -> None:
    drawn = shown(alone(feedback_drawn, who))
    assert {name for name in PEOPLE if f"{name} says" in drawn} == KNOWS[who]
    assert {name for name in PEOPLE if f"{name} asks" in drawn} == KNOWS[who]
    assert strings("en").count("feedback.found", len(KNOWS[who])) in drawn


@pytest.mark.parametrize("who", PEOPLE)
def test_the_page_of_administration_tells_of_whom_one_administers(house: House, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    signed_in(house.home, monkeypatch, who)
    admin = PEOPLE[who][0] == "admin"
    people, happened = shown(page()), shown(page(part="happened"))
    assert {name for name in PEOPLE if f'<th scope="row">{name}</th>' in people} == (KNOWS[who] if admin else set())
    assert {name for name in PEOPLE if f"{name} took this" in happened} == (KNOWS[who] if admin else set())
    assert ("finance" in people) == (who == "root")
    if admin:
        options = field(page(part="happened"), "selectbox", "happened-who-en").options
        assert {name for name in PEOPLE if name in options} == KNOWS[who]


def test_only_what_can_be_is_offered_to_an_admin_of_groups(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(house.home, monkeypatch, "petra")
    app = page()
    assert strings("en")("admin.people_of_groups") in shown(app)
    assert field(app, "selectbox", "change-en").options == ["eve", "olaf", "vani"]
    assert field(app, "multiselect", "add-en-groups").options == ["ports"]
    assert not [one for one in app.checkbox if one.key and one.key.endswith("-every")]
    field(app, "selectbox", "change-en").set_value("vani").run()
    press(app, "new-password")
    accounts = Accounts(house.home, CHEAP)
    assert accounts.verified("vani", app.code[0].value) is not None
    field(app, "selectbox", "-role").set_value("admin")
    press(app, "save")
    assert accounts.get("vani").groups == PORTS


@pytest.mark.parametrize("language", ["en", "mr", "hi", "ja"])
def test_a_person_who_is_moved_out_of_reach_while_the_form_is_open_stays_as_they_are(
    house: House, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    signed_in(house.home, monkeypatch, "petra")
    accounts = Accounts(house.home, CHEAP)
    app = page(lang=language)
    field(app, "selectbox", f"change-{language}").set_value("vani").run()
    real = Accounts.get

    def moved(self: Accounts, name: str):  # type: ignore[no-untyped-def]
        found = real(self, name)
        if self is not accounts:
            accounts.change("vani", groups=["ports", "finance"])
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Accounts, "get", moved)
        app = next(b for b in app.button if b.key == "new-password").click().run()
    assert [one.value.replace("\\", "") for one in app.error] == [strings(language)("admin.wrong_outside")]
    assert not app.code
    assert accounts.verified("vani", PASSWORD) is not None


def test_a_taken_name_of_somebody_out_of_reach_is_told_without_anything_of_them(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(house.home, monkeypatch, "petra")
    app = page()
    field(app, "text_input", "add-name-en").set_value("tom")
    press(app, "add")
    assert app.error[0].value.replace("\\", "") == strings("en")("admin.wrong_taken")
    assert Accounts(house.home, CHEAP).get("tom").groups == BOTH


def test_health_counts_what_one_sees(house: House, kb: KnowledgeBase) -> None:
    counts = {}
    for who in ("root", "petra"):
        seen = len(kb.seen_by(house.readers[who]).documents())
        (told,) = [one.detail for one in look(Settings.load(), groups=house.readers[who].groups) if one.name == "catalogue"]
        assert told.startswith(f"{seen} documents")
        counts[who] = seen
    assert counts["root"] == counts["petra"] + 2


def test_removing_a_person_can_delete_what_was_kept_of_them(house: House, monkeypatch: pytest.MonkeyPatch, kb: KnowledgeBase) -> None:
    signed_in(house.home, monkeypatch, "petra")
    app = page()
    for name, forget in (("vani", True), ("olaf", False)):
        field(app, "selectbox", "change-en").set_value(name).run()
        if forget:
            field(app, "checkbox", f"forget-{house.readers[name].id}").check()
        app = press(app, "remove-person")
    kept = {one.id: one.conversations for one in kb.people.all()}
    assert (kept[house.readers["vani"].id], kept[house.readers["olaf"].id]) == (0, 1)
    assert {one.who for one in kb.feedback.list()} == set(PEOPLE) - {"vani"}
    actions = [(one.who, one.action) for one in kb.audit.list() if one.action.startswith("person_")]
    assert actions == [("petra", "person_removed"), ("petra", "person_forgotten"), ("petra", "person_removed")]
