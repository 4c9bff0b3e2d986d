"""An e-mail (EML, RFC 5322): who wrote to whom and when, what it says, and what is attached."""

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

from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, IngestError, TooLargeError
from ingest.read.archive import MORE_PARTS, Member
from ingest.read.encoding import decode
from ingest.read.lines import squeeze
from ingest.read.text import plain_blocks
from ingest.records import INSIDE, Hints, Limits, RawBlock, RawDocument, RawPage, Source

_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys"}
)
_SHOWN = ("From", "To", "Cc", "Date")
_PLAIN_SHARE = 0.2
"""A plain part with less than this share of the HTML part's letters only says that one should look at the other."""
_MOST_BOUNDARIES = 100
_BOUNDARY = regex.compile(rb"boundary(?:\*\d*)?\*?[ \t]*=[ \t]*(?:\"([^\"\r\n]{0,200})|([^\s;]{0,200}))", regex.I)
_SAVE_AGAIN = "Save it again in the mail program, as .eml."
_FORBIDDEN = regex.compile(r"[/\\\p{C}]+")


def read_mail(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read a mail as one page: its headers, each a row, then its text. Attachments are documents of their own (see ``attachments``).

    The subject is the title, the sender the author, the date of sending the date it was published. The plain text is preferred; where
    there is none worth the name, the HTML is read.

    Raises:
        DamagedFileError: not a mail, or nested beyond reason.
        EmptyFileError: neither text nor subject.
        EncryptedFileError: its text is encrypted.
        TooLargeError: more than ``limits.max_members`` parts, whether they are attachments or not.
    """
    message = _parsed(data, source.uri, limits)
    if message.get_content_type() in _ENCRYPTED and "signed" not in str(message.get_param("smime-type", "")):
        raise EncryptedFileError(source.uri, "The mail is encrypted.", "Open it in the mail program and save its text or attachments.")
    subject = _header(message, "Subject")
    rows = [RawBlock(f"{name}: {value}", "table_row") for name in _SHOWN if (value := _header(message, name))]
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
    for found in _attached(_parsed(data, file, limits)):
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
            remedy = "Save the ones you need, or raise the limit (SETU_MAX_FILE_MB: twice that)."
            raise TooLargeError(file, f"Its attachments have over {limits.max_expanded_bytes / 1e6:.1f} MB.", remedy)
        if content:
            yield Member(name, str(found.place), content)
        else:
            yield EmptyFileError(f"{file}{INSIDE}{name}", "The attachment has no bytes.", "Ask for it again.")


def reader(data: bytes, file: str, limits: Limits) -> Callable[[str], bytes]:
    """A function that gives the bytes of the attachment at a place; the mail is parsed once.

    Raises:
        DamagedFileError: here, as ``read_mail``; there, no such part.
        TooLargeError: here, as ``read_mail``.
    """
    parts = {str(found.place): found.part for found in _attached(_parsed(data, file, limits))}

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


def _parsed(data: bytes, file: str, limits: Limits) -> EmailMessage:
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
    from ingest.read.markup import fragment_blocks

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
