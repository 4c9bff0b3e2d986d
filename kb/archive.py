"""The form of a backup: one ZIP file that holds what cannot be made again, and a manifest with the checksum of each part.

Parts are known by name (`is_ours`), and nothing else is ever written from an archive, so that no name in one can lead out of the home.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

import regex

from kb.errors import BackupError
from kb.store.schema import SCHEMA_VERSION

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CATALOGUE: Final = "catalogue.sqlite"
SETTINGS: Final = "settings.toml"
GLOSSARY: Final = "glossary.tsv"
USERS: Final = "users.toml"
FILES: Final = (SETTINGS, GLOSSARY, USERS)
"""What an office has set, beside the catalogue."""
FOLDERS: Final = ("originals", "conversations")

_OURS = regex.compile(
    rf"{regex.escape(CATALOGUE)}|{'|'.join(map(regex.escape, FILES))}|originals/[0-9a-f]{{64}}\.[a-z0-9]{{1,10}}"
    r"|conversations/[A-Za-z0-9_-]{1,64}\.(?:json|taken-in)"
)
_MOST_MANIFEST = 256 * 2**20
_STEP = 2**20


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the archive: its size in bytes and the SHA-256 of its content."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds. ``created`` is ISO 8601 in UTC; ``missing``: originals that went while the backup was made."""

    created: str
    layout: str
    embedder: str | None
    documents: int
    versions: int
    conversations: int
    missing: int
    files: Mapping[str, Part]
    format: int = FORMAT

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


def check(file: Path, progress: Callable[[str], None] | None = None) -> Manifest:
    """Read every part and compare its checksum. Raises `BackupError` as `opened` does."""
    with opened(file) as (archive, manifest):
        for name in manifest.files:
            if progress is not None:
                progress(name)
            copy_part(file, archive, manifest, name, None)
        return manifest


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


def sync(path: Path) -> None:
    """Have the disk keep a file or the names in a folder before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
        found = int(read["format"])
        if found > FORMAT:
            raise BackupError(f"A newer Setu wrote {file} (format {found}, this Setu knows up to {FORMAT}). Update Setu first.")
        manifest = Manifest(
            **{**read, "files": {name: Part(int(part["size"]), str(part["sha256"])) for name, part in read["files"].items()}}
        )
        newer = int(manifest.layout) > int(SCHEMA_VERSION)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{file} is no backup of Setu: its manifest cannot be read.") from error
    if newer:
        raise BackupError(
            f"A newer Setu wrote the catalogue in {file}: layout {manifest.layout}, this Setu knows up to {SCHEMA_VERSION}. "
            "Update Setu first."
        )
    foreign = [name for name in manifest.files if not is_ours(name)]
    if foreign or sorted(names) != sorted([*manifest.files, MANIFEST]) or CATALOGUE not in manifest.files:
        named = f": {foreign[0]!r}" if foreign else ""
        raise BackupError(f"{file} is no backup of Setu: it holds other parts than it should{named}. Nothing was taken from it.")
    return manifest
