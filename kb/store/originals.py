"""Copies of the files that came in, so that a citation can open the page even after the file has changed or gone."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from ingest.errors import IngestError
from ingest.pipeline import contents
from ingest.records import Limits, Source
from kb.atomic import atomic_write
from kb.private import private_folder
from kb.store.catalogue import Catalogue
from kb.store.sight import plain

log = logging.getLogger(__name__)


def keep(catalogue: Catalogue, source: Source) -> None:
    """Keep a copy of a file, unless there is one already, it was no file, or it has gone."""
    found = replace(source, uri=plain(source.uri))
    target = catalogue.original_path(found.sha256, found.media)
    inside = bool(found.parts) or found.data is not None
    if (target.is_file() and target.stat().st_size == found.size) or not (inside or Path(found.uri).is_file()):
        return
    try:
        data = contents(found, Limits(max_bytes=2**40))
    except IngestError as error:
        log.warning("no copy of the original is kept: %s", error)
        return
    put(catalogue, found, data)


def put(catalogue: Catalogue, source: Source, data: bytes) -> None:
    """Keep these bytes of a source, unless there is a copy already. One of another size is damaged, and is replaced."""
    target = catalogue.original_path(source.sha256, source.media)
    if target.is_file() and target.stat().st_size == len(data):
        return
    private_folder(target.parent)
    atomic_write(target, data)
