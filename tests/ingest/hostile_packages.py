"""Workbooks, slides, archives, mails and tables made to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage

import openpyxl
from pptx import Presentation

KEY = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n-----END OPENSSH PRIVATE KEY-----\n"
_LINES = ("The Parties shall establish a Joint Committee.", "It meets twice a year in Kalpanagar.", "Each Party bears its own costs.")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(12)) + "]>"


def hostile_packages(secret_path: str) -> Iterator[tuple[str, bytes]]:
    """Names and contents; ``secret_path`` is a file that entities try to include."""
    yield from _workbooks(secret_path)
    yield from _slides(secret_path)
    yield from _archives()
    yield from _mails()
    yield from _tables()


def sound_workbook() -> bytes:
    """A workbook of three rows."""
    book = openpyxl.Workbook()
    for row in (("Ward", "Litres"), ("North", 40), ("South", 60)):
        book.active.append(row)
    return _saved(book)


def sound_slides() -> bytes:
    """Two slides with a title and text."""
    deck = Presentation()
    for line in _LINES[:2]:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = "Committee", line
    return _saved(deck)


def _saved(made: object) -> bytes:
    out = io.BytesIO()
    made.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def packed(members: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if old not in members[part]:
        raise ValueError(f"{old!r} is not in {part}")
    return packed({**members, part: members[part].replace(old, new, 1)})


def _declared(data: bytes, part: str, doctype: str, encoding: str = "utf-8") -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    body = members[part].partition(b"?>")[2] or members[part]
    return packed({**members, part: f"<?xml version='1.0' encoding='{encoding}'?>{doctype}{body.decode()}".encode(encoding)})


def _workbooks(secret_path: str) -> Iterator[tuple[str, bytes]]:
    book, sheet = sound_workbook(), "xl/worksheets/sheet1.xml"
    outside = f'<!DOCTYPE d [<!ENTITY a11 SYSTEM "file://{secret_path}">]>'
    for part in (sheet, "xl/workbook.xml", "xl/styles.xml"):
        yield f"laughs-{part.rpartition('/')[2][:-4]}.xlsx", _declared(book, part, _LAUGHS)
        yield f"outside-{part.rpartition('/')[2][:-4]}.xlsx", _declared(book, part, outside)
    yield "laughs-utf16.xlsx", _declared(book, sheet, _LAUGHS, "utf-16")
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n) for n in range(10, 100_010))
    yield "many-rows.xlsx", _changed(book, sheet, b"</sheetData>", rows + b"</sheetData>")
    yield "pages-row.xlsx", _changed(book, sheet, b"</sheetData>", b'<row r="900000000"><c r="A900000000"><v>1</v></c></row></sheetData>')
    yield "pages-column.xlsx", _changed(book, sheet, b"</sheetData>", b'<row r="9"><c r="ZZZZZZZ9"><v>1</v></c></row></sheetData>')
    yield "box-of-a-sheet.xlsx", _changed(book, sheet, b'ref="A1:B3"', b'ref="A1:XFD1048576"')
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    yield "many-merged.xlsx", _changed(book, sheet, b"</sheetData>", merged)
    yield "string-cycle.xlsx", _changed(book, sheet, b't="n"><v>40</v>', b't="s"><v>99999999</v>')
    yield "deep-sheet.xlsx", _changed(book, sheet, b"<sheetData>", b"<a>" * 100_000 + b"<sheetData>")
    yield "bomb-sheet.xlsx", _changed(book, sheet, b"<sheetData>", b" " * 420_000_000 + b"<sheetData>")
    yield "long-cell.xlsx", _changed(book, sheet, b">Ward<", b">" + b"w" * 3_000_000 + b"<")
    hidden = _changed(book, "xl/workbook.xml", b'state="visible"', b'state="veryHidden"')
    yield "no-visible-sheet.xlsx", hidden
    yield "no-sheet.xlsx", _changed(book, "xl/_rels/workbook.xml.rels", b"/xl/worksheets/sheet1.xml", b"/xl/worksheets/sheet9.xml")
    yield "traversal.xlsx", _changed(book, "xl/_rels/workbook.xml.rels", b"/xl/worksheets/sheet1.xml", b"../../../../etc/passwd")
    many = openpyxl.Workbook()
    for n in range(400):
        many.create_sheet(f"s{n}")
    yield "many-sheets.xlsx", _saved(many)
    yield "encrypted.xlsx", _OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(64)
    yield "html-as.xlsx", b"<html><body><table><tr><td>1</td></tr></table></body></html>"
    yield "csv-as.xlsx", b"Ward,Litres\nNorth,40\n"


def _slides(secret_path: str) -> Iterator[tuple[str, bytes]]:
    deck, slide = sound_slides(), "ppt/slides/slide1.xml"
    yield "laughs.pptx", _declared(deck, slide, _LAUGHS)
    yield "outside.pptx", _declared(deck, slide, f'<!DOCTYPE d [<!ENTITY a11 SYSTEM "file://{secret_path}">]>')
    group = b"<p:grpSp><p:nvGrpSpPr><p:cNvPr id='9' name='g'/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>"
    yield "deep-groups.pptx", _changed(deck, slide, b"</p:spTree>", group * 3_000 + b"</p:grpSp>" * 3_000 + b"</p:spTree>")
    yield "bomb-slide.pptx", _changed(deck, slide, b"</p:spTree>", b"<p:sp/>" * 200_000 + b"</p:spTree>")
    yield "no-slide.pptx", _changed(deck, "ppt/_rels/presentation.xml.rels", b"slides/slide1.xml", b"slides/slide9.xml")
    yield "slide-is-itself.pptx", _changed(deck, "ppt/slides/_rels/slide1.xml.rels", b"../slideLayouts/slideLayout2.xml", b"slide1.xml")
    layout = "ppt/slideLayouts/_rels/slideLayout2.xml.rels"
    yield "layout-cycle.pptx", _changed(deck, layout, b"../slideMasters/slideMaster1.xml", b"slideLayout2.xml")
    words = b"<a:r><a:t>word </a:t></a:r>" * 100_000
    yield "many-runs.pptx", _changed(deck, slide, b"<a:r><a:t>Committee</a:t></a:r>", words)
    yield "image-only.pptx", _saved(Presentation())
    yield "encrypted.pptx", _OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(64)
    yield "pdf-as.pptx", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


def _archives() -> Iterator[tuple[str, bytes]]:
    layer = packed({f"{n}.txt": b" " * 1_000_000 for n in range(10)})
    for _ in range(3):
        layer = packed({f"{n}.zip": layer for n in range(10)})
    yield "bomb-of-bombs.zip", layer
    document = packed({"word/document.xml": b" " * 30_000_000})
    yield "bomb-in-documents.zip", packed({f"{n}.docx": document for n in range(40)})
    yield "bomb-overlapping.zip", _overlapping(500)
    yield "encrypted.zip", _flagged(packed({"a.txt": b"words", "b.txt": b"words"}))
    yield "itself.zip", b"PK\x05\x06" + bytes(18)
    yield (
        "count-of-entries.zip",
        packed({"a.txt": b"words"})[:-22] + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 60000, 60000, 51, 9**9, 0),
    )
    yield "many-members-2001.zip", packed({f"{n}.txt": b"" for n in range(2_001)})
    yield "key-in.zip", packed({"notes.txt": KEY, "id_rsa": b"key", "a.txt": _LINES[0].encode()})
    yield "names-empty.zip", packed({"/": b"x", "..": b"x", "...": b"x", " ": b"words", "\n": b"words"})
    yield "html-as.zip", b"<!doctype html><html><body>Please sign in.</body></html>"


def _overlapping(count: int) -> bytes:
    """Entries that all have the same bytes of the file (D. Fifield, A better zip bomb, WOOT 2019)."""
    whole = packed({"a.txt": b"a" * 9_000_000})
    end = whole.rindex(b"PK\x05\x06")
    start = whole.index(b"PK\x01\x02")
    listed = whole[start:end] * count
    return whole[:start] + listed + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(listed), start, 0)


def _flagged(data: bytes) -> bytes:
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := changed.find(signature, at + 1)) >= 0:
            changed[at + offset] |= 1
    return bytes(changed)


def _mails() -> Iterator[tuple[str, bytes]]:
    head = b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    for count, kind in ((20_000, b"attachment; filename=a.txt"), (20_000, b"inline"), (300_000, b"attachment")):
        part = b"--b\r\nContent-Disposition: " + kind + b"\r\n\r\nw\r\n"
        yield f"many-parts-{count}-{kind.partition(b';')[0].decode()}.eml", head + part * count + b"--b--\r\n"
    nested = b"From: a@example.org\r\nMessage-ID: <1>\r\n\r\nwords"
    for _ in range(200):
        nested = b"From: a@example.org\r\nMessage-ID: <1>\r\nContent-Type: message/rfc822\r\n\r\n" + nested
    yield "nested-mails.eml", nested
    rfc2231 = b"".join(b"Content-Type: multipart/mixed; boundary*=us-ascii''b%d\n\n--b%d\n" % (n, n) for n in range(600))
    yield "nested-rfc2231.eml", b"From: a@example.org\nSubject: x\nMIME-Version: 1.0\n" + rfc2231
    for name, data, kind in (
        ("bomb", packed({"a.txt": b" " * 90_000_000}), "application/zip"),
        ("key", KEY, "text/plain"),
        ("empty", b"", "application/pdf"),
        ("html-for-pdf", b"<html>Please sign in.</html>", "application/pdf"),
    ):
        mail = EmailMessage()
        mail["From"], mail["Subject"] = "a@example.org", "Papers"
        mail.set_content("\n".join(_LINES))
        mail.add_attachment(data, maintype=kind.partition("/")[0], subtype=kind.partition("/")[2], filename=f"a.{kind[-3:]}")
        yield f"attached-{name}.eml", mail.as_bytes()
    broken = b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s"
    yield "broken-base64.eml", broken % (b"utf-8", b"base64", b"*" * 5_000_000)
    yield "charset-none.eml", broken % (b"no-such", b"8bit", b"words of a mail")
    yield "charset-punycode.eml", broken % (b"punycode", b"8bit", b"a-" * 50_000)
    yield "encoding-uu.eml", broken % (b"utf-8", b"x-uuencode", b"begin 644 /etc/passwd\n" + b"M" * 1_000_000)
    yield (
        "encrypted.eml",
        b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
    )
    names = b"".join(b'--b\r\nContent-Disposition: attachment; filename="../../%d\r\n/setu-evil.txt"\r\n\r\nw\r\n' % n for n in range(9))
    yield "traversal.eml", head + names + b"--b--\r\n"


def _tables() -> Iterator[tuple[str, bytes]]:
    yield "million.csv", b"ward,litres\n" + b"North,1\n" * 1_000_000
    yield "wide-rows.csv", b"\n".join(b",".join(b"c%d" % n for n in range(20_000)) for _ in range(50))
    yield "utf16.csv", "Ward,Litres\nNorth,40\n".encode("utf-16-le")
    yield "returns.csv", b"a,b\r" * 100_000
    yield "sep.csv", b"sep=\x00\na\x00b\n" + b"a\x00b\n" * 9
    yield "table.md", b"|" + b"a|" * 5_000 + b"\n|" + b"-|" * 5_000 + b"\n"
    yield "references.md", b"".join(b"[%d]: #%d\n[a][%d]\n" % (n, n + 1, n) for n in range(5_000))
    yield "key-as.txt", KEY
    yield "shifted.txt", "協定".encode("cp932") * 20_000 + b"\x81"
    yield "utf32.txt", b"\xff\xfe\x00\x00" + "words".encode("utf-32-le") * 5_000 + b"\x00"
