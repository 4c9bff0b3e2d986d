"""Passwords and keys of sources: kept in the home in a file of their own, mode 600, as the key to the language model is, and in no backup.

Each is kept with the server that it is for, and goes to no other. It is never printed, logged or written to the catalogue.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from filelock import Timeout

from kb.errors import SettingsError
from kb.files import atomic_write, private_lock

SOURCE_SECRETS: Final = "source-secrets.json"
_WAIT_S: Final = 10.0


def server_of(address: str) -> str:
    """The part of an address that a secret is for: scheme, host and port, or the bucket."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def secret_of(home: Path, source_id: int, address: str) -> str:
    """The secret of a source; "" when none is kept, or it is for another server.

    Raises:
        SettingsError: the file may be read by others, or is damaged. No message quotes it.
    """
    kept = _read(home / SOURCE_SECRETS).get(str(source_id))
    return kept["secret"] if kept is not None and kept["server"] == server_of(address) else ""


def keep_secret(home: Path, source_id: int, address: str, secret: str) -> None:
    """Keep the secret of a source; "" forgets it. Raises `SettingsError` as `secret_of`, and when another process is at it."""
    file = home / SOURCE_SECRETS
    lock = private_lock(home / f"{SOURCE_SECRETS}.lock")
    try:
        lock.acquire(timeout=_WAIT_S)
    except Timeout as error:
        raise SettingsError("The secrets of sources are being changed elsewhere. Try again in a moment.") from error
    try:
        held = _read(file)
        held.pop(str(source_id), None)
        if secret:
            held[str(source_id)] = {"server": server_of(address), "secret": secret}
        if held or file.exists():
            atomic_write(file, json.dumps(held).encode())
    finally:
        lock.release()


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        mode, text = file.stat().st_mode, file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"The file {file} cannot be read. Delete it, and set the passwords of sources anew.") from None
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"The file {file} may be read by others (mode {stat.S_IMODE(mode):03o}). Run: chmod 600 {file}")
    try:
        held: dict[str, dict[str, str]] = json.loads(text)
    except ValueError:
        raise SettingsError(f"The file {file} is damaged. Delete it, and set the passwords of sources anew.") from None
    return held
