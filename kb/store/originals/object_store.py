"""An object store by its URL: ``s3://bucket/prefix`` through `s3fs`, or ``file:///folder``.

The keys of S3 come from where programs of S3 look for them (``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``, or the files and roles of
the machine), and stand in no setting. ``?endpoint=https://…`` names a server that is not Amazon's.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from kb.errors import MissingExtraError, OriginalsError, SettingsError
from kb.store.originals.places import PART, FolderPlace, Place

SETTING: Final = "SETU_OBJECTS_URL"
_FORM: Final = "Its form is file:///folder or s3://bucket/prefix, with ?endpoint=https://… for a server that is not Amazon's."
_KEYS: Final = "Check the access key and its secret (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) and what they may do there."
_WHOLE: Final = "Nothing is kept in half; once that is put right, begin again what was refused."
_FULL: Final = ("QuotaExceeded", "StorageFull", "ServiceQuota", "InsufficientCapacity", "507")
_NO_BUCKET: Final = "specified bucket does not exist"
"""As S3 says it, which says of an object alone where that is."""
CONNECT_S: Final = 10
READ_S: Final = 60


def object_place(url: str) -> Place:
    """The place of a URL; nothing is sent yet.

    Raises:
        SettingsError: it is no such URL.
        MissingExtraError: the package for S3 is not installed.
    """
    parts = urlsplit(url)
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and len(parts.path) > 1 and not parts.query:
        return FolderPlace(Path(unquote(parts.path)), own=False)
    if parts.username or parts.password:
        raise SettingsError(f"{SETTING} holds a key. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead. {_FORM}")
    if parts.scheme != "s3" or not parts.hostname or set(options) - {"endpoint"}:
        raise SettingsError(f"{SETTING} is no place that Setu can keep files in. {_FORM}")
    if importlib.util.find_spec("s3fs") is None:
        raise MissingExtraError(f"{SETTING} names S3, which needs the package s3fs. Run: pip install -c constraints.txt -e '.[s3]'")
    return S3Place(parts.netloc, unquote(parts.path).strip("/"), (options.get("endpoint") or [""])[0])


class S3Place:
    """The objects below a prefix of a bucket. An object is there wholly or not at all: so S3 has it."""

    def __init__(self, bucket: str, prefix: str, endpoint: str = "") -> None:
        self._root = f"{bucket}/{prefix}" if prefix else bucket
        self._endpoint = endpoint
        self._bucket = bucket
        self.shown = f"s3://{self._root}"
        self._system: Any = None

    def check(self) -> None:
        """As `Place`."""
        with self._told():
            below = f"{self._root}/".partition("/")[2]
            self._s3.call_s3("list_objects_v2", Bucket=self._bucket, Prefix=below, MaxKeys=1)

    def size(self, name: str) -> int | None:
        """As `Place`."""
        try:
            with self._told(lacking=True):
                return int(self._s3.call_s3("head_object", Bucket=self._bucket, Key=self._key(name))["ContentLength"])
        except FileNotFoundError:
            return None

    def put(self, name: str, data: bytes) -> None:
        """As `Place`."""
        with self._told():
            self._s3.pipe_file(self._full(name), data)

    def pieces(self, name: str) -> Iterator[bytes]:
        """As `Place`."""
        with self._told(lacking=True), self._s3.open(self._full(name), "rb", block_size=PART * 8, cache_type="readahead") as file:
            while part := file.read(PART):
                yield part

    def remove(self, name: str) -> None:
        """As `Place`."""
        with self._told():
            self._s3.call_s3("delete_object", Bucket=self._bucket, Key=self._key(name))

    def names(self) -> Iterator[str]:
        """As `Place`."""
        with self._told():
            found = self._s3.find(self._root, refresh=True)
        yield from (one.removeprefix(f"{self._root}/") for one in found)

    def _full(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _key(self, name: str) -> str:
        return self._full(name).removeprefix(f"{self._bucket}/")

    @property
    def _s3(self) -> Any:
        if self._system is None:
            import fsspec

            # As the sources of S3: s3fs tries a request five times by itself, and botocore not as often again each time.
            ways = {"connect_timeout": CONNECT_S, "read_timeout": READ_S, "retries": {"total_max_attempts": 1}}
            self._system = fsspec.filesystem(
                "s3", endpoint_url=self._endpoint or None, config_kwargs=ways, skip_instance_cache=True, use_listings_cache=False
            )
        return self._system

    @contextmanager
    def _told(self, *, lacking: bool = False) -> Iterator[None]:
        """Have what the store says be an error of ours; of a file that is ``lacking`` `FileNotFoundError` passes."""
        try:
            yield
        except (OriginalsError, GeneratorExit):
            raise
        except FileNotFoundError as error:
            if lacking and _NO_BUCKET not in str(error):
                raise
            raise OriginalsError(f"There is no bucket {self._bucket} for the originals. Make it, or correct {SETTING}.") from error
        except PermissionError as error:
            raise OriginalsError(f"{self.shown} does not let Setu in ({_said(error)}). {_KEYS} {_WHOLE}") from error
        except Exception as error:
            said = f"{type(error).__name__}: {_said(error)}"
            if "Credentials" in type(error).__name__:
                raise OriginalsError(f"{self.shown} wants an access key, and there is none. {_KEYS}") from error
            if any(word in said for word in _FULL):
                raise OriginalsError(f"{self.shown} is full ({said}). Make room there. {_WHOLE}") from error
            raise OriginalsError(f"{self.shown} does not answer as it should ({said}). Start it, or correct {SETTING}. {_WHOLE}") from error


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
