"""The objects of a bucket that speaks S3, through `s3fs`.

A bucket has no folders: all that lies below a prefix is listed in one go. An object whose name ends with ``/`` only looks like a folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from ingest.discover import passed_over
from ingest.sources.entries import Address, Entry, Listing
from ingest.sources.remote_files import RemoteFiles

TIMEOUT_S: Final = 60
_NOTHING: Final = "There is nothing at {shown}. If there should be, check the address."


class S3Bucket(RemoteFiles):
    """The objects below a prefix of a bucket; their key is what follows the prefix."""

    login = "the access key (as the user) and its secret"

    def __init__(self, address: Address) -> None:
        parts = urlsplit(address.address)
        super().__init__(lambda: _opened(address), f"{parts.netloc}{unquote(parts.path)}", address.address)

    def listing(self, known: Mapping[str, Entry], cursor: str) -> Listing:
        """Every object."""
        with self._listed():
            found = self._connected().find(self._root, detail=True)
        paths = {told["name"].removeprefix(f"{self._root}/"): told for told in found.values() if told["name"].startswith(f"{self._root}/")}
        entries = [self._entry(path, told) for path, told in paths.items() if path and not path.endswith("/") and not passed_over(path)]
        notes = () if found else (_NOTHING.format(shown=self._shown),)
        return Listing(tuple(sorted(entries, key=lambda one: one.key)), notes=notes)

    def close(self) -> None:
        """End the connections."""
        if self._system is not None:
            self._system.close_session(self._system.loop, self._system._s3)
        self._system = None


def _opened(address: Address) -> Any:
    """A client that tries each request five times, as `s3fs` does, and not as often again each time, as `botocore` would."""
    import fsspec

    return fsspec.filesystem(
        "s3", key=address.option("user") or None, secret=address.secret or None, endpoint_url=address.option("endpoint") or None,
        config_kwargs={"connect_timeout": TIMEOUT_S, "read_timeout": TIMEOUT_S, "retries": {"total_max_attempts": 1}},
        skip_instance_cache=True, use_listings_cache=False,
    )  # fmt: skip
