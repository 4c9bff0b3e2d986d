"""A folder under watch: which files came, changed and went, told once they have come to rest.

Whether a file is finished cannot be asked; one whose size and time have stood still for a while is taken to be. The folder is
looked through, so that this also works on shared drives, which tell nobody of their changes; where the system does tell
(`watchfiles`), it is looked through only then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from watchfiles import watch

from ingest.discover import candidates
from ingest.errors import IngestError
from ingest.records import Access

log = logging.getLogger(__name__)

REST_S = 2.0
"""How long a file must stand still before it is read."""
LOOK_S = 60.0
"""How often the folder is looked through though nothing was told."""
POLL_S = 2.0
"""The same where nothing can be told."""

Stamp = tuple[int, int, int]
"""Size, time of the last change in nanoseconds, and number on the disk: another one means that the file is another."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Files that came or changed and now stand still, and files that went."""

    changed: tuple[Path, ...] = ()
    gone: tuple[Path, ...] = ()


@dataclass(slots=True)
class Watched:
    """What is known of a folder; at first, nothing: all its files are told once they have been seen to stand still."""

    folder: Path
    rest: float = REST_S
    access: Access = Access()
    _told: dict[Path, Stamp] = field(default_factory=dict)
    _moving: dict[Path, tuple[Stamp, float]] = field(default_factory=dict)
    _missing: dict[Path, float] = field(default_factory=dict)

    @property
    def is_restless(self) -> bool:
        """Whether something is being waited for."""
        return bool(self._moving or self._missing)

    def look(self, now: float) -> Changes:
        """What came to rest since the last look; ``now`` in seconds on any clock that only goes forward.

        While the folder itself cannot be reached, nothing has changed: a share that is not mounted has not lost its files. A file
        that is gone is told later than one that came, since it may have been moved, or be about to be written anew.
        """
        found = look_through(self.folder, self.access)
        if found is None:
            return Changes()
        changed = self._settled(found, now)
        self._missing = {file: self._missing.get(file, now) for file in self._told.keys() - found.keys()}
        gone = [] if self._moving else sorted(file for file, since in self._missing.items() if now - since >= 2 * self.rest)
        for file in gone:
            del self._told[file], self._missing[file]
        return Changes(tuple(changed), tuple(gone))

    def again(self, files: Sequence[Path]) -> None:
        """Tell of these once more: nothing could be done about them."""
        for file in files:
            self._told[file] = (-1, -1, -1)

    def _settled(self, found: dict[Path, Stamp], now: float) -> list[Path]:
        settled = []
        moving: dict[Path, tuple[Stamp, float]] = {}
        for file, stamp in found.items():
            if self._told.get(file) == stamp:
                continue
            before = self._moving.get(file)
            since = before[1] if before is not None and before[0] == stamp else now
            if now - since >= self.rest:
                settled.append(file)
                self._told[file] = stamp
            else:
                moving[file] = (stamp, since)
        self._moving = moving
        return settled


def look_through(folder: Path, access: Access = Access(), unseen: list[Path] | None = None) -> dict[Path, Stamp] | None:
    """The files that an ingest of the folder would look at or refuse, with their stamps; None when the folder cannot be reached.

    What could not be looked at, a folder in it or a file, is added to ``unseen``: nothing is known of what lies there.
    """
    missed = unseen if unseen is not None else []
    found: dict[Path, Stamp] = {}
    for item in candidates(folder, access):
        if isinstance(item, IngestError):
            log.warning("%s", item)
            if item.file == str(folder.absolute()):
                return None
            missed.append(Path(item.file))
            continue
        try:
            status = item.lstat() if item.is_dir() else item.stat()  # a folder among the files is a link that is not followed
        except FileNotFoundError:
            continue  # it went between the two looks
        except OSError:
            missed.append(item)
            continue
        found[item] = (status.st_size, status.st_mtime_ns, status.st_ino)
    return found


def wakes(watched: Watched, stop: threading.Event) -> Iterator[None]:
    """A tick whenever it is worth looking, at first at once, until ``stop`` is set."""
    step = max(0.05, watched.rest / 2)
    yield
    try:
        quiet = 0.0
        for told in watch(
            watched.folder, watch_filter=None, stop_event=stop, debounce=200, rust_timeout=int(1000 * step), yield_on_timeout=True,
            raise_interrupt=False,
        ):  # fmt: skip
            quiet = 0.0 if told else quiet + step
            if told or watched.is_restless or quiet >= LOOK_S:
                yield
                quiet = 0.0
    except OSError as error:  # too many watches, or a file system that cannot be watched
        log.warning("the system does not tell of changes in %s (%s); it is looked through every %g s", watched.folder, error, POLL_S)
        while not stop.wait(step if watched.is_restless else POLL_S):
            yield
