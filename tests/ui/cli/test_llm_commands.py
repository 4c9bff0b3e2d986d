"""``setu llm``: a model tried out, kept with its key, and switched off, in the terminal."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.settings import SECRETS
from tests.kb.llm_server import KEY, SENTENCES, Reply, Script, polyglot, serving
from tests.ui.conftest import Setu

pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script(answer=polyglot, models=("scripted",))
    with serving(script):
        yield script


def key_file(folder: Path, text: str = f"{KEY}\n") -> str:
    file = folder / "key.txt"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_model_is_tried_out_by_name_and_what_it_is_good_for_is_said(fresh: Setu, script: Script, tmp_path: Path) -> None:
    done = fresh("llm", "test", script.url, "--key-file", key_file(tmp_path))
    assert done.exit_code == 0, done.output
    assert "The server offers 1: scripted" in done.stdout
    assert all(sentence in done.stdout for sentence in SENTENCES.values())
    assert "It writes all four languages." in done.stdout
    assert "Fast enough" in done.stdout
    assert script.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in done.output


def test_a_model_is_set_with_a_typed_key_tried_out_and_switched_off(fresh: Setu, script: Script) -> None:
    done = fresh("llm", "set", script.url, typed=f"{KEY}\n")
    assert done.exit_code == 0, done.output
    assert KEY not in done.output
    assert script.listed == []
    assert stat.S_IMODE((fresh.home / SECRETS).stat().st_mode) == 0o600
    assert fresh("llm", "test").exit_code == 0
    assert script.headers[-1]["authorization"] == f"Bearer {KEY}"
    off = fresh("llm", "off")
    assert off.exit_code == 0, off.output
    assert not (fresh.home / SECRETS).exists()
    assert fresh("llm", "test").exit_code == 2


def test_no_key_is_asked_for_where_none_is_wanted(fresh: Setu, script: Script) -> None:
    assert fresh("llm", "set", "ollama:gemma3").exit_code == 0
    assert fresh("llm", "set", script.url, "--no-key").exit_code == 0
    assert not (fresh.home / SECRETS).exists()


def test_a_server_is_asked_for_its_models_alone(fresh: Setu, script: Script) -> None:
    done = fresh("llm", "test", script.url.partition("#")[0] + "#")
    assert (done.exit_code, script.requests) == (0, [])
    assert "scripted" in done.stdout


@pytest.mark.parametrize(
    ("reply", "said"), [(Reply(status=401, body="{}"), "refused the key"), (Reply(["42"]), "none of the four languages")]
)
def test_a_model_that_is_of_no_use_has_exit_status_1(fresh: Setu, script: Script, reply: Reply, said: str) -> None:
    script.answer = lambda _request: reply
    done = fresh("llm", "test", script.url)
    assert done.exit_code == 1
    assert said in done.stdout


def test_what_a_model_writes_cannot_steer_the_terminal(fresh: Setu, script: Script) -> None:
    script.answer = lambda _request: Reply(["\x1b[2Jrain falls on the fields of the village"])
    assert "\x1b[2J" not in fresh("llm", "test", script.url).stdout


@pytest.mark.parametrize("text", ["", "two words", "\n\n"])
def test_a_key_file_that_holds_no_key_is_refused_without_quoting_it(fresh: Setu, tmp_path: Path, text: str) -> None:
    done = fresh("llm", "set", "openai:gpt-4.1-mini", "--key-file", key_file(tmp_path, text))
    assert done.exit_code == 2
    assert "must hold the key and nothing else" in done.output
    assert "two words" not in done.output


def test_the_environment_wins_and_the_terminal_says_so(fresh: Setu, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETU_LLM", script.url)
    for command in (("set", "ollama:x"), ("off",)):
        done = fresh("llm", *command)
        assert done.exit_code == 2
        assert "SETU_LLM in the environment" in done.output
    assert fresh("llm", "test").exit_code == 0
