"""What several workers of a test run need is made by the first of them and read by all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that ``make`` fills, once in a run of the tests; other workers wait for it meanwhile. Nobody writes to it afterwards."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"once-{name}"
    done = folder.with_suffix(".done")
    with FileLock(folder.with_suffix(".lock")):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def copied(home: Path, to: Path) -> Path:
    """A home of its own with what another holds; what belongs to running processes stays behind, and the model is the same file."""
    shutil.copytree(home, to, ignore=shutil.ignore_patterns("*.lock", "service*"), copy_function=_copy)
    return to


def _copy(file: str, to: str) -> None:
    if file.endswith(".onnx"):  # 13 MB that nobody changes
        os.link(file, to)
    else:
        shutil.copy2(file, to)
