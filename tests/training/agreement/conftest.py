"""The agreements that the tests of cards read, for those of the files made of them."""

from __future__ import annotations

from tests.kb.agreements.conftest import agreements, kb

__all__ = ["agreements", "kb"]
