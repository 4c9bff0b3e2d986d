"""Places on real servers, behind a wire that may be cut: files are put there as people put them, by the server's own folder or by S3."""

from __future__ import annotations

import getpass
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ingest.sources.entries import Address
from tests.ingest.sources.servers.process import Wire, running

USER: Final = "asha"
PASSWORD: Final = "cerulean-tram-9"
SMBD: Final = shutil.which("smbd") or ""
NO_SAMBA: Final = "smbd of Samba is not installed (apt-get install samba)"


@dataclass
class RealPlace:
    """A place on a server: ``folder`` is where its files lie on this machine, ``secret`` what it asks for."""

    kind: str
    address: str
    options: dict[str, str]
    secret: str
    wire: Wire
    folder: Path = Path()
    more: dict[str, Path] = field(default_factory=dict)

    def at(self, below: str = "", secret: str | None = None, **options: str) -> Address:
        """The address of it or of a folder below it, with another secret or other options."""
        return Address(self.kind, f"{self.address}{below}", self.options | options, self.secret if secret is None else secret)

    def put(self, path: str, text: str) -> None:
        """Put a file there."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        os.utime(target, ns=(target.stat().st_atime_ns, target.stat().st_mtime_ns + 3_000_000_000 * len(text)))

    def delete(self, path: str) -> None:
        """Take a file away."""
        (self.folder / path).unlink()


@dataclass
class RealBucket(RealPlace):
    """A bucket, reached without the wire by its owner."""

    client: Any = None
    bucket: str = "papers"
    prefix: str = "in"

    def put(self, path: str, text: str) -> None:
        self.client.put_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}", Body=text.encode())

    def delete(self, path: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}")


@contextmanager
def s3(folder: Path) -> Iterator[RealBucket]:
    import boto3

    with running("s3", "papers") as server:
        port, key, secret = server.said
        client = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{port}", aws_access_key_id=key, aws_secret_access_key=secret, region_name="us-east-1"
        )
        with Wire(int(port)) as wire:
            options = {"user": key, "endpoint": f"http://127.0.0.1:{wire.port}"}
            yield RealBucket("s3", "s3://papers/in", options, secret, wire, client=client)
        client.close()


@contextmanager
def sftp(folder: Path) -> Iterator[RealPlace]:
    import asyncssh

    keys = {name: folder / name for name in ("host", "client")}
    for file in keys.values():
        made = asyncssh.generate_private_key("ssh-ed25519")
        made.write_private_key(file)
        made.write_public_key(f"{file}.pub")
    files = _files(folder)
    with running("sftp", files, USER, PASSWORD, keys["host"], f"{keys['client']}.pub") as server, Wire(int(server.said[0])) as wire:
        keys["known"] = folder / "known_hosts"
        keys["known"].write_text(known(wire, keys["host"]))
        options = {"user": USER, "known_hosts": str(keys["known"])}
        yield RealPlace("sftp", f"sftp://127.0.0.1:{wire.port}/", options, PASSWORD, wire, files, keys)


def known(wire: Wire, key: Path) -> str:
    """The line of ``known_hosts`` that says the key of a server."""
    return f"[127.0.0.1]:{wire.port} {key.with_suffix('.pub').read_text()}"


@contextmanager
def smb(folder: Path) -> Iterator[RealPlace]:
    files = _files(folder)
    with running("smb", files, USER, PASSWORD) as server, Wire(int(server.said[0])) as wire:
        yield RealPlace("smb", f"smb://127.0.0.1:{wire.port}/papers", {"user": USER}, PASSWORD, wire, files)


@contextmanager
def samba(folder: Path) -> Iterator[RealPlace]:
    files, own = _files(folder), folder / "samba"
    own.mkdir()
    with running("samba", SMBD, own, files, PASSWORD) as server, Wire(int(server.said[0])) as wire:
        yield RealPlace("smb", f"smb://127.0.0.1:{wire.port}/papers", {"user": getpass.getuser()}, PASSWORD, wire, files)


@contextmanager
def webdav(folder: Path) -> Iterator[RealPlace]:
    files = _files(folder)
    with running("webdav", files, USER, PASSWORD) as server, Wire(int(server.said[0])) as wire:
        yield RealPlace("webdav", f"http://127.0.0.1:{wire.port}/papers", {"user": USER}, PASSWORD, wire, files)


PLACES: Final = {"s3": s3, "sftp": sftp, "smb": smb, "samba": samba, "webdav": webdav}
"""By the kind of source, and a second server of SMB."""


def _files(folder: Path) -> Path:
    files = folder / "files"
    files.mkdir()
    return files
