"""The language model that somebody chose: kept in ``settings.toml`` of the home, its key beside it in ``secrets.toml``, mode 600.

The environment wins over both. A key is kept with the server that it is for, and goes to no other.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import regex
from filelock import Timeout
from pydantic import SecretStr

from kb.errors import SettingsError
from kb.files import atomic_write, private_folder, private_lock
from kb.generate.chat_model import LangChainChat, ModelName, model_name
from kb.settings import SECRETS, Settings, llm_key, llm_server

_WAIT_S: Final = 10.0
_LINE: Final = regex.compile(r"""^[ \t]*(?:llm|"llm"|'llm')[ \t]*=.*\n?""", regex.MULTILINE)
_UNKNOWN_MODEL: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Fixed:
    """What is set outside of what `choose` writes, and wins over it: the model, or the key, by the environment or a file of its own."""

    model: bool
    key: bool


def fixed(settings: Settings) -> Fixed:
    """What of the language model is not for `choose` to change."""
    environment = Settings.in_environment()
    return Fixed("llm" in environment, "llm_key" in environment or settings.secrets is not None)


def opened(settings: Settings, llm: str, key: SecretStr | None = None, *, operator: bool = False) -> LangChainChat:
    """The model that a setting names, with the key that it would be asked with. Nothing is sent.

    Without ``key`` that is the one in force, if it is for this server. A key that the machine sets goes to an address that was only typed
    into a page just where an ``operator`` of the machine says so: else whoever administers the page could have it sent to themselves.

    Args:
        settings: what is in force.
        llm: as the setting ``llm``; one that ends after the ``:`` or ``#`` names a server whose models are to be listed.
        key: that was given with it.
        operator: whether it is asked for on the machine itself.

    Raises:
        SettingsError: it names no model, the key is not to go there, or cannot be read.
        MissingExtraError: LangChain or the provider's package is not installed.
    """
    wanted = llm.strip()
    named = model_name(f"{wanted}{_UNKNOWN_MODEL}" if wanted.endswith((":", "#")) else wanted)
    return LangChainChat(named, _key_for(settings, named, key, operator))


def choose(settings: Settings, llm: str, key: SecretStr | None = None, *, operator: bool = False) -> Settings:
    """Keep a language model and its key in the home; the settings as they are then. Arguments and errors are those of `opened`.

    Raises:
        SettingsError: also when the environment sets what was to be changed, or ``settings.toml`` cannot be changed line by line.
    """
    held, key = fixed(settings), _given(key)
    if held.model:
        raise SettingsError("SETU_LLM in the environment names the language model, and wins. Change it there.")
    if held.key and key is not None:
        raise SettingsError("The key is set by SETU_LLM_KEY or SETU_SECRETS, which win over one that is kept here. Change it there.")
    named = model_name(llm)
    LangChainChat(named, kept := _key_for(settings, named, key, operator))
    file = settings.home / SECRETS
    with _changing(settings.home):
        if not held.key and (key is not None or kept is None):
            file.unlink(missing_ok=True)  # first: whatever ends this, no key is left beside another server's name
        _write_setting(settings.home, str(named))
        if not held.key and key is not None:
            lines = [f"llm_key = {_toml(key.get_secret_value())}", f"server = {_toml(llm_server(str(named)))}"]
            atomic_write(file, ("\n".join(lines) + "\n").encode())
    return _loaded(settings)


def switch_off(settings: Settings) -> Settings:
    """Ask no language model any more, and forget the key that is kept in the home; the settings as they are then.

    Raises:
        SettingsError: the environment sets the model, or ``settings.toml`` cannot be changed line by line.
    """
    if fixed(settings).model:
        raise SettingsError("SETU_LLM in the environment names the language model, and wins. Take it out there.")
    with _changing(settings.home):
        (settings.home / SECRETS).unlink(missing_ok=True)
        _write_setting(settings.home, None)
    return _loaded(settings)


def is_plain(address: str) -> bool:
    """Whether what is sent to an address can be read on the way: without encryption, to another machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    return parts.scheme == "http" and host not in ("localhost", "::1") and not host.startswith("127.")


def _key_for(settings: Settings, named: ModelName, given: SecretStr | None, operator: bool) -> SecretStr | None:
    if (given := _given(given)) is not None:
        return given
    in_force = settings.llm and llm_server(settings.llm) == llm_server(str(named))
    if fixed(settings).key and named.url and not in_force and not operator and llm_key(settings) is not None:
        raise SettingsError(
            "The key of this machine (SETU_LLM_KEY or SETU_SECRETS) is sent to no address that was only typed in here. "
            "Whoever runs the machine can name the address in SETU_LLM, or with `setu llm set`."
        )
    if fixed(settings).key or in_force:
        return llm_key(settings)
    return None


def _given(key: SecretStr | None) -> SecretStr | None:
    """A key without the spaces around it that come of copying; None for one of spaces alone."""
    text = key.get_secret_value().strip() if key is not None else ""
    return SecretStr(text) if text else None


def _loaded(settings: Settings) -> Settings:
    return Settings.load(home=settings.home)


@contextmanager
def _changing(home: Path) -> Iterator[None]:
    """One at a time changes what the home keeps. Raises `SettingsError` when another does not finish."""
    private_folder(home)
    lock = private_lock(home / "settings.lock")
    try:
        lock.acquire(timeout=_WAIT_S)
    except Timeout as error:
        raise SettingsError("The settings are being changed elsewhere. Try again in a moment.") from error
    try:
        yield
    finally:
        lock.release()


def _write_setting(home: Path, llm: str | None) -> None:
    """Change the one line of ``settings.toml``; all others, and what is remarked in them, stay as they are."""
    file = home / "settings.toml"
    before = Settings.stored(home)
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    after: dict[str, Any] = {name: value for name, value in before.items() if name != "llm"}
    changed = _LINE.sub("", text)
    if llm is not None:
        after["llm"] = llm
        changed += ("" if not changed or changed.endswith("\n") else "\n") + f"llm = {_toml(llm)}\n"
    try:
        sound = tomllib.loads(changed) == after
    except tomllib.TOMLDecodeError:
        sound = False
    if not sound:
        raise SettingsError(f"{file} is written in a way that cannot be changed line by line. Write llm into it by hand.")
    if changed != text:
        atomic_write(file, changed.encode())


def _toml(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL, which TOML does not take as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
