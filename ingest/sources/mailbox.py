"""The attachments of the mails in a mailbox, by IMAP4rev1 (RFC 3501). The mailbox is opened for reading alone: nothing in it changes.

A mail never changes under its number (UID), so each is fetched once. Where a paper comes from is its mail: sender, subject and day.
"""

from __future__ import annotations

import email
import email.policy
import imaplib
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from email.message import EmailMessage, Message
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote, urlsplit

import regex

from ingest.discover import passed_over
from ingest.sources.entries import Address, Entry, EntryError, Listing, SourceError

TIMEOUT_S: Final = 60.0
MOST_MAIL_BYTES: Final = 100 * 2**20
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BROKEN: Final = (imaplib.IMAP4.error, OSError, ssl.SSLError)


class Mailbox:
    """The attachments of one folder of a mailbox; a key is ``validity:number:place`` of mail and attachment."""

    def __init__(self, address: Address) -> None:
        parts = urlsplit(address.address)
        if parts.scheme not in ("imaps", "imap") or not parts.hostname:
            raise SourceError(f"{address.address} is no mailbox. It looks like imaps://mail.example.org/INBOX")
        if parts.username or parts.password:
            raise SourceError("The address holds a user or password. Give the user with --user; the password is asked for.")
        if parts.scheme == "imap" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise SourceError("imap:// sends the password without encryption. Use imaps://")
        self._host, self._tls = parts.hostname, parts.scheme == "imaps"
        self._port = parts.port or (993 if self._tls else 143)
        self._folder = unquote(parts.path.lstrip("/")) or "INBOX"
        self._user, self._secret = address.option("user"), address.secret
        self._since = _day(address.option("since"))
        self._shown = address.address
        self._server: imaplib.IMAP4 | None = None
        self._spool: tempfile.TemporaryDirectory[str] | None = None

    def listing(self, known: Mapping[str, Entry], cursor: str) -> Listing:
        """Every attachment; a mail without one is told as empty, so that it is fetched this once. Signature pictures are passed over."""
        by_mail: dict[str, list[Entry]] = {}
        for key, entry in known.items():
            by_mail.setdefault(key.rpartition(":")[0], []).append(entry)
        found: list[Entry] = []
        notes: list[str] = []
        validity = self._select()
        for number, size in self._numbers():
            mail = f"{validity}:{number}"
            if mail in by_mail:
                found += by_mail[mail]
            elif size > MOST_MAIL_BYTES:
                notes.append(f"A mail of {size / 1e6:.0f} MB was passed over (number {number}).")
            else:
                found += self._attachments(mail, number)
        return Listing(tuple(found), notes=tuple(notes))

    def read(self, entry: Entry, out: IO[bytes]) -> None:
        """Write an attachment."""
        _, number, place = entry.key.split(":")
        self._select()
        for at, _, part in _parts(self._mail(number)):
            if str(at) == place:
                out.write(_content(part))
                return
        raise EntryError("The mail has no such attachment any more.")

    def local(self, entry: Entry) -> Path | None:
        """It lies elsewhere."""
        return None

    def close(self) -> None:
        """Sign out."""
        if self._server is not None:
            try:
                self._server.logout()
            except _BROKEN:
                self._server.shutdown()
            self._server = None
        if self._spool is not None:
            self._spool.cleanup()
            self._spool = None

    def _attachments(self, mail: str, number: str) -> Iterator[Entry]:
        message = self._mail(number)
        sender, subject, day = _head(message, "from"), _head(message, "subject"), _head(message, "date")
        origin = " · ".join(part for part in (sender, f"“{subject}”" if subject else "", day) if part)
        some = False
        for at, name, part in _parts(message):
            some = True
            key = f"{mail}:{at}"
            yield Entry(key, f"{subject[:60].replace('/', '_') or 'mail'}/{name}", key, len(_content(part)), None, "", None, origin)
        if not some:
            yield Entry(f"{mail}:", subject[:60], f"{mail}:none", empty=True)

    def _mail(self, number: str) -> EmailMessage:
        if self._spool is None:
            self._spool = tempfile.TemporaryDirectory(prefix="setu-mail-")
        kept = Path(self._spool.name, number)
        if not kept.exists():
            kept.write_bytes(self._fetched(number))
        return email.message_from_bytes(kept.read_bytes(), policy=email.policy.default)

    def _fetched(self, number: str) -> bytes:
        try:
            kind, said = self._connected().uid("FETCH", number, "(BODY.PEEK[])")
        except _BROKEN as error:
            raise self._failed(error) from error
        data = next((part[1] for part in said if isinstance(part, tuple)), None)
        if kind != "OK" or not isinstance(data, bytes):
            raise EntryError("The mail went while the mailbox was being read.")
        return data

    def _select(self) -> str:
        """Open the folder for reading; its validity, another one when numbers mean other mails."""
        try:
            server = self._connected()
            kind, _ = server.select(_quoted(self._folder), readonly=True)
            if kind != "OK":
                raise SourceError(f"There is no folder {self._folder} in the mailbox {self._shown}.")
            _, validity = server.response("UIDVALIDITY")
        except _BROKEN as error:
            raise self._failed(error) from error
        return str(int(validity[0])) if validity and validity[0] else "0"

    def _numbers(self) -> Iterator[tuple[str, int]]:
        """The number of each mail and its size, the oldest first."""
        wanted = ["SINCE", f"{self._since.day}-{_MONTHS[self._since.month - 1]}-{self._since.year}"] if self._since else ["ALL"]
        try:
            kind, said = self._connected().uid("SEARCH", *wanted)
            numbers = said[0].split() if kind == "OK" and said and said[0] else []
            for start in range(0, len(numbers), 500):
                part = b",".join(numbers[start : start + 500]).decode()
                kind, rows = self._connected().uid("FETCH", part, "(UID RFC822.SIZE)")
                found = regex.findall(rb"UID (\d+)", b"\n".join(row for row in rows if isinstance(row, bytes)))
                sizes = dict(_sizes(rows))
                if kind != "OK" or set(found) != set(numbers[start : start + 500]):
                    raise SourceError(f"The mailbox {self._shown} did not tell of all its mails. The next sync asks again.")
                yield from ((number.decode(), sizes.get(number.decode(), 0)) for number in numbers[start : start + 500])
        except _BROKEN as error:
            raise self._failed(error) from error
        if kind != "OK":
            raise SourceError(f"The mailbox {self._shown} could not be searched.")

    def _connected(self) -> imaplib.IMAP4:
        if self._server is None:
            try:
                if self._tls:
                    server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                        self._host, self._port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT_S
                    )
                else:
                    server = imaplib.IMAP4(self._host, self._port, timeout=TIMEOUT_S)
            except _BROKEN as error:
                raise self._failed(error) from error
            self._server = server
            try:
                server.login(self._user, self._secret)
            except _BROKEN as error:
                raise SourceError(
                    f"The mailbox {self._shown} does not let {self._user or 'nobody'} in. Check user and password."
                ) from error
        return self._server

    def _failed(self, error: Exception) -> SourceError:
        return SourceError(f"The mailbox {self._shown} does not answer as it should ({type(error).__name__}). Try again later.")


