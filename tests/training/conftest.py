"""What holds for every test of what is made of the papers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.embedded import embedded_once


@pytest.fixture(scope="package", autouse=True)
def _embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with embedded_once(tmp_path_factory):
        yield
