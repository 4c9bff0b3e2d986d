"""What Setu reads at run time beside its code is part of the package."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch

import pytest

from tests.support import PROJECT

SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
ROOMS = [pattern.rstrip("*") for pattern in SETTINGS["packages"]["find"]["include"]]


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_beside_the_code_is_taken_into_the_package(room: str) -> None:
    beside = [f for f in (PROJECT / room).rglob("*") if f.is_file() and f.suffix not in {".py", ".pyc"}]
    anywhere, own = SETTINGS["package-data"]["*"], SETTINGS["package-data"].get(room, [])
    missing = [
        str(file.relative_to(PROJECT))
        for file in beside
        if not (
            ((file.parent / "__init__.py").exists() and any(fnmatch(file.name, pattern) for pattern in anywhere))
            or any(fnmatch(file.relative_to(PROJECT / room).as_posix(), pattern) for pattern in own)
        )
    ]
    assert missing == []
