"""A copy of the catalogue at one moment, made while others read and write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kb.errors import BackupError
from kb.store.catalogue import media_suffix
from kb.store.postings import metadata

PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the copy holds. ``originals``: the names of the files that its versions were read from, where these were files."""

    layout: str
    embedder: str | None
    documents: int
    versions: int
    conversations: int
    originals: tuple[str, ...]


def snapshot(catalogue: Path, copy: Path) -> Snapshot:
    """Copy a SQLite catalogue to ``copy``, without the keyword index, which can be made again, and without what was deleted.

    The copy is made by SQLite's backup interface in one step: it is the catalogue at one moment, whatever is written meanwhile.

    Raises:
        BackupError: there is no catalogue, or it is damaged.
    """
    if not catalogue.exists():
        raise BackupError(f"There is nothing to back up: {catalogue} does not exist. Check SETU_HOME.")
    whole = copy.with_suffix(".whole")
    try:
        with closing(sqlite3.connect(catalogue, timeout=PATIENCE_S)) as source, closing(sqlite3.connect(whole)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=OFF")
            for table in metadata.tables:
                target.execute(f'DELETE FROM "{table}"')
            target.commit()
            # Written anew: the pages of what was deleted are left out, and no temporary folder has to hold the whole.
            target.execute("VACUUM INTO ?", (str(copy),))
        with closing(sqlite3.connect(copy)) as conn:
            found: str = conn.execute("PRAGMA quick_check").fetchone()[0]
            if found != "ok":
                raise BackupError(f"{catalogue} is damaged ({found}). Restore an earlier backup.")
            return _read(conn)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{catalogue} cannot be copied: {error}. Run `setu doctor --verify`; check that the disk is not full.") from error
    finally:
        whole.unlink(missing_ok=True)


def _read(conn: sqlite3.Connection) -> Snapshot:
    kept = dict(conn.execute("SELECT key, value FROM meta").fetchall())
    has = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    contents = conn.execute("SELECT DISTINCT sha256, media FROM versions WHERE state != 'staged' ORDER BY sha256").fetchall()
    return Snapshot(
        layout=kept["schema"],
        embedder=kept.get("embedder"),
        documents=_count(conn, "SELECT count(DISTINCT document_id) FROM versions WHERE state = 'published'"),
        versions=_count(conn, "SELECT count(*) FROM versions WHERE state != 'staged'"),
        conversations=_count(conn, "SELECT count(*) FROM conversations") if "conversations" in has else 0,
        originals=tuple(f"{sha256}{media_suffix(media)}" for sha256, media in contents),
    )


def _count(conn: sqlite3.Connection, query: str) -> int:
    return int(conn.execute(query).fetchone()[0])
