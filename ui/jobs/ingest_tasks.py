"""What is sent to the library becomes tasks of a job: files are kept in the home, addresses are fetched, kept originals are read again."""

from __future__ import annotations

import io
import itertools
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import IO, Any, Final, Protocol, Self

from ingest.discover import is_address
from ingest.errors import IngestError, NotFoundError, TooLargeError
from ingest.parse.file_types import PICTURES
from ingest.pdf.image_files import natural, packed
from ingest.pipeline import Meter, read_documents
from ingest.processes.pool import Effort
from ingest.records import INSIDE, PAGES, Access, Document, Kind, Source
from kb import KnowledgeBase
from kb.auth.background.live_processes import is_alive, this_process
from kb.files import atomic_write
from kb.records import DocumentInfo, IngestSummary, Progress, Reject
from kb.settings import UPLOADED, UPLOADS
from ui.jobs.errands import Queued, errand
from ui.jobs.ingest_jobs import Run, Task
from ui.jobs.runner import StoppedError

WAITING: Final = ".waiting-"
_PLACE: Final = ".place"
"""In a waiting file's folder: where the file comes to, written before it goes."""


class Sent(Protocol):
    """A file as the browser sent it."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def size(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person who sends documents says of all of them; without ``groups`` everybody may see them.

    ``sees_all`` is false for one from whom documents may be hidden.
    """

    kind: Kind | None = None
    groups: tuple[str, ...] = ()
    sees_all: bool = True
    collections: tuple[int, ...] = ()

    @property
    def options(self) -> dict[str, Any]:
        """As `KnowledgeBase.ingest` takes it."""
        return {"kind": self.kind, "groups": self.groups, "collections": self.collections}

    @property
    def said(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"kind": self.kind, "groups": list(self.groups), "sees_all": self.sees_all, "collections": list(self.collections)}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """The choice of `said`."""
        return cls(said["kind"], tuple(said["groups"]), said["sees_all"], tuple(said["collections"]))


class Pages(io.BytesIO):
    """Photos that were sent as the pages of one paper, in one file; ``size`` is what all have where that is too large for one."""

    def __init__(self, name: str, data: bytes, size: int = 0) -> None:
        super().__init__(data)
        self.name = name
        self.size = max(size, len(data))


def as_one_paper(files: Sequence[Any], most: int) -> list[Any]:
    """What was sent, with its pictures (two or more) as one file in the place of the first, in the order of their names.

    Pictures of more than ``most`` bytes together are not put into one: `file_task` refuses the file by its size.
    """
    pictures = [file for file in files if PurePath(file.name).suffix.lower() in PICTURES]
    if len(pictures) < 2:
        return list(files)
    first = min(pictures, key=lambda file: natural(file.name))
    size = sum(file.size for file in pictures)
    data = packed([(file.name, file.read()) for file in pictures]) if size <= most else b""
    paper = Pages(f"{PurePath(first.name).stem}{PAGES}", data, size)
    rest = [file for file in files if file not in pictures]
    return [paper, *rest]


def file_task(kb: KnowledgeBase, sent: Sent, stream: IO[bytes], choice: Choice) -> Task:
    """Put a file that was sent by, and the task to take it in. One over the limit is not written: the task tells why.

    It comes to its place when its turn comes, so that another of its name that is sent meanwhile is the next version and not in its place.

    Raises:
        OSError: it cannot be written.
    """
    name = file_name(sent.name)
    most = kb.settings.limits.max_bytes
    if sent.size > most:
        size = f"{sent.size / 1e6:.1f} MB, over the limit of {most / 1e6:.1f} MB"
        return name, _refused(TooLargeError(name, f"The file has {size}.", "Split it, or raise the limit (SETU_MAX_FILE_MB)."))
    if kb.queue is not None:
        return name, Queued(errand(kb, "file", choice=choice.said), stream)
    return name, _Waiting(kb, name, stream, choice)


