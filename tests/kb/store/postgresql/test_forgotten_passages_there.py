"""The tests of `tests.kb.store.test_forgotten_passages`, of a base on PostgreSQL."""

from tests.kb.store.test_forgotten_passages import *  # noqa: F403
