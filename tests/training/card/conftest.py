"""The agreements that the tests of cards read, for those of the files made of them."""

from __future__ import annotations

from tests.kb.card.conftest import agreements, kb

__all__ = ["agreements", "kb"]
