"""Being let in or not, on the pages themselves, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb.auth.account_store import ACCOUNTS
from kb.auth.accounts import Accounts
from lang.languages import LANGUAGES, Language
from tests.ui.apps import button, keys, page, shown
from tests.ui.signed import CHEAP, PASSWORD, signed_in
from ui.auth import sign_in
from ui.auth.authentication import door, knowledge_base
from ui.components.i18n import strings


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_not_signed_in_sees_a_way_in_and_nothing_of_the_papers(
    home: Path, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    Accounts(home, CHEAP).add("asha", "admin", None, PASSWORD)
    monkeypatch.setattr(sign_in, "presented", lambda: "no token of ours")
    app = page(lang=language, c="abc")
    drawn = shown(app)
    assert strings(language)("signin.signed_out") in drawn
    assert f'href="/signin?next=%2F%3Fc%3Dabc%26lang%3D{language}"' in drawn
    assert not app.chat_input
    assert "memorandum" not in drawn.casefold()


def test_a_person_sees_their_name_and_can_sign_out(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = signed_in(home, monkeypatch, "ravi", "viewer")
    app = page()
    assert app.chat_input
    assert "leave" in keys(app)
    button(app, "leave").click().run()
    assert strings("en")("signin.signed_out") in shown(app)
    assert not app.chat_input
    assert door().signin.reader(token) is None
    assert [(e.who, e.action) for e in knowledge_base().audit.list(limit=1)] == [("ravi", "signed_out")]


def test_signing_out_everywhere_ends_the_other_browsers_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = signed_in(home, monkeypatch, "ravi", "viewer")
    signed_in(home, monkeypatch, "ravi")
    button(page(), "leave-everywhere").click().run()
    assert door().signin.reader(elsewhere) is None


def test_an_account_that_is_disabled_meanwhile_is_out_at_the_next_click(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(home, monkeypatch, "ravi", "viewer")
    app = page()
    assert app.chat_input
    Accounts(home).change("ravi", disabled=True)
    assert not app.run().chat_input


def test_ones_password_is_changed_after_it_was_judged(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.auth.passwords.COST", CHEAP)
    other = signed_in(home, monkeypatch, "ravi", "viewer")
    signed_in(home, monkeypatch, "ravi")
    app = page()
    for typed, sentence in (
        (("wrong guess", "nine windmills", "nine windmills"), "The current password is not right."),
        ((PASSWORD, "nine windmills", "ten windmills"), "The two new passwords differ."),
        ((PASSWORD, "short", "short"), "The new password needs at least 10 characters."),
    ):
        sent(app, typed)
        assert [e.value.replace("\\", "") for e in app.error] == [sentence]
    sent(app, (PASSWORD, "nine windmills", "nine windmills"))
    assert [s.value for s in app.success] == [strings("en")("signin.changed")]
    assert app.chat_input
    assert Accounts(home, CHEAP).verified("ravi", "nine windmills") is not None
    assert door().signin.reader(other) is None


def sent(app: AppTest, typed: tuple[str, str, str]) -> None:
    for field, text in zip((f for f in app.text_input if f.proto.type == 1), typed, strict=True):
        field.set_value(text)
    next(b for b in app.button if b.label == strings("en")("signin.save")).click().run()


def test_somebody_else_in_the_same_window_finds_nothing_of_the_one_before(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(home, monkeypatch, "ravi", "viewer")
    app = page()
    app.session_state["left"] = "by ravi"
    app.run()
    assert app.session_state["left"] == "by ravi"
    signed_in(home, monkeypatch, "asha", "admin")
    app.run()
    assert "left" not in app.session_state


def test_without_accounts_the_page_is_open_here_and_refuses_elsewhere_with_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page()
    assert app.chat_input
    assert "leave" not in keys(app)
    monkeypatch.setattr(sign_in, "visitor_address", lambda: "192.0.2.9")
    refused = page()
    assert not refused.chat_input
    assert "<code>setu users add NAME --role admin</code>" in shown(refused)


def test_it_can_be_closed_on_this_machine_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETU_OPEN_ON_LOOPBACK", "false")
    st.cache_resource.clear()
    app = page()
    assert not app.chat_input
    assert strings("en")("signin.closed").split("`")[0] in shown(app)


def test_a_damaged_file_of_accounts_lets_nobody_in(home: Path) -> None:
    (home / ACCOUNTS).write_text("damaged", encoding="utf-8")
    app = page()
    assert not app.chat_input
    (error,) = app.error
    assert "`setu users check`" in error.value
    assert str(home) not in error.value