def _parts(message: EmailMessage) -> Iterator[tuple[int, str, Message]]:
    """The attachments of a mail with their places and names, without pictures that stand in its text."""
    for at, part in enumerate(message.walk()):
        name = part.get_filename() or ""
        inline = part.get_content_disposition() != "attachment" and part.get_content_maintype() == "image"
        if name and not inline and not part.is_multipart() and not passed_over(Path(name.replace("\\", "/")).name) and _content(part):
            yield at, " ".join(name.replace("\\", "/").rpartition("/")[2].split()), part


def _content(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _head(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message[name] or "").split())[:200]
    except (ValueError, IndexError, AttributeError):  # a header that is none
        return ""


def _sizes(rows: list[object]) -> Iterator[tuple[str, int]]:
    for row in rows:
        if isinstance(row, bytes):
            number, size = regex.search(rb"UID (\d+)", row), regex.search(rb"RFC822\.SIZE (\d+)", row)
            if number and size:
                yield number[1].decode(), int(size[1])


def _quoted(folder: str) -> str:
    """A folder as IMAP wants it: in modified UTF-7 (RFC 3501, 5.1.3), in quotes."""
    import base64

    def shifted(match: regex.Match[str]) -> str:
        return "&" + base64.b64encode(match[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    plain = regex.sub(r"[^\x20-\x7e]+", shifted, folder.replace("&", "&-"))
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SourceError(f"The option since is a day such as 2026-01-31, not {text}.") from None
