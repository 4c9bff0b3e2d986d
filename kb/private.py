"""What Setu keeps is its owner's alone: folders of mode 700, files of mode 600, also the locks, which others could hold for ever."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

_OTHERS = 0o077


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner may look into, unless it is there; those above it are made as usual."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def private_file(file: Path) -> None:
    """Make an empty file that only its owner may read, unless it is there: who writes it later keeps its mode."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))


def private_lock(file: Path) -> FileLock:
    """A lock that only its owner can take."""
    return FileLock(file, mode=0o600)


def loose(home: Path) -> Iterator[Path]:
    """The home itself and what is in it, as far as others than its owner may use it; links are not followed."""
    if not home.is_dir():
        return
    if stat.S_IMODE(home.stat().st_mode) & _OTHERS:
        yield home
    for folder, folders, files in os.walk(home):
        for name in (*folders, *files):
            path = Path(folder, name)
            try:
                mode = path.lstat().st_mode
            except FileNotFoundError:  # it went meanwhile
                continue
            if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & _OTHERS:
                yield path


def tighten(home: Path) -> tuple[int, list[Path]]:
    """Take the rights of others from all that is in a home; how much that was, and what could not be changed."""
    mended, left = 0, []
    for path in list(loose(home)):
        try:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
            mended += 1
        except FileNotFoundError:
            continue
        except OSError:
            left.append(path)
    return mended, left
