"""Keys of programs on the page of administration, without a browser."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.auth.api_keys import ApiKeys
from kb.auth.roles import ROLES, Role
from lang.languages import LANGUAGES, Language
from tests.ui.apps import shown
from tests.ui.pages.admin.test_admin import field, page
from tests.ui.signed import CHEAP, signed_in
from ui.components.i18n import strings
from ui.components.markup import label


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.auth.passwords.COST", CHEAP)


def press(app: AppTest, key: str) -> AppTest:
    return next(b for b in app.button if b.key == key or b.label == strings("en")._table.get(f"keys.{key}")).click().run()


@pytest.mark.parametrize("role", ROLES)
def test_only_an_admin_sees_a_key(home: Path, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    ApiKeys(home).create("portal")
    signed_in(home, monkeypatch, "mina", role)
    app = page(part="keys")
    assert ("portal" in shown(app)) == (role == "admin")
    assert bool(app.button) == (role == "admin")


def test_a_key_is_made_and_shown_once_and_opens_what_was_chosen(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(home, monkeypatch, "asha", "admin")
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        ledger = kb.collections.make("Ledger").id
    app = page(part="keys")
    field(app, "text_input", "key-en-name").set_value("portal")
    field(app, "selectbox", "key-en-role").set_value("editor")
    field(app, "multiselect", "key-en-groups").set_value(["ports"])
    field(app, "multiselect", "key-en-collections").set_value([ledger])
    field(app, "date_input", "key-en-until").set_value(date.today() + timedelta(days=30))
    press(app, "make")
    (code,) = app.code
    found = ApiKeys(home).find(code.value)
    assert found is not None
    assert (found.name, found.role, found.groups, found.collections) == ("portal", "editor", frozenset({"ports"}), frozenset({ledger}))
    assert found.until is not None
    assert 29 <= (found.until - datetime.now(UTC)).days <= 31
    table = shown(app)
    assert '<th scope="row">portal</th>' in table
    assert "Ledger" in table
    assert strings("en")("keys.never_used") in table
    assert not app.run().code
    assert code.value not in str(app)
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        entry = kb.audit.list()[0]
    assert (entry.who, entry.action, entry.about) == ("asha", "key_made", "portal: editor")


@pytest.mark.parametrize(("name", "wrong"), [("PORTAL", "wrong_taken"), ("two words", "wrong_name"), ("", "wrong_name")])
def test_a_name_that_is_taken_or_none_is_told(home: Path, monkeypatch: pytest.MonkeyPatch, name: str, wrong: str) -> None:
    ApiKeys(home).create("portal")
    signed_in(home, monkeypatch, "asha", "admin")
    app = page(part="keys")
    field(app, "text_input", "key-en-name").set_value(name)
    press(app, "make")
    assert app.error[0].value == label(strings("en")(f"keys.{wrong}"))
    assert len(ApiKeys(home).all()) == 1


def test_a_key_for_collections_is_no_admins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(home, monkeypatch, "asha", "admin")
    app = page(part="keys")
    field(app, "text_input", "key-en-name").set_value("portal")
    field(app, "selectbox", "key-en-role").set_value("admin")
    field(app, "multiselect", "key-en-collections").set_value([0])
    press(app, "make")
    assert app.error[0].value == label(strings("en")("keys.wrong_role"))
    assert ApiKeys(home).all() == ()


def test_a_key_is_revoked_after_it_was_asked_whether_that_is_meant(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ApiKeys(home)
    token = keys.create("portal")[1]
    other = keys.create("sync")[1]
    signed_in(home, monkeypatch, "asha", "admin")
    app = page(part="keys")
    field(app, "selectbox", "revoke-en").set_value(keys.all()[0].id).run()
    assert keys.find(token) is not None
    assert "portal" in next(one.proto.body for one in app.get("html") if "cannot be undone" in one.proto.body)
    press(app, "revoke-key")
    assert (keys.find(token), keys.find(other) is not None) == (None, True)
    assert "portal" not in shown(app).partition("</table>")[0]


def test_an_admin_of_groups_administers_keys_of_their_groups_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ApiKeys(home)
    for name, groups in (("mine", ("ports",)), ("others", ("ports", "finance")), ("everything", None)):
        keys.create(name, "viewer", groups)
    signed_in(home, monkeypatch, "petra", "admin", frozenset({"ports"}))
    app = page(part="keys")
    told = shown(app)
    assert "mine" in told
    assert "others" not in told
    assert "everything" not in told
    assert "finance" not in str(field(app, "multiselect", "key-en-groups").options)
    assert not [one for one in app.checkbox if one.key == "key-en-every"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_four_languages(home: Path, monkeypatch: pytest.MonkeyPatch, language: Language) -> None:
    ApiKeys(home).create("portal")
    signed_in(home, monkeypatch, "asha", "admin")
    assert strings(language)("keys.about") in shown(page(part="keys", lang=language)).replace("&#x27;", "'")
