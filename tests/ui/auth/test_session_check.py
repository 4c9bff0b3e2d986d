"""A page that is open while its person is signed out, loses rights or is removed writes nothing more, and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from kb import Filters, KnowledgeBase, Settings
from kb.agreements.card_corrections import Change, correct, now
from kb.agreements.cards import make_card
from kb.auth.accounts import Accounts
from kb.auth.roles import Reader
from kb.auth.sign_in import SignIn
from kb.errors import AccessError
from kb.files import private_file
from kb.store.schema import metadata
from kb.user_records import Exchange, Opinion
from lang.languages import LANGUAGES, Language
from tests.ui.apps import at, copied, page
from tests.ui.signed import CHEAP, signed_in
from training import module_store
from training.make import make
from training.records import Module, Request
from ui.auth.authentication import Door, Standing, Visit, entrusted
from ui.components.i18n import strings

ENDED, LESSER = "signin.ended_meanwhile", "signin.lesser_meanwhile"
NAME = "asha"


class Open:
    """A page that somebody has open: the knowledge base as it was drawn with, and what of theirs is kept there."""

    def __init__(self, home: Path, base: KnowledgeBase, language: Language = "en") -> None:
        self.home, self.base = home, base
        settings = Settings.load(home=home)
        self.known = Door(settings, base_signin(settings))
        self.accounts = self.known.accounts
        self.accounts.add(NAME, "editor", None, "eight lanterns")
        self.accounts.add("petra", "admin", None, "eight lanterns")
        self.token = self.known.signin.sessions.begin(self.known.accounts.get(NAME))
        self.words = strings(language)
        visit = Visit(self.token, {}, elsewhere=False)
        reader = visit.reader("password", self.known)
        assert isinstance(reader, Reader)
        self.kb = base.seen_by(replace(reader, standing=Standing(visit, self.known, self.words)))
        talk = self.kb.conversations.new().with_new(
            Exchange("Who will bear the cost?", Filters(), base.answer("Who will bear the cost of the tide gauges?"), True)
        )
        self.kb.conversations.save(talk)
        self.talk = talk
        self.module: Module = make(base, Request("tide gauges", ("en",)), engine="extractive")
        module_store.save(self.kb, self.module)
        self.paper = next(info.id for info in base.documents() if info.title.startswith("MEMORANDUM"))
        self.pact = base.collections.make("Pact").id

    def kept(self) -> dict[str, list[Any]]:
        """Everything in the catalogue."""
        with self.base._catalogue.read() as conn:
            return {table.name: sorted(map(repr, conn.execute(select(table)))) for table in metadata.sorted_tables}


def base_signin(settings: Settings) -> SignIn:
    return SignIn(settings.home, settings.session_hours, cost=CHEAP)


@pytest.fixture
def opened(stocked: Path, tmp_path: Path) -> Iterator[Open]:
    home = copied(stocked, tmp_path / "standing")
    with KnowledgeBase.open(Settings.load(home=home)) as base:
        yield Open(home, base)


LOSSES: dict[str, tuple[str, Callable[[Open], object]]] = {
    "signed out here": (ENDED, lambda one: one.known.signin.leave(one.token)),
    "signed out everywhere": (ENDED, lambda one: one.accounts.sign_out(NAME)),
    "given a new password": (ENDED, lambda one: one.accounts.set_password(NAME, "nine lanterns")),
    "disabled": (ENDED, lambda one: one.accounts.change(NAME, disabled=True)),
    "removed": (ENDED, lambda one: one.accounts.remove(NAME)),
    "taken out of groups": (LESSER, lambda one: one.accounts.change(NAME, groups=["water"])),
}
"""What may happen to a person elsewhere, and which sentence says so."""
WRITES: dict[str, Callable[[Open], object]] = {
    "save a conversation": lambda one: one.kb.conversations.save(one.talk.with_new(Exchange("And who else?", Filters()))),
    "rename a conversation": lambda one: one.kb.conversations.rename(one.talk.id, "Tides"),
    "delete a conversation": lambda one: one.kb.conversations.delete(one.talk.id),
    "give an opinion": lambda one: one.kb.feedback.give(one.talk.id, 0, Opinion(True)),
    "take an opinion back": lambda one: one.kb.feedback.take_back(one.talk.id, 0),
    "keep a module": lambda one: module_store.save(one.kb, one.module),
    "change a module": lambda one: module_store.change(one.kb, one.module.id, lambda module: module),
    "copy a module": lambda one: module_store.copied(one.kb, one.module.id, "Copy"),
    "share a module": lambda one: module_store.share(one.kb, one.module.id),
    "take a module back": lambda one: module_store.unshare(one.kb, one.module.id),
    "delete a module": lambda one: module_store.delete(one.kb, one.module.id),
    "correct a card": lambda one: correct(
        one.kb, make_card(one.base, one.paper), Change("", "costs", now(), NAME, value="The port bears it")
    ),
    "correct a fact": lambda one: one.kb.correct(one.paper, "place", "Kalpanagar"),
    "take a correction back": lambda one: one.kb.clear_correction(one.paper, "place"),
    "make a collection": lambda one: one.kb.collections.make("Harbour"),
    "rename a collection": lambda one: one.kb.collections.rename(one.pact, "Quay"),
    "put into a collection": lambda one: one.kb.collections.put([one.paper], [one.pact]),
    "remove a collection": lambda one: one.kb.collections.remove(one.pact),
    "put into groups": lambda one: one.kb.put_in_groups(one.paper, ()),
    "have it stay in the house": lambda one: one.kb.keep_in_house(one.paper, kept=True),
    "delete a document": lambda one: one.kb.delete(one.paper),
    "add a document": lambda one: one.kb.ingest([one.home / "none.txt"]),
    "take a file away": lambda one: one.kb.exported("the map"),
    "withdraw what is gone": lambda one: one.kb.prune([one.home]),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_no_write_of_an_open_page_comes_through_once_its_person_has_lost_the_right(opened: Open, loss: str) -> None:
    sentence, lose = LOSSES[loss]
    lose(opened)
    before = opened.kept()
    for name, write in WRITES.items():
        with pytest.raises(AccessError) as refused:
            write(opened)
        assert str(refused.value) == opened.words(sentence), name
    assert opened.kept() == before


def test_somebody_given_a_lesser_role_can_write_what_that_role_may_and_nothing_else(opened: Open) -> None:
    opened.accounts.change(NAME, role="viewer")
    own = [name for name in WRITES if "conversation" in name or "opinion" in name or "file" in name]
    assert len(own) == 6
    before = opened.kept()
    for name in WRITES.keys() - set(own):
        with pytest.raises(AccessError) as refused:
            WRITES[name](opened)
        assert str(refused.value) == opened.words(LESSER), name
    assert opened.kept() == before
    for name in ("rename a conversation", "give an opinion", "take an opinion back", "delete a conversation"):
        WRITES[name](opened)
    assert opened.kept() != before


def test_every_write_comes_through_while_nothing_has_changed(opened: Open) -> None:
    last = ["delete a conversation", "delete a module", "delete a document"]
    for name in (*(name for name in WRITES if name not in last), *last):
        WRITES[name](opened)


def test_somebody_who_is_another_person_in_the_same_browser_by_now_writes_nothing(opened: Open) -> None:
    opened.accounts.remove(NAME)
    opened.accounts.add(NAME, "editor", None, "other lanterns")
    with pytest.raises(AccessError):
        WRITES["delete a conversation"](opened)


def test_accounts_that_are_made_while_a_page_is_open_to_everybody_end_its_writes(stocked: Path, tmp_path: Path) -> None:
    home = copied(stocked, tmp_path / "home")
    settings = Settings.load(home=home)
    known = Door(settings, base_signin(settings))
    visit = Visit(None, {}, elsewhere=False)
    assert known.mode() == "open"
    with KnowledgeBase.open(settings) as base:
        kb = base.seen_by(Reader(standing=Standing(visit, known, strings("ja"))))
        talk = kb.conversations.new().with_new(Exchange("Who?", Filters()))
        kb.conversations.save(talk)
        known.accounts.add("petra", "admin", None, "eight lanterns")
        with pytest.raises(AccessError, match=strings("ja")(ENDED)):
            kb.conversations.rename(talk.id, "潮")


def test_work_that_was_begun_outlives_the_session_but_not_the_right(opened: Open) -> None:
    kb = entrusted(opened.kb)
    opened.known.signin.leave(opened.token)
    kb.correct(opened.paper, "place", "Kalpanagar")
    opened.accounts.change(NAME, role="trainer")
    with pytest.raises(AccessError, match=opened.words(LESSER)):
        kb.correct(opened.paper, "place", "Thane")
    module_store.save(kb, opened.module)
    for lose in (lambda: opened.accounts.change(NAME, disabled=True), lambda: opened.accounts.remove(NAME)):
        lose()
        with pytest.raises(AccessError, match=opened.words(ENDED)):
            module_store.save(kb, opened.module)


def test_damaged_accounts_let_nobody_write_and_tell_no_path(opened: Open) -> None:
    opened.accounts.file.unlink()
    private_file(opened.accounts.file)
    opened.accounts.file.write_text("damaged", encoding="utf-8")
    with pytest.raises(AccessError) as refused:
        WRITES["delete a conversation"](opened)
    assert str(refused.value) == opened.words("signin.failed")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thumb_of_somebody_who_is_a_viewer_of_other_groups_by_now_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    signed_in(home, monkeypatch, NAME, "editor")
    app = page(lang=language)
    app.chat_input[0].set_value("Who will bear the cost of the tide gauges?").run()
    Accounts(home, CHEAP).change(NAME, groups=["water"])
    thumbs = next(group for group in app.button_group if group.key.startswith("thumbs-"))
    app = thumbs.set_value("good").run()
    assert not app.exception
    words = strings(language)
    assert told(app) == [words("feedback.failed", reason=words(LESSER))]
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        assert kb.feedback.list() == ()


def drawn(key: str, reader: object, language: str) -> None:
    """A page, as `ui.pages.navigation.open_page` has it drawn, for a reader of before."""
    from ui.auth.authentication import knowledge_base
    from ui.components.i18n import strings
    from ui.pages.navigation import PAGES

    page = next(page for page in PAGES if page.key == key)
    page.draw(knowledge_base().seen_by(reader), reader, strings(language))


def person(home: Path) -> Reader:
    accounts = Accounts(home, CHEAP)
    return accounts.reader(accounts.get(NAME))


def stay(home: Path, key: str, language: Language, **address: str) -> tuple[Reader, AppTest]:
    """A page that is open with the rights that its person has now."""
    settings = Settings.load(home=home)
    known = Door(settings, base_signin(settings))
    visit = Visit(known.signin.sessions.begin(known.accounts.get(NAME)), {}, elsewhere=False)
    now = visit.reader("password", known)
    assert isinstance(now, Reader)
    reader = replace(now, standing=Standing(visit, known, strings(language)))
    return reader, at(AppTest.from_function(drawn, default_timeout=60, args=(key, reader, language)), address)


def press(app: AppTest, key: str) -> AppTest:
    app = next(button for button in app.button if button.key and button.key.startswith(key)).click().run()
    assert not app.exception
    return app


def told(app: AppTest) -> list[str]:
    return [str(one.value).replace("\\", "") for one in (*app.error, *app.warning)]


@pytest.mark.parametrize(("loss", "sentence"), [({"disabled": True}, ENDED), ({"role": "viewer"}, LESSER)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_press_in_the_studio_changes_nothing_and_says_why(home: Path, language: Language, loss: dict[str, Any], sentence: str) -> None:
    Accounts(home, CHEAP).add(NAME, "trainer", None, "eight lanterns")
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        own = kb.seen_by(person(home))
        module = make(own, Request("tide gauges", ("en",)), engine="extractive")
        module_store.save(own, module)
        _, app = stay(home, "studio", language, module=module.id, part="briefing")
        Accounts(home, CHEAP).change(NAME, **loss)
        words = strings(language)
        app = press(app, "studio-copy")
        assert told(app) == [words("studio.not_kept", reason=words(sentence))]
        app = press(app, "studio-again")
        assert words(sentence) in told(app)
        app = press(app, "studio-delete")
        assert words("studio.not_deleted", reason=words(sentence)) in told(app)
        assert [info.id for info in module_store.listed(kb)] == [module.id]


def test_a_conversation_whose_deleting_is_asked_about_stays_when_its_person_is_signed_out(home: Path) -> None:
    accounts = Accounts(home, CHEAP)
    accounts.add(NAME, "viewer", None, "eight lanterns")
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        own = kb.seen_by(person(home)).conversations
        own.save(own.new().with_new(Exchange("Who will bear the cost?", Filters())))
        _, app = stay(home, "history", "hi")
        app = press(app, "history-act-delete-")
        accounts.sign_out(NAME)
        app = press(app, "history-delete-yes")
        words = strings("hi")
        assert told(app) == [words("history.failed", reason=words(ENDED))]
        assert len(own.list()) == 1


def test_an_open_form_of_the_administration_makes_no_account_for_somebody_who_is_no_admin_by_now(home: Path) -> None:
    accounts = Accounts(home, CHEAP)
    for name in (NAME, "petra"):
        accounts.add(name, "admin", None, "eight lanterns")
    _, app = stay(home, "admin", "en")
    accounts.change(NAME, role="viewer")
    next(field for field in app.text_input if field.key and field.key.startswith("add-name")).set_value("ravi")
    app = press(app, "FormSubmitter:add-")
    assert told(app) == [strings("en")(LESSER)]
    app = next(box for box in app.selectbox if box.key == "change-en").set_value("petra").run()
    app = press(app, "remove-person")
    assert told(app) == [strings("en")(LESSER)]
    assert [one.name for one in accounts.all()] == [NAME, "petra"]
