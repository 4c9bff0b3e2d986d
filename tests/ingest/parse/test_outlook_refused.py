"""Messages that are locked, broken or made to do harm: each is refused with the file, the reason and a remedy."""

from __future__ import annotations

import contextlib
import random
import struct
from pathlib import Path

import pytest

from ingest.discover import discover
from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, IngestError, TooLargeError, UnsupportedFormatError
from ingest.parse.dispatch import read
from ingest.parse.mail import attachments, read_mail
from ingest.parse.rtf import MOST_BYTES
from ingest.pipeline import read_documents
from ingest.records import Document, Limits, Source
from tests.ingest.compound_files import Attached, Tree, compound, message, rtf
from tests.ingest.parse.test_mail import names
from tests.ingest.parse.test_outlook import found, parsed, texts

SIGNED, ENVELOPED = (bytes.fromhex("3082040006092a864886f70d0107") + bytes([last]) for last in (2, 3))
CLEAR = (
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha1; boundary="b1"\r\n\r\n--b1\r\n'
    b'Content-Type: multipart/mixed; boundary="b2"\r\n\r\n--b2\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe gauges arrive.\r\n'
    b"--b2\r\nContent-Disposition: attachment; filename=annex.txt\r\n\r\nwords\r\n--b2--\r\n"
    b"--b1\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMII=\r\n--b1--\r\n"
)


def refused(tree: Tree | bytes, error: type[IngestError]) -> IngestError:
    data = tree if isinstance(tree, bytes) else compound(tree)
    with pytest.raises(error) as raised:
        read_mail(data, Source("/papers/mail.msg", "0" * 64, "outlook", len(data)), Limits())
    assert raised.value.file == "/papers/mail.msg"
    assert len(raised.value.remedy) > 8
    return raised.value


def test_an_encrypted_message_says_so_and_gives_no_attachments(tmp_path: Path) -> None:
    tree = message(kind="IPM.Note.SMIME", body=None, attached=[Attached("smime.p7m", ENVELOPED, "application/pkcs7-mime")])
    assert "encrypted" in refused(tree, EncryptedFileError).reason
    assert names(found(tmp_path, tree)) == ["mail.msg"]


def test_a_message_under_rights_management_says_so(tmp_path: Path) -> None:
    kind = "application/x-microsoft-rpmsg-message"
    tree = message(body="This message is protected.", attached=[Attached("message.rpmsg", b"\x76\xe8", kind)])
    assert "rights management" in refused(tree, EncryptedFileError).reason
    assert names(found(tmp_path, tree)) == ["mail.msg"]


def test_a_message_signed_around_its_text_says_what_to_do() -> None:
    tree = message(kind="IPM.Note.SMIME", body=None, attached=[Attached("smime.p7m", SIGNED, "application/pkcs7-mime")])
    assert "signature" in refused(tree, UnsupportedFormatError).reason


def test_a_message_with_a_clear_signature_is_read_with_its_attachments(tmp_path: Path) -> None:
    tree = message(kind="IPM.Note.SMIME.MultipartSigned", body=None, attached=[Attached("smime.p7m", CLEAR, "multipart/signed")])
    assert texts(tree)[-1] == "The gauges arrive."
    assert texts(tree)[0] == "Gauges"
    items = found(tmp_path, tree)
    assert names(items) == ["mail.msg", "mail.msg › annex.txt"]
    assert isinstance(items[1], Source)
    assert read(items[1], Limits()).pages[0].blocks[0].text == "words"


def test_a_message_without_words_is_empty() -> None:
    refused(message(body=" \r\n"), EmptyFileError)


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 0.95])
def test_a_truncated_message_is_refused_and_the_batch_goes_on(tmp_path: Path, share: float) -> None:
    data = compound(message(attached=[Attached("a.txt", b"words " * 9000)]))
    (tmp_path / "a.msg").write_bytes(data[: int(len(data) * share)])
    (tmp_path / "b.msg").write_bytes(data)
    outcomes = list(read_documents([tmp_path]))
    errors = [one for one in outcomes if isinstance(one, IngestError)]
    assert errors
    assert all(error.file == str(tmp_path / "a.msg") and len(error.remedy) > 8 for error in errors)
    assert [isinstance(one, Document) for one in outcomes if one not in errors] == [True, True]


