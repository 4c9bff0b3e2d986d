from __future__ import annotations

from tests.server.papers_with_hidden import stocked, stocked_home

__all__ = ["stocked", "stocked_home"]
