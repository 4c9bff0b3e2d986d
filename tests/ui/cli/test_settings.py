"""``setu settings``: every setting, what it is for, and no secret."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
import regex

from kb import Settings, SettingsError
from kb.settings_list import ENVIRONMENT_ONLY, about, example, listed
from tests.support import PROJECT
from tests.ui.conftest import Setu


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if len(about(field)) < 15] == []


def test_the_example_holds_every_setting_and_changes_none(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(example(), encoding="utf-8")
    assert Settings.load(home=tmp_path) == Settings(home=tmp_path)
    uncommented = regex.sub(r"(?m)^#(?=[a-z_]+ = )(?!.*# not set$)", "", example())
    held = tomllib.loads(uncommented)
    (tmp_path / "settings.toml").write_text(uncommented, encoding="utf-8")
    assert Settings.load(home=tmp_path) == Settings(home=tmp_path)
    unset = {name for name, field in Settings.model_fields.items() if field.default is None}
    assert set(held) == set(Settings.model_fields) - set(ENVIRONMENT_ONLY) - unset
    assert set(regex.findall(r"(?m)^#?([a-z_]+) = ", example())) == set(Settings.model_fields) - set(ENVIRONMENT_ONLY)


def test_each_value_says_where_it_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_text("max_pages = 50\nmax_file_mb = 7\n", encoding="utf-8")
    monkeypatch.setenv("SETU_HOME", str(tmp_path))
    monkeypatch.setenv("SETU_MAX_FILE_MB", "9")
    found = {s.name: s for s in listed(Settings.load())}
    assert (found["max_pages"].value, found["max_pages"].origin) == (50, "file")
    assert (found["max_file_mb"].value, found["max_file_mb"].origin) == (9, "environment")
    assert (found["home"].origin, found["log"].origin, found["log"].form) == ("environment", "default", "text | json | off")
    assert found["max_pages"].variable == "SETU_MAX_PAGES"


def test_no_secret_is_shown(fresh: Setu, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "SETU_LLM_KEY": "sk-hidden-one",
        "SETU_DATABASE_URL": "postgresql://setu:hidden-two@db/setu?sslpassword=hidden-three",
        "SETU_CHROMA_URL": "http://user:hidden-four@chroma:8000",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    for printed in (fresh("settings").stdout, fresh("settings", "--json").stdout):
        assert "hidden" not in printed
        assert "postgresql://setu:•••@db/setu" in printed
    shown = {s["name"]: s for s in json.loads(fresh("settings", "--json").stdout)}
    assert (shown["llm_key"]["value"], shown["llm_key"]["origin"]) == ("•••", "environment")


def test_what_belongs_into_the_environment_is_refused_in_the_file(tmp_path: Path) -> None:
    for line in ('home = "elsewhere"', 'llm_key = "sk-1234567"', "max_pages = ["):
        (tmp_path / "settings.toml").write_text(line, encoding="utf-8")
        with pytest.raises(SettingsError) as refused:
            Settings.load(home=tmp_path)
        assert "sk-1234567" not in str(refused.value)


def test_every_setting_that_the_page_on_administration_names_is_one() -> None:
    text = (PROJECT / "docs" / "administration.md").read_text(encoding="utf-8")
    named = {name.lower() for name in regex.findall(r"SETU_([A-Z_]+[A-Z])", text)}
    assert named
    assert named <= set(Settings.model_fields)
    assert set(regex.findall(r"`((?:max|log|llm|questions)_[a-z_]+)`", text)) <= set(Settings.model_fields)


def test_the_chat_sends_no_usage_figures_and_takes_files_as_large_as_the_setting() -> None:
    config = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["maxUploadSize"] == Settings.model_fields["max_file_mb"].default
    assert config["client"]["showErrorDetails"] == "none"
