"""An Outlook message (.msg, [MS-OXMSG]) as the mail that it is: headers, bodies and attachments, for the reader of mails."""

from __future__ import annotations

import email.policy
import io
import struct
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import HeaderParser
from email.utils import format_datetime, formataddr, quote
from typing import Any, Final

import regex

from ingest.errors import DamagedFileError, TooLargeError
from ingest.office.legacy_office import Compound
from ingest.parse.archive import MAX_DEPTH, MORE_PARTS, too_large_together
from ingest.parse.lines import squeeze
from ingest.parse.rtf import codec_of, rtf_text, unpack_rtf
from ingest.parse.text import decode
from ingest.records import Limits

_POLICY: Final = email.policy.default.clone(max_line_length=998)
_PROPERTIES: Final = "__properties_version1.0"
_ATTACHED: Final = "__attach_version1.0_"
_RECIPIENT: Final = "__recip_version1.0_"
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_EMBEDDED: Final = 5
_TO: Final = {1: "To", 2: "Cc"}
_KEPT_TYPES = regex.compile(
    r"(?:image/[\w.+-]+|text/calendar|application/(?:x-)?pkcs7-(?:mime|signature)|application/x-microsoft-rpmsg-message)"
)
"""Kinds that the reader of mails treats unlike other attachments; what else a message calls its attachments is told by their bytes."""
_SPECIAL = regex.compile(r"[,;:<>@()\[\]\"\\]")
_SIGNED: Final = bytes.fromhex("06092a864886f70d010702")
"""The object identifier of PKCS #7 signedData, in DER."""
_AGAIN: Final = "Save it again in Outlook, as .eml or .msg."

Path = tuple[str, ...]


def as_mail(data: bytes, file: str, limits: Limits, parsed: Callable[[bytes, str, Limits], EmailMessage], *, bodies: bool) -> EmailMessage:
    """The message as a mail that is the same at every call.

    Args:
        data: The file.
        file: What to call it in errors.
        limits: ``max_expanded_bytes`` for its attachments together, ``max_members`` for their number.
        parsed: Reads a mail in its internet form, such as the one inside a clear signature.
        bodies: Whether its own text is wanted; that of messages inside it always is.

    Raises:
        DamagedFileError: cut off or corrupt, or its text cannot be unpacked.
        TooLargeError: over the limits.
    """
    with closing(Compound(io.BytesIO(data), file)) as compound:
        if _PROPERTIES not in compound.names():
            raise DamagedFileError(file, "It has no properties of a message.", _AGAIN)
        return _Message(compound, file, limits, parsed, _Spent()).mail((), 32, bodies=bodies)


@dataclass(slots=True)
class _Spent:
    size: int = 0
    parts: int = 0
    boundaries: int = 0


