"""Where the reference corpora lie, and what the tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"
NO_CORPORA = "the reference corpora (folder `shared` beside the project) are not here"


def shared(*parts: str) -> Path:
    """A path in the reference corpora; the calling test is skipped, saying so, where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the reference corpora lack {'/'.join(parts)}" if SHARED.is_dir() else NO_CORPORA)
    return path
