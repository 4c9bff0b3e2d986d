"""Write a file that is there wholly or not at all, whatever happens, and that only its owner may read."""

from __future__ import annotations

import os
import threading
from pathlib import Path


def atomic_write(file: Path, data: bytes) -> None:
    """Write a file under another name, have the disk keep it, then give it its name and have the disk keep that: in this order.

    A file system may keep a new name before the content that belongs to it; after a power failure the file would be there, and empty.
    """
    draft = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            os.fchmod(out.fileno(), 0o600)
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
        sync(file.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have the disk keep a file or the names in a folder before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
