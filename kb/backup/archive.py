"""The form of a backup: one ZIP file that holds what cannot be made again, a manifest of checksums, and a snapshot of the catalogue.

Parts are known by name (`is_ours`), and nothing else is ever written from an archive, so that no name in one can lead out of the home. The
catalogue is copied as it is at one moment, while others read and write.
"""

from __future__ import annotations

import errno
import hashlib
import json
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import regex

from kb.auth.account_store import ACCOUNTS
from kb.errors import BackupError
from kb.index.inverted_index import metadata
from kb.settings import SLIDE_LOGOS, SLIDE_TEMPLATE
from kb.store.access_control import plain
from kb.store.integrity import has_file, listed, text_digest
from kb.store.originals.places import kept_name
from kb.store.schema import SCHEMA_VERSION

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
        originals=tuple(dict.fromkeys(kept_name(sha, media) for sha, media, source in contents if has_file(plain(source), sha))),
        altered=tuple(title for title, text, digest in texts if text_digest(text) != digest),
    )


def _count(conn: sqlite3.Connection, query: str) -> int:
    return int(conn.execute(query).fetchone()[0])


FORMAT: Final = 2
"""2: the accounts are a database (`kb.auth.account_store.ACCOUNTS`), which an older Setu would not restore."""
MANIFEST: Final = "manifest.json"
CATALOGUE: Final = "catalogue.sqlite"
SETTINGS: Final = "settings.toml"
GLOSSARY: Final = "glossary.tsv"
USERS: Final = "users.toml"
FILES: Final = (SETTINGS, GLOSSARY, USERS, SLIDE_TEMPLATE, *SLIDE_LOGOS)
"""What an office has set, beside the catalogue; accounts only where an older Setu kept them in a file."""
FOLDERS: Final = ("originals", "conversations")

_OURS = regex.compile(
    rf"{regex.escape(CATALOGUE)}|{regex.escape(ACCOUNTS)}|{'|'.join(map(regex.escape, FILES))}|originals/[0-9a-f]{{64}}\.[a-z0-9]{{1,10}}"
    r"|conversations/[A-Za-z0-9_-]{1,64}\.(?:json|taken-in)"
)
_HASH = regex.compile(r"[0-9a-f]{64}")
_NAMES_LOST: Final = 7
"""The layout from which a manifest names the kept files that are not in the archive."""
_MOST_MANIFEST = 256 * 2**20
_STEP = 2**20


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the archive: its size in bytes and the SHA-256 of its content."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds. ``created`` is ISO 8601 in UTC.

    ``missing``: how many kept files it lacks, since they were not what was taken in, or went while it was made; ``lost`` are their names,
    None where an older Setu did not write them.
    """

    created: str
    layout: str
    embedder: str | None
    documents: int
    versions: int
    conversations: int
    missing: int
    files: Mapping[str, Part]
    format: int = FORMAT
    lost: tuple[str, ...] | None = None

    @property
    def originals(self) -> int:
        """How many copies of files it holds."""
        return sum(name.startswith("originals/") for name in self.files)

    @property
    def size(self) -> int:
        """Bytes of all parts, unpacked."""
        return sum(part.size for part in self.files.values())

    def json(self) -> str:
        """The manifest as it is written."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def is_ours(name: str) -> bool:
    """Whether a part of this name is one that a backup holds."""
    return _OURS.fullmatch(name) is not None


def put(archive: zipfile.ZipFile, name: str, file: IO[bytes], *, packed: bool) -> Part:
    """Write a part and return its size and checksum; ``packed``: its content is compressed already."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as target:
        while piece := file.read(_STEP):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return Part(size, digest.hexdigest())


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive and its manifest.

    Raises:
        BackupError: the file is missing, damaged, cut off, no backup of Setu, or one by a newer Setu.
    """
    with _damage(file), zipfile.ZipFile(file) as archive:
        yield archive, _manifest(file, archive)


def check(file: Path, scratch: Path | None = None) -> Manifest:
    """Read every part and compare its checksum, and hold the catalogue against the manifest, in which ``lost`` is then known.

    ``scratch`` is a folder with room for the catalogue; None takes the system's. Raises `BackupError` as `opened` does.
    """
    with opened(file) as (archive, manifest), tempfile.TemporaryDirectory(dir=scratch, prefix="setu-check-") as folder:
        for name in manifest.files:
            with Path(folder, CATALOGUE).open("wb") if name == CATALOGUE else nullcontext() as target:
                copy_part(file, archive, manifest, name, target)
        lost = compare(file, manifest, Path(folder, CATALOGUE))
        return replace(manifest, lost=lost, missing=max(manifest.missing, len(lost)))


