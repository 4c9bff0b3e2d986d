"""Files behind WebDAV, S3, SFTP and SMB, by way of `fsspec`, which is kept by others and speaks all of them.

`fsspec`'s own walk passes over what it cannot list, which would be taken for deleted; so folders are listed here, one by one.
"""

from __future__ import annotations

import importlib.util
import posixpath
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from ingest.discover import passed_over
from ingest.sources.entries import Address, Entry, EntryError, Listing, SourceError

FileSystem = Any
"""An `fsspec` file system."""
_STAMPS = ("mtime", "modified", "LastModified", "last_modified", "last_write_time")
_ETAGS = ("etag", "ETag")
_MOST_DEPTH = 64


class RemoteFiles:
    """The files below a folder of a file system; their key is their path below it."""

    def __init__(self, opened: Callable[[], FileSystem], root: str, shown: str) -> None:
        """``opened`` connects, and is called when something is first asked for; ``shown`` is the address as people are told it."""
        self._opened = opened
        self._root = root.rstrip("/")
        self._shown = shown.rstrip("/")
        self._system: FileSystem = None

    def listing(self, known: Mapping[str, Entry], cursor: str) -> Listing:
        """Every file; folders that may not be looked into are unseen."""
        entries: list[Entry] = []
        unseen: list[str] = []
        pending = [("", 0)]
        while pending:
            folder, depth = pending.pop()
            for path, told in self._below(folder, unseen, top=not folder):
                if passed_over(path):
                    continue
                if told.get("type") == "directory":
                    if depth >= _MOST_DEPTH:
                        raise SourceError(f"{self._shown} has folders in folders without end, at {path}.")
                    pending.append((path, depth + 1))
                elif told.get("type", "file") == "file":
                    entries.append(self._entry(path, told))
        return Listing(tuple(sorted(entries, key=lambda one: one.key)), tuple(unseen))

    def read(self, entry: Entry, out: IO[bytes]) -> None:
        """Write a file."""
        try:
            with self._connected().open(self._full(entry.key), "rb") as stream:
                shutil.copyfileobj(stream, out, 1 << 20)
        except (EntryError, SourceError):
            raise
        except FileNotFoundError as error:
            raise EntryError("It went while the source was being read.") from error
        except PermissionError as error:
            raise EntryError("The source does not let it be read.") from error
        except Exception as error:
            raise self._broken(error) from error

    def local(self, entry: Entry) -> Path | None:
        """It lies elsewhere."""
        return None

    def close(self) -> None:
        """End the connection; a file system that holds none has nothing to end."""
        client = getattr(self._system, "client", None)
        end = getattr(client, "close", None) or getattr(getattr(client, "http", None), "close", None)
        if callable(end):
            end()
        self._system = None

    def _below(self, folder: str, unseen: list[str], *, top: bool) -> list[tuple[str, dict[str, Any]]]:
        system = self._connected()
        try:
            system.invalidate_cache()
            found = system.ls(self._full(folder), detail=True)
        except PermissionError as error:
            if top:
                raise SourceError(f"{self._shown} does not let its papers be listed. Check the user and the password.") from error
            unseen.append(folder)
            return []
        except FileNotFoundError as error:
            if top:
                raise SourceError(f"There is no folder {self._shown}. Check the address.") from error
            return []  # it went meanwhile
        except Exception as error:
            raise self._broken(error) from error
        names = ((posixpath.basename(str(told["name"]).rstrip("/")), told) for told in found)
        return [(f"{folder}/{name}" if folder else name, told) for name, told in names if name and name not in (".", "..")]

    def _entry(self, path: str, told: Mapping[str, Any]) -> Entry:
        etag = next((str(told[key]).strip('"') for key in _ETAGS if told.get(key)), "")
        size = told.get("size")
        modified = next((_seconds(told[key]) for key in _STAMPS if told.get(key) is not None), None)
        return Entry(path, path, etag, int(size) if size is not None else None, modified, etag, None, f"{self._shown}/{path}")

    def _full(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root or "/"

    def _connected(self) -> FileSystem:
        if self._system is None:
            try:
                self._system = self._opened()
            except SourceError:
                raise
            except Exception as error:
                raise self._broken(error) from error
        return self._system

    def _broken(self, error: Exception) -> SourceError:
        said = " ".join(str(error).split())[:200]
        return SourceError(
            f"{self._shown} does not answer as it should ({type(error).__name__}: {said}). Check address, user and password."
        )


def _seconds(told: Any) -> float | None:
    """A time as a file system tells it, in seconds since 1970; None where it cannot be told."""
    if isinstance(told, datetime):
        return told.timestamp()
    if isinstance(told, int | float):
        return float(told)
    try:
        return datetime.fromisoformat(str(told)).timestamp()
    except ValueError:
        from email.utils import parsedate_to_datetime

        try:
            return parsedate_to_datetime(str(told)).timestamp()
        except ValueError:
            return None


def remote_files(address: Address, package: str, extra: str) -> RemoteFiles:
    """The files of a WebDAV, S3, SFTP or SMB address.

    Raises:
        SourceError: the address is none of its kind, or the package that speaks the protocol is not installed.
    """
    parts = urlsplit(address.address)
    wanted = {"webdav": ("https", "http")}.get(address.kind, (address.kind,))
    if parts.scheme not in wanted or not parts.hostname:
        raise SourceError(f"{address.address} is no address of kind {address.kind}. It begins with {wanted[0]}://")
    if parts.username or parts.password:
        raise SourceError("The address holds a user or password. Give the user with --user; the password is asked for.")
    if parts.scheme == "http" and address.option("user") and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise SourceError("http:// sends the password without encryption. Use https://")
    if importlib.util.find_spec(package) is None:
        raise SourceError(
            f"A source of kind {address.kind} needs the package {package}, which is not installed. Run: pip install 'setu-qa[{extra}]'"
        )
    opened, root = _OPENERS[address.kind](address)
    return RemoteFiles(opened, root, address.address)


def _webdav(address: Address) -> tuple[Callable[[], FileSystem], str]:
    def opened() -> FileSystem:
        from webdav4.fsspec import WebdavFileSystem

        user = address.option("user")
        return WebdavFileSystem(address.address, auth=(user, address.secret) if user else None, timeout=60.0, skip_instance_cache=True)

    return opened, ""


def _s3(address: Address) -> tuple[Callable[[], FileSystem], str]:
    parts = urlsplit(address.address)

    def opened() -> FileSystem:
        import fsspec

        return fsspec.filesystem(
            "s3", key=address.option("user") or None, secret=address.secret or None, endpoint_url=address.option("endpoint") or None,
            skip_instance_cache=True, use_listings_cache=False,
        )  # fmt: skip

    return opened, f"{parts.netloc}{unquote(parts.path)}"


def _sftp(address: Address) -> tuple[Callable[[], FileSystem], str]:
    parts = urlsplit(address.address)

    def opened() -> FileSystem:
        import paramiko
        from fsspec.implementations.sftp import SFTPFileSystem

        class Checked(SFTPFileSystem):  # type: ignore[misc]
            """As `fsspec` has it, but for the server's key: one that is not known is refused, and not taken as it comes."""

            def _connect(self) -> None:
                self.client = paramiko.SSHClient()
                self.client.load_system_host_keys(address.option("known_hosts") or None)
                self.client.connect(self.host, **self.ssh_kwargs)
                self.ftp = self.client.open_sftp()

        return Checked(
            parts.hostname, port=parts.port or 22, username=address.option("user") or None, password=address.secret or None, timeout=60,
            skip_instance_cache=True,
        )  # fmt: skip

    return opened, unquote(parts.path)


def _smb(address: Address) -> tuple[Callable[[], FileSystem], str]:
    parts = urlsplit(address.address)

    def opened() -> FileSystem:
        import fsspec

        return fsspec.filesystem(
            "smb", host=parts.hostname, port=parts.port, username=address.option("user") or None, password=address.secret or None,
            timeout=60, skip_instance_cache=True,
        )  # fmt: skip

    return opened, unquote(parts.path)


_OPENERS: Mapping[str, Callable[[Address], tuple[Callable[[], FileSystem], str]]] = {
    "webdav": _webdav, "s3": _s3, "sftp": _sftp, "smb": _smb,
}  # fmt: skip
