"""The one secret that Setu may hold: the key to a language model. It is read here, and taken out of every text that leaves.

It comes from ``SETU_LLM_KEY`` in the environment, else from the file that ``SETU_SECRETS`` names: TOML with ``llm_key = "…"``, readable by
its owner alone.
"""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from kb.errors import SettingsError

if TYPE_CHECKING:
    from kb.settings import Settings

HIDDEN = "•••"
_SHORTEST = 6
"""A key shorter than this is not searched for in texts: "test" stands in many."""


def llm_key(settings: Settings) -> SecretStr | None:
    """The key to the language model, or None when none is set.

    Raises:
        SettingsError: the secrets file is missing, may be read by others, or is no TOML of that form. No message quotes the file.
    """
    if settings.llm_key is not None and settings.llm_key.get_secret_value().strip():
        return SecretStr(settings.llm_key.get_secret_value().strip())
    return _from_file(settings.secrets.expanduser()) if settings.secrets is not None else None


def _from_file(file: Path) -> SecretStr | None:
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"The secrets file {file} cannot be read: {error.strerror}. Correct SETU_SECRETS, or make the file.") from error
    except UnicodeDecodeError:
        raise SettingsError(f"The secrets file {file} is not UTF-8 text. Save it as such.") from None
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"The secrets file {file} may be read by others (mode {stat.S_IMODE(mode):03o}). Run: chmod 600 {file}")
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        # The parser's own words can quote the line, and with it the key.
        raise SettingsError(f'The secrets file {file} is not valid TOML. It must hold one line: llm_key = "…"') from None
    unknown = sorted(set(held) - {"llm_key"})
    if unknown or not isinstance(held.get("llm_key", ""), str):
        raise SettingsError(f'The secrets file {file} must hold one line, llm_key = "…", and nothing else.')
    key = held.get("llm_key", "").strip()
    return SecretStr(key) if key else None


def scrub(text: str, secrets: Iterable[SecretStr | None]) -> str:
    """The text without the secrets, should a server have sent one back."""
    for secret in secrets:
        value = secret.get_secret_value() if secret is not None else ""
        if len(value) >= _SHORTEST:
            text = text.replace(value, HIDDEN)
    return text