def test_what_is_only_named_like_a_message_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.msg").write_bytes(b"<html><body>Please sign in.</body></html>")
    (tmp_path / "b.msg").write_bytes(b"plain words of a memo")
    for error in discover([tmp_path], Limits()):
        assert isinstance(error, DamagedFileError)
        assert "Outlook message" in error.reason


def test_an_office_document_in_a_message_does_not_hide_it_nor_a_message_in_a_document(tmp_path: Path) -> None:
    word: Tree = {"WordDocument": b"\xec\xa5" + bytes(5000), "ObjectPool": {"_1": message("inner")}}
    locked: Tree = {"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y"}
    path = tmp_path / "a.msg"
    path.write_bytes(compound(message(attached=[Attached("a.doc", compound(word)), Attached("b.docx", compound(locked))])))
    items = list(discover([path], Limits()))
    assert isinstance(items[0], Source)
    assert items[0].media == "outlook"
    assert isinstance(items[2], EncryptedFileError)
    (tmp_path / "a.doc").write_bytes(compound(word))
    (item,) = discover([tmp_path / "a.doc"], Limits())
    assert item.media == "office" if isinstance(item, Source) else "Word 97-2003" in item.reason


def test_rich_text_that_cannot_be_unpacked_is_damaged_and_does_not_hide_plain_text() -> None:
    broken = struct.pack("<II4sI", 40, 90, b"LZFu", 1) + b"x" * 28
    assert "checksum" in refused(message(body=None, rtf=broken), DamagedFileError).reason
    refused(message(body=None, rtf=struct.pack("<II4sI", 40, MOST_BYTES + 1, b"LZFu", 1) + b"x" * 28), DamagedFileError)
    assert texts(message(rtf=broken))[-1] == "The gauges arrive on Monday."


def _changed(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + struct.pack("<I", value) + data[at + 4 :]


@pytest.mark.parametrize("at", [0x2C, 0x30, 0x3C, 0x40, 0x44, 0x48, 0x4C])
@pytest.mark.timeout(60)
def test_sizes_that_are_not_true_cost_nothing(at: int) -> None:
    data = compound(message(attached=[Attached("a.txt", b"words " * 9000)]))
    for value in (0x00FFFFFF, 0xFFFFFFF0, 2):
        changed = _changed(data, at, value)
        try:
            parsed_data = read_mail(changed, Source("/a.msg", "0" * 64, "outlook", len(changed)), Limits())
            assert parsed_data.pages
        except IngestError:
            pass


def test_an_attachment_that_says_it_is_longer_than_the_file_is_damaged_or_too_large() -> None:
    data = compound(message(attached=[Attached("a.txt", b"words " * 9000)]))
    at = data.index(struct.pack("<Q", 54_000))
    refused(_changed(data, at, 0x7FFFFFFF), TooLargeError)
    with pytest.raises(DamagedFileError):
        list(attachments(_changed(data, at, len(data) * 2), "/a.msg", Limits()))


@pytest.mark.timeout(300)
def test_no_turned_bits_break_the_reader() -> None:
    chance = random.Random(7)
    data = compound(message(html="<p>words</p>", rtf=rtf(rb"{\rtf1 words}"), attached=[Attached(message=message("b", inner=True))]))
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(chance.choice((1, 4, 16, 64))):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        with contextlib.suppress(IngestError):
            read_mail(bytes(changed), Source("/a.msg", "0" * 64, "outlook", len(data)), Limits())
        with contextlib.suppress(IngestError):
            list(attachments(bytes(changed), "/a.msg", Limits()))


def test_a_message_without_properties_is_damaged() -> None:
    tree = dict(message())
    del tree["__properties_version1.0"]
    assert "properties" in refused(tree, DamagedFileError).reason
    assert parsed(message()).pages
