"""One door to all readers: a source becomes a raw document."""

from __future__ import annotations

from dataclasses import replace

from ingest.containers import contents
from ingest.records import MAILS, Limits, RawDocument, Source


def read(source: Source, limits: Limits) -> RawDocument:
    """Read the file of ``source`` with the reader for its media; the bytes are read once.

    Raises:
        NotFoundError: the file has gone, or may not be read any more.
        IngestError: what the reader of its format found wrong.
    """
    return read_bytes(load(source, limits), source, limits)


def load(source: Source, limits: Limits) -> bytes:
    """The bytes of ``source``, wherever they lie.

    Raises:
        NotFoundError: the file has gone, or may not be read any more.
        EmptyFileError: it has no bytes.
        TooLargeError: it has grown over the limit.
        DamagedFileError: it is not what was found there: somebody is writing to it.
    """
    return contents(source, limits)


def read_bytes(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read ``data``, the bytes of the file of ``source``, with the reader for its media.

    Raises:
        IngestError: what the reader of its format found wrong.
    """
    # A reader brings its library with it (PDFium, trafilatura, python-docx: 0.1-0.6 s each), so only the one that is needed is loaded.
    if source.media == "pdf":
        from ingest.pdf.reader import read_pdf

        return read_pdf(data, source, limits)
    if source.media == "image":
        from ingest.pdf.image_files import as_pdf
        from ingest.pdf.reader import read_pdf

        return read_pdf(as_pdf(data, source.uri), source, limits)
    if source.media == "office":
        from ingest.office.legacy_office import converted

        made, into = converted(data, source.uri)
        return read_bytes(made, replace(source, media=into), limits)
    if source.media == "html":
        from ingest.web.html_page import read_html

        return read_html(data, source, limits)
    if source.media == "docx":
        from ingest.office.docx import read_docx

        return read_docx(data, source, limits)
    if source.media == "pptx":
        from ingest.office.slides import read_pptx

        return read_pptx(data, source, limits)
    if source.media in {"xlsx", "csv"}:
        from ingest.office.spreadsheets import read_csv, read_xlsx

        return read_xlsx(data, source, limits) if source.media == "xlsx" else read_csv(data, source, limits)
    if source.media == "epub":
        from ingest.web.epub import read_epub

        return read_epub(data, source, limits)
    if source.media in MAILS:
        from ingest.parse.mail import read_mail

        return read_mail(data, source, limits)
    if source.media == "markdown":
        from ingest.parse.markdown import read_markdown

        return read_markdown(data, source, limits)
    from ingest.parse.text import read_text

    return read_text(data, source, limits)
