"""Books (EPUB 2 and 3) that tests make."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

XHTML = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="{path}" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
METADATA = (
    "<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>{language}</dc:language><dc:date>{day}</dc:date>"
    "<dc:publisher>Lahargad Press</dc:publisher>"
)
OBFUSCATED = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
    '<enc:EncryptionMethod Algorithm="{method}"/><enc:CipherData><enc:CipherReference URI="OEBPS/{part}"/></enc:CipherData>'
    "</enc:EncryptedData></encryption>"
)


def chapter(body: str, title: str = "", head: str = "") -> str:
    """One document; ``body`` is markup."""
    shown = f"<title>{title}</title>" if title else "<title/>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html {XHTML}><head>{shown}{head}</head><body>{body}</body></html>'


def nav(entries: Sequence[tuple[str, str]], more: str = "") -> str:
    """A navigation document of EPUB 3: pairs of target and label."""
    lines = "".join(f'<li><a href="{to}">{label}</a></li>' for to, label in entries)
    return chapter(f'<nav epub:type="toc"><h1>Contents</h1><ol>{lines}</ol></nav>{more}', "Contents")


def ncx(entries: Sequence[tuple[str, str]], pages: Sequence[tuple[str, str]] = ()) -> str:
    """A table of contents of EPUB 2."""
    point = '<navPoint id="n{at}" playOrder="{at}"><navLabel><text>{label}</text></navLabel><content src="{to}"/></navPoint>'
    points = "".join(point.format(at=at, label=label, to=to) for at, (to, label) in enumerate(entries, 1))
    target = '<pageTarget type="normal" value="{label}"><navLabel><text>{label}</text></navLabel><content src="{to}"/></pageTarget>'
    listed = "".join(target.format(label=label, to=to) for to, label in pages)
    return (
        '<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'
        f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><navMap>{points}</navMap><pageList>{listed}</pageList></ncx>'
    )


def epub(
    documents: Mapping[str, str],
    *,
    spine: Sequence[str] | None = None,
    title: str = "The River Plan",
    language: str = "en",
    author: str = "Aparna Desai",
    day: str = "2024-05-17",
    guide: str = "",
    nav_document: str | None = None,
    ncx_document: str | None = None,
    more: Mapping[str, str | bytes] | None = None,
    container: str | None = CONTAINER.format(path="OEBPS/book.opf"),
    package: str | None = None,
    items: str = "",
) -> bytes:
    """A book of these documents, in ``OEBPS/``; ``more`` are further parts by their full names, ``items`` more of the manifest."""
    parts: dict[str, str | bytes] = {f"OEBPS/{name}": text for name, text in documents.items()}
    manifest = "".join(f'<item id="i-{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in documents) + items
    if nav_document is not None:
        parts["OEBPS/nav.xhtml"] = nav_document
        manifest += '<item id="i-nav.xhtml" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    if ncx_document is not None:
        parts["OEBPS/toc.ncx"] = ncx_document
        manifest += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    order = "".join(f'<itemref idref="i-{name}"/>' for name in (documents if spine is None else spine))
    metadata = METADATA.format(title=title, author=author, language=language, day=day)
    made = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf" version="3.0">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f"<manifest>{manifest}</manifest><spine>{order}</spine><guide>{guide}</guide></package>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        if container is not None:
            archive.writestr("META-INF/container.xml", container)
        archive.writestr("OEBPS/book.opf", made if package is None else package)
        for name, data in {**parts, **(more or {})}.items():
            archive.writestr(name, data)
    return out.getvalue()
