"""The tests of `tests.kb.store.test_materials`, of a base on PostgreSQL."""

from tests.kb.store.test_materials import *  # noqa: F403
