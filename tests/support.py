"""Where the reference corpora lie, and what the tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"


def shared(*parts: str) -> Path:
    """A path in the reference corpora; the calling test is skipped, saying so, where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the reference corpora are not here: {'/'.join(parts)}")
    return path
