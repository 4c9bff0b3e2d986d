from __future__ import annotations

from tests.server.papers_with_hidden import remembered, stocked, stocked_home

__all__ = ["remembered", "stocked", "stocked_home"]
