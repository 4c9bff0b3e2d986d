"""A share of Windows or Samba, through `smbprotocol`: as much of a file system as `ingest.sources.remote_files` asks for.

Each place has connections of its own: nobody's papers are read with the session of somebody else. Files are opened so that others may
go on writing them, and links are told as links.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final
from urllib.parse import unquote, urlsplit

import smbclient
from smbprotocol.exceptions import SMBAuthenticationError, SMBOSError, SMBResponseException
from smbprotocol.file_info import FileAttributes
from smbprotocol.header import NtStatus

from ingest.sources.entries import Address, EntryError, SourceError

TIMEOUT_S: Final = 60
_GONE: Final = frozenset(
    (
        NtStatus.STATUS_OBJECT_NAME_NOT_FOUND,
        NtStatus.STATUS_OBJECT_PATH_NOT_FOUND,
        NtStatus.STATUS_NO_SUCH_FILE,
        NtStatus.STATUS_NOT_FOUND,
        NtStatus.STATUS_DELETE_PENDING,
    )
)
_DENIED: Final = frozenset(
    (
        NtStatus.STATUS_ACCESS_DENIED,
        NtStatus.STATUS_SHARING_VIOLATION,
        NtStatus.STATUS_PRIVILEGE_NOT_HELD,
        NtStatus.STATUS_OBJECT_PATH_SYNTAX_BAD,
        NtStatus.STATUS_STOPPED_ON_SYMLINK,
    )
)
_ELSEWHERE: Final = 0x20000000
"""The bit of a reparse tag that says that a name stands for another: a link or a junction, and not a file that is kept otherwise."""


class SmbShare:
    """A session with a server."""

    def __init__(self, address: Address) -> None:
        parts = urlsplit(address.address)
        self._host, self._port, self._user = parts.hostname or "", parts.port or 445, address.option("user")
        self._shown, self._share = address.address, unquote(parts.path).strip("/").partition("/")[0]
        self._connections: dict[str, Any] = {}
        self._how = {
            "username": self._user or None, "password": address.secret or None, "port": self._port,
            "connection_timeout": TIMEOUT_S, "connection_cache": self._connections,
        }  # fmt: skip
        try:
            with self._plain():
                smbclient.register_session(self._host, **self._how)
        except BaseException:
            self.close()
            raise

    def ls(self, path: str, detail: bool = True) -> list[dict[str, Any]]:
        """What lies in a folder."""
        with self._plain(), smbclient.scandir(self._there(path), **self._how) as found:
            return [_told(path, one.smb_info) for one in found]

    @contextmanager
    def open(self, path: str, mode: str = "rb") -> Iterator[IO[bytes]]:
        """A file to read, which others may write meanwhile; whatever the server answers of it concerns no other."""
        try:
            with self._plain(), smbclient.open_file(self._there(path), mode, share_access="rwd", **self._how) as stream:
                yield stream
        except SMBOSError as error:
            raise EntryError(f"The server does not give it ({error.strerror}).") from error

    def close(self) -> None:
        """End the session."""
        smbclient.delete_session(self._host, self._port, self._connections, TIMEOUT_S)

    def _there(self, path: str) -> str:
        return f"\\\\{self._host}\\" + path.strip("/").replace("/", "\\")

    @contextmanager
    def _plain(self) -> Iterator[None]:
        """Have the answers of a server be errors that do not speak of SMB."""
        try:
            yield
        except SMBAuthenticationError as error:
            raise self._unwelcome() from error
        except (SMBOSError, SMBResponseException) as error:
            status = error.ntstatus if isinstance(error, SMBOSError) else error.status
            if status in _GONE:
                raise FileNotFoundError("not there") from error
            if status in _DENIED:
                raise PermissionError("not allowed, or locked by somebody") from error
            if status == NtStatus.STATUS_BAD_NETWORK_NAME:
                raise SourceError(f"There is no share {self._share} at {self._shown}. Check the address.") from error
            if status == NtStatus.STATUS_LOGON_FAILURE:
                raise self._unwelcome() from error
            raise

    def _unwelcome(self) -> SourceError:
        return SourceError(f"{self._shown} does not let {self._user or 'nobody'} in. Check the user (also DOMAIN\\user) and the password.")


def _told(folder: str, info: Any) -> dict[str, Any]:
    path = f"{folder.rstrip('/')}/{info.file_name}"
    if info.file_attributes & FileAttributes.FILE_ATTRIBUTE_REPARSE_POINT and info.ea_size & _ELSEWHERE:
        return {"name": path, "type": "link"}
    kind = "directory" if info.file_attributes & FileAttributes.FILE_ATTRIBUTE_DIRECTORY else "file"
    return {"name": path, "type": kind, "size": info.end_of_file, "mtime": info.last_write_time, "number": info.file_id}
