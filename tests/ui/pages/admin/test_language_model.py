"""The language model on the page of administration, without a browser."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.auth.accounts import Accounts
from kb.settings import SECRETS
from lang.languages import LANGUAGES, Language
from tests.kb.llm_server import KEY, SENTENCES, Reply, Script, polyglot, serving
from tests.ui.apps import shown
from tests.ui.pages.admin.test_admin import field, page
from tests.ui.signed import CHEAP, PASSWORD, signed_in
from ui.auth.authentication import knowledge_base
from ui.components.i18n import strings

pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")

EN = strings("en")


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.auth.passwords.COST", CHEAP)


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script(answer=polyglot, models=("scripted", "other"))
    with serving(script):
        yield script


def filled(script: Script, model: str = "scripted", key: str = KEY, language: Language = "en") -> AppTest:
    app = page(part="model", lang=language)
    field(app, "selectbox", "-way").set_value("server")
    field(app, "text_input", "-address").set_value(script.url.partition("#")[0])
    field(app, "text_input", "-model").set_value(model)
    field(app, "text_input", "-key").set_value(key)
    return app


def press(app: AppTest, key: str, language: Language = "en") -> AppTest:
    return next(b for b in app.button if b.label == strings(language)(f"model.{key}")).click().run()


def told(app: AppTest) -> str:
    parts = [shown(app), *(str(one.value) for kind in ("success", "info", "warning", "error") for one in getattr(app, kind))]
    return "\n".join(parts).replace("\\", "").replace("\N{WORD JOINER}", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_is_tried_out_in_each_language_of_the_page(home: Path, script: Script, language: Language) -> None:
    words = strings(language)
    assert words("model.none") in told(page(part="model", lang=language))
    drawn = told(press(filled(script, language=language), "test", language))
    assert words.count("model.offers", 2) in drawn
    assert all(sentence in drawn for sentence in SENTENCES.values())
    assert words("model.all_languages") in drawn
    assert words("model.pace_fast", seconds="|", limit="60").partition("|")[0] in drawn
    assert words("model.sent", address=script.url.partition("#")[0] + "/") in drawn
    assert KEY not in drawn
    assert not (home / "settings.toml").exists()


def test_a_model_is_kept_used_at_once_and_its_key_never_shown_again(home: Path, script: Script) -> None:
    app = press(filled(script), "save")
    drawn = told(app)
    assert EN("model.saved", model=script.url) in drawn
    assert f"<code>{script.url}</code>" in drawn
    assert EN("model.key_kept") in drawn
    assert KEY not in drawn
    assert field(app, "text_input", "-key").value == ""
    assert field(app, "text_input", "-model").value == "scripted"
    assert KEY not in str(app.session_state._state.filtered_state)
    assert stat.S_IMODE((home / SECRETS).stat().st_mode) == 0o600
    assert KEY not in (home / "settings.toml").read_text(encoding="utf-8")
    assert knowledge_base().settings.llm == script.url
    knowledge_base().answer("Who will bear the cost of the tide gauges?", engine="generative")
    assert script.headers[-1]["authorization"] == f"Bearer {KEY}"
    assert not [f for f in home.rglob("*") if f.is_file() and f.name != SECRETS and KEY.encode() in f.read_bytes()]
    off = told(press(app, "off"))
    assert EN("model.switched_off") in off
    assert EN("model.none") in off
    assert not (home / SECRETS).exists()
    assert knowledge_base().settings.llm is None
    with KnowledgeBase.open(Settings.load()) as kb:
        assert next(entry.action for entry in kb.audit.list(limit=3)) == "model_off"


def test_without_a_name_the_models_are_listed_and_nothing_is_written(home: Path, script: Script) -> None:
    drawn = told(press(filled(script, model=""), "test"))
    assert "<code>other</code>" in drawn
    assert script.requests == []
    assert EN("model.no_model") in told(press(filled(script, model=""), "save"))
    assert not (home / "settings.toml").exists()


@pytest.mark.parametrize(
    ("reply", "key", "values"),
    [
        (Reply([SENTENCES["English"]]), "model.some_languages", {"languages": "English"}),
        (Reply(["42"]), "model.no_language", {}),
        (Reply(status=401, body="{}"), "model.refused_key", {}),
    ],
)
def test_what_is_wrong_with_a_model_is_said_in_plain_words(home: Path, script: Script, reply: Reply, key: str, values: dict) -> None:
    script.answer = lambda _request: reply
    script.models = Reply(status=404, body="{}")
    drawn = told(press(filled(script), "test"))
    assert EN(key, **values) in drawn
    assert EN("model.offers_none") in drawn


def test_what_a_model_writes_brings_no_markup_into_the_page(home: Path, script: Script) -> None:
    script.answer = lambda _request: Reply(["<script>alert(1)</script> rain falls on the fields of the village"])
    script.models = ("<b>x</b>",)
    drawn = told(press(filled(script), "test"))
    assert "<script>" not in drawn
    assert "<b>x</b>" not in drawn
    assert "&lt;b&gt;x&lt;/b&gt;" in drawn


def test_an_address_that_is_none_is_said_to_be_so(home: Path, script: Script) -> None:
    for address in ("", "127.0.0.1:8080", "http://user:pw@127.0.0.1/v1", "http://[", "file:///etc/passwd"):
        app = filled(script)
        field(app, "text_input", "-address").set_value(address)
        assert EN("model.no_address") in told(press(app, "save")), address


def test_what_the_environment_sets_is_shown_and_not_to_be_changed(home: Path, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETU_LLM", script.url)
    monkeypatch.setenv("SETU_LLM_KEY", KEY)
    app = page(part="model")
    drawn = told(app)
    assert EN("model.fixed") in drawn
    assert EN("model.from_environment") in drawn
    assert EN("model.key_environment") in drawn
    assert all(field(app, "text_input", f"-{name}").disabled for name in ("address", "model", "key"))
    assert field(app, "text_input", "-model").value == "scripted"
    assert [b.disabled for b in app.button if b.label == EN("model.save")] == [True]
    assert EN("model.off") not in [b.label for b in app.button]
    assert EN("model.all_languages") in told(press(app, "test"))
    assert script.headers[-1]["authorization"] == f"Bearer {KEY}"
    assert KEY not in told(app)


def test_the_key_of_the_machine_is_not_sent_to_an_address_that_an_admin_types_in(
    home: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETU_LLM_KEY", KEY)
    for button in ("test", "save"):
        app = page(part="model")
        field(app, "selectbox", "-way").set_value("server")
        field(app, "text_input", "-address").set_value(script.url.partition("#")[0])
        field(app, "text_input", "-model").set_value("scripted")
        assert "only typed in" in told(press(app, button))
    assert (script.requests, script.listed) == ([], [])


def test_an_admin_of_some_groups_sees_it_and_cannot_change_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(home, monkeypatch, "asha", "admin")
    Accounts(home, CHEAP).add("root", "admin", None, PASSWORD)
    Accounts(home, CHEAP).change("asha", groups=["ports"])
    app = page(part="model")
    assert EN("model.of_all") in told(app)
    assert not app.text_input


def test_an_admin_who_is_made_viewer_meanwhile_changes_nothing(home: Path, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    people = Accounts(home, CHEAP)
    people.add("root", "admin", None, PASSWORD)
    signed_in(home, monkeypatch, "asha", "admin")
    app = filled(script)
    people.change("asha", role="viewer")
    press(app, "save")
    assert not (home / "settings.toml").exists()
    assert script.listed == []
