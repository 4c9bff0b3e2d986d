"""The name by which a file goes in the base, where that is not the path at which it lies: a worker has it in a folder of the moment."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from ingest.errors import IngestError
from ingest.records import INSIDE, Source


@dataclass(frozen=True, slots=True)
class Alias:
    """Where a file lies, and the name by which it and what is packed into it goes; both "" where every file goes by its path."""

    path: str = ""
    name: str = ""

    @classmethod
    def of(cls, paths: Sequence[Path | str], known_as: str | None) -> Self:
        """The alias of the one file of an ingest; `ValueError` where a name is given and there is not just one."""
        if known_as is None:
            return cls()
        (path,) = paths
        return cls(str(path), known_as)

    def named(self, uri: str) -> str:
        """The name of a path in the base."""
        return _swapped(uri, self.path, self.name)

    def path_of(self, uri: str) -> str:
        """The path of a name."""
        return _swapped(uri, self.name, self.path)

    def source(self, source: Source) -> Source:
        """A source under its name; where it is read from stays as it was."""
        return replace(source, uri=self.named(source.uri)) if self.path else source

    def error(self, error: IngestError) -> IngestError:
        """An error about a name."""
        if not self.path:
            return error
        told = copy.copy(error)
        told.file = self.named(error.file)
        return told


ITS_PATH: Final = Alias()
"""Every file goes by its path."""


def _swapped(uri: str, old: str, new: str) -> str:
    there = old and (uri == old or uri.startswith(old + INSIDE))
    return new + uri[len(old) :] if there else uri
