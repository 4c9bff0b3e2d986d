"""One door to all readers: a source becomes a raw document."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ingest.errors import DamagedFileError, EmptyFileError, NotFoundError, TooLargeError
from ingest.records import Limits, RawDocument, Source


def read(source: Source, limits: Limits) -> RawDocument:
    """Read the file of ``source`` with the reader for its media; the bytes are read once.

    Raises:
        NotFoundError: the file has gone, or may not be read any more.
        IngestError: what the reader of its format found wrong.
    """
    return read_bytes(load(source, limits), source, limits)


def load(source: Source, limits: Limits) -> bytes:
    """The bytes of the file of ``source``.

    Raises:
        NotFoundError: the file has gone, or may not be read any more.
        EmptyFileError: it has no bytes.
        TooLargeError: it has grown over the limit.
        DamagedFileError: it is not what was found there: somebody is writing to it.
    """
    try:
        data = Path(source.uri).read_bytes()
    except OSError as error:
        reason = f"It cannot be read: {error.strerror or type(error).__name__}."
        raise NotFoundError(source.uri, reason, "Check that it still exists and that you may read it.") from error
    if not data:
        raise EmptyFileError(source.uri, "The file has no bytes.", "Copy or download it again.")
    if len(data) > limits.max_bytes:
        size = f"{len(data) / 1e6:.1f} MB, over the limit of {limits.max_bytes / 1e6:.1f} MB"
        raise TooLargeError(source.uri, f"The file has {size}.", "Split it, or raise the limit (SETU_MAX_FILE_MB).")
    if source.sha256 and hashlib.sha256(data).hexdigest() != source.sha256:
        raise DamagedFileError(source.uri, "The file was changed while it was being read.", "Add it again when it is complete.")
    return data


def read_bytes(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read ``data``, the bytes of the file of ``source``, with the reader for its media.

    Raises:
        IngestError: what the reader of its format found wrong.
    """
    # A reader brings its library with it (PDFium, trafilatura, python-docx: 0.1-0.6 s each), so only the one that is needed is loaded.
    if source.media == "pdf":
        from ingest.read.pdf import read_pdf

        return read_pdf(data, source, limits)
    if source.media == "html":
        from ingest.read.html import read_html

        return read_html(data, source, limits)
    if source.media == "docx":
        from ingest.read.office import read_docx

        return read_docx(data, source, limits)
    from ingest.read.text import read_markdown, read_text

    return read_markdown(data, source, limits) if source.media == "markdown" else read_text(data, source, limits)
