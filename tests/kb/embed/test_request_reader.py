"""What reads messages: each by itself, whatever was read before, and a file that is not there is said to be missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.embed.cross_encoders import MOST, RequestReader, tokens_of
from kb.embed.e5_model import BundledEmbedder
from kb.errors import SettingsError


def test_a_message_is_read_alike_each_time_and_a_long_one_to_its_limit(tmp_path: Path) -> None:
    model = BundledEmbedder(tmp_path)
    reader = RequestReader(model, tmp_path)
    first = reader.read("Draft a letter to the harbour master")
    long = reader.read("ferry " * 500)
    assert np.array_equal(reader.read("Draft a letter to the harbour master"), first)
    assert first.shape == long.shape
    assert np.isfinite(reader.read("")).all()
    assert len(tokens_of(model, "ferry " * 500)) == MOST


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.npz"):
        RequestReader(BundledEmbedder(tmp_path), tmp_path, tmp_path / "gone.npz")
