"""A place that lives in memory, dies when it is told to, and whose clock does what the test wants."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ingest.sources.entries import Address, Entry, EntryError, Listing, SourceError
from kb import KnowledgeBase
from kb.sync.sources import Sources


@dataclass
class Memory:
    """Files by path. ``dies_after`` reads it breaks off; without ``lists`` it is not listed, without ``etags`` it tells size and time."""

    files: dict[str, bytes] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    rights: dict[str, tuple[str, ...]] = field(default_factory=dict)
    clock: float = 1000.0
    lists: bool = True
    etags: bool = True
    dies_after: int | None = None
    reads: list[str] = field(default_factory=list)
    unseen: tuple[str, ...] = ()
    refused: set[str] = field(default_factory=set)
    breaks: set[str] = field(default_factory=set)

    def put(self, path: str, text: str) -> None:
        self.files[path] = text.encode()
        self.times[path] = self.clock
        self.clock += 1

    def delete(self, path: str) -> None:
        del self.files[path], self.times[path]

    def listing(self, known: Mapping[str, Entry], cursor: str) -> Listing:
        if not self.lists:
            raise SourceError("The share does not answer.")
        return Listing(tuple(self._entry(path) for path in sorted(self.files) if not self._hidden(path)), self.unseen)

    def _hidden(self, path: str) -> bool:
        return any(path.startswith(f"{one}/") for one in self.unseen)

    def _entry(self, path: str) -> Entry:
        data = self.files[path]
        etag = hashlib.md5(data).hexdigest() if self.etags else ""
        return Entry(path, path, etag, len(data), self.times[path], etag, self.rights.get(path), f"memory:{path}")

    def read(self, entry: Entry, out: IO[bytes]) -> None:
        if self.dies_after is not None:
            if self.dies_after <= 0:
                out.write(b"half")
                raise SourceError("The connection broke off.")
            self.dies_after -= 1
        if entry.path in self.breaks:
            raise SourceError("The server answered 500.")
        self.reads.append(entry.path)
        if entry.path in self.refused or entry.path not in self.files:
            raise EntryError("It may not be read.")
        out.write(self.files[entry.path])

    def local(self, entry: Entry) -> Path | None:
        return None

    def close(self) -> None:
        pass


def sources_of(kb: KnowledgeBase, place: Memory) -> Sources:
    """The sources of a knowledge base, whose every place is this one."""
    opened: Callable[[Address], Memory] = lambda _address: place  # noqa: E731
    return Sources(kb, kb._catalogue, kb._publisher, opened)


def state(kb: KnowledgeBase) -> dict[str, str]:
    """The text of each paper in use, by its name at the source, as far as it came from one."""
    sources = kb.sources
    found = {}
    for info in kb.documents():
        if info.state == "published" and (origin := sources.origin_of(info.id)) is not None:
            found[origin[1].removeprefix("memory:")] = kb.text(info.id).strip()
    return found