@dataclass(frozen=True, slots=True)
class _Properties:
    """The properties of a message, attachment or recipient at a place of the file."""

    compound: Compound
    place: Path
    fixed: dict[int, bytes]
    page: int = 0

    def text(self, *tags: int) -> str:
        """The first of these that says something."""
        for tag in tags:
            wide = self.compound.read(*self.place, f"__substg1.0_{tag:04X}001F")
            if wide is not None:
                found = wide[: len(wide) // 2 * 2].decode("utf-16-le", "replace")
            else:
                found = self._narrow(self.compound.read(*self.place, f"__substg1.0_{tag:04X}001E") or b"")
            if found.strip("\x00 \r\n\t"):
                return found.replace("\x00", "")
        return ""

    def binary(self, tag: int) -> bytes | None:
        """A binary property."""
        return self.compound.read(*self.place, f"__substg1.0_{tag:04X}0102")

    def number(self, tag: int) -> int:
        """An integer or a truth value; 0 where there is none."""
        return int(struct.unpack("<I", self.fixed[tag][:4])[0]) if tag in self.fixed else 0

    def time(self, tag: int) -> datetime | None:
        """A point in time, in UTC."""
        ticks = struct.unpack("<Q", self.fixed[tag])[0] if tag in self.fixed else 0
        try:
            return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None

    def _narrow(self, data: bytes) -> str:
        decoded = decode(data, codec_of(self.page)) if data else None
        return decoded.text if decoded is not None else data.decode("latin-1")


@dataclass(slots=True)
class _Message:
    compound: Compound
    file: str
    limits: Limits
    parsed: Callable[[bytes, str, Limits], EmailMessage]
    spent: _Spent

    def mail(self, place: Path, header: int, *, bodies: bool) -> EmailMessage:
        """The mail at a place, whose stream of properties begins with ``header`` bytes of something else."""
        own = self._properties(place, header)
        mail = EmailMessage(_POLICY)
        self._headers(mail, own)
        kind = own.text(0x001A).upper()
        attached = [(*place, name) for name in self.compound.names(place) if name.startswith(_ATTACHED)]
        if kind.startswith("IPM.NOTE.SMIME"):
            self._secured(mail, attached, own)
            return mail
        if bodies:
            self._bodies(mail, own)
        if len(place) <= 2 * MAX_DEPTH:  # what lies deeper is refused by its depth
            for each in attached:
                self._attach(mail, self._properties(each, 8, own), each)
        self._bound(mail)
        return mail

    def _properties(self, place: Path, header: int, within: _Properties | None = None) -> _Properties:
        stream = self.compound.read(*place, _PROPERTIES)
        if stream is None:
            raise DamagedFileError(self.file, "A part of the message has no properties.", _AGAIN)
        fixed = {struct.unpack_from("<H", stream, at + 2)[0]: stream[at + 8 : at + 16] for at in range(header, len(stream) - 15, 16)}
        made = _Properties(self.compound, place, fixed)
        return _Properties(self.compound, place, fixed, made.number(0x3FFD) or made.number(0x3FDE) or (within.page if within else 0))

    def _headers(self, mail: EmailMessage, own: _Properties) -> None:
        internet = HeaderParser(policy=email.policy.compat32).parsestr(own.text(0x007D))
        mail["Subject"] = squeeze(_clean(own.text(0x0037, 0x0E1D)))
        sender = _address(own.text(0x0042, 0x0C1A), own.text(0x5D02, 0x5D01, 0x5D0A, 0x0065, 0x0C1F))
        if sender:
            mail["From"] = sender
        for name, people in self._recipients(own).items():
            mail[name] = ", ".join(people)
        sent = own.time(0x0039) or own.time(0x0E06)
        said = squeeze(_clean(str(internet.get("Date", ""))))
        if said or sent is not None:
            mail["Date"] = said or format_datetime(sent or _EPOCH)
        mail["Message-ID"] = squeeze(_clean(own.text(0x1035))) or "<message>"

    def _recipients(self, own: _Properties) -> dict[str, list[str]]:
        """Who is written to, and who gets a copy; those that others do not see are left out."""
        found: dict[str, list[str]] = {}
        names = [name for name in self.compound.names(own.place) if name.startswith(_RECIPIENT)]
        for name in names[: self.limits.max_members]:
            one = self._properties((*own.place, name), 8, own)
            person = _address(one.text(0x3001, 0x3A20), one.text(0x39FE, 0x3003))
            if person and (role := _TO.get(one.number(0x0C15) & 0xF)):
                found.setdefault(role, []).append(person)
        if not found:
            shown = {"To": own.text(0x0E04), "Cc": own.text(0x0E03)}
            split = {name: [_address(one, "") for one in text.split(";") if one.strip("\x00 ")] for name, text in shown.items()}
            found = {name: people for name, people in split.items() if people}
        return found

    def _bodies(self, mail: EmailMessage, own: _Properties) -> None:
        plain, rich = own.text(0x1000), own.text(0x1013)
        if not rich and (data := own.binary(0x1013)):
            page = codec_of(own.number(0x3FDE))
            decoded = decode(data, page)
            rich = decoded.text if decoded is not None else data.decode(page or "cp1252", "replace")
        if not rich.strip() and not plain.strip() and (packed := own.binary(0x1009)):
            try:
                kind, text = rtf_text(unpack_rtf(packed))
            except ValueError as error:
                raise DamagedFileError(self.file, f"Its text cannot be unpacked ({error}).", _AGAIN) from error
            plain, rich = ("", text) if kind == "html" else (text, "")
        if plain.strip():
            mail.set_content(_clean(plain), charset="utf-8", cte="base64")
        if rich.strip():
            add = mail.add_alternative if plain.strip() else mail.set_content
            add(_clean(rich), subtype="html", charset="utf-8", cte="base64")

    def _attach(self, mail: EmailMessage, one: _Properties, place: Path) -> None:
        self.spent.parts += 1
        if self.spent.parts > self.limits.max_members:
            reason = f"The message has more than {self.limits.max_members} attachments."
            raise TooLargeError(self.file, reason, f"Save the ones you need, or {MORE_PARTS}.")
        inner = (*place, "__substg1.0_3701000D")
        if one.number(0x3705) == _EMBEDDED and _PROPERTIES in self.compound.names(inner):
            mail.add_attachment(self.mail(inner, 24, bodies=True))
            return
        self.spent.size += self.compound.size(*place, "__substg1.0_37010102")
        if self.spent.size > self.limits.max_expanded_bytes:
            raise too_large_together(self.file, self.limits)
        kind = squeeze(one.text(0x370E)).lower()
        main, _, sub = (kind if _KEPT_TYPES.fullmatch(kind) else "application/octet-stream").partition("/")
        name = squeeze(_clean(one.text(0x3707, 0x3704, 0x3001)))
        place_in_text = squeeze(_clean(one.text(0x3712)))
        inline = main == "image" and bool(place_in_text or one.number(0x7FFE))
        mail.add_attachment(
            one.binary(0x3701) or b"", main, sub, filename=name or None, disposition="inline" if inline else "attachment",
            cid=f"<{regex.sub('[<>]', '', place_in_text)}>" if place_in_text else None,
        )  # fmt: skip

    def _secured(self, mail: EmailMessage, attached: list[Path], own: _Properties) -> None:
        """A message that is signed or encrypted by S/MIME holds one attachment, which is the whole mail ([MS-OXOSMIME])."""
        data = (self._properties(attached[0], 8, own).binary(0x3701) or b"") if attached else b""
        if regex.search(rb"^content-type:\s*multipart/signed", data[:4096], regex.I | regex.M):
            mail["Content-Type"] = 'multipart/mixed; boundary="=_signed"'
            mail.set_payload([self.parsed(data, self.file, self.limits)])
        else:
            mail["Content-Type"] = f"application/pkcs7-mime; smime-type={'signed' if _SIGNED in data[:64] else 'enveloped'}-data"

    def _bound(self, mail: EmailMessage) -> None:
        """Give the parts boundaries that are the same at every call; the words around them are in base64 and hold none."""
        parts: list[Any] = [mail]
        while parts:
            part = parts.pop()
            if part.get_content_maintype() == "multipart":
                if part.get_boundary() is None:
                    self.spent.boundaries += 1
                    part.set_boundary(f"=_part_{self.spent.boundaries}")
                parts.extend(part.iter_parts())


def _address(name: str, address: str) -> str:
    """A person as a mail names them; the path of an Exchange directory is no address."""
    name, address = squeeze(_clean(name)).strip("'\" "), squeeze(_clean(address))
    if "@" not in address or address.startswith("/") or not address.isascii():
        address = ""
    if not address:
        return f'"{quote(name)}"' if _SPECIAL.search(name) else name
    return formataddr((name if name != address else "", address))


def _clean(text: str) -> str:
    """Text without what a mail cannot carry: halves of characters and control characters."""
    return regex.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", " ", text.encode("utf-8", "replace").decode("utf-8"))
