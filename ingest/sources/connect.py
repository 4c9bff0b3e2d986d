"""The kinds of places that papers come from, and opening one of them."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from ingest.sources.entries import Address, Place, SourceError


@dataclass(frozen=True, slots=True)
class PlaceKind:
    """A kind of place: how its addresses look, the options it knows, whether it tells who may read, and what it needs beside Setu.

    ``package`` is imported by the kind, and ``extra`` of Setu brings it; "": nothing is needed.
    """

    example: str
    about: str
    options: tuple[str, ...] = ()
    tells_rights: bool = False
    extra: str = ""
    package: str = ""
    user: bool = True


KINDS: Final[dict[str, PlaceKind]] = {
    "folder": PlaceKind("/srv/papers", "a folder of this machine or of a mounted drive", ("links",), tells_rights=True, user=False),
    "webdav": PlaceKind(
        "https://cloud.example.org/remote.php/dav/files/asha/Papers", "WebDAV, as Nextcloud has it", extra="webdav", package="webdav4"
    ),
    "s3": PlaceKind("s3://bucket/papers", "a bucket that speaks S3", ("endpoint",), extra="s3", package="s3fs"),
    "sftp": PlaceKind("sftp://files.example.org/papers", "SFTP", ("known_hosts",), extra="sftp", package="paramiko"),
    "smb": PlaceKind("smb://server.example.org/share/papers", "a Windows share", extra="smb", package="smbprotocol"),
    "mailbox": PlaceKind("imaps://mail.example.org/INBOX", "the attachments of a mailbox, by IMAP", ("since",)),
    "site": PlaceKind(
        "https://www.example.org/sitemap.xml", "the pages that a sitemap or feed names", ("hosts", "private", "match", "most"), user=False
    ),
    "graph": PlaceKind(
        "https://graph.microsoft.com/v1.0/drives/DRIVE/root", "SharePoint or OneDrive, by Microsoft Graph",
        ("tenant", "client", "login", "rights"),
        tells_rights=True, user=False,
    ),
}  # fmt: skip
"""By name, in the order in which people are shown them."""


def connect(address: Address) -> Place:
    """Open a place; nothing need be sent yet.

    Raises:
        SourceError: there is no such kind, the address is none of it, or a package is missing.
    """
    if address.kind not in KINDS:
        raise SourceError(f"There is no kind of source {address.kind}. Known: {', '.join(KINDS)}.")
    if unknown := sorted(set(address.options) - {*KINDS[address.kind].options, "user"}):
        raise SourceError(f"A source of kind {address.kind} has no option {', '.join(unknown)}.")
    if address.kind == "folder":
        from ingest.sources.local_folder import LocalFolder

        return LocalFolder(address)
    if address.kind == "mailbox":
        from ingest.sources.mailbox import Mailbox

        return Mailbox(address)
    if address.kind == "site":
        from ingest.sources.web_site import WebSite

        return WebSite(address)
    if address.kind == "graph":
        from ingest.sources.graph_drive import GraphDrive

        return GraphDrive(address)
    return _remote(address)


def _remote(address: Address) -> Place:
    """The files of an address that a package beside Setu speaks the protocol of."""
    kind, parts = KINDS[address.kind], urlsplit(address.address)
    wanted = {"webdav": ("https", "http")}.get(address.kind, (address.kind,))
    if parts.scheme not in wanted or not parts.hostname:
        raise SourceError(f"{address.address} is no address of kind {address.kind}. It begins with {wanted[0]}://")
    if parts.username or parts.password:
        raise SourceError("The address holds a user or password. Give the user with --user; the password is asked for.")
    if parts.scheme == "http" and address.option("user") and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise SourceError("http:// sends the password without encryption. Use https://")
    if address.kind == "smb" and not parts.path.strip("/"):
        raise SourceError(f"{address.address} names no share. It looks like {kind.example}")
    if importlib.util.find_spec(kind.package) is None:
        raise SourceError(
            f"A source of kind {address.kind} needs the package {kind.package}, which is not installed. "
            f"Run: pip install 'setu-qa[{kind.extra}]'"
        )
    if address.kind == "s3":
        from ingest.sources.s3_bucket import S3Bucket

        return S3Bucket(address)
    from ingest.sources.remote_files import RemoteFiles

    opened, root = {"webdav": (_webdav, ""), "sftp": (_sftp, parts.path), "smb": (_smb, parts.path)}[address.kind]
    return RemoteFiles(lambda: opened(address), unquote(root), address.address)


def _webdav(address: Address) -> object:
    from ingest.sources.webdav_folder import WebdavFolder

    return WebdavFolder(address)


def _sftp(address: Address) -> object:
    from ingest.sources.sftp_folder import SftpFolder

    return SftpFolder(address)


def _smb(address: Address) -> object:
    from ingest.sources.smb_share import SmbShare

    return SmbShare(address)
