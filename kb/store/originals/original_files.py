"""The originals of a base: each in its place, and, where that is not a folder, a copy on this machine of those that were asked for.

A copy is held against the hash in its name when it comes; those longest unused go when there are too many, and those of documents that were
deleted, on whatever machine, when the base is opened and when the next one comes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, select

from kb.errors import OriginalsError, SettingsError
from kb.files import private_folder
from kb.settings import Settings
from kb.store.originals.file_tables import doomed_files
from kb.store.originals.object_store import SETTING, object_place
from kb.store.originals.places import DatabasePlace, FolderPlace, Place, remove_file
from kb.store.schema import versions

FOLDER: Final = "originals"
"""The folder of the home in which originals of a base in files are kept."""
_IN_USE_S: Final = 600.0
log = logging.getLogger(__name__)


def home_place(home: Path) -> FolderPlace:
    """The folder of the home."""
    return FolderPlace(home / FOLDER, own=True)


class Originals:
    """The originals of one base, where its settings have them."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        """Raises `SettingsError` and `MissingExtraError` when the place that is set is none."""
        self._engine = engine
        self._copies = settings.home / "cache" / FOLDER
        self._most = settings.originals_cache_mb * 2**20
        self.place = _place(settings, engine)
        self.is_shared = settings.server_url is not None
        """Whether every machine of the base reaches them; else they are the home's own."""
        self._is_listed = self.is_shared and not isinstance(self.place, DatabasePlace)
        """Whether what is disowned is removed after the transaction, and noted in it."""

    def there(self, name: str) -> bool:
        """Whether the original of this name is kept. Raises `OriginalsError`."""
        return (self._copies / name).is_file() or self.place.size(name) is not None

    def holds(self, name: str, size: int) -> bool:
        """Whether it is kept in its place and has so many bytes; of another size it is damaged. Raises `OriginalsError`."""
        return self.place.size(name) == size

    def path(self, name: str) -> Path | None:
        """The file on this machine, brought here where it has to be; None where there is none.

        Raises:
            OriginalsError: its place cannot be used, what lies there is not what was taken in, or there is no room here.
        """
        if isinstance(self.place, FolderPlace):
            self.place.check()
            return self.place.file(name) if self.place.file(name).is_file() else None
        copied = self._copies / name
        try:
            os.utime(copied)
        except FileNotFoundError:
            return self._brought(name, copied)
        return copied

    def where(self, name: str) -> str:
        """Where the original of this name lies, for people."""
        return f"{self.place.shown}/{name}" if self._is_listed or not self.is_shared else f"{name} in {self.place.shown}"

    def digest(self, name: str) -> str | None:
        """The SHA-256 of what lies in its place; None where nothing does. Raises `OriginalsError`."""
        found = hashlib.sha256()
        try:
            for part in self.place.pieces(name):
                found.update(part)
        except FileNotFoundError:
            return None
        return found.hexdigest()

    def put(self, name: str, data: bytes) -> None:
        """Keep an original. Raises `OriginalsError`."""
        if self._is_listed:
            with self._engine.begin() as conn:
                conn.execute(doomed_files.delete().where(doomed_files.c.name == name))
        self.place.put(name, data)

    def disown(self, conn: Connection, names: Collection[str]) -> None:
        """Let go, in the transaction that deletes them, of originals that no document has any more; `bury` comes after it."""
        if isinstance(self.place, DatabasePlace):
            for name in names:
                remove_file(conn, name)
        elif self._is_listed:
            for name in names:
                conn.execute(doomed_files.delete().where(doomed_files.c.name == name))
                conn.execute(doomed_files.insert().values(name=name))

    def bury(self, names: Iterable[str] = ()) -> None:
        """Remove what was disowned, now or by a process that ended; call it while nobody else writes.

        What a store that is gone still has is removed by the next writer.
        """
        if not self.is_shared:
            for name in names:
                self.place.remove(name)
            return
        for name in names:
            (self._copies / name).unlink(missing_ok=True)
        if self._is_listed:
            self._empty_list()

    def sweep(self) -> None:
        """Remove the copies on this machine of what no document has any more."""
        held = {one.name for one in self._copies.iterdir()} if self._copies.is_dir() else set()
        hashes = list({name.partition(".")[0] for name in held})
        known: set[str] = set()
        with self._engine.connect() as conn:
            for start in range(0, len(hashes), 500):
                known |= set(conn.scalars(select(versions.c.sha256).where(versions.c.sha256.in_(hashes[start : start + 500]))))
        for name in held:
            if name.partition(".")[0] not in known and not name.endswith(".new"):
                (self._copies / name).unlink(missing_ok=True)

    def _empty_list(self) -> None:
        with self._engine.connect() as conn:
            doomed = conn.scalars(select(doomed_files.c.name)).all()
        for name in doomed:
            with self._engine.begin() as conn:
                claimed = conn.scalar(select(versions.c.id).where(versions.c.sha256 == name.partition(".")[0]).limit(1))
                if claimed is None:
                    try:
                        self.place.remove(name)
                    except OriginalsError as error:
                        log.warning("an original of a deleted document is not removed yet: %s", error)
                        return
                conn.execute(doomed_files.delete().where(doomed_files.c.name == name))

    def _brought(self, name: str, copied: Path) -> Path | None:
        draft = copied.with_name(f"{name}.{os.getpid()}.{time.monotonic_ns()}.new")
        digest = hashlib.sha256()
        try:
            private_folder(self._copies)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                for part in self.place.pieces(name):
                    digest.update(part)
                    out.write(part)
            if digest.hexdigest() != name.partition(".")[0]:
                raise OriginalsError(
                    f"The file {name} in {self.place.shown} is not what was taken in. `setu doctor --verify` says what to do."
                )
            draft.replace(copied)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OriginalsError(
                f"A copy of {name} cannot be written to {self._copies}: {error.strerror or error}. Make room there."
            ) from error
        finally:
            draft.unlink(missing_ok=True)
        self.sweep()
        self._make_room(copied)
        return copied

    def _make_room(self, newest: Path) -> None:
        """Remove the copies that were longest unused until the rest fits; not one that somebody may be reading."""
        found = []
        for one in self._copies.iterdir():
            try:
                found.append((one.stat().st_mtime, one.stat().st_size, one))
            except FileNotFoundError:
                continue
        total, now = sum(size for _, size, _ in found), time.time()
        for used, size, one in sorted(found, key=lambda each: each[0]):
            if total <= self._most or now - used < _IN_USE_S:
                return
            if one != newest:
                one.unlink(missing_ok=True)
                total -= size


def _place(settings: Settings, engine: Engine) -> Place:
    if settings.server_url is None:
        if settings.objects_url:
            raise SettingsError(
                f"{SETTING} goes with SETU_DATABASE_URL. Set that too, or unset {SETTING}: a base in files has them in its home."
            )
        return home_place(settings.home)
    return object_place(settings.objects_url) if settings.objects_url else DatabasePlace(engine)
