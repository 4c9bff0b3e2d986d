"""A language model that is chosen is kept, its key in a file of its owner alone, for its server alone; the environment wins."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from kb import Settings
from kb.auth.roles import Reader
from kb.errors import AccessError, MissingExtraError, SettingsError
from kb.generate.model_choice import choose, fixed, is_plain, opened, switch_off
from kb.settings import SECRETS, llm_key
from tests.kb.llm_server import KEY, Script, lines, serving, statement
from tests.kb.make import base, papers

pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")

HERE, THERE = "http://127.0.0.1:9/v1#m", "http://127.0.0.2:9/v1#m"
GIVEN = SecretStr(f" {KEY}\n")


def kept(settings: Settings) -> str | None:
    key = llm_key(settings)
    return key.get_secret_value() if key is not None else None


def test_the_model_stands_in_the_settings_and_the_key_in_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    now = choose(Settings.load(home=tmp_path), HERE, GIVEN)
    assert now.llm == HERE
    assert kept(now) == KEY
    assert tomllib.loads((tmp_path / "settings.toml").read_text(encoding="utf-8")) == {"llm": HERE}
    assert stat.S_IMODE((tmp_path / SECRETS).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if KEY.encode() in file.read_bytes()] == [SECRETS]


def test_the_other_lines_of_the_settings_stay_as_they_are(tmp_path: Path) -> None:
    before = '# ours\nmax_pages = 100  # enough\n"llm" = "ollama:old"\n#llm = ""\nlog = "off"'
    (tmp_path / "settings.toml").write_text(before, encoding="utf-8")
    now = choose(Settings.load(home=tmp_path), "ollama:new")
    said = (tmp_path / "settings.toml").read_text(encoding="utf-8")
    assert said == '# ours\nmax_pages = 100  # enough\n#llm = ""\nlog = "off"\nllm = "ollama:new"\n'
    off = switch_off(now)
    assert off.llm is None
    assert (tmp_path / "settings.toml").read_text(encoding="utf-8") == said.replace('llm = "ollama:new"\n', "")


def test_settings_that_cannot_be_changed_line_by_line_are_left_as_they_are(tmp_path: Path) -> None:
    odd = 'address = """http://a\n"""\n[x]\n'
    (tmp_path / "settings.toml").write_text(odd, encoding="utf-8")
    with pytest.raises(SettingsError, match="by hand"):
        choose(Settings(home=tmp_path), "ollama:new")
    assert (tmp_path / "settings.toml").read_text(encoding="utf-8") == odd


def test_a_kept_key_stays_for_its_server_and_goes_to_no_other(tmp_path: Path) -> None:
    first = choose(Settings.load(home=tmp_path), HERE, GIVEN)
    same = choose(first, HERE.replace("#m", "#other"))
    assert kept(same) == KEY
    assert opened(same, HERE)._key == SecretStr(KEY)
    assert opened(same, THERE)._key is None
    moved = choose(same, THERE)
    assert kept(moved) is None
    assert not (tmp_path / SECRETS).exists()


def test_a_key_that_the_home_keeps_is_none_for_a_server_that_is_named_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(Settings.load(home=tmp_path), HERE, GIVEN)
    (tmp_path / "settings.toml").write_text(f'llm = "{THERE}"\n', encoding="utf-8")
    assert kept(Settings.load(home=tmp_path)) is None
    monkeypatch.setenv("SETU_LLM", "openai:gpt-4.1-mini")
    assert kept(Settings.load(home=tmp_path)) is None


def test_switching_off_deletes_the_key_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    off = switch_off(choose(Settings.load(home=tmp_path), HERE, GIVEN))
    assert (off.llm, kept(off), (tmp_path / SECRETS).exists()) == (None, None, False)
    assert switch_off(off).llm is None


def test_the_environment_wins_and_is_not_changed_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETU_LLM", "ollama:x")
    settings = Settings.load(home=tmp_path)
    assert fixed(settings).model
    for change in (lambda: choose(settings, HERE), lambda: switch_off(settings)):
        with pytest.raises(SettingsError, match="SETU_LLM in the environment"):
            change()
    monkeypatch.delenv("SETU_LLM")
    monkeypatch.setenv("SETU_LLM_KEY", KEY)
    settings = Settings.load(home=tmp_path)
    assert (fixed(settings).model, fixed(settings).key) == (False, True)
    with pytest.raises(SettingsError, match="which win"):
        choose(settings, "openai:gpt-4.1-mini", SecretStr("sk-other"))
    assert list(tmp_path.glob("*.toml")) == []


