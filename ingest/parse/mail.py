"""An e-mail (EML, RFC 5322, or an Outlook message): who wrote to whom and when, what it says, and what is attached."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice
from typing import Any

import regex

from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, IngestError, TooLargeError, UnsupportedFormatError
from ingest.office.legacy_office import MAGIC
from ingest.parse.archive import MORE_PARTS, Member, too_large_together
from ingest.parse.lines import squeeze
from ingest.parse.text import decode, plain_blocks
from ingest.records import INSIDE, Hints, Limits, RawBlock, RawDocument, RawPage, Source

_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys"}
)
_RIGHTS = "application/x-microsoft-rpmsg-message"
_SHOWN = ("From", "To", "Cc", "Date")
_PLAIN_SHARE = 0.2
"""A plain part with less than this share of the HTML part's letters only says that one should look at the other."""
_MOST_BOUNDARIES = 100
_BOUNDARY = regex.compile(rb"boundary(?:\*\d*)?\*?[ \t]*=[ \t]*(?:\"([^\"\r\n]{0,200})|([^\s;]{0,200}))", regex.I)
_ASK = "Ask for it again, or save it from where it lies and add it."
_QUOTED = regex.compile(r"\"([^\"@<>,;:()\[\]\\]+)\"")
"""A name in quotation marks that need not be there; Python adds them to one without an address."""
_SAVE_AGAIN = "Save it again in the mail program, as .eml."
_FORBIDDEN = regex.compile(r"[/\\\p{C}]+")


