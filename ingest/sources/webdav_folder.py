"""A folder by WebDAV, through `webdav4`: as much of a file system as `ingest.sources.remote_files` asks for."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, Any, Final, cast
from urllib.parse import quote

from webdav4.client import HTTPError
from webdav4.fsspec import WebdavFileSystem

from ingest.sources.entries import Address

TIMEOUT_S: Final = 60.0
_DENIED: Final = frozenset((HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.LOCKED))


class WebdavFolder:
    """A client of a server. `webdav4` takes ``%41`` in a path for a letter, so paths are handed to it encoded."""

    def __init__(self, address: Address) -> None:
        user = address.option("user")
        auth = (user, address.secret) if user else None
        self._system = WebdavFileSystem(address.address, auth=auth, timeout=TIMEOUT_S, skip_instance_cache=True)

    def ls(self, path: str, detail: bool = True) -> list[dict[str, Any]]:
        """What lies in a folder."""
        with _plain():
            found: list[dict[str, Any]] = self._system.ls(quote(path), detail=True)
        return found

    @contextmanager
    def open(self, path: str, mode: str = "rb") -> Iterator[IO[bytes]]:
        """A file to read, in one answer."""
        client = self._system.client
        with _plain(), client.http.stream("GET", client.join_url(quote(path)), follow_redirects=True) as answer:
            if answer.status_code == HTTPStatus.NOT_FOUND:
                raise FileNotFoundError(path)
            if answer.status_code != HTTPStatus.OK:
                raise HTTPError(answer)
            yield cast(IO[bytes], _Body(answer.iter_bytes()))

    def close(self) -> None:
        """End the connections."""
        self._system.client.http.close()


class _Body(io.RawIOBase):
    """What comes in parts, as a stream."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        super().__init__()
        self._parts = parts
        self._left = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes; none at the end."""
        while not self._left:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._left = part
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


@contextmanager
def _plain() -> Iterator[None]:
    """Have a refusal be an error that does not speak of HTTP."""
    try:
        yield
    except HTTPError as error:
        if error.status_code in _DENIED:
            raise PermissionError(str(error)) from error
        raise