class _Waiting:
    """A file that waits for its turn in a folder of its own, which goes when nobody waits for it any more."""

    def __init__(self, kb: KnowledgeBase, name: str, stream: IO[bytes], choice: Choice) -> None:
        uploads = kb.settings.home / UPLOADS
        uploads.mkdir(parents=True, exist_ok=True)
        own = Path(tempfile.mkdtemp(dir=uploads, prefix=f"{WAITING}{this_process(kb.settings.home)}-"))
        weakref.finalize(self, shutil.rmtree, own, ignore_errors=True)
        self._kb, self._choice, self._file = kb, choice, keep(own, name, stream)

    def __call__(self, *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> IngestSummary:
        """Bring the file to its place and take it in; `Run` of `ui.jobs.ingest_jobs`."""
        kb, name = self._kb, self._file.name
        kb.reader.still("editor")
        folder = _free(kb, folder_for(kb.settings.home, self._choice.groups), name, self._choice)
        folder.mkdir(parents=True, exist_ok=True)
        atomic_write(self._file.with_name(_PLACE), str(folder / name).encode("utf-8", "surrogateescape"))
        path = self._file.replace(folder / name)
        uploads = kb.settings.home / UPLOADS
        return kb.ingest([path], progress=progress, cancelled=cancelled, within=uploads, **self._choice.options)


def clear_up(kb: KnowledgeBase) -> None:
    """Remove what processes that were killed left of files that were sent: those that waited, and one that had come to its place unread.

    ``kb`` is to show every document: of one that is known the file stays.
    """
    for left in (kb.settings.home / UPLOADS).glob(f"{WAITING}*"):
        if is_alive(kb.settings.home, left.name.removeprefix(WAITING).partition("-")[0]):
            continue
        place = left / _PLACE
        if place.is_file():
            discard(kb, place.read_bytes().decode("utf-8", "surrogateescape"))
        shutil.rmtree(left, ignore_errors=True)


def address_task(kb: KnowledgeBase, address: str, choice: Choice) -> Task:
    """The task to take in one page of the web."""
    if kb.queue is not None:
        return address, Queued(errand(kb, "address", address=address, choice=choice.said))
    return address, partial(kb.ingest, [address], **choice.options)


def again_task(kb: KnowledgeBase, info: DocumentInfo) -> Task:
    """The task to try a rejected file again where it was found; of a member of an archive or mail, the whole of that."""
    if kb.queue is not None:
        return info.title, Queued(errand(kb, "again", document=info.id))
    return info.title, run_again(kb, info)


def run_again(kb: KnowledgeBase, info: DocumentInfo) -> Run:
    """What `again_task` does.

    Who asks is not the one who named the folder, and may not be led elsewhere by a link in it: none is followed, but in the uploads.
    """
    source = info.source.partition(INSIDE)[0]
    if is_address(source):
        return partial(kb.ingest, [source])
    if source.startswith(UPLOADED):
        return _refused(NotFoundError(info.title, "The file that was sent could not be read, and was not kept.", "Add it again."))
    uploads = kb.settings.home / UPLOADS
    sent = Path(source).is_relative_to(uploads)
    return partial(kb.ingest, [Path(source)], links="inside" if sent else "none", within=uploads if sent else None)


def reread_task(kb: KnowledgeBase, info: DocumentInfo) -> Task:
    """The task to read the kept original of a document again, as its next version: today's OCR may read what was not read."""
    if kb.queue is not None:
        return info.title, Queued(errand(kb, "reread", document=info.id))
    return info.title, run_reread(kb, info)


def run_reread(kb: KnowledgeBase, info: DocumentInfo) -> Run:
    """What `reread_task` does."""
    return partial(_reread, kb, info)


def folder_for(home: Path, groups: Sequence[str]) -> Path:
    """Where files for these access groups are kept: apart, so that a file of one name is a new version for the same groups only."""
    uploads = home / UPLOADS
    return uploads / file_name("+".join(sorted(groups))) if groups else uploads


def _free(kb: KnowledgeBase, folder: Path, name: str, choice: Choice) -> Path:
    """A folder in which a file of this name is theirs who send it: never one whose document they do not see."""
    if choice.sees_all:
        return folder
    known = {info.source.partition(INSIDE)[0] for info in kb.documents()}
    places = itertools.chain([folder], (folder / str(n) for n in itertools.count(2)))
    return next(place for place in places if not (place / name).exists() or str(place / name) in known)


def known_name(kb: KnowledgeBase, seen: KnowledgeBase, name: str, choice: Choice) -> str:
    """The path by which a file goes in the base that a worker takes in: as `folder_for` and `_free` have it for one in the home.

    One that this machine's home has from before it had workers goes by its path there, so that the file is its next version.
    """
    folder = UPLOADED + (f"{file_name('+'.join(sorted(choice.groups)))}/" if choice.groups else "")
    before = folder_for(kb.settings.home, choice.groups) / name
    if choice.sees_all and not before.exists():  # thousands of papers need not be listed
        return folder + name
    own, everybody = ({info.source.partition(INSIDE)[0] for info in base.documents()} for base in (seen, kb))
    if str(before) in own:
        return str(before)
    if choice.sees_all:
        return folder + name
    places = itertools.chain([folder], (f"{folder}{n}/" for n in itertools.count(2)))
    return next(place + name for place in places if place + name not in everybody or place + name in own)


def keep(folder: Path, name: str, stream: IO[bytes]) -> Path:
    """Write a file under its own name, whole or not at all, so that a new version of it takes the place of the old one.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".upload-") as draft:
        written = Path(draft, "file")
        with written.open("wb") as file:
            shutil.copyfileobj(stream, file)
        return written.replace(folder / name)


def file_name(sent: str) -> str:
    """The last part of a name as the browser sent it; never one that leads elsewhere or is hidden."""
    return Path(sent.replace("\\", "/")).name.lstrip(".") or "document"


def discard(kb: KnowledgeBase, source: str) -> None:
    """Remove the file of a deleted document, where it was sent to the library and no other document came from it.

    ``kb`` is to show every document: one that the reader does not see may be in the same archive.
    """
    file = source.partition(INSIDE)[0]
    inside = not is_address(file) and Path(file).is_relative_to(kb.settings.home / UPLOADS)
    if inside and all(info.source.partition(INSIDE)[0] != file for info in kb.documents()):
        Path(file).unlink(missing_ok=True)


def _refused(error: IngestError) -> Run:
    def told(*, progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> IngestSummary:
        return IngestSummary(rejected=(Reject(error.file, error.reason, error.remedy, type(error).__name__),))

    return told


def _reread(kb: KnowledgeBase, info: DocumentInfo, *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> IngestSummary:
    original = kb.original(info.id)
    if original is None:
        raise NotFoundError(info.title, "The original file was not kept.", "Add the file again.")
    settings = kb.settings
    limits = replace(settings.limits, access=Access())  # the kept original lies in the home
    effort = Effort(settings.readers, settings.file_seconds, settings.file_memory_mb, settings.page_cache)

    def watch(meter: Meter) -> None:
        progress(Progress("read", meter.file, meter.files, meter.files_total, pages_done=meter.pages, pages_total=meter.pages_total))
        if cancelled():
            raise StoppedError

    try:
        outcomes = list(read_documents([original], limits=limits, known=_never, effort=effort, watch=watch))
    except StoppedError:
        return IngestSummary(cancelled=True)
    errors = [one for one in outcomes if isinstance(one, IngestError)]
    documents = [replace(one, source=replace(one.source, uri=info.source)) for one in outcomes if isinstance(one, Document)]
    # A mail is read with its attachments, which are documents of their own: the first is what was asked for.
    summary = kb.ingest_documents(documents[:1], progress=progress) if documents else IngestSummary()
    notes = tuple(f"{info.source}, page {p.label}: {p.note}" for d in documents[:1] for p in d.pages if p.note)
    rejects = tuple(Reject(info.source, e.reason, e.remedy, type(e).__name__) for e in errors[:1]) if not documents else ()
    return replace(summary, rejected=rejects, notes=notes)


def _never(_source: Source) -> bool:
    return False