def read_mail(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read a mail as one page: its headers, each a row, then its text. Attachments are documents of their own (see ``attachments``).

    The subject is the title, the sender the author, the date of sending the date it was published. The plain text is preferred; where
    there is none worth the name, the HTML is read.

    Raises:
        DamagedFileError: not a mail, or nested beyond reason.
        EmptyFileError: neither text nor subject.
        EncryptedFileError: its text is encrypted, or under rights management.
        UnsupportedFormatError: its text lies inside its signature.
        TooLargeError: more than ``limits.max_members`` parts, whether they are attachments or not.
    """
    message = _parsed(data, source.uri, limits)
    if (locked := _locked(message, source.uri)) is not None:
        raise locked
    subject = _header(message, "Subject")
    shown = [(name, _QUOTED.sub(r"\1", _header(message, name))) for name in _SHOWN]
    rows = [RawBlock(f"{name}: {value}", "table_row") for name, value in shown if value]
    body = _body(message, source)
    if not body and not any(_attached(message)):
        raise EmptyFileError(source.uri, "There is no text in the mail.", "Check that it is the file you meant.")
    blocks = ([RawBlock(subject, "title")] if subject else []) + rows + body
    hints = Hints(title=subject or None, authors=_people(message, "From"), published=_sent(message))
    return RawDocument(source, (RawPage(1, "1", tuple(blocks), "markup"),), hints)


def attachments(data: bytes, file: str, limits: Limits) -> Iterator[Member | IngestError]:
    """What is attached to a mail, in its order; a mail within the mail is an attachment named by its subject.

    Pictures that stand inside the text (logos) and signatures are no attachments.

    Raises:
        DamagedFileError: as ``read_mail``.
        TooLargeError: as ``read_mail``, or over ``limits.max_expanded_bytes`` together.
    """
    taken: set[str] = set()
    total = 0
    message = _parsed(data, file, limits, bodies=False)
    if _locked(message, file) is not None:
        return
    for found in _attached(message):
        name = found.name
        stem, dot, suffix = name.rpartition(".")
        again = 1
        while name in taken:
            again += 1
            name = f"{stem} ({again}){dot}{suffix}" if stem else f"{found.name} ({again})"
        taken.add(name)
        content = _payload(found.part)
        total += len(content)
        if total > limits.max_expanded_bytes:
            raise too_large_together(file, limits)
        if content:
            yield Member(name, str(found.place), content)
        else:
            yield EmptyFileError(f"{file}{INSIDE}{name}", "The attachment has no bytes; it may be only a link.", _ASK)


def reader(data: bytes, file: str, limits: Limits) -> Callable[[str], bytes]:
    """A function that gives the bytes of the attachment at a place; the mail is parsed once.

    Raises:
        DamagedFileError: here, as ``read_mail``; there, no such part.
        TooLargeError: here, as ``read_mail``.
    """
    parts = {str(found.place): found.part for found in _attached(_parsed(data, file, limits, bodies=False))}

    def read(place: str) -> bytes:
        if place not in parts:
            raise DamagedFileError(file, "The mail changed while it was read.", "Add it again.")
        return _payload(parts[place])

    return read


@dataclass(frozen=True, slots=True)
class _Attached:
    part: Message
    name: str
    place: int


def _parsed(data: bytes, file: str, limits: Limits, *, bodies: bool = True) -> EmailMessage:
    """A mail in either form; the places of its attachments are those for the same ``bodies``."""
    if data.startswith(MAGIC):
        from ingest.parse.outlook import as_mail

        return as_mail(data, file, limits, _parsed, bodies=bodies)
    # Python's parser asks every open level about every line, and takes a second for every few thousand parts.
    boundaries = list(islice(_BOUNDARY.finditer(data), _MOST_BOUNDARIES + 1))
    if len(boundaries) > _MOST_BOUNDARIES:
        raise DamagedFileError(file, "Its parts are nested beyond reason.", _SAVE_AGAIN)
    if found := b"|".join({regex.escape(one[1] or one[2]) for one in boundaries if one[1] or one[2]}):
        begun = regex.compile(rb"^--(?:" + found + rb")[ \t]*\r?$", regex.M)
        if next(islice(begun.finditer(data), limits.max_members, None), None) is not None:
            reason = f"The mail has more than {limits.max_members} parts."
            raise TooLargeError(file, reason, f"Save the ones you need, or {MORE_PARTS}.")
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        if not message.keys():
            raise DamagedFileError(file, "It has no mail headers.", _SAVE_AGAIN)
    except (RecursionError, MessageError, ValueError) as error:
        raise DamagedFileError(file, f"The mail cannot be taken apart ({type(error).__name__}).", _SAVE_AGAIN) from error
    if not isinstance(message, EmailMessage):
        raise DamagedFileError(file, "It is not a mail.", _SAVE_AGAIN)
    return message


def _locked(message: EmailMessage, file: str) -> IngestError | None:
    """Why the text of a mail cannot be read by anyone but its receiver's mail program."""
    remedy = "Open it in the mail program and save its text or attachments."
    if message.get_content_type() in _ENCRYPTED:
        if "signed" in str(message.get_param("smime-type", "")):
            return UnsupportedFormatError(file, "The text of the mail lies inside its signature (S/MIME).", remedy)
        return EncryptedFileError(file, "The mail is encrypted.", remedy)
    if any(part.get_content_type() == _RIGHTS or _named(part).lower() == "message.rpmsg" for part in message.walk()):
        return EncryptedFileError(file, "The mail is protected by rights management (IRM).", remedy)
    return None


def _attached(message: Message) -> Iterator[_Attached]:
    """Attached parts, depth first, without going into mails within the mail."""
    pending: list[Message] = [message]
    place = 0
    while pending:
        part = pending.pop()
        kind = part.get_content_type()
        place += 1
        if kind == "message/rfc822" and part is not message:
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            subject = _header(first, "Subject") if isinstance(first, Message) else ""
            yield _Attached(part, _named(part) or f"{_FORBIDDEN.sub(' ', subject)[:80].strip() or 'mail'}.eml", place)
        elif part.is_multipart():
            pending.extend(reversed([inner for inner in part.get_payload() if isinstance(inner, Message)]))
        elif _is_attachment(part, kind):
            yield _Attached(part, _named(part) or f"attachment {place}{_suffix(kind)}", place)


def _is_attachment(part: Message, kind: str) -> bool:
    disposition = part.get_content_disposition()
    if kind in _SIGNATURES or kind in {"message/delivery-status", "text/calendar", "text/rfc822-headers"}:
        return False
    if kind.startswith("image/"):
        return disposition == "attachment" and part.get("Content-ID") is None
    return disposition == "attachment" or _named(part) != "" or not kind.startswith(("text/", "multipart/"))


def _suffix(kind: str) -> str:
    return {"application/pdf": ".pdf", "text/html": ".html", "text/csv": ".csv", "text/plain": ".txt"}.get(kind, "")


def _named(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""  # Python's header parser fails on some broken RFC 2231 parameters; the part is then named by its place.
    return _FORBIDDEN.sub(" ", name).strip(" .")[:200]


def _payload(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, Message) else b""
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _body(message: EmailMessage, source: Source) -> list[RawBlock]:
    plain = _content(message, "plain")
    rich = _content(message, "html")
    if rich is None:
        return plain_blocks(plain) if plain else []
    from ingest.web.html_blocks import fragment_blocks

    blocks = fragment_blocks(rich, source.uri)
    letters = sum(len(block.text) for block in blocks)
    return plain_blocks(plain) if plain and len(squeeze(plain)) > _PLAIN_SHARE * letters else blocks


def _content(message: EmailMessage, kind: str) -> str | None:
    """The text of the part that is the body, in whatever encoding it really is."""
    try:
        part = message.get_body((kind,))
    except (AttributeError, ValueError, KeyError):
        return None  # get_body trips over parts whose content type is malformed (CPython 3.11).
    if part is None:
        return None
    payload = part.get_payload(decode=True)
    declared = part.get_content_charset()
    decoded = decode(payload, declared) if isinstance(payload, bytes) and payload.strip() else None
    return None if decoded is None else decoded.text


def _header(message: Message, name: str) -> str:
    try:
        value: Any = message.get(name)
        return squeeze(str(value)) if value is not None else ""
    except (ValueError, LookupError, TypeError, IndexError, AttributeError):
        return ""  # CPython's header parser raises on some malformed addresses and dates.


def _people(message: Message, name: str) -> tuple[str, ...]:
    return tuple(person or address for person, address in getaddresses([_header(message, name)]) if person or address)


def _sent(message: Message) -> date | None:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
