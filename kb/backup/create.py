"""A backup: one archive with all that cannot be made again, taken while others read and write."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from kb import event_log
from kb.auth.account_store import ACCOUNTS, AccountStore
from kb.backup.archive import CATALOGUE, FILES, FOLDERS, GLOSSARY, MANIFEST, Manifest, Part, check, is_ours, put, snapshot
from kb.errors import BackupError
from kb.files import sync
from kb.settings import SLIDE_TEMPLATE, Settings

_PACKED = {".pdf", ".docx", ".pptx", ".xlsx", ".odt", ".epub", ".zip", ".png", ".jpg"}
"""Files that hold compressed data and gain nothing from being compressed again."""
_SCRATCH = ".setu-backup-"
_OLD_S = 24 * 3600


def back_up(settings: Settings, target: Path) -> tuple[Path, Manifest]:
    """Write a backup of the home to ``target``, or, when that is a folder, to a file in it that is named by the time.

    It holds the catalogue (documents, versions, text, vectors, corrections, conversations), the kept originals, the accounts,
    ``settings.toml``, the office's glossary, and its template and logo for slides; no sessions, no keys, and not the projections, which a
    restore makes again. It is read back before it gets its name.
    A kept file that is not what was taken in is left out, and its name is in ``lost`` of the manifest.

    Raises:
        BackupError: the catalogue is on a server, or there is none, or the file exists already.
        AccountsError: the file of accounts is damaged, or cannot be read.
        OSError: the disk is full, or the place may not be written.
    """
    if settings.database_url is not None:
        raise BackupError("The catalogue is on a database server (SETU_DATABASE_URL). Back it up with that server's tool, e.g. pg_dump.")
    now = datetime.now(UTC)
    if target.is_dir():
        target = target / f"setu-{now:%Y%m%d-%H%M%S}.zip"
    if target.exists():
        raise BackupError(f"{target} exists already. Name another file, or a folder.")
    _sweep(target.absolute().parent)
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=_SCRATCH) as scratch:
        draft = _write(settings, Path(scratch), now)
        manifest = check(draft, Path(scratch))
        sync(draft)
        draft.replace(target)
    sync(target.absolute().parent)
    event_log.event("backup", documents=manifest.documents, bytes=target.stat().st_size, missing=manifest.missing, outcome="done")
    return target, manifest


def _write(settings: Settings, scratch: Path, now: datetime) -> Path:
    home, copy, draft = settings.home, scratch / CATALOGUE, scratch / "backup.zip"
    held = snapshot(home / CATALOGUE, copy)
    files: dict[str, Part] = {}
    lost: list[str] = []
    with zipfile.ZipFile(draft, "x", compresslevel=1) as archive:
        draft.chmod(0o600)
        named = {GLOSSARY: settings.glossary, SLIDE_TEMPLATE: settings.slide_template}
        office = {name: home / name for name in FILES} | {name: file for name, file in named.items() if file is not None}
        with closing(AccountStore(home)) as people:
            people.copy_to(scratch / ACCOUNTS)
        for name, source in {CATALOGUE: copy, ACCOUNTS: scratch / ACCOUNTS, **office}.items():
            if source.is_file():
                with source.open("rb") as file:
                    files[name] = put(archive, name, file, packed=False)
        copy.unlink()
        for name in [f"{FOLDERS[0]}/{original}" for original in held.originals]:
            try:
                kept = (home / name).open("rb")
            except FileNotFoundError:  # lost, or deleted since the catalogue was copied
                lost.append(name)
                continue
            with kept:
                if hashlib.file_digest(kept, "sha256").hexdigest() != Path(name).stem:
                    lost.append(name)
                    continue
                kept.seek(0)
                files[name] = put(archive, name, kept, packed=Path(name).suffix in _PACKED)
        for name in _talks(home):
            with (home / name).open("rb") as file:
                files[name] = put(archive, name, file, packed=False)
        manifest = Manifest(
            created=now.isoformat(timespec="seconds"),
            layout=held.layout,
            embedder=held.embedder,
            documents=held.documents,
            versions=held.versions,
            conversations=held.conversations,
            missing=len(lost),
            files=files,
            lost=tuple(lost),
        )
        archive.writestr(MANIFEST, manifest.json())
    return draft


def _sweep(folder: Path) -> None:
    """Remove what backups left that were killed more than a day ago."""
    for left in folder.glob(f"{_SCRATCH}*"):
        if time.time() - left.stat().st_mtime > _OLD_S:
            shutil.rmtree(left, ignore_errors=True)


def _talks(home: Path) -> list[str]:
    """Files in which an older Setu kept its conversations."""
    found = (f"{FOLDERS[1]}/{file.name}" for file in sorted((home / FOLDERS[1]).glob("*")) if file.is_file())
    return [name for name in found if is_ours(name)]