@pytest.mark.parametrize("way", ["environment", "file"])
def test_the_key_of_the_machine_goes_to_no_address_that_was_only_typed_in(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "environment":
        monkeypatch.setenv("SETU_LLM_KEY", KEY)
    else:
        file = tmp_path / "machine.toml"
        file.write_text(f'llm_key = "{KEY}"', encoding="utf-8")
        file.chmod(0o600)
        monkeypatch.setenv("SETU_SECRETS", str(file))
    settings = Settings.load(home=tmp_path)
    for attempt in (lambda: opened(settings, HERE), lambda: choose(settings, HERE)):
        with pytest.raises(SettingsError, match="only typed in") as caught:
            attempt()
        assert KEY not in str(caught.value)
    assert kept(choose(settings, "openai:gpt-4.1-mini")) == KEY
    named = choose(settings, HERE, operator=True)
    assert opened(named, HERE)._key == SecretStr(KEY)


@pytest.mark.parametrize("llm", ["", "gpt-4", "groq:llama", "http://127.0.0.1/v1", "https://user:pw@host/v1#m"])
def test_what_names_no_model_that_can_be_limited_is_not_kept(tmp_path: Path, llm: str) -> None:
    with pytest.raises(SettingsError):
        choose(Settings.load(home=tmp_path), llm, GIVEN)
    assert not (tmp_path / "settings.toml").exists()
    assert not (tmp_path / SECRETS).exists()


def test_a_model_whose_package_is_missing_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(MissingExtraError, match="make llm"):
        choose(Settings.load(home=tmp_path), "ollama:gemma3")
    assert not (tmp_path / "settings.toml").exists()


@pytest.mark.parametrize("key", [f'{KEY}"\nx = "1', "clé-ключ-鍵-१", "back\\slash-\x7f-long"])
def test_a_key_of_odd_characters_is_read_as_it_was_given(tmp_path: Path, key: str) -> None:
    assert kept(choose(Settings.load(home=tmp_path), HERE, SecretStr(key))) == key


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://api.openai.com/v1/", False),
        ("http://127.0.0.1:11434", False),
        ("http://localhost:8080/v1", False),
        ("http://[::1]:8080/v1", False),
        ("http://192.0.2.7:8080/v1", True),
        ("http://llm.office.example/v1", True),
    ],
)
def test_an_address_that_can_be_read_on_the_way_is_told(address: str, plain: bool) -> None:
    assert is_plain(address) is plain


def test_a_base_that_runs_writes_with_the_new_model_at_the_next_question_and_quotes_when_it_is_off(tmp_path: Path) -> None:
    said = statement("The Participants will cooperate in tide prediction.", ("E1", "The Participants"))
    script = Script(replies=[lines(said)])
    with serving(script), base(tmp_path) as kb:
        kb.ingest_documents(papers())
        view = kb.seen_by(Reader("asha", "admin", None))
        question = "When was this Memorandum signed?"
        assert kb.answer(question).model is None
        assert script.requests == []
        view.write_with(choose(kb.settings, script.url, GIVEN))
        assert kb.settings.llm == script.url
        kb.answer(question)
        assert script.headers[-1]["authorization"] == f"Bearer {KEY}"
        asked = len(script.requests)
        view.write_with(choose(kb.settings, script.url, SecretStr("sk-a-newer-one")))
        kb.answer(question)
        assert script.headers[-1]["authorization"] == "Bearer sk-a-newer-one"
        assert len(script.requests) > asked
        asked = len(script.requests)
        view.write_with(switch_off(kb.settings))
        assert kb.answer(question).model is None
        assert len(script.requests) == asked
        assert [entry.action for entry in kb.audit.list()][:3] == ["model_off", "model_set", "model_set"]
        assert KEY not in repr(kb.audit.list())


@pytest.mark.parametrize("reader", [Reader("ravi", "editor", None), Reader("mina", "admin", frozenset({"ports"}))])
def test_only_an_admin_of_all_groups_changes_what_writes(tmp_path: Path, reader: Reader) -> None:
    with base(tmp_path) as kb, pytest.raises(AccessError):
        kb.seen_by(reader).write_with(Settings.load(home=tmp_path, llm="ollama:x"))
