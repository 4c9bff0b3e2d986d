"""The tests of `tests.kb.store.test_near_duplicates`, of a base on PostgreSQL."""

from tests.kb.store.test_near_duplicates import *  # noqa: F403
