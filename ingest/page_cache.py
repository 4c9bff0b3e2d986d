"""Pages that were read already, so that an interrupted ingest goes on where it stopped.

An entry is one file, written whole or not at all; one that is damaged, or was written by other readers, is as good as none.
What makes a page come out differently is part of the folder's name: our own source, PDFium, and Tesseract's languages.
A page that nobody could read, or was taken with a reservation, counts only for the run that wrote it: next time there may be Tesseract.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import pickle
import shutil
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.pdf.reader import PageReading

log = logging.getLogger(__name__)

_MAGIC = b"setu-page-1\n"
_DIGEST = 32


@dataclass(frozen=True, slots=True)
class PageCache:
    """The pages in a folder. ``run`` names the run that this belongs to; of one file's pages there is one folder a kind of reader."""

    folder: Path
    run: str

    def get(self, sha256: str, number: int) -> PageReading | None:
        """Page ``number`` of the file with this content, if it was read before."""
        for name in (f"{number:06}", f"{number:06}.{self.run}"):
            found = _load(self._place(sha256) / name)
            if found is not None:
                return found
        return None

    def put(self, sha256: str, reading: PageReading) -> None:
        """Keep a page. A full disk is no reason to stop reading: the page is then read again when it is needed."""
        page = reading.page
        lasting = page.method != "none" and not page.note
        folder = self._place(sha256)
        name = f"{page.number:06}" if lasting else f"{page.number:06}.{self.run}"
        body = zlib.compress(pickle.dumps(reading, protocol=5), 1)
        draft = folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            draft.touch(mode=0o600)
            draft.write_bytes(_MAGIC + hashlib.sha256(body).digest() + body)
            draft.replace(folder / name)
        except OSError as error:
            log.warning("page %d could not be kept in %s: %s", page.number, folder, error)

    def held(self, sha256: str, numbers: Iterable[int]) -> set[int]:
        """Which of these pages have an entry; whether it is sound shows when it is read."""
        try:
            names = {entry.name for entry in self._place(sha256).iterdir()}
        except FileNotFoundError:
            return set()
        return {n for n in numbers if f"{n:06}" in names or f"{n:06}.{self.run}" in names}

    def _place(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.{readers()}"


def forget(folder: Path, sha256: str) -> None:
    """Remove every page of the file with this content."""
    for place in folder.glob(f"{sha256}.*"):
        shutil.rmtree(place, ignore_errors=True)


def evict(folder: Path, max_bytes: int, keep: Collection[str] = ()) -> None:
    """Remove the files whose pages were longest untouched until the rest fits in ``max_bytes``; those with a hash in ``keep`` stay."""
    try:
        places = [entry for entry in folder.iterdir() if entry.is_dir()]
    except FileNotFoundError:
        return
    sizes = {place: _size(place) for place in places}
    total = sum(size for _, size in sizes.values())
    for place in sorted(places, key=lambda p: sizes[p][0]):
        if total <= max_bytes:
            return
        if place.name.partition(".")[0] not in keep:
            shutil.rmtree(place, ignore_errors=True)
            total -= sizes[place][1]


@cache
def readers() -> str:
    """A name for everything that decides how a page comes out, 16 hex digits."""
    from ingest.ocr.tesseract import Engine, OcrUnavailableError

    digest = hashlib.sha256(version("pypdfium2").encode())
    here = Path(__file__).parent
    for source in sorted(file for room in (here, here.parent / "lang") for file in room.rglob("*")):
        if source.is_file() and source.suffix != ".pyc":
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    try:
        engine = Engine.find()
        digest.update("+".join([engine.command, *sorted(engine.languages)]).encode())
    except OcrUnavailableError:
        digest.update(b"no OCR")
    return digest.hexdigest()[:16]


def _load(file: Path) -> PageReading | None:
    from ingest.pdf.reader import PageReading

    try:
        raw = file.read_bytes()
    except OSError:
        return None
    body = raw[len(_MAGIC) + _DIGEST :]
    if not raw.startswith(_MAGIC) or hashlib.sha256(body).digest() != raw[len(_MAGIC) :][:_DIGEST]:
        log.warning("a kept page is damaged and will be read again: %s", file)
        return None
    found = _Unpickler(io.BytesIO(zlib.decompress(body))).load()
    return found if isinstance(found, PageReading) else None


class _Unpickler(pickle.Unpickler):
    """Makes records of ours and nothing else: a file in a data folder must not be able to run code."""

    def find_class(self, module: str, name: str) -> type:
        if module.startswith("ingest.") and name[0].isupper():
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a kept page")


def _size(place: Path) -> tuple[float, int]:
    """When a folder was last written to, and the bytes in it."""
    try:
        return place.stat().st_mtime, sum(entry.stat().st_size for entry in os.scandir(place))
    except FileNotFoundError:
        return 0.0, 0