def compare(file: Path, manifest: Manifest, catalogue: Path) -> tuple[str, ...]:
    """Hold the catalogue of an archive, unpacked, against its manifest: counts, texts, and the kept files that it knows of.

    Returns:
        The kept files that are not in the archive because they were not whole when it was written.

    Raises:
        BackupError: they do not agree, or the catalogue is damaged.
    """
    wrong = f"{file} is damaged: "
    try:
        held = inspect(catalogue)
    except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
        raise BackupError(f"{wrong}its catalogue cannot be read ({error}). Use another backup.") from error
    for name in ("layout", "embedder", "documents", "versions", "conversations"):
        said, found = getattr(manifest, name), getattr(held, name)
        if said != found:
            raise BackupError(f"{wrong}its manifest says {name} {said}, its catalogue {found}. Use another backup.")
    if held.altered:
        raise BackupError(f"{wrong}a text in its catalogue is not what was taken in ({listed(held.altered)}). Use another backup.")
    lacking = sorted({f"originals/{name}" for name in held.originals} - set(manifest.files))
    if int(held.layout) >= _NAMES_LOST and (unnamed := [name for name in lacking if name not in (manifest.lost or ())]):
        raise BackupError(f"{wrong}it lacks {listed(unnamed)}, which its catalogue knows of. Use another backup.")
    return tuple(lacking)


def copy_part(file: Path, archive: zipfile.ZipFile, manifest: Manifest, name: str, target: IO[bytes] | None) -> None:
    """Copy a part, no further than it says it is long, and compare its checksum."""
    part = manifest.files[name]
    digest, left = hashlib.sha256(), part.size
    with archive.open(name) as source:
        while piece := source.read(min(_STEP, left + 1)):
            left -= len(piece)
            if left < 0:
                break
            digest.update(piece)
            if target is not None:
                target.write(piece)
    if left or digest.hexdigest() != part.sha256:
        raise BackupError(f"{file} is damaged: {name} is not what was written. Use another backup.")


@contextmanager
def _damage(file: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if error.filename not in (None, str(file)):
            raise
        raise BackupError(f"There is no file {file}.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(file, error) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a damaged directory of the archive sends the reader before its beginning
            raise
        raise _damaged(file, error) from error


def _damaged(file: Path, error: Exception) -> BackupError:
    return BackupError(f"{file} is damaged or cut off, or no backup of Setu ({error}). Use another backup.")


def _manifest(file: Path, archive: zipfile.ZipFile) -> Manifest:
    names = archive.namelist()
    if names.count(MANIFEST) != 1 or archive.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
        raise BackupError(f"{file} is no backup of Setu: it has no manifest.")
    try:
        read: dict[str, Any] = json.loads(archive.read(MANIFEST))
        found = read["format"]
        if isinstance(found, int) and found > FORMAT:
            raise BackupError(f"A newer Setu wrote {file} (format {found}, this Setu knows up to {FORMAT}). Update Setu first.")
        manifest = _typed(read)
        newer = int(manifest.layout) > int(SCHEMA_VERSION)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupError(f"{file} is no backup of Setu: its manifest cannot be read ({error}). Use another backup.") from error
    if newer:
        raise BackupError(
            f"A newer Setu wrote the catalogue in {file}: layout {manifest.layout}, this Setu knows up to {SCHEMA_VERSION}. "
            "Update Setu first."
        )
    foreign = [name for name in manifest.files if not is_ours(name)]
    if foreign or sorted(names) != sorted([*manifest.files, MANIFEST]) or CATALOGUE not in manifest.files:
        named = f": {foreign[0]!r}" if foreign else ""
        raise BackupError(f"{file} is no backup of Setu: it holds other parts than it should{named}. Nothing was taken from it.")
    for name, part in manifest.files.items():
        if name.startswith("originals/") and part.sha256 != Path(name).stem:
            raise BackupError(f"{file} is damaged: {name} is not the file that its name says. Use another backup.")
    return manifest


def _typed(read: dict[str, Any]) -> Manifest:
    """The manifest, each value of its kind. Raises `TypeError`, `KeyError` or `ValueError` that says which is not."""
    kinds: dict[str, type | tuple[type, ...]] = {
        **{"created": str, "layout": str, "embedder": (str, type(None)), "files": dict, "lost": (list, type(None))},
        **dict.fromkeys(("documents", "versions", "conversations", "missing", "format"), int),
    }
    for name, value in read.items():
        if not isinstance(value, kinds.get(name, object)) or (isinstance(value, int) and not _is_count(value)):
            raise ValueError(f"{name} is wrong")
    files = {}
    for name, part in read["files"].items():
        if not _is_count(part["size"]) or not _HASH.fullmatch(str(part["sha256"])):
            raise ValueError(f"the size or hash of {name} is wrong")
        files[name] = Part(part["size"], part["sha256"])
    datetime.fromisoformat(read["created"])
    lost = read.get("lost")
    if lost is not None and len(lost) != read["missing"]:
        raise ValueError("missing is wrong")
    return Manifest(**{**read, "files": files, "lost": None if lost is None else tuple(map(str, lost))})


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
