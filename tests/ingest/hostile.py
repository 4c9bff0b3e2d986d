"""Files made to do harm, the same at every run: malformed, endless, circular, exploding, or not what they say they are."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import docx
import regex
from pypdf import PdfReader, PdfWriter

from tests.ingest.books import chapter, epub
from tests.ingest.compound_files import Attached, compound, message
from tests.ingest.hostile_converted import hostile_converted, text_file
from tests.ingest.hostile_packages import hostile_packages, sound_slides, sound_workbook
from tests.ingest.hostile_pdfs import hostile_pdfs
from tests.ingest.pdfs import drawn, scan, text_page

File = tuple[str, bytes]
SECRET = "the-secret-of-another-file"
EVIL = "setu-evil.txt"
_LINES = ("The Parties shall establish a Joint Committee.", "It meets twice a year in Kalpanagar.", "Each Party bears its own costs.")


KINDS = {
    "cut off at a random place": r"-cut\d",
    "with random bits turned": r"-flip\d",
    "sound, to see that the others do not stop them": r"^(zz-)?sound",
    "empty, or all zeros or noise": r"^(empty|zeros|noise|header-only|zeros-inside)",
    "encrypted": r"^encrypted",
    "an image and no text": r"^image-only",
    "not what the name says, or two formats at once": r"-as\.|^(polyglot|two)\.",
    "bombs: small files that unpack, draw or refer to very much": (
        r"^(bomb|forms-|picture-|members-|many-|font-map-of|font-letter|contents-1)"
    ),
    "entities, external entities": r"^(laughs|outside|entities)",
    "paths, links and addresses that lead out": r"^(traversal|relation-outside|link\.|names|base|action-(launch|uri|submit))",
    "passwords and keys": r"^(attached-)?key",
    "JavaScript": r"^(action-javascript|script|json-ld)",
    "parts that contain themselves": r"cycle|itself|^(prev-loop|font-map-uses)",
    "nested thousands deep": r"^(deep|tree|nested|only-brackets|brackets|emphasis|links)",
    "numbers of pages, rows and bytes that are not true": r"^(count|pages|length|startxref|xref|box|size|wide-cell|font-widths)",
    "very long lines, words, tables and lists": r"\.(txt|md|csv|eml)$|^(long-attribute|open-comment)",
    "parts missing, unknown encodings, broken fonts": r"",
}
"""What is wrong with a file, by its name; the first that fits counts."""


def kind_of(name: str) -> str:
    """What is wrong with a file."""
    return next(kind for kind, pattern in KINDS.items() if regex.search(pattern, name))


def hostile_files(secret_path: str, evil_path: str) -> Iterator[File]:
    """Names and contents; ``secret_path`` is a file that entities and links try to include, ``evil_path`` one that macros try to write."""
    chance = random.Random(20)
    for make in (_sound, _disguised, hostile_pdfs, _html, _text, _packages):
        yield from make()
    yield from _entities(secret_path)
    yield from hostile_packages(secret_path)
    yield from hostile_converted(secret_path, evil_path)
    for name, data, cuts, flips in (
        ("paper.pdf", _paper(), 45, 70),
        ("paper.docx", _docx(), 25, 30),
        ("page.html", _page(), 12, 15),
        ("scan.pdf", scan(_LINES), 4, 6),
        ("mail.eml", _mail(), 6, 8),
        ("papers.zip", _zip({"a.txt": b"The city agreed.", "b.pdf": _paper()}), 8, 10),
        ("table.xlsx", sound_workbook(), 6, 12),
        ("slides.pptx", sound_slides(), 6, 12),
        ("book.epub", _book(), 6, 12),
        ("mail.msg", _message(), 8, 20),
        ("paper.odt", text_file(), 4, 8),
    ):
        yield from _mutations(name, data, cuts, flips, chance)


def _mutations(name: str, data: bytes, cuts: int, flips: int, chance: random.Random) -> Iterator[File]:
    stem, _, ending = name.partition(".")
    for n in range(cuts):
        yield f"{stem}-cut{n:02}.{ending}", data[: chance.randrange(1, len(data))]
    for n in range(flips):
        changed = bytearray(data)
        for _ in range(chance.choice((1, 4, 16, 64, 256))):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        yield f"{stem}-flip{n:02}.{ending}", bytes(changed)


def _paper() -> bytes:
    return drawn(*(text_page(_LINES, header="Setu", footer=str(n)) for n in (1, 2, 3)), title="Memorandum")


def _docx() -> bytes:
    document = docx.Document()
    document.add_heading("Memorandum", 0)
    for line in _LINES:
        document.add_paragraph(line)
    document.add_table(3, 3).cell(1, 1).text = "costs"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page() -> bytes:
    body = "".join(f"<p>{line}</p>" for line in _LINES * 5)
    return f"<!doctype html><html lang=en><head><title>Memorandum</title></head><body><h1>M</h1>{body}</body></html>".encode()


def _mail() -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Papers", "a@example.org", "b@example.org"
    mail.set_content("\n".join(_LINES))
    mail.add_attachment(_paper(), maintype="application", subtype="pdf", filename="paper.pdf")
    return mail.as_bytes()


def _book() -> bytes:
    body = "".join(f"<p>{line}</p>" for line in _LINES)
    return epub({"one.xhtml": chapter(f"<h1>Memorandum</h1>{body}"), "two.xhtml": chapter(f"<h1>Costs</h1>{body}")})


def _message() -> bytes:
    within = message("Costs", "\n".join(_LINES), inner=True)
    return compound(message("Papers", "\n".join(_LINES), attached=[Attached("paper.pdf", _paper()), Attached(message=within)]))


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _sound() -> Iterator[File]:
    yield "sound-1.pdf", _paper()
    yield "zz-sound-2.txt", "\n".join(_LINES).encode()
    yield "zz-sound-3.docx", _docx()


def _disguised() -> Iterator[File]:
    yield "text-as.pdf", "\n".join(_LINES).encode()
    yield "pdf-as.zip", _paper()
    yield "zip-as.txt", _zip({"a.txt": b"words"})
    yield "mail-as.html", _mail()
    yield "html-as.pdf", _page()
    yield "docx-as.pdf", _docx()
    yield "pdf-as.docx", _paper()
    yield "text-as.docx", b"plain words"
    yield "zip-as.docx", _zip({"a.txt": b"words"})
    yield "pdf-as.html", _paper()
    yield "pdf-as.txt", _paper()
    for ending in ("pdf", "docx", "html", "txt", "zip", "eml", "pptx", "xlsx", "csv", "epub", "msg"):
        yield f"empty.{ending}", b""
        yield f"zeros.{ending}", bytes(4096)
        yield f"noise.{ending}", random.Random(ending).randbytes(5000)
    yield "header-only.pdf", b"%PDF-1.7\n%%EOF"
    yield "polyglot.pdf", b"<html><body>words</body></html>\n" + _paper()
    yield "two.pdf", _paper() + _paper()
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(_paper())))
    writer.encrypt("user", "owner")
    out = io.BytesIO()
    writer.write(out)
    writer.close()
    yield "encrypted.pdf", out.getvalue()
    yield "image-only.pdf", scan([""])


def _html() -> Iterator[File]:
    words = "".join(f"<p>{line}</p>" for line in _LINES * 5)
    wrap: Callable[[str], bytes] = lambda body: f"<html><body>{body}</body></html>".encode()  # noqa: E731
    yield "deep-div.html", wrap("<div>" * 100_000 + words)
    yield "deep-table.html", wrap("<table><tr><td>" * 20_000 + words)
    yield "deep-list.html", wrap("<ul><li>" * 20_000 + words)
    yield "deep-quote.html", wrap("<blockquote>" * 50_000 + words)
    yield "many-attributes.html", wrap("<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">x</p>" + words)
    yield "long-attribute.html", wrap(f'<p title="{"x" * 10_000_000}">x</p>{words}')
    yield "only-brackets.html", b"<html>" + b"<" * 200_000
    yield "open-comment.html", wrap(words + "<!--" + "-" * 2_000_000)
    yield "many-cells.html", wrap("<table>" + "<tr><td>1</td><td>2</td></tr>" * 5_000 + "</table>" + words)
    yield "wide-cell.html", wrap('<table><tr><td colspan="1000000000" rowspan="1000000000">x</td></tr></table>' + words)
    yield "many-links.html", wrap("<a href=x>y</a>" * 50_000 + words)
    yield "script.html", wrap(f"<script>{'alert(1);' * 10_000}</script><img src=x onerror=alert(1)>{words}")
    yield "json-ld.html", wrap(f'<script type="application/ld+json">{"[" * 100_000}</script>{words}')
    yield "json-ld-deep.html", wrap(f'<script type="application/ld+json">{"[" * 50_000 + "]" * 50_000}</script>{words}')
    links = '<base href="file:///etc/"><link rel=canonical href="http://192.0.2.1/"><iframe src=/etc/passwd></iframe>'
    yield "base.html", wrap(links + words)
    yield "charset-none.html", b'<meta charset="no-such-charset">' + wrap(words)
    yield "charset-utf7.html", b'<meta charset="utf-7"><html><body>+ADw-script+AD4-' + words.encode() + b"</body></html>"
    yield "charset-utf16.html", b'<meta charset="utf-8">' + wrap(words).decode().encode("utf-16")
    yield "charset-rot13.html", b'<meta charset="rot13">' + wrap(words)
    yield "zeros-inside.html", wrap(words).replace(b"p", b"p\0")
    yield "entities.html", wrap("&#x110000;&#0;&#xD800;" * 10_000 + words)


def _text() -> Iterator[File]:
    yield "one-line.txt", b"The Parties agree. " * 20_000
    yield "one-word.txt", b"a" * 300_000
    yield "one-word-ja.txt", ("契約" * 50_000).encode()
    yield "marks.txt", ("क" + "\u0901" * 50_000).encode()
    yield "joiners.txt", ("क\u094d\u200d" * 20_000).encode()
    yield "brackets.txt", b"(" * 30_000
    yield "clauses.txt", b"(1)(a)(i) " * 5_000
    yield "numbers.txt", b"1.1.1.1." * 20_000
    yield "articles.txt", b"Article " * 5_000 + b"\n" + "第一条".encode() * 3_000
    yield "article-lines.txt", b"".join(b"Article %d\nText.\n" % n for n in range(1_500))
    yield "dates.txt", b"12.03.2025 12 March 2025 " * 2_000
    yield "eras.txt", ("令和七年三月十二日" * 5_000).encode()
    yield "dots.txt", b"." * 100_000 + b"\n" + b"-" * 100_000
    yield "spaces.txt", b"word" + b" " * 3_000_000 + b"word"
    yield "lines.txt", b"\n" * 3_000_000 + b"word"
    yield "returns.txt", b"a\r" * 2_000
    yield "overrides.txt", ("\u202e\u2066" * 100_000 + "words").encode()
    yield "not-utf8.txt", b"\xff\xfe\xfd" * 200_000
    yield "surrogates.txt", b"words \xed\xa0\x80 words\n" * 2_000
    yield "headings.md", b"# a\n## b\n" * 700
    yield "deep-quote.md", b">" * 20_000 + b" words\n"
    yield "deep-list.md", b"".join(b" " * n + b"- a\n" for n in range(2_000))
    yield "emphasis.md", b"*a_ " * 5_000
    yield "links.md", b"[a](" * 5_000
    yield "front.md", b"---\n" + b"a: " * 50_000 + b"\n---\nwords\n"
    yield "cells.csv", b"a,b\n" * 2_000
    yield "quotes.csv", b'"' * 1_000_001
    yield "columns.csv", b"a," * 50_000


def _entities(secret_path: str) -> Iterator[File]:
    laughs = '<!DOCTYPE d [<!ENTITY a "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(12)) + "]>"
    outside = f'<!DOCTYPE d [<!ENTITY a11 SYSTEM "file://{secret_path}">]>'
    for name, doctype in (("laughs", laughs), ("outside", outside)):
        body = "".join(f"<p>{line}</p>" for line in _LINES * 5)
        page = f"<?xml version='1.0'?>{doctype}<html><body><p>&a11;</p>{body}</body></html>"
        yield f"{name}.html", page.encode()
        yield f"{name}.epub", epub({"one.xhtml": page})
        yield f"{name}-nav.epub", epub({"one.xhtml": f"<html><body>{body}</body></html>"}, nav_document=page)
        for package, part in (("docx", "word/document.xml"),):
            with zipfile.ZipFile(io.BytesIO(_docx())) as archive:
                members = {n: archive.read(n) for n in archive.namelist()}
            head, _, tail = members[part].partition(b"?>")
            members[part] = head + b"?>" + doctype.encode() + tail.replace(b"Each Party", b"&a11;")
            yield f"{name}.{package}", _zip(members)


def _packages() -> Iterator[File]:
    with zipfile.ZipFile(io.BytesIO(_docx())) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    part = "word/document.xml"
    body = members[part]
    yield "bomb.docx", _zip({**members, part: body.replace(b"<w:body>", b"<w:body>" + b" " * 600_000_000)})
    yield "bomb.epub", epub({"one.xhtml": chapter(" " * 600_000_000)})
    yield "deep.epub", epub({"one.xhtml": chapter("<div>" * 100_000)})
    yield (
        "itself.epub",
        epub({"one.xhtml": chapter('<p><a href="one.xhtml">1</a></p>')}, nav_document=chapter('<nav><a href="nav.xhtml"/></nav>')),
    )
    yield "many-documents.epub", epub({f"{n}.xhtml": chapter(f"<p>{n}</p>") for n in range(6_000)})
    yield "traversal.docx", _zip({**members, f"../../../{EVIL}": b"x", f"/tmp/{EVIL}": b"x"})
    yield "no-document.docx", _zip({n: d for n, d in members.items() if n != part})
    yield "no-types.docx", _zip({n: d for n, d in members.items() if n != "[Content_Types].xml"})
    yield "no-relations.docx", _zip({n: d for n, d in members.items() if n != "_rels/.rels"})
    outside = members["_rels/.rels"].replace(b"word/document.xml", b"../../../../etc/passwd")
    yield "relation-outside.docx", _zip({**members, "_rels/.rels": outside})
    yield "not-xml.docx", _zip({**members, part: b"\0\1\2" * 1000})
    yield "cut-xml.docx", _zip({**members, part: body[: len(body) // 2]})
    deep = b"<w:tbl><w:tr><w:tc><w:p/>" * 3_000 + b"</w:tc></w:tr></w:tbl>" * 3_000
    yield "deep-tables.docx", _zip({**members, part: body.replace(b"<w:body>", b"<w:body>" + deep)})
    yield "deep-elements.docx", _zip({**members, part: body.replace(b"<w:body>", b"<w:body>" + b"<w:p>" * 100_000)})
    runs = b"<w:p>" + b"<w:r><w:t>a</w:t></w:r>" * 20_000 + b"</w:p>"
    yield "many-runs.docx", _zip({**members, part: body.replace(b"<w:body>", b"<w:body>" + runs)})
    rows = b"<w:tbl>" + b"<w:tr><w:tc><w:p/></w:tc></w:tr>" * 5_000 + b"</w:tbl>"
    yield "many-rows.docx", _zip({**members, part: body.replace(b"<w:body>", b"<w:body>" + rows)})
    yield "many-members.docx", _zip({**members, **{f"word/x{n}.xml": b"" for n in range(20_000)}})
    packed = _zip({"a.txt": b" " * 100_000_000})
    yield "bomb.zip", _zip({f"{n}.zip": packed for n in range(50)})
    nested = b"words of a paper"
    for n in range(40):
        nested = _zip({f"{n}.zip" if n else "a.txt": nested})
    yield "nested-40.zip", nested
    climbing = (f"../../../{EVIL}", f"/tmp/{EVIL}", f"..\\..\\{EVIL}", f"a/../../{EVIL}")
    yield "traversal.zip", _zip(dict.fromkeys(climbing, b"words"))
    yield "names.zip", _zip({"new\nline.txt": b"words", "\u202eright.txt": b"words", "x" * 5000 + ".txt": b"words", "con.txt": b"words"})
    yield "members-10000.zip", _zip({f"{n}.txt": b"words" for n in range(10_000)})
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    yield "link.zip", twice.getvalue()
    sheet = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": b"<workbook/>",
        "xl/worksheets/sheet1.xml": b'<worksheet><dimension ref="A1:XFD1048576"/></worksheet>',
    }
    yield "no-parts.xlsx", _zip(sheet)
    yield "no-parts.pptx", _zip({**sheet, "ppt/presentation.xml": b"<p/>"})
    deep_mail = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000))
    yield "deep.eml", b"From: a@example.org\nSubject: x\nMIME-Version: 1.0\n" + deep_mail
    yield "headers.eml", b"From: a@example.org\nMIME-Version: 1.0\n" + b"X: y\n" * 100_000 + b"\nwords\n"
    yield "long-header.eml", b"From: a@example.org\nSubject: " + b"=?utf-8?b?" * 50_000 + b"\nMIME-Version: 1.0\n\nwords\n"
