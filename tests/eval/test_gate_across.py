"""Retrieval sets whose questions are in another language than their passages keep their floors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded import embedded_once
from tests.eval.gated import assert_keeps_its_floors, sets


@pytest.fixture(scope="module", autouse=True)
def _embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Several sets have the same passages."""
    with embedded_once(tmp_path_factory):
        yield


@pytest.mark.shared
@pytest.mark.parametrize("name", sets(across=True))
def test_a_retrieval_set_across_languages_keeps_its_floors(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert_keeps_its_floors(name, tmp_path, capsys)
