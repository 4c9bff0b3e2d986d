"""A copy of the project in which a recipe of ``CONTRIBUTING.md`` was followed, and a script that is run in it by a Python of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from tests.support import PROJECT

Edit: TypeAlias = str | Sequence[tuple[str, str]]
"""The text of a new file; or of one that is there, what is replaced and by what."""


def followed(copy: Path, edits: Mapping[str, Edit]) -> Path:
    """Make the copy, with an edit of each path; all other files are links to those of the project.

    Raises:
        ValueError: what is to be replaced does not stand there once.
    """
    for path, edit in edits.items():
        target = copy / path
        _own_folders(copy, Path(path).parent)
        text = edit if isinstance(edit, str) else _edited(PROJECT / path, edit)
        target.unlink(missing_ok=True)
        target.write_text(text, encoding="utf-8")
    return copy


def _edited(file: Path, changes: Sequence[tuple[str, str]]) -> str:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in {file}, and not once.")
        text = text.replace(old, new)
    return text


def _own_folders(copy: Path, folder: Path) -> None:
    """Make a folder, and those it lies in, folders of the copy that link to what lies in those of the project."""
    for own in (*reversed(folder.parents), folder):
        if (copy / own).is_symlink():
            (copy / own).unlink()
        (copy / own).mkdir(exist_ok=True)
        for there in (PROJECT / own).iterdir() if (PROJECT / own).is_dir() else ():
            if there.name != "__pycache__" and not (copy / own / there.name).exists():
                (copy / own / there.name).symlink_to(there)


def run(copy: Path, *arguments: str) -> str:
    """What Python prints that is run in the copy with these arguments."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run([sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
