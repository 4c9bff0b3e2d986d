"""A mail: who wrote, when, what it says, and what is attached becomes documents of their own."""

from __future__ import annotations

import contextlib
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.containers import contents
from ingest.discover import discover
from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, IngestError, TooLargeError
from ingest.parse.dispatch import read
from ingest.parse.mail import attachments, read_mail
from ingest.records import Limits, RawDocument, Source

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def mail(text: str | None = "The gauges arrive on Monday.\n", subject: str = "Gauges", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Aparna Desai <aparna@lahargad.example>"
    message["To"] = "kazehama@example.jp, Second Person <second@example.jp>"
    message["Date"] = "Wed, 12 Mar 2025 23:30:00 +0530"
    message["Subject"] = subject
    for name, value in headers.items():
        message[name] = value
    if text is not None:
        message.set_content(text)
    return message


def parsed(data: bytes) -> RawDocument:
    return read_mail(data, Source("/papers/mail.eml", "0" * 64, "mail", len(data)), Limits())


def texts(data: bytes) -> list[str]:
    return [block.text for block in parsed(data).pages[0].blocks]


def found(folder: Path, message: EmailMessage | bytes, name: str = "mail.eml", limits: Limits = Limits()) -> list[Source | IngestError]:
    path = folder / name
    path.write_bytes(message if isinstance(message, bytes) else message.as_bytes())
    return list(discover([path], limits))


def names(items: list[Source | IngestError]) -> list[str]:
    return [(item.file if isinstance(item, IngestError) else item.uri).rsplit("/", 1)[-1] for item in items]


def test_headers_are_facts_and_rows_and_the_plain_text_is_the_body() -> None:
    document = parsed(mail().as_bytes())
    assert document.hints.title == "Gauges"
    assert document.hints.authors == ("Aparna Desai",)
    assert document.hints.published == date(2025, 3, 12)
    assert [(b.role, b.text) for b in document.pages[0].blocks] == [
        ("title", "Gauges"),
        ("table_row", "From: Aparna Desai <aparna@lahargad.example>"),
        ("table_row", "To: kazehama@example.jp, Second Person <second@example.jp>"),
        ("table_row", "Date: Wed, 12 Mar 2025 23:30:00 +0530"),
        ("paragraph", "The gauges arrive on Monday."),
    ]


def test_headers_and_text_in_our_scripts_are_decoded() -> None:
    message = mail("पूरमापके सोमवारी येतील.\n", "पूरमापकांची भेट", Cc="川村健一 <kawamura@example.jp>")
    found = texts(message.as_bytes())
    assert found[0] == "पूरमापकांची भेट"
    assert "Cc: 川村健一 <kawamura@example.jp>" in found
    assert found[-1] == "पूरमापके सोमवारी येतील."


def test_a_japanese_mail_in_its_old_encoding_is_read() -> None:
    message = mail(None)
    message.set_content("水位計は月曜日に届きます。\n", charset="iso-2022-jp")
    assert texts(message.as_bytes())[-1] == "水位計は月曜日に届きます。"


def test_a_wrong_charset_label_does_not_garble_the_text() -> None:
    data = mail("X\n").as_bytes().replace(b'charset="utf-8"', b'charset="x-unknown-9"').replace(b"\nX\n", "\nपूरमापके येतील.\n".encode())
    assert texts(data)[-1] == "पूरमापके येतील."


def test_the_html_is_read_where_the_plain_text_only_points_to_it() -> None:
    page = "<html><body><p>The <b>gauges</b> arrive on Monday, and the engineers on Tuesday.</p><script>x()</script></body></html>"
    message = mail("See HTML\n")
    message.add_alternative(page, subtype="html")
    assert texts(message.as_bytes())[-1] == "The gauges arrive on Monday, and the engineers on Tuesday."
    message = mail("The gauges arrive on Monday, and the engineers on Tuesday.\n")
    message.add_alternative(page, subtype="html")
    assert texts(message.as_bytes())[-1] == "The gauges arrive on Monday, and the engineers on Tuesday."
    only = mail(None)
    only.set_content(page, subtype="html")
    assert texts(only.as_bytes())[-1] == "The gauges arrive on Monday, and the engineers on Tuesday."


def test_attachments_become_documents_of_their_own(tmp_path: Path) -> None:
    message = mail()
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="करार.pdf")
    message.add_attachment("Ward,Litres\nNorth,4\n", subtype="csv", filename="wards.csv")
    items = found(tmp_path, message)
    assert names(items) == ["mail.eml", "mail.eml › करार.pdf", "mail.eml › wards.csv"]
    sources = [item for item in items if isinstance(item, Source)]
    assert [source.media for source in sources] == ["mail", "pdf", "csv"]
    assert contents(sources[1], Limits()) == PDF
    assert read(sources[2], Limits()).pages[0].blocks[0].text == "Ward: North · Litres: 4"


