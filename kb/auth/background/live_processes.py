"""Which processes of a home are alive: each holds a lock as long as it lives, which no kill leaves behind."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from kb.files import private_folder, private_lock

FOLDER: Final = "processes"
_HELD: list[FileLock] = []


@cache
def this_process(home: Path) -> str:
    """The token of this process, which is alive from now until it ends."""
    private_folder(home / FOLDER)
    token = secrets.token_hex(8)
    lock = private_lock(home / FOLDER / f"{token}.lock")
    lock.acquire(timeout=0)
    _HELD.append(lock)
    return token


def is_alive(home: Path, token: str) -> bool:
    """Whether the process of a token still runs."""
    file = home / FOLDER / f"{token}.lock"
    if not token.isalnum() or not file.exists():
        return False
    lock = private_lock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    file.unlink(missing_ok=True)
    lock.release()
    return False
