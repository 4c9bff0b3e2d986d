"""A backup becomes a home again: prepared and verified beside what is there, then put in its place at once."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import Timeout

from kb import event_log
from kb.auth.account_store import ACCOUNTS
from kb.auth.accounts import Accounts
from kb.backup.archive import CATALOGUE, GLOSSARY, SETTINGS, USERS, Manifest, compare, copy_part, opened
from kb.backup.staging import KEPT, STAGING, decide, finish, swap
from kb.base import KnowledgeBase
from kb.errors import BackupError
from kb.files import private_folder, private_lock, sync
from kb.index.chroma import VectorService
from kb.records import Progress
from kb.settings import Settings
from kb.store.integrity import listed
from kb.store.schema import SCHEMA_VERSION

_LOCK_WAIT_S = 10.0
_ROOM = 2.5
"""Room that a restore needs, in sizes of what it unpacks: the parts, and the indexes that are made of them."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. ``aside``: where that lies which was there before, or None where there was nothing."""

    manifest: Manifest
    aside: Path | None
    settings: bool
    glossary: bool
    seconds: float
    notes: tuple[str, ...]


def restore(home: Path, file: Path, *, replace: bool = False, progress: Callable[[Progress], None] | None = None) -> Restored:
    """Make a home of a backup. The indexes are rebuilt; nothing is embedded again unless another model is configured.

    Until all is unpacked, rebuilt and verified, ``home`` stays as it was, and so it does when the process is killed. What is replaced is
    set aside in the home, not deleted.

    Args:
        home: where to; it is made when it is not there.
        file: the backup.
        replace: whether ``home`` may hold something already.
        progress: told of the parts that are unpacked (``read``) and of what `KnowledgeBase.reindex` tells.

    Raises:
        BackupError: the archive is damaged, newer than this Setu, or no backup; or ``home`` holds something, or is in use.
        SettingsError: the settings in the backup or the environment are wrong.
        AccountsError: the accounts in the backup are damaged.
    """
    started = time.monotonic()
    private_folder(home)
    try:
        with private_lock(home / "restore.lock").acquire(timeout=0):
            return _restore(home, file, replace, progress, started)
    except Timeout as error:
        raise BackupError(f"Another restore is at work in {home}. Wait until it is done.") from error


def _restore(home: Path, file: Path, replace: bool, progress: Callable[[Progress], None] | None, started: float) -> Restored:
    finish(home)
    staged = home / STAGING
    try:
        with opened(file) as (_, manifest):
            _may_hold(home, replace)
            _has_room(home, manifest)
        with alone(home):
            pass  # better told now than after the work
        _clear(staged)
        _unpack(file, staged, progress)
        lost = compare(file, manifest, staged / CATALOGUE)
        notes = _rebuild(home, staged, manifest, progress)
        aside = f"replaced-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        with alone(home):
            _may_hold(home, replace)
            decide(home, aside)
            swap(home)
    except BaseException:
        if not (staged / "ready.json").exists():
            _clear(staged)
        raise
    settings = Settings.load(home=home)
    event_log.start(settings)
    event_log.event("restore", documents=manifest.documents, replaced=(home / aside).exists(), outcome="done")
    if settings.chroma_url is not None:
        with KnowledgeBase.open(settings) as base:
            base.reindex(progress=progress)
    if lost:
        said = f"{len(lost)} kept files were not whole when the backup was written, and are not in it: {listed(lost)}."
        notes = (*notes, f"{said} Their text is there; ingest the papers again to have the files too.")
    if settings.glossary is not None and not settings.glossary.exists():
        notes = (*notes, f"The setting glossary names {settings.glossary}, which is not here; its terms are in {home / GLOSSARY}.")
    before = [home / aside / name for name in (ACCOUNTS, USERS) if (home / aside / name).exists()]
    if before and not {ACCOUNTS, USERS} & set(manifest.files):
        notes = (*notes, f"The backup has no accounts, so those of before count no more; they are in {before[0]}.")
    return Restored(
        manifest,
        home / aside if (home / aside).exists() else None,
        SETTINGS in manifest.files,
        GLOSSARY in manifest.files,
        time.monotonic() - started,
        notes,
    )


def _may_hold(home: Path, replace: bool) -> None:
    held = [item for item in KEPT if (home / item).exists()]
    if held and not replace:
        raise BackupError(
            f"{home} holds something already ({', '.join(held)}). Restore to another SETU_HOME, or use --replace, "
            "which sets aside what is there."
        )


def _has_room(home: Path, manifest: Manifest) -> None:
    free, wanted = shutil.disk_usage(home).free, int(manifest.size * _ROOM)
    if free < wanted:
        raise BackupError(f"{home} has {free / 2**30:.1f} GiB free; the restore needs {wanted / 2**30:.1f} GiB. Make room first.")


