"""A mailbox on a small IMAP server in a thread: attachments once each, with their mail; nothing in it changes."""

from __future__ import annotations

import io
import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest

from ingest.sources.connect import connect
from ingest.sources.entries import Address, EntryError, SourceError


@dataclass
class Post:
    """Mails by number, and what the server does: ``cuts`` breaks off at the nth mail that is fetched, ``forgets`` one in its list."""

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    cuts: int | None = None
    forgets: int | None = None
    fetched: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    port: int = 0


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        post: Post = self.server.post  # type: ignore[attr-defined]
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode().strip().partition(" ")
            post.said.append(command)
            word = command.upper()
            if word.startswith("CAPABILITY"):
                self._say("* CAPABILITY IMAP4REV1")
            elif word.startswith("LOGIN") and "tram-secret" not in command:
                self._say(f"{tag} NO wrong")
                continue
            elif word.startswith("EXAMINE"):
                if "INBOX" not in word:
                    self._say(f"{tag} NO none")
                    continue
                self._say(f"* {len(post.mails)} EXISTS", f"* OK [UIDVALIDITY {post.validity}] x")
            elif word.startswith("UID SEARCH"):
                self._say("* SEARCH " + " ".join(map(str, post.mails)))
            elif "RFC822.SIZE" in word:
                told = [n for n in post.mails if n != post.forgets]
                self._say(*(f"* {at} FETCH (UID {n} RFC822.SIZE {len(post.mails[n])})" for at, n in enumerate(told, 1)))
            elif match := re.match(r"UID FETCH (\d+) \(BODY", word):
                if post.cuts is not None and len(post.fetched) >= post.cuts:
                    self.wfile.write(b"* 1 FETCH (UID 1 BODY[] {9999}\r\nhalf")
                    return
                post.fetched.append(int(match[1]))
                data = post.mails.get(int(match[1]))
                if data is not None:
                    self.wfile.write(f"* 1 FETCH (UID {match[1]} BODY[] {{{len(data)}}}\r\n".encode() + data + b")\r\n")
            elif word.startswith("LOGOUT"):
                self._say("* BYE", f"{tag} OK")
                return
            self._say(f"{tag} OK done")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


def mail(subject: str, **files: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = "Asha Pawar <asha@example.org>", subject, "Mon, 02 Mar 2026 10:00:00 +0530"
    message.set_content("Please find it attached.")
    for name, data in files.items():
        kind = ("image", "png") if name.startswith("logo") else ("application", "octet-stream")
        shown = {"disposition": "inline"} if name.startswith("logo") else {}
        message.add_attachment(data, *kind, filename=name.replace("_", "."), **shown)
    return bytes(message)


@pytest.fixture
def post() -> Iterator[Post]:
    held = Post(
        {3: mail("करार २०२६", moc_txt=b"The committee.", annex_pdf=b"%PDF-1.4"), 5: mail("Lunch"), 9: mail("Minutes", logo_png=b"x")}
    )
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.post = held  # type: ignore[attr-defined]
        held.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield held
        server.shutdown()


@pytest.fixture
def box(post: Post):
    opened = []

    def connected(secret: str = "tram-secret", folder: str = "INBOX", **options: str):
        address = Address("mailbox", f"imap://127.0.0.1:{post.port}/{folder}", {"user": "asha", **options}, secret)
        opened.append(connect(address))
        return opened[-1]

    yield connected
    for one in opened:
        one.close()


def test_attachments_are_listed_with_their_mail_and_read_and_each_mail_is_fetched_once(post: Post, box) -> None:
    here = box()
    first = here.listing({}, "").entries
    papers = [one for one in first if not one.empty]
    assert [(one.path, one.size) for one in papers] == [("करार २०२६/moc.txt", 14), ("करार २०२६/annex.pdf", 8)]
    assert papers[0].origin == "Asha Pawar <asha@example.org> · “करार २०२६” · Mon, 02 Mar 2026 10:00:00 +0530"
    out = io.BytesIO()
    here.read(papers[0], out)
    assert out.getvalue() == b"The committee."
    assert post.fetched == [3, 5, 9]
    post.mails[11] = mail("New", note_txt=b"A note.")
    again = box().listing({one.key: one for one in first}, "").entries
    assert set(first) < set(again)
    assert [one.path for one in set(again) - set(first)] == ["New/note.txt"]
    assert post.fetched == [3, 5, 9, 11]


def test_nothing_in_the_mailbox_is_changed(post: Post, box) -> None:
    box().listing({}, "")
    words = " ".join(post.said).upper()
    assert "EXAMINE" in words
    assert "BODY.PEEK[]" in words
    assert not {"STORE", "SELECT", "EXPUNGE", "APPEND", "COPY"} & set(words.split())


def test_a_mail_that_is_deleted_is_no_longer_listed(post: Post, box) -> None:
    known = {one.key: one for one in box().listing({}, "").entries}
    del post.mails[3]
    assert {one.key for one in box().listing(known, "").entries} == {key for key in known if not key.startswith("7:3:")}


def test_a_listing_that_breaks_off_or_forgets_a_mail_is_no_listing(post: Post, box) -> None:
    post.cuts = 1
    with pytest.raises(SourceError, match="does not answer as it should"):
        box().listing({}, "")
    post.cuts, post.forgets = None, 9
    with pytest.raises(SourceError, match="did not tell of all its mails"):
        box().listing({}, "")


def test_a_mail_that_goes_while_it_is_read_stops_no_other(post: Post, box) -> None:
    known = {one.key: one for one in box().listing({}, "").entries}
    del post.mails[3]
    with pytest.raises(EntryError):
        box().read(known["7:3:2"], io.BytesIO())


def test_a_wrong_password_or_folder_is_told_without_the_password(box) -> None:
    with pytest.raises(SourceError, match="does not let asha in") as refused:
        box("wrong-one").listing({}, "")
    assert "wrong-one" not in str(refused.value)
    with pytest.raises(SourceError, match="no folder Nowhere"):
        box(folder="Nowhere").listing({}, "")


@pytest.mark.parametrize("address", ["imap://mail.example.org/INBOX", "https://mail.example.org", "imaps://asha:pw@mail.example.org/INBOX"])
def test_an_address_that_would_send_the_password_in_the_open_or_is_no_mailbox_is_refused(address: str) -> None:
    with pytest.raises(SourceError):
        connect(Address("mailbox", address))
