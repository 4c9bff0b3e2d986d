"""What was restored takes the place of what was there: all of it, or, until that is decided, nothing.

A restore is prepared in the folder ``restoring`` of the home. Once it is complete, the file ``ready.json`` in it says so, and from
then on whoever opens the home first moves the rest into place. Every move is one rename within the home, which may therefore be a
mount of its own; a process that is killed between two of them leaves nothing that cannot go on.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from filelock import Timeout

from kb.errors import KnowledgeBaseError
from kb.files import atomic_write, private_folder, private_lock, sync
from kb.settings import SLIDE_LOGOS, SLIDE_TEMPLATE

STAGING = "restoring"
READY = "ready.json"
KEPT = (
    *("catalogue.sqlite-wal", "catalogue.sqlite-shm", "catalogue.sqlite", "originals", "conversations"),
    *("accounts.sqlite3-wal", "accounts.sqlite3-shm", "accounts.sqlite3"),
    *("settings.toml", "glossary.tsv", "users.toml", SLIDE_TEMPLATE, *SLIDE_LOGOS),
)
"""What is set aside when a restore replaces it; a log of writes first, which must never lie beside another database."""
PROJECTIONS = ("vectors/chroma", "scan")
"""What is made again, and needs not be kept."""
_WAIT_S = 60.0


def finish(home: Path) -> bool:
    """Complete a restore that was decided and then interrupted; returns whether there was one.

    Raises:
        KnowledgeBaseError: another process is at work in the home.
    """
    if not (home / STAGING / READY).exists():
        return False
    try:
        with private_lock(home / "write.lock").acquire(timeout=_WAIT_S):
            return swap(home)
    except Timeout as error:
        raise KnowledgeBaseError("A restore is being completed by another process. Try again in a minute.") from error


def decide(home: Path, aside: str) -> None:
    """Say that what is prepared is complete; what is replaced goes to the folder ``aside`` of the home. Hold the writers' lock."""
    items = [item for item in (*KEPT, *PROJECTIONS) if (home / STAGING / item).exists()]
    atomic_write(home / STAGING / READY, json.dumps({"aside": aside, "items": items}).encode())


def swap(home: Path) -> bool:
    """Move what is prepared into place; call it with the writers' lock held. Can be begun again wherever it stopped."""
    staged = home / STAGING
    ready = staged / READY
    if not ready.exists():
        return False
    try:
        decided = json.loads(ready.read_text(encoding="utf-8"))
        if Path(decided["aside"]).name != decided["aside"] or not {*decided["items"]} <= {*KEPT, *PROJECTIONS}:
            raise ValueError("it names what is not of a home")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise KnowledgeBaseError(
            f"The note of a restore {ready} is damaged ({error}). What was there before is as it was: delete {staged}, then restore again."
        ) from error
    aside = home / decided["aside"]
    for item in (*KEPT, *PROJECTIONS):
        new, here = staged / item, home / item
        if here.exists() and (new.exists() or item not in decided["items"]):
            _move(here, aside / item)
        if new.exists():
            _move(new, here)
    for item in PROJECTIONS:
        shutil.rmtree(aside / item, ignore_errors=True)
    for folder in (aside / "vectors", aside):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    ready.unlink()  # last but for the empty folders: everything is in its place
    shutil.rmtree(staged, ignore_errors=True)
    return True


def _move(old: Path, new: Path) -> None:
    private_folder(new.parent)
    old.rename(new)
    for folder in {old.parent, new.parent}:
        sync(folder)