def _unpack(file: Path, staged: Path, progress: Callable[[Progress], None] | None) -> None:
    with opened(file) as (archive, manifest):
        for done, name in enumerate(manifest.files):
            target = staged / name
            private_folder(target.parent)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                copy_part(file, archive, manifest, name, out)
                out.flush()
                os.fsync(out.fileno())
            if progress is not None:
                progress(Progress("read", name, done + 1, len(manifest.files)))


def _rebuild(home: Path, staged: Path, manifest: Manifest, progress: Callable[[Progress], None] | None) -> tuple[str, ...]:
    """Bring the catalogue to this layout, make the indexes, and look whether all is there."""
    _check_layout(staged / CATALOGUE)
    private_folder(home / "cache")
    (staged / "cache").symlink_to(home / "cache")  # the prepared model, which the home has or will want
    office = {"glossary": staged / GLOSSARY} if GLOSSARY in manifest.files else {"glossary": None}
    beside = {"database_url": None, "chroma_url": None, "reranker": None, "verifier": None, "llm": None}
    if Settings.load(home=staged).database_url is not None:
        raise BackupError("SETU_DATABASE_URL is set: a backup is restored to SQLite in the home only. Unset it, or use pg_restore.")
    with closing(Accounts(staged)) as people:
        people.check()  # takes in what an older Setu kept in a file
    with KnowledgeBase.open(Settings.load(home=staged, **office, **beside)) as base:
        base.reindex(progress=progress)
        problems = base.verify(files=False)  # each was held against its hash, and the catalogue's list of them
        documents = sum(info.version > 0 for info in base.documents())
        if documents != manifest.documents:
            problems = (*problems, f"There are {documents} documents, the backup has {manifest.documents}.")
        model = base.health()["embedder"]
    if problems:
        raise BackupError(f"What was restored is not sound, so nothing was replaced: {' '.join(problems)}")
    for file in filter(Path.exists, (staged / CATALOGUE, staged / ACCOUNTS)):
        with closing(sqlite3.connect(file)) as conn:
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            conn.execute("PRAGMA journal_mode=DELETE")  # one file, which is moved in one step
    (staged / "cache").unlink()
    for path in (*staged.rglob("*"), staged):
        sync(path)
    if model != manifest.embedder and manifest.embedder is not None:
        return (f"The passages were embedded again, by {model}; the backup has the vectors of {manifest.embedder}.",)
    return ()


def _check_layout(catalogue: Path) -> None:
    try:
        with closing(sqlite3.connect(catalogue)) as conn:
            (found,) = conn.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() or ("none",)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The catalogue in the backup cannot be read: {error}. Use another backup.") from error
    if not found.isdecimal() or int(found) > int(SCHEMA_VERSION):
        raise BackupError(f"The catalogue in the backup has layout {found}, this Setu knows up to {SCHEMA_VERSION}. Update Setu first.")


def _clear(staged: Path) -> None:
    """Remove what a killed restore left, its vector server first."""
    if (staged / "vectors").exists():
        VectorService(staged / "vectors").release()
    if (staged / "cache").is_symlink():
        (staged / "cache").unlink()
    if staged.exists():
        shutil.rmtree(staged)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the home against every other process: those that write, those that search, and those that have the catalogue open.

    Raises:
        BackupError: somebody uses it.
    """
    busy = BackupError(f"{home} is in use. Stop the chat (systemctl stop setu) and every other setu command, then try again.")
    VectorService(home / "vectors").release()  # a server whose last user was killed goes with us
    try:
        with private_lock(home / "write.lock").acquire(timeout=_LOCK_WAIT_S):
            users = os.open(home / "vectors" / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _take(users, busy)
                for file in (home / CATALOGUE, home / ACCOUNTS):
                    _nobody_reads(file, busy)
                yield
            finally:
                os.close(users)
    except Timeout as error:
        raise busy from error


def _take(users: int, busy: BackupError) -> None:
    end = time.monotonic() + 1.0
    while True:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:  # for a moment it may be the vector server, which looks whether anybody is left
            if time.monotonic() > end:
                raise busy from error
            time.sleep(0.05)
        else:
            return


def _nobody_reads(file: Path, busy: BackupError) -> None:
    """SQLite leaves the mode with a write-ahead log only when nobody else has the file open; and then there is no log left beside it."""
    if not file.exists():
        return
    with closing(sqlite3.connect(file, timeout=1.0)) as conn:
        try:
            conn.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise busy from error
        except sqlite3.DatabaseError:
            return  # what is there is damaged: it is set aside as it is
