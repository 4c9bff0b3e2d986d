"""Opening files: a link is followed inside the folder that was named, and Setu's own data and files of secrets are never read.

A path is judged by the file that was opened, not by its name: where a link is swapped between the look and the opening, the file that is
open is another than the one that the path leads to now, and is refused. So is a file of `Access.private` under another name (hard link).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import IO

import regex

from ingest.errors import DamagedFileError, OutsideLinkError, SecretFileError, UnsupportedFormatError
from ingest.records import Access

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
"""Without O_NONBLOCK a pipe that was put in the place of a file would be waited for."""
_TRIES = 5
_SECRET_NAME = regex.compile(
    r"users\.toml|sessions\.json|g?shadow-?|(?:secrets|credentials)(?:\.(?:toml|json|ya?ml|ini|env))?|.*\.env|\.env\..*"
    r"|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|[._]netrc|\.pgpass|\.htpasswd|\.git-credentials|\.npmrc|\.pypirc|.*\.(?:kdbx|p12|pfx|ppk|jks)",
    regex.I,
)
_SECRET_FOLDERS = frozenset({".ssh", ".gnupg", ".aws", ".kube", ".docker", ".password-store"})


def may_hold_secrets(name: str) -> bool:
    """Whether a file is by its name one of accounts, passwords or keys, such as ``.env`` or ``id_rsa``."""
    path = PurePath(name)
    return _SECRET_NAME.fullmatch(path.name) is not None or not _SECRET_FOLDERS.isdisjoint(path.parent.parts)


def is_inside(path: str, folder: str) -> bool:
    """Whether a path is the folder or lies in it, both without links or both as written."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def open_document(path: Path, access: Access, folder: str | None = None) -> IO[bytes]:
    """Open a file for reading, once; read what is open, and not the path a second time.

    Args:
        path: Where it is.
        access: What may be read.
        folder: The real path of the folder that was named and in which it was found; None for a file that was named itself.

    Raises:
        DamagedFileError: the path leads elsewhere each time it is looked at.
        OSError: it is not there, or may not be read.
        OutsideLinkError: a link leads out of ``folder``.
        SecretFileError: Setu's own data, or a file of secrets.
        UnsupportedFormatError: no file but a device or a pipe.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise UnsupportedFormatError(str(path), "This is a device or a pipe, not a file.", "Name a file.")
    return os.fdopen(_opened(path, access, folder), "rb")


@contextmanager
def open_folder(path: Path, access: Access, folder: str | None) -> Iterator[int]:
    """The descriptor of a folder that may be walked through; raises as `open_document`."""
    descriptor = _opened(path, access, folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _opened(path: Path, access: Access, folder: str | None) -> int:
    for _ in range(_TRIES):  # a file that is replaced right now is another at the next look
        descriptor = os.open(path, _FLAGS)
        try:
            real = os.path.realpath(path)
            status = os.fstat(descriptor)
            if _is(real, status):
                _check(path, real, status, access, folder)
                return os.dup(descriptor)
        finally:
            os.close(descriptor)
    raise DamagedFileError(str(path), "The path leads to another file each time it is opened.", "Add it again when nobody changes it.")


def _is(real: str, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.lstat(real), status)
    except OSError:
        return False


def _check(path: Path, real: str, status: os.stat_result, access: Access, folder: str | None) -> None:
    if access.links == "none" and real != os.path.abspath(path):
        raise OutsideLinkError(str(path), f"It is reached through a link, to {real}.", "Add it by the path without links.")
    if access.links == "inside" and folder is not None and not is_inside(real, folder):
        raise OutsideLinkError(
            str(path),
            f"It is reached through a link that leads out of {folder}, to {real}.",
            "Name the file or folder that it leads to, or let links be followed (setu ingest --follow-links).",
        )
    if _is_private(real, status, access):
        raise SecretFileError(str(path), "It belongs to Setu's own data.", "Add the document itself, from outside SETU_HOME.")
    if stat.S_ISREG(status.st_mode) and (may_hold_secrets(str(path)) or may_hold_secrets(real)):
        raise SecretFileError(str(path), "By its name it holds passwords or keys.", "Rename it if it is a document.")


def _is_private(real: str, status: os.stat_result, access: Access) -> bool:
    private = [os.path.realpath(one) for one in access.private]
    if any(is_inside(real, one) for one in private):
        return not any(is_inside(real, os.path.realpath(one)) for one in access.shared)
    return stat.S_ISREG(status.st_mode) and status.st_nlink > 1 and (status.st_dev, status.st_ino) in _identities(private)


def _identities(private: Sequence[str]) -> set[tuple[int, int]]:
    """The files that are private themselves or lie directly in a private folder, by their numbers on the disk."""
    found = set()
    for one in private:
        try:
            entries = [entry.stat(follow_symlinks=False) for entry in os.scandir(one)] if os.path.isdir(one) else [os.lstat(one)]
        except OSError:
            continue  # it is not there, so nothing is a link to it
        found |= {(entry.st_dev, entry.st_ino) for entry in entries if stat.S_ISREG(entry.st_mode)}
    return found
