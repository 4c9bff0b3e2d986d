"""The page of administration, without a browser."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.auth.accounts import Accounts
from kb.auth.roles import ANYONE, ROLES, Reader, Role
from kb.store.user_data.audit_log import Entry
from lang.languages import LANGUAGES, Language
from tests.ui.apps import offered, shown, taken
from tests.ui.signed import CHEAP, PASSWORD, signed_in
from ui.components.i18n import strings
from ui.pages.admin.audit_log import table_csv


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.auth.passwords.COST", CHEAP)


def alone() -> None:
    """The page itself, for whoever is signed in, as `ui.pages.navigation` draws it."""
    import streamlit as st

    from kb.auth.roles import ANYONE
    from ui.auth import sign_in
    from ui.auth.authentication import door, knowledge_base
    from ui.components import query_params
    from ui.components.i18n import strings
    from ui.pages.admin.admin_page import admin_page

    reader = door().signin.reader(sign_in.presented()) if door().mode() == "password" else ANYONE
    if reader is None:
        st.stop()
    admin_page(knowledge_base().seen_by(reader), reader, strings(query_params.interface_language()))


def page(**address: str) -> AppTest:
    app = AppTest.from_function(alone, default_timeout=60)
    for key, value in ({"lang": "en"} | address).items():
        app.query_params[key] = value
    return app.run()


def field(app: AppTest, kind: str, ending: str):  # type: ignore[no-untyped-def]
    return next(one for one in getattr(app, kind) if one.key and one.key.endswith(ending))


def press(app: AppTest, key: str) -> AppTest:
    label = strings("en")._table.get(f"admin.{key}")
    return next(b for b in app.button if b.key == key or b.label == label).click().run()


@pytest.mark.parametrize("role", ROLES)
def test_only_an_admin_sees_anybody_or_any_setting(home: Path, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    signed_in(home, monkeypatch, "mina", role)
    for part in ("people", "happened", "settings", "health"):
        app = page(part=part)
        if role == "admin":
            assert "setu-facts" in shown(app)
        else:
            assert [w.value for w in app.warning] == [strings("en")("admin.forbidden")]
            assert shown(app) == ""
            assert not app.button
            assert not app.text_input


def test_a_person_is_added_with_a_password_that_is_shown_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(home, monkeypatch, "asha", "admin")
    app = page()
    field(app, "text_input", "add-name-en").set_value("ravi")
    field(app, "selectbox", "add-en-role").set_value("trainer")
    press(app, "add")
    (code,) = app.code
    found = Accounts(home, CHEAP).verified("ravi", code.value)
    assert found is not None
    assert (found.name, found.role, found.groups) == ("ravi", "trainer", frozenset())
    assert '<th scope="row">ravi</th>' in shown(app)
    assert not app.run().code
    for name, sentence in (("RAVI", "There is an account of this name already."), ("two words", "This cannot be a name")):
        field(app, "text_input", "add-name-en").set_value(name)
        press(app, "add")
        assert app.error[0].value.replace("\\", "").startswith(sentence)


def test_a_person_is_changed_and_signed_out_and_removed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Accounts(home, CHEAP).add("ravi", "viewer", frozenset({"ports"}), PASSWORD)
    signed_in(home, monkeypatch, "asha", "admin")
    app = page()
    field(app, "selectbox", "change-en").set_value("ravi").run()
    key = "change-en-ravi-viewer-False-['ports']"
    assert field(app, "multiselect", f"{key}-groups").value == ["ports"]
    field(app, "selectbox", f"{key}-role").set_value("editor")
    field(app, "checkbox", f"{key}-every").set_value(True)
    press(app, "save")
    found = Accounts(home, CHEAP).get("ravi")
    assert (found.role, found.groups) == ("editor", None)
    before = Accounts(home, CHEAP).get("ravi").since
    press(app, "sign-out-person")
    assert Accounts(home, CHEAP).get("ravi").since > before
    press(app, "new-password")
    assert Accounts(home, CHEAP).verified("ravi", app.code[0].value) is not None
    press(app, "remove-person")
    assert Accounts(home, CHEAP).find("ravi") is None
    assert "ravi" not in shown(app).split("</table>")[0]


def test_the_last_admin_cannot_disable_themselves(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(home, monkeypatch, "asha", "admin")
    app = page()
    field(app, "selectbox", "change-en").set_value("asha").run()
    field(app, "checkbox", "-disabled").set_value(True)
    press(app, "save")
    assert app.error[0].value.replace("\\", "") == strings("en")("admin.wrong_last_admin")
    assert not Accounts(home, CHEAP).get("asha").disabled


def test_an_admin_who_is_made_viewer_meanwhile_changes_nothing_more(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = Accounts(home, CHEAP)
    people.add("root", "admin", None, PASSWORD)
    signed_in(home, monkeypatch, "asha", "admin")
    app = page()
    field(app, "text_input", "add-name-en").set_value("mallory")
    people.change("asha", role="viewer")
    press(app, "add")
    assert people.find("mallory") is None
    assert app.warning[0].value == strings("en")("admin.forbidden")


def test_the_first_account_is_an_admins_and_then_everybody_signs_in(home: Path) -> None:
    app = page()
    assert strings("en")("admin.nobody") in [i.value for i in app.info]
    field(app, "text_input", "add-name-en").set_value("asha")
    press(app, "add")
    found = Accounts(home, CHEAP).verified("asha", app.code[0].value)
    assert found is not None
    assert (found.name, found.role, found.groups) == ("asha", "admin", None)
    assert shown(app.run()) == ""  # nobody is signed in


@pytest.mark.parametrize("language", LANGUAGES)
def test_limits_settings_and_health_are_shown_in_each_language_and_no_secret_is(
    home: Path, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETU_LLM_KEY", "secret-key-1234")
    words = strings(language)
    assert words("admin.mode_open") in shown(page(lang=language))
    drawn = shown(page(lang=language, part="settings"))
    assert words("admin.limits") in drawn
    assert "questions_per_minute" in drawn
    assert words("admin.origin_environment") in drawn
    assert "secret-key-1234" not in drawn
    assert all(f"<code>{name}</code>" in drawn for name in Settings.model_fields)
    checks = shown(page(lang=language, part="health"))
    assert words("admin.outcome_ok") in checks
    assert "catalogue" in checks


def test_a_name_cannot_bring_markup_into_the_page(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(home, monkeypatch, "asha", "admin")
    Accounts(home, CHEAP).add("o-b._+@x", "viewer", frozenset({"a _b_"}), PASSWORD)
    app = page()
    field(app, "selectbox", "change-en").set_value("o-b._+@x").run()
    assert "a _b_" in shown(app)
    assert ANYONE.may("admin")


def test_what_happened_is_listed_filtered_and_a_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with KnowledgeBase.open(Settings.load()) as kb:
        kb.audit.record(Reader("ravi"), "signed_in", "192.0.2.7")
        kb.audit.record(Reader(""), "deleted", "#7 =HYPERLINK(1) <b>paper</b>")
        kb.audit.record(Reader("mina"), "signed_in", "192.0.2.8")
    signed_in(home, monkeypatch, "asha", "admin")
    drawn = shown(page(part="happened"))
    assert drawn.index("192.0.2.8") < drawn.index("192.0.2.7")  # the newest first
    assert "&lt;b&gt;paper&lt;/b&gt;" in drawn
    assert "nobody signed in" in drawn
    one = shown(page(part="happened", who="ravi", act="signed_in"))
    assert "192.0.2.7" in one
    assert "192.0.2.8" not in one
    assert "1 entry" in one
    assert "192.0.2.7" not in shown(page(part="happened", who="-"))
    assert "0 entries" in shown(page(part="happened", until="2020-01-01"))
    assert "192.0.2.7" in shown(page(part="happened", since="2020-01-01", until="9999-12-31", n="x"))
    app = page(part="happened")
    field(app, "selectbox", "happened-act-en").set_value("deleted").run()
    assert app.query_params["act"] in ("deleted", ["deleted"])
    assert "192.0.2" not in shown(app)


def test_an_audit_log_that_is_taken_away_is_in_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with KnowledgeBase.open(Settings.load()) as kb:
        kb.audit.record(Reader("ravi"), "signed_in", "192.0.2.7")
    signed_in(home, monkeypatch, "asha", "admin")
    files = offered(monkeypatch)
    page(part="happened", who="ravi")
    assert "192.0.2.7" in str(files["happened-csv"]())
    assert taken(home)[0] == "the audit log, 1 entries"


def test_the_file_is_for_spreadsheets_and_brings_no_formula() -> None:
    entries = [
        Entry(datetime(2026, 11, 25, 9, 30), "ravi", "deleted", '=1+1, "x"', "p-1"),
        Entry(datetime(2026, 11, 25), "", "asked", "#3"),
    ]
    assert table_csv(entries) == (
        '\ufefftime (UTC),who,action,about,id\r\n2026-11-25 09:30:00,ravi,deleted,"\'=1+1, ""x""",p-1\r\n2026-11-25 00:00:00,,asked,#3,\r\n'
    )


def test_what_an_admin_does_is_recorded_under_their_name_without_the_password(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(home, monkeypatch, "asha", "admin")
    app = page()
    field(app, "text_input", "add-name-en").set_value("ravi")
    press(app, "add")
    password = app.code[0].value
    with KnowledgeBase.open(Settings.load()) as kb:
        (entry,) = kb.audit.list(limit=1)
    assert (entry.who, entry.action, entry.about) == ("asha", "person_added", "ravi: viewer")
    assert password not in repr(entry)
