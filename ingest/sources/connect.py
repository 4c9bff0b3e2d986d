"""The kinds of places that papers come from, and opening one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
    from ingest.sources.remote_files import remote_files

    return remote_files(address, KINDS[address.kind].package, KINDS[address.kind].extra)