def test_a_logo_and_a_signature_are_no_attachments_a_scan_that_is_attached_is_one(tmp_path: Path) -> None:
    message = mail()
    message.add_alternative('<p>The gauges arrive on Monday.</p><img src="cid:logo">', subtype="html")
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<logo>", filename="logo.png")  # type: ignore[union-attr, index]
    message.add_attachment(b"0\x82", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="scan.png")
    items = found(tmp_path, message)
    assert names(items) == ["mail.eml", "mail.eml › scan.png"]
    assert isinstance(items[1], Source)
    with pytest.raises(IngestError):  # these few bytes are no picture
        read(items[1], Limits())


def test_a_mail_within_a_mail_is_a_document_with_its_own_attachments(tmp_path: Path) -> None:
    inner = mail("Approved.\n", "Re: a/b gauges")
    inner.add_attachment("words of the annex", filename="annex.txt")
    outer = mail()
    outer.add_attachment(inner)
    items = found(tmp_path, outer)
    assert names(items) == ["mail.eml", "mail.eml › Re: a b gauges.eml", "mail.eml › Re: a b gauges.eml › annex.txt"]
    deepest = items[-1]
    assert isinstance(deepest, Source)
    assert len(deepest.parts) == 3
    assert contents(deepest, Limits()).strip() == b"words of the annex"


def test_mails_packed_too_deep_are_refused_by_name(tmp_path: Path) -> None:
    message = mail()
    for level in range(6):
        outer = mail(f"Level {level}\n", f"level {level}")
        outer.add_attachment(message)
        message = outer
    items = found(tmp_path, message)
    assert [type(item).__name__ for item in items] == ["Source", "Source", "Source", "TooLargeError"]


def test_attachments_of_the_same_name_are_numbered_and_paths_in_names_are_words(tmp_path: Path) -> None:
    message = mail()
    for name in ("a.txt", "a.txt", "../../etc/passwd.txt"):
        message.add_attachment(f"words of {name}", filename=name)
    assert names(found(tmp_path, message))[1:] == ["mail.eml › a.txt", "mail.eml › a (2).txt", "mail.eml › etc passwd.txt"]


def test_an_empty_attachment_is_rejected_by_name_and_the_others_go_on(tmp_path: Path) -> None:
    message = mail()
    message.add_attachment(b"", maintype="application", subtype="pdf", filename="empty.pdf")
    message.add_attachment("words", filename="b.txt")
    items = found(tmp_path, message)
    assert [type(item).__name__ for item in items] == ["Source", "EmptyFileError", "Source"]


def test_too_many_or_too_large_attachments_are_refused(tmp_path: Path) -> None:
    message = mail()
    for at in range(5):
        message.add_attachment("w" * 1000, filename=f"{at}.txt")
    data = message.as_bytes()
    assert isinstance(found(tmp_path, data, limits=Limits(max_members=3))[-1], TooLargeError)
    assert isinstance(found(tmp_path, data, limits=Limits(max_expanded_bytes=2500))[-1], TooLargeError)


def test_an_encrypted_mail_says_so() -> None:
    message = mail(None)
    message["Content-Type"] = 'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"'
    with pytest.raises(EncryptedFileError):
        parsed(message.as_bytes())


def test_a_mail_without_words_is_empty() -> None:
    with pytest.raises(EmptyFileError):
        parsed(mail(" \n").as_bytes())


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_mail_gives_what_is_left_or_is_rejected(tmp_path: Path, share: float) -> None:
    message = mail()
    message.add_attachment(PDF * 40, maintype="application", subtype="pdf", filename="a.pdf")
    data = message.as_bytes()
    items = found(tmp_path, data[: int(len(data) * share)])
    assert items
    assert all(isinstance(item, Source | IngestError) for item in items)


@pytest.mark.parametrize(
    "broken",
    [
        b"From: <<>>@;\nDate: never\nTo: =?x?y?z?=, (\nSubject: =?utf-8?b?!!!?=\nMessage-ID: <\n\nWords.\n",
        b"From: a\nContent-Type: multipart/mixed; boundary=\n\nWords.\n",
        b"From: a\nContent-Type: text/plain; charset=\n\nWords.\n",
        b"From: a\nContent-Type: message/rfc822\n\nFrom: b\n\nWords.\n",
        b"From: a\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Disposition: attachment; filename*=x''%zz\n\nq\n--b--\n",
        b"From: a\nContent-Transfer-Encoding: base64\n\n!!!! not base64 !!!!\n",
    ],
)
def test_broken_headers_do_not_stop_the_batch(tmp_path: Path, broken: bytes) -> None:
    for item in found(tmp_path, broken):
        if isinstance(item, Source):
            with contextlib.suppress(IngestError):
                assert read(item, Limits()).pages


def test_multiparts_nested_beyond_reason_are_damaged() -> None:
    data = b"From: a\nSubject: deep\n"
    for at in range(3000):
        data += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at)
    with pytest.raises(DamagedFileError):
        parsed(data)
    with pytest.raises(DamagedFileError):
        list(attachments(data, "/a.eml", Limits()))


@given(st.binary(max_size=400))
def test_no_bytes_after_a_sender_break_the_reader(tail: bytes) -> None:
    data = b"From: a@x.example\n" + tail
    try:
        parsed(data)
        list(attachments(data, "/a.eml", Limits()))
    except IngestError:
        return
