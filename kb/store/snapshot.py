"""A copy of the catalogue at one moment, made while others read and write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kb.errors import BackupError
from kb.store.catalogue import media_suffix
from kb.store.integrity import has_file, listed, text_digest
from kb.store.postings import metadata
from kb.store.sight import plain

PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the copy holds. ``originals``: the names of the files that its versions were read from, where these were files.

    ``altered``: the titles of documents whose text is not what was taken in.
    """

    layout: str
    embedder: str | None
    documents: int
    versions: int
    conversations: int
    originals: tuple[str, ...]
    altered: tuple[str, ...]


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
        held = inspect(copy)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{catalogue} cannot be copied: {error}. Run `setu doctor --verify`; check that the disk is not full.") from error
    finally:
        whole.unlink(missing_ok=True)
    if held.altered:
        raise BackupError(
            f"The text of {len(held.altered)} documents in {catalogue} is not what was taken in: {listed(held.altered)}. "
            "Restore an earlier backup; or delete them (`setu docs delete`) and ingest them again."
        )
    return held


def inspect(copy: Path) -> Snapshot:
    """What a copy holds, every page and text of it read.

    Raises:
        sqlite3.DatabaseError: it is damaged, or no catalogue.
    """
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        found: str = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
        return _read(conn)


def _read(conn: sqlite3.Connection) -> Snapshot:
    kept = dict(conn.execute("SELECT key, value FROM meta").fetchall())
    has = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    contents = conn.execute(
        "SELECT sha256, media, source FROM versions JOIN documents ON documents.id = document_id WHERE state != 'staged' ORDER BY sha256"
    ).fetchall()
    noted = any(name == "text_sha256" for _, name, *_ in conn.execute("PRAGMA table_info(versions)"))
    texts = conn.execute("SELECT title, text, text_sha256 FROM versions WHERE text_sha256 IS NOT NULL") if noted else ()
    return Snapshot(
        layout=kept["schema"],
        embedder=kept.get("embedder"),
        documents=_count(conn, "SELECT count(DISTINCT document_id) FROM versions WHERE state = 'published'"),
        versions=_count(conn, "SELECT count(*) FROM versions WHERE state != 'staged'"),
        conversations=_count(conn, "SELECT count(*) FROM conversations") if "conversations" in has else 0,
        originals=tuple(dict.fromkeys(f"{sha}{media_suffix(media)}" for sha, media, source in contents if has_file(plain(source), sha))),
        altered=tuple(title for title, text, digest in texts if text_digest(text) != digest),
    )


def _count(conn: sqlite3.Connection, query: str) -> int:
    return int(conn.execute(query).fetchone()[0])
