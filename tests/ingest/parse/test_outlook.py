"""An Outlook message: read as the mail that it is, and its attachments as those of any mail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.containers import contents
from ingest.discover import discover
from ingest.errors import IngestError, SecretFileError, TooLargeError
from ingest.parse.dispatch import read
from ingest.parse.mail import attachments, read_mail
from ingest.pipeline import read_documents
from ingest.records import Document, Limits, RawDocument, Source
from tests.ingest.compound_files import Attached, Tree, compound, message, rtf
from tests.ingest.parse.test_mail import PDF, PNG, mail, names
from tests.ingest.test_file_access import KEY

PAGE = "<html><body><p>The <b>gauges</b> arrive on Monday.</p><table><tr><td>North</td><td>4</td></tr></table></body></html>"


def parsed(tree: Tree) -> RawDocument:
    data = compound(tree)
    return read_mail(data, Source("/papers/mail.msg", "0" * 64, "outlook", len(data)), Limits())


def texts(tree: Tree) -> list[str]:
    return [block.text for block in parsed(tree).pages[0].blocks]


def found(folder: Path, tree: Tree, limits: Limits = Limits()) -> list[Source | IngestError]:
    path = folder / "mail.msg"
    path.write_bytes(compound(tree))
    return list(discover([path], limits))


def test_sender_receivers_day_subject_and_text_are_those_of_a_mail() -> None:
    document = parsed(message(cc=[("Second, Person", "second@example.jp")], bcc=[("Hidden", "hidden@example.jp")]))
    assert document.hints.title == "Gauges"
    assert document.hints.authors == ("Aparna Desai",)
    assert "From: Aparna Desai" in texts(message(sender=("Aparna Desai", "/O=EXCHANGE/OU=FIRST/CN=APARNA@X")))
    assert document.hints.published == date(2025, 3, 12)
    assert [(b.role, b.text) for b in document.pages[0].blocks] == [
        ("title", "Gauges"),
        ("table_row", "From: Aparna Desai <aparna@lahargad.example>"),
        ("table_row", "To: Kazehama <kazehama@example.jp>"),
        ("table_row", 'Cc: "Second, Person" <second@example.jp>'),
        ("table_row", "Date: Wed, 12 Mar 2025 18:00:00 +0000"),
        ("paragraph", "The gauges arrive on Monday."),
    ]


@pytest.mark.parametrize(
    ("language", "subject", "text"),
    [
        ("mr", "पूरमापकांची भेट", "लहरगड महानगरपालिकेची पूरमापके सोमवारी येतील आणि अभियंते मंगळवारी येतील."),
        ("hi", "बाढ़ मापकों की खेप", "लहरगढ़ नगर निगम के बाढ़ मापक सोमवार को आएँगे और अभियंता मंगलवार को आएँगे।"),
        ("en", "The flood gauges", "The flood gauges of the corporation arrive on Monday, and the engineers on Tuesday."),
        ("ja", "水位計の納入", "市の水位計は月曜日に届き、技術者は火曜日に到着します。"),
    ],
)
def test_a_message_in_each_language_is_told_by_its_bytes_and_understood(tmp_path: Path, language: str, subject: str, text: str) -> None:
    path = tmp_path / "saved.bin2"
    path.write_bytes(compound(message(subject, f"{text}\r\n", to=[("川村健一", "kawamura@example.jp")])))
    (document,) = read_documents([path])
    assert isinstance(document, Document)
    assert document.source.media == "outlook"
    assert (document.facts.title, document.facts.language) == (subject, language)
    assert text in document.text
    assert "To: 川村健一 <kawamura@example.jp>" in document.text


@pytest.mark.parametrize(("page", "subject"), [(932, "水位計の納入について"), (1252, "Études du fleuve"), (65001, "पूरमापके")])
def test_text_in_a_code_page_is_read(page: int, subject: str) -> None:
    assert texts(message(subject, f"{subject}\r\n", page=page))[0] == subject


def test_the_day_is_that_of_the_senders_clock_where_the_headers_came_along() -> None:
    headers = "Received: from x\r\nDate: Thu, 13 Mar 2025 03:00:00 +0900\r\nSubject: other\r\n"
    assert parsed(message(headers=headers)).hints.published == date(2025, 3, 13)
    assert parsed(message(sent=None)).hints.published is None


def test_the_path_of_a_directory_is_no_address() -> None:
    assert parsed(message(sender=("Aparna Desai", "/O=EXCHANGE/OU=FIRST/CN=APARNA@X"))).hints.authors == ("Aparna Desai",)
    assert "From: Aparna Desai" in texts(message(sender=("Aparna Desai", "/O=EXCHANGE/OU=FIRST/CN=APARNA@X")))


@pytest.mark.parametrize("html", [PAGE, PAGE.encode(), PAGE.replace("<p>", "<p>水位計: ").encode("cp932")])
def test_html_is_read_where_there_is_no_plain_text(html: str | bytes) -> None:
    blocks = texts(message(body=None, html=html))
    assert blocks[-2].removeprefix("水位計: ") == "The gauges arrive on Monday."
    assert blocks[-1] == "North: 4"


def test_rich_text_is_read_where_there_is_nothing_else() -> None:
    words = rtf(rb"{\rtf1\ansi\ansicpg932{\fonttbl{\f0\fcharset128 MS;}}\f0 \'90\'85\'88\'ca\'8cv arrives.\par On Monday.}")
    assert texts(message(body=None, rtf=words))[-2:] == ["水位計 arrives.", "On Monday."]


def test_attachments_become_documents_of_their_own(tmp_path: Path) -> None:
    attached = [Attached("करार.pdf", PDF), Attached("wards.csv", b"Ward,Litres\nNorth,4\n", "text/csv")]
    items = found(tmp_path, message(attached=attached))
    assert names(items) == ["mail.msg", "mail.msg › करार.pdf", "mail.msg › wards.csv"]
    sources = [item for item in items if isinstance(item, Source)]
    assert [source.media for source in sources] == ["outlook", "pdf", "csv"]
    assert contents(sources[1], Limits()) == PDF
    assert read(sources[2], Limits()).pages[0].blocks[0].text == "Ward: North · Litres: 4"


def test_a_logo_and_a_signature_are_no_attachments_a_scan_that_is_attached_is_one(tmp_path: Path) -> None:
    attached = [
        Attached("logo.png", PNG, "image/png", "logo@x"), Attached("line.gif", b"GIF89a", "image/gif", hidden=True),
        Attached("smime.p7s", b"0\x82", "application/pkcs7-signature"), Attached("scan.png", PNG, "image/png"),
    ]  # fmt: skip
    assert names(found(tmp_path, message(attached=attached))) == ["mail.msg", "mail.msg › scan.png"]


def test_a_message_within_a_message_is_a_document_with_its_own_attachments(tmp_path: Path) -> None:
    annex = Attached("annex.txt", "परिशिष्टाचा मजकूर".encode())
    inner = message("Re: a/b gauges", "Approved.\r\n", attached=[annex], inner=True, sent=datetime(2025, 3, 1, tzinfo=UTC))
    items = found(tmp_path, message(attached=[Attached(message=inner)]))
    assert names(items) == ["mail.msg", "mail.msg › Re: a b gauges.eml", "mail.msg › Re: a b gauges.eml › annex.txt"]
    middle, deepest = items[1:]
    assert isinstance(middle, Source)
    assert isinstance(deepest, Source)
    assert contents(deepest, Limits()) == annex.data
    document = read(middle, Limits())
    assert (document.hints.published, document.pages[0].blocks[-1].text) == (date(2025, 3, 1), "Approved.")


def test_mails_of_both_kinds_may_be_attached_to_each_other(tmp_path: Path) -> None:
    attached = [
        Attached("old.eml", mail("Words of the old mail.\n").as_bytes(), "message/rfc822"),
        Attached("b.msg", compound(message("B"))),
    ]
    assert names(found(tmp_path, message(attached=attached))) == ["mail.msg", "mail.msg › old.eml", "mail.msg › b.msg"]
    outer: EmailMessage = mail()
    outer.add_attachment(
        compound(message(attached=[Attached("a.txt", b"words")])), maintype="application", subtype="octet-stream", filename="c.msg"
    )
    (tmp_path / "o.eml").write_bytes(outer.as_bytes())
    assert names(list(discover([tmp_path / "o.eml"], Limits()))) == ["o.eml", "o.eml › c.msg", "o.eml › c.msg › a.txt"]


def test_messages_packed_too_deep_are_refused_by_name(tmp_path: Path) -> None:
    tree = message("deepest", inner=True)
    for level in range(6):
        tree = message(f"level {level}", attached=[Attached(message=tree)], inner=level < 5)
    assert [type(item).__name__ for item in found(tmp_path, tree)] == ["Source", "Source", "Source", "TooLargeError"]


def test_names_empty_attachments_and_keys_are_treated_as_in_any_mail(tmp_path: Path) -> None:
    attached = [
        Attached("a.txt", b"one"), Attached("a.txt", b"two"), Attached("../../etc/passwd.txt", b"words"), Attached("link.pdf", None),
        Attached("notes.txt", KEY.encode()),
    ]  # fmt: skip
    items = found(tmp_path, message(attached=attached))
    assert names(items)[1:] == [
        "mail.msg › a.txt", "mail.msg › a (2).txt", "mail.msg › etc passwd.txt", "mail.msg › link.pdf", "mail.msg › notes.txt",
    ]  # fmt: skip
    assert [type(item).__name__ for item in items[1:]] == ["Source", "Source", "Source", "EmptyFileError", "SecretFileError"]
    assert isinstance(items[-1], SecretFileError)


def test_too_many_or_too_large_attachments_are_refused(tmp_path: Path) -> None:
    tree = message(attached=[Attached(f"{at}.txt", b"w" * 1000) for at in range(5)])
    assert isinstance(found(tmp_path, tree, Limits(max_members=3))[-1], TooLargeError)
    assert isinstance(found(tmp_path, tree, Limits(max_expanded_bytes=2500))[-1], TooLargeError)
    assert len(found(tmp_path, tree, Limits(max_members=6))) == 6


def test_a_message_gives_the_same_bytes_at_every_call() -> None:
    tree = message(attached=[Attached(message=message(html=PAGE, attached=[Attached("a.txt", b"words")], inner=True))])
    first, second = (list(attachments(compound(tree), "/a.msg", Limits())) for _ in range(2))
    assert first == second
