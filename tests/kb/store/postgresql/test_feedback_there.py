"""The tests of `tests.kb.store.test_feedback`, of a base on PostgreSQL."""

from tests.kb.store.test_feedback import *  # noqa: F403
